/* SPDX-License-Identifier: MIT */
#ifndef EXAMPLES_HTTP_STATE_H
#define EXAMPLES_HTTP_STATE_H

/*
 * What an authorizer decides by, from the options of a program: truststore, intermediates, rules,
 * revocation lists. Loaded as a whole at the start, brought up to date later, and never left half
 * changed: what does not load leaves what is there in force.
 */

#include <stdatomic.h>
#include <mtlsauth/authorizer.h>
#include "config.h"
#include "rules.h"
#include "source.h"

struct http_state {
    const struct config *config;
    struct rules rules;
    int profile, evidence, depth;
    int remote; /* a location is a URL: all of them are sources, and no watched files */
    char said[RULES_ERROR_LEN]; /* by the last refresh */
    int rest_waits;             /* rules and intermediates, for a truststore that loads */
    struct sources sources;     /* keeps the authorizer */
    mtlsauth_policy *policy;
    mtlsauth_authorizer *authorizer; /* borrowed from sources */
    struct {
        _Atomic unsigned long loaded, unchanged, failed;
    } looks; /* at URLs, for who reads them from another thread */
};

/* These options belong into the table of a program that uses it. */
#define HTTP_STATE_OPTIONS                                                                         \
    {"truststore", CONFIG_VALUE, "FILE|URL", "CA certificates that may vouch for clients, PEM"},   \
        {"intermediates", CONFIG_VALUE, "FILE", "CA certificates that a proxy does not pass on"},  \
        {"profile", CONFIG_VALUE, "NAME", "api-gateway (default), alb or strict"},                 \
        {"rules", CONFIG_MANY, "FILE", "who may in, a rule a line: 'allow LABEL MATCHER...'"},     \
        {"allow", CONFIG_LINES, "MATCHER,...",                                                     \
         "a rule, as dns:client.example.com; in the environment a rule a line"},                   \
        {"block", CONFIG_EVERY, "MATCHER", "nobody for whom it holds; all places add up"},         \
        {"allow-any", CONFIG_SWITCH, NULL, "every client that the truststore vouches for"},        \
        {"revocation", CONFIG_VALUE, "WHAT", "off, crl, ocsp, crl-or-ocsp, crl-and-ocsp: needed"}, \
        {"depth", CONFIG_VALUE, "leaf|chain", "which certificates must not be revoked: leaf"},     \
        {"crl", CONFIG_MANY, "FILE|DIR|URL",                                                       \
         "revocation lists; URLs are https://, http://, s3://"},                                   \
        {"ca-file", CONFIG_VALUE, "FILE", "CAs of https servers, PEM; those of the system"},       \
        {"crl-max-age", CONFIG_NUMBER, "SECONDS", "how old a list may be, whatever it says"},      \
        {"clock-skew", CONFIG_NUMBER, "SECONDS", "how far clocks may be apart: 0"},                \
    {                                                                                              \
        "state-dir", CONFIG_VALUE, "DIR", "remembers which lists were seen, against older ones"    \
    }

/*
 * Loads all of it. 0, or -1 with a sentence. A list that does not come from its URL keeps nothing
 * from starting: its clients are denied until it comes, and message has a sentence on 0, otherwise
 * "".
 */
int http_state_open(struct http_state *state, const struct config *config,
                    char message[RULES_ERROR_LEN]);

/*
 * Looks at truststore and revocation lists again; with all also at rules and intermediates, which
 * come into force with a truststore that loads, and otherwise wait for one. 0 when all is well; -1
 * with sentences about what is not, and what loaded well in force. *changed: 1 when something is
 * different now, or there is something else to say than the last time. (A list that was taken out of
 * its folder is no failure and changes nothing.)
 */
int http_state_refresh(struct http_state *state, int all, int *changed,
                       char message[RULES_ERROR_LEN]);

/* Statistics of the library as JSON, to be freed; NULL when there are none. */
char *http_state_stats(const mtlsauth_authorizer *authorizer);

/* What an operator may not have meant by the rules in force: sentences, "" when all is well. */
void http_state_warnings(const struct http_state *state, char message[RULES_ERROR_LEN]);

void http_state_close(struct http_state *state);

#endif
