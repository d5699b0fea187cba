package com.acme.paint;

import java.util.Locale;

/** The colours that there are. */
public enum Colour {
  RED("red") {
    @Override
    boolean isWarm() {
      return true;
    }
  },
  BLUE("blue");

  private final String label;

  Colour(String label) {
    this.label = label;
  }

  boolean isWarm() {
    return false;
  }

  public static Colour of(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }
}
