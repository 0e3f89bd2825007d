/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_REVOCATION_POINT_H
#define MTLSAUTH_REVOCATION_POINT_H

#include "base/der.h"
#include "base/span.h"
#include "base/text.h"
#include "cert/general_name.h"
#include "cert/view.h"
#include "revocation/facts.h"

/*
 * Names of distribution points, of lists (RFC 5280 5.2.5) and of certificates (4.2.1.13), in a form
 * in which two are the same when tag and octets are: a URI as it stands, a directory name in its
 * canonical form (cert/name.h). Names of other forms are passed over: nothing is found by them.
 */
enum { POINT_URI = GENERAL_NAME_URI, POINT_DIRECTORY = GENERAL_NAME_DIRECTORY };

struct point_name {
    unsigned tag;
    struct span value;
};

/* Numbers for a hash table: of the canonical name of who issues a list, for lists without a
 * distribution point, and of that and a name of the point. */
uint64_t mtlsauth__point_hash_issuer(struct span issuer);
uint64_t mtlsauth__point_hash(uint64_t issuer, const struct point_name *name);

static inline bool point_name_equal(const struct point_name *a, const struct point_name *b)
{
    return a->tag == b->tag && span_equal(a->value, b->value);
}

/* Names of an issuingDistributionPoint, and behind them, in the same memory, their values. */
struct point_names {
    struct point_name *all;
    size_t count, capacity;
};

/*
 * Those of a list whose issuer has this canonical name. MTLSAUTH_OK, _ERR_PARSE when one is
 * malformed, _ERR_NOMEM.
 */
int mtlsauth__point_names_of(struct point_names *out, const struct crl_facts *facts,
                             struct span issuer);

/*
 * What mtlsauth__point_each would call for GeneralNames, each once; is_relative: the canonical form
 * of a nameRelativeToCRLIssuer, which stands behind that of whichever issuer. A name that is
 * malformed is passed over. MTLSAUTH_OK or _ERR_NOMEM.
 */
int mtlsauth__point_names_read(struct point_names *out, struct span names, bool is_relative);

void mtlsauth__point_names_drop(struct point_names *names);

/* The first of them for people, or nothing; false when it is malformed. */
bool mtlsauth__point_text(struct text *out, const struct crl_facts *facts);

/* ReasonFlags without bit 0, which is not used: all reasons there are (RFC 5280 6.3.2 (a)). */
#define ALL_REASONS 0x1feU

/* One DistributionPoint of a certificate. */
struct cert_point {
    bool has_name;
    bool is_relative;
    struct span name;       /* content of fullName, or of nameRelativeToCRLIssuer */
    uint32_t reasons;       /* ALL_REASONS where it names none */
    struct span crl_issuer; /* content of cRLIssuer; empty: the issuer of the certificate */
};

/* More in one certificate are no CA's. */
enum { CERT_MAX_POINTS = 64 };

/*
 * The points of a certificate, which may have none. False also when one of them is malformed, or
 * there are too many: those before that can be read one by one.
 */
bool mtlsauth__cert_points(const struct cert_view *cert, struct der *points);
/* The next one; false when it is malformed. */
bool mtlsauth__cert_point_next(struct der *points, struct cert_point *out);

/*
 * Calls each for every URI and directory name of GeneralNames (their content); it returns a code,
 * and other than MTLSAUTH_OK ends it. A name that is malformed is passed over.
 */
int mtlsauth__point_each(struct span names, int (*each)(void *arg, const struct point_name *name),
                         void *arg);

/* Are the names no more than that looks at, and well-formed? */
bool mtlsauth__point_each_sees_all(struct span names);

/* The directory name that a nameRelativeToCRLIssuer stands for (RFC 5280 4.2.1.13), to each as
 * above. */
int mtlsauth__point_relative(struct span rdn, struct span issuer,
                             int (*each)(void *arg, const struct point_name *name), void *arg);

#endif
