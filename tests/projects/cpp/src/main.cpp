#include <iostream>

#include "bank/account.hpp"

using namespace bank;
namespace money = bank;
using bank::larger;

static Accounts all;

void each(Hook hook) {
  for (auto& account : all) {
    hook(*account);
    account->deposit(1);
  }
}

static void pay(Account& account) { account.deposit(5, true); }

int main() {
  auto first = std::make_shared<Account>("Ann");
  auto gold = std::make_unique<money::Gold>("Bob", 3);
  Account third("Cid");
  Box<Account> box(third);
  box->text();
  box.get().text();
  gold->fee();
  first->withdraw(larger(1, 2));
  all.push_back(first);
  each(pay);
  each([](Account& account) { account.text(); });
  Account::opened("Dot").deposit(Money{4});
  std::cout << first->text() << ::bank::Account::opened("Eve").text();
  return static_cast<int>(gold->fee());
}
