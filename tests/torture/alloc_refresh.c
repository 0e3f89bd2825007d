/* SPDX-License-Identifier: MIT */
/*
 * Every allocation of a refresh, of libcrypto's every third, fails in turn: alloc_refresh
 * own|libcrypto. Once each, and once each with all later ones. Either there is a new generation and
 * it is whole, or the old one serves on; and the next refresh makes up for it.
 */
#include "support/reload.h"

#include "alloc_seam.h"

static bool for_good;
static size_t fail_at;

static void arm(void)
{
    seam_arm(fail_at, for_good);
}

/* The clients that state n lets in: 5 and 6 in turn, and with the even ones that of the other
 * root. */
static void write_state(unsigned n)
{
    char name[32];

    write_store("ca.pem", root, n % 2 ? NULL : other);
    write_list("ca.crl", n, n % 2 ? REVOKED5 : REVOKED6);
    /* Another name each time: the file before is gone. */
    snprintf(name, sizeof name, "crls/other%u.crl", n % 2);
    write_list_of_other(name, n, NONE_REVOKED);
    snprintf(name, sizeof name, "crls/other%u.crl", (n + 1) % 2);
    (void)unlink(in_folder(name));
}

static void assert_state(const char *row, unsigned n)
{
    ASSERT_INT(row, answer(client5), n % 2 ? MTLSAUTH_DENY_REVOKED : MTLSAUTH_OK);
    ASSERT_INT(row, answer(client6), n % 2 ? MTLSAUTH_OK : MTLSAUTH_DENY_REVOKED);
    ASSERT_INT(row, answer(client_of_other), n % 2 ? MTLSAUTH_DENY_ISSUER_NOT_FOUND : MTLSAUTH_OK);
}

/* libcrypto's failure is that of one file, and the others go on: then each answer is old or new. */
static size_t refresh(unsigned n)
{
    mtlsauth_report *report = NULL;
    uint64_t before = generation();
    char row[64];
    size_t count;
    int changed = -1, code;

    snprintf(row, sizeof row, "allocation %zu%s", fail_at, for_good ? " and later" : "");
    write_state(n);
    arm();
    code = mtlsauth_authorizer_refresh(authorizer, &changed, &report);
    count = seam_disarm();
    ck_assert_msg(code == MTLSAUTH_OK || code == MTLSAUTH_ERR_NOMEM || code == MTLSAUTH_ERR_CRYPTO,
                  "%s: %s: %s", row, mtlsauth_code_name(code), mtlsauth_last_error());
    ASSERT_INT(row, generation() - before, changed);
    ASSERT_TRUE(row, report != NULL || code != MTLSAUTH_OK);
    ASSERT_TRUE(row, report == NULL || code != MTLSAUTH_ERR_NOMEM);
    if (report != NULL)
        ASSERT_INT(row, mtlsauth_report_count(report) > 0, code == MTLSAUTH_ERR_CRYPTO);
    else
        ASSERT_TRUE(row, changed == 0 || code == MTLSAUTH_ERR_NOMEM);
    if (code == MTLSAUTH_OK)
        ASSERT_INT(row, changed, 1);
    if (code != MTLSAUTH_ERR_CRYPTO || report == NULL)
        assert_state(row, changed ? n : n - 1);
    mtlsauth_report_free(report);
    code = mtlsauth_authorizer_refresh(authorizer, &changed, NULL);
    ck_assert_msg(code == MTLSAUTH_OK, "%s, then: %s", row, mtlsauth_last_error());
    assert_state(row, n);
    return count;
}

/* A call that fails to add a file has not added it. */
static size_t add(unsigned n)
{
    char path[192], row[64];
    uint64_t before;
    size_t count;
    int code;

    snprintf(row, sizeof row, "add, allocation %zu%s", fail_at, for_good ? " and later" : "");
    snprintf(path, sizeof path, "crls/more%u.crl", n);
    write_list(path, n, n % 2 ? REVOKED5 : REVOKED6);
    snprintf(path, sizeof path, "%s/crls/more%u.crl", reload_folder, n);
    before = generation();
    arm();
    code = mtlsauth_authorizer_add_crl_file(authorizer, path, NULL);
    count = seam_disarm();
    ck_assert_msg(code == MTLSAUTH_OK || code == MTLSAUTH_ERR_NOMEM || code == MTLSAUTH_ERR_CRYPTO,
                  "%s: %s: %s", row, mtlsauth_code_name(code), mtlsauth_last_error());
    ASSERT_INT(row, generation() - before, code == MTLSAUTH_OK);
    if (code != MTLSAUTH_OK)
        ASSERT_INT(row, mtlsauth_authorizer_add_crl_file(authorizer, path, NULL), MTLSAUTH_OK);
    ASSERT_INT(row, answer(client5), n % 2 ? MTLSAUTH_DENY_REVOKED : MTLSAUTH_OK);
    ck_assert_int_eq(unlink(path), 0);
    return count;
}

static void write_point(unsigned n)
{
    struct der_text list = reload_list(false, n, NONE_REVOKED, 1 + n % 2);

    write_aside("point.crl", list.ptr, list.len);
    free(list.ptr);
}

/* A list of another distribution point each time: whatever fails, the one before is mentioned. */
static size_t point(unsigned n)
{
    mtlsauth_report *report;
    char row[64];
    size_t count;
    int code;

    snprintf(row, sizeof row, "point, allocation %zu%s", fail_at, for_good ? " and later" : "");
    write_point(n);
    arm();
    code = mtlsauth_authorizer_refresh(authorizer, NULL, NULL);
    count = seam_disarm();
    ck_assert_msg(code == MTLSAUTH_OK || code == MTLSAUTH_ERR_NOMEM || code == MTLSAUTH_ERR_CRYPTO,
                  "%s: %s: %s", row, mtlsauth_code_name(code), mtlsauth_last_error());
    code = mtlsauth_authorizer_refresh(authorizer, NULL, &report);
    ck_assert_msg(code == MTLSAUTH_OK, "%s, then: %s", row, mtlsauth_last_error());
    ASSERT_INT(row, mtlsauth_report_count(report), 1);
    mtlsauth_report_free(report);
    return count;
}

static void start(void)
{
    ck_assert_int_eq(mtlsauth_authorizer_new(&authorizer, root_store, policy), 0);
    /* Each write to it waits for the disk, and libcrypto allocates a few thousand times. */
    if (!seam_of_libcrypto())
        ASSERT_CALL(mtlsauth_authorizer_set_state_dir(authorizer, in_folder("state")));
}

static void run(const char *name, size_t (*once)(unsigned), unsigned *n)
{
    size_t count;

    fail_at = 0;
    (void)once(++*n);
    count = once(++*n);
    ck_assert_uint_gt(count, 0);
    for (fail_at = 1; fail_at <= count + 1; fail_at += seam_of_libcrypto() ? 3 : 1) {
        for (int i = 0; i <= 1; i++) {
            for_good = i == 1;
            (void)once(++*n);
            /* The next one begins without the files of this one. */
            if (once == add) {
                mtlsauth_authorizer_free(authorizer);
                start();
            }
        }
    }
    printf("%s: %zu allocations\n", name, count);
}

START_TEST(every_allocation)
{
    unsigned n = 0;

    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    mtlsauth_authorizer_free(authorizer);
    ck_assert_int_eq(mkdir(in_folder("state"), 0700), 0);
    ck_assert_int_eq(mkdir(in_folder("crls"), 0755), 0);
    write_state(n);
    start();
    ASSERT_CALL(mtlsauth_authorizer_add_truststore_file(authorizer, in_folder("ca.pem")));
    ASSERT_CALL(mtlsauth_authorizer_add_crl_file(authorizer, in_folder("ca.crl"), NULL));
    ASSERT_CALL(mtlsauth_authorizer_add_crl_dir(authorizer, in_folder("crls"), other));
    run("refresh", refresh, &n);
    mtlsauth_authorizer_free(authorizer);
    start();
    run("add", add, &n);
    mtlsauth_authorizer_free(authorizer);
    start();
    write_point(++n);
    ASSERT_CALL(mtlsauth_authorizer_add_crl_file(authorizer, in_folder("point.crl"), NULL));
    run("point", point, &n);
    reload_teardown();
}
END_TEST

int main(int argc, char *argv[])
{
    const TTest *const tests[] = {every_allocation, NULL};

    if (argc != 2 || !seam_install(argv[1])) {
        fputs("usage: alloc_refresh own|libcrypto\n", stderr);
        return 2;
    }
    setenv("CK_FORK", "no", 1);
    return unit_run("alloc_refresh", tests);
}
