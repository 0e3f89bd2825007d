/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <mtlsauth/mtlsauth.h>
#include "support/crl_sign.h"

#define FLOORS "crl-floors"
#define LOCK "crl-floors.lock"
#define NUMBER(n) "30 { 06 { 55 1d 14 } 04 { 02 { " n " } } }"

enum { HEADER = 16, ENTRY = 132, SEAL = 32, NOBODY = 65534 };

static char folder[64];
static EVP_PKEY *key;
static mtlsauth_cert *root;
static mtlsauth_truststore *store;
static mtlsauth_policy *policy;

static void setup(void)
{
    struct ca_spec spec = {.subject = "Root", .issuer = "Root", .serial_len = 1,
                           .serial = (const unsigned char *)"\x01",
                           .constraints = "critical,CA:TRUE", .usage = "keyCertSign,cRLSign"};
    const void *der;
    size_t len;

    snprintf(folder, sizeof folder, "/tmp/mtlsauth-state-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    key = ca_key("EC");
    spec.key = spec.issuer_key = key;
    root = ca_cert(&spec);
    der = mtlsauth_cert_der(root, &len);
    ck_assert_int_eq(mtlsauth_truststore_parse(&store, der, len, NULL), 0);
    ck_assert_int_eq(mtlsauth_policy_new(&policy, MTLSAUTH_PROFILE_API_GATEWAY), 0);
    ck_assert_int_eq(mtlsauth_policy_set_time(policy, 1780272000), 0);
    ck_assert_int_eq(mtlsauth_policy_allow_any(policy, "any"), 0);
    ck_assert_int_eq(
        mtlsauth_policy_set_revocation(policy, MTLSAUTH_EVIDENCE_CRL, MTLSAUTH_DEPTH_LEAF), 0);
}

static void teardown(void)
{
    char command[80];

    snprintf(command, sizeof command, "rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0);
    mtlsauth_policy_free(policy);
    mtlsauth_truststore_free(store);
    mtlsauth_cert_free(root);
    EVP_PKEY_free(key);
}

static const char *path_of(const char *name)
{
    static char paths[2][96];
    static unsigned turn;
    char *path = paths[turn++ % 2];

    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static mtlsauth_authorizer *fresh(void)
{
    mtlsauth_authorizer *authorizer;

    ck_assert_int_eq(mtlsauth_authorizer_new(&authorizer, store, policy), 0);
    return authorizer;
}

/* As after a restart. */
static mtlsauth_authorizer *started(void)
{
    mtlsauth_authorizer *authorizer = fresh();

    ck_assert_msg(mtlsauth_authorizer_set_state_dir(authorizer, folder) == MTLSAUTH_OK, "%s",
                  mtlsauth_last_error());
    return authorizer;
}

/* A list of root with this number, of a distribution point unless it is 0. */
static mtlsauth_crl *list(unsigned number, bool other_content, unsigned point)
{
    char extensions[512];
    struct crl_text parts = {.revoked = other_content ? CRL_ENTRY("77") : "-",
                             .extensions = extensions};
    struct der_text text;
    mtlsauth_crl *crl;
    int n = snprintf(extensions, sizeof extensions, NUMBER("01 %02x"), number);

    if (point != 0)
        snprintf(extensions + n, sizeof extensions - (size_t)n,
                 CRL_CRITICAL("55 1d 1c", "30 { a0 { a0 { 86 { \"http://%04u/\" } } } }"), point);
    text = crl_signed(&parts, key);
    ck_assert_msg(mtlsauth_crl_load(&crl, text.ptr, text.len, root, policy, NULL) == MTLSAUTH_OK,
                  "%s", mtlsauth_last_error());
    free(text.ptr);
    return crl;
}

static int put_list(mtlsauth_authorizer *authorizer, unsigned number, bool other, unsigned point)
{
    mtlsauth_crl *crl = list(number, other, point);
    int code = mtlsauth_authorizer_put_crl(authorizer, crl);

    mtlsauth_crl_free(crl);
    return code;
}

static int put(mtlsauth_authorizer *authorizer, unsigned number)
{
    return put_list(authorizer, number, false, 0);
}

static size_t read_file(const char *name, unsigned char *bytes, size_t room)
{
    FILE *file = fopen(path_of(name), "rb");
    size_t len;

    ck_assert_ptr_nonnull(file);
    len = fread(bytes, 1, room, file);
    fclose(file);
    return len;
}

static void write_file(const char *name, const unsigned char *bytes, size_t len)
{
    FILE *file = fopen(path_of(name), "wb");

    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, len, file), len);
    ck_assert_int_eq(fclose(file), 0);
}

static int accept_rollback(unsigned number, bool other)
{
    mtlsauth_crl *crl = list(number, other, 0);
    int code = mtlsauth_state_accept_rollback(folder, crl);

    mtlsauth_crl_free(crl);
    return code;
}

START_TEST(after_a_restart)
{
    mtlsauth_authorizer *authorizer;
    struct stat st;

    setup();
    authorizer = started();
    ck_assert_int_eq(put(authorizer, 5), MTLSAUTH_OK);
    mtlsauth_authorizer_free(authorizer);
    authorizer = started();
    ck_assert_int_eq(put(authorizer, 4), MTLSAUTH_ERR_ROLLBACK);
    ck_assert_int_eq(put_list(authorizer, 5, true, 0), MTLSAUTH_ERR_ROLLBACK);
    ck_assert_int_eq(put(authorizer, 5), MTLSAUTH_OK);
    /* Another distribution point is another matter. */
    ck_assert_int_eq(put_list(authorizer, 1, false, 7), MTLSAUTH_OK);
    mtlsauth_authorizer_free(authorizer);
    authorizer = started();
    ck_assert_int_eq(put_list(authorizer, 0, false, 7), MTLSAUTH_ERR_ROLLBACK);
    ck_assert_int_eq(put_list(authorizer, 2, false, 7), MTLSAUTH_OK);
    ck_assert_int_eq(put(authorizer, 6), MTLSAUTH_OK);
    mtlsauth_authorizer_free(authorizer);
    ck_assert_int_eq(stat(path_of(FLOORS), &st), 0);
    ck_assert_uint_eq(st.st_mode & 0777, 0600);
    ck_assert_int_eq(st.st_size, HEADER + 2 * ENTRY + SEAL);
    teardown();
}
END_TEST

/* What was accepted before the folder was set is kept there, too; the higher of two wins. */
START_TEST(merged_with_memory)
{
    mtlsauth_authorizer *before, *after;

    setup();
    before = fresh();
    ck_assert_int_eq(put(before, 5), MTLSAUTH_OK);
    ck_assert_int_eq(put_list(before, 3, false, 1), MTLSAUTH_OK);
    after = started();
    ck_assert_int_eq(put(after, 2), MTLSAUTH_OK);
    ck_assert_int_eq(put_list(after, 3, false, 1), MTLSAUTH_OK);
    ck_assert_int_eq(put_list(after, 8, false, 2), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth_authorizer_set_state_dir(before, folder), MTLSAUTH_OK);
    ck_assert_int_eq(put_list(before, 4, false, 2), MTLSAUTH_ERR_ROLLBACK);
    ck_assert_int_eq(put(after, 4), MTLSAUTH_ERR_ROLLBACK);
    ck_assert_int_eq(put(after, 6), MTLSAUTH_OK);
    mtlsauth_authorizer_free(before);
    mtlsauth_authorizer_free(after);
    teardown();
}
END_TEST

/* Whoever calls it late hears that a list in use is not the newest that was accepted. */
START_TEST(older_list_in_use)
{
    static const struct {
        const char *name;
        unsigned number;
        bool other;
        int want;
    } rows[] = {
        {"older", 3, false, MTLSAUTH_ERR_ROLLBACK},
        {"of the same number, and another", 8, true, MTLSAUTH_ERR_ROLLBACK},
        {"the same", 8, false, MTLSAUTH_OK},
        {"newer", 9, true, MTLSAUTH_OK},
    };

    setup();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        mtlsauth_authorizer *before = started(), *late = fresh();
        uint64_t generation;

        if (i == 0)
            ck_assert_int_eq(put(before, 8), MTLSAUTH_OK);
        ASSERT_INT(rows[i].name, put_list(late, rows[i].number, rows[i].other, 0), MTLSAUTH_OK);
        generation = mtlsauth_authorizer_generation(late);
        ASSERT_INT(rows[i].name, mtlsauth_authorizer_set_state_dir(late, folder), rows[i].want);
        if (rows[i].want != MTLSAUTH_OK) {
            ASSERT_TRUE(rows[i].name, mtlsauth_authorizer_generation(late) == generation);
            ASSERT_TRUE(rows[i].name, strstr(mtlsauth_last_error(), "in use") != NULL);
            /* It may still put today's list, and call it again. */
            if (rows[i].number < 8) {
                ASSERT_INT(rows[i].name, put(late, 8), MTLSAUTH_OK);
                ASSERT_INT(rows[i].name, mtlsauth_authorizer_set_state_dir(late, folder),
                           MTLSAUTH_OK);
            }
        }
        mtlsauth_authorizer_free(before);
        mtlsauth_authorizer_free(late);
    }
    teardown();
}
END_TEST

/* A list that was taken away is not in use; and an older one that an operator has accepted is not
 * below the floor that stood there before, which an old copy of the file brings back. */
START_TEST(no_older_list_in_use)
{
    mtlsauth_authorizer *running, *late;
    unsigned char old[1024];
    mtlsauth_crl *crl;
    size_t len;

    setup();
    running = started();
    ck_assert_int_eq(put(running, 8), MTLSAUTH_OK);
    late = fresh();
    crl = list(3, false, 0);
    ck_assert_int_eq(mtlsauth_authorizer_put_crl(late, crl), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth_authorizer_remove_crl(late, crl), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth_authorizer_set_state_dir(late, folder), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth_authorizer_put_crl(late, crl), MTLSAUTH_ERR_ROLLBACK);
    mtlsauth_crl_free(crl);

    len = read_file(FLOORS, old, sizeof old);
    ck_assert_int_eq(accept_rollback(3, false), MTLSAUTH_OK);
    ck_assert_int_eq(put(running, 3), MTLSAUTH_OK);
    write_file(FLOORS, old, len);
    ck_assert_int_eq(mtlsauth_authorizer_set_state_dir(running, folder), MTLSAUTH_OK);
    mtlsauth_authorizer_free(running);
    mtlsauth_authorizer_free(late);
    teardown();
}
END_TEST

/* Each list in use is held against the floor of its own distribution point, and no other. */
START_TEST(one_older_list_in_use)
{
    enum { POINTS = 4 };
    mtlsauth_authorizer *before, *late;

    setup();
    before = started();
    for (unsigned older = 0; older < POINTS; older++) {
        late = fresh();
        for (unsigned point = 0; point < POINTS; point++) {
            if (older == 0)
                ck_assert_int_eq(put_list(before, 8, false, point), MTLSAUTH_OK);
            ck_assert_int_eq(put_list(late, point == older ? 3 : 9, false, point), MTLSAUTH_OK);
        }
        ck_assert_int_eq(mtlsauth_authorizer_set_state_dir(late, folder), MTLSAUTH_ERR_ROLLBACK);
        mtlsauth_authorizer_free(late);
    }
    late = fresh();
    for (unsigned point = POINTS; point < 4 * POINTS; point++)
        ck_assert_int_eq(put_list(late, 3, false, point), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth_authorizer_set_state_dir(late, folder), MTLSAUTH_OK);
    mtlsauth_authorizer_free(late);
    mtlsauth_authorizer_free(before);
    teardown();
}
END_TEST

START_TEST(two_authorizers_on_one_folder)
{
    mtlsauth_authorizer *one, *two;

    setup();
    one = started();
    two = started();
    ck_assert_int_eq(put(one, 5), MTLSAUTH_OK);
    ck_assert_int_eq(put(two, 4), MTLSAUTH_ERR_ROLLBACK);
    ck_assert_int_eq(put_list(two, 5, true, 0), MTLSAUTH_ERR_ROLLBACK);
    ck_assert_int_eq(put(two, 7), MTLSAUTH_OK);
    ck_assert_int_eq(put(one, 6), MTLSAUTH_ERR_ROLLBACK);
    mtlsauth_authorizer_free(one);
    mtlsauth_authorizer_free(two);
    teardown();
}
END_TEST

static void assert_refused(mtlsauth_authorizer *running, const char *name)
{
    mtlsauth_authorizer *next = fresh();
    uint64_t generation = mtlsauth_authorizer_generation(running);

    ASSERT_INT(name, mtlsauth_authorizer_set_state_dir(next, folder), MTLSAUTH_ERR_PARSE);
    ASSERT_TRUE(name, strstr(mtlsauth_last_error(), FLOORS) != NULL);
    ASSERT_INT(name, mtlsauth_authorizer_generation(next), 1);
    ASSERT_INT(name, put(running, 9), MTLSAUTH_ERR_PARSE);
    ASSERT_INT(name, mtlsauth_authorizer_generation(running), generation);
    ASSERT_INT(name, accept_rollback(1, false), MTLSAUTH_ERR_PARSE);
    mtlsauth_authorizer_free(next);
}

START_TEST(torn)
{
    unsigned char good[1024], bad[1024];
    mtlsauth_authorizer *running;
    char name[32];
    size_t len;

    setup();
    running = started();
    ck_assert_int_eq(put(running, 5), MTLSAUTH_OK);
    ck_assert_int_eq(put_list(running, 5, false, 1), MTLSAUTH_OK);
    len = read_file(FLOORS, good, sizeof good);
    ck_assert_uint_eq(len, HEADER + 2 * ENTRY + SEAL);
    for (size_t i = 0; i < len; i++) {
        snprintf(name, sizeof name, "cut at %zu", i);
        write_file(FLOORS, good, i);
        assert_refused(running, name);
    }
    for (size_t i = 0; i < len; i++) {
        snprintf(name, sizeof name, "bit of octet %zu", i);
        memcpy(bad, good, len);
        bad[i] ^= (unsigned char)(1U << i % 8);
        write_file(FLOORS, bad, len);
        assert_refused(running, name);
    }
    memcpy(bad, good, len);
    bad[len] = 0;
    write_file(FLOORS, bad, len + 1);
    assert_refused(running, "one octet more");
    /* Put right, it serves again. */
    write_file(FLOORS, good, len);
    ck_assert_int_eq(put(running, 4), MTLSAUTH_ERR_ROLLBACK);
    ck_assert_int_eq(put(running, 6), MTLSAUTH_OK);
    mtlsauth_authorizer_free(running);
    teardown();
}
END_TEST

static void seal(unsigned char *bytes, size_t len)
{
    ck_assert_int_eq(EVP_Digest(bytes, len - SEAL, bytes + len - SEAL, NULL, EVP_sha256(), NULL),
                     1);
}

/* What has the right digest, and was never written so. */
START_TEST(malformed_with_its_digest)
{
    static const struct {
        const char *name;
        size_t at;
        unsigned char octet;
    } rows[] = {
        {"version 1", 8, 1},          {"count 1", 12, 1},
        {"count 3", 12, 3},           {"count of many", 15, 0x80},
        {"kind 2", HEADER + 108, 2},  {"number of 21 octets", HEADER + 109, 21},
        {"number of 1 octet with 2", HEADER + 109, 1},
        {"reserved", HEADER + 110, 1}, {"leading zero", HEADER + 112, 0},
        {"behind the number", HEADER + 131, 1},
    };
    unsigned char good[1024], bad[1024];
    mtlsauth_authorizer *running;
    size_t len;

    setup();
    running = started();
    ck_assert_int_eq(put(running, 5), MTLSAUTH_OK);
    ck_assert_int_eq(put_list(running, 5, false, 1), MTLSAUTH_OK);
    len = read_file(FLOORS, good, sizeof good);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        memcpy(bad, good, len);
        bad[rows[i].at] = rows[i].octet;
        seal(bad, len);
        write_file(FLOORS, bad, len);
        assert_refused(running, rows[i].name);
    }
    memcpy(bad, good, HEADER);
    memcpy(bad + HEADER, good + HEADER + ENTRY, ENTRY);
    memcpy(bad + HEADER + ENTRY, good + HEADER, ENTRY);
    seal(bad, len);
    write_file(FLOORS, bad, len);
    assert_refused(running, "out of order");
    memcpy(bad + HEADER, bad + HEADER + ENTRY, ENTRY);
    seal(bad, len);
    write_file(FLOORS, bad, len);
    assert_refused(running, "doubled");
    mtlsauth_authorizer_free(running);
    teardown();
}
END_TEST

START_TEST(writable_by_others_and_links)
{
    static const struct {
        const char *name, *of;
        mode_t mode, restored;
    } rows[] = {
        {"folder by its group", "", 0770, 0700},   {"folder by all", "", 01777, 0700},
        {"floors by their group", FLOORS, 0620, 0600}, {"floors by all", FLOORS, 0602, 0600},
        {"lock by its group", LOCK, 0620, 0600},   {"lock by all", LOCK, 0602, 0600},
    };
    static const char *const names[] = {FLOORS, LOCK};
    mtlsauth_authorizer *running, *next;

    setup();
    running = started();
    next = fresh();
    ck_assert_int_eq(put(running, 5), MTLSAUTH_OK);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        ck_assert_int_eq(chmod(path_of(rows[i].of), rows[i].mode), 0);
        ASSERT_INT(rows[i].name, mtlsauth_authorizer_set_state_dir(next, folder), MTLSAUTH_ERR_IO);
        ASSERT_INT(rows[i].name, put(running, 9), MTLSAUTH_ERR_IO);
        ASSERT_INT(rows[i].name, accept_rollback(1, false), MTLSAUTH_ERR_IO);
        ck_assert_int_eq(chmod(path_of(rows[i].of), rows[i].restored), 0);
    }
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        ck_assert_int_eq(rename(path_of(names[i]), path_of("kept")), 0);
        ck_assert_int_eq(symlink("kept", path_of(names[i])), 0);
        ASSERT_INT(names[i], mtlsauth_authorizer_set_state_dir(next, folder), MTLSAUTH_ERR_IO);
        ASSERT_TRUE(names[i], strstr(mtlsauth_last_error(), "symbolic link") != NULL);
        ASSERT_INT(names[i], put(running, 9), MTLSAUTH_ERR_IO);
        ck_assert_int_eq(unlink(path_of(names[i])), 0);
        ck_assert_int_eq(mkfifo(path_of(names[i]), 0600), 0);
        ASSERT_INT(names[i], put(running, 9), MTLSAUTH_ERR_IO);
        ck_assert_int_eq(unlink(path_of(names[i])), 0);
        ck_assert_int_eq(rename(path_of("kept"), path_of(names[i])), 0);
    }
    ck_assert_int_eq(mtlsauth_authorizer_set_state_dir(next, "/nowhere/at/all"), MTLSAUTH_ERR_IO);
    ck_assert_int_eq(mtlsauth_authorizer_set_state_dir(next, path_of(FLOORS)), MTLSAUTH_ERR_IO);
    ck_assert_int_eq(mtlsauth_authorizer_set_state_dir(next, ""), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(mtlsauth_authorizer_set_state_dir(next, NULL), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(mtlsauth_authorizer_set_state_dir(NULL, folder), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_uint_eq(mtlsauth_authorizer_generation(next), 1);
    ck_assert_int_eq(put(running, 4), MTLSAUTH_ERR_ROLLBACK);
    mtlsauth_authorizer_free(running);
    mtlsauth_authorizer_free(next);
    teardown();
}
END_TEST

/* Root may write anywhere: it plays nobody, in a folder of root's. */
START_TEST(no_write_permission)
{
    bool is_root = geteuid() == 0;
    mtlsauth_authorizer *running;
    uint64_t generation;

    setup();
    running = started();
    ck_assert_int_eq(put(running, 5), MTLSAUTH_OK);
    generation = mtlsauth_authorizer_generation(running);
    ck_assert_int_eq(chmod(folder, 0555), 0);
    if (is_root)
        ck_assert_int_eq(seteuid(NOBODY), 0);
    ck_assert_int_eq(put(running, 6), MTLSAUTH_ERR_IO);
    ck_assert_int_eq(mtlsauth_authorizer_set_state_dir(running, folder),
                     is_root ? MTLSAUTH_ERR_IO : MTLSAUTH_OK);
    if (is_root)
        ck_assert_int_eq(seteuid(0), 0);
    ck_assert_int_eq(chmod(folder, 0700), 0);
    ck_assert_uint_eq(mtlsauth_authorizer_generation(running), generation + !is_root);
    /* Nothing was raised. */
    ck_assert_int_eq(put_list(running, 6, true, 0), MTLSAUTH_OK);
    mtlsauth_authorizer_free(running);
    teardown();
}
END_TEST

/* A full disk: the limit of the process stands for it. */
START_TEST(no_room)
{
    struct rlimit before, small = {.rlim_cur = 10};
    struct sigaction ignore = {.sa_handler = SIG_IGN}, old;
    mtlsauth_authorizer *running;
    uint64_t generation;

    setup();
    running = started();
    ck_assert_int_eq(put(running, 5), MTLSAUTH_OK);
    generation = mtlsauth_authorizer_generation(running);
    ck_assert_int_eq(sigaction(SIGXFSZ, &ignore, &old), 0);
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
    small.rlim_max = before.rlim_max;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
    ck_assert_int_eq(put(running, 6), MTLSAUTH_ERR_IO);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
    ck_assert_int_eq(sigaction(SIGXFSZ, &old, NULL), 0);
    ck_assert_uint_eq(mtlsauth_authorizer_generation(running), generation);
    ck_assert_int_eq(put_list(running, 6, true, 0), MTLSAUTH_OK);
    mtlsauth_authorizer_free(running);
    teardown();
}
END_TEST

START_TEST(rollback_accepted)
{
    mtlsauth_authorizer *running, *next;
    mtlsauth_crl *crl;

    setup();
    running = started();
    ck_assert_int_eq(put(running, 9), MTLSAUTH_OK);
    ck_assert_int_eq(put(running, 5), MTLSAUTH_ERR_ROLLBACK);
    ck_assert_int_eq(accept_rollback(5, false), MTLSAUTH_OK);
    /* It is the floor now, for one that starts and for one that runs. */
    next = started();
    ck_assert_int_eq(put(next, 4), MTLSAUTH_ERR_ROLLBACK);
    ck_assert_int_eq(put_list(next, 5, true, 0), MTLSAUTH_ERR_ROLLBACK);
    ck_assert_int_eq(put(next, 5), MTLSAUTH_OK);
    ck_assert_int_eq(put(running, 4), MTLSAUTH_ERR_ROLLBACK);
    ck_assert_int_eq(put(running, 5), MTLSAUTH_OK);
    /* The same number with another content. */
    ck_assert_int_eq(accept_rollback(5, true), MTLSAUTH_OK);
    ck_assert_int_eq(put(running, 5), MTLSAUTH_ERR_ROLLBACK);
    ck_assert_int_eq(put_list(running, 5, true, 0), MTLSAUTH_OK);
    /* What another one writes later does not bring the old floor back. */
    ck_assert_int_eq(put_list(next, 1, false, 1), MTLSAUTH_OK);
    ck_assert_int_eq(put(next, 6), MTLSAUTH_OK);

    ck_assert_int_eq(mtlsauth_state_accept_rollback(folder, NULL), MTLSAUTH_ERR_ARGUMENT);
    crl = list(1, false, 0);
    ck_assert_int_eq(mtlsauth_state_accept_rollback(NULL, crl), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(mtlsauth_state_accept_rollback("", crl), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(mtlsauth_state_accept_rollback("/nowhere", crl), MTLSAUTH_ERR_IO);
    mtlsauth_crl_free(crl);
    mtlsauth_authorizer_free(running);
    mtlsauth_authorizer_free(next);
    teardown();
}
END_TEST

START_TEST(unverified_is_no_floor)
{
    static const struct crl_text parts = {.extensions = NULL};
    struct der_text text;
    mtlsauth_crl *crl;

    setup();
    text = crl_signed(&parts, key);
    ck_assert_int_eq(mtlsauth_crl_parse(&crl, text.ptr, text.len, NULL), 0);
    ck_assert_int_eq(mtlsauth_state_accept_rollback(folder, crl), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_ne(access(path_of(FLOORS), F_OK), 0);
    mtlsauth_crl_free(crl);
    free(text.ptr);
    teardown();
}
END_TEST

/* An old copy of the file under one that runs: what that one knows still counts. */
START_TEST(removed_or_put_back_while_running)
{
    unsigned char old[1024];
    mtlsauth_authorizer *running;
    size_t len;

    setup();
    running = started();
    ck_assert_int_eq(put(running, 5), MTLSAUTH_OK);
    len = read_file(FLOORS, old, sizeof old);
    ck_assert_int_eq(put(running, 9), MTLSAUTH_OK);
    write_file(FLOORS, old, len);
    ck_assert_int_eq(put(running, 7), MTLSAUTH_ERR_ROLLBACK);
    /* The operator means what the old copy says. */
    write_file(FLOORS, old, len);
    ck_assert_int_eq(accept_rollback(5, false), MTLSAUTH_OK);
    ck_assert_int_eq(put(running, 5), MTLSAUTH_OK);
    ck_assert_int_eq(put(running, 9), MTLSAUTH_OK);
    ck_assert_int_eq(unlink(path_of(FLOORS)), 0);
    ck_assert_int_eq(put(running, 7), MTLSAUTH_ERR_ROLLBACK);
    ck_assert_int_eq(put(running, 10), MTLSAUTH_OK);
    mtlsauth_authorizer_free(running);
    running = started();
    ck_assert_int_eq(put(running, 9), MTLSAUTH_ERR_ROLLBACK);
    mtlsauth_authorizer_free(running);
    teardown();
}
END_TEST

/* No floor of one process is lost to another that writes at the same time. */
START_TEST(processes)
{
    enum { PROCESSES = 4, LISTS = 25 };
    unsigned char floors[16384];
    mtlsauth_authorizer *authorizer;
    pid_t children[PROCESSES];
    int status;

    setup();
    authorizer = started();
    for (unsigned child = 0; child < PROCESSES; child++) {
        children[child] = fork();
        ck_assert_int_ge(children[child], 0);
        if (children[child] != 0)
            continue;
        for (unsigned i = 0; i < LISTS; i++)
            if (put_list(authorizer, 5, false, 1 + child * LISTS + i) != MTLSAUTH_OK)
                _exit(1);
        /* One for all: the numbers that the others have passed are refused. */
        for (unsigned i = 0; i < LISTS; i++) {
            int code = put(authorizer, i);

            if (code != MTLSAUTH_OK && code != MTLSAUTH_ERR_ROLLBACK)
                _exit(2);
        }
        mtlsauth_authorizer_free(authorizer);
        _exit(0);
    }
    for (unsigned child = 0; child < PROCESSES; child++) {
        ck_assert_int_eq(waitpid(children[child], &status, 0), children[child]);
        ck_assert(WIFEXITED(status));
        ck_assert_int_eq(WEXITSTATUS(status), 0);
    }
    ck_assert_uint_eq(read_file(FLOORS, floors, sizeof floors),
                      HEADER + (PROCESSES * LISTS + 1) * ENTRY + SEAL);
    ck_assert_int_eq(put(authorizer, LISTS - 2), MTLSAUTH_ERR_ROLLBACK);
    for (unsigned point = 1; point <= PROCESSES * LISTS; point++)
        ck_assert_int_eq(put_list(authorizer, 4, false, point), MTLSAUTH_ERR_ROLLBACK);
    mtlsauth_authorizer_free(authorizer);
    teardown();
}
END_TEST

UNIT_MAIN("authorizer/state", after_a_restart, merged_with_memory, older_list_in_use,
          no_older_list_in_use, one_older_list_in_use, two_authorizers_on_one_folder, torn,
          malformed_with_its_digest, writable_by_others_and_links, no_write_permission, no_room,
          rollback_accepted, unverified_is_no_floor, removed_or_put_back_while_running, processes)
