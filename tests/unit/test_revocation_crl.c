/* SPDX-License-Identifier: MIT */
#include "crl.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "folder.h"

START_TEST(every_kind_of_key)
{
    static const char *const types[] = {"RSA", "EC", "ED25519"};
    static const struct crl_text good = {.extensions = NULL};

    for (size_t i = 0; i < COUNT_OF(types); i++) {
        mtlsauth_crl *crl;
        int found;

        setup_with(types[i]);
        crl = loaded(&good);
        ASSERT_INT(types[i], mtlsauth_crl_is_verified(crl), 1);
        ASSERT_INT(types[i], mtlsauth_crl_count(crl), 2);
        ASSERT_INT(types[i], mtlsauth_crl_find(crl, "\x02\x03", 2, &found, NULL, NULL), 0);
        ASSERT_INT(types[i], found, 1);
        ASSERT_TEXT(types[i], mtlsauth_crl_issuer(crl), "CN=Root");
        ASSERT_TEXT(types[i], mtlsauth_crl_number_hex(crl), "07");
        mtlsauth_crl_free(crl);
        ASSERT_INT(types[i], load_with(&crl, &good, other_key, root), MTLSAUTH_ERR_SIGNATURE);
        teardown();
    }
}
END_TEST

/* Hash by hash, as CAs sign: what the list says, what the policy takes, what does not fit the
 * key. */
START_TEST(algorithms)
{
    static const struct {
        const char *name, *algorithm;
        int code;
    } rows[] = {
        {"unknown", "30 { 06 { 2a 03 04 } }", MTLSAUTH_ERR_UNSUPPORTED},
        {"ECDSA for an RSA key", CRL_ECDSA, MTLSAUTH_ERR_SIGNATURE},
        {"RSA with SHA-1", "30 { 06 { 2a 86 48 86 f7 0d 01 01 05 } 05 00 }",
         MTLSAUTH_ERR_UNSUPPORTED},
        {"RSA with MD5", "30 { 06 { 2a 86 48 86 f7 0d 01 01 04 } 05 00 }", MTLSAUTH_ERR_UNSUPPORTED},
        {"RSA with another hash than it was made with",
         "30 { 06 { 2a 86 48 86 f7 0d 01 01 0c } 05 00 }", MTLSAUTH_ERR_SIGNATURE},
    };

    setup_with("RSA");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct crl_text parts = {.algorithm = rows[i].algorithm};
        mtlsauth_crl *crl;
        int code = load_with(&crl, &parts, root_key, root);

        ck_assert_msg(code == rows[i].code, "%s: %d: %s", rows[i].name, code,
                      mtlsauth_last_error());
    }
    teardown();
}
END_TEST

/* wolfSSL PR#11477: nothing of an unverified list; limbo crl::issuer-missing-crlsign. */
START_TEST(who_may_sign)
{
    static const struct {
        const char *name, *subject, *constraints, *usage;
        bool other;
        int code;
    } rows[] = {
        {"the CA", "Root", "critical,CA:TRUE", "keyCertSign,cRLSign", false, MTLSAUTH_OK},
        {"without keyUsage", "Root", "critical,CA:TRUE", NULL, false, MTLSAUTH_OK},
        {"in other letters", "rOOT", "critical,CA:TRUE", "cRLSign", false, MTLSAUTH_OK},
        {"without cRLSign", "Root", "critical,CA:TRUE", "keyCertSign", false,
         MTLSAUTH_ERR_MISMATCH},
        {"of another name", "Toor", "critical,CA:TRUE", "cRLSign", false, MTLSAUTH_ERR_MISMATCH},
        {"of another key", "Root", "critical,CA:TRUE", "cRLSign", true, MTLSAUTH_ERR_SIGNATURE},
        /* RFC 5280 5: a CRL issuer need not be a CA. */
        {"no CA", "Root", "CA:FALSE", "cRLSign", false, MTLSAUTH_OK},
        {"no basicConstraints", "Root", NULL, "cRLSign", false, MTLSAUTH_OK},
        {"no CA, and without cRLSign", "Root", "CA:FALSE", "digitalSignature", false,
         MTLSAUTH_ERR_MISMATCH},
    };
    static const struct crl_text good = {.extensions = NULL};

    setup_with("EC");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        mtlsauth_cert *issuer = issuer_with(rows[i].other ? other_key : root_key, rows[i].subject,
                                            rows[i].constraints, rows[i].usage);
        mtlsauth_crl *crl;

        ASSERT_INT(rows[i].name, load_with(&crl, &good, root_key, issuer), rows[i].code);
        mtlsauth_crl_free(crl);
        mtlsauth_cert_free(issuer);
    }
    teardown();
}
END_TEST

START_TEST(nothing_is_looked_up_in_an_unverified_list)
{
    static const struct crl_text good = {.extensions = NULL};
    struct der_text list;
    mtlsauth_crl *crl;
    unsigned char serial[MTLSAUTH_CRL_MAX_SERIAL + 1];
    size_t len;
    int found = 7, status = 7;

    setup_with("EC");
    list = crl_signed(&good, root_key);
    ck_assert_int_eq(mtlsauth_crl_parse(&crl, list.ptr, list.len, NULL), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth_crl_is_verified(crl), 0);
    ck_assert_ptr_null(mtlsauth_crl_issuer_key(crl));
    ck_assert_int_eq(mtlsauth_crl_find(crl, "\x01", 1, &found, NULL, NULL), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(found, 0);
    ck_assert_int_eq(mtlsauth_crl_check(crl, root, root, policy, &status, NULL, NULL),
                     MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(status, MTLSAUTH_CRL_STATUS_UNKNOWN);
    ck_assert_int_eq(mtlsauth_crl_save(crl, "/tmp/never.idx", NULL, 0), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_uint_eq(mtlsauth_crl_count(crl), 2);
    ck_assert_int_eq(mtlsauth_crl_serial_at(crl, 1, serial, 2, &len, NULL, NULL), MTLSAUTH_OK);
    ck_assert_uint_eq(len, 2);
    serial[0] = 0x5a;
    ck_assert_int_eq(mtlsauth_crl_serial_at(crl, 1, serial, 1, &len, NULL, NULL),
                     MTLSAUTH_ERR_LIMIT);
    ck_assert_uint_eq(len, 2);
    ck_assert_uint_eq(serial[0], 0x5a);
    ck_assert_int_eq(mtlsauth_crl_serial_at(crl, 2, serial, sizeof serial, &len, NULL, NULL),
                     MTLSAUTH_ERR_ARGUMENT);
    mtlsauth_crl_free(crl);
    free(list.ptr);
    teardown();
}
END_TEST

/* Every bit of a signed list: what still parses has a wrong signature. */
START_TEST(every_bit_flip_is_refused)
{
    static const struct crl_text good = {.extensions = NULL};
    struct der_text list;
    mtlsauth_crl *crl;

    setup_with("ED25519");
    list = crl_signed(&good, root_key);
    for (size_t bit = 0; bit < list.len * 8; bit++) {
        list.ptr[bit / 8] ^= (uint8_t)(1U << bit % 8);
        if (mtlsauth_crl_load(&crl, list.ptr, list.len, root, policy, NULL) == MTLSAUTH_OK)
            ck_abort_msg("bit %zu of octet %zu", bit % 8, bit / 8);
        list.ptr[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    free(list.ptr);
    teardown();
}
END_TEST

#define REMOVED CRL_ENTRY_WITH("05", CRL_REASON("08"))
#define FOREIGN                                                                                    \
    CRL_ENTRY_WITH("05", CRL_CRITICAL("55 1d 1d", "30 { a4 { 30 { 31 { 30 { 06 { 55 04 03 } 0c "   \
                                                  "{ \"Somebody else\" } } } } } }"))
#define UNKNOWN_CRITICAL CRL_CRITICAL("2a 03 04", "05 00")

/* What libcrypto takes and we refuse: signed by the right CA, all of them. */
START_TEST(refused_although_signed)
{
    static const struct {
        const char *name;
        struct crl_text parts;
        int code;
    } rows[] = {
        {"undecodable reason, then an unknown critical extension",
         {.revoked = CRL_ENTRY_WITH("01", CRL_EXTENSION("55 1d 15", "05 00"))
              CRL_ENTRY_WITH("02", UNKNOWN_CRITICAL)},
         MTLSAUTH_ERR_PARSE},
        {"a delta without a number", {.extensions = CRL_CRITICAL("55 1d 1b", "02 01 05")},
         MTLSAUTH_ERR_UNSUPPORTED},
        {"an entry of somebody else in a list that is not indirect", {.revoked = FOREIGN},
         MTLSAUTH_ERR_PARSE},
        {"no cRLNumber", {.extensions = "-"}, MTLSAUTH_ERR_UNSUPPORTED},
        {"version 1", {.version = "", .extensions = "-"}, MTLSAUTH_ERR_UNSUPPORTED},
        {"removeFromCRL in a complete list", {.revoked = REMOVED}, MTLSAUTH_ERR_PARSE},
        {"of attribute certificates",
         {.extensions = CRL_NUMBER CRL_CRITICAL("55 1d 1c", "30 { 85 01 ff }")},
         MTLSAUTH_ERR_UNSUPPORTED},
        {"no nextUpdate, and no maximum age", {.next_update = ""}, MTLSAUTH_ERR_UNSUPPORTED},
        {"unknown critical extension", {.extensions = CRL_NUMBER UNKNOWN_CRITICAL},
         MTLSAUTH_ERR_UNSUPPORTED},
    };

    setup_with("EC");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        mtlsauth_crl *crl;

        ASSERT_INT(rows[i].name, load_with(&crl, &rows[i].parts, root_key, root), rows[i].code);
    }
    ck_assert_int_eq(mtlsauth_policy_set_insecure_crl_without_number(policy, 1), MTLSAUTH_OK);
    mtlsauth_crl_free(loaded(&rows[3].parts));
    mtlsauth_crl_free(loaded(&rows[4].parts));
    teardown();
}
END_TEST

static char *pem_of(const X509 *x509)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *text, *copy;
    long len;

    ck_assert_int_eq(PEM_write_bio_X509(bio, x509), 1);
    len = BIO_get_mem_data(bio, &text);
    copy = calloc(1, (size_t)len + 1);
    memcpy(copy, text, (size_t)len);
    BIO_free(bio);
    return copy;
}

static void append_ca(char *bundle, EVP_PKEY *key, const char *subject)
{
    struct ca_spec spec = {.subject = subject, .issuer = subject, .key = key, .issuer_key = key,
                           .constraints = "CA:TRUE"};
    X509 *x509 = ca_x509(&spec);
    char *pem = pem_of(x509);

    strcat(bundle, pem);
    free(pem);
    X509_free(x509);
}

START_TEST(issuer_from_a_truststore)
{
    static const struct crl_text good = {.extensions = NULL};
    mtlsauth_truststore *all, *clones, *others;
    struct der_text list;
    mtlsauth_crl *crl;
    char bundle[8192] = "", clone[4096] = "", other[4096] = "";

    setup_with("EC");
    append_ca(bundle, other_key, "Other");
    append_ca(bundle, other_key, "Root");
    append_ca(bundle, root_key, "Root");
    append_ca(clone, other_key, "Root");
    append_ca(other, root_key, "Other");
    ck_assert_int_eq(mtlsauth_truststore_parse(&all, bundle, strlen(bundle), NULL), 0);
    ck_assert_int_eq(mtlsauth_truststore_parse(&clones, clone, strlen(clone), NULL), 0);
    ck_assert_int_eq(mtlsauth_truststore_parse(&others, other, strlen(other), NULL), 0);
    list = crl_signed(&good, root_key);
    ck_assert_int_eq(
        mtlsauth_crl_load_from_truststore(&crl, list.ptr, list.len, all, policy, NULL), 0);
    ck_assert_mem_eq(mtlsauth_crl_issuer_key(crl), mtlsauth_cert_spki_sha256(root), 32);
    mtlsauth_crl_free(crl);
    ck_assert_int_eq(
        mtlsauth_crl_load_from_truststore(&crl, list.ptr, list.len, clones, policy, NULL),
        MTLSAUTH_ERR_SIGNATURE);
    ck_assert_ptr_null(crl);
    ck_assert_int_eq(
        mtlsauth_crl_load_from_truststore(&crl, list.ptr, list.len, others, policy, NULL),
        MTLSAUTH_ERR_NOT_FOUND);
    free(list.ptr);
    mtlsauth_truststore_free(all);
    mtlsauth_truststore_free(clones);
    mtlsauth_truststore_free(others);
    teardown();
}
END_TEST

/* The list's own issuer may stand in its entries as well (RFC 5280 5.3.3), in any spelling: what is
 * found is what revokes. */
START_TEST(entries_that_name_the_issuer)
{
#define ISSUED_BY(serial, string, more)                                                            \
    CRL_ENTRY_WITH(serial, CRL_CRITICAL("55 1d 1d", "30 { a4 { 30 { 31 { 30 { 06 { 55 04 03 } "    \
                                                    string " } } } } }") more)
    static const struct {
        const char *name, *revoked;
        int found, reason;
    } rows[] = {
        {"in the list's spelling", ISSUED_BY("01", "0c { \"Root\" }", ""), 1, -1},
        {"as a PrintableString", ISSUED_BY("01", "13 { \"Root\" }", CRL_REASON("01")), 1, 1},
        {"in other letters", ISSUED_BY("01", "0c { \"rOOT\" }", CRL_REASON("04")), 1, 4},
        {"carried on from the entry before", ISSUED_BY("02", "13 { \"Root\" }", "") CRL_ENTRY("01"),
         1, -1},
        {"of another issuer", ISSUED_BY("01", "13 { \"Other\" }", ""), 0, -1},
        {"of which one denies more",
         CRL_ENTRY_WITH("01", CRL_REASON("06"))
             ISSUED_BY("01", "13 { \"Root\" }", CRL_REASON("01")), 1, 1},
    };

    setup_with("EC");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct crl_text parts = {
            .revoked = rows[i].revoked,
            .extensions = CRL_NUMBER CRL_CRITICAL("55 1d 1c", "30 { 84 01 ff }")};
        mtlsauth_crl *crl = loaded(&parts);
        mtlsauth_cert *cert = issuer_with(other_key, "Root", NULL, NULL);
        int found, reason, status;

        ASSERT_INT(rows[i].name, mtlsauth_crl_find(crl, "\x01", 1, &found, NULL, &reason), 0);
        ASSERT_INT(rows[i].name, found, rows[i].found);
        ASSERT_INT(rows[i].name, reason, rows[i].reason);
        ASSERT_INT(rows[i].name,
                   mtlsauth_crl_check(crl, cert, root, policy, &status, NULL, NULL), 0);
        ASSERT_INT(rows[i].name, status == MTLSAUTH_CRL_STATUS_REVOKED, rows[i].found);
        mtlsauth_cert_free(cert);
        mtlsauth_crl_free(crl);
    }
    teardown();
}
END_TEST

START_TEST(saved_and_opened)
{
    static const char key[] = "0123456789abcdef";
    static const struct crl_text good = {
        .revoked = CRL_ENTRY_WITH("01", CRL_REASON("01")) CRL_ENTRY("00 80") CRL_ENTRY("80")};
    char folder[FOLDER_ROOM], path[FOLDER_ROOM + 8];
    mtlsauth_crl *crl, *again;
    int found, reason;

    setup_with("EC");
    crl = loaded(&good);
    folder_make(folder);
    snprintf(path, sizeof path, "%s/x.idx", folder);
    for (int keyed = 0; keyed < 2; keyed++) {
        const char *with = keyed ? key : NULL;
        size_t len = keyed ? sizeof key - 1 : 0;

        ck_assert_int_eq(mtlsauth_crl_save(crl, path, with, len), MTLSAUTH_OK);
        ck_assert_msg(mtlsauth_crl_open_file(&again, path, with, len) == MTLSAUTH_OK, "%s",
                      mtlsauth_last_error());
        ck_assert_int_eq(mtlsauth_crl_find(again, "\x01", 1, &found, NULL, &reason), 0);
        ck_assert_int_eq(found, 1);
        ck_assert_int_eq(reason, MTLSAUTH_CRL_REASON_KEY_COMPROMISE);
        ck_assert_str_eq(mtlsauth_crl_issuer(again), "CN=Root");
        ck_assert_str_eq(mtlsauth_crl_sha256_hex(again), mtlsauth_crl_sha256_hex(crl));
        ck_assert_str_eq(mtlsauth_crl_signature_text(again), mtlsauth_crl_signature_text(crl));
        ck_assert_mem_eq(mtlsauth_crl_issuer_key(again), mtlsauth_cert_spki_sha256(root), 32);
        mtlsauth_crl_free(again);
    }
    ck_assert_int_eq(mtlsauth_crl_open_file(&again, path, NULL, 0), MTLSAUTH_ERR_MISMATCH);
    ck_assert_int_eq(mtlsauth_crl_open_file(&again, path, "0123456789abcdeg", 16),
                     MTLSAUTH_ERR_SIGNATURE);
    ck_assert_int_eq(mtlsauth_crl_open_file(&again, path, "short", 5), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(mtlsauth_crl_open(&again, "x", 1, NULL, 0), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(mtlsauth_crl_open(&again, "x", 1, key, 16), MTLSAUTH_ERR_PARSE);
    ck_assert_int_eq(chmod(folder, 0777), 0);
    /* The key tells: what lies where others write is taken with it, and not without. */
    ck_assert_int_eq(mtlsauth_crl_open_file(&again, path, key, 16), MTLSAUTH_OK);
    mtlsauth_crl_free(again);
    ck_assert_int_eq(mtlsauth_crl_open_file(&again, path, NULL, 0), MTLSAUTH_ERR_IO);
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(mtlsauth_crl_open_file(&again, path, key, 16), MTLSAUTH_ERR_IO);
    mtlsauth_crl_free(crl);
    teardown();
}
END_TEST

struct steps {
    uint64_t done, total;
    int stop;
};

static int step(uint64_t done, uint64_t total, void *arg)
{
    struct steps *steps = arg;

    ck_assert(done >= steps->done);
    steps->done = done;
    steps->total = total;
    return steps->stop;
}

START_TEST(files_progress_and_cancelling)
{
    static const struct crl_text good = {.extensions = NULL};
    char folder[FOLDER_ROOM], path[FOLDER_ROOM + 8];
    struct steps steps = {0};
    mtlsauth_crl_options *options;
    struct der_text list;
    mtlsauth_crl *crl;
    int fd;

    setup_with("EC");
    list = crl_signed(&good, root_key);
    folder_make(folder);
    snprintf(path, sizeof path, "%s/x.crl", folder);
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, list.ptr, list.len), (ssize_t)list.len);
    close(fd);
    ck_assert_int_eq(mtlsauth_crl_options_new(&options), 0);
    ck_assert_int_eq(mtlsauth_crl_options_set_progress(options, step, &steps), 0);
    ck_assert_int_eq(mtlsauth_crl_load_file(&crl, path, root, policy, options), 0);
    ck_assert_uint_eq(steps.done, list.len);
    ck_assert_uint_eq(steps.total, list.len);
    mtlsauth_crl_free(crl);
    steps.done = 0;
    steps.stop = 1;
    ck_assert_int_eq(mtlsauth_crl_load_file(&crl, path, root, policy, options),
                     MTLSAUTH_ERR_CANCELLED);
    ck_assert_ptr_null(crl);
    ck_assert_int_eq(mtlsauth_crl_options_set_progress(options, NULL, NULL), 0);
    ck_assert_int_eq(mtlsauth_crl_options_set_max_entries(options, 1), 0);
    ck_assert_int_eq(mtlsauth_crl_load_file(&crl, path, root, policy, options),
                     MTLSAUTH_ERR_LIMIT);
    ck_assert(strstr(mtlsauth_last_error(), path) != NULL);
    mtlsauth_crl_options_free(options);
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(mtlsauth_crl_load_file(&crl, path, root, policy, NULL), MTLSAUTH_ERR_IO);
    ck_assert_int_eq(mtlsauth_crl_load_file(&crl, "/tmp", root, policy, NULL), MTLSAUTH_ERR_IO);
    ck_assert_int_eq(mtlsauth_crl_load_file(&crl, "/dev/null", root, policy, NULL),
                     MTLSAUTH_ERR_IO);
    free(list.ptr);
    teardown();
}
END_TEST

START_TEST(arguments)
{
    static const struct crl_text good = {.extensions = NULL};
    mtlsauth_crl *crl;
    int found;

    setup_with("ED25519");
    ck_assert_int_eq(mtlsauth_crl_load(NULL, "", 0, root, policy, NULL), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(mtlsauth_crl_load(&crl, NULL, 0, root, policy, NULL), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(mtlsauth_crl_load(&crl, "", 0, NULL, policy, NULL), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(mtlsauth_crl_load(&crl, "", 0, root, NULL, NULL), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(mtlsauth_crl_load(&crl, "", 0, root, policy, NULL), MTLSAUTH_ERR_PARSE);
    ck_assert_int_eq(mtlsauth_crl_load_file(&crl, NULL, root, policy, NULL),
                     MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(mtlsauth_crl_find(NULL, "\x01", 1, &found, NULL, NULL),
                     MTLSAUTH_ERR_ARGUMENT);
    crl = loaded(&good);
    ck_assert_int_eq(mtlsauth_crl_find(crl, "\x00\x01", 2, &found, NULL, NULL),
                     MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(mtlsauth_crl_find(crl, "", 0, &found, NULL, NULL), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_str_eq(mtlsauth_crl_issuer(NULL), "");
    ck_assert_uint_eq(mtlsauth_crl_count(NULL), 0);
    ck_assert_str_eq(mtlsauth_crl_reason_name(1), "keyCompromise");
    ck_assert_str_eq(mtlsauth_crl_reason_name(7), "");
    ck_assert_str_eq(mtlsauth_crl_reason_name(-1), "");
    ck_assert_str_eq(mtlsauth_crl_status_name(MTLSAUTH_CRL_STATUS_GOOD), "good");
    ck_assert_str_eq(mtlsauth_crl_status_name(MTLSAUTH_CRL_STATUS_REVOKED), "revoked");
    ck_assert_str_eq(mtlsauth_crl_status_name(MTLSAUTH_CRL_STATUS_UNKNOWN), "unknown");
    ck_assert_str_eq(mtlsauth_crl_status_name(MTLSAUTH_CRL_STATUS_STALE), "stale");
    ck_assert_str_eq(mtlsauth_crl_status_name(0), "");
    ck_assert_str_eq(mtlsauth_crl_status_name(5), "");
    mtlsauth_crl_free(NULL);
    ck_assert_ptr_eq(mtlsauth_crl_ref(crl), crl);
    mtlsauth_crl_free(crl);
    mtlsauth_crl_free(crl);
    teardown();
}
END_TEST

/* A delta says which list it changes; other lists say none. */
START_TEST(base_number)
{
    static const struct crl_text complete = {.extensions = CRL_NUMBER},
                                 delta = {.extensions =
                                              CRL_NUMBER CRL_CRITICAL("55 1d 1b", "02 02 00 85")};
    mtlsauth_crl *crl;
    size_t len = 7;

    setup_with("EC");
    crl = loaded(&delta);
    ck_assert_mem_eq(mtlsauth_crl_base_number(crl, &len), "\x85", 1);
    ck_assert_uint_eq(len, 1);
    ck_assert_ptr_nonnull(mtlsauth_crl_base_number(crl, NULL));
    mtlsauth_crl_free(crl);
    crl = loaded(&complete);
    (void)mtlsauth_crl_base_number(crl, &len);
    ck_assert_uint_eq(len, 0);
    mtlsauth_crl_free(crl);
    len = 7;
    ck_assert_ptr_null(mtlsauth_crl_base_number(NULL, &len));
    ck_assert_uint_eq(len, 0);
    teardown();
}
END_TEST

UNIT_MAIN("revocation/crl", every_kind_of_key, algorithms, who_may_sign,
          nothing_is_looked_up_in_an_unverified_list, every_bit_flip_is_refused,
          refused_although_signed, issuer_from_a_truststore, entries_that_name_the_issuer,
          saved_and_opened, files_progress_and_cancelling, arguments, base_number)
