/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_TRUST_REASON_H
#define MTLSAUTH_TRUST_REASON_H

#include <mtlsauth/error.h>
#include "base/span.h"
#include "cert/cert.h"

/* Longest sentence of a decision, with its NUL. */
#define MTLSAUTH__MAX_REASON 512

/*
 * How far a candidate path came before it failed. The checks have a fixed order, and of several
 * failing paths the one that came furthest tells the operator most.
 */
enum progress {
    PROGRESS_NONE,
    PROGRESS_NO_ISSUER,
    PROGRESS_SIGNATURE,
    PROGRESS_ISSUER,   /* the issuer has signed it, and may not */
    PROGRESS_PATH,     /* the path reaches an anchor */
    PROGRESS_PROFILE,
    PROGRESS_ALGORITHMS,
    PROGRESS_TIME,
    PROGRESS_USAGE
};

/* Why a path, or all paths, failed. */
struct reason {
    enum progress progress;
    int code;
    int depth; /* of the certificate that it is about, -1 for none */
    uint8_t sha256[MTLSAUTH_SHA256_LEN]; /* of that certificate: for an order that does not depend
                                            on the order in which certificates were sent */
    char message[MTLSAUTH__MAX_REASON];
};

/*
 * Keeps the new reason if it tells more than the one that is there. subject is the certificate that
 * it is about, the format's text follows its name: "certificate 1 (CN=Issuing CA): expired ...".
 */
__attribute__((format(printf, 6, 7))) void
mtlsauth__reason_note(struct reason *reason, enum progress progress, int code, size_t depth,
                      const mtlsauth_cert *subject, const char *format, ...);

/* A text cut to fit a message, on a character boundary. */
struct shown {
    char text[132];
};
struct shown mtlsauth__show(const char *text);

#endif
