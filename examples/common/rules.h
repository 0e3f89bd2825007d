/* SPDX-License-Identifier: MIT */
#ifndef EXAMPLES_RULES_H
#define EXAMPLES_RULES_H

/*
 * Who is allowed and who is blocked, as the programs take it on the command line and from a file.
 *
 *   --allow MATCHER[,MATCHER]...   a rule; all of its matchers must hold; blanks behind a comma
 *   --rule LABEL MATCHER...        the same with a label, up to the first word that is no matcher
 *   --allow-any                    any client that the truststore vouches for
 *   --block MATCHER                nobody for whom it holds
 *   --rules FILE                   one of these a line, see rules_apply
 *
 * They are kept as they were given and applied to a policy later, so that a server can apply them
 * again to a new policy when it reloads, and reads the files again then.
 */

#include <getopt.h>
#include <stddef.h>
#include <mtlsauth/policy.h>

/* Long enough for a path, a line number and a sentence of the library. */
#define RULES_ERROR_LEN 1024

/* What getopt_long returns for each of these options. */
enum rule_kind { RULE_ALLOW = 0x1000, RULE_LABELLED, RULE_ALLOW_ANY, RULE_BLOCK, RULE_FILE };

/* Their part of the table of long options. The short ones have to begin with "-" for --rule. */
#define RULES_LONG_OPTIONS                                                                         \
    {"allow", required_argument, NULL, RULE_ALLOW},                                                \
        {"rule", required_argument, NULL, RULE_LABELLED},                                          \
        {"allow-any", no_argument, NULL, RULE_ALLOW_ANY},                                          \
        {"block", required_argument, NULL, RULE_BLOCK},                                            \
    {                                                                                              \
        "rules", required_argument, NULL, RULE_FILE                                                \
    }

struct rule {
    enum rule_kind kind;
    const char *text;      /* matchers, label, or path; points into argv */
    char *const *matchers; /* RULE_LABELLED: the words after the label */
    size_t count;
};

struct rules {
    struct rule *list;
    size_t count;
};

/*
 * Takes one of these options, after getopt_long has returned it; what it points to in argv must
 * stay in place. 0, or -1 when memory runs out or it is another option.
 */
int rules_take_option(struct rules *rules, int option, int argc, char *const argv[]);

/* The same for RULE_ALLOW, _ALLOW_ANY, _BLOCK and _FILE without getopt; text must stay in place. */
int rules_add(struct rules *rules, enum rule_kind kind, const char *text);

/*
 * Adds all of it to a policy, in order. 0, or -1 with a sentence in error.
 *
 * A file has one rule a line; # begins a comment where a word could begin. A word that holds blanks
 * stands between " or ', all of it, and nothing is escaped there. A carriage return inside a line
 * is refused: where lines end with it alone, the first # would make a comment of all of them.
 *
 *     allow LABEL MATCHER...
 *     allow-any [LABEL]
 *     block MATCHER
 *
 * A label that looks like a matcher is refused, here and behind --rule: it was forgotten, and the
 * rule would allow by the other matchers alone.
 */
int rules_apply(const struct rules *rules, mtlsauth_policy *policy, char error[RULES_ERROR_LEN]);

/*
 * What an operator may not have meant by the rules (mtlsauth_policy_lint), behind what message
 * holds already: sentences on one line. MTLSAUTH_OK, or a code with its last error.
 */
int rules_warnings(mtlsauth_policy *policy, const mtlsauth_truststore *truststore,
                   char message[RULES_ERROR_LEN]);

void rules_free(struct rules *rules);

/* "off", "crl", "ocsp", "crl-or-ocsp", "crl-and-ocsp", NULL: in the order of enum
 * mtlsauth_evidence. */
extern const char *const evidence_names[];

/* MTLSAUTH_EVIDENCE_...; 0 for another name. */
int evidence_from_name(const char *name);

#endif
