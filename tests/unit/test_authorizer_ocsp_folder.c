/* SPDX-License-Identifier: MIT */
/* What several signers have said about one certificate: into a folder, and out of it in any
 * order. */
#include "ocsp_signers.h"

#include "folder.h"

static char folder[FOLDER_ROOM];

/* Files are read in the order of their names. */
static void write_file(unsigned n, const struct der_build *der)
{
    char path[256];
    FILE *file;

    snprintf(path, sizeof path, "%s/%064u.der", folder, n);
    file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(der->bytes, 1, der->len, file), der->len);
    fclose(file);
}

/* As in another process: nothing is known but what the folder has. */
static void restart(int evidence)
{
    teardown();
    setup_known(evidence);
    OK(mtlsauth_authorizer_load_ocsp(authorizer, folder, NULL));
}

/* Three files, of which the first is put first in every order. Whoever has the key of "ocsp" puts
 * one of them. */
START_TEST(in_every_order)
{
    static const unsigned orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                         {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    static const struct {
        const char *name;
        struct {
            enum who by;
            struct ob_single single;
        } files[3];
        int want;
    } rows[] = {
        {"revoked by the present one",
         {{BY_NEW, FINAL("01")}, {BY_ISSUER_ITSELF, OLD_IS_GONE("01")}, {BY_OLD, FINAL("02")}},
         MTLSAUTH_DENY_REVOKED},
        {"on hold by the issuer",
         {{BY_ISSUER_ITSELF, HOLD("01")},
          {BY_ISSUER_ITSELF, OLD_IS_GONE("01")},
          {BY_OLD, GOOD("02")}},
         MTLSAUTH_DENY_REVOKED},
        {"the present one says who is revoked",
         {{BY_NEW, OLD_IS_GONE("01")}, {BY_OLD, OLD_IS_GONE("02")}, {BY_OLD, GOOD("02")}},
         MTLSAUTH_DENY_REVOCATION_UNKNOWN},
        {"good by one that is revoked",
         {{BY_ISSUER_ITSELF, OLD_IS_GONE("01")}, {BY_OLD, GOOD("02")}, {BY_OLD, GOOD("01")}},
         MTLSAUTH_DENY_REVOCATION_UNKNOWN},
    };

    for (size_t i = 0; i < COUNT_OF(rows) * COUNT_OF(orders); i++) {
        size_t row = i / COUNT_OF(orders);

        folder_make(folder);
        for (unsigned n = 0; n < 3; n++) {
            struct der_build der = said_by(rows[row].files[n].by, &rows[row].files[n].single);

            write_file(orders[i % COUNT_OF(orders)][n], &der);
            der_build_free(&der);
        }
        setup_known(MTLSAUTH_EVIDENCE_OCSP);
        OK(mtlsauth_authorizer_load_ocsp(authorizer, folder, NULL));
        ASSERT_INT(rows[row].name, answer(), rows[row].want);
        if (rows[row].want == MTLSAUTH_DENY_REVOKED)
            (void)put_by(BY_NEW, &(struct ob_single)AGO);
        ASSERT_INT(rows[row].name, answer(), rows[row].want);
        teardown();
    }
}
END_TEST

/* All that may be needed is saved: when the signer of one is revoked later, another counts. */
START_TEST(each_signer_is_saved)
{
    static const struct {
        const char *name;
        struct {
            enum who by;
            struct ob_single single;
        } said[3];
        unsigned files;
    } rows[] = {
        {"revoked by two", {{BY_NEW, FINAL("01")}, {BY_OLD, FINAL("02")}}, 2},
        {"on hold by the issuer", {{BY_ISSUER_ITSELF, HOLD("01")}, {BY_OLD, GOOD("02")}}, 2},
        {"on hold by the present one", {{BY_NEW, HOLD("01")}, {BY_OLD, GOOD("02")}}, 2},
        {"on hold by two, revoked by one",
         {{BY_ISSUER_ITSELF, HOLD("01")}, {BY_NEW, HOLD("02")}, {BY_OLD, FINAL("03")}},
         3},
        {"revoked by the issuer, too", {{BY_OLD, FINAL("02")}, {BY_ISSUER_ITSELF, FINAL("01")}}, 1},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        folder_make(folder);
        setup_known(MTLSAUTH_EVIDENCE_OCSP);
        for (size_t n = 0; n < 3 && rows[i].said[n].single.this_update != NULL; n++)
            OK(put_by(rows[i].said[n].by, &rows[i].said[n].single));
        for (int again = 0; again < 2; again++) {
            OK(mtlsauth_authorizer_save_ocsp(authorizer, folder));
            ASSERT_INT(rows[i].name, folder_count(folder), rows[i].files);
            restart(MTLSAUTH_EVIDENCE_OCSP);
        }
        revoke_old();
        (void)put_by(BY_NEW, &(struct ob_single)AGO);
        ASSERT_INT(rows[i].name, answer(), MTLSAUTH_DENY_REVOKED);
        teardown();
    }
}
END_TEST

/* What is only good is needed once, or each responder of a CA left a file for each client. */
START_TEST(good_is_saved_once)
{
    folder_make(folder);
    setup_known(MTLSAUTH_EVIDENCE_OCSP);
    OK(put_by(BY_NEW, &(struct ob_single)GOOD("01")));
    OK(put_by(BY_OLD, &(struct ob_single)GOOD("02")));
    OK(mtlsauth_authorizer_save_ocsp(authorizer, folder));
    ck_assert_uint_eq(folder_count(folder), 1);
    restart(MTLSAUTH_EVIDENCE_OCSP);
    ck_assert_int_eq(answer(), MTLSAUTH_OK);
    teardown();
}
END_TEST

/* A response is taken whole, or passed over: an answer in it that nobody can tell stands before one
 * that is forged. */
START_TEST(taken_whole)
{
    static const struct ob_single both[] = {{.id_key = OB_LEAF},
                                            {.serial = "\x06", .serial_len = 1}};
    struct der_build forged = ob_make_response(
        &(struct ob_response){.singles = both, .single_count = 2, .signer = OB_SIBLING});
    struct der_build good = ob_make_response(&(struct ob_response){.status = 0});
    mtlsauth_report *report;
    char stats[4096];

    folder_make(folder);
    write_file(0, &forged);
    write_file(1, &good);
    setup_known(MTLSAUTH_EVIDENCE_OCSP);
    OK(mtlsauth_authorizer_load_ocsp(authorizer, folder, &report));
    ck_assert_uint_eq(mtlsauth_report_count(report), 1);
    OK(mtlsauth_authorizer_stats_json(authorizer, stats, sizeof stats, NULL));
    ck_assert_msg(strstr(stats, "\"ocsp\":{\"entries\":1}") != NULL, "%s", stats);
    ck_assert_int_eq(answer(), MTLSAUTH_OK);
    mtlsauth_report_free(report);
    teardown();
    der_build_free(&forged);
    der_build_free(&good);
}
END_TEST

/* A wrong path is told at the first save, and not when there first is something to write. */
START_TEST(no_folder)
{
    static const char *const dirs[] = {"/nonexistent", "/dev/null"};

    setup_known(MTLSAUTH_EVIDENCE_OCSP);
    for (size_t i = 0; i < COUNT_OF(dirs); i++)
        for (int some = 0; some < 2; some++) {
            if (some)
                OK(put_by(BY_NEW, &(struct ob_single)GOOD("01")));
            ASSERT_INT(dirs[i], mtlsauth_authorizer_save_ocsp(authorizer, dirs[i]),
                       MTLSAUTH_ERR_IO);
            ASSERT_INT(dirs[i], mtlsauth_authorizer_load_ocsp(authorizer, dirs[i], NULL),
                       MTLSAUTH_ERR_IO);
        }
    teardown();
}
END_TEST

UNIT_MAIN("authorizer/ocsp folder", in_every_order, each_signer_is_saved, good_is_saved_once,
          taken_whole, no_folder)
