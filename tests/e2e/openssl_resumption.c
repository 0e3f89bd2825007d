/* SPDX-License-Identifier: MIT */
/*
 * A resumed session brings the leaf alone, and OpenSSL calls no verify callback for it. By TLS 1.3
 * ticket, TLS 1.2 ticket and TLS 1.2 session id: allowed while nothing has changed, also for a
 * client that sent its intermediate in the first handshake; denied once the rule or the truststore
 * has changed, and a session does not cross from one policy to another. Nor does it call one for a
 * pre-shared key, for which no certificate is asked at all: the step behind the handshake denies.
 */
#include <mtlsauth/mtlsauth.h>
#include <mtlsauth/openssl.h>
#include "handshake.h"

static SSL_SESSION *newest;

static int keep_session(SSL *ssl, SSL_SESSION *session)
{
    (void)ssl;
    SSL_SESSION_free(newest);
    newest = session;
    return 1;
}

static const struct kind {
    const char *name;
    int version;
    unsigned long options;
    /* What an authorizer says that has never seen the intermediate. A session in the memory of the
     * server's process still has the chain that the client sent; a ticket has the leaf. */
    int never_seen;
} kinds[] = {
    {"TLS 1.3 ticket", TLS1_3_VERSION, 0, MTLSAUTH_DENY_ISSUER_NOT_FOUND},
    {"TLS 1.2 ticket", TLS1_2_VERSION, 0, MTLSAUTH_DENY_ISSUER_NOT_FOUND},
    {"TLS 1.2 session id", TLS1_2_VERSION, SSL_OP_NO_TICKET, MTLSAUTH_OK},
};

static mtlsauth_policy *make_policy(const char *matcher)
{
    const char *const matchers[] = {matcher};
    mtlsauth_policy *policy = NULL;

    must(mtlsauth_policy_new(&policy, MTLSAUTH_PROFILE_API_GATEWAY) == MTLSAUTH_OK &&
             mtlsauth_policy_set_revocation(policy, MTLSAUTH_EVIDENCE_OFF, MTLSAUTH_DEPTH_LEAF) ==
                 MTLSAUTH_OK &&
             mtlsauth_policy_allow(policy, "client", matchers, 1) == MTLSAUTH_OK,
         mtlsauth_last_error());
    return policy;
}

static mtlsauth_truststore *load(const char *name)
{
    mtlsauth_truststore *truststore = NULL;

    must(mtlsauth_truststore_load_file(&truststore, data_file(name), NULL) == MTLSAUTH_OK,
         mtlsauth_last_error());
    return truststore;
}

struct test {
    SSL_CTX *server, *client;
    mtlsauth_authorizer *authorizer;
    mtlsauth_decision *decision;
    unsigned char context[MTLSAUTH_SHA256_LEN];
};

static void set_up(struct test *test, const struct kind *kind)
{
    mtlsauth_truststore *truststore = load("root.pem");
    mtlsauth_policy *policy = make_policy("dns:client.example.com");

    must(mtlsauth_authorizer_new(&test->authorizer, truststore, policy) == MTLSAUTH_OK &&
             mtlsauth_decision_new(&test->decision) == MTLSAUTH_OK,
         mtlsauth_last_error());
    must(mtlsauth_authorizer_session_context(test->authorizer, test->context) == MTLSAUTH_OK,
         "the session context");
    test->server = make_context(TLS_server_method(), "server.pem", "server.key", kind->version);
    test->client = make_context(TLS_client_method(), "chain.pem", "client.key", kind->version);
    SSL_CTX_set_options(test->server, kind->options);
    SSL_CTX_set_session_cache_mode(test->server, SSL_SESS_CACHE_SERVER);
    SSL_CTX_set_verify(test->server, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    SSL_CTX_set_cert_verify_callback(test->server, mtlsauth_openssl_verify, test->authorizer);
    SSL_CTX_set_session_cache_mode(test->client, SSL_SESS_CACHE_CLIENT |
                                                     SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(test->client, keep_session);
    mtlsauth_truststore_free(truststore);
    mtlsauth_policy_free(policy);
}

static void tear_down(struct test *test)
{
    SSL_SESSION_free(newest);
    newest = NULL;
    SSL_CTX_free(test->server);
    SSL_CTX_free(test->client);
    mtlsauth_decision_free(test->decision);
    mtlsauth_authorizer_free(test->authorizer);
    ERR_clear_error();
}

/* Connects; *again is the answer behind the handshake, or MTLSAUTH_DENY_NOT_EVALUATED. */
static int try_connection(struct test *test, SSL_SESSION *session, int *resumed, int *again)
{
    struct peers peers;
    int done;

    peers_new(&peers, test->server, test->client, session);
    must(SSL_set_session_id_context(peers.server, test->context, sizeof test->context) == 1,
         "the session id context");
    done = shake_hands(&peers);
    *resumed = done && SSL_session_reused(peers.server);
    *again = MTLSAUTH_DENY_NOT_EVALUATED;
    if (done)
        *again = mtlsauth_openssl_authorize_again(test->authorizer, peers.server, test->decision);
    SSL_set_shutdown(peers.server, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    SSL_set_shutdown(peers.client, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    peers_free(&peers);
    return done;
}

static int failed;

static void expect(const char *kind, const char *what, int got, int want)
{
    if (got == want)
        return;
    fprintf(stderr, "%s: %s is %d, not %d\n", kind, what, got, want);
    failed = 1;
}

/* The first handshake, whose session is kept. */
static SSL_SESSION *first_session(struct test *test, const struct kind *kind)
{
    int resumed, again;

    expect(kind->name, "the first handshake", try_connection(test, NULL, &resumed, &again), 1);
    expect(kind->name, "its resumption", resumed, 0);
    expect(kind->name, "the answer behind it", again, MTLSAUTH_OK);
    must(newest != NULL, "a session");
    must(SSL_SESSION_up_ref(newest) == 1, "a reference");
    return newest;
}

static void unchanged(const struct kind *kind)
{
    struct test test;
    SSL_SESSION *session;
    int resumed, again;

    set_up(&test, kind);
    session = first_session(&test, kind);
    try_connection(&test, session, &resumed, &again);
    expect(kind->name, "resumption", resumed, 1);
    expect(kind->name, "the answer with nothing changed", again, MTLSAUTH_OK);
    expect(kind->name, "allowed", mtlsauth_decision_allowed(test.decision), 1);
    SSL_SESSION_free(session);
    tear_down(&test);
}

static void rule_changed(const struct kind *kind)
{
    mtlsauth_policy *policy = make_policy("dns:another.example.com");
    struct test test;
    SSL_SESSION *session;
    int resumed, again;

    set_up(&test, kind);
    session = first_session(&test, kind);
    must(mtlsauth_authorizer_set_policy(test.authorizer, policy) == MTLSAUTH_OK, "the new rule");
    try_connection(&test, session, &resumed, &again);
    expect(kind->name, "resumption", resumed, 1);
    expect(kind->name, "the answer after a rule changed", again, MTLSAUTH_DENY_IDENTITY);
    SSL_SESSION_free(session);
    mtlsauth_policy_free(policy);
    tear_down(&test);
}

static void truststore_changed(const struct kind *kind)
{
    mtlsauth_truststore *other = load("other-root.pem");
    struct test test;
    SSL_SESSION *session;
    int resumed, again;

    set_up(&test, kind);
    session = first_session(&test, kind);
    must(mtlsauth_authorizer_set_truststore(test.authorizer, other) == MTLSAUTH_OK,
         "the new truststore");
    try_connection(&test, session, &resumed, &again);
    expect(kind->name, "resumption", resumed, 1);
    expect(kind->name, "the answer after the truststore changed",
           again == MTLSAUTH_DENY_ISSUER_NOT_FOUND || again == MTLSAUTH_DENY_UNTRUSTED_ROOT, 1);
    SSL_SESSION_free(session);
    mtlsauth_truststore_free(other);
    tear_down(&test);
}

/* With the session id context of the new policy, the old session is not resumed at all. */
static void context_changed(const struct kind *kind)
{
    mtlsauth_policy *policy = make_policy("dns:*.example.com");
    struct test test;
    SSL_SESSION *session;
    int resumed, again;

    set_up(&test, kind);
    session = first_session(&test, kind);
    must(mtlsauth_authorizer_set_policy(test.authorizer, policy) == MTLSAUTH_OK &&
             mtlsauth_authorizer_session_context(test.authorizer, test.context) == MTLSAUTH_OK,
         "the new policy");
    try_connection(&test, session, &resumed, &again);
    expect(kind->name, "resumption across policies", resumed, 0);
    SSL_SESSION_free(session);
    mtlsauth_policy_free(policy);
    tear_down(&test);
}

/* A process that has not seen the intermediate asks for a full handshake. */
static void never_seen(const struct kind *kind)
{
    mtlsauth_truststore *truststore = load("root.pem");
    mtlsauth_policy *policy = make_policy("dns:client.example.com");
    mtlsauth_authorizer *fresh = NULL, *seen;
    struct test test;
    SSL_SESSION *session;
    int resumed, again;

    must(mtlsauth_authorizer_new(&fresh, truststore, policy) == MTLSAUTH_OK, "an authorizer");
    set_up(&test, kind);
    session = first_session(&test, kind);
    seen = test.authorizer;
    test.authorizer = fresh;
    try_connection(&test, session, &resumed, &again);
    expect(kind->name, "resumption", resumed, 1);
    expect(kind->name, "the answer of an authorizer that has not seen the intermediate", again,
           kind->never_seen);
    test.authorizer = seen;
    SSL_SESSION_free(session);
    mtlsauth_authorizer_free(fresh);
    mtlsauth_truststore_free(truststore);
    mtlsauth_policy_free(policy);
    tear_down(&test);
}

static unsigned know_key(SSL *ssl, const char *identity, unsigned char *key, unsigned room)
{
    (void)ssl;
    (void)identity;
    must(room >= MTLSAUTH_SHA256_LEN, "room for a key");
    memset(key, 7, MTLSAUTH_SHA256_LEN);
    return MTLSAUTH_SHA256_LEN;
}

static unsigned show_key(SSL *ssl, const char *hint, char *identity, unsigned identity_room,
                         unsigned char *key, unsigned room)
{
    (void)hint;
    snprintf(identity, identity_room, "sensor");
    return know_key(ssl, identity, key, room);
}

/* Where the server knows one, TLS 1.2 asks for no certificate, whatever the verify mode says. */
static void pre_shared_key(void)
{
    const struct kind kind = {"TLS 1.2 PSK", TLS1_2_VERSION, 0, MTLSAUTH_OK};
    struct test test;
    int resumed, again;

    set_up(&test, &kind);
    SSL_CTX_set_psk_server_callback(test.server, know_key);
    SSL_CTX_set_psk_client_callback(test.client, show_key);
    must(SSL_CTX_set_cipher_list(test.client, "PSK") == 1, "ciphers");
    expect(kind.name, "the handshake", try_connection(&test, NULL, &resumed, &again), 1);
    expect(kind.name, "resumption", resumed, 0);
    expect(kind.name, "the answer behind it", again, MTLSAUTH_DENY_NO_CERTIFICATE);
    tear_down(&test);
}

int main(void)
{
    pre_shared_key();
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        unchanged(&kinds[i]);
        rule_changed(&kinds[i]);
        truststore_changed(&kinds[i]);
        context_changed(&kinds[i]);
        never_seen(&kinds[i]);
    }
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
