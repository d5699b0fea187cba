/* A store of named values. */
#ifndef STORE_H
#define STORE_H

#include <stddef.h>

#define STORE_PUBLIC(type) type
#define STORE_VERSION "1.0"
#define STORE_EACH(item, store) for (item = (store)->first; item; item = item->next)

#ifdef __cplusplus
extern "C" {
#endif

/** How many values fit. */
enum store_limit { STORE_SMALL = 8, STORE_LARGE };

typedef struct store store;
typedef int (*store_compare)(const char *, const char *);

/* One value. */
typedef struct item {
    char *name; /**< never NULL */
    union {
        long number;
        double real;
    } value;
    struct item *next;
} item;

/* What a backend can do. */
struct store_ops {
    int (*open)(store *self, const char *path);
    void (*close)(store *self);
};

typedef struct {
    size_t used;
    store_compare compare;
} store_stats;

/* Makes a store; NULL where there is no memory. */
STORE_PUBLIC(store *) store_new(const struct store_ops *ops);
int store_add(store *self, const char *name, ...);
static inline size_t store_size(const store *self);
extern int store_verbose;

#ifdef __cplusplus
}
#endif

#endif
