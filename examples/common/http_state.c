/* SPDX-License-Identifier: MIT */
#include "http_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <mtlsauth/mtlsauth.h>
#include "intermediates.h"

/* Milliseconds for all URLs together; of them, for the truststore before rules are changed. */
enum { FETCH_MS = 30000, TRUSTSTORE_MS = 15000 };

static int say(char message[RULES_ERROR_LEN], const char *what, const char *why)
{
    snprintf(message, RULES_ERROR_LEN, "%s: %s", what, why);
    return -1;
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

/* A file of rules may allow somebody later. */
static int somebody_may_in(const struct rules *rules)
{
    for (size_t i = 0; i < rules->count; i++)
        if (rules->list[i].kind != RULE_BLOCK)
            return 1;
    return 0;
}

/* Evidence that is named and not looked at, and the other way round, was meant otherwise. */
static int check_evidence(const struct http_state *state, const struct config *config,
                          char message[RULES_ERROR_LEN])
{
    int needs_lists = state->evidence == MTLSAUTH_EVIDENCE_CRL ||
                      state->evidence == MTLSAUTH_EVIDENCE_CRL_AND_OCSP;
    int takes_lists = needs_lists || state->evidence == MTLSAUTH_EVIDENCE_CRL_OR_OCSP;
    int has_lists = config_nth(config, "crl", 0) != NULL;

    if (needs_lists && !has_lists)
        return say(message, "revocation",
                   "no list is named, so everybody would be denied: name a crl");
    if (has_lists && !takes_lists)
        return say(message, "crl", "revocation says that no list is looked at");
    return 0;
}

static int read_options(struct http_state *state, const struct config *config,
                        char message[RULES_ERROR_LEN])
{
    const char *depth = config_text(config, "depth", "leaf");

    state->config = config;
    state->evidence = evidence_from_name(config_text(config, "revocation", ""));
    state->depth = strcmp(depth, "chain") == 0 ? MTLSAUTH_DEPTH_CHAIN : MTLSAUTH_DEPTH_LEAF;
    if (config_text(config, "truststore", NULL) == NULL)
        return say(message, "truststore", "name the file of the CAs that vouch for clients");
    if (mtlsauth_profile_from_name(config_text(config, "profile", "api-gateway"),
                                   &state->profile) != MTLSAUTH_OK)
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
    if (!somebody_may_in(&state->rules))
        return say(message, "rules", "nobody is allowed: name rules, allow or allow-any");
    return check_evidence(state, config, message);
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
    if (message[0] == '\0')
        snprintf(message, RULES_ERROR_LEN, "%s", mtlsauth_last_error());
    return -1;
}

/* What only _refresh with all reads again. */
static int load_rest(const struct http_state *state, mtlsauth_policy **policy,
                     mtlsauth_chain **intermediates, char message[RULES_ERROR_LEN])
{
    const char *path = config_text(state->config, "intermediates", NULL);

    if (make_policy(state, policy, message) != 0)
        return -1;
    if (path != NULL && intermediates_load(intermediates, path) != MTLSAUTH_OK)
        return say(message, "intermediates", mtlsauth_last_error());
    return 0;
}

static int is_dir(const char *path)
{
    struct stat about;

    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

static int add_sources(struct http_state *state, char message[RULES_ERROR_LEN])
{
    static const char trusted[] =
        "a path, https:// (without a user name) or s3://; http:// is for this machine alone";
    static const char locations[] =
        "a path, https://, http:// (both without a user name) or s3://; at most 64 of them";
    const char *location = config_text(state->config, "truststore", NULL);
    char shown[FETCH_SHOWN_LEN];

    state->remote = strstr(location, "://") != NULL;
    for (size_t i = 0; (location = config_nth(state->config, "crl", i)) != NULL; i++)
        state->remote |= strstr(location, "://") != NULL;
    if (!state->remote)
        return 0;
    location = config_text(state->config, "truststore", NULL);
    if (sources_add(&state->sources, SOURCE_TRUSTSTORE, location) != 0)
        return say(message, fetch_shown(location, shown), trusted);
    for (size_t i = 0; (location = config_nth(state->config, "crl", i)) != NULL; i++)
        if (!is_dir(location) && sources_add(&state->sources, SOURCE_CRL, location) != 0)
            return say(message, fetch_shown(location, shown), locations);
    return 0;
}

static int watch_crls(struct http_state *state, char message[RULES_ERROR_LEN])
{
    const char *path;

    for (size_t i = 0; (path = config_nth(state->config, "crl", i)) != NULL; i++) {
        int code = MTLSAUTH_OK;

        if (is_dir(path))
            code = mtlsauth_authorizer_add_crl_dir(state->authorizer, path, NULL);
        else if (!state->remote)
            code = mtlsauth_authorizer_add_crl_file(state->authorizer, path, NULL);
        if (code != MTLSAUTH_OK)
            return say(message, "crl", mtlsauth_last_error());
    }
    return 0;
}

static void add_sentence(char message[RULES_ERROR_LEN], const char *sentence)
{
    size_t n = strlen(message);

    snprintf(message + n, RULES_ERROR_LEN - n, "%s%s", n > 0 ? "; " : "", sentence);
}

static void count_looks(struct http_state *state)
{
    unsigned long loaded = 0, unchanged = 0, failed = 0;

    for (size_t i = 0; i < state->sources.count; i++) {
        loaded += state->sources.list[i].loaded;
        unchanged += state->sources.list[i].unchanged;
        failed += state->sources.list[i].failed;
    }
    state->looks.loaded = loaded;
    state->looks.unchanged = unchanged;
    state->looks.failed = failed;
}

static void add_source_errors(const struct http_state *state, char message[RULES_ERROR_LEN])
{
    for (size_t i = 0; i < state->sources.count; i++)
        if (state->sources.list[i].error[0] != '\0')
            add_sentence(message, state->sources.list[i].error);
}

static int begin(struct http_state *state, mtlsauth_chain *intermediates,
                 char message[RULES_ERROR_LEN])
{
    const char *path = config_text(state->config, "truststore", NULL);
    mtlsauth_truststore *truststore = NULL;
    char error[FETCH_ERROR_LEN];
    int started;

    state->sources.policy = state->policy;
    state->sources.ca_file = config_text(state->config, "ca-file", NULL);
    state->sources.state_dir = config_text(state->config, "state-dir", NULL);
    if (!state->remote && mtlsauth_truststore_load_file(&truststore, path, NULL) != MTLSAUTH_OK)
        return say(message, "truststore", mtlsauth_last_error());
    started = sources_start(&state->sources, truststore, fetch_now() + FETCH_MS, error);
    mtlsauth_truststore_free(truststore);
    if (started != 0) {
        snprintf(message, RULES_ERROR_LEN, "%s", error);
        return -1;
    }
    state->authorizer = state->sources.authorizer;
    if (mtlsauth_authorizer_set_intermediates(state->authorizer, intermediates) != MTLSAUTH_OK ||
        (!state->remote &&
         mtlsauth_authorizer_add_truststore_file(state->authorizer, path) != MTLSAUTH_OK))
        return say(message, "truststore", mtlsauth_last_error());
    if (watch_crls(state, message) != 0)
        return -1;
    message[0] = '\0';
    add_source_errors(state, message);
    count_looks(state);
    return 0;
}

int http_state_open(struct http_state *state, const struct config *config,
                    char message[RULES_ERROR_LEN])
{
    mtlsauth_chain *intermediates = NULL;
    int result = read_options(state, config, message);

    if (result == 0)
        result = add_sources(state, message);
    if (result == 0)
        result = load_rest(state, &state->policy, &intermediates, message);
    if (result == 0)
        result = begin(state, intermediates, message);
    mtlsauth_chain_free(intermediates);
    return result;
}

static int refresh_files(struct http_state *state, char message[RULES_ERROR_LEN])
{
    mtlsauth_report *report = NULL;
    const char *sentence;
    int code = mtlsauth_authorizer_refresh(state->authorizer, NULL, &report);

    if (report == NULL && code != MTLSAUTH_OK)
        add_sentence(message, mtlsauth_last_error());
    for (size_t i = 0; report != NULL && i < mtlsauth_report_count(report); i++)
        if (mtlsauth_report_finding(report, i, NULL, NULL, NULL, &sentence) == MTLSAUTH_OK)
            add_sentence(message, sentence);
    mtlsauth_report_free(report);
    return code == MTLSAUTH_OK ? 0 : -1;
}

/*
 * A path that was no folder at the start, as one that is mounted later, has become a source of one
 * list. From when it is a folder on, the library looks at its files.
 */
static int watch_new_folders(struct http_state *state, char message[RULES_ERROR_LEN])
{
    struct sources *sources = &state->sources;
    size_t kept = 0;
    int result = 0;

    for (size_t i = 0; i < sources->count; i++) {
        const char *path = sources->list[i].location;

        if (sources->list[i].kind == SOURCE_CRL && is_dir(path)) {
            if (mtlsauth_authorizer_add_crl_dir(state->authorizer, path, NULL) == MTLSAUTH_OK)
                continue;
            add_sentence(message, mtlsauth_last_error());
            result = -1;
        }
        if (kept != i)
            sources->list[kept] = sources->list[i];
        kept++;
    }
    sources->count = kept;
    return result;
}

/* What is behind URLs, and then files: a new list's CA may be in a new truststore. */
static int refresh_both(struct http_state *state, enum sources_which which, int64_t deadline,
                        char message[RULES_ERROR_LEN])
{
    int result = watch_new_folders(state, message);

    if (sources_refresh(&state->sources, which, deadline) > 0) {
        add_source_errors(state, message);
        result = -1;
    }
    count_looks(state);
    if (refresh_files(state, message) != 0)
        result = -1;
    return result;
}

char *http_state_stats(const mtlsauth_authorizer *authorizer)
{
    size_t size = 4096, needed = 0;
    char *json = NULL;
    int code = MTLSAUTH_ERR_LIMIT;

    while (code == MTLSAUTH_ERR_LIMIT) {
        free(json);
        json = malloc(size);
        code = json == NULL ? MTLSAUTH_ERR_NOMEM
                            : mtlsauth_authorizer_stats_json(authorizer, json, size, &needed);
        size = needed + 1024; /* it may grow in between */
    }
    if (code == MTLSAUTH_OK)
        return json;
    free(json);
    return NULL;
}

/*
 * The authorizer does not say which of its files has failed, but what is in force. That is compared
 * with the file as it is behind the refresh: one that loaded before it may not have been there then.
 */
static int truststore_file_in_force(const struct http_state *state)
{
    mtlsauth_truststore *file = NULL;
    char *stats = http_state_stats(state->authorizer), wanted[128];
    int code =
        mtlsauth_truststore_load_file(&file, config_text(state->config, "truststore", NULL), NULL);
    int in_force = 0;

    if (code == MTLSAUTH_OK && stats != NULL) {
        /* No text of a list's issuer looks like this: a quote in it has a backslash in front. */
        snprintf(wanted, sizeof wanted, "\"truststore\":{\"sha256\":\"%s\"",
                 mtlsauth_truststore_sha256_hex(file));
        in_force = strstr(stats, wanted) != NULL;
    }
    mtlsauth_truststore_free(file);
    free(stats);
    return in_force;
}

/* *policy becomes the state's. */
static int put_rest(struct http_state *state, mtlsauth_policy **policy,
                    mtlsauth_chain *intermediates, char message[RULES_ERROR_LEN])
{
    char error[RULES_ERROR_LEN];

    if (mtlsauth_authorizer_update(state->authorizer, NULL, *policy, intermediates, 0) !=
        MTLSAUTH_OK) {
        say(error, "rules", mtlsauth_last_error());
        add_sentence(message, error);
        return -1;
    }
    mtlsauth_policy_free(state->policy);
    state->sources.policy = state->policy = *policy;
    *policy = NULL;
    return 0;
}

/* 1 when the truststore that is there is in force, 0 when that of before is. */
static int refresh_truststore(struct http_state *state, int *result, char message[RULES_ERROR_LEN])
{
    if (state->remote) { /* what is wrong is said with the lists */
        (void)sources_refresh(&state->sources, SOURCES_ALL_TRUSTSTORES,
                              fetch_now() + TRUSTSTORE_MS);
        return sources_truststore_error(&state->sources)[0] == '\0';
    }
    if (refresh_files(state, message) != 0)
        *result = -1;
    return truststore_file_in_force(state);
}

/*
 * Rules and intermediates belong to the truststore that is there: they are read before it, and come
 * into force right behind it, or wait for one that loads. No client is judged by new rules and old
 * CAs, and none for longer than a moment by old rules and new CAs, unless it is the rules that do
 * not load, or the file of the truststore has been changed once more.
 */
static int refresh_all(struct http_state *state, char message[RULES_ERROR_LEN])
{
    int64_t deadline = fetch_now() + FETCH_MS;
    mtlsauth_policy *policy = NULL;
    mtlsauth_chain *intermediates = NULL;
    int read = load_rest(state, &policy, &intermediates, message), result = read;

    state->rest_waits = !refresh_truststore(state, &result, message);
    if (state->rest_waits) {
        add_sentence(message, "the truststore that is there is not in force: rules and "
                              "intermediates stay as they were, until it is");
        result = -1;
    } else if (read == 0 && put_rest(state, &policy, intermediates, message) != 0) {
        result = -1;
    }
    if (state->remote && refresh_both(state, SOURCES_ALL_LISTS, deadline, message) != 0)
        result = -1;
    mtlsauth_policy_free(policy);
    mtlsauth_chain_free(intermediates);
    return result;
}

int http_state_refresh(struct http_state *state, int all, int *changed,
                       char message[RULES_ERROR_LEN])
{
    uint64_t before = mtlsauth_authorizer_generation(state->authorizer);
    int result;

    message[0] = '\0';
    if (all || state->rest_waits)
        result = refresh_all(state, message);
    else
        result = refresh_both(state, SOURCES_DUE, fetch_now() + FETCH_MS, message);
    *changed = mtlsauth_authorizer_generation(state->authorizer) != before ||
               (message[0] != '\0' && strcmp(message, state->said) != 0);
    snprintf(state->said, sizeof state->said, "%s", message);
    return result;
}

void http_state_warnings(const struct http_state *state, char message[RULES_ERROR_LEN])
{
    const char *path = config_text(state->config, "truststore", NULL);
    mtlsauth_truststore *file = NULL;

    message[0] = '\0';
    /* A file is read by the authorizer itself, which lends its truststore to nobody. What does not
     * load now was said by the refresh. */
    if (!state->remote && mtlsauth_truststore_load_file(&file, path, NULL) != MTLSAUTH_OK)
        return;
    if (rules_warnings(state->policy, state->remote ? state->sources.truststore : file, message) !=
        MTLSAUTH_OK)
        snprintf(message, RULES_ERROR_LEN, "%s", mtlsauth_last_error());
    mtlsauth_truststore_free(file);
}

void http_state_close(struct http_state *state)
{
    sources_free(&state->sources);
    mtlsauth_policy_free(state->policy);
    rules_free(&state->rules);
}
