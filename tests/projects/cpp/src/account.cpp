#include "bank/account.hpp"

#include "bank/printable.h"
#include "listener.h"

namespace {

const long kLimit = 100;

long clamp(long cents) {
  return bank::larger(cents, kLimit);
}

}  // namespace

namespace bank {

Account::Account(std::string owner, long cents) : Printable(), owner_(owner), cents_(clamp(cents)) {
  note(cents_);
}

Account::~Account() = default;

void Account::deposit(long cents, bool loud) {
  cents_ += cents;
  this->note(cents);
  for (auto& [name, listener] : listeners_) {
    listener->heard(*this, loud);
  }
}

void Account::deposit(const Money& money) { deposit(money.cents); }

Fault Account::withdraw(long cents) BANK_NOEXCEPT {
  if (cents > cents_) return Fault::empty;
  entries_.push_back(Entry{-cents, Saving});
  return Fault::none;
}

std::string Account::text() const { return std::to_string(cents_); }

bool Account::operator==(const Account& other) const { return owner_ == other.owner_; }

Account::operator bool() const { return cents_ > 0; }

void Account::note(long cents) {
  Entry entry;
  entry.cents = cents;
  entries_.push_back(entry);
}

long Gold::fee() const { return Account::fee() + 1; }

}  // namespace bank

void bank::audit(const Account& account) { account.fee(); }
