/* SPDX-License-Identifier: MIT */
#include "trust/verified_path.h"

#include "base/memory.h"

bool mtlsauth__verified_path_make(struct verified_path *path, mtlsauth_cert *const certs[],
                                  size_t count)
{
    struct path_certs *made = mtlsauth__malloc(sizeof *made + count * sizeof made->certs[0]);

    *path = (struct verified_path){0};
    if (made == NULL)
        return false;
    refcount_init(&made->refs);
    made->pins = NULL;
    made->count = count;
    for (size_t i = 0; i < count; i++)
        made->certs[i] = mtlsauth_cert_ref(certs[i]);
    path->certs = made->certs;
    path->count = count;
    path->owner = made;
    return true;
}

static void drop_owner(struct path_certs *owner)
{
    if (!refcount_drop(&owner->refs))
        return;
    for (size_t i = 0; i < owner->count; i++)
        mtlsauth_cert_free(owner->certs[i]);
    mtlsauth__free(owner->pins);
    mtlsauth__free(owner);
}

void mtlsauth__verified_path_clear(struct verified_path *path)
{
    struct path_certs *owner = path->owner;
    struct path_pin *pin = path->pin;

    *path = (struct verified_path){0};
    if (owner != NULL && (pin == NULL || refcount_drop(&pin->refs)))
        drop_owner(owner);
}

/* A pin with references has one of the owner's. */
bool mtlsauth__verified_path_keep(struct verified_path *path)
{
    struct path_certs *owner = path->owner;

    owner->pins = mtlsauth__calloc(STRIPES, sizeof *owner->pins);
    if (owner->pins == NULL)
        return false;
    for (size_t i = 0; i < STRIPES; i++) {
        refcount_init(&owner->pins[i].refs);
        refcount_add(&owner->refs);
    }
    return true;
}

struct verified_path mtlsauth__verified_path_hold(const struct verified_path *path)
{
    for (size_t i = 0; i < STRIPES; i++)
        refcount_add(&path->owner->pins[i].refs);
    return *path;
}

void mtlsauth__verified_path_release(struct verified_path *path)
{
    struct path_certs *owner = path->owner;

    *path = (struct verified_path){0};
    if (owner == NULL)
        return;
    for (size_t i = 0; i < STRIPES; i++)
        if (refcount_drop(&owner->pins[i].refs))
            drop_owner(owner);
}

struct verified_path mtlsauth__verified_path_pin(const struct verified_path *path, size_t stripe)
{
    struct verified_path out = *path;

    out.pin = &path->owner->pins[stripe];
    refcount_add(&out.pin->refs);
    return out;
}
