/* SPDX-License-Identifier: MIT */

/*
 * A TLS server that asks libmtlsauth about its clients.
 *
 *     tls_server --port 8443 --cert server.pem --key server.key --truststore cas.pem
 *                --rule partner dns:client.example.com
 *
 *     cc -o tls_server tls_server.c common/{access,identities,intermediates,listener,log,rules}.c
 *        -pthread $(pkg-config --cflags --libs libmtlsauth libssl libcrypto)
 *
 *     curl --cacert server-ca.pem --cert client.pem --key client.key https://localhost:8443/
 *
 * What to copy: on_certificate() and the three lines around it in make_context(), the session id
 * context in serve(), and decide(), which is the gate. The rest is a small HTTPS server: a thread a
 * connection, each with a deadline; one request, one answer. Clients learn that they are refused;
 * the reason goes to the log. SIGHUP reads truststore, intermediates and rules again, and keeps the
 * old ones if the new ones do not load. SIGTERM ends it.
 */

#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <mtlsauth/mtlsauth.h>
#include <mtlsauth/openssl.h>
#include "common/access.h"
#include "common/identities.h"
#include "common/listener.h"
#include "common/log.h"

enum { MAX_CONNECTIONS = 64, REQUEST_LIMIT = 8192 };

static struct server {
    struct identities identities;
    struct access access;
    mtlsauth_authorizer *authorizer;
    SSL_CTX *ctx;
    unsigned long port, timeout;
    int verbose;
} server = {.access = {.profile = MTLSAUTH_PROFILE_API_GATEWAY}, .port = 8443, .timeout = 10};

struct connection {
    int fd, stop_fd;
    const char *peer;
    SSL *ssl;
    mtlsauth_decision *decision;
    const char *failure; /* what ended it, other than a decision */
    int64_t deadline;    /* milliseconds of the monotonic clock */
};

static void log_step(const struct connection *c, const char *step)
{
    if (server.verbose)
        log_line("peer=%s step %s", c->peer, step);
}

static void log_decision(const struct connection *c)
{
    int code = mtlsauth_decision_code(c->decision);
    int failed = c->failure != NULL;
    char label[LOG_FIELD_LEN], identity[LOG_FIELD_LEN], reason[LOG_FIELD_LEN];

    log_line("peer=%s tls=%s session=%s answer=%s code=%s label=%s identity=%s reason=%s", c->peer,
             SSL_get_version(c->ssl), SSL_session_reused(c->ssl) ? "resumed" : "new",
             failed                                   ? "failed"
             : mtlsauth_decision_allowed(c->decision) ? "allowed"
                                                      : "denied",
             failed ? "-" : mtlsauth_code_name(code),
             log_quoted(mtlsauth_decision_label(c->decision), label),
             log_quoted(mtlsauth_decision_identity(c->decision), identity),
             log_quoted(failed ? c->failure : mtlsauth_decision_message(c->decision), reason));
}

/* The seven steps of mutual TLS, told from the handshake messages as they pass (-v). */
static void on_message(int sent, int version, int type, const void *data, size_t len, SSL *ssl,
                       void *unused)
{
    const struct connection *c = SSL_get_app_data(ssl);
    int message = type == SSL3_RT_HANDSHAKE && len > 0 ? *(const unsigned char *)data : -1;

    (void)version;
    (void)unused;
    if (message == SSL3_MT_CLIENT_HELLO && !sent) {
        log_step(c, "1: the client connects and says hello");
    } else if (message == SSL3_MT_CERTIFICATE && sent) {
        log_step(c, "2: the server presents its certificate");
    } else if (message == SSL3_MT_CERTIFICATE) {
        log_step(c, "3: the client accepts it, for it goes on");
        /* A list without a certificate is 4 octets of header and 3 or, in TLS 1.3, 4 of length. */
        log_step(c, len > 8 ? "4: the client presents its certificate"
                            : "4: the client presents no certificate");
    }
}

/* OpenSSL asks about the client's certificate: 1 allows, 0 denies, and nothing else may be said. */
static int on_certificate(X509_STORE_CTX *store_ctx, void *authorizer)
{
    SSL *ssl = X509_STORE_CTX_get_ex_data(store_ctx, SSL_get_ex_data_X509_STORE_CTX_idx());
    struct connection *c = SSL_get_app_data(ssl);

    return mtlsauth_openssl_authorize(authorizer, store_ctx, c->decision);
}

/*
 * The gate. OpenSSL calls on_certificate neither for a client that presents none nor for a resumed
 * session, so whatever came of the handshake, only a decision that allows opens it.
 */
static int decide(struct connection *c, int handshake_done)
{
    unsigned long error = ERR_peek_last_error();
    int code = mtlsauth_decision_code(c->decision);

    if (handshake_done && SSL_session_reused(c->ssl)) {
        log_step(c, "2-4: nothing is presented, for an earlier session goes on; asked again");
        code = mtlsauth_openssl_authorize_again(server.authorizer, c->ssl, c->decision);
    } else if (code == MTLSAUTH_DENY_NOT_EVALUATED && ERR_GET_LIB(error) == ERR_LIB_SSL &&
               ERR_GET_REASON(error) == SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE) {
        code = mtlsauth_authorize(server.authorizer, NULL, c->decision);
    } else if (!handshake_done && (code == MTLSAUTH_DENY_NOT_EVALUATED || code == MTLSAUTH_OK)) {
        mtlsauth_decision_reset(c->decision);
        if (c->failure == NULL)
            c->failure = error != 0 ? ERR_reason_error_string(error) : "the client hung up";
        if (c->failure == NULL)
            c->failure = "the TLS handshake failed";
        return 0;
    }
    log_step(c, "5: the server verifies the client's certificate");
    if (code != MTLSAUTH_OK || !mtlsauth_decision_allowed(c->decision)) {
        log_step(c, "6: access is refused, and the client is not told why");
        SSL_CTX_remove_session(server.ctx, SSL_get_session(c->ssl));
        return 0;
    }
    log_step(c, "6: access is granted");
    return 1;
}

/* After an SSL_ call that gave result: 1 to call again, once the socket is ready; 0 to give up. */
static int again(struct connection *c, int result)
{
    int error = SSL_get_error(c->ssl, result);
    int64_t left = c->deadline - listener_now();
    struct pollfd fds[2] = {
        {.fd = c->fd, .events = error == SSL_ERROR_WANT_WRITE ? POLLOUT : POLLIN},
        {.fd = c->stop_fd, .events = POLLIN},
    };

    if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE)
        return 0;
    if (left <= 0 || poll(fds, 2, (int)left) <= 0) {
        c->failure = "the client took too long";
        return 0;
    }
    if (fds[1].revents != 0)
        c->failure = "the server stops";
    return fds[1].revents == 0;
}

static int accept_tls(struct connection *c)
{
    int result;

    ERR_clear_error();
    while ((result = SSL_accept(c->ssl)) <= 0)
        if (!again(c, result))
            return 0;
    return 1;
}

/* Reads up to the blank line that ends the head of a request. */
static int read_request(struct connection *c)
{
    char request[REQUEST_LIMIT + 1];
    size_t have = 0, n;

    while (have < REQUEST_LIMIT) {
        int result = SSL_read_ex(c->ssl, request + have, REQUEST_LIMIT - have, &n);

        if (result <= 0 && again(c, result))
            continue;
        if (result <= 0)
            return 0;
        have += n;
        request[have] = '\0';
        if (strstr(request, "\r\n\r\n") != NULL)
            return 1;
    }
    return 0;
}

static void answer(struct connection *c)
{
    char body[4096], text[4608];
    size_t written;
    int result, len;

    if (!read_request(c))
        return;
    len = snprintf(body, sizeof body, "allowed\nidentity: %s\nlabel: %s\n",
                   mtlsauth_decision_identity(c->decision), mtlsauth_decision_label(c->decision));
    if (len < 0 || (size_t)len >= sizeof body)
        return;
    len = snprintf(text, sizeof text,
                   "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\n"
                   "Content-Length: %d\r\nConnection: close\r\n\r\n%s",
                   len, body);
    while ((result = SSL_write_ex(c->ssl, text, (size_t)len, &written)) <= 0)
        if (!again(c, result))
            return;
    log_step(c, "7: request and answer have crossed the encrypted connection");
    SSL_shutdown(c->ssl);
}

static void serve(int fd, int stop_fd, const char *peer)
{
    struct connection c = {.fd = fd, .stop_fd = stop_fd, .peer = peer};
    unsigned char context[MTLSAUTH_SHA256_LEN];

    c.deadline = listener_now() + (int64_t)server.timeout * 1000;
    /* A session belongs to truststore and rules as they are now: another context, no resumption. */
    if ((c.ssl = SSL_new(server.ctx)) != NULL && SSL_set_fd(c.ssl, fd) == 1 &&
        SSL_set_app_data(c.ssl, &c) == 1 && mtlsauth_decision_new(&c.decision) == MTLSAUTH_OK &&
        mtlsauth_authorizer_session_context(server.authorizer, context) == MTLSAUTH_OK &&
        SSL_set_session_id_context(c.ssl, context, sizeof context) == 1) {
        int open = decide(&c, accept_tls(&c));

        log_decision(&c);
        if (open)
            answer(&c);
    } else {
        log_line("peer=%s answer=failed code=- reason=\"out of memory\"", peer);
    }
    SSL_free(c.ssl);
    mtlsauth_decision_free(c.decision);
    OPENSSL_thread_stop(); /* frees what OpenSSL keeps for this thread */
}

static int make_context(void)
{
    char error[IDENTITIES_ERROR_LEN];

    if (identities_load(&server.identities, error) != 0) {
        give_up("%s", error);
        return 0;
    }
    if ((server.ctx = SSL_CTX_new(TLS_server_method())) == NULL ||
        SSL_CTX_set_min_proto_version(server.ctx, TLS1_2_VERSION) != 1)
        return 0;
    SSL_CTX_set_verify(server.ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    SSL_CTX_set_cert_verify_callback(server.ctx, on_certificate, server.authorizer);
    SSL_CTX_set_cert_cb(server.ctx, identities_choose, &server.identities);
    /* Sessions are kept here and not in tickets, so that one can be taken away. */
    SSL_CTX_set_options(server.ctx, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_session_cache_mode(server.ctx, SSL_SESS_CACHE_SERVER);
    if (server.verbose)
        SSL_CTX_set_msg_callback(server.ctx, on_message);
    return 1;
}

static int load(void)
{
    char message[RULES_ERROR_LEN];
    int result = access_load(&server.access, &server.authorizer, message);

    if (message[0] != '\0')
        log_line("%s: %s", result == 0 ? "warning" : "not loaded", message);
    return result;
}

static void reload(void)
{
    const char *how = load() == 0 ? "done" : "failed, what was loaded before goes on";

    log_line("reload: %s; generation %llu", how,
             (unsigned long long)mtlsauth_authorizer_generation(server.authorizer));
}

static const char usage[] =
    "usage: tls_server --cert FILE --key FILE --truststore FILE [OPTION]...\n\n"
    "  --port N                port on 127.0.0.1, 8443 by default; 0 takes a free one\n"
    "  --cert FILE --key FILE  the server's certificate chain and key, PEM; repeat the pair for\n"
    "                          more names: the name that the client asks for (SNI) chooses\n"
    "  --truststore FILE       CA certificates that may vouch for a client\n"
    "  --intermediates FILE    CA certificates that clients may leave out\n"
    "  --profile PROFILE       api-gateway (default), alb or strict\n"
    "  --allow MATCHER[,MATCHER]...  --rule LABEL MATCHER...  --allow-any  --block MATCHER\n"
    "  --rules FILE            who may in: 'mtlsauth check --help' explains them\n"
    "  --log FILE              append the log to FILE; stderr by default\n"
    "  --timeout SECONDS       for a whole connection, 10 by default\n"
    "  -v, --verbose           log the steps of each handshake\n";

static int take_number(const char *option, unsigned long max, unsigned long *number)
{
    char *end;

    errno = 0;
    *number = strtoul(optarg, &end, 10);
    if (*optarg < '0' || *optarg > '9' || *end != '\0' || errno != 0 || *number > max)
        return give_up("--%s %s: a number up to %lu is needed", option, optarg, max);
    return 0;
}

static int take_file(const char *files[], size_t *count)
{
    if (*count == MAX_IDENTITIES)
        return give_up("more than %d certificates", MAX_IDENTITIES);
    files[(*count)++] = optarg;
    return 0;
}

static int take_option(int option, int argc, char *argv[])
{
    switch (option) {
    case 'p':
        return take_number("port", 65535, &server.port);
    case 't':
        return take_number("timeout", 3600, &server.timeout);
    case 'c':
        return take_file(server.identities.certs, &server.identities.cert_count);
    case 'k':
        return take_file(server.identities.keys, &server.identities.key_count);
    case 'T':
        server.access.truststore = optarg;
        return 0;
    case 'i':
        server.access.intermediates = optarg;
        return 0;
    case 'P':
        if (mtlsauth_profile_from_name(optarg, &server.access.profile) != MTLSAUTH_OK)
            return give_up("--profile: api-gateway, alb or strict");
        return 0;
    case 'l':
        return log_open(optarg) == 0 ? 0 : give_up("--log %s: %s", optarg, strerror(errno));
    case 'v':
        server.verbose = 1;
        return 0;
    case 1:
        return give_up("'%s' is no option and no matcher", optarg);
    case '?':
        return -1;
    default:
        return rules_take_option(&server.access.rules, option, argc, argv);
    }
}

static int take_options(int argc, char *argv[])
{
    static const struct option options[] = {
        {"port", 1, NULL, 'p'},
        {"cert", 1, NULL, 'c'},
        {"key", 1, NULL, 'k'},
        {"truststore", 1, NULL, 'T'},
        {"intermediates", 1, NULL, 'i'},
        {"profile", 1, NULL, 'P'},
        {"log", 1, NULL, 'l'},
        {"timeout", 1, NULL, 't'},
        {"verbose", 0, NULL, 'v'},
        {"help", 0, NULL, 'h'},
        RULES_LONG_OPTIONS,
        {NULL, 0, NULL, 0},
    };
    int option;

    while ((option = getopt_long(argc, argv, "-v", options, NULL)) != -1) {
        if (option == 'h') {
            fputs(usage, stdout);
            exit(0);
        }
        if (take_option(option, argc, argv) != 0)
            return -1;
    }
    if (optind < argc)
        return give_up("'%s' is no option", argv[optind]);
    if (server.identities.cert_count == 0 ||
        server.identities.cert_count != server.identities.key_count ||
        server.access.truststore == NULL)
        return give_up("--cert and --key (as many of each) and --truststore are needed");
    return 0;
}

int main(int argc, char *argv[])
{
    int status = 2;

    if (take_options(argc, argv) != 0) {
        fputs("Try 'tls_server --help'.\n", stderr);
    } else if (load() == 0 && make_context()) {
        if (listener_run((uint16_t)server.port, MAX_CONNECTIONS, serve, reload) == 0)
            status = 0;
        else
            give_up("port %lu: %s: choose another with --port, 0 for any", server.port,
                    strerror(errno));
    }
    SSL_CTX_free(server.ctx);
    identities_free(&server.identities);
    mtlsauth_authorizer_free(server.authorizer);
    rules_free(&server.access.rules);
    log_close();
    return status;
}
