/* SPDX-License-Identifier: MIT */
#include "base/error.h"
#include "base/memory.h"
#include "identity/address.h"
#include "identity/rule_bucket.h"

/*
 * A search: the lowest number that holds so far, and what need not be looked at again: rules that
 * were tried, by their numbers, and behind those, buckets of which all rules were.
 */
struct search {
    const struct rule_list *list;
    const struct subject_names *names;
    const struct subject_name *name; /* the one that is looked up */
    size_t best;
    size_t few[16]; /* the marked numbers, while they are few; then all have a bit */
    size_t few_count;
    uint64_t *marked;
    bool failed; /* memory ran out */
};

static void mark_many(struct search *search, size_t number)
{
    search->marked[number / 64] |= 1ULL << number % 64;
}

static void mark(struct search *search, size_t number)
{
    size_t numbers = search->list->count + search->list->bucket_count;

    if (search->marked == NULL && search->few_count < sizeof search->few / sizeof search->few[0]) {
        search->few[search->few_count++] = number;
        return;
    }
    if (search->marked == NULL) {
        search->marked = mtlsauth__calloc(numbers / 64 + 1, sizeof *search->marked);
        search->failed = search->marked == NULL;
        if (search->failed)
            return;
        for (size_t i = 0; i < search->few_count; i++)
            mark_many(search, search->few[i]);
    }
    mark_many(search, number);
}

static bool is_marked(const struct search *search, size_t number)
{
    if (search->marked != NULL)
        return (search->marked[number / 64] & 1ULL << number % 64) != 0;
    for (size_t i = 0; i < search->few_count; i++)
        if (search->few[i] == number)
            return true;
    return false;
}

/* A name may lead to a pattern that it does not meet; whether another one does is asked when that
 * one is looked up, so that a rule is tried once, and only where its bucket's matcher is met. */
static void look_into(struct search *search, const struct rule_bucket *like)
{
    const struct rule_list *list = search->list;
    uint32_t bucket = rule_bucket_find(list, like);
    bool all_tried = true;

    if (bucket == RULE_NONE || is_marked(search, list->count + bucket))
        return;
    for (uint32_t i = list->buckets[bucket].first; i < search->best && !search->failed;
         i = like->form == FORM_DNS_PARENT ? list->entries[i].next_sibling
                                           : list->entries[i].next) {
        const struct rule_entry *entry = &list->entries[i];

        if (is_marked(search, i))
            continue;
        if (!mtlsauth__matcher_meets(entry->under, search->name, search->names->blocking)) {
            all_tried = false;
            continue;
        }
        mark(search, i);
        if (mtlsauth__rule_holds(entry->rule, search->names, entry->under))
            search->best = i;
    }
    if (all_tried)
        mark(search, list->count + bucket);
}

static void look(struct search *search, enum matcher_type type, enum matcher_form form,
                 unsigned prefix_bits, uint64_t hash, struct span key)
{
    const struct rule_bucket like = {
        .hash = hash, .type = type, .form = form, .prefix_bits = prefix_bits, .key = key};

    look_into(search, &like);
}

/* The domains above a name, the nearest one last. */
static void look_dns(struct search *search, struct span key)
{
    uint64_t many = rule_hash_start(MATCHER_DNS, FORM_DNS_MANY, 0);
    uint64_t one = rule_hash_start(MATCHER_DNS, FORM_DNS_ONE, 0);
    size_t first_dot = span_find(key, '.');

    for (size_t i = key.len; i > 0; i--) {
        if (key.ptr[i - 1] == '.')
            look(search, MATCHER_DNS, FORM_DNS_MANY, 0, many, span_tail(key, i));
        if (i - 1 == first_dot)
            look(search, MATCHER_DNS, FORM_DNS_ONE, 0, one, span_tail(key, i));
        many = rule_hash_byte(many, key.ptr[i - 1]);
        one = rule_hash_byte(one, key.ptr[i - 1]);
    }
}

/* The patterns that begin with key and go on with a segment that rest, the URI behind key, has. */
static void look_segments(struct search *search, uint64_t hash, struct span key, struct span rest)
{
    uint64_t wanted = search->list->segments >> 1;

    (void)uri_next_segment(&rest);
    for (unsigned number = 1; wanted != 0 && rest.ptr != NULL; number++, wanted >>= 1) {
        struct rule_bucket like = {.type = MATCHER_URI,
                                   .form = FORM_URI_PATTERN,
                                   .key = key,
                                   .segment_number = number,
                                   .segment = uri_next_segment(&rest)};

        if ((wanted & 1) == 0)
            continue;
        like.hash = rule_hash_segment(hash, number, like.segment);
        look_into(search, &like);
    }
}

/* The beginnings of a URI that end in a slash: a pattern's wildcard stands behind one. */
static void look_uri(struct search *search, struct span key)
{
    uint64_t hash = rule_hash_start(MATCHER_URI, FORM_URI_PATTERN, 0);

    for (size_t i = 0; i < key.len; i++) {
        hash = rule_hash_byte(hash, key.ptr[i]);
        if (key.ptr[i] != '/' || (search->list->beginnings & 1ULL << (i + 1) % 64) == 0)
            continue;
        look(search, MATCHER_URI, FORM_URI_PATTERN, 0, hash, span_head(key, i + 1));
        look_segments(search, hash, span_head(key, i + 1), span_tail(key, i + 1));
    }
}

static void look_email(struct search *search, struct span key)
{
    struct span domain = span_tail(key, span_find(key, '@') + 1);
    uint64_t hash = rule_hash_start(MATCHER_EMAIL, FORM_EMAIL_DOMAIN, 0);

    look(search, MATCHER_EMAIL, FORM_EMAIL_DOMAIN, 0, rule_hash_span(hash, domain), domain);
}

/* The networks around an address, of the lengths that some rule has. */
static void look_ip(struct search *search, struct span key)
{
    const uint64_t *lengths = search->list->prefixes[key.len == 16];
    uint8_t masked[16];

    for (unsigned bits = 0; bits < 8 * key.len; bits++) {
        struct span network = span_of(masked, key.len);
        uint64_t hash = rule_hash_start(MATCHER_IP, FORM_IP_PREFIX, bits);

        if ((lengths[bits / 64] & 1ULL << bits % 64) == 0)
            continue;
        memcpy(masked, key.ptr, key.len);
        mtlsauth__address_mask(masked, key.len, bits);
        look(search, MATCHER_IP, FORM_IP_PREFIX, bits, rule_hash_span(hash, network), network);
    }
}

/*
 * What a certificate's "*.KEY" may stand for: names right below the domain, and for a block list
 * the patterns of that domain, and of those above it. A rule that has one of them negated stands
 * under another matcher.
 */
static void look_wildcard(struct search *search, struct span key)
{
    uint64_t one = rule_hash_start(MATCHER_DNS, FORM_DNS_ONE, 0);
    uint64_t many = rule_hash_start(MATCHER_DNS, FORM_DNS_MANY, 0);

    look(search, MATCHER_DNS, FORM_DNS_PARENT, 0,
         rule_hash_span(rule_hash_start(MATCHER_DNS, FORM_DNS_PARENT, 0), key), key);
    if (!search->names->blocking)
        return;
    look(search, MATCHER_DNS, FORM_DNS_ONE, 0, rule_hash_backwards(one, key), key);
    look(search, MATCHER_DNS, FORM_DNS_MANY, 0, rule_hash_backwards(many, key), key);
    look_dns(search, key);
}

static void look_name(struct search *search, const struct subject_name *name)
{
    const unsigned forms = search->list->forms;
    uint64_t hash = rule_hash_start(name->type, FORM_EXACT, 0);

    search->name = name;
    if (name->wildcard) {
        look_wildcard(search, name->key);
        return;
    }
    look(search, name->type, FORM_EXACT, 0, rule_hash_key(hash, name->type, name->key), name->key);
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
    size_t limit = list->any == 0 ? list->count : list->any - 1;
    struct search search = {.list = list, .names = names, .best = limit};

    *found = NULL;
    if (!names->believed)
        return MTLSAUTH_OK;
    for (size_t i = 0; i < names->count && !search.failed; i++)
        look_name(&search, &names->list[i]);
    mtlsauth__free(search.marked);
    if (search.failed)
        return mtlsauth__fail_memory();
    if (search.best < list->count)
        *found = list->entries[search.best].rule;
    return MTLSAUTH_OK;
}
