/* SPDX-License-Identifier: MIT */
/*
 * For given contents there is exactly one index (docs/crl-index.md), on every machine: the lists
 * below make the files of golden/, octet for octet. A change of the format raises its version and,
 * with MTLSAUTH_WRITE_GOLDEN=1, writes the files anew.
 */
#include "unit.h"

#include <mtlsauth/mtlsauth.h>
#include "folder.h"
#include "support/crl_sign.h"
#include "support/random.h"

/* 2026-06-01 */
#define NOW 1780272000
#define SECRET "a secret of the golden files"
#define LATE(serial) "30 { 02 { " serial " } 18 { \"99991231235959Z\" } }"
#define POINT "30 { a0 { a0 { 86 { \"http://a.example/\" } } } 81 01 ff }"
#define OF(name) "30 { a4 { 30 { 31 { 30 { 06 { 55 04 03 } 0c { \"" name "\" } } } } } }"

static EVP_PKEY *root_key;
static mtlsauth_cert *root;
static mtlsauth_policy *policy;

/* A key that is the same each time, whose signatures are as well. */
static void setup(void)
{
    static const unsigned char secret[32] = "libmtlsauth, golden index files";
    struct ca_spec spec = {.subject = "Root",
                           .issuer = "Root",
                           .constraints = "critical,CA:TRUE",
                           .usage = "keyCertSign,cRLSign"};

    root_key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, secret, sizeof secret);
    ck_assert_ptr_nonnull(root_key);
    spec.key = spec.issuer_key = root_key;
    root = ca_cert(&spec);
    ck_assert_int_eq(mtlsauth_policy_new(&policy, MTLSAUTH_PROFILE_API_GATEWAY), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth_policy_set_time(policy, NOW), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth_policy_set_insecure_crl_without_number(policy, 1), MTLSAUTH_OK);
}

static void teardown(void)
{
    EVP_PKEY_free(root_key);
    mtlsauth_cert_free(root);
    mtlsauth_policy_free(policy);
}

/* count > 0: so many entries whose serials have from least to most octets, as text. */
static const struct golden {
    const char *name, *key;
    struct crl_text parts;
    size_t count, least, most;
} goldens[] = {
    {.name = "none", .parts = {.revoked = "-"}},
    {.name = "v1", .parts = {.version = "", .extensions = "-"}},
    {.name = "usual", .count = 700, .least = 16, .most = 20},
    {.name = "keyed", .key = SECRET, .count = 300, .least = 16, .most = 16},
    {.name = "narrow", .count = 500, .least = 1, .most = 8},
    {.name = "mixed", .count = 400, .least = 1, .most = 20},
    {.name = "rich",
     .key = SECRET,
     .parts = {.revoked = CRL_ENTRY_WITH("7f * 20", CRL_REASON("01")) CRL_ENTRY("00 80")
                   CRL_ENTRY("80") CRL_ENTRY("00") CRL_ENTRY("00 ff 01 02 03 04 05 06 07 08 09")
                       LATE("06") CRL_ENTRY_WITH("05", CRL_REASON("0a")),
               .next_update = "18 { \"99991231235959Z\" }",
               .extensions = CRL_NUMBER CRL_EXTENSION("55 1d 23", "30 { 80 { 11 * 20 } }")
                   CRL_CRITICAL("55 1d 1c", POINT)}},
    {.name = "delta",
     .parts = {.revoked = CRL_ENTRY_WITH("05", CRL_REASON("08")) CRL_ENTRY("12 34 56 78 9a"),
               .next_update = "17 { \"391231235959Z\" }",
               .extensions = CRL_NUMBER CRL_CRITICAL("55 1d 1b", "02 01 05")}},
    {.name = "reasons",
     .parts = {.extensions = CRL_NUMBER CRL_CRITICAL("55 1d 1c", "30 { 83 { 05 60 } }")}},
    {.name = "indirect",
     .parts = {.revoked = CRL_ENTRY("05") CRL_ENTRY_WITH("05", CRL_CRITICAL("55 1d 1d", OF("One")))
                   CRL_ENTRY("11 22 33 44 55 66 77 88 99")
                       CRL_ENTRY_WITH("05", CRL_CRITICAL("55 1d 1d", OF("Two")))
                           CRL_ENTRY_WITH("00 f0", CRL_CRITICAL("55 1d 1d", OF("One"))),
               .extensions = CRL_NUMBER CRL_CRITICAL("55 1d 1c", "30 { 84 01 ff }")}},
};

static char *random_entries(const struct golden *golden)
{
    static const char *const reasons[] = {"", CRL_REASON("01"), CRL_REASON("04"), CRL_REASON("05")};
    struct random random = {.state = 2026};
    char *text = malloc(golden->count * 160 + 1);
    size_t used = 0;

    ck_assert_ptr_nonnull(text);
    for (size_t i = 0; i < golden->count; i++) {
        size_t len = golden->least + i % (golden->most - golden->least + 1);
        const char *reason = reasons[random_below(&random, COUNT_OF(reasons))];
        unsigned year, month, day;

        used += (size_t)sprintf(text + used, "30 { 02 { %02x",
                                len == 1 ? (unsigned)(i / 8) & 127
                                         : 1 + (unsigned)random_below(&random, 127));
        for (size_t k = 1; k < len; k++)
            used += (size_t)sprintf(text + used, " %02x", (unsigned)random_below(&random, 256));
        /* One after the other: in which order arguments are evaluated, each compiler says for
         * itself. */
        year = (unsigned)random_below(&random, 100);
        month = 1 + (unsigned)random_below(&random, 12);
        day = 1 + (unsigned)random_below(&random, 28);
        used += (size_t)sprintf(text + used, " } 17 { \"%02u%02u%02u123456Z\" } %s%s%s }\n", year,
                                month, day, *reason ? "30 { " : "", reason, *reason ? " }" : "");
    }
    return text;
}

static mtlsauth_crl *load(const struct golden *golden)
{
    struct crl_text parts = golden->parts;
    char *entries = NULL;
    struct der_text list;
    mtlsauth_crl *crl;
    int code;

    if (golden->count > 0)
        parts.revoked = entries = random_entries(golden);
    list = crl_signed(&parts, root_key);
    code = mtlsauth_crl_load(&crl, list.ptr, list.len, root, policy, NULL);
    ck_assert_msg(code == MTLSAUTH_OK, "%s: %s", golden->name, mtlsauth_last_error());
    free(list.ptr);
    free(entries);
    return crl;
}

static char *read_all(const char *path, size_t *len)
{
    FILE *file = fopen(path, "rb");
    char *bytes = malloc(1 << 16);

    ck_assert_msg(file != NULL && bytes != NULL, "%s cannot be read", path);
    *len = fread(bytes, 1, 1 << 16, file);
    ck_assert_int_eq(fclose(file), 0);
    return bytes;
}

static void golden_path(char out[4096], const struct golden *golden)
{
    const char *source = getenv("MTLSAUTH_SOURCE");

    ck_assert_ptr_nonnull(source);
    snprintf(out, 4096, "%s/tests/unit/golden/%s.index", source, golden->name);
}

static void save(const struct golden *golden, const mtlsauth_crl *crl, const char *path)
{
    size_t len = golden->key == NULL ? 0 : strlen(golden->key);
    int code = mtlsauth_crl_save(crl, path, golden->key, len);

    ck_assert_msg(code == MTLSAUTH_OK, "%s: %s", golden->name, mtlsauth_last_error());
}

/* A copy of the file of golden/, which may have come here with any owner and mode. */
static mtlsauth_crl *open_copy(const struct golden *golden, const char *bytes, size_t len,
                               const char *path)
{
    size_t key_len = golden->key == NULL ? 0 : strlen(golden->key);
    FILE *file = fopen(path, "wb");
    mtlsauth_crl *crl;
    int code;

    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, len, file), len);
    ck_assert_int_eq(fclose(file), 0);
    code = mtlsauth_crl_open_file(&crl, path, golden->key, key_len);
    ck_assert_msg(code == MTLSAUTH_OK, "%s: %s", golden->name, mtlsauth_last_error());
    return crl;
}

static void same_entries(const struct golden *golden, const mtlsauth_crl *made,
                         const mtlsauth_crl *opened)
{
    ASSERT_INT(golden->name, mtlsauth_crl_count(opened), mtlsauth_crl_count(made));
    ASSERT_INT(golden->name, mtlsauth_crl_next_update(opened), mtlsauth_crl_next_update(made));
    for (size_t i = 0; i < mtlsauth_crl_count(made); i++) {
        unsigned char serial[2][MTLSAUTH_CRL_MAX_SERIAL + 1];
        const mtlsauth_crl *of[] = {made, opened};
        int64_t date[2], found_date[2];
        int reason[2], found_reason[2], found[2];
        size_t len[2];

        for (int k = 0; k < 2; k++) {
            ck_assert_int_eq(mtlsauth_crl_serial_at(of[k], i, serial[k], sizeof serial[k], &len[k],
                                                    &date[k], &reason[k]),
                             MTLSAUTH_OK);
            ck_assert_int_eq(mtlsauth_crl_find(of[k], serial[0], len[0], &found[k], &found_date[k],
                                               &found_reason[k]),
                             MTLSAUTH_OK);
        }
        if (len[0] != len[1] || memcmp(serial[0], serial[1], len[0]) != 0 || date[0] != date[1] ||
            reason[0] != reason[1] || found[0] != found[1] || found_date[0] != found_date[1] ||
            found_reason[0] != found_reason[1])
            ck_abort_msg("%s: entry %u differs", golden->name, (unsigned)i);
        if (!found[0] && strcmp(golden->name, "indirect") != 0)
            ck_abort_msg("%s: entry %u is not found", golden->name, (unsigned)i);
    }
}

START_TEST(the_same_octets_on_every_machine)
{
    char folder[FOLDER_ROOM];
    bool write_anew = getenv("MTLSAUTH_WRITE_GOLDEN") != NULL;

    setup();
    folder_make(folder);
    for (size_t i = 0; i < COUNT_OF(goldens); i++) {
        const struct golden *golden = &goldens[i];
        char path[4096], made_path[sizeof folder + 8];
        char *want, *got;
        size_t want_len, got_len;
        mtlsauth_crl *made = load(golden), *opened;

        golden_path(path, golden);
        if (write_anew)
            save(golden, made, path);
        snprintf(made_path, sizeof made_path, "%s/index", folder);
        save(golden, made, made_path);
        want = read_all(path, &want_len);
        got = read_all(made_path, &got_len);
        ck_assert_msg(got_len == want_len && memcmp(got, want, want_len) == 0,
                      "%s: the index that is saved here is not golden/%s.index", golden->name,
                      golden->name);
        opened = open_copy(golden, want, want_len, made_path);
        same_entries(golden, made, opened);
        mtlsauth_crl_free(made);
        mtlsauth_crl_free(opened);
        free(want);
        free(got);
    }
    teardown();
}
END_TEST

UNIT_MAIN("revocation/golden", the_same_octets_on_every_machine)
