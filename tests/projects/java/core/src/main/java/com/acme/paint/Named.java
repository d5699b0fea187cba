package com.acme.paint;

/** Gives a thing a name. */
public @interface Named {
  String value() default "";
}
