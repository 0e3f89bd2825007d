/* SPDX-License-Identifier: MIT */
/* The folder of OCSP responses that a fleet shares, and what strangers put into it. */
#include "authorizer_ocsp.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static char folder[] = "/tmp/mtlsauth-ocsp-XXXXXX";

static unsigned files_of(const char *dir)
{
    DIR *opened = opendir(dir);
    const struct dirent *entry;
    unsigned count = 0;

    ck_assert_ptr_nonnull(opened);
    while ((entry = readdir(opened)) != NULL)
        count += entry->d_name[0] != '.';
    closedir(opened);
    return count;
}

static void write_file(const char *name, const void *data, size_t len)
{
    char path[256];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(data, 1, len, file), len);
    fclose(file);
}

static void remove_folder(void)
{
    char path[512];
    DIR *opened = opendir(folder);
    const struct dirent *entry;

    while ((entry = readdir(opened)) != NULL) {
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (entry->d_name[0] != '.')
            unlink(path);
    }
    closedir(opened);
    ck_assert_int_eq(rmdir(folder), 0);
}

START_TEST(files)
{
    const char *digits = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    struct der_build forged = ob_make_response(&(struct ob_response){
        .singles = &(struct ob_single){.status = 1}, .single_count = 1, .signer = OB_SIBLING});
    mtlsauth_report *report;
    const char *sentence;
    char name[80];

    ck_assert_ptr_nonnull(mkdtemp(folder));
    setup(true);
    OK(put(&(struct ob_response){.status = 0}));
    OK(put_single(&(struct ob_single){.serial = "\x06", .serial_len = 1, .status = 1}));
    OK(mtlsauth_authorizer_save_ocsp(authorizer, folder));
    OK(mtlsauth_authorizer_save_ocsp(authorizer, folder));
    ck_assert_uint_eq(files_of(folder), 2);
    teardown();

    /* What somebody else has put into the folder is passed over, and nothing else is. */
    snprintf(name, sizeof name, "%s.der", digits);
    write_file(name, "no response", 11);
    snprintf(name, sizeof name, "%.63sa.der", digits);
    write_file(name, forged.bytes, forged.len);
    write_file("README", "hello", 5);
    setup(true);
    OK(mtlsauth_authorizer_load_ocsp(authorizer, folder, &report));
    ck_assert_uint_eq(generation(), 2);
    ck_assert_int_eq(answer(), MTLSAUTH_OK);
    ck_assert_uint_eq(mtlsauth_report_count(report), 3);
    OK(mtlsauth_report_finding(report, 0, NULL, NULL, NULL, &sentence));
    ck_assert_msg(strstr(sentence, "MTLSAUTH_ERR_PARSE") != NULL, "%s", sentence);
    OK(mtlsauth_report_finding(report, 1, NULL, NULL, NULL, &sentence));
    ck_assert_msg(strstr(sentence, "MTLSAUTH_ERR_SIGNATURE") != NULL, "%s", sentence);
    ck_assert_ptr_nonnull(strstr(mtlsauth_report_json(report), "\"files\":4,\"loaded\":2"));
    mtlsauth_report_free(report);
    /* Nothing is new, and no report is wanted. */
    OK(mtlsauth_authorizer_load_ocsp(authorizer, folder, NULL));
    ck_assert_uint_eq(generation(), 2);
    ck_assert_int_eq(mtlsauth_authorizer_load_ocsp(authorizer, "/nonexistent", &report),
                     MTLSAUTH_ERR_IO);
    ck_assert_ptr_null(report);
    ck_assert_int_eq(mtlsauth_authorizer_save_ocsp(authorizer, "/nonexistent"), MTLSAUTH_ERR_IO);
    ck_assert_int_eq(mtlsauth_authorizer_save_ocsp(authorizer, ""), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(mtlsauth_authorizer_load_ocsp(NULL, folder, NULL), MTLSAUTH_ERR_ARGUMENT);
    teardown();
    der_build_free(&forged);
    remove_folder();
}
END_TEST

/* The name that docs/revocation.md tells others to make. */
START_TEST(name_of_a_file)
{
    struct der_build name = {0};
    uint8_t digest[64];
    char text[256], path[256], hex[65];
    size_t len, at;

    ck_assert_ptr_nonnull(mkdtemp(folder));
    setup(true);
    OK(put(&(struct ob_response){.status = 0}));
    OK(mtlsauth_authorizer_save_ocsp(authorizer, folder));
    ob_name(&name, "issuer");
    ob_hash(OB_ID_SHA1, name.bytes, name.len, digest, &len);
    at = (size_t)snprintf(text, sizeof text, "sha1 ");
    for (size_t i = 0; i < len; i++)
        at += (size_t)snprintf(text + at, sizeof text - at, "%02x", digest[i]);
    at += (size_t)snprintf(text + at, sizeof text - at, " ");
    ob_key_hash(OB_ISSUER, OB_ID_SHA1, digest, &len);
    for (size_t i = 0; i < len; i++)
        at += (size_t)snprintf(text + at, sizeof text - at, "%02x", digest[i]);
    at += (size_t)snprintf(text + at, sizeof text - at, " 05");
    ob_hash(OB_ID_SHA256, text, at, digest, &len);
    for (size_t i = 0; i < len; i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    snprintf(path, sizeof path, "%s/%s.der", folder, hex);
    ck_assert_msg(access(path, R_OK) == 0, "%s", path);
    der_build_free(&name);
    teardown();
    remove_folder();
}
END_TEST

UNIT_MAIN("authorizer/ocsp_files", files, name_of_a_file)
