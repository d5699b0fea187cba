#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "bank/export.hpp"

BANK_BEGIN_NAMESPACE

/// What went wrong.
enum class Fault : int {
  none,   ///< nothing
  empty,  ///< there was no money
};

enum Kind { Saving, Checking };

class Listener;

/**
 * One person's money.
 *
 * Never negative.
 */
class BANK_API Account : public Printable {
 public:
  explicit Account(std::string owner, long cents = 0);
  virtual ~Account();

  /// Puts money in.
  BANK_API void deposit(long cents, bool loud = false);
  void deposit(const Money& money);
  [[nodiscard]] Fault withdraw(long cents) BANK_NOEXCEPT;
  virtual long fee() const { return 0; }
  std::string text() const override;
  bool operator==(const Account& other) const;
  explicit operator bool() const;
  static Account opened(const std::string& owner) { return Account(owner); }

  friend void audit(const Account& account);

 protected:
  struct Entry {
    long cents = 0;  ///< signed
    Kind kind = Saving;
  };

 private:
  void note(long cents);
  std::string owner_;
  long cents_ = 0, limit_ = 0;
  std::vector<Entry> entries_;
  std::map<std::string, std::unique_ptr<Listener>> listeners_;
};

class Gold final : public Account {
 public:
  using Account::Account;
  long fee() const override;
};

using Accounts = std::vector<std::shared_ptr<Account>>;
typedef void (*Hook)(Account&);

/// The larger of two.
template <typename T, typename U = T>
T larger(const T& a, const U& b) {
  return BANK_MAX(a, b);
}

template <typename T>
class Box {
 public:
  explicit Box(T value) : value_(value) {}
  T& get();
  T* operator->() { return &value_; }

 private:
  T value_;
};

template <typename T>
T& Box<T>::get() {
  return value_;
}

template <>
class Box<void> {
 public:
  void get();
};

BANK_END_NAMESPACE
