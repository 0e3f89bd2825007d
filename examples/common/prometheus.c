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

static double worse(enum worst worst, double a, double b)
{
    if (worst == SUM)
        return a + b;
    return (a < b) == (worst == LEAST) ? a : b;
}

static int same_labels(const json_t *a, const json_t *b)
{
    return json_equal(json_object_get(a, "issuer"), json_object_get(b, "issuer")) &&
           json_equal(json_object_get(a, "distribution_point"),
                      json_object_get(b, "distribution_point"));
}

/*
 * What a member says of list i and of those behind it with the same labels, which no two lines may have:
 * a list and its delta, or those of two keys of a CA. 0 where a list before it has said it already, or
 * none has it.
 */
static int worst_of(const json_t *array, size_t i, const char *member, enum worst worst,
                    double *value)
{
    const json_t *crl = json_array_get(array, i);
    int found = 0;

    for (size_t k = 0; k < json_array_size(array); k++) {
        const json_t *other = json_array_get(array, k);
        const json_t *number = json_object_get(other, member);

        if (!same_labels(crl, other))
            continue;
        if (k < i)
            return 0;
        if (json_is_number(number))
            *value = found++ ? worse(worst, *value, json_number_value(number))
                             : json_number_value(number);
    }
    return found;
}

static void crls(FILE *out, const json_t *array)
{
    static const struct {
        const char *member, *name, *help;
        enum worst worst;
    } members[] = {
        {"this_update", "crl_this_update", "When a revocation list was made, seconds since 1970.",
         LEAST},
        {"next_update", "crl_next_update", "When the next one was announced for.", LEAST},
        {"age_seconds", "crl_age_seconds", "How old a revocation list is.", MOST},
        {"seconds_to_stale", "crl_seconds_to_stale", "For how long it still counts.", LEAST},
        {"entries", "crl_entries", "Certificates that it revokes.", SUM},
    };

    for (size_t m = 0; m < sizeof members / sizeof members[0]; m++) {
        char name[64];
        double value = 0;

        head(out, members[m].name, "gauge", members[m].help);
        for (size_t i = 0; i < json_array_size(array); i++) {
            const json_t *crl = json_array_get(array, i);

            if (!worst_of(array, i, members[m].member, members[m].worst, &value))
                continue;
            snprintf(name, sizeof name, "mtlsauth_%s{", members[m].name);
            label(out, name, "issuer", json_object_get(crl, "issuer"));
            label(out, ",", "distribution_point", json_object_get(crl, "distribution_point"));
            fprintf(out, "} %.0f\n", value);
        }
    }
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
