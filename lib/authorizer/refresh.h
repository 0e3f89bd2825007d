/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_AUTHORIZER_REFRESH_H
#define MTLSAUTH_AUTHORIZER_REFRESH_H

#include "authorizer/authorizer.h"

/*
 * Lists whose files are gone, or have one of another distribution point, need no mention once they
 * are in another file, or not in use in the snapshot. MTLSAUTH_ERR_NOMEM: some may be left.
 */
int mtlsauth__refresh_forget(struct sources *sources, const struct snapshot *snapshot);

/*
 * A finding for each source and file that failed now, and for each list in use that was taken out
 * of its folder, or whose file has one of another distribution point. snapshot is the one in force
 * afterwards. False when memory runs out: *out is as it was.
 */
bool mtlsauth__refresh_report(mtlsauth_report **out, const struct sources *sources,
                              const struct snapshot *snapshot, bool changed);

#endif
