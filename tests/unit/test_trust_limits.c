/* SPDX-License-Identifier: MIT */
/* The last number that passes, and the one behind it: octets of a chain, of headers, of names and
 * of truststores that are joined; left-over files beside a store. */
#include "trust.h"

#include <fcntl.h>
#include <unistd.h>
#include "folder.h"
#include "revocation/store.h"
#include "trust/truststore.h"

static const struct pki_cert root = {
    .subject = "Root", .issuer = "Root", .key = 1, .signer = 1, .ca = true};

/* A certificate of some 60,000 octets. */
static mtlsauth_cert *large(unsigned number)
{
    static const char zeros[60000];
    const struct pki_extension padding = {"\x2a\x03\x04", false, zeros, sizeof zeros};
    struct pki_cert words = root;

    words.key = number;
    words.extensions = &padding;
    words.extension_count = 1;
    return trust_cert(&words);
}

START_TEST(octets_of_a_chain)
{
    for (size_t n = 1; n <= 5; n++) {
        mtlsauth_cert *certs[5];
        const void *ders[5];
        size_t lens[5];
        mtlsauth_chain *chain;

        for (size_t i = 0; i < n; i++) {
            certs[i] = large((unsigned)i + 1);
            ders[i] = mtlsauth_cert_der(certs[i], &lens[i]);
        }
        /* 262,144 octets: four of them, and not five. */
        ck_assert_int_eq(mtlsauth_chain_from_der(&chain, ders, lens, n),
                         n <= 4 ? MTLSAUTH_OK : MTLSAUTH_ERR_LIMIT);
        ck_assert_uint_eq(mtlsauth_chain_count(chain), n <= 4 ? n : 0);
        mtlsauth_chain_free(chain);
        trust_free(certs, n);
    }
    ck_assert_ptr_nonnull(strstr(mtlsauth_last_error(), "larger than 262144 bytes"));
}
END_TEST

START_TEST(octets_of_headers)
{
    mtlsauth_cert *cert = trust_cert(&root);
    mtlsauth_limits *limits;
    mtlsauth_chain *chain;
    const void *der;
    size_t len, n;
    char text[1024];
    const char *parts[] = {text, NULL};

    der = mtlsauth_cert_der(cert, &len);
    text[0] = ':';
    n = 1 + (size_t)EVP_EncodeBlock((unsigned char *)text + 1, der, (int)len);
    strcpy(text + n, ":");
    ck_assert_int_eq(mtlsauth_limits_new(&limits), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth_limits_set_chain_bytes(limits, n + 1), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth_chain_parse_parts(&chain, parts, 2, limits), MTLSAUTH_OK);
    mtlsauth_chain_free(chain);
    ck_assert_int_eq(mtlsauth_limits_set_chain_bytes(limits, n), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth_chain_parse_parts(&chain, parts, 2, limits), MTLSAUTH_ERR_LIMIT);
    ck_assert_ptr_null(chain);
    /* The second header counts, too. */
    ck_assert_int_eq(mtlsauth_limits_set_chain_bytes(limits, n + 1), MTLSAUTH_OK);
    parts[1] = " ";
    ck_assert_int_eq(mtlsauth_chain_parse_parts(&chain, parts, 2, limits), MTLSAUTH_ERR_LIMIT);
    mtlsauth_limits_free(limits);
    mtlsauth_cert_free(cert);
}
END_TEST

/* One store is taken as it is, when it is within the limits; two are joined within them. */
START_TEST(joined_truststores)
{
    struct mtlsauth_limits limits = *mtlsauth__limits_or_default(NULL);
    struct pki_cert other = {
        .subject = "Other", .issuer = "Other", .key = 2, .signer = 2, .ca = true};
    mtlsauth_cert *certs[2] = {trust_cert(&root), trust_cert(&other)};
    mtlsauth_truststore *stores[2] = {trust_store(certs, 1), trust_store(certs + 1, 1)}, *joined;
    size_t both = stores[0]->bytes + stores[1]->bytes;

    ck_assert_int_eq(mtlsauth__truststore_join(&joined, stores, 1, &limits), MTLSAUTH_OK);
    ck_assert_ptr_eq(joined, stores[0]);
    mtlsauth_truststore_free(joined);

    limits.truststore_bytes = both;
    limits.truststore_certificates = 2;
    ck_assert_int_eq(mtlsauth__truststore_join(&joined, stores, 2, &limits), MTLSAUTH_OK);
    ck_assert_uint_eq(mtlsauth_truststore_count(joined), 2);
    mtlsauth_truststore_free(joined);

    limits.truststore_bytes = both - 1;
    ck_assert_int_eq(mtlsauth__truststore_join(&joined, stores, 2, &limits), MTLSAUTH_ERR_LIMIT);
    ck_assert_ptr_null(joined);
    limits.truststore_bytes = both;
    limits.truststore_certificates = 1;
    ck_assert_int_eq(mtlsauth__truststore_join(&joined, stores, 2, &limits), MTLSAUTH_ERR_LIMIT);

    limits.truststore_bytes = stores[0]->bytes - 1;
    ck_assert_int_eq(mtlsauth__truststore_join(&joined, stores, 1, &limits), MTLSAUTH_ERR_LIMIT);
    limits.truststore_bytes = both;
    limits.truststore_certificates = 0;
    ck_assert_int_eq(mtlsauth__truststore_join(&joined, stores, 1, &limits), MTLSAUTH_ERR_LIMIT);
    ck_assert_ptr_null(joined);
    for (size_t i = 0; i < 2; i++)
        mtlsauth_truststore_free(stores[i]);
    trust_free(certs, 2);
}
END_TEST

/* CAs that have all certified each other, each with an extension of so many octets that differ in
 * the last one, and a name of so many. What it costs: tests/conformance/worst_cases.c. */
static void search_among_twins(size_t extension_len, size_t name_len, int want)
{
    enum { TWINS = 7 };
    struct path_params params = trust_params(MTLSAUTH_PROFILE_STRICT);
    char *name = calloc(1, name_len + 1), *value = calloc(1, extension_len + 1);
    mtlsauth_cert *certs[TWINS + 2];
    mtlsauth_truststore *truststore;

    ck_assert(name != NULL && value != NULL);
    memset(name, 'A', name_len);
    certs[0] = trust_cert(&(const struct pki_cert){
        .subject = "leaf", .issuer = name, .key = 3, .signer = 2, .no_key_ids = true});
    for (unsigned i = 1; i <= TWINS; i++) {
        const struct pki_extension extension = {"\x2a\x03", false, value, extension_len};

        value[extension_len - 1] = (char)i;
        certs[i] = trust_cert(&(const struct pki_cert){
            .subject = name, .issuer = name, .key = 2, .signer = 2, .ca = true,
            .no_key_ids = true, .extensions = &extension, .extension_count = 1});
    }
    certs[TWINS + 1] = trust_cert(&root);
    truststore = trust_store(&certs[TWINS + 1], 1);
    ASSERT_INT("twins", trust_find(truststore, certs, TWINS + 1, &params, NULL, NULL), want);
    mtlsauth_truststore_free(truststore);
    trust_free(certs, TWINS + 2);
    free(name);
    free(value);
}

/* Steps are counted as if they cost the same: what a client makes long must not make them dear. */
START_TEST(octets_of_what_is_compared)
{
    search_among_twins(1, 1, MTLSAUTH_DENY_UNTRUSTED_ROOT);
    search_among_twins(30000, 1, MTLSAUTH_DENY_UNTRUSTED_ROOT);
    search_among_twins(1, 15000, MTLSAUTH_DENY_BUDGET);
}
END_TEST

/* A hundred names are tried; a process that ended in the middle leaves one. */
START_TEST(left_over_files)
{
    char folder[FOLDER_ROOM], path[FOLDER_ROOM + 8], left[FOLDER_ROOM + 64];
    struct store_write store;

    folder_make(folder);
    snprintf(path, sizeof path, "%s/x", folder);
    for (unsigned n = 0; n <= 100; n++) {
        int file, code = mtlsauth__store_create(&store, path);

        ck_assert_int_eq(code, n < 100 ? MTLSAUTH_OK : MTLSAUTH_ERR_IO);
        if (code == MTLSAUTH_OK)
            mtlsauth__store_abandon(&store);
        snprintf(left, sizeof left, "%s.%ld.%u.tmp", path, (long)getpid(), n);
        file = open(left, O_WRONLY | O_CREAT | O_EXCL, 0600);
        ck_assert_int_ge(file, 0);
        close(file);
    }
    ck_assert_ptr_nonnull(strstr(mtlsauth_last_error(), "left over"));
    for (unsigned n = 0; n <= 100; n++) {
        snprintf(left, sizeof left, "%s.%ld.%u.tmp", path, (long)getpid(), n);
        ck_assert_int_eq(unlink(left), 0);
    }
    ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

UNIT_MAIN("trust/limits", octets_of_a_chain, octets_of_headers, joined_truststores,
          octets_of_what_is_compared, left_over_files)
