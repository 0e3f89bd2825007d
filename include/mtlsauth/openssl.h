/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_OPENSSL_H
#define MTLSAUTH_OPENSSL_H

/*
 * For servers that use OpenSSL: hands what OpenSSL has to the library as DER. All of it is static
 * inline, so that the shared library exports no OpenSSL type. Not part of <mtlsauth/mtlsauth.h>;
 * link libssl and libcrypto yourself.
 *
 * The recipe, all of which is needed:
 *
 *     SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
 *     SSL_CTX_set_cert_verify_callback(ctx, mtlsauth_openssl_verify, authorizer);
 *
 *     for each connection, before SSL_accept:
 *         unsigned char context[MTLSAUTH_SHA256_LEN];
 *         if (mtlsauth_authorizer_session_context(authorizer, context) != MTLSAUTH_OK ||
 *             SSL_set_session_id_context(ssl, context, sizeof context) != 1)
 *             refuse the connection;
 *
 *     after SSL_accept, of every connection:
 *         if (mtlsauth_openssl_authorize_again(authorizer, ssl, decision) != MTLSAUTH_OK)
 *             close the connection and SSL_CTX_remove_session(ctx, SSL_get_session(ssl));
 *
 * OpenSSL does *not* call the verify callback when the client sends no certificate (hence
 * FAIL_IF_NO_PEER_CERT), nor when a session is resumed (a certificate may have been revoked, or a
 * rule changed, since it began), nor for a pre-shared key, for which TLS 1.2 asks for no certificate
 * at all. Hence the last step, for each of them; behind a handshake in which the callback has
 * decided it costs a few microseconds. What a client sends as early data (TLS 1.3) is there before
 * it: do not serve that.
 *
 * Every denial looks the same on the wire: X509_V_ERR_CERT_REJECTED, the alert bad_certificate.
 * The reason stays with the decision; mtlsauth_code_openssl() gives OpenSSL's number for it.
 * A function here that fails since it got NULL, or since OpenSSL failed, leaves the text of
 * mtlsauth_last_error() as it was.
 */

#include <stdlib.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <mtlsauth/authorizer.h>
#include <mtlsauth/error.h>

MTLSAUTH_BEGIN_DECLS

/*
 * A certificate handle from an X509 (borrowed). *out is to be freed with mtlsauth_cert_free.
 * MTLSAUTH_ERR_ARGUMENT for NULL, MTLSAUTH_ERR_CRYPTO when OpenSSL cannot encode it, and what
 * mtlsauth_cert_parse returns. Thread-safe: each thread with a connection of its own. @since 1.0
 */
MTLSAUTH_MUST_CHECK static inline int mtlsauth_cert_from_x509(mtlsauth_cert **out, X509 *x509)
{
    unsigned char *der = NULL;
    int len, code;

    if (out == NULL)
        return MTLSAUTH_ERR_ARGUMENT;
    *out = NULL;
    if (x509 == NULL)
        return MTLSAUTH_ERR_ARGUMENT;
    len = i2d_X509(x509, &der);
    if (len <= 0 || der == NULL)
        return MTLSAUTH_ERR_CRYPTO;
    code = mtlsauth_cert_parse(out, der, (size_t)len);
    OPENSSL_free(der);
    return code;
}

/*
 * A chain from a leaf and the other certificates that the client sent (may be NULL, may repeat the
 * leaf), all borrowed. *out is to be freed with mtlsauth_chain_free.
 * Thread-safe: each thread with a connection of its own. @since 1.0
 */
MTLSAUTH_MUST_CHECK static inline int
mtlsauth_chain_from_x509s(mtlsauth_chain **out, X509 *leaf, STACK_OF(X509) *others)
{
    int total = others != NULL ? sk_X509_num(others) : 0;
    int i, len, code = MTLSAUTH_ERR_NOMEM;
    size_t n = 0, room = (size_t)(total > 0 ? total : 0) + 1;
    unsigned char **ders = NULL;
    size_t *lens = NULL;

    if (out == NULL)
        return MTLSAUTH_ERR_ARGUMENT;
    *out = NULL;
    if (leaf == NULL)
        return MTLSAUTH_ERR_ARGUMENT;
    ders = (unsigned char **)calloc(room, sizeof *ders);
    lens = (size_t *)calloc(room, sizeof *lens);
    if (ders == NULL || lens == NULL)
        goto out;
    for (i = -1; i < total; i++) {
        X509 *x509 = i < 0 ? leaf : sk_X509_value(others, i);

        if (i >= 0 && X509_cmp(x509, leaf) == 0)
            continue;
        len = i2d_X509(x509, &ders[n]);
        if (len <= 0 || ders[n] == NULL) {
            code = MTLSAUTH_ERR_CRYPTO;
            goto out;
        }
        lens[n++] = (size_t)len;
    }
    code = mtlsauth_chain_from_der(out, (const void *const *)ders, lens, n);
out:
    while (n > 0)
        OPENSSL_free(ders[--n]);
    free(ders);
    free(lens);
    return code;
}

/* The chain that a client sent in the handshake that store_ctx is about (borrowed).
 * Thread-safe: each thread with a connection of its own. @since 1.0 */
MTLSAUTH_MUST_CHECK static inline int mtlsauth_chain_from_store_ctx(mtlsauth_chain **out,
                                                                    X509_STORE_CTX *store_ctx)
{
    if (out == NULL)
        return MTLSAUTH_ERR_ARGUMENT;
    *out = NULL;
    if (store_ctx == NULL)
        return MTLSAUTH_ERR_ARGUMENT;
    return mtlsauth_chain_from_x509s(out, X509_STORE_CTX_get0_cert(store_ctx),
                                     X509_STORE_CTX_get0_untrusted(store_ctx));
}

/*
 * Decides inside the certificate verify callback and keeps the decision (which may be NULL).
 * **Returns exactly 1 (allow) or 0 (anything else)**: to OpenSSL any other number is an allow. On 0
 * the error of store_ctx is X509_V_ERR_CERT_REJECTED.
 * Thread-safe: each thread with a connection of its own. @since 1.0
 */
static inline int mtlsauth_openssl_authorize(mtlsauth_authorizer *authorizer,
                                             X509_STORE_CTX *store_ctx, mtlsauth_decision *decision)
{
    mtlsauth_chain *chain = NULL;
    int code;

    mtlsauth_decision_reset(decision);
    if (store_ctx == NULL)
        return 0;
    X509_STORE_CTX_set_error(store_ctx, X509_V_ERR_CERT_REJECTED);
    code = mtlsauth_chain_from_store_ctx(&chain, store_ctx);
    if (code == MTLSAUTH_OK)
        code = mtlsauth_authorize(authorizer, chain, decision);
    else
        /* These are OpenSSL's: the last error of this thread is of another call, and so of another
         * client. */
        code = mtlsauth_authorize_unparsed(
            authorizer, code,
            code == MTLSAUTH_ERR_ARGUMENT || code == MTLSAUTH_ERR_CRYPTO ||
                    code == MTLSAUTH_ERR_NOMEM
                ? "OpenSSL did not hand over the certificates of the client"
                : NULL,
            decision);
    mtlsauth_chain_free(chain);
    if (code != MTLSAUTH_OK)
        return 0;
    X509_STORE_CTX_set_error(store_ctx, X509_V_OK);
    return 1;
}

/* For SSL_CTX_set_cert_verify_callback, with the authorizer as its argument. Returns 1 or 0, as
 * above. Thread-safe: each thread with a connection of its own. @since 1.0 */
static inline int mtlsauth_openssl_verify(X509_STORE_CTX *store_ctx, void *authorizer)
{
    return mtlsauth_openssl_authorize((mtlsauth_authorizer *)authorizer, store_ctx, NULL);
}

/*
 * Decides once more about the peer, behind the handshake. Returns as mtlsauth_authorize_again does; a
 * session without a peer certificate is MTLSAUTH_DENY_NO_CERTIFICATE. ssl is the server's side.
 * Thread-safe: each thread with a connection of its own. @since 1.0
 */
MTLSAUTH_MUST_CHECK static inline int
mtlsauth_openssl_authorize_again(mtlsauth_authorizer *authorizer, const SSL *ssl,
                                 mtlsauth_decision *decision)
{
    mtlsauth_chain *chain = NULL;
    X509 *leaf;
    int code;

    mtlsauth_decision_reset(decision);
    if (ssl == NULL)
        return MTLSAUTH_ERR_ARGUMENT;
    leaf = SSL_get0_peer_certificate(ssl);
    if (leaf == NULL)
        return mtlsauth_authorize_again(authorizer, NULL, decision);
    code = mtlsauth_chain_from_x509s(&chain, leaf, SSL_get_peer_cert_chain(ssl));
    if (code == MTLSAUTH_OK)
        code = mtlsauth_authorize_again(authorizer, chain, decision);
    else
        code = mtlsauth_authorize_unparsed(
            authorizer, code,
            code == MTLSAUTH_ERR_ARGUMENT || code == MTLSAUTH_ERR_CRYPTO ||
                    code == MTLSAUTH_ERR_NOMEM
                ? "OpenSSL did not hand over the certificates of the client"
                : NULL,
            decision);
    mtlsauth_chain_free(chain);
    return code;
}

MTLSAUTH_END_DECLS

#endif
