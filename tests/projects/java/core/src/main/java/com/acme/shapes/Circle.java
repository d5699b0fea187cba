package com.acme.shapes;

import static com.acme.shapes.Maths.square;
import static java.lang.Math.PI;

import com.acme.paint.Colour;

/** A round shape. */
public final class Circle extends AbstractShape {
  private final double radius;

  /**
   * Makes a circle.
   *
   * @param radius how wide it is
   */
  public Circle(double radius, Colour colour) {
    super(colour);
    this.radius = radius;
  }

  @Override
  public double area() {
    return PI * square(radius);
  }

  public Circle scaled(double factor) {
    return new Circle(radius * factor, colour());
  }

  public static Circle unit() {
    return new Circle(UNIT, Colour.RED);
  }
}
