#include <gtest/gtest.h>

#include "bank/account.hpp"

namespace bank {

class AccountTest : public ::testing::Test {
 protected:
  void SetUp() override { account_.deposit(1); }
  Account account_{"Ann"};
};

TEST_F(AccountTest, Withdraws) { EXPECT_EQ(account_.withdraw(1), Fault::none); }

TEST(Larger, Picks) { EXPECT_EQ(larger(1, 2), 2); }

}  // namespace bank
