package com.acme.shapes;

import com.acme.paint.Colour;

/**
 * Something that can be drawn.
 *
 * <p>Every shape has a colour.
 */
public interface Shape extends Comparable<Shape> {
  double UNIT = 1.0;

  /** How much room it takes. */
  double area();

  default Colour colour() {
    return Colour.RED;
  }

  @Override
  default int compareTo(Shape other) {
    return Double.compare(area(), other.area());
  }
}
