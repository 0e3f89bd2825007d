/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_AUTHORIZER_REMEMBERED_H
#define MTLSAUTH_AUTHORIZER_REMEMBERED_H

#include "trust/path.h"

/*
 * The intermediates of paths that were verified, by leaf: a TLS ticket keeps the leaf alone, and the
 * client does not send the others again. They are candidates and no more: nothing here is trusted,
 * and each path is verified again. Bounded; the oldest goes first. Thread-safe.
 */
struct remembered;

struct remembered *mtlsauth__remembered_new(void);
void mtlsauth__remembered_free(struct remembered *remembered);

/* Notes the intermediates of a path. Out of memory, it notes nothing. */
void mtlsauth__remembered_put(struct remembered *remembered, const struct verified_path *path);

/*
 * Those of a leaf: a new array of new references, to be given back with mtlsauth__verified_path_clear.
 * False when memory ran out; no entry gives an empty array.
 */
bool mtlsauth__remembered_get(struct remembered *remembered, const mtlsauth_cert *leaf,
                              struct verified_path *out);

#endif
