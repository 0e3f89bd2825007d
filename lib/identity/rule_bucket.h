/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_IDENTITY_RULE_BUCKET_H
#define MTLSAUTH_IDENTITY_RULE_BUCKET_H

#include "identity/rule_list.h"

/* The keys of a rule list's hash table: for those that put rules in, and those that look them
 * up. */

/* FNV-1a: only the operator puts keys in, so nobody can aim at a collision. */
#define RULE_HASH_START 0xcbf29ce484222325ULL
#define RULE_HASH_PRIME 0x100000001b3ULL

/* Of a pattern behind its first wildcard, which are looked at: a bit each of rule_list's
 * segments. */
enum { RULE_SEGMENTS = 64 };

static inline uint64_t rule_hash_byte(uint64_t hash, unsigned byte)
{
    return (hash ^ byte) * RULE_HASH_PRIME;
}

static inline uint64_t rule_hash_start(enum matcher_type type, enum matcher_form form,
                                       unsigned prefix_bits)
{
    uint64_t hash = rule_hash_byte(rule_hash_byte(RULE_HASH_START, (unsigned)type), (unsigned)form);

    return rule_hash_byte(hash, prefix_bits);
}

static inline uint64_t rule_hash_span(uint64_t hash, struct span key)
{
    for (size_t i = 0; i < key.len; i++)
        hash = rule_hash_byte(hash, key.ptr[i]);
    return hash;
}

/* The case of a mailbox or principal counts for who is let in, and not for who is kept out: rules
 * that differ in it stand together. */
static inline bool rule_key_has_no_case(enum matcher_type type)
{
    return type == MATCHER_EMAIL || type == MATCHER_UPN;
}

static inline uint64_t rule_hash_key(uint64_t hash, enum matcher_type type, struct span key)
{
    if (!rule_key_has_no_case(type))
        return rule_hash_span(hash, key);
    for (size_t i = 0; i < key.len; i++)
        hash = rule_hash_byte(hash, ascii_lower(key.ptr[i]));
    return hash;
}

/* From the end, so that all the domains above a name are hashed in one pass. */
static inline uint64_t rule_hash_backwards(uint64_t hash, struct span key)
{
    for (size_t i = key.len; i > 0; i--)
        hash = rule_hash_byte(hash, key.ptr[i - 1]);
    return hash;
}

static inline uint64_t rule_hash_segment(uint64_t hash, unsigned number, struct span segment)
{
    return rule_hash_span(rule_hash_byte(hash, number), segment);
}

/* A URI up to its next slash; rest is what stands behind that one, NULL where nothing does. */
static inline struct span uri_next_segment(struct span *rest)
{
    size_t len = span_find(*rest, '/');
    struct span segment = span_head(*rest, len);

    *rest = len < rest->len ? span_tail(*rest, len + 1) : span_of(NULL, 0);
    return segment;
}

static inline size_t rule_slot_of(uint64_t hash, size_t slot_count)
{
    hash ^= hash >> 32;
    return (size_t)(hash * 0x9e3779b97f4a7c15ULL >> 32) & (slot_count - 1);
}

static inline bool rule_bucket_same(const struct rule_bucket *a, const struct rule_bucket *b)
{
    return a->hash == b->hash && a->type == b->type && a->form == b->form &&
           a->prefix_bits == b->prefix_bits && a->segment_number == b->segment_number &&
           (rule_key_has_no_case(a->type) ? span_equal_nocase(a->key, b->key)
                                          : span_equal(a->key, b->key)) &&
           span_equal(a->segment, b->segment);
}

/* The number of the bucket that is like this one, or RULE_NONE. */
static inline uint32_t rule_bucket_find(const struct rule_list *list,
                                        const struct rule_bucket *like)
{
    size_t slot;

    if (list->slot_count == 0)
        return RULE_NONE;
    slot = rule_slot_of(like->hash, list->slot_count);
    while (list->slots[slot] != 0) {
        if (rule_bucket_same(&list->buckets[list->slots[slot] - 1], like))
            return list->slots[slot] - 1;
        slot = (slot + 1) & (list->slot_count - 1);
    }
    return RULE_NONE;
}

#endif
