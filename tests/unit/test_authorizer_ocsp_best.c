/* SPDX-License-Identifier: MIT */
/* Of several answers about one certificate the best goes to the folder, or all of them when nobody
 * has verified them; answers whose CertIDs are of any hash are kept; and which of them make room for
 * others. */
#include "authorizer_ocsp.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>
#include "folder.h"

static char folder[FOLDER_ROOM];

/* The answer in the only file of the folder. */
static mtlsauth_ocsp_response *saved(void)
{
    mtlsauth_ocsp_response *response = NULL;
    const struct dirent *entry;
    DIR *dir = opendir(folder);

    ck_assert_ptr_nonnull(dir);
    while ((entry = readdir(dir)) != NULL) {
        char path[512];

        if (entry->d_name[0] == '.')
            continue;
        ck_assert_ptr_null(response);
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        OK(mtlsauth_ocsp_response_load_file(&response, path));
    }
    closedir(dir);
    return response;
}

static size_t files_in_folder(void)
{
    DIR *dir = opendir(folder);
    size_t count = 0;

    ck_assert_ptr_nonnull(dir);
    while (readdir(dir) != NULL)
        count++;
    closedir(dir);
    return count - 2;
}

START_TEST(best_of_several)
{
    static const struct {
        const char *name;
        struct ob_single singles[3];
        int status;
        int64_t this_update;
    } rows[] = {
        {"the newest, last",
         {{.this_update = "20260601010000Z"}, {.this_update = "20260601020000Z"}},
         MTLSAUTH_OCSP_GOOD,
         1780279200},
        {"the newest, first",
         {{.this_update = "20260601020000Z"}, {.this_update = "20260601010000Z"}},
         MTLSAUTH_OCSP_GOOD,
         1780279200},
        {"the one that is final",
         {{.this_update = "20260601010000Z", .status = 1}, {.this_update = "20260601020000Z"}},
         MTLSAUTH_OCSP_REVOKED,
         1780275600},
        {"the one that is final, between others",
         {{.this_update = "20260601030000Z"},
          {.this_update = "20260601010000Z", .status = 1},
          {.this_update = "20260601020000Z"}},
         MTLSAUTH_OCSP_REVOKED,
         1780275600},
        {"not the one of the future",
         {{.this_update = "20260601010000Z"}, {.this_update = "20300601010000Z"}},
         MTLSAUTH_OCSP_GOOD,
         1780275600},
        {"but a hold of the future",
         {{.this_update = "20260601010000Z"},
          {.this_update = "20300601010000Z"},
          {.this_update = "20260601120002Z", .status = 1, .reason = "\x06"}},
         MTLSAUTH_OCSP_REVOKED,
         1780315202},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        mtlsauth_ocsp_response *response;
        int64_t this_update, next_update;
        const void *serial;
        size_t len;
        int status;

        folder_make(folder);
        setup(true);
        for (size_t n = 0; n < 3 && rows[i].singles[n].this_update != NULL; n++)
            OK(put_single(&rows[i].singles[n]));
        OK(mtlsauth_authorizer_save_ocsp(authorizer, folder));
        response = saved();
        OK(mtlsauth_ocsp_response_entry(response, 0, &serial, &len, &status, &this_update,
                                        &next_update));
        ASSERT_INT(rows[i].name, status, rows[i].status);
        ASSERT_INT(rows[i].name, this_update, rows[i].this_update);
        mtlsauth_ocsp_response_free(response);
        teardown();
    }
}
END_TEST

/*
 * The client brings its CA, which nobody knows before. Whoever stands before the responder adds
 * forged answers about a client who is revoked, in another life of the process; what was known of
 * it is in the folder all the same.
 */
START_TEST(forged_take_no_place)
{
    static const struct {
        const char *name;
        bool is_decided; /* and so verified */
        unsigned forged;
        size_t files;
        const char *next_update;
    } rows[] = {
        {"verified", true, 0, 1, NULL},
        {"verified, one forged", true, 1, 2, NULL},
        {"verified, more forged than are kept", true, 5, 4, NULL},
        {"nobody has verified it", false, 0, 1, NULL},
        {"nobody has verified it, more forged than are kept", false, 5, 4, NULL},
        {"expired, more forged than are kept", true, 5, 4, "20260601030000Z"},
        {"expired, nobody has verified it, more forged", false, 5, 4, "20260601030000Z"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        folder_make(folder);
        setup(false);
        OK(put_single(&(struct ob_single){.this_update = "20260601020000Z",
                                          .next_update = rows[i].next_update,
                                          .status = 1}));
        if (rows[i].is_decided)
            ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOKED);
        OK(mtlsauth_authorizer_save_ocsp(authorizer, folder));
        teardown();

        setup(false);
        OK(mtlsauth_authorizer_load_ocsp(authorizer, folder, NULL));
        for (unsigned n = 0; n < rows[i].forged; n++) {
            char time[24];
            const struct ob_single single = {.this_update = time, .status = 1};

            snprintf(time, sizeof time, "2026060103%02u00Z", n);
            (void)put(&(struct ob_response){
                .singles = &single, .single_count = 1, .signer = OB_SIBLING});
        }
        OK(mtlsauth_authorizer_load_ocsp(authorizer, folder, NULL));
        OK(mtlsauth_authorizer_save_ocsp(authorizer, folder));
        ck_assert_msg(files_in_folder() >= rows[i].files, "%s: %zu", rows[i].name,
                      files_in_folder());
        teardown();

        setup(false);
        OK(mtlsauth_authorizer_load_ocsp(authorizer, folder, NULL));
        (void)put_single(&(struct ob_single){.this_update = "20260601010000Z"});
        ASSERT_INT(rows[i].name, answer(), MTLSAUTH_DENY_REVOKED);
        teardown();
    }
}
END_TEST

/* The answer that a decision has refuted, as it is of another key, gives way to one that may be
 * true. */
START_TEST(refuted_gives_way)
{
    const struct ob_single newest = {.this_update = "20260601030000Z"};
    mtlsauth_ocsp_response *response;
    int64_t this_update, next_update;
    const void *serial;
    size_t len;
    int status;

    folder_make(folder);
    setup(false);
    OK(put(&(struct ob_response){.singles = &newest, .single_count = 1, .signer = OB_SIBLING}));
    ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOCATION_UNKNOWN);
    OK(put_single(&(struct ob_single){.this_update = "20260601010000Z"}));
    OK(mtlsauth_authorizer_save_ocsp(authorizer, folder));
    response = saved();
    OK(mtlsauth_ocsp_response_entry(response, 0, &serial, &len, &status, &this_update,
                                    &next_update));
    ck_assert_int_eq(this_update, 1780275600);
    mtlsauth_ocsp_response_free(response);
    ck_assert_int_eq(answer(), MTLSAUTH_OK);
    teardown();
}
END_TEST

/* What did not count for a while, as the delegate was not valid yet, counts later like any other:
 * answers that nobody can verify do not displace it, and an older "good" does not come back. */
START_TEST(refuted_for_a_while)
{
    static const char *const forged[] = {"20260601010000Z", "20260601020000Z", "20260601030000Z",
                                         "20260601040000Z", "20260601050000Z"};
    struct der_build delegate = ob_make_cert(&(struct ob_cert){.subject = "ocsp",
                                                               .key = OB_DELEGATE,
                                                               .from = "260601120500Z",
                                                               .eku = OB_EKU_OCSP,
                                                               .eku_len = 12,
                                                               .no_check = true});
    const struct ob_single revoked = {.status = 1};

    setup(false);
    OK(put(&(struct ob_response){.singles = &revoked,
                                 .single_count = 1,
                                 .signer = OB_DELEGATE,
                                 .responder = "ocsp",
                                 .certs = {&delegate},
                                 .cert_count = 1}));
    ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOCATION_UNKNOWN);
    OK(mtlsauth_policy_set_time(policy, OB_NOW + 600));
    set_policy();
    ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOKED);
    for (size_t i = 0; i < COUNT_OF(forged); i++) {
        const struct ob_single single = {.this_update = forged[i]};

        ck_assert_int_eq(
            put(&(struct ob_response){.singles = &single, .single_count = 1, .signer = OB_SIBLING}),
            i + 1 < COUNT_OF(forged) ? MTLSAUTH_OK : MTLSAUTH_ERR_LIMIT);
    }
    ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOKED);
    OK(put_single(&(struct ob_single){.this_update = "20260531120000Z"}));
    ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOKED);
    der_build_free(&delegate);
    teardown();
}
END_TEST

/* A responder that knows nothing newer says the same for a longer time: with the same thisUpdate
 * the later nextUpdate counts, in whatever order the two come. */
START_TEST(the_same_for_longer)
{
    static const char *const ends[] = {"20260601123000Z", "20260602000000Z"};

    for (int longer_first = 0; longer_first < 2; longer_first++) {
        setup(longer_first == 0);
        for (int n = 0; n < 2; n++) {
            OK(put_single(&(struct ob_single){.next_update = ends[n ^ longer_first]}));
            ck_assert_int_eq(answer(), MTLSAUTH_OK);
        }
        OK(mtlsauth_policy_set_time(policy, OB_NOW + 3600));
        set_policy();
        ck_assert_int_eq(answer(), MTLSAUTH_OK);
        teardown();
    }
    /* Put when the other has ended. */
    setup(true);
    OK(put_single(&(struct ob_single){.next_update = ends[0]}));
    OK(mtlsauth_policy_set_time(policy, OB_NOW + 3600));
    set_policy();
    ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOCATION_STALE);
    OK(put_single(&(struct ob_single){.next_update = ends[1]}));
    ck_assert_int_eq(answer(), MTLSAUTH_OK);
    teardown();
}
END_TEST

/* One file for each hash: a CertID of another hash is another question. */
START_TEST(each_hash)
{
    static const enum ob_hash hashes[] = {OB_ID_SHA1, OB_ID_SHA256, OB_ID_SHA384, OB_ID_SHA512};

    folder_make(folder);
    setup(true);
    for (size_t i = 0; i < COUNT_OF(hashes); i++) {
        OK(put_single(&(struct ob_single){.hash = hashes[i]}));
        OK(mtlsauth_authorizer_save_ocsp(authorizer, folder));
        ck_assert_uint_eq(files_in_folder(), i + 1);
    }
    mtlsauth_authorizer_free(authorizer);
    OK(mtlsauth_authorizer_new(&authorizer, store, policy));
    ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOCATION_UNKNOWN);
    OK(mtlsauth_authorizer_load_ocsp(authorizer, folder, NULL));
    ck_assert_int_eq(answer(), MTLSAUTH_OK);
    teardown();
}
END_TEST

/* As many as nobody could verify, of which a decision finds that none can ever count. */
START_TEST(forged_ones_of_no_known_algorithm)
{
    setup(false);
    for (int i = 0; i < MTLSAUTH_MAX_OCSP_PER_CERTIFICATE; i++) {
        char time[24];
        const struct ob_single good = {.this_update = time};

        snprintf(time, sizeof time, "2026060103%02d00Z", i);
        OK(put(&(struct ob_response){.singles = &good,
                                     .single_count = 1,
                                     .signer = OB_SIBLING,
                                     .algorithm = OB_UNKNOWN_ALGORITHM}));
    }
    ck_assert_int_eq(put_single(&(struct ob_single){.status = 1}), MTLSAUTH_ERR_LIMIT);
    ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOCATION_UNKNOWN);
    OK(put_single(&(struct ob_single){.status = 1}));
    ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOKED);
    teardown();
}
END_TEST

/* What the issuer's responder has signed, and only waits for what says that it is not revoked
 * itself, is displaced by none of them. */
START_TEST(forged_ones_beside_one_that_waits_for_a_list)
{
    struct der_build delegate = ob_delegate(.crl_url = true);

    setup(false);
    OK(put(&(struct ob_response){
        .signer = OB_DELEGATE, .responder = "ocsp", .certs = {&delegate}, .cert_count = 1}));
    ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOCATION_UNKNOWN);
    for (int i = 0; i < 20; i++) {
        char time[24];
        const struct ob_single good = {.this_update = time};

        snprintf(time, sizeof time, "2026060103%02d00Z", i);
        ck_assert_int_eq(
            put(&(struct ob_response){.singles = &good, .single_count = 1, .signer = OB_SIBLING}),
            i + 1 < MTLSAUTH_MAX_OCSP_PER_CERTIFICATE ? MTLSAUTH_OK : MTLSAUTH_ERR_LIMIT);
    }
    put_empty_list("17 { \"260701000000Z\" }");
    ck_assert_int_eq(answer(), MTLSAUTH_OK);
    teardown();
    der_build_free(&delegate);
}
END_TEST

UNIT_MAIN("authorizer/ocsp best", best_of_several, forged_take_no_place, refuted_gives_way, refuted_for_a_while,
          the_same_for_longer, each_hash, forged_ones_of_no_known_algorithm,
          forged_ones_beside_one_that_waits_for_a_list)
