/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_REVOCATION_SCAN_H
#define MTLSAUTH_REVOCATION_SCAN_H

#include "base/span.h"
#include "revocation/facts.h"
#include "revocation/rows.h"

/*
 * A CRL (RFC 5280 5.1) read in one forward pass, fed whole or in pieces: the result, and the
 * sentence of a refusal, is the same wherever the pieces end. It takes the form that RFC 5280 and
 * DER prescribe and nothing else. Nothing of the result may be used before the signature is
 * checked.
 */

/* Who gets the octets of tbsCertList, tag and length included, as they pass. A code but MTLSAUTH_OK
 * ends the scan with it. */
struct crl_sink {
    /* Once, before any data: the AlgorithmIdentifier with which the list says that it is signed. */
    int (*begin)(void *arg, struct span algorithm);
    int (*data)(void *arg, struct span bytes);
    void *arg;
};

struct crl_limits {
    uint64_t bytes;
    uint64_t entries;
    size_t serial; /* octets, at most MTLSAUTH__MAX_SERIAL */
};

/* Position in the grammar: what has to come next, or may. */
enum crl_step {
    STEP_LIST,
    STEP_TBS,
    STEP_VERSION,
    STEP_ALGORITHM,
    STEP_ISSUER,
    STEP_THIS_UPDATE,
    STEP_NEXT_UPDATE,
    STEP_REVOKED,
    STEP_ENTRIES,
    STEP_EXTENSIONS,
    STEP_TBS_END,
    STEP_OUTER_ALGORITHM,
    STEP_SIGNATURE,
    STEP_END
};

struct crl_scan {
    struct crl_limits limits;
    struct crl_sink sink;
    struct crl_facts facts;
    struct crl_rows rows;
    enum crl_step step;
    int failed;              /* the code of the refusal: a scan that has failed stays so */
    uint64_t at;             /* octets behind which the next element begins */
    uint64_t fed;            /* octets that were pushed */
    uint64_t end, tbs_end, revoked_end; /* where the containers end */
    uint64_t tbs_start;
    uint8_t *carry;          /* the beginning of an element that was cut by the end of a piece */
    size_t carry_len, carry_capacity;
    uint8_t head[MTLSAUTH__MAX_ALGORITHM + 64]; /* of tbsCertList, until its algorithm is known */
    size_t head_len;
    bool sink_open;
};

void mtlsauth__crl_scan_init(struct crl_scan *scan, const struct crl_limits *limits,
                             struct crl_sink sink);

/* The next piece. MTLSAUTH_OK, _ERR_PARSE, _ERR_LIMIT, _ERR_UNSUPPORTED, _ERR_NOMEM, each with a
 * sentence, or what the sink said. */
int mtlsauth__crl_scan_push(struct crl_scan *scan, struct span piece);

/* There is no more: is the list whole? */
int mtlsauth__crl_scan_end(struct crl_scan *scan);

/* Octets of the whole list as its first octets say, 0 while they are not known. */
uint64_t mtlsauth__crl_scan_total(const struct crl_scan *scan);

void mtlsauth__crl_scan_drop(struct crl_scan *scan);

#endif
