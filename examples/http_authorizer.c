/* SPDX-License-Identifier: MIT */

/*
 * http_authorizer: tells a proxy whether a client may in, by the certificate that the proxy has
 * seen.
 *
 *     http_authorizer --truststore cas.pem --rules rules --revocation crl --crl ca.crl
 *                     --format nginx
 *
 *     cc -o http_authorizer http_authorizer.c common/{bound_token,config,fetch,http_[a-z]*}.c
 *        common/{intermediates,ocsp_[a-z]*,prometheus,rules,s3,source}.c -pthread
 *        $(pkg-config --cflags --libs libmtlsauth libmicrohttpd libcurl libjwt jansson libcrypto)
 *
 * For nginx (auth_request), Envoy (ext_authz), Traefik (ForwardAuth) and HAProxy (Lua); the folders
 * of their names have the other half. Proxy and client are different things here: whoever reaches
 * this program is believed, so it listens on the loopback or a Unix socket, and the proxy takes the
 * headers away that a client sends.
 *
 *     /authorize       200, 401 or 403 and nothing else; also /authorize/...
 *     /metrics         for Prometheus
 *     /livez           200 as long as it decides, for load balancers
 *     /healthz         503 when a revocation list is stale, for monitoring
 *
 * A thread a connection: a client that waits for an OCSP responder holds up nobody else. SIGHUP and
 * a timer look at the files again (SIGHUP also at rules, the key of tokens and the log); SIGTERM
 * ends it. Other options take a restart. One line of JSON is logged for each decision.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <curl/curl.h>
#include <microhttpd.h>
#include <mtlsauth/mtlsauth.h>
#include "common/bound_token.h"
#include "common/config.h"
#include "common/http_answer.h"
#include "common/http_listen.h"
#include "common/http_log.h"
#include "common/http_ocsp.h"
#include "common/http_pages.h"
#include "common/http_request.h"
#include "common/http_signals.h"
#include "common/http_state.h"

/* A chain of some certificates, percent-encoded, fits; more is answered with 431. */
enum { REQUEST_BYTES = 131072, IDLE_SECONDS = 75, OCSP_ROUNDS = 4 };
enum { DEFAULT_CONNECTIONS = 512, DEFAULT_REFRESH = 60 };

static const struct config_option options[] = {
    {"listen", CONFIG_VALUE, "ADDRESS", "127.0.0.1:9180 (default), [::1]:9180, unix:/path"},
    {"allow-remote", CONFIG_SWITCH, NULL, "listen also where others than this machine come in"},
    {"connections", CONFIG_NUMBER, "N", "so many at a time: 512"},
    {"format", CONFIG_VALUE, "FORMAT", "nginx, nginx-old, xfcc, haproxy, traefik, alb, rfc9440"},
    {"header", CONFIG_VALUE, "NAME", "the header with the certificate"},
    {"chain-header", CONFIG_VALUE, "NAME", "the header with the rest of the chain (rfc9440)"},
    {"reason-header", CONFIG_SWITCH, NULL, "X-Mtls-Reason: for proxies that keep it to themselves"},
    {"optional-certificate", CONFIG_SWITCH, NULL, "none is no reason to deny; a bad one is"},
    HTTP_STATE_OPTIONS,
    {"refresh", CONFIG_NUMBER, "SECONDS", "look at the files so often: 60; 0 on SIGHUP alone"},
    {"ocsp-host", CONFIG_MANY, "HOST[:PORT]", "a responder that may be asked"},
    {"ocsp-url", CONFIG_VALUE, "URL", "ask this one, whatever the certificate says"},
    {"ocsp-dir", CONFIG_VALUE, "DIR", "keeps what responders said, also over a restart"},
    {"ocsp-timeout", CONFIG_NUMBER, "MS", "how long a client waits for responders: 2000"},
    {"require-bound-token", CONFIG_SWITCH, NULL, "a JWT for this certificate, too (RFC 8705 3)"},
    {"token-key", CONFIG_VALUE, "FILE", "public key of who signs the tokens, PEM"},
    {"token-algorithm", CONFIG_VALUE, "NAME", "RS256, ES256, ...: the only one that is taken"},
    {"token-issuer", CONFIG_VALUE, "TEXT", "what iss has to be"},
    {"token-audience", CONFIG_VALUE, "TEXT", "what has to be in aud"},
    {"log", CONFIG_VALUE, "FILE", "append the log to FILE; stdout by default"},
    {NULL, CONFIG_VALUE, NULL, NULL},
};

static struct server {
    struct config config;
    struct http_state state;
    struct http_source source;
    struct http_ocsp ocsp;
    struct bound_token_rules token;
    int optional, tell_reason, uses_ocsp, wants_token;
    struct http_answers answers;
} server = {.config = {.options = options, .prefix = "MTLSAUTH_HTTP"}, .token = BOUND_TOKEN_RULES};

struct verdict {
    unsigned status;
    const char *challenge; /* WWW-Authenticate */
    const char *note;      /* for the log: what the decision does not say */
    char why[OCSP_WHY_LEN];
};

static int fail(const char *what, const char *why)
{
    fprintf(stderr, "http_authorizer: %s%s%s\n", what, *what != '\0' ? ": " : "", why);
    return -1;
}

/* The certificate; with what responders say, where that is missing. */
static int decide_certificate(struct MHD_Connection *connection, mtlsauth_decision *decision,
                              struct verdict *verdict)
{
    struct http_ocsp_wait wait;
    mtlsauth_authorizer *authorizer = server.state.authorizer;
    int code = http_authorize(authorizer, &server.source, connection, decision, &verdict->note);

    http_ocsp_begin(&server.ocsp, &wait);
    for (int round = 0; server.uses_ocsp && round < OCSP_ROUNDS; round++) {
        int fetched;

        if (!http_ocsp_is_missing(code, decision))
            break;
        fetched = http_ocsp_fetch(&server.ocsp, authorizer, decision, &wait, verdict->why);
        if (fetched < 0)
            verdict->note = verdict->why;
        if (fetched != 1)
            break;
        code = http_authorize(authorizer, &server.source, connection, decision, &verdict->note);
    }
    if (!http_ocsp_is_missing(code, decision))
        http_ocsp_helped(&server.ocsp, &wait);
    return code;
}

static void decide_token(struct MHD_Connection *connection, const mtlsauth_decision *decision,
                         struct verdict *verdict)
{
    const char *authorization = NULL;
    enum bound_token token = TOKEN_INVALID;

    if (http_header(connection, "Authorization", &authorization) == HTTP_REFUSED)
        verdict->note = "Authorization is there twice, or malformed";
    else
        token = bound_token_check(&server.token, authorization,
                                  mtlsauth_decision_path_cert(decision, 0), &verdict->note);
    verdict->status = token == TOKEN_GOOD ? MHD_HTTP_OK : MHD_HTTP_UNAUTHORIZED;
    verdict->challenge = token == TOKEN_INVALID ? "Bearer error=\"invalid_token\"" : "Bearer";
}

static void decide(struct MHD_Connection *connection, mtlsauth_decision *decision,
                   struct verdict *verdict)
{
    int code = decide_certificate(connection, decision, verdict);
    int allowed = code == MTLSAUTH_OK && mtlsauth_decision_allowed(decision);
    int none = code == MTLSAUTH_DENY_NO_CERTIFICATE;

    verdict->status = allowed || (none && server.optional) ? MHD_HTTP_OK : MHD_HTTP_FORBIDDEN;
    /* RFC 8705 3: a token without its certificate is an invalid token. */
    if (server.wants_token && (verdict->status == MHD_HTTP_OK || none))
        decide_token(connection, decision, verdict);
}

static enum MHD_Result send_verdict(struct MHD_Connection *connection,
                                    const mtlsauth_decision *decision,
                                    const struct verdict *verdict)
{
    static char yes[] = "allowed\n", no[] = "denied\n";
    int good = verdict->status == MHD_HTTP_OK, verified = mtlsauth_decision_allowed(decision);
    const char *code = mtlsauth_code_name(mtlsauth_decision_code(decision));
    char *body = good ? yes : no;
    struct MHD_Response *response =
        MHD_create_response_from_buffer(strlen(body), body, MHD_RESPMEM_PERSISTENT);
    enum MHD_Result result = MHD_NO;

    if (response == NULL)
        return MHD_NO;
    if ((!good ||
         (http_add_name(response, "X-Mtls-Result", verified ? "verified" : "none") &&
          http_add_name(response, "X-Mtls-Identity", mtlsauth_decision_identity(decision)) &&
          http_add_name(response, "X-Mtls-Label", mtlsauth_decision_label(decision)))) &&
        (!server.tell_reason || http_add_name(response, "X-Mtls-Reason", code)) &&
        (verdict->status != MHD_HTTP_UNAUTHORIZED ||
         MHD_add_response_header(response, "WWW-Authenticate", verdict->challenge) == MHD_YES) &&
        MHD_add_response_header(response, "Cache-Control", "no-store") == MHD_YES)
        result = MHD_queue_response(connection, verdict->status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result on_authorize(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    mtlsauth_decision *decision = info != NULL ? info->socket_context : NULL;
    struct verdict verdict = {.status = MHD_HTTP_FORBIDDEN};

    if (decision == NULL)
        return MHD_NO;
    decide(connection, decision, &verdict);
    atomic_fetch_add(verdict.status == MHD_HTTP_OK          ? &server.answers.ok
                     : verdict.status == MHD_HTTP_FORBIDDEN ? &server.answers.forbidden
                                                            : &server.answers.unauthorized,
                     1);
    http_log_decision((int)verdict.status, verdict.note, decision);
    return send_verdict(connection, decision, &verdict);
}

static enum MHD_Result on_request(void *unused, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *body,
                                  size_t *body_len, void **seen)
{
    static const char authorize[] = "/authorize";
    static char once;
    int reads = strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;

    (void)unused;
    (void)version;
    (void)body;
    (void)body_len;
    /* The answer to a request with a body comes before the body is read: libmicrohttpd closes the
     * connection then, and what follows is never taken for another request. */
    if (*seen == NULL && !http_has_body(connection)) {
        *seen = &once;
        return MHD_YES;
    }
    if (strncmp(url, authorize, sizeof authorize - 1) == 0 &&
        (url[sizeof authorize - 1] == '\0' || url[sizeof authorize - 1] == '/'))
        return on_authorize(connection);
    if (reads && strcmp(url, "/metrics") == 0)
        return http_send_metrics(connection, &server.state, &server.ocsp, &server.answers);
    if (reads && strcmp(url, "/livez") == 0)
        return http_send_live(connection);
    if (reads && strcmp(url, "/healthz") == 0)
        return http_send_health(connection, &server.state);
    return http_send_text(connection, MHD_HTTP_NOT_FOUND, "text/plain", "not here\n");
}

/* A connection keeps its decision, and the memory in it, for all of its requests. */
static void on_connection(void *unused, struct MHD_Connection *connection, void **context,
                          enum MHD_ConnectionNotificationCode what)
{
    mtlsauth_decision *decision = NULL;

    (void)unused;
    (void)connection;
    if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
        mtlsauth_decision_free(*context);
        *context = NULL;
    } else if (mtlsauth_decision_new(&decision) == MTLSAUTH_OK) {
        *context = decision;
    }
}

static void log_event(const char *event, const char *detail)
{
    http_log_event(event, detail,
                   (unsigned long long)mtlsauth_authorizer_generation(server.state.authorizer));
}

static void log_warnings(void)
{
    char message[RULES_ERROR_LEN];

    http_state_warnings(&server.state, message);
    if (message[0] != '\0')
        log_event("warning", message);
}

static void keep_ocsp(int all)
{
    char why[OCSP_WHY_LEN];

    if (http_ocsp_keep(&server.ocsp, server.state.authorizer, all, why) != 0 || why[0] != '\0')
        log_event("warning", why);
}

/* Behind what message holds already. */
static int reload_token(char message[RULES_ERROR_LEN])
{
    size_t n = strlen(message);
    const char *error = NULL;

    if (!server.wants_token || bound_token_reload(&server.token, &error) == 0)
        return 0;
    snprintf(message + n, RULES_ERROR_LEN - n, "%stoken-key: %s", n > 0 ? "; " : "", error);
    return -1;
}

static void refresh(int all)
{
    char message[RULES_ERROR_LEN];
    int changed, result;

    if (all && http_log_reopen() != 0)
        log_event("warning", "the log cannot be opened again; the file before goes on");
    result = http_state_refresh(&server.state, all, &changed, message);
    if (all && reload_token(message) != 0)
        result = -1;
    keep_ocsp(all);
    if (all || changed || result != 0)
        log_event(result == 0 ? "refresh" : "refresh failed", message);
    if (all)
        log_warnings();
}

static int open_token(void)
{
    const struct config *c = &server.config;
    const char *key = config_text(c, "token-key", NULL), *error = NULL;

    server.wants_token = config_on(c, "require-bound-token");
    server.token.issuer = config_text(c, "token-issuer", NULL);
    server.token.audience = config_text(c, "token-audience", NULL);
    server.token.skew = config_number(c, "clock-skew", 0);
    server.token.bound_only = !server.optional;
    if (!server.wants_token)
        return key == NULL ? 0 : fail("token-key", "there is no require-bound-token");
    if (key == NULL)
        return fail("require-bound-token", "name the key, with token-key");
    if (bound_token_open(&server.token, key, config_text(c, "token-algorithm", ""), &error) != 0)
        return fail("token-key, token-algorithm", error);
    return 0;
}

static int open_ocsp(void)
{
    const struct config *c = &server.config;
    int evidence = server.state.evidence;
    char error[OCSP_WHY_LEN];

    server.uses_ocsp = evidence != MTLSAUTH_EVIDENCE_OFF && evidence != MTLSAUTH_EVIDENCE_CRL;
    if (!server.uses_ocsp)
        return config_nth(c, "ocsp-host", 0) == NULL && config_nth(c, "ocsp-url", 0) == NULL &&
                       config_nth(c, "ocsp-dir", 0) == NULL
                   ? 0
                   : fail("ocsp-host, ocsp-url, ocsp-dir",
                          "revocation says that no responder is asked");
    if (http_ocsp_open(&server.ocsp, c, error) != 0 ||
        http_ocsp_keep(&server.ocsp, server.state.authorizer, 1, error) != 0)
        return fail("", error);
    if (error[0] != '\0')
        log_event("warning", error);
    return 0;
}

static int open_all(void)
{
    const struct config *c = &server.config;
    const char *log = config_text(c, "log", NULL);
    char message[RULES_ERROR_LEN];

    server.optional = config_on(c, "optional-certificate");
    server.tell_reason = config_on(c, "reason-header");
    if (http_source_from(&server.source, config_text(c, "format", ""),
                         config_text(c, "header", NULL), config_text(c, "chain-header", NULL)) != 0)
        return fail("format", "say nginx, nginx-old, xfcc, haproxy, traefik, alb or rfc9440; "
                              "--help lists all options");
    if (config_number(c, "connections", DEFAULT_CONNECTIONS) == 0)
        return fail("connections", "0 would answer nobody");
    if (log != NULL && http_log_open(log) != 0)
        return fail(log, strerror(errno));
    if (open_token() != 0)
        return -1;
    server.state.sources.ends = http_signals_end;
    if (http_state_open(&server.state, c, message) != 0)
        return fail("", message);
    if (message[0] != '\0')
        log_event("not loaded", message);
    log_warnings();
    return open_ocsp();
}

static int serve(void)
{
    const struct config *c = &server.config;
    char place[HTTP_LISTEN_LEN], error[HTTP_LISTEN_LEN];
    struct MHD_Daemon *daemon;
    int fd = http_listen(config_text(c, "listen", "127.0.0.1:9180"), config_on(c, "allow-remote"),
                         place, error);

    if (fd < 0)
        return fail("", error);
    daemon = MHD_start_daemon(
        MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION | MHD_USE_POLL |
            MHD_USE_ITC,
        0, NULL, NULL, on_request, NULL, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)config_number(c, "connections", DEFAULT_CONNECTIONS),
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)REQUEST_BYTES, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)IDLE_SECONDS, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_NOTIFY_CONNECTION,
        on_connection, NULL, MHD_OPTION_END);
    if (daemon == NULL) {
        http_listen_end(place);
        return fail("", "the server does not start");
    }
    log_event("listening", place);
    http_signals_wait(config_number(c, "refresh", DEFAULT_REFRESH), refresh);
    MHD_stop_daemon(daemon);
    http_listen_end(place);
    keep_ocsp(0);
    log_event("stopped", place);
    return 0;
}

int main(int argc, char *argv[])
{
    int read = config_read(&server.config, argc, argv), result = -1;

    http_signals_open();
    if (read == 1) {
        config_usage(&server.config);
        fputs(HTTP_PAGES_HELP, stdout);
        result = 0;
    } else if (read < 0) {
        fail("", server.config.error);
    } else if (curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK) {
        result = open_all();
        if (result == 0)
            result = serve();
        curl_global_cleanup();
    }
    http_state_close(&server.state);
    bound_token_close(&server.token);
    http_log_close();
    config_free(&server.config);
    return result == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
