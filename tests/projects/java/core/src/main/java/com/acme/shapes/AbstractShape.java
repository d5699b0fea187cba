package com.acme.shapes;

import com.acme.paint.*;
import java.util.ArrayList;
import java.util.List;

/** What shapes share. */
abstract class AbstractShape implements Shape {
  private static int made = 0;
  protected final List<Listener> listeners = new ArrayList<>();
  private Colour colour;

  protected AbstractShape(Colour colour) {
    this.colour = colour;
    made++;
  }

  AbstractShape() {
    this(Colour.of("red"));
  }

  @Override
  public Colour colour() {
    return colour;
  }

  void recolour(Colour next) {
    colour = next;
    for (Listener listener : listeners) {
      listener.changed(this);
    }
  }

  void recolour(String name) {
    recolour(Colour.of(name));
  }

  /** Is told of changes. */
  public interface Listener {
    void changed(Shape shape);
  }
}
