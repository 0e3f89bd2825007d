/* SPDX-License-Identifier: MIT */
#include "lambda_ocsp.h"

#include <stdio.h>
#include <string.h>
#include <mtlsauth/mtlsauth.h>
#include "ocsp_hosts.h"

enum { OCSP_MS = 3000, PAUSE_MS = 5000 };

static int failed(char error[FETCH_ERROR_LEN], const char *url, const char *why)
{
    char shown[FETCH_SHOWN_LEN];

    snprintf(error, FETCH_ERROR_LEN, "%s: %.250s", fetch_shown(url, shown), why);
    return -1;
}

static int ask(struct lambda_ocsp *ocsp, struct fetch *fetch, mtlsauth_authorizer *authorizer,
               const char *url, const mtlsauth_ocsp_request *question, int64_t deadline,
               char error[FETCH_ERROR_LEN])
{
    int64_t latest = fetch_now() + OCSP_MS;
    struct fetch_answer answer;
    char why[OCSP_WHY_LEN];
    int result = -1;

    if (latest > deadline)
        latest = deadline;
    if (ocsp_fetch(fetch, url, question, latest, 0, &answer, why) != 0) {
        failed(error, answer.status == 0 ? "no answer" : url, why);
        if (answer.status == 0) {
            snprintf(ocsp->down, sizeof ocsp->down, "%s", url);
            ocsp->down_until = fetch_now() + PAUSE_MS;
        }
    } else if (mtlsauth_authorizer_put_ocsp_response(authorizer, answer.body, answer.len) !=
               MTLSAUTH_OK) {
        failed(error, url, mtlsauth_last_error());
    } else {
        result = 0;
    }
    fetch_answer_free(&answer);
    return result;
}

int lambda_ocsp_ask(struct lambda_ocsp *ocsp, struct fetch *fetch, mtlsauth_authorizer *authorizer,
                    const mtlsauth_decision *decision, struct ocsp_asked *asked, int64_t deadline,
                    char error[FETCH_ERROR_LEN])
{
    const mtlsauth_ocsp_request *question = NULL;
    const char *url = NULL;
    size_t place;

    error[0] = '\0';
    if ((ocsp->url == NULL && ocsp->host_count == 0) ||
        mtlsauth_decision_ocsp_request(decision, &question, &url) != MTLSAUTH_OK ||
        !ocsp_asked_new(asked, question))
        return -1;
    if (ocsp->url != NULL)
        url = ocsp->url;
    else if (url == NULL)
        return failed(error, "the certificate", "it names no OCSP responder");
    else if (!ocsp_hosts_allow(ocsp->hosts, ocsp->host_count, url, &place))
        return failed(error, url, "its host is not in MTLSAUTH_OCSP_HOSTS");
    if (fetch_now() < ocsp->down_until && strncmp(url, ocsp->down, sizeof ocsp->down - 1) == 0)
        return failed(error, url, "it did not answer a moment ago, and is not asked again yet");
    return ask(ocsp, fetch, authorizer, url, question, deadline, error);
}
