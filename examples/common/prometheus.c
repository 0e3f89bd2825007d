/* SPDX-License-Identifier: MIT */
#include "prometheus.h"

#include <stdlib.h>
#include <string.h>
#include <jansson.h>

static void head(FILE *out, const char *name, const char *type, const char *help)
{
    fprintf(out, "# HELP mtlsauth_%s %s\n# TYPE mtlsauth_%s %s\n", name, help, name, type);
}

/* The value of a label: \, " and newline are escaped. */
static void label(FILE *out, const char *before, const char *name, const json_t *value)
{
    const char *text = json_string_value(value);

    fprintf(out, "%s%s=\"", before, name);
    for (; text != NULL && *text != '\0'; text++) {
        if (*text == '\n')
            fputs("\\n", out);
        else if (*text == '"' || *text == '\\')
            fprintf(out, "\\%c", *text);
        else
            fputc(*text, out);
    }
    fputc('"', out);
}

static void number(FILE *out, const char *name, const json_t *value)
{
    if (json_is_number(value))
        fprintf(out, "mtlsauth_%s %.0f\n", name, json_number_value(value));
}

static void decisions(FILE *out, json_t *object)
{
    const char *code;
    json_t *count;

    head(out, "decisions_total", "counter", "Decisions, by their code.");
    json_object_foreach(object, code, count)
    {
        json_t *text = json_string(code);

        if (json_is_number(count)) {
            label(out, "mtlsauth_decisions_total{", "code", text);
            fprintf(out, "} %.0f\n", json_number_value(count));
        }
        json_decref(text);
    }
}

enum worst { LEAST, MOST, SUM };

static const struct crl_member {
    const char *member, *name, *help;
    enum worst worst;
} crl_members[] = {
    {"this_update", "crl_this_update", "When a revocation list was made, seconds since 1970.",
     LEAST},
    {"next_update", "crl_next_update", "When the next one was announced for.", LEAST},
    {"age_seconds", "crl_age_seconds", "How old a revocation list is.", MOST},
    {"seconds_to_stale", "crl_seconds_to_stale", "For how long it still counts.", LEAST},
    {"entries", "crl_entries", "Certificates that it revokes.", SUM},
};
enum { CRL_MEMBERS = sizeof crl_members / sizeof crl_members[0] };

/* What is worse of two lists; of what one of them does not say, what the other says. */
static void add_crl(json_t *sum, const json_t *crl)
{
    for (size_t m = 0; m < CRL_MEMBERS; m++) {
        const char *member = crl_members[m].member;
        const json_t *one = json_object_get(sum, member), *other = json_object_get(crl, member);
        double a = json_number_value(one), b = json_number_value(other);
        int b_is_worse = (b < a) == (crl_members[m].worst == LEAST);

        if (!json_is_number(other))
            continue;
        if (json_is_number(one) && crl_members[m].worst == SUM)
            a += b;
        else if (!json_is_number(one) || b_is_worse)
            a = b;
        json_object_set_new(sum, member, json_real(a));
    }
}

/* No two lines may have the same labels, but a list and its delta do, or those of two keys of a CA:
 * one of all that are alike, by their labels. */
static json_t *sum_up(const json_t *array)
{
    json_t *sums = json_object();

    for (size_t i = 0; i < json_array_size(array); i++) {
        json_t *crl = json_array_get(array, i), *sum;
        json_t *labels = json_pack("[O?, O?]", json_object_get(crl, "issuer"),
                                   json_object_get(crl, "distribution_point"));
        char *key = json_dumps(labels, JSON_COMPACT);

        if (key != NULL && (sum = json_object_get(sums, key)) != NULL)
            add_crl(sum, crl);
        else if (key != NULL)
            json_object_set_new(sums, key, json_copy(crl));
        free(key);
        json_decref(labels);
    }
    return sums;
}

static void crls(FILE *out, const json_t *array)
{
    json_t *sums = sum_up(array), *crl;
    const char *key;

    for (size_t m = 0; m < CRL_MEMBERS; m++) {
        char name[64];

        head(out, crl_members[m].name, "gauge", crl_members[m].help);
        json_object_foreach(sums, key, crl)
        {
            const json_t *value = json_object_get(crl, crl_members[m].member);

            if (!json_is_number(value))
                continue;
            snprintf(name, sizeof name, "mtlsauth_%s{", crl_members[m].name);
            label(out, name, "issuer", json_object_get(crl, "issuer"));
            label(out, ",", "distribution_point", json_object_get(crl, "distribution_point"));
            fprintf(out, "} %.0f\n", json_number_value(value));
        }
    }
    json_decref(sums);
}

static void refresh(FILE *out, const json_t *object)
{
    static const char *const results[] = {"succeeded", "failed"};

    head(out, "refresh_total", "counter", "Looks at the files, by what came of them.");
    for (size_t i = 0; i < 2; i++) {
        const json_t *count = json_object_get(object, results[i]);

        if (json_is_number(count))
            fprintf(out, "mtlsauth_refresh_total{result=\"%s\"} %.0f\n", results[i],
                    json_number_value(count));
    }
}

static void one(FILE *out, const char *name, const char *type, const char *help,
                const json_t *value)
{
    head(out, name, type, help);
    number(out, name, value);
}

int prometheus_write(FILE *out, const char *json)
{
    json_t *root = json_loads(json, 0, NULL);
    const json_t *cache = json_object_get(root, "path_cache");
    const json_t *store = json_object_get(root, "truststore");

    if (root == NULL)
        return -1;
    one(out, "generation", "gauge", "Number of the state in force.",
        json_object_get(root, "generation"));
    decisions(out, json_object_get(root, "decisions"));
    one(out, "path_cache_hits_total", "counter", "Paths that were remembered.",
        json_object_get(cache, "hits"));
    one(out, "path_cache_misses_total", "counter", "Paths that were verified anew.",
        json_object_get(cache, "misses"));
    one(out, "path_cache_entries", "gauge", "Paths in memory.", json_object_get(cache, "entries"));
    crls(out, json_object_get(root, "crls"));
    one(out, "ocsp_entries", "gauge", "OCSP responses in memory.",
        json_object_get(json_object_get(root, "ocsp"), "entries"));
    one(out, "truststore_certificates", "gauge", "CA certificates of the truststore.",
        json_object_get(store, "certificates"));
    head(out, "truststore_info", "gauge", "Which truststore is in force.");
    label(out, "mtlsauth_truststore_info{", "sha256", json_object_get(store, "sha256"));
    fputs("} 1\n", out);
    one(out, "rollbacks_refused_total", "counter", "Revocation lists refused for being older.",
        json_object_get(root, "rollbacks_refused"));
    refresh(out, json_object_get(root, "refresh"));
    json_decref(root);
    return 0;
}

int prometheus_stale(const char *json, size_t *lists, char **issuer)
{
    json_t *root = json_loads(json, 0, NULL);
    const json_t *array = json_object_get(root, "crls");
    int stale = root == NULL ? -1 : 0;

    *lists = json_array_size(array);
    *issuer = NULL;
    for (size_t i = 0; stale == 0 && i < json_array_size(array); i++) {
        const json_t *crl = json_array_get(array, i);
        const json_t *left = json_object_get(crl, "seconds_to_stale");

        if (!json_is_number(left) || json_number_value(left) <= 0) {
            const char *name = json_string_value(json_object_get(crl, "issuer"));

            stale = 1;
            *issuer = strdup(name != NULL ? name : "");
        }
    }
    json_decref(root);
    return stale;
}
