/* SPDX-License-Identifier: MIT */
#ifndef TESTS_E2E_HANDSHAKE_H
#define TESTS_E2E_HANDSHAKE_H

/* A real TLS handshake between a client and a server of this process, through memory. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

struct peers {
    SSL *server, *client;
};

/* A file of the test data that tests/data/make.sh makes. */
static inline const char *data_file(const char *name)
{
    static char path[4][4096];
    static unsigned next;
    const char *folder = getenv("MTLSAUTH_TEST_DATA");
    char *out = path[next++ % 4];

    snprintf(out, sizeof path[0], "%s/%s", folder == NULL ? "." : folder, name);
    return out;
}

static inline void must(int ok, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "cannot set up the test: %s\n", what);
    ERR_print_errors_fp(stderr);
    exit(EXIT_FAILURE);
}

static inline SSL_CTX *make_context(const SSL_METHOD *method, const char *chain, const char *key,
                                    int version)
{
    SSL_CTX *ctx = SSL_CTX_new(method);

    must(ctx != NULL, "a context");
    must(SSL_CTX_set_min_proto_version(ctx, version) == 1 &&
             SSL_CTX_set_max_proto_version(ctx, version) == 1,
         "its version");
    if (chain != NULL)
        must(SSL_CTX_use_certificate_chain_file(ctx, data_file(chain)) == 1 &&
                 SSL_CTX_use_PrivateKey_file(ctx, data_file(key), SSL_FILETYPE_PEM) == 1,
             chain);
    return ctx;
}

static inline void peers_free(struct peers *peers)
{
    SSL_free(peers->server);
    SSL_free(peers->client);
    *peers = (struct peers){NULL, NULL};
}

static inline void peers_new(struct peers *peers, SSL_CTX *server_ctx, SSL_CTX *client_ctx,
                             SSL_SESSION *session)
{
    BIO *server_bio = NULL, *client_bio = NULL;

    must(BIO_new_bio_pair(&server_bio, 65536, &client_bio, 65536) == 1, "a BIO pair");
    peers->server = SSL_new(server_ctx);
    peers->client = SSL_new(client_ctx);
    must(peers->server != NULL && peers->client != NULL, "connections");
    SSL_set_bio(peers->server, server_bio, server_bio);
    SSL_set_bio(peers->client, client_bio, client_bio);
    SSL_set_accept_state(peers->server);
    SSL_set_connect_state(peers->client);
    if (session != NULL)
        must(SSL_set_session(peers->client, session) == 1, "the session to resume");
}

static inline int wants_more(SSL *ssl, int result)
{
    int error = SSL_get_error(ssl, result);

    return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
}

/* 1 when both sides have finished. A TLS 1.3 client believes so before the server has looked. */
static inline int shake_hands(struct peers *peers)
{
    char byte;

    for (int round = 0; round < 50; round++) {
        int client = SSL_do_handshake(peers->client);
        int server = SSL_do_handshake(peers->server);

        if (server != 1 && !wants_more(peers->server, server))
            return 0;
        if (client != 1 && !wants_more(peers->client, client))
            return 0;
        if (client == 1 && server == 1) {
            /* Takes the tickets that come after a TLS 1.3 handshake, or the alert. */
            int got;

            must(SSL_write(peers->server, "x", 1) == 1, "a byte to the client");
            got = SSL_read(peers->client, &byte, 1);
            return got == 1 && byte == 'x';
        }
    }
    return 0;
}

#endif
