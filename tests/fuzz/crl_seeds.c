/* SPDX-License-Identifier: MIT */
/* Writes the seeds of the CRL targets: crl_seeds CORPUS. What they hold stands here as text. */
#include <stdio.h>
#include <mtlsauth/error.h>
#include "revocation/crl.h"
#include "support/crl_text.h"
#include "unit/unit.h"

static const char *corpus_path;

#define POINT "30 { a0 { a0 { 86 { \"http://a/\" } } } 81 01 ff }"

static const struct {
    const char *name;
    struct crl_text parts;
} seeds[] = {
    {"two", {.extensions = NULL}},
    {"none", {.revoked = "-"}},
    {"v1", {.version = "", .extensions = "-"}},
    {"rich",
     {.revoked = CRL_ENTRY_WITH("7f * 20", CRL_REASON("01")) CRL_ENTRY("00 80") CRL_ENTRY("80")
          CRL_ENTRY("00") CRL_ENTRY_WITH("05", CRL_EXTENSION("2a 03 04", "04 { 00 * 150 }"))
              "30 { 02 01 06 18 { \"99991231235959Z\" } }",
      .extensions = CRL_NUMBER CRL_EXTENSION("55 1d 23", "30 { 80 { 11 * 20 } }")
          CRL_CRITICAL("55 1d 1c", POINT),
      .algorithm = CRL_RSA}},
    {"delta",
     {.revoked = CRL_ENTRY_WITH("05", CRL_REASON("08")),
      .extensions = CRL_NUMBER CRL_CRITICAL("55 1d 1b", "02 01 05")}},
    {"indirect",
     {.revoked = CRL_ENTRY_WITH("05", CRL_CRITICAL("55 1d 1d", "30 { a4 { " CRL_NAME " } }")),
      .extensions = CRL_NUMBER CRL_CRITICAL("55 1d 1c", "30 { 84 01 ff }")}},
    {"critical", {.revoked = CRL_ENTRY_WITH("05", CRL_CRITICAL("2a 03 04", "05 00"))}},
    {"reasons", {.extensions = CRL_NUMBER CRL_CRITICAL("55 1d 1c", "30 { 83 { 05 60 } }")}},
};

static void put(const char *corpus, const char *target, const char *name, const char *front,
                size_t front_len, const void *bytes, size_t len)
{
    char path[4096];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s/%s", corpus, target, name);
    file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(front, 1, front_len, file), front_len);
    ck_assert_uint_eq(fwrite(bytes, 1, len, file), len);
    ck_assert_int_eq(fclose(file), 0);
}

static int to_text(void *arg, struct span bytes)
{
    crl_append(arg, bytes.ptr, bytes.len);
    return MTLSAUTH_OK;
}

START_TEST(write_seeds)
{
    for (size_t i = 0; i < sizeof seeds / sizeof *seeds; i++) {
        struct der_text list = crl_text(&seeds[i].parts), image = {0};
        struct crl_image_out out = {to_text, &image};
        mtlsauth_crl *crl;

        put(corpus_path, "crl_scan", seeds[i].name, "\x00\x07\x01\x30", 4, list.ptr, list.len);
        put(corpus_path, "crl_compile", seeds[i].name, "", 0, list.ptr, list.len);
        if (mtlsauth_crl_parse(&crl, list.ptr, list.len, NULL) == MTLSAUTH_OK) {
            der_text_room(&image, 0);
            ck_assert_int_eq(mtlsauth__crl_image_write(&crl->image, span_of(NULL, 0), &out), 0);
            put(corpus_path, "crl_index", seeds[i].name, "", 0, image.ptr, image.len);
            mtlsauth_crl_free(crl);
        }
        free(list.ptr);
        free(image.ptr);
    }
}
END_TEST

/* As a test, because the texts are put together with the assertions of one. */
int main(int argc, char **argv)
{
    const TTest *const tests[] = {write_seeds, NULL};

    if (argc != 2) {
        fprintf(stderr, "usage: crl_seeds CORPUS\n");
        return 2;
    }
    corpus_path = argv[1];
    return unit_run("fuzz/crl_seeds", tests);
}
