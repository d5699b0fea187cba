#include "store.h"

#include <stdlib.h>

#include "log.h"

struct store {
    item *first;
    store_stats stats;
    const struct store_ops *ops;
};

int store_verbose = 0;

static int file_open(store *self, const char *path);

static void file_close(store *self) { self->ops = NULL; }

static const struct store_ops file_ops = {
    .open = file_open,
    .close = file_close,
};

static int file_open(store *self, const char *path) {
    LOG("open %s", path);
    return self->ops->open(self, path);
}

STORE_PUBLIC(store *) store_new(const struct store_ops *ops) {
    store *self = calloc(1, sizeof(store));
    if (!self) return NULL;
    self->ops = ops ? ops : &file_ops;
    return self;
}

int store_add(store *self, const char *name, ...) {
    item *added = (item *)malloc(sizeof *added);
    added->next = self->first;
    self->stats.used += STORE_SMALL;
    log_line(name);
    return store_verbose;
}
