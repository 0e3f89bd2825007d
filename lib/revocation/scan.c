/* SPDX-License-Identifier: MIT */
#include "revocation/scan.h"

#include <inttypes.h>
#include "base/der.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/time.h"
#include "revocation/entry.h"
#include "revocation/extension.h"
#include "revocation/scan_element.h"

void mtlsauth__crl_scan_init(struct crl_scan *scan, const struct crl_limits *limits,
                             struct crl_sink sink)
{
    *scan = (struct crl_scan){.limits = *limits, .sink = sink};
    if (scan->limits.serial > MTLSAUTH__MAX_SERIAL)
        scan->limits.serial = MTLSAUTH__MAX_SERIAL;
    mtlsauth__crl_rows_init(&scan->rows);
}

void mtlsauth__crl_scan_drop(struct crl_scan *scan)
{
    mtlsauth__crl_facts_drop(&scan->facts);
    mtlsauth__crl_rows_drop(&scan->rows);
    mtlsauth__free(scan->carry);
    scan->carry = NULL;
}

uint64_t mtlsauth__crl_scan_total(const struct crl_scan *scan)
{
    return scan->end;
}

static int read_time(struct crl_scan *scan, const struct element *element, int64_t *out)
{
    if (mtlsauth__time_parse(element->tag, element->content, out))
        return MTLSAUTH_OK;
    return mtlsauth__crl_scan_fail(scan, MTLSAUTH_ERR_PARSE,
                                   "a time that is not in a form of RFC 5280 5.1.2.4");
}

static int read_version(struct crl_scan *scan, const struct element *element)
{
    /* RFC 5280 5.1.2.1: present means v2, whose number is 1. */
    if (element->content.len != 1 || element->content.ptr[0] != 1)
        return mtlsauth__crl_scan_fail(scan, MTLSAUTH_ERR_PARSE,
                                       "a version that is not v2 (RFC 5280 5.1.2.1)");
    scan->facts.version = 2;
    scan->step = STEP_ALGORITHM;
    return MTLSAUTH_OK;
}

static int read_algorithm(struct crl_scan *scan, const struct element *element)
{
    if (element->tag != DER_SEQUENCE || element->content.len == 0)
        return mtlsauth__crl_scan_fail(scan, MTLSAUTH_ERR_PARSE,
                                       "no signature algorithm where there has to be one");
    if (scan->facts.version == 0)
        scan->facts.version = 1;
    memcpy(scan->facts.algorithm, element->whole.ptr, element->whole.len);
    scan->facts.algorithm_len = element->whole.len;
    scan->step = STEP_ISSUER;
    return MTLSAUTH_OK;
}

static int read_issuer(struct crl_scan *scan, const struct element *element)
{
    if (element->tag != DER_SEQUENCE)
        return mtlsauth__crl_scan_fail(scan, MTLSAUTH_ERR_PARSE,
                                       "no issuer name where there has to be one");
    if (element->content.len == 0)
        return mtlsauth__crl_scan_fail(scan, MTLSAUTH_ERR_PARSE,
                                       "an empty issuer name (RFC 5280 5.1.2.3)");
    scan->facts.issuer = mtlsauth__memdup(element->whole);
    if (scan->facts.issuer == NULL)
        return mtlsauth__crl_scan_fail(scan, MTLSAUTH_ERR_NOMEM, NULL);
    scan->facts.issuer_len = element->whole.len;
    scan->step = STEP_THIS_UPDATE;
    return MTLSAUTH_OK;
}

static int read_next_update(struct crl_scan *scan, const struct element *element)
{
    int code = read_time(scan, element, &scan->facts.next_update);

    if (code != MTLSAUTH_OK)
        return code;
    if (scan->facts.next_update <= scan->facts.this_update)
        return mtlsauth__crl_scan_fail(scan, MTLSAUTH_ERR_PARSE,
                                       "a nextUpdate that is not after thisUpdate");
    scan->step = STEP_REVOKED;
    return MTLSAUTH_OK;
}

static int read_extensions(struct crl_scan *scan, const struct element *element)
{
    const char *why = NULL;
    int code;

    if (element->tag != DER_CONTEXT_CONSTRUCTED(0))
        return mtlsauth__crl_scan_fail(
            scan, MTLSAUTH_ERR_PARSE,
            "neither the end of tbsCertList nor an element that may be there");
    if (scan->facts.version != 2)
        return mtlsauth__crl_scan_fail(scan, MTLSAUTH_ERR_PARSE, "extensions in a version 1 list");
    code = mtlsauth__crl_list_extensions(element->content, &scan->facts, &why);
    if (code != MTLSAUTH_OK)
        return mtlsauth__crl_scan_fail(scan, code, why);
    scan->step = STEP_TBS_END;
    return MTLSAUTH_OK;
}

static int read_revoked(struct crl_scan *scan, const struct element *element)
{
    if (element->tag != DER_SEQUENCE)
        return read_extensions(scan, element);
    scan->revoked_end = element->end;
    if (scan->revoked_end == scan->at + element->whole.len)
        return mtlsauth__crl_scan_fail(
            scan, MTLSAUTH_ERR_PARSE,
            "an empty revokedCertificates, which RFC 5280 5.1.2.6 says must be absent");
    scan->step = STEP_ENTRIES;
    return MTLSAUTH_OK;
}

/*
 * RFC 5280 5.3.3: an entry without certificateIssuer is of the issuer of the entry before it, and
 * the first of the issuer of the list.
 */
static int set_issuer(struct crl_scan *scan, struct span name)
{
    struct crl_issuers *issuers = &scan->facts.issuers;
    uint32_t number;
    const char *why = NULL;
    int code;

    scan->facts.has_certificate_issuer = true;
    if (span_equal(name, span_of(scan->facts.issuer, scan->facts.issuer_len))) {
        scan->rows.issuer = 0;
        return MTLSAUTH_OK;
    }
    code = mtlsauth__crl_issuers_add(issuers, name, &number, &why);
    if (code != MTLSAUTH_OK)
        return mtlsauth__crl_scan_fail(scan, code, why);
    scan->rows.issuer = number;
    return MTLSAUTH_OK;
}

static int add_entry(struct crl_scan *scan, struct span content)
{
    struct crl_entry entry;
    const char *why = NULL;
    int code = mtlsauth__crl_entry(content, scan->limits.serial, &entry, &why);

    if (code != MTLSAUTH_OK)
        return mtlsauth__crl_scan_fail(scan, code, why);
    if (entry.has_extensions && scan->facts.version != 2)
        return mtlsauth__crl_scan_fail(scan, MTLSAUTH_ERR_PARSE, "extensions in a version 1 list");
    if (scan->rows.count >= scan->limits.entries)
        return mtlsauth__crl_scan_fail(scan, MTLSAUTH_ERR_LIMIT, "more entries than the limit");
    if (entry.facts.has_certificate_issuer) {
        code = set_issuer(scan, entry.facts.certificate_issuer);
        if (code != MTLSAUTH_OK)
            return code;
    }
    if (!mtlsauth__crl_rows_add(&scan->rows, &entry.serial, entry.date, entry.facts.reason))
        return mtlsauth__crl_scan_fail(scan, MTLSAUTH_ERR_NOMEM, NULL);
    scan->facts.has_remove |= entry.facts.reason == CRL_REASON_REMOVE;
    return MTLSAUTH_OK;
}

static int read_entry(struct crl_scan *scan, const struct element *element)
{
    if (element->tag != DER_SEQUENCE)
        return mtlsauth__crl_scan_fail(scan, MTLSAUTH_ERR_PARSE, "not an entry");
    return add_entry(scan, element->content);
}

/* Entries that lie in the piece as a whole and are shorter than 128 octets: all but a few. */
static int read_entries(struct crl_scan *scan, struct der *in)
{
    while (in->end - in->pos >= 2 && in->pos[0] == DER_SEQUENCE && in->pos[1] < 0x80) {
        size_t len = in->pos[1];
        int code;

        if ((size_t)(in->end - in->pos) - 2 < len || scan->revoked_end - scan->at < len + 2)
            break;
        code = add_entry(scan, span_of(in->pos + 2, len));
        if (code != MTLSAUTH_OK)
            return code;
        in->pos += len + 2;
        scan->at += len + 2;
        if (scan->at == scan->revoked_end)
            break;
    }
    return MTLSAUTH_OK;
}

static int read_outer_algorithm(struct crl_scan *scan, const struct element *element)
{
    /* RFC 5280 5.1.1.2: "MUST contain the same algorithm identifier as the signature field". */
    if (!span_equal(element->whole, span_of(scan->facts.algorithm, scan->facts.algorithm_len)))
        return mtlsauth__crl_scan_fail(
            scan, MTLSAUTH_ERR_PARSE,
            "a signatureAlgorithm that is not the one inside of tbsCertList");
    scan->step = STEP_SIGNATURE;
    return MTLSAUTH_OK;
}

static int read_signature(struct crl_scan *scan, const struct element *element)
{
    struct span octets;
    unsigned unused;

    if (element->tag != DER_BIT_STRING ||
        !mtlsauth__der_bit_string(element->content, &octets, &unused) || unused != 0 ||
        octets.len == 0)
        return mtlsauth__crl_scan_fail(scan, MTLSAUTH_ERR_PARSE,
                                       "a signatureValue that is malformed");
    scan->facts.signature = mtlsauth__memdup(octets);
    if (scan->facts.signature == NULL)
        return mtlsauth__crl_scan_fail(scan, MTLSAUTH_ERR_NOMEM, NULL);
    scan->facts.signature_len = octets.len;
    scan->step = STEP_END;
    return MTLSAUTH_OK;
}

static int read_list(struct crl_scan *scan, const struct element *element)
{
    if (element->tag != DER_SEQUENCE)
        return mtlsauth__crl_scan_fail(scan, MTLSAUTH_ERR_PARSE, "not a CRL in DER");
    if (element->end > scan->limits.bytes)
        return mtlsauth__crl_scan_fail(scan, MTLSAUTH_ERR_LIMIT,
                                       "a list of more octets than the limit");
    scan->end = element->end;
    scan->tbs_start = scan->at + element->whole.len;
    scan->tbs_end = scan->end;
    scan->step = STEP_TBS;
    return MTLSAUTH_OK;
}

static int read_tbs(struct crl_scan *scan, const struct element *element)
{
    if (element->tag != DER_SEQUENCE)
        return mtlsauth__crl_scan_fail(scan, MTLSAUTH_ERR_PARSE, "not a CRL: no tbsCertList");
    scan->tbs_end = element->end;
    scan->step = STEP_VERSION;
    return MTLSAUTH_OK;
}

static int read_element(struct crl_scan *scan, const struct element *element)
{
    int code;

    switch (scan->step) {
    case STEP_LIST:
        return read_list(scan, element);
    case STEP_TBS:
        return read_tbs(scan, element);
    case STEP_VERSION:
        if (element->tag == DER_INTEGER)
            return read_version(scan, element);
        return read_algorithm(scan, element);
    case STEP_ALGORITHM:
        return read_algorithm(scan, element);
    case STEP_ISSUER:
        return read_issuer(scan, element);
    case STEP_THIS_UPDATE:
        code = read_time(scan, element, &scan->facts.this_update);
        if (code == MTLSAUTH_OK)
            scan->step = STEP_NEXT_UPDATE;
        return code;
    case STEP_NEXT_UPDATE:
        return read_next_update(scan, element);
    case STEP_REVOKED:
        return read_revoked(scan, element);
    case STEP_ENTRIES:
        return read_entry(scan, element);
    case STEP_EXTENSIONS:
        return read_extensions(scan, element);
    case STEP_OUTER_ALGORITHM:
        return read_outer_algorithm(scan, element);
    case STEP_SIGNATURE:
        return read_signature(scan, element);
    default:
        return mtlsauth__crl_scan_fail(scan, MTLSAUTH_ERR_PARSE, "an element where none may be");
    }
}

/* Leaves the containers that end here. */
static int leave(struct crl_scan *scan)
{
    if (scan->step == STEP_ENTRIES && scan->at == scan->revoked_end)
        scan->step = STEP_EXTENSIONS;
    if (scan->step > STEP_TBS && scan->step < STEP_OUTER_ALGORITHM && scan->at == scan->tbs_end) {
        if (scan->step < STEP_NEXT_UPDATE)
            return mtlsauth__crl_scan_fail(scan, MTLSAUTH_ERR_PARSE, "tbsCertList ends too early");
        if (scan->step == STEP_NEXT_UPDATE)
            scan->facts.next_update = CRL_NO_NEXT_UPDATE;
        scan->step = STEP_OUTER_ALGORITHM;
    }
    if (scan->step > STEP_LIST && scan->step < STEP_END && scan->at == scan->end)
        return mtlsauth__crl_scan_fail(scan, MTLSAUTH_ERR_PARSE, "the list ends too early");
    if (scan->step == STEP_END && scan->at != scan->end)
        return mtlsauth__crl_scan_fail(scan, MTLSAUTH_ERR_PARSE,
                                       "something behind the signature inside of the list");
    return MTLSAUTH_OK;
}

static int run(struct crl_scan *scan, struct der *in)
{
    int code = MTLSAUTH_OK;

    while (code == MTLSAUTH_OK && scan->step != STEP_END && !der_at_end(in)) {
        struct element element;
        enum take took;

        if (scan->step == STEP_ENTRIES && scan->carry_len == 0) {
            code = read_entries(scan, in);
            if (code == MTLSAUTH_OK)
                code = leave(scan);
            if (code != MTLSAUTH_OK || scan->step != STEP_ENTRIES || der_at_end(in))
                continue;
        }
        took = mtlsauth__crl_scan_take(scan, in, &element);
        if (took == TAKE_MORE)
            return MTLSAUTH_OK;
        if (took == TAKE_FAILED)
            return scan->failed;
        code = read_element(scan, &element);
        scan->at += element.whole.len;
        scan->carry_len = 0;
        if (code == MTLSAUTH_OK)
            code = leave(scan);
    }
    if (code == MTLSAUTH_OK && scan->step == STEP_END && !der_at_end(in))
        return mtlsauth__crl_scan_fail(scan, MTLSAUTH_ERR_PARSE,
                                       "something behind the end of the list");
    return code;
}

/* Hands the part of piece on that belongs to tbsCertList. base is the position of the piece. */
static int feed_sink(struct crl_scan *scan, struct span piece, uint64_t base)
{
    uint64_t from = scan->tbs_start > base ? scan->tbs_start - base : 0;
    uint64_t to = scan->tbs_end > base ? scan->tbs_end - base : 0;
    struct span part;
    int code = MTLSAUTH_OK;

    if (to > piece.len)
        to = piece.len;
    if (scan->step == STEP_LIST || from >= to)
        part = span_of(NULL, 0);
    else
        part = span_of(piece.ptr + from, (size_t)(to - from));
    if (scan->facts.algorithm_len == 0) {
        /* Its header, version and algorithm: the limits of these elements keep it this short. */
        if (part.len > sizeof scan->head - scan->head_len)
            return mtlsauth__crl_scan_fail(scan, MTLSAUTH_ERR_LIMIT,
                                           "too much in front of the algorithm");
        if (part.len > 0)
            memcpy(scan->head + scan->head_len, part.ptr, part.len);
        scan->head_len += part.len;
        return MTLSAUTH_OK;
    }
    if (!scan->sink_open) {
        scan->sink_open = true;
        code = scan->sink.begin(scan->sink.arg,
                                span_of(scan->facts.algorithm, scan->facts.algorithm_len));
        if (code == MTLSAUTH_OK && scan->head_len > 0)
            code = scan->sink.data(scan->sink.arg, span_of(scan->head, scan->head_len));
    }
    if (code == MTLSAUTH_OK && part.len > 0)
        code = scan->sink.data(scan->sink.arg, part);
    scan->failed = code;
    return code;
}

int mtlsauth__crl_scan_push(struct crl_scan *scan, struct span piece)
{
    struct der in = der_of(piece);
    uint64_t base = scan->fed;

    if (scan->failed != MTLSAUTH_OK || piece.len == 0)
        return scan->failed;
    scan->fed += piece.len;
    if (run(scan, &in) != MTLSAUTH_OK)
        return scan->failed;
    return feed_sink(scan, piece, base);
}

int mtlsauth__crl_scan_end(struct crl_scan *scan)
{
    if (scan->failed != MTLSAUTH_OK)
        return scan->failed;
    if (scan->step != STEP_END) {
        scan->failed =
            mtlsauth__fail(MTLSAUTH_ERR_PARSE, "CRL: cut off: it ends after %" PRIu64 " octets%s",
                           scan->fed, scan->fed == 0 ? ", being empty" : "");
        return scan->failed;
    }
    /* RFC 5280 5.3.1: removeFromCRL is for delta CRLs; 5.3.3: certificateIssuer for indirect ones.
     * To believe them elsewhere is to take a revoked certificate for a good one. */
    if (scan->facts.has_remove && !scan->facts.is_delta)
        return mtlsauth__crl_scan_fail(
            scan, MTLSAUTH_ERR_PARSE,
            "an entry with reason removeFromCRL in a list that is no delta CRL");
    if (scan->facts.has_certificate_issuer && !scan->facts.scope.indirect)
        return mtlsauth__crl_scan_fail(
            scan, MTLSAUTH_ERR_PARSE,
            "an entry of another issuer (certificateIssuer) in a list that is not "
            "indirect");
    return MTLSAUTH_OK;
}
