/* SPDX-License-Identifier: MIT */
#ifndef EXAMPLES_IDENTITIES_H
#define EXAMPLES_IDENTITIES_H

/* The certificates of a server, chosen by the name that the client asks for (SNI). */

#include <stddef.h>
#include <openssl/ssl.h>

enum { MAX_IDENTITIES = 16 };

struct identities {
    const char *certs[MAX_IDENTITIES], *keys[MAX_IDENTITIES];
    size_t cert_count, key_count;
    SSL_CTX *loaded[MAX_IDENTITIES]; /* each holds a certificate, its chain and its key */
};

#define IDENTITIES_ERROR_LEN 1024

/* Loads every pair of files. An encrypted key is an error, not a prompt. 0, or -1 with a
 * sentence. */
int identities_load(struct identities *identities, char error[IDENTITIES_ERROR_LEN]);

/*
 * For SSL_CTX_set_cert_cb. The first is for clients that ask for a name that none has. The
 * certificate is changed and not the SSL_CTX, so that one policy holds whatever name is asked for.
 */
int identities_choose(SSL *ssl, void *identities);

void identities_free(struct identities *identities);

#endif
