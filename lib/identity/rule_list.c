/* SPDX-License-Identifier: MIT */
#include "identity/rule_list.h"

#include "base/error.h"
#include "base/memory.h"
#include "identity/address.h"

/* FNV-1a: only the operator puts keys in, so nobody can aim at a collision. */
#define HASH_START 0xcbf29ce484222325ULL
#define HASH_PRIME 0x100000001b3ULL

static uint64_t hash_byte(uint64_t hash, unsigned byte)
{
    return (hash ^ byte) * HASH_PRIME;
}

static uint64_t hash_start(enum matcher_type type, enum matcher_form form, unsigned prefix_bits)
{
    uint64_t hash = hash_byte(hash_byte(HASH_START, (unsigned)type), (unsigned)form);

    return hash_byte(hash, prefix_bits);
}

static uint64_t hash_span(uint64_t hash, struct span key)
{
    for (size_t i = 0; i < key.len; i++)
        hash = hash_byte(hash, key.ptr[i]);
    return hash;
}

/* From the end, so that all the domains above a name are hashed in one pass. */
static uint64_t hash_backwards(uint64_t hash, struct span key)
{
    for (size_t i = key.len; i > 0; i--)
        hash = hash_byte(hash, key.ptr[i - 1]);
    return hash;
}

static bool is_dns_wildcard(enum matcher_form form)
{
    return form == FORM_DNS_ONE || form == FORM_DNS_MANY;
}

/* Under what a matcher stands; first, last and hash are filled in by others. */
static struct rule_bucket bucket_of(const struct matcher *matcher)
{
    struct rule_bucket bucket = {.type = matcher->type, .form = matcher->form, .key = matcher->key};
    uint64_t start;

    if (matcher->form == FORM_IP_PREFIX)
        bucket.prefix_bits = matcher->prefix_bits;
    if (matcher->form == FORM_URI_PATTERN)
        bucket.key = span_head(matcher->key, matcher->literal);
    start = hash_start(bucket.type, bucket.form, bucket.prefix_bits);
    bucket.hash = is_dns_wildcard(bucket.form) ? hash_backwards(start, bucket.key)
                                               : hash_span(start, bucket.key);
    return bucket;
}

static size_t slot_of(uint64_t hash, size_t slot_count)
{
    hash ^= hash >> 32;
    return (size_t)(hash * 0x9e3779b97f4a7c15ULL >> 32) & (slot_count - 1);
}

static bool same_bucket(const struct rule_bucket *a, const struct rule_bucket *b)
{
    return a->hash == b->hash && a->type == b->type && a->form == b->form &&
           a->prefix_bits == b->prefix_bits && span_equal(a->key, b->key);
}

/* The number of the bucket that is like this one, or RULE_NONE. */
static uint32_t find(const struct rule_list *list, const struct rule_bucket *like)
{
    size_t slot;

    if (list->slot_count == 0)
        return RULE_NONE;
    slot = slot_of(like->hash, list->slot_count);
    while (list->slots[slot] != 0) {
        if (same_bucket(&list->buckets[list->slots[slot] - 1], like))
            return list->slots[slot] - 1;
        slot = (slot + 1) & (list->slot_count - 1);
    }
    return RULE_NONE;
}

static void place(uint32_t *slots, size_t slot_count, uint64_t hash, uint32_t number)
{
    size_t slot = slot_of(hash, slot_count);

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

/* How many clients are likely to meet it: a rule stands under its rarest matcher. */
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

static const struct matcher *rarest(const struct rule *rule)
{
    const struct matcher *best = NULL;

    for (size_t i = 0; i < rule->count; i++) {
        const struct matcher *matcher = &rule->matchers[i];

        if (!matcher->negated && (best == NULL || commonness(matcher) < commonness(best)))
            best = matcher;
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
    uint32_t known = find(list, &bucket);

    if (known != RULE_NONE) {
        join(list, &list->buckets[known], number);
        list->buckets[known].last = number;
        return;
    }
    bucket.first = bucket.last = number;
    place(list->slots, list->slot_count, bucket.hash, (uint32_t)list->bucket_count);
    list->buckets[list->bucket_count++] = bucket;
    if (bucket.form == FORM_IP_PREFIX)
        list->prefixes[bucket.key.len == 16][bucket.prefix_bits / 64] |= 1ULL
                                                                         << bucket.prefix_bits % 64;
}

static void index_rule(struct rule_list *list, const struct matcher *matcher, uint32_t number)
{
    struct rule_bucket bucket = bucket_of(matcher);

    list->forms |= 1U << (unsigned)bucket.form;
    index_under(list, bucket, number);
    if (matcher->type != MATCHER_DNS || matcher->form != FORM_EXACT ||
        !span_has(matcher->key, '.'))
        return;
    bucket.form = FORM_DNS_PARENT;
    bucket.key = span_tail(matcher->key, span_find(matcher->key, '.') + 1);
    bucket.hash = hash_span(hash_start(MATCHER_DNS, FORM_DNS_PARENT, 0), bucket.key);
    index_under(list, bucket, number);
}

int mtlsauth__rule_list_add(struct rule_list *list, struct rule *rule)
{
    const struct matcher *matcher = rarest(rule);
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
        .rule = rule, .next = RULE_NONE, .next_sibling = RULE_NONE};
    if (matcher != NULL)
        index_rule(list, matcher, (uint32_t)list->count);
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

/* A search: the lowest number that holds so far, and the buckets that have been looked into. */
struct search {
    const struct rule_list *list;
    const struct subject_names *names;
    size_t best;
    uint64_t *seen;
};

static void look(struct search *search, enum matcher_type type, enum matcher_form form,
                 unsigned prefix_bits, uint64_t hash, struct span key)
{
    const struct rule_list *list = search->list;
    const struct rule_bucket like = {
        .hash = hash, .type = type, .form = form, .prefix_bits = prefix_bits, .key = key};
    uint32_t bucket = find(list, &like);

    if (bucket == RULE_NONE || (search->seen[bucket / 64] & 1ULL << bucket % 64) != 0)
        return;
    search->seen[bucket / 64] |= 1ULL << bucket % 64;
    for (uint32_t i = list->buckets[bucket].first; i < search->best;
         i = form == FORM_DNS_PARENT ? list->entries[i].next_sibling : list->entries[i].next)
        if (mtlsauth__rule_holds(list->entries[i].rule, search->names))
            search->best = i;
}

/* The domains above a name, the nearest one last. */
static void look_dns(struct search *search, struct span key)
{
    uint64_t many = hash_start(MATCHER_DNS, FORM_DNS_MANY, 0);
    uint64_t one = hash_start(MATCHER_DNS, FORM_DNS_ONE, 0);
    size_t first_dot = span_find(key, '.');

    for (size_t i = key.len; i > 0; i--) {
        if (key.ptr[i - 1] == '.')
            look(search, MATCHER_DNS, FORM_DNS_MANY, 0, many, span_tail(key, i));
        if (i - 1 == first_dot)
            look(search, MATCHER_DNS, FORM_DNS_ONE, 0, one, span_tail(key, i));
        many = hash_byte(many, key.ptr[i - 1]);
        one = hash_byte(one, key.ptr[i - 1]);
    }
}

/* The beginnings of a URI that end in a slash: a pattern's wildcard stands behind one. */
static void look_uri(struct search *search, struct span key)
{
    uint64_t hash = hash_start(MATCHER_URI, FORM_URI_PATTERN, 0);

    for (size_t i = 0; i < key.len; i++) {
        hash = hash_byte(hash, key.ptr[i]);
        if (key.ptr[i] == '/')
            look(search, MATCHER_URI, FORM_URI_PATTERN, 0, hash, span_head(key, i + 1));
    }
}

static void look_email(struct search *search, struct span key)
{
    struct span domain = span_tail(key, span_find(key, '@') + 1);
    uint64_t hash = hash_start(MATCHER_EMAIL, FORM_EMAIL_DOMAIN, 0);

    look(search, MATCHER_EMAIL, FORM_EMAIL_DOMAIN, 0, hash_span(hash, domain), domain);
}

/* The networks around an address, of the lengths that some rule has. */
static void look_ip(struct search *search, struct span key)
{
    const uint64_t *lengths = search->list->prefixes[key.len == 16];
    uint8_t masked[16];

    for (unsigned bits = 0; bits < 8 * key.len; bits++) {
        struct span network = span_of(masked, key.len);
        uint64_t hash = hash_start(MATCHER_IP, FORM_IP_PREFIX, bits);

        if ((lengths[bits / 64] & 1ULL << bits % 64) == 0)
            continue;
        memcpy(masked, key.ptr, key.len);
        mtlsauth__address_mask(masked, key.len, bits);
        look(search, MATCHER_IP, FORM_IP_PREFIX, bits, hash_span(hash, network), network);
    }
}

/*
 * What a certificate's "*.KEY" may stand for: names right below the domain, and for a block list the
 * patterns of that domain, and of those above it. A rule that has one of them negated stands under
 * another matcher.
 */
static void look_wildcard(struct search *search, struct span key)
{
    uint64_t one = hash_start(MATCHER_DNS, FORM_DNS_ONE, 0);
    uint64_t many = hash_start(MATCHER_DNS, FORM_DNS_MANY, 0);

    look(search, MATCHER_DNS, FORM_DNS_PARENT, 0,
         hash_span(hash_start(MATCHER_DNS, FORM_DNS_PARENT, 0), key), key);
    if (!search->names->blocking)
        return;
    look(search, MATCHER_DNS, FORM_DNS_ONE, 0, hash_backwards(one, key), key);
    look(search, MATCHER_DNS, FORM_DNS_MANY, 0, hash_backwards(many, key), key);
    look_dns(search, key);
}

static void look_name(struct search *search, const struct subject_name *name)
{
    const unsigned forms = search->list->forms;
    uint64_t hash = hash_start(name->type, FORM_EXACT, 0);

    if (name->wildcard) {
        look_wildcard(search, name->key);
        return;
    }
    look(search, name->type, FORM_EXACT, 0, hash_span(hash, name->key), name->key);
    if (name->type == MATCHER_DNS && forms & (1U << FORM_DNS_ONE | 1U << FORM_DNS_MANY))
        look_dns(search, name->key);
    if (name->type == MATCHER_URI && forms & 1U << FORM_URI_PATTERN)
        look_uri(search, name->key);
    if (name->type == MATCHER_EMAIL && forms & 1U << FORM_EMAIL_DOMAIN)
        look_email(search, name->key);
    if (name->type == MATCHER_IP && forms & 1U << FORM_IP_PREFIX)
        look_ip(search, name->key);
}

int mtlsauth__rule_list_first(const struct rule_list *list, const struct subject_names *names,
                              const struct rule **found)
{
    const size_t words = list->bucket_count / 64 + 1;
    size_t limit = list->any == 0 ? list->count : list->any - 1;
    struct search search = {.list = list, .names = names, .best = limit};
    uint64_t few[16] = {0};

    *found = NULL;
    if (!names->believed)
        return MTLSAUTH_OK;
    search.seen = words <= 16 ? few : mtlsauth__calloc(words, sizeof *search.seen);
    if (search.seen == NULL)
        return mtlsauth__fail_memory();
    for (size_t i = 0; i < names->count; i++)
        look_name(&search, &names->list[i]);
    if (search.seen != few)
        mtlsauth__free(search.seen);
    if (search.best < list->count)
        *found = list->entries[search.best].rule;
    return MTLSAUTH_OK;
}
