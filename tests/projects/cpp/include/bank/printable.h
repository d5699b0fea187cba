#ifndef BANK_PRINTABLE_H
#define BANK_PRINTABLE_H

#include <string>

namespace bank {

struct Money {
  long cents;
};

struct Printable {
  virtual ~Printable() = default;
  virtual std::string text() const = 0;
};

}  // namespace bank

#endif
