/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_REVOCATION_INQUIRY_H
#define MTLSAUTH_REVOCATION_INQUIRY_H

#include "revocation/crl_pair.h"

struct crl_set;

/* What a list may say of a certificate, by who has signed it. */
enum crl_authority {
    AUTHORITY_NONE,
    AUTHORITY_TO_REVOKE, /* its issuer has a path, and may be revoked for all that is known */
    AUTHORITY_FULL
};

enum {
    CRL_MAX_SEARCHES = 16,
    CRL_KNOWN_ISSUERS = CRL_MAX_SEARCHES,
    CRL_MAX_NESTING = 4,
    CRL_MAX_LISTS = 10000 /* No CA has so many with one name, and each costs what a lookup costs. */
};

/* What is left for a certificate, and for all CRL issuers that are asked about for it. */
struct crl_budget {
    unsigned searches; /* for paths of CRL issuers */
    unsigned lists;    /* that are looked at, each as often as it is */
};

/* One certificate that lists are asked about. */
struct crl_inquiry {
    const struct crl_set *set; /* NULL: these two alone */
    struct crl_pair alone;
    const struct crl_context *context;
    size_t depth;
    const struct crl_inquiry *within; /* this one is about a CRL issuer of that one */
    unsigned nesting;
    struct crl_budget *budget; /* NULL where set is */

    /* CRL issuers that were looked at, each with the certificates that its lists have brought
     * along. */
    struct {
        const mtlsauth_crl *crl;
        enum crl_authority authority;
    } known[CRL_KNOWN_ISSUERS];
    size_t known_count;
    bool again; /* one has more authority than when a list of it was looked at */

    struct revocation_status *status;
    uint32_t covered, covered_by_others; /* reasons: the reasons_mask of RFC 5280 6.3.2 */
    bool has_own;                        /* a list of the issuer's own key speaks of it */
    bool incomplete; /* a list may have been passed over, for the cost: nothing is good */
};

static inline const mtlsauth_cert *inquiry_cert(const struct crl_inquiry *inquiry)
{
    return inquiry->context->path[inquiry->depth];
}

static inline const mtlsauth_cert *inquiry_issuer(const struct crl_inquiry *inquiry)
{
    return inquiry->context->path[inquiry->depth + 1];
}

/*
 * The entry of a serial number among the certificates of an issuer, whose canonical name it is.
 * The name of the list's own issuer may stand in its entries as well, in another spelling: of two
 * entries the one that denies more.
 */
bool mtlsauth__crl_find_entry(const mtlsauth_crl *crl, struct span issuer, struct span serial,
                              size_t *i);

/* For the cost it is not known what a list says, or whether it may say it; and it might revoke. */
static inline void inquiry_miss(struct crl_inquiry *inquiry)
{
    inquiry->incomplete = true;
    inquiry->status->missed = true;
}

/* Fills the status. MTLSAUTH_OK or MTLSAUTH_ERR_NOMEM. */
int mtlsauth__crl_inquire(struct crl_inquiry *inquiry);

/* RFC 5280 6.3.3 (f). Adds to the authority, which is that of another list of the same issuer, or
 * none. The same codes. */
int mtlsauth__crl_authority(struct crl_inquiry *inquiry, const mtlsauth_crl *crl,
                            enum crl_authority *authority);

#endif
