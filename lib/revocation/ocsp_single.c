/* SPDX-License-Identifier: MIT */
#include <mtlsauth/crl.h>
#include "base/oid.h"
#include "base/time.h"
#include "revocation/ocsp_extension.h"
#include "revocation/ocsp_response.h"

/* Signed certificate timestamps of RFC 6962 3.3: they say nothing of revocation. */
#define OID_SCT_LIST "\x2b\x06\x01\x04\x01\xd6\x79\x02\x04\x05"

/* RFC 5280 5.3.1 */
enum { REASON_UNUSED = 7, REASON_MAX = 10 };

/* AlgorithmIdentifier of a hash, known or not: an OID, and parameters that are absent or NULL. */
static bool algorithm_ok(struct span whole)
{
    struct der in = der_of(whole), inner;
    struct span oid, null = {0};
    bool present;

    return mtlsauth__der_enter(&in, DER_SEQUENCE, &inner) &&
           mtlsauth__der_read(&inner, DER_OID, &oid) && mtlsauth__oid_ok(oid) &&
           mtlsauth__der_optional(&inner, DER_NULL, &present, &null) && null.len == 0 &&
           der_at_end(&inner);
}

/* CertID ::= SEQUENCE { hashAlgorithm, issuerNameHash, issuerKeyHash, serialNumber } */
static bool read_id(struct der *in, struct ocsp_id *id)
{
    struct der inner;
    struct span algorithm;

    if (!mtlsauth__der_enter(in, DER_SEQUENCE, &inner) ||
        !mtlsauth__der_read_whole(&inner, DER_SEQUENCE, &algorithm) || !algorithm_ok(algorithm) ||
        !mtlsauth__der_read(&inner, DER_OCTET_STRING, &id->name_hash) ||
        !mtlsauth__der_read(&inner, DER_OCTET_STRING, &id->key_hash) ||
        !mtlsauth__der_read(&inner, DER_INTEGER, &id->serial) ||
        !mtlsauth__der_integer_ok(id->serial) || !der_at_end(&inner))
        return false;
    id->hash = mtlsauth__hash_read(algorithm);
    if (!mtlsauth__ocsp_hash_is_listed(id->hash))
        id->hash = HASH_UNKNOWN;
    return true;
}

static bool read_time(struct der *in, int64_t *out)
{
    struct span value;

    return mtlsauth__der_read(in, DER_GENERALIZED_TIME, &value) &&
           mtlsauth__time_parse(DER_GENERALIZED_TIME, value, out);
}

/* RevokedInfo ::= SEQUENCE { revocationTime, revocationReason [0] EXPLICIT CRLReason OPTIONAL } */
static bool read_revoked(struct ocsp_single *single, struct span value)
{
    struct der in = der_of(value);
    struct span reason, code;
    bool present;

    if (!read_time(&in, &single->revoked_at) ||
        !mtlsauth__der_optional(&in, DER_CONTEXT_CONSTRUCTED(0), &present, &reason) ||
        !der_at_end(&in))
        return false;
    if (!present)
        return true;
    if (!mtlsauth__der_only(reason, DER_ENUMERATED, &code) || code.len != 1 ||
        code.ptr[0] > REASON_MAX || code.ptr[0] == REASON_UNUSED)
        return false;
    single->reason = code.ptr[0];
    return true;
}

/* CertStatus ::= CHOICE { good [0] NULL, revoked [1] RevokedInfo, unknown [2] UnknownInfo } */
static bool read_status(struct der *in, struct ocsp_single *single)
{
    struct span value;
    unsigned tag;

    if (!mtlsauth__der_next(in, &tag, &value, NULL))
        return false;
    if (tag == DER_CONTEXT(0) && value.len == 0)
        single->status = MTLSAUTH_OCSP_GOOD;
    else if (tag == DER_CONTEXT_CONSTRUCTED(1) && read_revoked(single, value))
        single->status = MTLSAUTH_OCSP_REVOKED;
    else if (tag == DER_CONTEXT(2) && value.len == 0)
        single->status = MTLSAUTH_OCSP_UNKNOWN;
    else
        return false;
    return true;
}

static bool read_next_update(struct der *in, struct ocsp_single *single)
{
    struct span value;
    struct der inner;
    bool present;

    if (!mtlsauth__der_optional(in, DER_CONTEXT_CONSTRUCTED(0), &present, &value))
        return false;
    if (!present)
        return true;
    inner = der_of(value);
    return read_time(&inner, &single->next_update) && der_at_end(&inner);
}

static bool is_known(struct span oid)
{
    return OID_IS(oid, OID_SCT_LIST);
}

static const char *read_single(struct der *in, struct ocsp_single *single)
{
    struct ocsp_extensions extensions = {.is_known = is_known};
    struct span value;
    bool present;

    if (!read_id(in, &single->id))
        return "the name of a certificate in it is malformed";
    if (!read_status(in, single))
        return "the status of a certificate in it is malformed";
    if (!read_time(in, &single->this_update))
        return "thisUpdate is no time of the form YYYYMMDDHHMMSSZ";
    if (!read_next_update(in, single))
        return "nextUpdate is no time of the form YYYYMMDDHHMMSSZ";
    if (!mtlsauth__der_optional(in, DER_CONTEXT_CONSTRUCTED(1), &present, &value) ||
        (present && !mtlsauth__ocsp_extensions_read(&extensions, value)))
        return "the extensions of an answer in it are malformed";
    single->unknown_critical = extensions.unknown_critical;
    return der_at_end(in) ? NULL : "something follows the last field of an answer in it";
}

int mtlsauth__ocsp_rank(int status)
{
    return status == MTLSAUTH_OCSP_REVOKED ? 3 : status == MTLSAUTH_OCSP_UNKNOWN ? 2 : 1;
}

bool mtlsauth__ocsp_is_final(int status, int reason)
{
    return status == MTLSAUTH_OCSP_REVOKED && reason != MTLSAUTH_CRL_REASON_CERTIFICATE_HOLD;
}

bool mtlsauth__ocsp_single_counts(const struct ocsp_single *a, const struct ocsp_single *b)
{
    int a_rank = mtlsauth__ocsp_rank(a->status), b_rank = mtlsauth__ocsp_rank(b->status);
    bool a_final = mtlsauth__ocsp_is_final(a->status, a->reason);
    bool b_final = mtlsauth__ocsp_is_final(b->status, b->reason);

    if (b->status == 0)
        return true;
    if (a_rank != b_rank)
        return a_rank > b_rank;
    if (a_final != b_final)
        return a_final;
    return a->this_update > b->this_update;
}

bool mtlsauth__ocsp_single_next(struct der *in, struct ocsp_single *single, const char **why)
{
    struct der inner;

    *single = (struct ocsp_single){
        .reason = -1, .revoked_at = MTLSAUTH_NO_TIME, .next_update = MTLSAUTH_NO_TIME};
    *why = "an answer in it is malformed";
    if (!mtlsauth__der_enter(in, DER_SEQUENCE, &inner))
        return false;
    *why = read_single(&inner, single);
    return *why == NULL;
}
