#include <catch2/catch_test_macros.hpp>

#include "bank/account.hpp"

TEST_CASE("gold costs more", "[fee]") {
  bank::Gold gold("Bob");
  SECTION("than nothing") { REQUIRE(gold.fee() > 0); }
}
