/* SPDX-License-Identifier: MIT */
#include "unit.h"

/*
 * 10,000 lists made at random, all of them signed by the right CA, before libcrypto and before us.
 * Of a list that both take, both must say the same of every serial. What we refuse and libcrypto
 * decodes and verifies is in the table below, with the reason; a row that never occurs fails, too.
 */
#include <mtlsauth/mtlsauth.h>
#include "support/crl_sign.h"
#include "support/random.h"

enum { LISTS = 10000, MAX_ENTRIES = 7, MAX_SERIAL = 22 };

static struct {
    const char *sentence; /* a piece of ours */
    const char *why;      /* libcrypto takes it */
    size_t count;
} disagreements[] = {
    {"version 1 list", "has no number, and no extensions", 0},
    {"no cRLNumber", "an older list cannot be told from a newer one", 0},
    {"no nextUpdate", "never stale", 0},
    {"removeFromCRL", "openssl: not revoked; legal in delta CRLs alone", 0},
    {"(certificateIssuer)", "openssl#27465: the entry is skipped", 0},
    {"a critical extension", "openssl#32366: noticed at best when a path is checked", 0},
    {"reasonCode", "openssl#32366: ends the reading of entry extensions", 0},
    {"longer than the limit", "RFC 5280 4.1.2.2 allows 20 octets", 0},
    {"the same extension twice", "RFC 5280 4.2", 0},
};

struct made {
    char text[8192]; /* of revokedCertificates */
    char extensions[2048];
    uint8_t serials[MAX_ENTRIES][MAX_SERIAL + 2]; /* length, content */
    size_t count;
};

static void add_text(char *text, size_t room, const char *more)
{
    size_t len = strlen(text);

    snprintf(text + len, room - len, "%s ", more);
}

static void hex_of(const uint8_t *bytes, size_t len, char *out)
{
    for (size_t i = 0; i < len; i++)
        out += sprintf(out, "%02x ", bytes[i]);
}

/* Minimal, of any sign. */
static void make_serial(struct random *random, uint8_t *out)
{
    size_t len = random_below(random, 200) == 0 ? 21 : 1 + random_below(random, 20);

    random_bytes(random, out + 1, len);
    if (len > 1 && (out[1] == 0 || out[1] == 0xff))
        out[1] = 0x41;
    out[0] = (uint8_t)len;
}

static void add_entry(struct random *random, struct made *made)
{
    static const char *const dates[] = {CRL_DATE, "17 { \"500101000000Z\" }",
                                        "18 { \"20510203040506Z\" }", "17 { \"491231235959Z\" }"};
    static const char *const usual[] = {"", CRL_REASON("00"), CRL_REASON("01"), CRL_REASON("06"),
                                        CRL_EXTENSION("2a 03 04", "05 00"),
                                        CRL_EXTENSION("55 1d 18", "18 { \"20250101000000Z\" }")};
    static const char *const unusual[] = {
        CRL_REASON("08"), CRL_EXTENSION("55 1d 15", "05 00"), CRL_REASON("07"),
        CRL_CRITICAL("2a 03 04", "05 00"), CRL_REASON("01") CRL_REASON("01"),
        CRL_CRITICAL("55 1d 1d", "30 { a4 { " CRL_NAME " } }")};
    char serial[3 * MAX_SERIAL + 1];
    const char *extension = random_below(random, 60) == 0
                                ? unusual[random_below(random, COUNT_OF(unusual))]
                                : usual[random_below(random, COUNT_OF(usual))];

    make_serial(random, made->serials[made->count]);
    hex_of(made->serials[made->count] + 1, made->serials[made->count][0], serial);
    add_text(made->text, sizeof made->text, "30 { 02 {");
    add_text(made->text, sizeof made->text, serial);
    add_text(made->text, sizeof made->text, "}");
    add_text(made->text, sizeof made->text, dates[random_below(random, COUNT_OF(dates))]);
    if (*extension != '\0') {
        add_text(made->text, sizeof made->text, "30 {");
        add_text(made->text, sizeof made->text, extension);
        add_text(made->text, sizeof made->text, "}");
    }
    add_text(made->text, sizeof made->text, "}");
    made->count++;
}

static void make_list(struct random *random, struct made *made, struct crl_text *parts)
{
    static const char *const more[] = {"",
                                       CRL_EXTENSION("55 1d 23", "30 { 80 { 11 * 20 } }"),
                                       CRL_EXTENSION("2a 03 05", "05 00"),
                                       CRL_CRITICAL("55 1d 1c", "30 { 81 01 ff }")};
    static const char *const unusual[] = {CRL_CRITICAL("2a 03 05", "05 00"),
                                          CRL_CRITICAL("55 1d 1b", "02 01 05"),
                                          CRL_CRITICAL("55 1d 1c", "30 { 84 01 ff }")};
    size_t entries = random_below(random, MAX_ENTRIES + 1);

    *made = (struct made){.count = 0};
    *parts = (struct crl_text){.revoked = "-", .extensions = made->extensions};
    for (size_t i = 0; i < entries; i++)
        add_entry(random, made);
    if (entries > 0)
        parts->revoked = made->text;
    if (random_below(random, 40) != 0)
        add_text(made->extensions, sizeof made->extensions, CRL_NUMBER);
    add_text(made->extensions, sizeof made->extensions,
             random_below(random, 40) == 0 ? unusual[random_below(random, COUNT_OF(unusual))]
                                           : more[random_below(random, COUNT_OF(more))]);
    if (strspn(made->extensions, " ") == strlen(made->extensions))
        parts->extensions = "-";
    if (random_below(random, 60) == 0)
        parts->next_update = "";
    if (entries == 0 && random_below(random, 20) == 0) {
        parts->version = "";
        parts->extensions = "-";
    }
}

static int openssl_has(X509_CRL *crl, const uint8_t *serial)
{
    uint8_t der[MAX_SERIAL + 4] = {0x02};
    const uint8_t *at = der;
    ASN1_INTEGER *number;
    X509_REVOKED *revoked;
    int found;

    memcpy(der + 1, serial, (size_t)serial[0] + 1);
    number = d2i_ASN1_INTEGER(NULL, &at, serial[0] + 2);
    if (number == NULL)
        ck_abort_msg("a serial");
    found = X509_CRL_get0_by_serial(crl, &revoked, number) != 0;
    ASN1_INTEGER_free(number);
    return found;
}

static void compare(struct random *random, const struct made *made, const mtlsauth_crl *ours,
                    X509_CRL *theirs)
{
    for (size_t i = 0; i < made->count * 4 + 4; i++) {
        uint8_t serial[MAX_SERIAL + 2];
        int found;

        /* Those that are there, their neighbours, and others. */
        if (i < made->count * 3)
            memcpy(serial, made->serials[i / 3], sizeof serial);
        else
            make_serial(random, serial);
        if (i < made->count * 3 && i % 3 != 0)
            serial[serial[0]] = (uint8_t)(serial[serial[0]] + (i % 3 == 1 ? 1 : 255));
        if (serial[0] > 1 && ((serial[1] == 0 && serial[2] < 0x80) ||
                              (serial[1] == 0xff && serial[2] >= 0x80)))
            continue;
        if (mtlsauth_crl_find(ours, serial + 1, serial[0], &found, NULL, NULL) != MTLSAUTH_OK)
            ck_abort_msg("%s", mtlsauth_last_error());
        if (found != openssl_has(theirs, serial))
            ck_abort_msg("a serial of %u octets, %02x...: we say %d", serial[0], serial[1], found);
    }
}

static void note_disagreement(size_t list)
{
    for (size_t i = 0; i < COUNT_OF(disagreements); i++)
        if (strstr(mtlsauth_last_error(), disagreements[i].sentence) != NULL) {
            disagreements[i].count++;
            return;
        }
    ck_abort_msg("list %zu: libcrypto takes it, and we say: %s", list, mtlsauth_last_error());
}

START_TEST(ten_thousand_lists)
{
    EVP_PKEY *key = ca_key("ED25519");
    struct ca_spec spec = {.subject = "Root", .issuer = "Root", .key = key, .issuer_key = key,
                           .constraints = "CA:TRUE"};
    mtlsauth_cert *root = ca_cert(&spec);
    struct random random = {.state = 20261121};
    mtlsauth_policy *policy;
    size_t both = 0;

    ck_assert_int_eq(mtlsauth_policy_new(&policy, MTLSAUTH_PROFILE_API_GATEWAY), 0);
    for (size_t i = 0; i < LISTS; i++) {
        static struct made made;
        struct crl_text parts;
        struct der_text list;
        const unsigned char *at;
        mtlsauth_crl *ours;
        X509_CRL *theirs;
        int code;

        make_list(&random, &made, &parts);
        list = crl_signed(&parts, key);
        at = list.ptr;
        theirs = d2i_X509_CRL(NULL, &at, (long)list.len);
        if (theirs != NULL && X509_CRL_verify(theirs, key) != 1) {
            X509_CRL_free(theirs);
            theirs = NULL;
        }
        code = mtlsauth_crl_load(&ours, list.ptr, list.len, root, policy, NULL);
        if (code == MTLSAUTH_OK && theirs == NULL)
            ck_abort_msg("list %zu: we take what libcrypto refuses", i);
        if (code == MTLSAUTH_OK)
            compare(&random, &made, ours, theirs);
        else if (theirs != NULL)
            note_disagreement(i);
        both += code == MTLSAUTH_OK;
        mtlsauth_crl_free(ours);
        X509_CRL_free(theirs);
        free(list.ptr);
    }
    ck_assert_uint_gt(both, LISTS / 2);
    for (size_t i = 0; i < COUNT_OF(disagreements); i++)
        ck_assert_msg(disagreements[i].count > 0, "no list was refused for \"%s\" (%s)",
                      disagreements[i].sentence, disagreements[i].why);
    mtlsauth_policy_free(policy);
    mtlsauth_cert_free(root);
    EVP_PKEY_free(key);
}
END_TEST

UNIT_MAIN("revocation/differential", ten_thousand_lists)
