#include <stdio.h>
#include "store.h"

static int helper(void);

int main(int argc, char **argv) {
    store *first = store_new(NULL);
    store_add(first, "a", 1);
    printf("%d\n", helper());
    return 0;
}

static int helper(void) { return 2; }
