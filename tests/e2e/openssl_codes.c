/* SPDX-License-Identifier: MIT */
/*
 * Every code through a real handshake: what mtlsauth_authorize returns is put in its place, and
 * only MTLSAUTH_OK may connect. To OpenSSL any number but 0 is an allow, so a code handed through
 * would let the client in.
 */
#include <limits.h>
#include <mtlsauth/mtlsauth.h>
#define mtlsauth_authorize answer_instead
static int answer_instead(mtlsauth_authorizer *authorizer, const mtlsauth_chain *chain,
                          mtlsauth_decision *decision);
#include <mtlsauth/openssl.h>
#include "handshake.h"

static int answer;
static int asked;

static int answer_instead(mtlsauth_authorizer *authorizer, const mtlsauth_chain *chain,
                          mtlsauth_decision *decision)
{
    (void)authorizer;
    (void)decision;
    asked = mtlsauth_chain_count(chain) == 2;
    return answer;
}

static int connects(int version, int code, long *verify_result)
{
    SSL_CTX *server = make_context(TLS_server_method(), "server.pem", "server.key", version);
    SSL_CTX *client = make_context(TLS_client_method(), "chain.pem", "client.key", version);
    struct peers peers;
    int done;

    answer = code;
    asked = 0;
    SSL_CTX_set_verify(server, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    SSL_CTX_set_cert_verify_callback(server, mtlsauth_openssl_verify, NULL);
    peers_new(&peers, server, client, NULL);
    done = shake_hands(&peers);
    *verify_result = SSL_get_verify_result(peers.server);
    peers_free(&peers);
    SSL_CTX_free(server);
    SSL_CTX_free(client);
    ERR_clear_error();
    return done;
}

static int check(int version, int code)
{
    long result;
    int done = connects(version, code, &result);
    int failed = 0;

    if (!asked) {
        fprintf(stderr, "code %d: the callback did not see leaf and intermediate\n", code);
        failed = 1;
    }
    if (done != (code == MTLSAUTH_OK)) {
        fprintf(stderr, "code %d (%s), version %x: connected: %d\n", code, mtlsauth_code_name(code),
                (unsigned)version, done);
        failed = 1;
    }
    if ((result == X509_V_OK) != (code == MTLSAUTH_OK)) {
        fprintf(stderr, "code %d: the verify result is %ld\n", code, result);
        failed = 1;
    }
    return failed;
}

/* OpenSSL asks nobody when there is no certificate: FAIL_IF_NO_PEER_CERT refuses. */
static int check_no_certificate(int version)
{
    SSL_CTX *server = make_context(TLS_server_method(), "server.pem", "server.key", version);
    SSL_CTX *client = make_context(TLS_client_method(), NULL, NULL, version);
    struct peers peers;
    int done;

    answer = MTLSAUTH_OK;
    asked = 0;
    SSL_CTX_set_verify(server, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    SSL_CTX_set_cert_verify_callback(server, mtlsauth_openssl_verify, NULL);
    peers_new(&peers, server, client, NULL);
    done = shake_hands(&peers);
    peers_free(&peers);
    SSL_CTX_free(server);
    SSL_CTX_free(client);
    ERR_clear_error();
    if (done || asked)
        fprintf(stderr, "no certificate: connected %d, callback called %d\n", done, asked);
    return done || asked;
}

int main(void)
{
    static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
    static const int others[] = {INT_MIN, INT_MAX, 30, 100, 256, 65536, -15};
    int failed = 0;

    for (size_t v = 0; v < sizeof versions / sizeof versions[0]; v++) {
        failed |= check_no_certificate(versions[v]);
        for (int code = MTLSAUTH_ERR_CANCELLED; code <= MTLSAUTH_DENY_NOT_EVALUATED; code++)
            failed |= check(versions[v], code);
        for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
            failed |= check(versions[v], others[i]);
    }
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
