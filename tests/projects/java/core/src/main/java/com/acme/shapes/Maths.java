package com.acme.shapes;

final class Maths {
  private Maths() {}

  static double square(double x) {
    return x * x;
  }

  static double total(Shape... shapes) {
    double sum = 0;
    for (var shape : shapes) {
      sum += shape.area();
    }
    return sum;
  }
}
