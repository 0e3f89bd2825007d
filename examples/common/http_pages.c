/* SPDX-License-Identifier: MIT */
#include "http_pages.h"

#include <stdio.h>
#include <stdlib.h>
#include <mtlsauth/error.h>
#include "http_answer.h"
#include "prometheus.h"

/* What the library does not know of: requests of proxies, responders, and looks at URLs. */
static void write_own(FILE *out, struct http_state *state, struct http_ocsp *ocsp,
                      struct http_answers *answers)
{
    const struct {
        const char *name, *label, *value, *help;
        unsigned long long count;
    } counters[] = {
        {"http_answers", "status", "200", "Answers of /authorize, by their status.", answers->ok},
        {"http_answers", "status", "401", NULL, answers->unauthorized},
        {"http_answers", "status", "403", NULL, answers->forbidden},
        {"ocsp_fetches", "result", "answered", "Requests to responders.", ocsp->answered},
        {"ocsp_fetches", "result", "failed", NULL, ocsp->failed},
        {"source_looks", "result", "loaded", "Looks at truststore and lists behind URLs.",
         state->looks.loaded},
        {"source_looks", "result", "unchanged", NULL, state->looks.unchanged},
        {"source_looks", "result", "failed", NULL, state->looks.failed},
    };

    for (size_t i = 0; i < sizeof counters / sizeof counters[0]; i++) {
        if (counters[i].help != NULL)
            fprintf(out, "# HELP mtlsauth_%s_total %s\n# TYPE mtlsauth_%s_total counter\n",
                    counters[i].name, counters[i].help, counters[i].name);
        fprintf(out, "mtlsauth_%s_total{%s=\"%s\"} %llu\n", counters[i].name, counters[i].label,
                counters[i].value, counters[i].count);
    }
}

enum MHD_Result http_send_metrics(struct MHD_Connection *connection, struct http_state *state,
                                  struct http_ocsp *ocsp, struct http_answers *answers)
{
    char *json = http_state_stats(state->authorizer), *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    int well = json != NULL && out != NULL && prometheus_write(out, json) == 0;
    enum MHD_Result result;

    if (well)
        write_own(out, state, ocsp, answers);
    well = out != NULL && fclose(out) == 0 && well;
    result =
        well ? http_send_text(connection, MHD_HTTP_OK, "text/plain; version=0.0.4", text)
             : http_send_text(connection, MHD_HTTP_INTERNAL_SERVER_ERROR, "text/plain", "failed\n");
    free(text);
    free(json);
    return result;
}

enum MHD_Result http_send_live(struct MHD_Connection *connection)
{
    return http_send_text(connection, MHD_HTTP_OK, "text/plain", "ok\n");
}

enum MHD_Result http_send_health(struct MHD_Connection *connection, const struct http_state *state)
{
    char *json = http_state_stats(state->authorizer), *issuer = NULL, text[512];
    size_t lists = 0;
    int stale = json != NULL ? prometheus_stale(json, &lists, &issuer) : -1;
    int needs_list = state->evidence == MTLSAUTH_EVIDENCE_CRL ||
                     state->evidence == MTLSAUTH_EVIDENCE_CRL_AND_OCSP;
    int bad = stale != 0 || (lists == 0 && needs_list);

    if (stale > 0)
        snprintf(text, sizeof text, "stale: the revocation list of %s\n",
                 issuer != NULL ? issuer : "an issuer");
    else
        snprintf(text, sizeof text, "%s\n",
                 stale < 0 ? "no statistics"
                 : bad     ? "there is no revocation list"
                           : "ok");
    free(issuer);
    free(json);
    return http_send_text(connection, bad ? MHD_HTTP_SERVICE_UNAVAILABLE : MHD_HTTP_OK,
                          "text/plain", text);
}
