/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_IDENTITY_SUBJECT_H
#define MTLSAUTH_IDENTITY_SUBJECT_H

#include "base/text.h"
#include "cert/cert.h"

/*
 * The names of a certificate in the form in which they are compared: one (type, key) a name, where
 * a type is that of the matcher that may meet it. Keys are made once a decision, so that comparing
 * is comparing bytes, and an index of rules can be asked for a key.
 */

enum matcher_type {
    MATCHER_DNS,
    MATCHER_URI,
    MATCHER_IP,
    MATCHER_EMAIL,
    MATCHER_UPN,
    MATCHER_DN,
    MATCHER_ATTRIBUTE, /* subject.O: key is length and octets of the OID, canonical value */
    MATCHER_ISSUER,
    MATCHER_ANCHOR,
    MATCHER_ISSUER_SPKI,
    MATCHER_SHA256,
    MATCHER_SPKI,
    MATCHER_SERIAL,
    MATCHER_TYPE_COUNT
};

#define MATCHER_TYPE_BIT(type) (1U << (unsigned)(type))
#define MATCHER_ALL_TYPES (MATCHER_TYPE_BIT(MATCHER_TYPE_COUNT) - 1U)

/* Of whom it is asked. issuer and anchor are NULL when there is no path; issuer is as well where
 * the leaf is its own anchor, and another key has signed it. */
struct identity_subject {
    const mtlsauth_cert *leaf;
    const mtlsauth_cert *issuer; /* the certificate above the leaf */
    const mtlsauth_cert *anchor; /* the last one of the path */
    bool certificate_wildcards;  /* a dNSName "*.example.com" stands for one label */
};

struct subject_name {
    enum matcher_type type;
    struct span key;
    size_t san;    /* entry of the SAN that it comes from, if it does */
    bool wildcard; /* a dNSName "*.KEY", only where certificate_wildcards */
    /*
     * The certificate has it, and something in it makes it uncertain: an attribute type that occurs
     * twice, a SPIFFE ID that is none of a workload. It lets nobody in and keeps people out: a
     * matcher does not meet it, a negated one and a block list do.
     */
    bool doubtful;
};

/* Where the names of a type stand, others between them. */
struct subject_range {
    size_t first, end;
};

struct subject_names {
    const struct identity_subject *subject;
    struct subject_name *list; /* the keys' bytes stand behind it, or in the certificates */
    size_t count;
    struct subject_range of_type[MATCHER_TYPE_COUNT];
    struct text attributes; /* keys of MATCHER_ATTRIBUTE */
    /* Types of which the certificate has a name that no key could be made of, or none that tells it
     * from others: it cannot be compared, so that nobody is let in for not being on a list. A mask
     * of MATCHER_TYPE_BIT. */
    unsigned unread;
    bool believed; /* false: a name of the certificate is malformed, so none of it is */
    bool blocking; /* set by who asks a block list: doubtful names are met */
};

/*
 * The names of these types (a mask of MATCHER_TYPE_BIT). MTLSAUTH_OK or MTLSAUTH_ERR_NOMEM. A name
 * in a form that no matcher may meet (a URI with percent-encoding) is left out. subject must live
 * as long as names.
 */
int mtlsauth__subject_names(struct subject_names *names, const struct identity_subject *subject,
                            unsigned types);

void mtlsauth__subject_names_drop(struct subject_names *names);

#endif
