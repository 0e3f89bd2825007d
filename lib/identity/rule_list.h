/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_IDENTITY_RULE_LIST_H
#define MTLSAUTH_IDENTITY_RULE_LIST_H

#include "base/refcount.h"
#include "identity/matcher.h"

/*
 * An ordered list of rules, of which the first that holds wins. Every rule stands in a hash table
 * under the key of one of its matchers, the one that is likely to be met least; a client's names
 * are looked up in it, so that a thousand rules cost about as much as one.
 */

/* All of its matchers must hold; shared by the copies of a list, never changed. */
struct rule {
    struct refcount refs;
    char *label;
    struct matcher *matchers;
    size_t count; /* 0: it takes anybody */
};

struct rule_entry {
    struct rule *rule;
    const struct matcher *under; /* the one that its bucket is made of; NULL: it takes anybody */
    uint32_t next;         /* in the same bucket, a higher number, or RULE_NONE */
    uint32_t next_sibling; /* the same of the bucket of its parent domain */
};

#define RULE_NONE UINT32_MAX

/*
 * The form of a bucket of all exact names right below a domain, which a certificate's "*.KEY"
 * stands for. Their rules are in the bucket of their name, too.
 */
#define FORM_DNS_PARENT FORM_COUNT

/* The rules that stand under one key. */
struct rule_bucket {
    uint64_t hash;
    enum matcher_type type;
    enum matcher_form form;
    unsigned prefix_bits;
    struct span key; /* belongs to the first rule */
    /* Of a URI's pattern: what stands segment_number segments behind its key; 0: anything. */
    unsigned segment_number;
    struct span segment;
    uint32_t first, last, count;
};

/* Zero-initialise it. */
struct rule_list {
    struct rule_entry *entries;
    size_t count, capacity;
    struct rule_bucket *buckets;
    size_t bucket_count, bucket_capacity;
    uint32_t *slots; /* number of a bucket + 1, 0: free; open addressing */
    size_t slot_count;
    unsigned types;          /* of all matchers: what names have to be made */
    unsigned forms;          /* of the buckets: what has to be looked up */
    uint64_t prefixes[2][2]; /* lengths of the buckets' networks, a bit each: IPv4, IPv6 */
    uint64_t segments;       /* segment_number of the buckets, a bit each */
    uint64_t beginnings; /* lengths, modulo 64, of what their URI patterns begin with, a bit each */
    size_t any;          /* number + 1 of the first rule that takes anybody, 0: there is none */
};

/* Compiles a rule; n is 0 for one that takes anybody. label is copied. */
int mtlsauth__rule_new(struct rule **out, const char *label, const char *const matchers[], size_t n,
                       unsigned flags);
void mtlsauth__rule_free(struct rule *rule);

/* Do all its matchers hold? names must have been made with the list's types. met (may be NULL) is
 * a matcher of the rule that is known to hold. */
bool mtlsauth__rule_holds(const struct rule *rule, const struct subject_names *names,
                          const struct matcher *met);

/* Appends a rule, which the list then owns. A call that fails changes nothing. */
int mtlsauth__rule_list_add(struct rule_list *list, struct rule *rule);
int mtlsauth__rule_list_copy(struct rule_list *out, const struct rule_list *list);
void mtlsauth__rule_list_drop(struct rule_list *list);

/* The first rule that holds, *found is NULL if none does. MTLSAUTH_OK or MTLSAUTH_ERR_NOMEM. */
int mtlsauth__rule_list_first(const struct rule_list *list, const struct subject_names *names,
                              const struct rule **found);

#endif
