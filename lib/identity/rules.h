/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_IDENTITY_RULES_H
#define MTLSAUTH_IDENTITY_RULES_H

#include "base/text.h"
#include "identity/subject.h"

/*
 * The rules of a policy: whom it allows, in order, and whom it blocks whatever the rules say.
 * A call that fails changes nothing. No rule, no allow.
 */
struct rules;

/* Longest sentence of mtlsauth__rules_explain, in bytes, without its NUL. */
#define MTLSAUTH__MAX_EXPLANATION 400

int mtlsauth__rules_new(struct rules **out);
int mtlsauth__rules_copy(struct rules **out, const struct rules *rules);
void mtlsauth__rules_free(struct rules *rules);

/*
 * Appends a rule: all of the n matchers must hold. MTLSAUTH_ERR_ARGUMENT for none, for negated ones
 * alone, for a label that is not 1 to 255 printable ASCII characters; _PARSE, _LIMIT, _NOMEM.
 */
int mtlsauth__rules_allow(struct rules *rules, const char *label, const char *const matchers[],
                          size_t n);

/* Appends a rule that takes anybody. */
int mtlsauth__rules_allow_any(struct rules *rules, const char *label);

/*
 * Appends a rule from the metadata of an OAuth client (RFC 8705 2.1.2): member is the name, value
 * the text, which is never a pattern. MTLSAUTH_ERR_ARGUMENT for another member.
 */
int mtlsauth__rules_allow_rfc8705(struct rules *rules, const char *label, const char *member,
                                  const char *value);

/* Adds to the block list. MTLSAUTH_ERR_PARSE for a negated matcher or one that speaks of a path. */
int mtlsauth__rules_block(struct rules *rules, const char *matcher);

/*
 * Is it on the block list? MTLSAUTH_OK: no; MTLSAUTH_DENY_BLOCKED: *matcher is the text that it
 * met, borrowed from rules; MTLSAUTH_DENY_BAD_NAME: it has a name of a type that is blocked, in a
 * form that cannot be compared; MTLSAUTH_ERR_NOMEM.
 */
int mtlsauth__rules_blocked(const struct rules *rules, const struct identity_subject *subject,
                            const char **matcher);

/*
 * The first rule that holds. MTLSAUTH_OK: *label is its label, borrowed from rules, and identity
 * (an empty text of the caller's) receives the certificate's own name that the rule met, as
 * "dns:client.example.com". MTLSAUTH_DENY_IDENTITY, MTLSAUTH_ERR_NOMEM: *label is NULL, identity
 * is as it was.
 */
int mtlsauth__rules_match(const struct rules *rules, const struct identity_subject *subject,
                          const char **label, struct text *identity);

/*
 * Appends a sentence, for the operator, about why no rule holds: printable, at most
 * MTLSAUTH__MAX_EXPLANATION bytes, at bounded cost.
 */
void mtlsauth__rules_explain(const struct rules *rules, const struct identity_subject *subject,
                             struct text *out);

/*
 * Appends warnings, one a line, each ended by a newline. anchors is their number in the truststore,
 * 0 when it is not known.
 */
void mtlsauth__rules_lint(const struct rules *rules, size_t anchors, struct text *out);

/* Appends what is the same for two sets of rules only when they are: for a digest. */
void mtlsauth__rules_describe(const struct rules *rules, struct text *out);

#endif
