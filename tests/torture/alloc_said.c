/* SPDX-License-Identifier: MIT */
/*
 * What an object says of itself, all of it, as one text: one that was made while memory ran out
 * says what it always says, or was not made. Half an object is how a success lies.
 */
#include "alloc.h"

#include <inttypes.h>

/* Objects of one scenario. */
enum { OBJECTS = 16 };

static FILE *begin(char **text, size_t *len)
{
    FILE *out = open_memstream(text, len);

    ck_assert_ptr_nonnull(out);
    return out;
}

static char *end(FILE *out, char **text)
{
    ck_assert_int_eq(fclose(out), 0);
    return *text;
}

static void say_octets(FILE *out, const void *octets, size_t len)
{
    const unsigned char *at = octets;

    fprintf(out, " %zu:", len);
    for (size_t i = 0; i < len; i++)
        fprintf(out, "%02x", at[i]);
}

static void say_cert(FILE *out, const mtlsauth_cert *cert)
{
    size_t len;
    const void *octets = mtlsauth_cert_der(cert, &len);

    say_octets(out, octets, len);
    octets = mtlsauth_cert_serial(cert, &len);
    say_octets(out, octets, len);
    fprintf(out, " %s, %s, %s, %s, %s, %" PRId64 ", %" PRId64 ", %d, %d, %s, %s, %s, %s, %s",
            mtlsauth_cert_subject(cert), mtlsauth_cert_issuer(cert), mtlsauth_cert_serial_hex(cert),
            mtlsauth_cert_subject_key_id_hex(cert), mtlsauth_cert_authority_key_id_hex(cert),
            mtlsauth_cert_not_before(cert), mtlsauth_cert_not_after(cert),
            mtlsauth_cert_is_ca(cert), mtlsauth_cert_version(cert), mtlsauth_cert_key_text(cert),
            mtlsauth_cert_signature_text(cert), mtlsauth_cert_sha256_hex(cert),
            mtlsauth_cert_spki_sha256_hex(cert), mtlsauth_cert_thumbprint(cert));
    for (size_t i = 0; i < mtlsauth_cert_san_count(cert); i++) {
        const char *value;
        int type;

        must(mtlsauth_cert_san(cert, i, &type, &value));
        fprintf(out, ", %d %s", type, value);
    }
}

char *said_by_cert(const mtlsauth_cert *cert)
{
    char *text;
    size_t len;
    FILE *out = begin(&text, &len);

    say_cert(out, cert);
    return end(out, &text);
}

char *said_by_chain(const mtlsauth_chain *chain)
{
    char *text;
    size_t len;
    FILE *out = begin(&text, &len);

    for (size_t i = 0; i < mtlsauth_chain_count(chain); i++)
        say_cert(out, mtlsauth_chain_cert(chain, i));
    return end(out, &text);
}

char *said_by_crl(const mtlsauth_crl *crl)
{
    unsigned char serial[64];
    int64_t date;
    int reason;
    char *text;
    size_t len;
    FILE *out = begin(&text, &len);
    const void *octets = mtlsauth_crl_number(crl, &len);

    say_octets(out, octets, len);
    octets = mtlsauth_crl_base_number(crl, &len);
    say_octets(out, octets, len);
    fprintf(out, " %d, %s, %s, %s, %" PRId64 ", %" PRId64 ", %s, %s, \"%s\", %u, %u",
            mtlsauth_crl_is_verified(crl), mtlsauth_crl_issuer(crl), mtlsauth_crl_number_hex(crl),
            mtlsauth_crl_base_number_hex(crl), mtlsauth_crl_this_update(crl),
            mtlsauth_crl_next_update(crl), mtlsauth_crl_sha256_hex(crl),
            mtlsauth_crl_signature_text(crl), mtlsauth_crl_distribution_point(crl),
            mtlsauth_crl_scope(crl), mtlsauth_crl_reasons(crl));
    if (mtlsauth_crl_issuer_key(crl) != NULL)
        say_octets(out, mtlsauth_crl_issuer_key(crl), MTLSAUTH_SHA256_LEN);
    for (size_t i = 0; i < mtlsauth_crl_count(crl); i++) {
        must(mtlsauth_crl_serial_at(crl, i, serial, sizeof serial, &len, &date, &reason));
        say_octets(out, serial, len);
        fprintf(out, " %" PRId64 " %d", date, reason);
    }
    return end(out, &text);
}

char *said_by_result(const mtlsauth_ocsp_result *result)
{
    char *text;
    size_t len;
    FILE *out = begin(&text, &len);

    fprintf(out, "%d, %" PRId64 ", %d, %" PRId64 ", %" PRId64 ", %" PRId64 ", %" PRId64,
            mtlsauth_ocsp_result_status(result), mtlsauth_ocsp_result_revoked_at(result),
            mtlsauth_ocsp_result_reason(result), mtlsauth_ocsp_result_this_update(result),
            mtlsauth_ocsp_result_next_update(result), mtlsauth_ocsp_result_produced_at(result),
            mtlsauth_ocsp_result_valid_until(result));
    return end(out, &text);
}

void expect_usual(size_t n, char *said)
{
    static char *usual[OBJECTS];

    ck_assert_uint_lt(n, OBJECTS);
    if (fail_at == 0) {
        free(usual[n]);
        usual[n] = said;
        return;
    }
    EXPECT(usual[n] != NULL && strcmp(usual[n], said) == 0);
    free(said);
}
