package com.acme.shapes;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.acme.paint.Colour;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CircleTest {
  private Circle circle;

  @BeforeEach
  void make() {
    circle = Circle.unit();
  }

  @Test
  void scales() {
    assertEquals(4 * Math.PI, circle.scaled(2).area());
  }

  @Test
  void isComparedByArea() {
    assertEquals(0, check(new Circle(1, Colour.BLUE)));
  }

  private int check(Shape other) {
    return circle.compareTo(other);
  }
}
