/* SPDX-License-Identifier: MIT */
/*
 * Each call of the system fails in turn: refused (EIO), interrupted (EINTR), and short (one octet
 * is moved). What must hold: what was interrupted or short goes well all the same where POSIX says
 * that it is to be tried again; what is refused is an error with a sentence, and the state that was
 * in force stays in force, on the disk as in memory; the same thing done again goes well.
 */
#include "ocsp.h"
#include "support/reload.h"

#include <errno.h>
#include "base/file.h"
#include "base/pages.h"
#include "revocation/store.h"
#include "system_calls.h"

static const char *doing = "";
static enum system_call call;
static unsigned fail_at;
static int fail_with;
static unsigned long points;

#define EXPECT(what, code)                                                                         \
    ck_assert_msg((what), "%s: %s number %u, error %d: " #what " does not hold: %s: %s", doing,    \
                  system_name(call), fail_at, fail_with, mtlsauth_code_name(code),                 \
                  mtlsauth_last_error())

/* Runs the good way to count, or with a fault; true when it went well. */
static bool act(int (*what)(void), unsigned *count)
{
    int code;

    system_arm(call, fail_at, fail_with);
    code = what();
    *count = system_disarm();
    if (call == SYSTEM_MUTEX || call == SYSTEM_MMAP)
        EXPECT(code == MTLSAUTH_OK || code == MTLSAUTH_ERR_NOMEM, code);
    else
        EXPECT(code == MTLSAUTH_OK || code == MTLSAUTH_ERR_IO, code);
    if (code != MTLSAUTH_OK)
        EXPECT(strlen(mtlsauth_last_error()) > 10, code);
    return code == MTLSAUTH_OK;
}

/* POSIX has these tried again. A close that was interrupted has closed. */
static bool must_go_well(void)
{
    bool is_waiting = call == SYSTEM_OPEN || call == SYSTEM_OPENAT || call == SYSTEM_READ ||
                      call == SYSTEM_WRITE || call == SYSTEM_FSYNC || call == SYSTEM_FCNTL ||
                      call == SYSTEM_CLOSE;

    return fail_at == 0 || fail_with == SYSTEM_SHORT || (fail_with == EINTR && is_waiting);
}

/* before makes the same beginning each time, after looks at what there is. */
struct scenario {
    const char *name;
    void (*before)(void);
    int (*what)(void);
    void (*after)(bool went_well);
    unsigned calls; /* that it has to make: a bit each */
};

static void fail_each(const struct scenario *it)
{
    static const int errors[] = {EIO, EINTR, SYSTEM_SHORT};

    doing = it->name;
    for (call = 0; call < SYSTEM_CALLS; call++) {
        unsigned usual, count;

        fail_at = 0;
        it->before();
        EXPECT(act(it->what, &usual), MTLSAUTH_OK);
        EXPECT(usual > 0 || (it->calls >> call & 1) == 0, MTLSAUTH_OK);
        it->after(true);
        for (fail_at = 1; fail_at <= usual; fail_at++) {
            for (size_t i = 0; i < COUNT_OF(errors); i++) {
                bool went_well;

                fail_with = errors[i];
                if (fail_with == SYSTEM_SHORT && call != SYSTEM_READ && call != SYSTEM_WRITE)
                    continue;
                it->before();
                went_well = act(it->what, &count);
                EXPECT(went_well || !must_go_well(), MTLSAUTH_OK);
                EXPECT(count >= fail_at, MTLSAUTH_OK);
                it->after(went_well);
                points++;
            }
        }
    }
}

static char text[64];
static uint8_t *bytes;
static size_t bytes_len;

static void before_reading(void)
{
    bytes = NULL;
    text[0] = '\0';
    write_in_place("file", "what it says", 12);
}

static int read_file(void)
{
    return mtlsauth__file_read(in_folder("file"), 100, &bytes, &bytes_len);
}

static void after_reading(bool went_well)
{
    EXPECT((bytes != NULL) == went_well, MTLSAUTH_OK);
    if (went_well) {
        EXPECT(bytes_len == 12 && memcmp(bytes, "what it says", 12) == 0, MTLSAUTH_OK);
        free(bytes);
    }
}

static int take(void *arg, struct span piece)
{
    (void)arg;
    strncat(text, (const char *)piece.ptr, piece.len);
    return MTLSAUTH_OK;
}

static int read_pieces(void)
{
    return mtlsauth__file_each(in_folder("file"), 5, take, NULL);
}

static void after_pieces(bool went_well)
{
    EXPECT(!went_well || strcmp(text, "what it says") == 0, MTLSAUTH_OK);
    EXPECT(strncmp(text, "what it says", strlen(text)) == 0, MTLSAUTH_OK);
}

static int open_store(void)
{
    struct store_read store;
    int code = mtlsauth__store_open(&store, in_folder("file"), true);

    if (code != MTLSAUTH_OK)
        return code;
    EXPECT(store.size == 12, code);
    code = mtlsauth__store_read(&store, text, 12);
    text[12] = '\0';
    if (code == MTLSAUTH_OK)
        code = mtlsauth__store_end(&store);
    mtlsauth__store_close(&store);
    return code;
}

static void after_store(bool went_well)
{
    EXPECT(!went_well || strcmp(text, "what it says") == 0, MTLSAUTH_OK);
}

static unsigned files_in_folder(void)
{
    DIR *dir = opendir(reload_folder);
    unsigned count = 0;

    while (readdir(dir) != NULL)
        count++;
    closedir(dir);
    return count - 2;
}

static unsigned files;

static void before_writing(void)
{
    before_reading();
    files = files_in_folder();
}

static int write_in_store(void)
{
    struct store_write store;
    int code = mtlsauth__store_create(&store, in_folder("file"));

    if (code != MTLSAUTH_OK)
        return code;
    code = mtlsauth__store_write(&store, span_of_text("the new text"));
    if (code == MTLSAUTH_OK)
        return mtlsauth__store_commit(&store);
    mtlsauth__store_abandon(&store);
    return code;
}

/* The old one or the new one, whole; only when the folder cannot be synchronised both may be. */
static void after_writing(bool went_well)
{
    bool is_new;

    EXPECT(files_in_folder() == files, MTLSAUTH_OK);
    ck_assert_int_eq(read_file(), MTLSAUTH_OK);
    is_new = memcmp(bytes, "the new text", 12) == 0;
    EXPECT(bytes_len == 12 && (is_new || memcmp(bytes, "what it says", 12) == 0), MTLSAUTH_OK);
    EXPECT(is_new == went_well || (is_new && call == SYSTEM_FSYNC && fail_at == 2), MTLSAUTH_OK);
    free(bytes);
}

static int lock = -1;

static int take_lock(void)
{
    return mtlsauth__store_lock(&lock, in_folder("file"));
}

static void after_lock(bool went_well)
{
    EXPECT((lock >= 0) == went_well, MTLSAUTH_OK);
    mtlsauth__store_unlock(lock);
}

enum { MANY_PAGES = 8 << 20 };

static void *pages;

static void before_pages(void)
{
    pages = NULL;
}

static int take_pages(void)
{
    pages = mtlsauth__pages_new(MANY_PAGES, PAGES_HUGE);
    return pages == NULL ? MTLSAUTH_ERR_NOMEM : MTLSAUTH_OK;
}

static void after_pages(bool went_well)
{
    EXPECT(went_well == (pages != NULL), MTLSAUTH_OK);
    if (pages != NULL)
        memset(pages, 1, MANY_PAGES);
    mtlsauth__pages_free(pages, MANY_PAGES);
}

static void empty_folder(const char *name)
{
    char command[FOLDER_ROOM + 128];

    snprintf(command, sizeof command, "rm -rf '%s'", in_folder(name));
    ck_assert_int_eq(system(command), 0);
    ck_assert_int_eq(mkdir(in_folder(name), 0700), 0);
}

/* An authorizer of its own for each run. */
static mtlsauth_truststore *made_store;
static mtlsauth_authorizer *made;

static void before_making(void)
{
    made = (void *)text;
    made_store = (void *)text;
}

static int make_store(void)
{
    size_t len;
    const void *der = mtlsauth_cert_der(root, &len);

    return mtlsauth_truststore_parse(&made_store, der, len, NULL);
}

static void after_store_was_made(bool went_well)
{
    EXPECT((made_store != NULL) == went_well, MTLSAUTH_OK);
    mtlsauth_truststore_free(made_store);
}

static int make_authorizer(void)
{
    return mtlsauth_authorizer_new(&made, root_store, policy);
}

static void after_making(bool went_well)
{
    EXPECT((made != NULL) == went_well, MTLSAUTH_OK);
    if (went_well)
        EXPECT(mtlsauth_authorize(made, client5, NULL) == MTLSAUTH_DENY_REVOCATION_UNKNOWN,
               MTLSAUTH_OK);
    mtlsauth_authorizer_free(made);
}

/* A list of one client is in force, and becomes one of another. */
static void before_list(void)
{
    mtlsauth_authorizer_free(authorizer);
    ASSERT_CALL(mtlsauth_authorizer_new(&authorizer, root_store, policy));
    write_list("root.crl", 5, REVOKED5);
    write_store("root.pem", root, other);
}

static void before_refresh(void)
{
    before_list();
    write_store("root.pem", root, NULL);
    ASSERT_CALL(mtlsauth_authorizer_add_truststore_file(authorizer, in_folder("root.pem")));
    write_list("lists/root.crl", 5, REVOKED5);
    ASSERT_CALL(mtlsauth_authorizer_add_crl_dir(authorizer, in_folder("lists"), NULL));
    write_store("root.pem", root, other);
    write_list("lists/root.crl", 6, REVOKED6);
}

static void before_refresh_with_floors(void)
{
    empty_folder("state");
    before_refresh();
    ASSERT_CALL(mtlsauth_authorizer_set_state_dir(authorizer, in_folder("state")));
}

static int add_truststore_file(void)
{
    return mtlsauth_authorizer_add_truststore_file(authorizer, in_folder("root.pem"));
}

static void after_adding_store(bool went_well)
{
    int want = went_well ? MTLSAUTH_DENY_REVOCATION_UNKNOWN : MTLSAUTH_DENY_ISSUER_NOT_FOUND;

    EXPECT(generation() == (went_well ? 2 : 1), MTLSAUTH_OK);
    EXPECT(answer(client_of_other) == want, MTLSAUTH_OK);
    if (!went_well)
        ASSERT_CALL(add_truststore_file());
}

static int add_list(void)
{
    return mtlsauth_authorizer_add_crl_file(authorizer, in_folder("root.crl"), NULL);
}

static void after_adding_list(bool went_well)
{
    EXPECT(answer(client5) ==
               (went_well ? MTLSAUTH_DENY_REVOKED : MTLSAUTH_DENY_REVOCATION_UNKNOWN),
           MTLSAUTH_OK);
    if (!went_well)
        ASSERT_CALL(add_list());
    EXPECT(answer(client6) == MTLSAUTH_OK, MTLSAUTH_OK);
}

static int refresh(void)
{
    return mtlsauth_authorizer_refresh(authorizer, NULL, NULL);
}

/* One file that fails keeps no other from being taken. */
static void after_refresh(bool went_well)
{
    int first = answer(client5), second = answer(client6), third = answer(client_of_other);
    bool list = first == MTLSAUTH_OK, store = third != MTLSAUTH_DENY_ISSUER_NOT_FOUND;

    EXPECT(second == (list ? MTLSAUTH_DENY_REVOKED : MTLSAUTH_OK), MTLSAUTH_OK);
    EXPECT(list || first == MTLSAUTH_DENY_REVOKED, MTLSAUTH_OK);
    EXPECT(third != MTLSAUTH_OK, MTLSAUTH_OK);
    EXPECT(!went_well || (list && store), MTLSAUTH_OK);
    ASSERT_CALL(refresh());
    EXPECT(answer(client5) == MTLSAUTH_OK, MTLSAUTH_OK);
    EXPECT(answer(client_of_other) == MTLSAUTH_DENY_REVOCATION_UNKNOWN, MTLSAUTH_OK);
}

static mtlsauth_crl *list_of_6;

static void before_state(void)
{
    struct der_text list = reload_list(false, 6, REVOKED6, 0);

    mtlsauth_crl_free(list_of_6);
    ASSERT_CALL(mtlsauth_crl_load(&list_of_6, list.ptr, list.len, root, policy, NULL));
    free(list.ptr);
    empty_folder("state");
    before_list();
    ASSERT_CALL(mtlsauth_authorizer_set_state_dir(authorizer, in_folder("state")));
    ASSERT_CALL(add_list());
}

static int put_with_floors(void)
{
    return mtlsauth_authorizer_put_crl(authorizer, list_of_6);
}

/* A list whose floor was not kept is not in force. */
static void after_floors(bool went_well)
{
    EXPECT(answer(client6) == (went_well ? MTLSAUTH_DENY_REVOKED : MTLSAUTH_OK), MTLSAUTH_OK);
    EXPECT(answer(client5) == (went_well ? MTLSAUTH_OK : MTLSAUTH_DENY_REVOKED), MTLSAUTH_OK);
    if (!went_well)
        ASSERT_CALL(put_with_floors());
    EXPECT(answer(client6) == MTLSAUTH_DENY_REVOKED, MTLSAUTH_OK);
}

static mtlsauth_authorizer *with_ocsp;

static void before_answers(void)
{
    mtlsauth_cert *issuer = ocsp_issuer();
    mtlsauth_truststore *store = reload_store(issuer);
    mtlsauth_policy *rules = reload_policy(MTLSAUTH_EVIDENCE_OCSP);
    struct der_build der = ob_make_response(&(struct ob_response){.singles = NULL});

    mtlsauth_authorizer_free(with_ocsp);
    ASSERT_CALL(mtlsauth_policy_set_time(rules, OB_NOW));
    ASSERT_CALL(mtlsauth_authorizer_new(&with_ocsp, store, rules));
    ASSERT_CALL(mtlsauth_authorizer_put_ocsp_response(with_ocsp, der.bytes, der.len));
    empty_folder("ocsp");
    der_build_free(&der);
    mtlsauth_policy_free(rules);
    mtlsauth_truststore_free(store);
    mtlsauth_cert_free(issuer);
}

static int save_answers(void)
{
    return mtlsauth_authorizer_save_ocsp(with_ocsp, in_folder("ocsp"));
}

static int load_answers(void)
{
    return mtlsauth_authorizer_load_ocsp(with_ocsp, in_folder("ocsp"), NULL);
}

static void before_loading(void)
{
    before_answers();
    ASSERT_CALL(save_answers());
}

/* What failed leaves nothing that a later run stumbles over. */
static void after_answers(bool went_well)
{
    (void)went_well;
    ASSERT_CALL(save_answers());
    ASSERT_CALL(load_answers());
}

#define BIT(name) (1U << SYSTEM_##name)
#define READS (BIT(OPEN) | BIT(FSTAT) | BIT(READ) | BIT(CLOSE))
#define LOOKS (READS | BIT(STAT) | BIT(CLOCK))
#define LISTS (BIT(OPENDIR) | BIT(READDIR))
#define WRITES (BIT(OPEN) | BIT(OPENAT) | BIT(WRITE) | BIT(FSYNC) | BIT(CLOSE) | BIT(RENAMEAT))
#define LOCKS (BIT(OPEN) | BIT(OPENAT) | BIT(FSTAT) | BIT(FCNTL) | BIT(CLOSE))
#define FLOORS (READS | WRITES | LOCKS)
/* Where a sanitizer watches over malloc, there are no pages. */
#ifdef SANITIZED
#define PAGES 0
#else
#define PAGES BIT(MMAP)
#endif

static const struct scenario scenarios[] = {
    {"read a file", before_reading, read_file, after_reading, READS},
    {"read a file in pieces", before_reading, read_pieces, after_pieces, READS},
    {"open a store", before_reading, open_store, after_store, READS | BIT(OPENAT)},
    {"write a store", before_writing, write_in_store, after_writing, WRITES},
    {"lock a store", before_reading, take_lock, after_lock, LOCKS},
    {"pages", before_pages, take_pages, after_pages, PAGES},
    {"make a truststore", before_making, make_store, after_store_was_made, BIT(MUTEX)},
    {"make an authorizer", before_making, make_authorizer, after_making, BIT(MUTEX)},
    {"add a file of the truststore", before_list, add_truststore_file, after_adding_store,
     LOOKS | BIT(MUTEX)},
    {"add a list", before_list, add_list, after_adding_list, LOOKS},
    {"refresh", before_refresh, refresh, after_refresh, LOOKS | LISTS | BIT(MUTEX)},
    {"refresh with floors", before_refresh_with_floors, refresh, after_refresh,
     LOOKS | LISTS | BIT(MUTEX) | FLOORS},
    {"keep floors", before_state, put_with_floors, after_floors, FLOORS},
    {"save answers", before_answers, save_answers, after_answers, WRITES},
    {"load answers", before_loading, load_answers, after_answers, READS | LISTS},
};

START_TEST(every_call_of_the_system)
{
    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    ck_assert_int_eq(mkdir(in_folder("lists"), 0700), 0);
    for (size_t i = 0; i < COUNT_OF(scenarios); i++) {
        unsigned long so_far = points;

        fail_each(&scenarios[i]);
        printf("%s: %lu points\n", scenarios[i].name, points - so_far);
        ck_assert(points > so_far || scenarios[i].calls == 0);
    }
    mtlsauth_crl_free(list_of_6);
    mtlsauth_authorizer_free(with_ocsp);
    reload_teardown();
}
END_TEST

/* A truststore that is written all the time may be cut off; a list has a signature that says
 * whether it is whole. */
START_TEST(files_that_never_rest)
{
    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    before_list();
    system_set_restless(1);
    ck_assert_int_eq(add_truststore_file(), MTLSAUTH_ERR_IO);
    ck_assert_ptr_nonnull(strstr(mtlsauth_last_error(), "changes while it is read"));
    ck_assert_int_eq(answer(client_of_other), MTLSAUTH_DENY_ISSUER_NOT_FOUND);
    ASSERT_CALL(add_list());
    ck_assert_int_eq(answer(client5), MTLSAUTH_DENY_REVOKED);
    write_list("root.crl", 6, REVOKED6);
    ASSERT_CALL(refresh());
    ck_assert_int_eq(answer(client5), MTLSAUTH_OK);
    write_in_place("root.crl", "no list", 7);
    ck_assert_int_ne(refresh(), MTLSAUTH_OK);
    ck_assert_int_eq(answer(client6), MTLSAUTH_DENY_REVOKED);
    system_set_restless(0);
    write_list("root.crl", 7, REVOKED5);
    ASSERT_CALL(add_truststore_file());
    ASSERT_CALL(refresh());
    ck_assert_int_eq(answer(client5), MTLSAUTH_DENY_REVOKED);
    ck_assert_int_eq(answer(client_of_other), MTLSAUTH_DENY_REVOCATION_UNKNOWN);
    reload_teardown();
}
END_TEST

START_TEST(sentences_of_errors)
{
    static const struct {
        const char *name;
        int number;
        const char *want;
    } rows[] = {
        {"ENOENT", ENOENT, "x: y: no such file"},
        /* What is done may be a write. */
        {"EPERM", EPERM,
         "x: y: permission denied; look at owner and mode, and at the user of the process"},
        {"EACCES", EACCES,
         "x: y: permission denied; look at owner and mode, and at the user of the process"},
        {"EISDIR", EISDIR, "x: y: is a directory, not a file"},
        {"ENOTDIR", ENOTDIR, "x: y: a part of the path is not a directory"},
        {"ELOOP", ELOOP, "x: y: too many symbolic links"},
        {"EMFILE", EMFILE, "x: y: too many open files"},
        {"ENFILE", ENFILE, "x: y: too many open files"},
        {"EINTR", EINTR, "x: y: interrupted by a signal"},
        {"EIO", EIO, "x: y: input/output error"},
        {"ENOSPC", ENOSPC, "x: y: no space left on the device"},
        {"EDQUOT", EDQUOT, "x: y: over the disk quota"},
        {"EROFS", EROFS, "x: y: the file system is read-only"},
        {"EFBIG", EFBIG, "x: y: larger than the file system or the process's limit takes"},
        {"ENXIO", ENXIO, "x: y: a socket, or a device that is not there"},
        {"ENAMETOOLONG", ENAMETOOLONG, "x: y: file name too long"},
    };
    char number[64];

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        ASSERT_INT(rows[i].name, mtlsauth__fail_errno("x", "y", rows[i].number), MTLSAUTH_ERR_IO);
        ASSERT_TEXT(rows[i].name, mtlsauth_last_error(), rows[i].want);
    }
    snprintf(number, sizeof number, "x: y: error %d", EXDEV);
    ck_assert_int_eq(mtlsauth__fail_errno("x", "y", EXDEV), MTLSAUTH_ERR_IO);
    ck_assert_str_eq(mtlsauth_last_error(), number);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {every_call_of_the_system, files_that_never_rest,
                                  sentences_of_errors, NULL};

    /* It takes longer than a test has that runs in a process of its own. */
    setenv("CK_FORK", "no", 1);
    return unit_run("calls of the system", tests);
}
