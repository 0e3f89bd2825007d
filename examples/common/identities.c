/* SPDX-License-Identifier: MIT */
#include "identities.h"

#include <stdio.h>
#include <string.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

static int no_password(char *buffer, int size, int writing, void *unused)
{
    (void)buffer;
    (void)size;
    (void)writing;
    (void)unused;
    return -1;
}

static const char *first_error(void)
{
    unsigned long number = ERR_peek_error();
    const char *text = ERR_SYSTEM_ERROR(number) ? strerror(ERR_GET_REASON(number))
                                                : ERR_reason_error_string(number);

    return text != NULL ? text : "not what was expected";
}

int identities_load(struct identities *identities, char error[IDENTITIES_ERROR_LEN])
{
    for (size_t i = 0; i < identities->cert_count; i++) {
        const char *cert = identities->certs[i], *key = identities->keys[i], *wrong = NULL;
        SSL_CTX *ctx = identities->loaded[i] = SSL_CTX_new(TLS_server_method());

        ERR_clear_error();
        if (ctx == NULL) {
            snprintf(error, IDENTITIES_ERROR_LEN, "out of memory");
            return -1;
        }
        SSL_CTX_set_default_passwd_cb(ctx, no_password);
        if (SSL_CTX_use_certificate_chain_file(ctx, cert) != 1)
            wrong = "name a file with the server's certificate and its intermediates, PEM";
        else if (SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) != 1)
            wrong = "name a file with the certificate's key, PEM and not encrypted";
        if (wrong != NULL) {
            snprintf(error, IDENTITIES_ERROR_LEN, "--cert %s --key %s: %s: %s", cert, key,
                     first_error(), wrong);
            return -1;
        }
    }
    return 0;
}

int identities_choose(SSL *ssl, void *arg)
{
    const struct identities *identities = arg;
    const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    SSL_CTX *chosen = identities->loaded[0];
    STACK_OF(X509) *chain = NULL;

    for (size_t i = 0; name != NULL && i < identities->cert_count; i++) {
        if (X509_check_host(SSL_CTX_get0_certificate(identities->loaded[i]), name, 0,
                            X509_CHECK_FLAG_NEVER_CHECK_SUBJECT, NULL) == 1) {
            chosen = identities->loaded[i];
            break;
        }
    }
    return SSL_CTX_get0_chain_certs(chosen, &chain) == 1 &&
           SSL_use_cert_and_key(ssl, SSL_CTX_get0_certificate(chosen),
                                SSL_CTX_get0_privatekey(chosen), chain, 1) == 1;
}

void identities_free(struct identities *identities)
{
    for (size_t i = 0; i < MAX_IDENTITIES; i++)
        SSL_CTX_free(identities->loaded[i]);
}
