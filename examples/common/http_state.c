/* SPDX-License-Identifier: MIT */
#include "http_state.h"
#include "http_later.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <mtlsauth/mtlsauth.h>

static int say(char message[RULES_ERROR_LEN], const char *what, const char *why)
{
    snprintf(message, RULES_ERROR_LEN, "%s: %s", what, why);
    return -1;
}

static int evidence_from(const char *name)
{
    static const struct {
        const char *name;
        int evidence;
    } names[] = {{"off", MTLSAUTH_EVIDENCE_OFF},
                 {"crl", MTLSAUTH_EVIDENCE_CRL},
                 {"ocsp", MTLSAUTH_EVIDENCE_OCSP},
                 {"crl-or-ocsp", MTLSAUTH_EVIDENCE_CRL_OR_OCSP},
                 {"crl-and-ocsp", MTLSAUTH_EVIDENCE_CRL_AND_OCSP}};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(name, names[i].name) == 0)
            return names[i].evidence;
    return 0;
}

static int take_rules(struct rules *rules, const struct config *config, const char *name,
                      enum rule_kind kind)
{
    const char *text;

    for (size_t i = 0; (text = config_nth(config, name, i)) != NULL; i++)
        if (rules_add(rules, kind, text) != 0)
            return -1;
    return 0;
}

static int read_options(struct http_state *state, const struct config *config,
                        char message[RULES_ERROR_LEN])
{
    const char *depth = config_text(config, "depth", "leaf");

    state->config = config;
    state->profile = profile_from_name(config_text(config, "profile", "api-gateway"));
    state->evidence = evidence_from(config_text(config, "revocation", ""));
    state->depth = strcmp(depth, "chain") == 0 ? MTLSAUTH_DEPTH_CHAIN : MTLSAUTH_DEPTH_LEAF;
    if (config_text(config, "truststore", NULL) == NULL)
        return say(message, "truststore", "name the file of the CAs that vouch for clients");
    if (state->profile == 0)
        return say(message, "profile", "api-gateway, alb or strict");
    if (state->evidence == 0)
        return say(message, "revocation",
                   "say off, crl, ocsp, crl-or-ocsp or crl-and-ocsp: it has to be said");
    if (state->depth == MTLSAUTH_DEPTH_LEAF && strcmp(depth, "leaf") != 0)
        return say(message, "depth", "leaf or chain");
    if (take_rules(&state->rules, config, "rules", RULE_FILE) != 0 ||
        take_rules(&state->rules, config, "block", RULE_BLOCK) != 0 ||
        take_rules(&state->rules, config, "allow", RULE_ALLOW) != 0 ||
        (config_on(config, "allow-any") && rules_add(&state->rules, RULE_ALLOW_ANY, "") != 0))
        return say(message, "rules", "out of memory");
    return 0;
}

static int make_policy(const struct http_state *state, mtlsauth_policy **policy,
                       char message[RULES_ERROR_LEN])
{
    long age = config_number(state->config, "crl-max-age", 0);

    message[0] = '\0';
    if (mtlsauth_policy_new(policy, state->profile) == MTLSAUTH_OK &&
        mtlsauth_policy_set_revocation(*policy, state->evidence, state->depth) == MTLSAUTH_OK &&
        (age == 0 || mtlsauth_policy_set_crl_max_age(*policy, age) == MTLSAUTH_OK) &&
        mtlsauth_policy_set_clock_skew(*policy, config_number(state->config, "clock-skew", 0)) ==
            MTLSAUTH_OK &&
        rules_apply(&state->rules, *policy, message) == 0)
        return 0;
    return message[0] != '\0' ? -1 : say(message, "policy", mtlsauth_last_error());
}

/* What only _refresh with all reads again. */
static int load_rest(const struct http_state *state, mtlsauth_policy **policy,
                     mtlsauth_chain **intermediates, char message[RULES_ERROR_LEN])
{
    const char *path = config_text(state->config, "intermediates", NULL);

    if (make_policy(state, policy, message) != 0)
        return -1;
    if (path != NULL && mtlsauth_chain_load_file(intermediates, path, MTLSAUTH_FORMAT_AUTO, NULL) !=
                            MTLSAUTH_OK)
        return say(message, "intermediates", mtlsauth_last_error());
    return 0;
}

static int watch_crls(struct http_state *state, char message[RULES_ERROR_LEN])
{
    const char *path;

    for (size_t i = 0; (path = config_nth(state->config, "crl", i)) != NULL; i++) {
        struct stat about;
        int code = stat(path, &about) == 0 && S_ISDIR(about.st_mode)
                       ? mtlsauth_authorizer_add_crl_dir(state->authorizer, path, NULL)
                       : mtlsauth_authorizer_add_crl_file(state->authorizer, path, NULL);

        if (code != MTLSAUTH_OK)
            return say(message, "crl", mtlsauth_last_error());
    }
    return 0;
}

static int begin(struct http_state *state, const mtlsauth_policy *policy,
                 mtlsauth_chain *intermediates, char message[RULES_ERROR_LEN])
{
    const char *path = config_text(state->config, "truststore", NULL);
    const char *floors = config_text(state->config, "state-dir", NULL);
    mtlsauth_truststore *truststore = NULL;
    int code = mtlsauth_truststore_load_file(&truststore, path, NULL);

    if (code == MTLSAUTH_OK)
        code = mtlsauth_authorizer_new(&state->authorizer, truststore, policy);
    if (code == MTLSAUTH_OK && floors != NULL)
        code = mtlsauth_authorizer_set_state_dir(state->authorizer, floors);
    if (code == MTLSAUTH_OK)
        code = mtlsauth_authorizer_set_intermediates(state->authorizer, intermediates);
    if (code == MTLSAUTH_OK)
        code = mtlsauth_authorizer_add_truststore_file(state->authorizer, path);
    mtlsauth_truststore_free(truststore);
    return code == MTLSAUTH_OK ? watch_crls(state, message)
                               : say(message, "truststore", mtlsauth_last_error());
}

int http_state_open(struct http_state *state, const struct config *config,
                    char message[RULES_ERROR_LEN])
{
    mtlsauth_policy *policy = NULL;
    mtlsauth_chain *intermediates = NULL;
    int result = read_options(state, config, message);

    if (result == 0)
        result = load_rest(state, &policy, &intermediates, message);
    if (result == 0)
        result = begin(state, policy, intermediates, message);
    mtlsauth_policy_free(policy);
    mtlsauth_chain_free(intermediates);
    return result;
}

static int refresh_rest(struct http_state *state, char message[RULES_ERROR_LEN])
{
    mtlsauth_policy *policy = NULL;
    mtlsauth_chain *intermediates = NULL;
    int result = load_rest(state, &policy, &intermediates, message);

    if (result == 0 && mtlsauth_authorizer_update(state->authorizer, NULL, policy,
                                                  intermediates) != MTLSAUTH_OK)
        result = say(message, "rules", mtlsauth_last_error());
    mtlsauth_policy_free(policy);
    mtlsauth_chain_free(intermediates);
    return result;
}

/* The findings of a report, after what message has already. */
static void add_findings(const mtlsauth_report *report, char message[RULES_ERROR_LEN])
{
    const char *sentence;

    for (size_t i = 0; i < mtlsauth_report_count(report); i++) {
        size_t n = strlen(message);

        if (mtlsauth_report_finding(report, i, NULL, NULL, NULL, &sentence) == MTLSAUTH_OK)
            snprintf(message + n, RULES_ERROR_LEN - n, "%s%s", n > 0 ? "; " : "", sentence);
    }
}

int http_state_refresh(struct http_state *state, int all, int *changed,
                       char message[RULES_ERROR_LEN])
{
    mtlsauth_report *report = NULL;
    int result = 0, files_changed = 0;

    message[0] = '\0';
    *changed = 0;
    if (all)
        result = refresh_rest(state, message);
    *changed = all && result == 0;
    if (mtlsauth_authorizer_refresh(state->authorizer, &files_changed, &report) != MTLSAUTH_OK) {
        result = -1;
        if (report != NULL && mtlsauth_report_count(report) > 0)
            add_findings(report, message);
        else
            say(message, "refresh", mtlsauth_last_error());
    }
    *changed |= files_changed;
    mtlsauth_report_free(report);
    return result;
}

void http_state_close(struct http_state *state)
{
    mtlsauth_authorizer_free(state->authorizer);
    rules_free(&state->rules);
}
