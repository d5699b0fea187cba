#include "store.h"
#include "unity.h"

static store *made;

void setUp(void) { made = store_new(NULL); }

void test_adding(void) { TEST_ASSERT_EQUAL(0, store_add(made, "a")); }

START_TEST(checked) { store_add(made, "b"); }
