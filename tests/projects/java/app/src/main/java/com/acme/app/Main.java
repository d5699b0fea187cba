package com.acme.app;

import com.acme.paint.Named;
import com.acme.shapes.*;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

@Named("main")
public class Main {
  record Entry<T extends Shape>(String key, T shape) {
    Entry {
      if (key.isEmpty()) {
        throw new IllegalArgumentException("empty");
      }
    }

    double size() {
      return shape.area();
    }
  }

  private final Map<String, Circle> known = new TreeMap<>();

  class Drawer {
    void draw(String key) {
      known.get(key).area();
      log("drawn", 1);
    }
  }

  void log(String text, int level) {}

  void log(String text, Object thing) {}

  public static void main(String[] args) {
    var main = new Main();
    Supplier<Circle> maker = Circle::unit;
    main.known.put("a", maker.get());
    Entry<Circle> entry = new Entry<>("b", Circle.unit());
    entry.shape().scaled(2);
    main.log("size", entry.size());
    if (args.length > 0 && (Object) entry instanceof Entry<?> other) {
      other.size();
    }
    main.new Drawer().draw("a");
    new Thread(
            new Runnable() {
              @Override
              public void run() {
                main.log("running", null);
              }
            })
        .start();
  }
}
