/* SPDX-License-Identifier: MIT */
#include "identity/rule_bucket.h"

#include "base/error.h"
#include "base/memory.h"

static bool is_dns_wildcard(enum matcher_form form)
{
    return form == FORM_DNS_ONE || form == FORM_DNS_MANY;
}

static uint32_t rules_under(const struct rule_list *list, const struct rule_bucket *like)
{
    uint32_t known = rule_bucket_find(list, like);

    return known == RULE_NONE ? 0 : list->buckets[known].count;
}

/* A pattern stands under what it begins with and one segment behind its first wildcard, the one
 * that fewest others have: many begin alike, and many end alike. */
static struct rule_bucket with_rarest_segment(const struct rule_list *list,
                                              const struct rule_bucket *beginning,
                                              struct span rest)
{
    struct rule_bucket best = *beginning;
    uint32_t fewest = UINT32_MAX;

    for (unsigned i = 0; rest.ptr != NULL && i < RULE_SEGMENTS; i++) {
        struct rule_bucket like = *beginning;
        uint32_t count;

        like.segment_number = i;
        like.segment = uri_next_segment(&rest);
        if (span_is_text(like.segment, "*") || span_is_text(like.segment, "**"))
            continue;
        like.hash = rule_hash_segment(beginning->hash, i, like.segment);
        count = rules_under(list, &like);
        if (count <= fewest) {
            fewest = count;
            best = like;
        }
    }
    return best;
}

/* Under what a matcher stands; first, last and count are filled in by others. */
static struct rule_bucket bucket_of(const struct rule_list *list, const struct matcher *matcher)
{
    struct rule_bucket bucket = {.type = matcher->type, .form = matcher->form, .key = matcher->key};
    uint64_t start;

    if (matcher->form == FORM_IP_PREFIX)
        bucket.prefix_bits = matcher->prefix_bits;
    if (matcher->form == FORM_URI_PATTERN)
        bucket.key = span_head(matcher->key, matcher->literal);
    start = rule_hash_start(bucket.type, bucket.form, bucket.prefix_bits);
    bucket.hash = is_dns_wildcard(bucket.form) ? rule_hash_backwards(start, bucket.key)
                                               : rule_hash_key(start, bucket.type, bucket.key);
    if (matcher->form == FORM_URI_PATTERN)
        return with_rarest_segment(list, &bucket, span_tail(matcher->key, matcher->literal));
    return bucket;
}

static void place(uint32_t *slots, size_t slot_count, uint64_t hash, uint32_t number)
{
    size_t slot = rule_slot_of(hash, slot_count);

    while (slots[slot] != 0)
        slot = (slot + 1) & (slot_count - 1);
    slots[slot] = number + 1;
}

/* A rule stands in one bucket, or in two. */
enum { BUCKETS_OF_A_RULE = 2 };

/* Room for the buckets of one more rule, the table at most half full. */
static bool reserve_buckets(struct rule_list *list)
{
    struct rule_bucket *buckets = NULL;
    size_t more = list->slot_count == 0 ? 16 : list->slot_count * 2;
    uint32_t *slots;

    for (size_t i = 0; i < BUCKETS_OF_A_RULE; i++) {
        buckets = mtlsauth__grow(list->buckets, list->bucket_count + i, &list->bucket_capacity,
                                 sizeof *buckets);
        if (buckets == NULL)
            return false;
        list->buckets = buckets;
    }
    if ((list->bucket_count + BUCKETS_OF_A_RULE) * 2 <= list->slot_count)
        return true;
    slots = mtlsauth__calloc(more, sizeof *slots);
    if (slots == NULL)
        return false;
    for (size_t i = 0; i < list->bucket_count; i++)
        place(slots, more, buckets[i].hash, (uint32_t)i);
    mtlsauth__free(list->slots);
    list->slots = slots;
    list->slot_count = more;
    return true;
}

/* How many clients are likely to meet it. */
static unsigned commonness(const struct matcher *matcher)
{
    static const unsigned of_form[FORM_COUNT] = {
        [FORM_DNS_ONE] = 20,   [FORM_DNS_MANY] = 22,    [FORM_EMAIL_DOMAIN] = 21,
        [FORM_IP_PREFIX] = 23, [FORM_URI_PATTERN] = 20,
    };
    static const unsigned of_type[MATCHER_TYPE_COUNT] = {
        [MATCHER_SHA256] = 0,     [MATCHER_SPKI] = 1,         [MATCHER_URI] = 2,
        [MATCHER_DNS] = 3,        [MATCHER_EMAIL] = 4,        [MATCHER_UPN] = 5,
        [MATCHER_IP] = 6,         [MATCHER_DN] = 7,           [MATCHER_SERIAL] = 8,
        [MATCHER_ATTRIBUTE] = 30, [MATCHER_ISSUER_SPKI] = 40, [MATCHER_ISSUER] = 41,
        [MATCHER_ANCHOR] = 42,
    };

    return of_type[matcher->type] + of_form[matcher->form];
}

/* The matcher under which a rule stands, and its bucket: one that few clients meet, and under which
 * few others stand. */
static const struct matcher *rarest(const struct rule_list *list, const struct rule *rule,
                                    struct rule_bucket *bucket)
{
    const struct matcher *best = NULL;
    uint32_t best_cost = 0;

    for (size_t i = 0; i < rule->count; i++) {
        const struct matcher *matcher = &rule->matchers[i];
        struct rule_bucket under;
        uint32_t cost;

        if (matcher->negated)
            continue;
        under = bucket_of(list, matcher);
        cost = commonness(matcher) + rules_under(list, &under);
        if (best == NULL || cost < best_cost) {
            best = matcher;
            best_cost = cost;
            *bucket = under;
        }
    }
    return best;
}

static void join(struct rule_list *list, const struct rule_bucket *bucket, uint32_t number)
{
    struct rule_entry *last = &list->entries[bucket->last];

    if (bucket->form == FORM_DNS_PARENT)
        last->next_sibling = number;
    else
        last->next = number;
}

static void index_under(struct rule_list *list, struct rule_bucket bucket, uint32_t number)
{
    uint32_t known = rule_bucket_find(list, &bucket);

    if (known != RULE_NONE) {
        join(list, &list->buckets[known], number);
        list->buckets[known].last = number;
        list->buckets[known].count++;
        return;
    }
    bucket.first = bucket.last = number;
    bucket.count = 1;
    place(list->slots, list->slot_count, bucket.hash, (uint32_t)list->bucket_count);
    list->buckets[list->bucket_count++] = bucket;
    if (bucket.form == FORM_IP_PREFIX)
        list->prefixes[bucket.key.len == 16][bucket.prefix_bits / 64] |= 1ULL
                                                                         << bucket.prefix_bits % 64;
}

static void index_rule(struct rule_list *list, const struct matcher *matcher,
                       struct rule_bucket bucket, uint32_t number)
{
    list->forms |= 1U << (unsigned)bucket.form;
    list->segments |= 1ULL << bucket.segment_number;
    if (bucket.form == FORM_URI_PATTERN)
        list->beginnings |= 1ULL << bucket.key.len % 64;
    index_under(list, bucket, number);
    if (matcher->type != MATCHER_DNS || matcher->form != FORM_EXACT || !span_has(matcher->key, '.'))
        return;
    bucket.form = FORM_DNS_PARENT;
    bucket.key = span_tail(matcher->key, span_find(matcher->key, '.') + 1);
    bucket.hash = rule_hash_span(rule_hash_start(MATCHER_DNS, FORM_DNS_PARENT, 0), bucket.key);
    index_under(list, bucket, number);
}

int mtlsauth__rule_list_add(struct rule_list *list, struct rule *rule)
{
    struct rule_bucket bucket = {0};
    const struct matcher *matcher = rarest(list, rule, &bucket);
    struct rule_entry *entries;

    if (rule->count > 0 && matcher == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                              "rule '%s': every matcher is negated: it would allow nearly anybody",
                              rule->label);
    if (list->count >= MTLSAUTH_MAX_RULES)
        return mtlsauth__fail(MTLSAUTH_ERR_LIMIT, "more than %d rules", MTLSAUTH_MAX_RULES);
    entries = mtlsauth__grow(list->entries, list->count, &list->capacity, sizeof *entries);
    if (entries == NULL)
        return mtlsauth__fail_memory();
    list->entries = entries;
    if (!reserve_buckets(list))
        return mtlsauth__fail_memory();
    entries[list->count] = (struct rule_entry){
        .rule = rule, .under = matcher, .next = RULE_NONE, .next_sibling = RULE_NONE};
    if (matcher != NULL)
        index_rule(list, matcher, bucket, (uint32_t)list->count);
    else if (list->any == 0)
        list->any = list->count + 1;
    for (size_t i = 0; i < rule->count; i++)
        list->types |= MATCHER_TYPE_BIT(rule->matchers[i].type);
    list->count++;
    return MTLSAUTH_OK;
}

int mtlsauth__rule_list_copy(struct rule_list *out, const struct rule_list *list)
{
    *out = *list;
    out->capacity = list->count;
    out->bucket_capacity = list->bucket_count;
    out->entries = mtlsauth__memdup(span_of(list->entries, list->count * sizeof *list->entries));
    out->buckets =
        mtlsauth__memdup(span_of(list->buckets, list->bucket_count * sizeof *list->buckets));
    out->slots = mtlsauth__memdup(span_of(list->slots, list->slot_count * sizeof *list->slots));
    if (out->entries == NULL || out->buckets == NULL || out->slots == NULL) {
        mtlsauth__free(out->entries);
        mtlsauth__free(out->buckets);
        mtlsauth__free(out->slots);
        *out = (struct rule_list){0};
        return mtlsauth__fail_memory();
    }
    for (size_t i = 0; i < out->count; i++)
        refcount_add(&out->entries[i].rule->refs);
    return MTLSAUTH_OK;
}

void mtlsauth__rule_list_drop(struct rule_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        mtlsauth__rule_free(list->entries[i].rule);
    mtlsauth__free(list->entries);
    mtlsauth__free(list->buckets);
    mtlsauth__free(list->slots);
    *list = (struct rule_list){0};
}
