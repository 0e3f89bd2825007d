/* SPDX-License-Identifier: MIT */
#include "revocation/index.h"

#include "base/checked.h"
#include "base/memory.h"
#include "base/pages.h"
#include "revocation/extension.h"

enum { PREFIX_LEN = 8, ENTRIES_PER_RANGE = 8 };

void mtlsauth__crl_index_drop(struct crl_index *index)
{
    mtlsauth__pages_free(index->memory, index->memory_size);
    mtlsauth__pages_free(index->issuer, index->issuer_size);
    mtlsauth__free(index->table);
    *index = (struct crl_index){0};
}

bool mtlsauth__crl_index_allocate(struct crl_index *index, size_t count, unsigned width,
                                  unsigned common_len, unsigned date_width)
{
    size_t entry = sizeof *index->prefix + date_width + 2;
    uint8_t *at;

    *index = (struct crl_index){
        .count = count, .width = width, .common_len = common_len, .date_width = date_width};
    if (width > common_len + PREFIX_LEN)
        index->rest_width = width - common_len - PREFIX_LEN;
    if (count <= CRL_INDEX_MAX && checked_mul(count, entry + index->rest_width, &index->memory_size))
        index->memory = mtlsauth__pages_new(index->memory_size, false);
    if (index->memory == NULL) {
        *index = (struct crl_index){0};
        return false;
    }
    /* The widest numbers first: so each is aligned. */
    at = index->memory;
    index->prefix = (uint64_t *)(void *)at;
    at += count * sizeof *index->prefix;
    if (date_width == 4)
        index->date4 = (uint32_t *)(void *)at;
    else
        index->date8 = (uint64_t *)(void *)at;
    at += count * date_width;
    index->rest = at;
    at += count * index->rest_width;
    index->code = at;
    index->reason = at + count;
    return true;
}

bool mtlsauth__crl_index_allocate_issuers(struct crl_index *index)
{
    if (checked_mul(index->count, sizeof *index->issuer, &index->issuer_size))
        index->issuer = mtlsauth__pages_new(index->issuer_size, false);
    if (index->issuer == NULL)
        mtlsauth__crl_index_drop(index);
    return index->issuer != NULL;
}

bool mtlsauth__crl_index_table(struct crl_index *index)
{
    /* At least two, so that the shift stays below 64. */
    size_t most = index->count / ENTRIES_PER_RANGE + 2, ranges, at = 0;

    if (index->count == 0)
        return true;
    index->low = index->prefix[0];
    index->high = index->prefix[index->count - 1];
    index->shift = 0;
    while ((index->high - index->low) >> index->shift >= most)
        index->shift++;
    ranges = (size_t)((index->high - index->low) >> index->shift) + 1;
    index->table = mtlsauth__malloc((ranges + 1) * sizeof *index->table);
    if (index->table == NULL)
        return false;
    for (size_t i = 0; i < index->count; i++) {
        size_t range = (size_t)((index->prefix[i] - index->low) >> index->shift);

        while (at <= range)
            index->table[at++] = (uint32_t)i;
    }
    index->table[ranges] = (uint32_t)index->count;
    return true;
}

static uint32_t issuer_at(const struct crl_index *index, size_t i)
{
    return index->issuer == NULL ? 0 : index->issuer[i];
}

/* What is behind the prefix: the rest, then the code, then the issuer. */
static int compare_behind(const struct crl_index *index, size_t i, const uint8_t *rest,
                          uint8_t code, uint32_t issuer)
{
    uint32_t own = issuer_at(index, i);
    const uint8_t *mine = index->rest + i * index->rest_width;
    int order = index->rest_width == 0 ? 0 : memcmp(mine, rest, index->rest_width);

    if (order == 0)
        order = (int)index->code[i] - (int)code;
    return order != 0 ? order : (own > issuer) - (own < issuer);
}

enum { AT_ONCE = 64 };

/*
 * The checks of a column have no branch on what it holds, and run over a fixed number of entries at a
 * time: for a million entries, whose octets were all digested a moment ago, every nanosecond is one
 * millisecond of a cold start.
 */
static bool codes_ok(const uint8_t *code, size_t n, unsigned width)
{
    uint8_t bad = 0;

    for (; n >= AT_ONCE; n -= AT_ONCE, code += AT_ONCE)
        for (size_t i = 0; i < AT_ONCE; i++)
            bad |= (uint8_t)((uint8_t)(SERIAL_LEN(code[i]) - 1) >= width);
    for (size_t i = 0; i < n; i++)
        bad |= (uint8_t)((uint8_t)(SERIAL_LEN(code[i]) - 1) >= width);
    return bad == 0;
}

static inline uint8_t is_bad_reason(uint8_t reason)
{
    return (uint8_t)((reason > CRL_REASON_MAX) & (reason != CRL_REASON_NONE)) | (reason == 7);
}

static bool reasons_ok(const uint8_t *reason, size_t n)
{
    uint8_t bad = 0;

    for (; n >= AT_ONCE; n -= AT_ONCE, reason += AT_ONCE)
        for (size_t i = 0; i < AT_ONCE; i++)
            bad |= is_bad_reason(reason[i]);
    for (size_t i = 0; i < n; i++)
        bad |= is_bad_reason(reason[i]);
    return bad == 0;
}

/* Is each of the entries from..to above the one before it? from is at least 1. */
static bool ascending_by_all(const struct crl_index *index, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        if (index->prefix[i - 1] < index->prefix[i])
            continue;
        if (index->prefix[i - 1] > index->prefix[i] ||
            compare_behind(index, i - 1, index->rest + i * index->rest_width, index->code[i],
                           issuer_at(index, i)) >= 0)
            return false;
    }
    return true;
}

static bool ascending(const struct crl_index *index)
{
    for (size_t at = 1; at < index->count; at += AT_ONCE) {
        size_t n = index->count - at < AT_ONCE ? index->count - at : AT_ONCE;
        const uint64_t *prefix = index->prefix + at;
        unsigned not_above = 0;

        for (size_t i = 0; i < n; i++)
            not_above |= prefix[i] <= prefix[i - 1];
        if (not_above != 0 && !ascending_by_all(index, at, at + n))
            return false;
    }
    return true;
}

bool mtlsauth__crl_index_ok(const struct crl_index *index)
{
    return codes_ok(index->code, index->count, index->width) &&
           reasons_ok(index->reason, index->count) && ascending(index);
}

/* First of the entries from..to whose prefix is not below key. */
static size_t lower_bound(const uint64_t *prefix, size_t from, size_t to, uint64_t key)
{
    const uint64_t *at = prefix + from;
    size_t n = to - from;

    if (n == 0)
        return from;
    /* No branch depends on what is compared: a wrong guess costs more than a step. */
    while (n > 1) {
        size_t half = n / 2;

        at += at[half - 1] < key ? half : 0;
        n -= half;
    }
    return (size_t)(at - prefix) + (*at < key);
}

/* The same among entries from..to that all have the same prefix. */
static size_t lower_bound_behind(const struct crl_index *index, size_t from, size_t to,
                                 const uint8_t *rest, uint8_t code, uint32_t issuer)
{
    while (from < to) {
        size_t middle = from + (to - from) / 2;

        if (compare_behind(index, middle, rest, code, issuer) < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

bool mtlsauth__crl_index_find_of(const struct crl_index *index, uint32_t issuer,
                                 struct span content, size_t *i)
{
    uint8_t padded[MTLSAUTH__MAX_SERIAL + PREFIX_LEN] = {0};
    const uint8_t *rest = padded + index->common_len + PREFIX_LEN;
    struct serial serial;
    uint64_t key;
    size_t range, from, to, last;

    if (index->count == 0 || content.len > MTLSAUTH__MAX_SERIAL)
        return false;
    serial = serial_of(content);
    if (serial.magnitude.len > index->width)
        return false;
    memcpy(padded, serial.magnitude.ptr, serial.magnitude.len);
    if (memcmp(padded, index->common, index->common_len) != 0)
        return false;
    key = load_be64(padded + index->common_len);
    if (key < index->low || key > index->high)
        return false;
    range = (size_t)((key - index->low) >> index->shift);
    to = index->table[range + 1];
    from = lower_bound(index->prefix, index->table[range], to, key);
    if (from == to || index->prefix[from] != key)
        return false;
    last = from;
    if (from + 1 < to && index->prefix[from + 1] == key) {
        last = key == UINT64_MAX ? to : lower_bound(index->prefix, from, to, key + 1);
        from = lower_bound_behind(index, from, last, rest, serial.code, issuer);
        if (from == last)
            return false;
    }
    if (compare_behind(index, from, rest, serial.code, issuer) != 0)
        return false;
    *i = from;
    return true;
}

size_t mtlsauth__crl_index_serial(const struct crl_index *index, size_t i, uint8_t out[SERIAL_ROOM])
{
    uint8_t magnitude[MTLSAUTH__MAX_SERIAL + PREFIX_LEN];
    uint64_t prefix = index->prefix[i];

    memcpy(magnitude, index->common, index->common_len);
    for (unsigned n = PREFIX_LEN; n-- > 0; prefix >>= 8)
        magnitude[index->common_len + n] = (uint8_t)prefix;
    if (index->rest_width > 0)
        memcpy(magnitude + index->common_len + PREFIX_LEN, index->rest + i * index->rest_width,
               index->rest_width);
    return serial_content(magnitude, index->code[i], out);
}

int64_t mtlsauth__crl_index_date(const struct crl_index *index, size_t i)
{
    if (index->date_width == 4)
        return (int64_t)index->date4[i] + ROWS_EPOCH_4;
    return (int64_t)index->date8[i] + ROWS_EPOCH_8;
}

size_t mtlsauth__crl_index_size(const struct crl_index *index)
{
    size_t entry = sizeof *index->prefix + index->rest_width + 2 + index->date_width +
                   (index->issuer == NULL ? 0 : sizeof *index->issuer);
    size_t ranges = index->count == 0 ? 0 : (size_t)((index->high - index->low) >> index->shift) + 2;

    return index->count * entry + ranges * sizeof *index->table;
}
