/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_AUTHORIZER_REFRESH_H
#define MTLSAUTH_AUTHORIZER_REFRESH_H

#include "authorizer/authorizer.h"

/*
 * A finding for each source and file that failed now, or that was taken out of its folder while its
 * list is in use. snapshot is the one in force afterwards. False when memory runs out: *out is as
 * it was.
 */
bool mtlsauth__refresh_report(mtlsauth_report **out, const struct sources *sources,
                              const struct snapshot *snapshot, bool changed);

#endif
