/* SPDX-License-Identifier: MIT */
#include "revocation/scan_element.h"

#include <inttypes.h>
#include "base/error.h"
#include "base/memory.h"

enum {
    MAX_HEADER = 6,         /* tag and length of an element of less than 4 GiB */
    MAX_SMALL = 64,         /* a version, a date */
    MAX_ELEMENT = 64 << 10, /* a name, the extensions, an entry, a signature */
    MAX_SIGNATURE = 16 << 10
};

int mtlsauth__crl_scan_fail(struct crl_scan *scan, int code, const char *why)
{
    if (code == MTLSAUTH_ERR_NOMEM)
        scan->failed = mtlsauth__fail_memory();
    else if (scan->step == STEP_ENTRIES)
        scan->failed = mtlsauth__fail(code, "CRL: entry %zu (byte %" PRIu64 "): %s",
                                      scan->rows.count + 1, scan->at, why);
    else
        scan->failed = mtlsauth__fail(code, "CRL: byte %" PRIu64 ": %s", scan->at, why);
    return scan->failed;
}

/* Tag and length (X.690 8.1.2, 8.1.3, 10.1): *size is that of both, 0 while octets are missing. */
static bool read_header(struct span in, size_t *size, uint64_t *len)
{
    size_t n;

    *size = 0;
    *len = 0;
    if (in.len > 0 && (in.ptr[0] & 0x1fU) == 0x1fU)
        return false;
    if (in.len < 2)
        return true;
    if (in.ptr[1] < 0x80) {
        *size = 2;
        *len = in.ptr[1];
        return true;
    }
    n = in.ptr[1] & 0x7fU;
    if (n == 0 || n > 4 || (in.len > 2 && in.ptr[2] == 0))
        return false;
    if (in.len < 2 + n)
        return true;
    for (size_t i = 0; i < n; i++)
        *len = *len << 8 | in.ptr[2 + i];
    *size = 2 + n;
    return *len >= 0x80;
}

/* Where the container ends in which the next element stands. */
static uint64_t container_end(const struct crl_scan *scan)
{
    switch (scan->step) {
    case STEP_LIST:
        return UINT64_MAX;
    case STEP_ENTRIES:
        return scan->revoked_end;
    case STEP_TBS:
    case STEP_OUTER_ALGORITHM:
    case STEP_SIGNATURE:
    case STEP_END:
        return scan->end;
    default:
        return scan->tbs_end;
    }
}

static uint64_t largest_element(const struct crl_scan *scan)
{
    switch (scan->step) {
    case STEP_VERSION:
        /* A version 1 list has its algorithm there. */
    case STEP_ALGORITHM:
    case STEP_OUTER_ALGORITHM:
        return MTLSAUTH__MAX_ALGORITHM;
    case STEP_THIS_UPDATE:
    case STEP_NEXT_UPDATE:
        return MAX_SMALL;
    case STEP_SIGNATURE:
        return MAX_SIGNATURE;
    default:
        return MAX_ELEMENT;
    }
}

/* Of which only the header is taken; what else stands in place of one is refused by that alone. */
static bool is_container(const struct crl_scan *scan, unsigned tag)
{
    return scan->step == STEP_LIST || scan->step == STEP_TBS ||
           (scan->step == STEP_REVOKED && tag == DER_SEQUENCE);
}

/* Moves octets of in to carry until that has size of them; false when there are not so many. */
static bool carry_up_to(struct crl_scan *scan, struct der *in, size_t size, bool *no_memory)
{
    size_t more = size - scan->carry_len, there = (size_t)(in->end - in->pos);

    *no_memory = false;
    if (size > scan->carry_capacity) {
        uint8_t *moved = mtlsauth__realloc(scan->carry, size, 1);

        *no_memory = moved == NULL;
        if (*no_memory)
            return false;
        scan->carry = moved;
        scan->carry_capacity = size;
    }
    if (more > there)
        more = there;
    if (more > 0)
        memcpy(scan->carry + scan->carry_len, in->pos, more);
    scan->carry_len += more;
    in->pos += more;
    return scan->carry_len == size;
}

/* Brings size octets together, in the piece where they are if that has them all. */
static enum take gather(struct crl_scan *scan, struct der *in, size_t size, struct span *out)
{
    bool no_memory;

    if (scan->carry_len == 0 && (size_t)(in->end - in->pos) >= size) {
        *out = span_of(in->pos, size);
        return TAKE_OK;
    }
    if (!carry_up_to(scan, in, size, &no_memory)) {
        if (!no_memory)
            return TAKE_MORE;
        mtlsauth__crl_scan_fail(scan, MTLSAUTH_ERR_NOMEM, NULL);
        return TAKE_FAILED;
    }
    *out = span_of(scan->carry, size);
    return TAKE_OK;
}

/* Tag and length of the next element; an octet at a time, since only they say how many they are. */
static enum take take_header(struct crl_scan *scan, struct der *in, size_t *size, uint64_t *len)
{
    for (;;) {
        struct span have = scan->carry_len > 0
                               ? span_of(scan->carry, scan->carry_len)
                               : span_of(in->pos, (size_t)(in->end - in->pos));
        struct span got;
        enum take took;

        if (have.len > MAX_HEADER)
            have.len = MAX_HEADER;
        if (!read_header(have, size, len)) {
            mtlsauth__crl_scan_fail(scan, MTLSAUTH_ERR_PARSE, "a tag or length that is not DER");
            return TAKE_FAILED;
        }
        if (*size != 0)
            return TAKE_OK;
        took = gather(scan, in, have.len + 1, &got);
        if (took != TAKE_OK)
            return took;
    }
}

enum take mtlsauth__crl_scan_take(struct crl_scan *scan, struct der *in, struct element *out)
{
    bool from_piece;
    size_t header;
    uint64_t len;
    enum take took = take_header(scan, in, &header, &len);

    if (took != TAKE_OK)
        return took;
    from_piece = scan->carry_len == 0;
    out->tag = from_piece ? *in->pos : *scan->carry;
    out->end = scan->at + header + len;
    if (out->end > container_end(scan)) {
        mtlsauth__crl_scan_fail(scan, MTLSAUTH_ERR_PARSE,
                                "an element that is longer than what contains it");
        return TAKE_FAILED;
    }
    /* RFC 5280 5.1.2.5 requires nextUpdate; X.509 does not. Whoever uses the list has to judge. */
    if (scan->step == STEP_NEXT_UPDATE &&
        (out->tag == DER_SEQUENCE || out->tag == DER_CONTEXT_CONSTRUCTED(0))) {
        scan->facts.next_update = CRL_NO_NEXT_UPDATE;
        scan->step = STEP_REVOKED;
    }
    if (is_container(scan, out->tag)) {
        len = 0;
    } else if (header + len > largest_element(scan)) {
        mtlsauth__crl_scan_fail(scan, MTLSAUTH_ERR_LIMIT,
                                "an element that is larger than any list needs");
        return TAKE_FAILED;
    }
    took = gather(scan, in, header + (size_t)len, &out->whole);
    if (took != TAKE_OK)
        return took;
    if (scan->carry_len == 0)
        in->pos += out->whole.len;
    out->content = span_tail(out->whole, header);
    return TAKE_OK;
}
