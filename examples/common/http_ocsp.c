/* SPDX-License-Identifier: MIT */
#include "http_ocsp.h"

#include <stdio.h>
#include <sys/stat.h>
#include <mtlsauth/error.h>
#include "fetch.h"
#include "ocsp_hosts.h"

static int say(char why[OCSP_WHY_LEN], const char *what, const char *about)
{
    snprintf(why, OCSP_WHY_LEN, "%s%s%.300s", what, *about != '\0' ? ": " : "", about);
    return -1;
}

static int add_host(struct http_ocsp *ocsp, const char *host)
{
    if (ocsp->count == HTTP_OCSP_HOSTS)
        return -1;
    ocsp->hosts[ocsp->count++] = host;
    return 0;
}

int http_ocsp_open(struct http_ocsp *ocsp, const struct config *config, char error[OCSP_WHY_LEN])
{
    char shown[FETCH_SHOWN_LEN];
    const char *host;
    size_t place;

    ocsp->url = config_text(config, "ocsp-url", NULL);
    ocsp->dir = config_text(config, "ocsp-dir", NULL);
    ocsp->timeout_ms = config_number(config, "ocsp-timeout", 2000);
    if (ocsp->timeout_ms < 1 || ocsp->timeout_ms > 60000)
        return say(error, "ocsp-timeout: 1 to 60000 milliseconds", "");
    for (size_t i = 0; (host = config_nth(config, "ocsp-host", i)) != NULL; i++)
        if (add_host(ocsp, host) != 0)
            return say(error, "ocsp-host: too many of them, at", host);
    if (ocsp->count == 0)
        return say(error, "ocsp-host: say which responders may be asked, as ocsp.example.com", "");
    if (ocsp->url != NULL && !ocsp_hosts_allow(ocsp->hosts, ocsp->count, ocsp->url, &place))
        return say(error, "ocsp-url: no ocsp-host allows it", fetch_shown(ocsp->url, shown));
    return ocsp_recent_open(&ocsp->recent) == 0 ? 0 : say(error, "out of memory", "");
}

void http_ocsp_begin(const struct http_ocsp *ocsp, struct http_ocsp_wait *wait)
{
    wait->deadline = fetch_now() + ocsp->timeout_ms;
    wait->asked.len = 0;
    wait->question = (struct ocsp_question){0};
}

/* What the responder says of one certificate must not keep it from being asked about others, so
 * that only one that does not answer is left alone. *silent: there is nothing that a responder has
 * made of this certificate. */
static int ask(struct http_ocsp *ocsp, size_t place, mtlsauth_authorizer *authorizer,
               const char *url, const mtlsauth_ocsp_request *request, int64_t deadline, int *silent,
               char why[OCSP_WHY_LEN])
{
    struct fetch *fetch = fetch_new();
    struct fetch_answer answer = {0};
    int result = -1;

    if (fetch == NULL) {
        say(why, "out of memory", "");
    } else if (ocsp_fetch(fetch, url, request, deadline, 1, &answer, why) != 0) {
        atomic_store(&ocsp->quiet_until[place], fetch_now() + HTTP_OCSP_PAUSE_MS);
    } else if (mtlsauth_authorizer_put_ocsp_response(authorizer, answer.body, answer.len) !=
               MTLSAUTH_OK) {
        say(why, "the responder's answer does not count", mtlsauth_last_error());
    } else {
        result = 1;
    }
    *silent = answer.status == 0 || answer.status >= 500;
    atomic_fetch_add(result == 1 ? &ocsp->answered : &ocsp->failed, 1);
    fetch_answer_free(&answer);
    fetch_free(fetch);
    return result;
}

static int ask_in_turn(struct http_ocsp *ocsp, size_t place, mtlsauth_authorizer *authorizer,
                       const char *url, const mtlsauth_ocsp_request *request,
                       struct http_ocsp_wait *wait, char why[OCSP_WHY_LEN])
{
    struct ocsp_question question;
    int silent = 0, result;

    switch (ocsp_recent_begin(&ocsp->recent, request, wait->deadline, &question)) {
    case OCSP_TURN_ASK:
        break;
    case OCSP_TURN_JOINED:
        return 1;
    case OCSP_TURN_LATELY:
        return say(why, "the responder was asked about this certificate a moment ago", "");
    case OCSP_TURN_BUSY:
        return say(why, "too many clients wait for responders", "");
    default:
        return say(why, "no answer in time to what another client has asked", "");
    }
    result = ask(ocsp, place, authorizer, url, request, wait->deadline, &silent, why);
    ocsp_recent_end(&ocsp->recent, &question,
                    silent ? OCSP_RECENT_SILENT_MS : OCSP_RECENT_ANSWERED_MS);
    if (result == 1)
        wait->question = question;
    return result;
}

int http_ocsp_is_missing(int code, const mtlsauth_decision *decision)
{
    const mtlsauth_ocsp_request *request;
    const char *url;

    return code == MTLSAUTH_DENY_REVOCATION_UNKNOWN || code == MTLSAUTH_DENY_REVOCATION_STALE ||
           (code == MTLSAUTH_DENY_REVOKED &&
            mtlsauth_decision_ocsp_request(decision, &request, &url) == MTLSAUTH_OK);
}

int http_ocsp_fetch(struct http_ocsp *ocsp, mtlsauth_authorizer *authorizer,
                    const mtlsauth_decision *decision, struct http_ocsp_wait *wait,
                    char why[OCSP_WHY_LEN])
{
    const mtlsauth_ocsp_request *request = NULL;
    const char *url = NULL;
    char shown[FETCH_SHOWN_LEN];
    size_t place = 0;

    if (mtlsauth_decision_ocsp_request(decision, &request, &url) != MTLSAUTH_OK ||
        !ocsp_asked_new(&wait->asked, request))
        return 0;
    http_ocsp_helped(ocsp, wait); /* another certificate of the chain has its turn */
    url = ocsp->url != NULL ? ocsp->url : url;
    if (url == NULL)
        return say(why, "the certificate names no responder, and there is no ocsp-url", "");
    if (!ocsp_hosts_allow(ocsp->hosts, ocsp->count, url, &place))
        return say(why, "the certificate names a responder that no ocsp-host allows",
                   fetch_shown(url, shown));
    if (fetch_now() >= wait->deadline)
        return say(why, "the time for responders is over", "");
    if (fetch_now() < atomic_load(&ocsp->quiet_until[place]))
        return say(why, "this responder failed a moment ago, and is left alone",
                   fetch_shown(url, shown));
    return ask_in_turn(ocsp, place, authorizer, url, request, wait, why);
}

void http_ocsp_helped(struct http_ocsp *ocsp, struct http_ocsp_wait *wait)
{
    if (wait->question.number != 0)
        ocsp_recent_forget(&ocsp->recent, &wait->question);
}

/* Whoever can write into the folder decides nothing by that: each answer has its signature. */
int http_ocsp_keep(struct http_ocsp *ocsp, mtlsauth_authorizer *authorizer, int all,
                   char why[OCSP_WHY_LEN])
{
    uint64_t answered = atomic_load(&ocsp->answered);
    mtlsauth_report *report = NULL;
    const char *sentence;
    struct stat about = {0};
    int code;

    why[0] = '\0';
    if (ocsp->dir == NULL || (stat(ocsp->dir, &about) == 0 && !all && answered == ocsp->kept &&
                              about.st_mtim.tv_sec == ocsp->dir_time.tv_sec &&
                              about.st_mtim.tv_nsec == ocsp->dir_time.tv_nsec))
        return 0;
    code = mtlsauth_authorizer_load_ocsp(authorizer, ocsp->dir, &report);
    if (code == MTLSAUTH_ERR_IO) /* of the folder itself: what is in it is in the report */
        return say(why, "ocsp-dir", mtlsauth_last_error());
    if (code == MTLSAUTH_OK && mtlsauth_report_count(report) > 0 &&
        mtlsauth_report_finding(report, 0, NULL, NULL, NULL, &sentence) == MTLSAUTH_OK)
        say(why, "not taken from ocsp-dir", sentence);
    mtlsauth_report_free(report);
    if (code == MTLSAUTH_OK)
        code = mtlsauth_authorizer_save_ocsp(authorizer, ocsp->dir);
    if (code != MTLSAUTH_OK) {
        say(why, "ocsp-dir", mtlsauth_last_error());
        return 0;
    }
    ocsp->kept = answered;
    ocsp->dir_time = about.st_mtim; /* from before, so that nothing is missed in between */
    return 0;
}
