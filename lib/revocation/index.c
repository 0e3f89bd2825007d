/* SPDX-License-Identifier: MIT */
#include "revocation/index.h"

#include "base/checked.h"
#include "base/memory.h"
#include "base/pages.h"
#include "revocation/extension.h"

enum {
    PREFIX_LEN = 8,
    ENTRIES_PER_LINE = 8,
    ENTRIES_PER_RANGE = 6,
    ENTRIES_PER_PART = 64,
    MAX_PARTS = 256
};

void mtlsauth__crl_index_drop(struct crl_index *index)
{
    mtlsauth__pages_free(index->memory, index->memory_size);
    mtlsauth__pages_free(index->issuer, index->issuer_size);
    mtlsauth__free(index->table);
    mtlsauth__free(index->parts);
    *index = (struct crl_index){0};
}

bool mtlsauth__crl_index_allocate(struct crl_index *index, size_t count, unsigned width,
                                  unsigned common_len, unsigned date_width, enum pages_use use)
{
    size_t entry = sizeof *index->prefix + date_width + 2;
    uint8_t *at;

    *index = (struct crl_index){
        .count = count, .width = width, .common_len = common_len, .date_width = date_width};
    if (width > common_len + PREFIX_LEN)
        index->rest_width = width - common_len - PREFIX_LEN;
    if (count <= CRL_INDEX_MAX &&
        checked_mul(count, entry + index->rest_width, &index->memory_size))
        index->memory = mtlsauth__pages_new(index->memory_size, use);
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
        index->issuer = mtlsauth__pages_new(index->issuer_size, PAGES_AS_NEEDED);
    if (index->issuer == NULL)
        mtlsauth__crl_index_drop(index);
    return index->issuer != NULL;
}

/* First of the entries from..to whose prefix is not below key. */
static size_t lower_bound(const uint64_t *prefix, size_t from, size_t to, uint64_t key)
{
    const uint64_t *at = prefix + from;
    size_t n = to - from;

    if (n == 0)
        return from;
    /* No branch depends on what is compared (of a conditional expression gcc makes one): a wrong
     * guess costs more than a step. */
    while (n > 1) {
        size_t half = n / 2;

        at += half & (size_t) - (ptrdiff_t)(at[half - 1] < key);
        n -= half;
    }
    return (size_t)(at - prefix) + (*at < key);
}

/* The smallest shift with which the numbers from 0 to last are at most so many. */
static unsigned shift_for(uint64_t last, size_t most)
{
    unsigned shift = 0;

    while (last >> shift >= most)
        shift++;
    return shift;
}

static size_t part_count(const struct crl_index *index)
{
    return (size_t)((index->high - index->low) >> index->part_shift) + 1;
}

/* Where the entries of a part end. */
static size_t end_of_part(const struct crl_index *index, size_t part, size_t from)
{
    if (part + 1 == part_count(index))
        return index->count;
    return lower_bound(index->prefix, from, index->count,
                       index->low + ((uint64_t)(part + 1) << index->part_shift));
}

/* How fine each part is. */
static void make_parts(struct crl_index *index)
{
    uint64_t last = ((uint64_t)1 << index->part_shift) - 1;
    size_t from = 0;

    index->range_count = 0;
    for (size_t i = 0; i < part_count(index); i++) {
        size_t to = end_of_part(index, i, from);
        unsigned shift = shift_for(last, (to - from) / ENTRIES_PER_RANGE + 1);

        index->parts[i] = (struct crl_index_part){(uint32_t)index->range_count, shift};
        index->range_count += (size_t)(last >> shift) + 1;
        from = to;
    }
}

/* Entries from..to, among which are all with key, if there are any. */
struct range {
    size_t from, to;
};

static inline struct range range_in_table(const struct crl_index *index, uint64_t key)
{
    uint64_t offset = key - index->low;
    const struct crl_index_part *part = &index->parts[offset >> index->part_shift];
    const uint32_t *at;

    offset &= ((uint64_t)1 << index->part_shift) - 1;
    at = &index->table[part->first + (size_t)(offset >> part->shift)];
    return (struct range){at[0], at[1]};
}

/* All columns of an entry near which a search will end, at once. */
static inline void prefetch(const struct crl_index *index, size_t i)
{
    size_t before = i < ENTRIES_PER_LINE ? 0 : i - ENTRIES_PER_LINE;
    size_t behind = index->count - i <= ENTRIES_PER_LINE ? i : i + ENTRIES_PER_LINE;

    __builtin_prefetch(index->prefix + i);
    __builtin_prefetch(index->prefix + before);
    __builtin_prefetch(index->prefix + behind);
    __builtin_prefetch(index->rest + i * index->rest_width);
    __builtin_prefetch(index->code + i);
    __builtin_prefetch(index->reason + i);
    if (index->date_width == 4)
        __builtin_prefetch(index->date4 + i);
    else
        __builtin_prefetch(index->date8 + i);
}

/*
 * Of a short list: around where key would stand among numbers that are spread evenly, as those of
 * random serials are. How they are spread decides the number of steps, each twice the last, and
 * nothing else.
 */
static inline struct range range_around(const struct crl_index *index, uint64_t key)
{
    const uint64_t *at = index->prefix;
    uint64_t offset = (key - index->low) >> index->part_shift;
    uint64_t all = ((index->high - index->low) >> index->part_shift) + 1;
    size_t guess = (size_t)(offset * index->count / all), step = ENTRIES_PER_LINE;
    struct range in = {guess, guess};

    prefetch(index, guess);
    for (; in.from > 0 && at[in.from] >= key; step *= 2) {
        if (at[in.from] > key)
            in.to = in.from;
        in.from -= in.from < step ? in.from : step;
    }
    for (step = ENTRIES_PER_LINE; in.to < index->count && at[in.to] <= key; step *= 2) {
        if (at[in.to] < key)
            in.from = in.to;
        in.to += index->count - in.to < step ? index->count - in.to : step;
    }
    return in;
}

static void fill_table(struct crl_index *index)
{
    size_t parts = part_count(index), at = 0;

    for (size_t i = 0; i < parts; i++) {
        struct crl_index_part part = index->parts[i];
        size_t end = i + 1 < parts ? index->parts[i + 1].first : index->range_count;

        for (size_t range = part.first; range < end; range++) {
            uint64_t start =
                ((uint64_t)i << index->part_shift) + ((uint64_t)(range - part.first) << part.shift);

            while (at < index->count && index->prefix[at] - index->low < start)
                at++;
            index->table[range] = (uint32_t)at;
        }
    }
    index->table[index->range_count] = (uint32_t)index->count;
}

bool mtlsauth__crl_index_table(struct crl_index *index)
{
    size_t most = index->count / ENTRIES_PER_PART;

    if (index->count == 0)
        return true;
    index->low = index->prefix[0];
    index->high = index->prefix[index->count - 1];
    if (index->count <= CRL_INDEX_SHORT) {
        /* A guess multiplies with it, and adds one. */
        index->part_shift = shift_for(index->high - index->low, UINT32_MAX);
        return true;
    }
    index->part_shift = shift_for(index->high - index->low, most > MAX_PARTS ? MAX_PARTS : most);
    index->parts = mtlsauth__calloc(part_count(index), sizeof *index->parts);
    if (index->parts == NULL)
        return false;
    make_parts(index);
    index->table = mtlsauth__calloc(index->range_count + 1, sizeof *index->table);
    if (index->table == NULL)
        return false;
    fill_table(index);
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
 * The checks of a column have no branch on what it holds, and run over a fixed number of entries at
 * a time: for a million entries, whose octets were all digested a moment ago, every nanosecond is
 * one millisecond of a cold start.
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
        const uint64_t *prefix = index->prefix + at, *before = prefix - 1;
        unsigned not_above = 0;

        for (size_t i = 0; i < n; i++)
            not_above |= prefix[i] <= before[i];
        if (not_above != 0 && !ascending_by_all(index, at, at + n))
            return false;
    }
    return true;
}

static bool dates_ok(const struct crl_index *index)
{
    for (size_t i = 0; index->date_width == 8 && i < index->count; i++)
        if (index->date8[i] > ROWS_LAST_8)
            return false;
    return true;
}

bool mtlsauth__crl_index_ok(const struct crl_index *index)
{
    return dates_ok(index) && codes_ok(index->code, index->count, index->width) &&
           reasons_ok(index->reason, index->count) && ascending(index);
}

/* First of the entries from..to, all of the same prefix, that is not below what is looked for. */
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

/* What is behind the first n octets; nothing, where there are not so many. */
static struct span behind(struct span octets, size_t n)
{
    return span_tail(octets, n < octets.len ? n : octets.len);
}

/* Does a magnitude, with zeros behind it, begin as all serials do? */
static bool has_common(const struct crl_index *index, struct span magnitude)
{
    size_t n = magnitude.len < index->common_len ? magnitude.len : index->common_len;

    if (memcmp(magnitude.ptr, index->common, n) != 0)
        return false;
    for (; n < index->common_len; n++)
        if (index->common[n] != 0)
            return false;
    return true;
}

/*
 * The octets of a prefix as a number. Not by way of memory: what is stored in small parts can be
 * loaded as a whole only when all before it has ended, and searches would wait for each other's
 * misses.
 */
static uint64_t prefix_of(struct span octets)
{
    uint64_t value = 0;

    if (octets.len >= PREFIX_LEN)
        return load_be64(octets.ptr);
    for (size_t i = 0; i < octets.len; i++)
        value |= (uint64_t)octets.ptr[i] << (56 - 8 * i);
    return value;
}

/* Which of the entries from..to, all of the prefix that is looked for, is the one, if any? */
static bool find_behind(const struct crl_index *index, size_t from, size_t to, struct serial serial,
                        uint32_t issuer, size_t *i)
{
    uint8_t padded[MTLSAUTH__MAX_SERIAL + PREFIX_LEN] = {0};
    const uint8_t *rest = padded + index->common_len + PREFIX_LEN;

    memcpy(padded, serial.magnitude.ptr, serial.magnitude.len);
    *i = lower_bound_behind(index, from, to, rest, serial.code, issuer);
    return *i < to && compare_behind(index, *i, rest, serial.code, issuer) == 0;
}

bool mtlsauth__crl_index_find_of(const struct crl_index *index, uint32_t issuer,
                                 struct span content, size_t *i)
{
    struct serial serial;
    struct span rest;
    uint64_t key;
    struct range in;
    size_t from, to, last;

    if (index->count == 0 || content.len > MTLSAUTH__MAX_SERIAL)
        return false;
    serial = serial_of(content);
    if (serial.magnitude.len > index->width || !has_common(index, serial.magnitude))
        return false;
    rest = behind(serial.magnitude, index->common_len);
    key = prefix_of(rest);
    if (key < index->low || key > index->high)
        return false;
    in = index->table == NULL ? range_around(index, key) : range_in_table(index, key);
    from = in.from;
    to = in.to;
    __builtin_prefetch(index->code + from);
    __builtin_prefetch(index->rest + from * index->rest_width);
    from = lower_bound(index->prefix, from, to, key);
    if (from == to || index->prefix[from] != key)
        return false;
    if (from + 1 < to && index->prefix[from + 1] == key) {
        last = key == UINT64_MAX ? to : lower_bound(index->prefix, from, to, key + 1);
        return find_behind(index, from, last, serial, issuer, i);
    }
    /* Two of the same length and sign differ in no padding. */
    rest = behind(rest, PREFIX_LEN);
    *i = from;
    return index->code[from] == serial.code && issuer_at(index, from) == issuer &&
           (rest.len == 0 ||
            memcmp(index->rest + from * index->rest_width, rest.ptr, rest.len) == 0);
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
    size_t table = index->table == NULL ? 0
                                        : (index->range_count + 1) * sizeof *index->table +
                                              part_count(index) * sizeof *index->parts;

    return index->count * entry + table;
}
