/* SPDX-License-Identifier: MIT */
/* The folder of OCSP responses that a fleet shares, and what strangers put into it. */
#include "authorizer/authorizer.h"
#include "authorizer_ocsp.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include "authorizer/ocsp_folder.h"
#include "base/asn1_string.h"
#include "base/der.h"
#include "base/error.h"
#include "folder.h"

static char folder[FOLDER_ROOM];

/* Its name, static. */
static const char *the_only_file(void)
{
    static char name[256];
    DIR *opened = opendir(folder);
    const struct dirent *entry;

    ck_assert_ptr_nonnull(opened);
    while ((entry = readdir(opened)) != NULL)
        if (entry->d_name[0] != '.')
            snprintf(name, sizeof name, "%s", entry->d_name);
    closedir(opened);
    return name;
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

START_TEST(files)
{
    const char *digits = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    struct der_build forged = ob_make_response(&(struct ob_response){
        .singles = &(struct ob_single){.status = 1}, .single_count = 1, .signer = OB_SIBLING});
    mtlsauth_report *report;
    const char *sentence;
    char name[80];

    folder_make(folder);
    setup(true);
    OK(put(&(struct ob_response){.status = 0}));
    OK(put_single(&(struct ob_single){.serial = "\x06", .serial_len = 1, .status = 1}));
    OK(mtlsauth_authorizer_save_ocsp(authorizer, folder));
    OK(mtlsauth_authorizer_save_ocsp(authorizer, folder));
    ck_assert_uint_eq(folder_count(folder), 2);
    teardown();

    /* What somebody else has put into the folder is passed over, and nothing else is. */
    snprintf(name, sizeof name, "%s.der", digits);
    write_file(name, "no response", 11);
    snprintf(name, sizeof name, "%.63sa.der", digits);
    write_file(name, forged.bytes, forged.len);
    write_file("README", "hello", 5);
    setup(true);
    ck_assert_int_eq(mtlsauth_authorizer_save_ocsp(authorizer, ""), MTLSAUTH_ERR_ARGUMENT);
    OK(mtlsauth_authorizer_load_ocsp(authorizer, folder, &report));
    /* The call has not failed. */
    ck_assert_ptr_nonnull(strstr(mtlsauth_last_error(), "save_ocsp: "));
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
}
END_TEST

/* The name that docs/revocation.md tells others to make. */
START_TEST(name_of_a_file)
{
    struct der_build name = {0};
    uint8_t digest[64];
    char text[256], path[256], hex[65];
    size_t len, at;

    folder_make(folder);
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
}
END_TEST

/* What nobody could verify has one file, which is called as its octets have it, however many
 * certificates it names. */
START_TEST(name_of_an_unverified_file)
{
    const struct ob_single singles[] = {{.serial = "\x05", .serial_len = 1},
                                        {.serial = "\x06", .serial_len = 1},
                                        {.serial = "\x05", .serial_len = 1, .hash = OB_ID_SHA256}};
    struct der_build der = ob_make_response(&(struct ob_response){
        .singles = singles, .single_count = COUNT_OF(singles), .signer = OB_SIBLING});
    char name[OCSP_FILE_NAME_ROOM], stats[4096];
    uint8_t digest[64];
    size_t len;

    ob_hash(OB_ID_SHA256, der.bytes, der.len, digest, &len);
    for (size_t i = 0; i < len; i++)
        snprintf(name + 2 * i, 3, "%02x", digest[i]);
    snprintf(name + 2 * len, sizeof name - 2 * len, ".unverified.der");
    folder_make(folder);
    setup(false);
    OK(put_der(&der));
    OK(mtlsauth_authorizer_save_ocsp(authorizer, folder));
    ck_assert_uint_eq(folder_count(folder), 1);
    ck_assert_str_eq(the_only_file(), name);
    teardown();
    setup(false);
    OK(mtlsauth_authorizer_load_ocsp(authorizer, folder, NULL));
    OK(mtlsauth_authorizer_stats_json(authorizer, stats, sizeof stats, NULL));
    ck_assert_msg(strstr(stats, "\"ocsp\":{\"entries\":3}") != NULL, "%s", stats);
    teardown();
    der_build_free(&der);
}
END_TEST

/* Names that anybody makes take no place of those that were verified. */
START_TEST(unverified_names_have_places_of_their_own)
{
    struct ocsp_folder names = {0};
    char name[OCSP_FILE_NAME_ROOM];

    for (int i = 0; i < OCSP_MAX_FILES; i++) {
        snprintf(name, sizeof name, "%064x.unverified.der", (unsigned)i);
        OK(mtlsauth__ocsp_folder_add(&names, name));
    }
    ck_assert(!names.is_cut);
    OK(mtlsauth__ocsp_folder_add(&names, name));
    ck_assert(names.is_cut);
    ck_assert_uint_eq(names.count, OCSP_MAX_FILES);
    for (int i = 0; i <= OCSP_MAX_FILES; i++) {
        snprintf(name, sizeof name, "%064x.der", (unsigned)i);
        OK(mtlsauth__ocsp_folder_add(&names, name));
    }
    ck_assert_uint_eq(names.count, 2 * OCSP_MAX_FILES);
    mtlsauth__ocsp_folder_drop(&names);
}
END_TEST

/* The path of a file whose name is one of ours: its last digit is n. */
static const char *path_of(unsigned n)
{
    static char path[256];

    snprintf(path, sizeof path, "%s/%063d%x.der", folder, 0, n);
    return path;
}

/* The name of a socket has little room: it is made elsewhere. */
static void make_socket(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "socket"};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(chdir(folder), 0);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    ck_assert_int_eq(rename("socket", path), 0);
    close(fd);
}

/* What cannot be read as a file of ours is passed over and reported: none is waited for, or
 * followed into memory. A link is followed, as nothing in the folder is trusted anyway. */
START_TEST(hostile_folder)
{
    static const char *const says[] = {"no such file",
                                       "symbolic links",
                                       "not a regular file",
                                       "is a directory",
                                       "larger than the limit of 65536 bytes",
                                       "larger than the limit of 65536 bytes",
                                       "not a regular file",
                                       "a socket",
                                       "it is empty",
                                       "something follows it"};
    struct der_build good = ob_make_response(&(struct ob_response){.status = 0});
    const off_t sizes[] = {MTLSAUTH_MAX_OCSP_BYTES + 1, (off_t)1 << 40};
    mtlsauth_report *report;
    char target[256];

    folder_make(folder);
    ck_assert_int_eq(symlink("nowhere", path_of(0)), 0);
    ck_assert_int_eq(symlink(path_of(1), path_of(1)), 0);
    ck_assert_int_eq(mkfifo(path_of(2), 0600), 0);
    ck_assert_int_eq(mkdir(path_of(3), 0700), 0);
    for (unsigned i = 0; i < 2; i++) {
        int fd = open(path_of(4 + i), O_CREAT | O_WRONLY, 0600);

        ck_assert_int_ge(fd, 0);
        ck_assert_int_eq(ftruncate(fd, sizes[i]), 0);
        close(fd);
    }
    ck_assert_int_eq(symlink("/dev/zero", path_of(6)), 0);
    make_socket(path_of(7));
    close(open(path_of(8), O_CREAT | O_WRONLY, 0600));
    write_file("target", good.bytes, good.len);
    snprintf(target, sizeof target, "%s/target", folder);
    ck_assert_int_eq(symlink(target, path_of(10)), 0);
    good.bytes[good.len - 1] ^= 1;
    der_byte(&good, 0);
    snprintf(target, sizeof target, "%063d9.der", 0);
    write_file(target, good.bytes, good.len);

    setup(true);
    OK(mtlsauth_authorizer_load_ocsp(authorizer, folder, &report));
    ck_assert_int_eq(answer(), MTLSAUTH_OK);
    ck_assert_uint_eq(mtlsauth_report_count(report), COUNT_OF(says) + 1);
    for (size_t i = 0; i < COUNT_OF(says); i++) {
        const char *sentence;

        OK(mtlsauth_report_finding(report, i, NULL, NULL, NULL, &sentence));
        ck_assert_msg(strstr(sentence, says[i]) != NULL, "%zu: %s", i, sentence);
    }
    ck_assert_ptr_nonnull(strstr(mtlsauth_report_json(report), "\"files\":11,\"loaded\":1"));
    mtlsauth_report_free(report);
    teardown();
    der_build_free(&good);
    ck_assert_int_eq(rmdir(path_of(3)), 0);
}
END_TEST

/* What is longer than a sentence is cut at the end of a character, wherever in one that falls. */
START_TEST(finding_that_is_cut)
{
    enum { LEVELS = 4, EUROS = 80 };

    for (unsigned front = 0; front < 3; front++) {
        char path[LEVELS * 4 * EUROS], name[80];
        mtlsauth_report *report;
        const char *sentence;
        size_t used;
        FILE *file;

        folder_make(folder);
        used = (size_t)snprintf(path, sizeof path, "%s", folder);
        for (int level = 0; level < LEVELS; level++) {
            used += (size_t)snprintf(path + used, sizeof path - used, "/%.*s",
                                     level == 0 ? (int)front : 0, "aaa");
            for (int i = 0; i < EUROS; i++)
                used += (size_t)snprintf(path + used, sizeof path - used, "\xe2\x82\xac");
            ck_assert_int_eq(mkdir(path, 0700), 0);
        }
        snprintf(name, sizeof name, "/%064d.der", 0);
        strcat(path, name);
        file = fopen(path, "wb");
        ck_assert_ptr_nonnull(file);
        fclose(file);
        path[used] = '\0';
        setup(true);
        OK(mtlsauth_authorizer_load_ocsp(authorizer, path, &report));
        OK(mtlsauth_report_finding(report, 0, NULL, NULL, NULL, &sentence));
        ck_assert_uint_gt(strlen(sentence), MTLSAUTH__MAX_SENTENCE - 4);
        ck_assert_msg(mtlsauth__asn1_string_ok(DER_UTF8_STRING, span_of_text(sentence)), "%s",
                      sentence);
        mtlsauth_report_free(report);
        teardown();
    }
}
END_TEST

/* Whatever stands where a response is to be saved: it is replaced, and nothing is written through
 * it. */
START_TEST(saved_over_what_is_there)
{
    static const char secret[] = "what stands in another file";
    char target[256], path[512], text[64] = "";
    const char *name;
    FILE *file;

    folder_make(folder);
    setup(true);
    OK(put(&(struct ob_response){.status = 0}));
    OK(mtlsauth_authorizer_save_ocsp(authorizer, folder));
    name = the_only_file();
    snprintf(path, sizeof path, "%s/%s", folder, name);
    snprintf(target, sizeof target, "%s/target", folder);
    write_file("target", secret, sizeof secret);
    for (int kind = 0; kind < 3; kind++) {
        struct stat st;

        ck_assert_int_eq(unlink(path), 0);
        if (kind == 0)
            ck_assert_int_eq(symlink(target, path), 0);
        else if (kind == 1)
            ck_assert_int_eq(mkfifo(path, 0600), 0);
        else
            ck_assert_int_eq(link(target, path), 0);
        OK(mtlsauth_authorizer_save_ocsp(authorizer, folder));
        ck_assert_int_eq(lstat(path, &st), 0);
        ck_assert(S_ISREG(st.st_mode) && st.st_nlink == 1);
        ck_assert_uint_eq(folder_count(folder), 2);
        file = fopen(target, "rb");
        ck_assert_ptr_nonnull(file);
        ck_assert_uint_eq(fread(text, 1, sizeof text, file), sizeof secret);
        fclose(file);
        ck_assert_str_eq(text, secret);
    }
    /* A folder cannot be replaced by a file: the call says so, and leaves nothing behind. */
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    ck_assert_int_eq(mtlsauth_authorizer_save_ocsp(authorizer, folder), MTLSAUTH_ERR_IO);
    ck_assert_ptr_nonnull(strstr(mtlsauth_last_error(), "directory"));
    ck_assert_int_eq(rmdir(path), 0);
    ck_assert_uint_eq(folder_count(folder), 1);
    teardown();
}
END_TEST

/* Of the file that comes last. */
static const char *last_path(void)
{
    static char path[256];

    snprintf(path, sizeof path, "%s/f%063d.der", folder, 0);
    return path;
}

/* The file that a save has made, under a name that none of the others has. */
static void set_aside(void)
{
    char from[512];

    snprintf(from, sizeof from, "%s/%s", folder, the_only_file());
    ck_assert_int_eq(rename(from, last_path()), 0);
}

static void fill(const char *from, char digit, size_t count, bool unverified)
{
    for (size_t i = 0; i < count; i++) {
        char path[256];

        snprintf(path, sizeof path, "%s/%c%063zx%s.der", folder, digit, i << 4,
                 unverified ? ".unverified" : "");
        ck_assert_int_eq(link(from, path), 0);
    }
}

/* One response that says the same so many times, and is large by that. */
static size_t write_response(const char *name, const struct ob_single *single, size_t count)
{
    struct ob_single *singles = calloc(count, sizeof *singles);
    struct der_build der;
    size_t len;

    ck_assert_ptr_nonnull(singles);
    for (size_t i = 0; i < count; i++) {
        singles[i] = *single;
        singles[i].serial = "\x06";
        singles[i].serial_len = 1;
    }
    der = ob_make_response(&(struct ob_response){.singles = singles, .single_count = count});
    len = der.len;
    write_file(name, der.bytes, len);
    der_build_free(&der);
    free(singles);
    return len;
}

#define ENDED "20260601110000Z"
#define LARGE 500
#define AHEAD .this_update = "20990101000000Z", .next_update = "20990102000000Z"

/* A folder that somebody has filled, or the clients of years: what it says of a revocation counts,
 * and a save makes room. */
START_TEST(too_many_files)
{
    static const struct {
        const char *name;
        struct ob_single single;
        bool unverified, is_removed;
        const char *says;
        size_t times;
    } rows[] = {
        {"nothing in it", {.serial = NULL}, false, true, "2 more files were passed over", 1},
        {"good once", {.next_update = ENDED}, false, true, "16386 files of the folder have", 1},
        {"revoked once", {.next_update = ENDED, .status = 1}, false, false, "16387,", 1},
        {"good", {.next_update = "20260603110000Z"}, false, false, "16387,", 1},
        {"in the skew", {.next_update = "20260601115900Z"}, false, false, "16387,", 1},
        {"of the future", {AHEAD}, false, false, "16387,", 1},
        {"unverified", {.status = 1}, true, false, "16387,", 1},
        {"unverified once", {.next_update = ENDED, .status = 1}, true, true, "16386 files", 1},
        {"unverified, of the future", {AHEAD, .status = 1}, true, true, "16386 files", 1},
        {"large, good once", {.next_update = ENDED}, false, true, "files of the folder", LARGE},
        {"large, good", {.next_update = "20260603110000Z"}, false, false, "tell of no", LARGE},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char first[256], second[256];
        mtlsauth_report *report;
        size_t len = 0, count = MTLSAUTH_MAX_OCSP_ENTRIES + 2;

        folder_make(folder);
        snprintf(first, sizeof first, "%s/x", folder);
        snprintf(second, sizeof second, "%s/y", folder);
        setup(true);
        OK(put_single(&(struct ob_single){.status = 1}));
        OK(mtlsauth_authorizer_save_ocsp(authorizer, folder));
        set_aside();
        teardown();
        if (i == 0)
            write_file("x", "", 0);
        else
            len = write_response("x", &rows[i].single, rows[i].times);
        if (rows[i].times == LARGE)
            count = MTLSAUTH_MAX_OCSP_CACHE_BYTES / len + 1;
        fill(first, '0', count, rows[i].unverified);
        /* The rest of the room, if large ones leave some. */
        if (rows[i].times == LARGE) {
            write_response("y", &rows[i].single, 1);
            fill(second, '1', 300, false);
        }

        setup(true);
        OK(mtlsauth_policy_set_clock_skew(policy, 300));
        set_policy();
        OK(mtlsauth_authorizer_load_ocsp(authorizer, folder, &report));
        ASSERT_INT(rows[i].name, answer(), MTLSAUTH_DENY_REVOKED);
        ck_assert_msg(strstr(mtlsauth_report_json(report), rows[i].says) != NULL, "%s",
                      rows[i].name);
        mtlsauth_report_free(report);
        OK(mtlsauth_authorizer_save_ocsp(authorizer, folder));
        ASSERT_INT(rows[i].name, folder_count(folder) < count, rows[i].is_removed);
        ck_assert_int_eq(access(last_path(), R_OK), 0);
        teardown();
    }
}
END_TEST

/* One place that is taken keeps no other response out of the folder. */
START_TEST(a_save_goes_on)
{
    enum { ALL = 5 };
    char path[512], serial[] = "\x10";

    folder_make(folder);
    setup(true);
    for (int i = 0; i < ALL; i++) {
        serial[0] = (char)(0x10 + i);
        OK(put_single(&(struct ob_single){.serial = serial, .serial_len = 1, .status = 1}));
        if (i > 0)
            continue;
        OK(mtlsauth_authorizer_save_ocsp(authorizer, folder));
        snprintf(path, sizeof path, "%s/%s", folder, the_only_file());
        ck_assert_int_eq(unlink(path), 0);
        ck_assert_int_eq(mkdir(path, 0700), 0);
    }
    ck_assert_int_eq(mtlsauth_authorizer_save_ocsp(authorizer, folder), MTLSAUTH_ERR_IO);
    ck_assert_ptr_nonnull(strstr(mtlsauth_last_error(), "directory"));
    ck_assert_uint_eq(folder_count(folder), ALL);
    teardown();
}
END_TEST

static int64_t setting_clock(void *arg)
{
    int *calls = arg;

    (*calls)++;
    OK(mtlsauth_authorizer_set_intermediates(authorizer, NULL));
    return OB_NOW;
}

START_TEST(a_clock_may_wait_for_a_setter)
{
    int calls = 0;

    folder_make(folder);
    setup(true);
    OK(mtlsauth_policy_set_clock(policy, setting_clock, &calls));
    set_policy();
    OK(put(&(struct ob_response){.status = 0}));
    ck_assert_int_eq(calls, 1);
    ck_assert_uint_eq(generation(), 4);
    OK(mtlsauth_authorizer_save_ocsp(authorizer, folder));
    ck_assert_int_eq(calls, 2);
    OK(mtlsauth_authorizer_load_ocsp(authorizer, folder, NULL));
    ck_assert_int_eq(calls, 3);
    ck_assert_int_eq(answer(), MTLSAUTH_OK);
    teardown();
}
END_TEST

static int64_t no_time(void *arg)
{
    (void)arg;
    return MTLSAUTH_NO_TIME;
}

/* Without a time nobody can tell what has expired: nothing is written, and nothing removed. */
START_TEST(a_clock_without_a_time)
{
    char from[256];
    size_t len;

    folder_make(folder);
    snprintf(from, sizeof from, "%s/x", folder);
    len = write_response("x", &(struct ob_single){.status = 1}, 1);
    ck_assert_uint_gt(len, 0);
    fill(from, '0', MTLSAUTH_MAX_OCSP_ENTRIES + 1, true);
    setup(true);
    OK(put(&(struct ob_response){.status = 0}));
    OK(mtlsauth_policy_set_clock(policy, no_time, NULL));
    set_policy();
    ck_assert_int_eq(mtlsauth_authorizer_save_ocsp(authorizer, folder), MTLSAUTH_ERR_IO);
    ck_assert_ptr_nonnull(strstr(mtlsauth_last_error(), "clock"));
    ck_assert_int_eq(mtlsauth_authorizer_load_ocsp(authorizer, folder, NULL), MTLSAUTH_ERR_IO);
    ck_assert_ptr_nonnull(strstr(mtlsauth_last_error(), "clock"));
    ck_assert_uint_eq(folder_count(folder), MTLSAUTH_MAX_OCSP_ENTRIES + 2);
    teardown();
}
END_TEST

/* A file for which there is no room takes nothing away: the answer that it is newer than stays. */
START_TEST(no_half_of_a_file)
{
    static const struct ob_single older = {.this_update = "20260531230000Z"};
    struct der_build cert = ob_make_cert(&(struct ob_cert){.key = OB_LEAF});
    struct der_build newer = ob_make_response(&(struct ob_response){
        .status = 0, .certs = {&cert, &cert}, .cert_count = 2});
    struct snapshot *snapshot;
    uint64_t before;
    size_t fits;
    char name[80];

    folder_make(folder);
    setup(true);
    OK(put_single(&(struct ob_single){.serial = "\x07", .serial_len = 1, .status = 1}));
    OK(put_single(&older));
    snprintf(name, sizeof name, "%064d.der", 0);
    write_file(name, newer.bytes, newer.len);
    snprintf(name, sizeof name, "%064d.der", 1);
    fits = write_response(name, &(struct ob_single){.status = 1}, 1);
    /* As if what is there were large. */
    snapshot = mtlsauth__authorizer_acquire(authorizer);
    snapshot->ocsp->bytes = MTLSAUTH_MAX_OCSP_CACHE_BYTES - fits;
    mtlsauth__snapshot_free(snapshot);
    before = generation();
    OK(mtlsauth_authorizer_load_ocsp(authorizer, folder, NULL));
    ck_assert_uint_gt(generation(), before);
    ck_assert_int_eq(answer(), MTLSAUTH_OK);
    der_build_free(&newer);
    der_build_free(&cert);
    teardown();
}
END_TEST

UNIT_MAIN("authorizer/ocsp_files", files, name_of_a_file, hostile_folder, finding_that_is_cut,
          saved_over_what_is_there, name_of_an_unverified_file,
          unverified_names_have_places_of_their_own, too_many_files, a_save_goes_on,
          a_clock_may_wait_for_a_setter, a_clock_without_a_time, no_half_of_a_file)
