#pragma once

namespace bank {
inline namespace v1 {
class Account;

class Listener {
  Q_OBJECT

 public:
  virtual void heard(const Account& account, bool loud) = 0;

 public slots:
  void reset() {}
};
}
}  // namespace bank
