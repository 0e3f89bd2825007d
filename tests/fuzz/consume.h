/* SPDX-License-Identifier: MIT */
#ifndef TESTS_FUZZ_CONSUME_H
#define TESTS_FUZZ_CONSUME_H

/* Looks at every byte that the library hands out, so that a sanitizer does. */

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <mtlsauth/mtlsauth.h>

static inline void require(bool holds)
{
    if (!holds)
        abort();
}

static inline void consume(const void *bytes, size_t len)
{
    static volatile unsigned char sink;

    for (size_t i = 0; i < len; i++)
        sink = (unsigned char)(sink ^ ((const unsigned char *)bytes)[i]);
}

/* A text is there, is UTF-8 enough to hold no control character, and ends. */
static inline void consume_text(const char *text)
{
    require(text != NULL);
    for (; *text != '\0'; text++)
        require((unsigned char)*text >= 0x20 && *text != 0x7f);
}

static inline void consume_cert(const mtlsauth_cert *cert)
{
    const void *bytes;
    const char *text;
    size_t len;
    int type;

    bytes = mtlsauth_cert_der(cert, &len);
    require(bytes != NULL && len > 0);
    consume(bytes, len);
    bytes = mtlsauth_cert_serial(cert, &len);
    require(bytes != NULL && len > 0);
    consume(bytes, len);
    require(strlen(mtlsauth_cert_serial_hex(cert)) == 2 * len);
    consume_text(mtlsauth_cert_subject(cert));
    consume_text(mtlsauth_cert_issuer(cert));
    consume_text(mtlsauth_cert_key_text(cert));
    consume_text(mtlsauth_cert_signature_text(cert));
    consume_text(mtlsauth_cert_sha256_hex(cert));
    consume_text(mtlsauth_cert_spki_sha256_hex(cert));
    consume(mtlsauth_cert_sha256(cert), MTLSAUTH_SHA256_LEN);
    consume(mtlsauth_cert_spki_sha256(cert), MTLSAUTH_SHA256_LEN);
    require(strlen(mtlsauth_cert_thumbprint(cert)) == 43);
    require(mtlsauth_cert_thumbprint_equal(cert, mtlsauth_cert_thumbprint(cert)) == 1);
    require(mtlsauth_cert_not_before(cert) != MTLSAUTH_NO_TIME);
    require(mtlsauth_cert_not_after(cert) != MTLSAUTH_NO_TIME);
    require(mtlsauth_cert_version(cert) >= 1 && mtlsauth_cert_version(cert) <= 3);
    require(mtlsauth_cert_is_ca(cert) == 0 || mtlsauth_cert_version(cert) == 3);
    for (size_t i = 0; i < mtlsauth_cert_san_count(cert); i++) {
        require(mtlsauth_cert_san(cert, i, &type, &text) == MTLSAUTH_OK);
        require(type >= MTLSAUTH_SAN_DNS && type <= MTLSAUTH_SAN_OTHER);
        consume_text(text);
    }
}

static inline void consume_decision(mtlsauth_decision *decision, int code)
{
    const char *json;

    require(mtlsauth_decision_code(decision) == code);
    require(mtlsauth_decision_allowed(decision) == (code == MTLSAUTH_OK));
    require((mtlsauth_decision_path_count(decision) > 0) ||
            mtlsauth_decision_valid_until(decision) == MTLSAUTH_NO_TIME);
    consume_text(mtlsauth_decision_message(decision));
    consume_text(mtlsauth_decision_client_message(decision));
    consume_text(mtlsauth_decision_label(decision));
    consume_text(mtlsauth_decision_identity(decision));
    for (size_t i = 0; i < mtlsauth_decision_path_count(decision); i++)
        consume_cert(mtlsauth_decision_path_cert(decision, i));
    require(mtlsauth_decision_json(decision, &json) == MTLSAUTH_OK);
    consume_text(json);
}

#endif
