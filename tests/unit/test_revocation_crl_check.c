/* SPDX-License-Identifier: MIT */
/* What a list says of a certificate. */
#include "crl.h"

#include "folder.h"

static mtlsauth_cert *client(const char *issuer, EVP_PKEY *issuer_key, const char *serial,
                             const char *constraints, const char *points)
{
    struct ca_spec spec = {.subject = "client", .issuer = issuer, .key = root_key,
                           .issuer_key = issuer_key, .serial = (const unsigned char *)serial,
                           .serial_len = (int)strlen(serial), .constraints = constraints,
                           .points = points};

    return ca_cert(&spec);
}

#define POINT(value) CRL_NUMBER CRL_CRITICAL("55 1d 1c", "30 { " value " }")
#define POINT_URI(uri) POINT("a0 { a0 { 86 { \"" uri "\" } } }")
#define POINT_A POINT_URI("http://a/")

/* openssl#23325, RUSTSEC-2026-0049, Vault: what a list speaks of. */
START_TEST(scope_of_a_list)
{
    static const struct {
        const char *name;
        const char *extensions;
        const char *serial, *constraints, *points;
        int status;
    } rows[] = {
        {"good", CRL_NUMBER, "\x09", NULL, NULL, MTLSAUTH_CRL_STATUS_GOOD},
        {"revoked", CRL_NUMBER, "\x02\x03", NULL, NULL, MTLSAUTH_CRL_STATUS_REVOKED},
        {"user list, a client", POINT("81 01 ff"), "\x02\x03", NULL, NULL,
         MTLSAUTH_CRL_STATUS_REVOKED},
        {"user list, a CA", POINT("81 01 ff"), "\x02\x03", "CA:TRUE", NULL,
         MTLSAUTH_CRL_STATUS_UNKNOWN},
        {"CA list, a client", POINT("82 01 ff"), "\x02\x03", NULL, NULL,
         MTLSAUTH_CRL_STATUS_UNKNOWN},
        {"CA list, a CA", POINT("82 01 ff"), "\x09", "CA:TRUE", NULL, MTLSAUTH_CRL_STATUS_GOOD},
        {"some reasons, revoked", POINT("83 { 05 60 }"), "\x02\x03", NULL, NULL,
         MTLSAUTH_CRL_STATUS_REVOKED},
        {"some reasons, not in it", POINT("83 { 05 60 }"), "\x09", NULL, NULL,
         MTLSAUTH_CRL_STATUS_UNKNOWN},
        {"point, no point in the certificate", POINT_A, "\x02\x03", NULL, NULL,
         MTLSAUTH_CRL_STATUS_UNKNOWN},
        {"point, the same", POINT_A, "\x09", NULL, "URI:http://a/", MTLSAUTH_CRL_STATUS_GOOD},
        {"point, the same, revoked", POINT_A, "\x02\x03", NULL, "URI:http://a/",
         MTLSAUTH_CRL_STATUS_REVOKED},
        {"point, another", POINT_A, "\x02\x03", NULL, "URI:http://b/", MTLSAUTH_CRL_STATUS_UNKNOWN},
        {"point, a prefix", POINT_A, "\x02\x03", NULL, "URI:http://a", MTLSAUTH_CRL_STATUS_UNKNOWN},
        {"point, the third", POINT_A, "\x02\x03", NULL,
         "URI:http://c/,URI:http://b/,URI:http://a/", MTLSAUTH_CRL_STATUS_REVOKED},
        {"no point, one in the certificate", CRL_NUMBER, "\x09", NULL, "URI:http://b/",
         MTLSAUTH_CRL_STATUS_GOOD},
    };

    setup_with("EC");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct crl_text parts = {.extensions = rows[i].extensions};
        mtlsauth_crl *crl = loaded(&parts);
        mtlsauth_cert *cert =
            client("Root", root_key, rows[i].serial, rows[i].constraints, rows[i].points);
        int status;

        ASSERT_INT(rows[i].name, mtlsauth_crl_check(crl, cert, root, policy, &status, NULL, NULL),
                   MTLSAUTH_OK);
        ASSERT_INT(rows[i].name, status, rows[i].status);
        mtlsauth_cert_free(cert);
        mtlsauth_crl_free(crl);
    }
    teardown();
}
END_TEST

/* The same serial under another CA, and under the same name with another key. */
START_TEST(same_serial_under_another_issuer)
{
    static const struct crl_text good = {.extensions = NULL};
    mtlsauth_cert *other, *clone, *ours, *theirs, *of_clone;
    mtlsauth_crl *crl;
    int status, reason;
    int64_t date;

    setup_with("EC");
    crl = loaded(&good);
    other = issuer_with(other_key, "Other", "CA:TRUE", NULL);
    clone = issuer_with(other_key, "Root", "CA:TRUE", NULL);
    ours = client("Root", root_key, "\x01", NULL, NULL);
    theirs = client("Other", other_key, "\x01", NULL, NULL);
    of_clone = client("Root", other_key, "\x01", NULL, NULL);
    ck_assert_int_eq(mtlsauth_crl_check(crl, ours, root, policy, &status, &date, &reason), 0);
    ck_assert_int_eq(status, MTLSAUTH_CRL_STATUS_REVOKED);
    ck_assert_int_eq(date, 1767225600);
    ck_assert_int_eq(reason, MTLSAUTH_CRL_REASON_NONE);
    ck_assert_int_eq(mtlsauth_crl_check(crl, theirs, other, policy, &status, &date, NULL), 0);
    ck_assert_int_eq(status, MTLSAUTH_CRL_STATUS_UNKNOWN);
    ck_assert_int_eq(date, MTLSAUTH_NO_TIME);
    ck_assert_int_eq(mtlsauth_crl_check(crl, of_clone, clone, policy, &status, NULL, NULL), 0);
    ck_assert_int_eq(status, MTLSAUTH_CRL_STATUS_UNKNOWN);
    mtlsauth_cert_free(other);
    mtlsauth_cert_free(clone);
    mtlsauth_cert_free(ours);
    mtlsauth_cert_free(theirs);
    mtlsauth_cert_free(of_clone);
    mtlsauth_crl_free(crl);
    teardown();
}
END_TEST

/* thisUpdate 2026-01-01, nextUpdate 2027-01-01. */
START_TEST(age_of_a_list)
{
    static const struct {
        const char *name;
        int64_t now, max_age, grace;
        int status;
    } rows[] = {
        {"in time", 1780272000, 0, 0, MTLSAUTH_CRL_STATUS_GOOD},
        {"at nextUpdate", 1798761600, 0, 0, MTLSAUTH_CRL_STATUS_GOOD},
        {"a second later", 1798761601, 0, 0, MTLSAUTH_CRL_STATUS_STALE},
        {"within the grace", 1798761601, 0, 1, MTLSAUTH_CRL_STATUS_GOOD},
        {"beyond the grace", 1798761602, 0, 1, MTLSAUTH_CRL_STATUS_STALE},
        {"at thisUpdate", 1767225600, 0, 0, MTLSAUTH_CRL_STATUS_GOOD},
        {"before thisUpdate", 1767220000, 0, 0, MTLSAUTH_CRL_STATUS_STALE},
        {"of the maximum age", 1767225700, 100, 0, MTLSAUTH_CRL_STATUS_GOOD},
        {"older than the maximum age", 1767225701, 100, 0, MTLSAUTH_CRL_STATUS_STALE},
        {"no grace behind the maximum age", 1767225701, 100, 10, MTLSAUTH_CRL_STATUS_STALE},
        {"year 9999", 253402300799, 0, 0, MTLSAUTH_CRL_STATUS_STALE},
    };
    static const struct crl_text good = {.extensions = NULL};

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        mtlsauth_cert *cert, *revoked;
        mtlsauth_crl *crl;
        int status;

        setup_with("ED25519");
        cert = client("Root", root_key, "\x09", NULL, NULL);
        revoked = client("Root", root_key, "\x01", NULL, NULL);
        crl = loaded(&good);
        ck_assert_int_eq(mtlsauth_policy_set_time(policy, rows[i].now), MTLSAUTH_OK);
        if (rows[i].max_age > 0)
            ck_assert_int_eq(mtlsauth_policy_set_crl_max_age(policy, rows[i].max_age), 0);
        ck_assert_int_eq(mtlsauth_policy_set_insecure_revocation_grace(policy, rows[i].grace), 0);
        ASSERT_INT(rows[i].name, mtlsauth_crl_check(crl, cert, root, policy, &status, NULL, NULL),
                   0);
        ASSERT_INT(rows[i].name, status, rows[i].status);
        /* What is revoked is revoked, however old the list. */
        ASSERT_INT(rows[i].name,
                   mtlsauth_crl_check(crl, revoked, root, policy, &status, NULL, NULL), 0);
        ASSERT_INT(rows[i].name, status, MTLSAUTH_CRL_STATUS_REVOKED);
        mtlsauth_crl_free(crl);
        mtlsauth_cert_free(cert);
        mtlsauth_cert_free(revoked);
        teardown();
    }
}
END_TEST

static int64_t no_time(void *unused)
{
    (void)unused;
    return MTLSAUTH_NO_TIME;
}

/* Who is revoked, is: but how old the list is, nobody can say. */
START_TEST(a_clock_without_a_time)
{
    static const struct crl_text good = {.extensions = NULL};
    mtlsauth_cert *revoked;
    mtlsauth_crl *crl;
    int64_t date;
    int status, reason;

    setup_with("ED25519");
    revoked = client("Root", root_key, "\x01", NULL, NULL);
    crl = loaded(&good);
    ck_assert_int_eq(mtlsauth_policy_set_clock(policy, no_time, NULL), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth_crl_check(crl, revoked, root, policy, &status, &date, &reason),
                     MTLSAUTH_ERR_IO);
    ck_assert_int_eq(status, MTLSAUTH_CRL_STATUS_UNKNOWN);
    ck_assert_int_eq(date, MTLSAUTH_NO_TIME);
    ck_assert_ptr_nonnull(strstr(mtlsauth_last_error(), "clock"));
    mtlsauth_crl_free(crl);
    mtlsauth_cert_free(revoked);
    teardown();
}
END_TEST

/* A list of a key of 2048 bits, and the index that was saved of it: under a policy that takes no
 * such key they vouch for nobody, and revoke all the same. */
START_TEST(a_stricter_policy)
{
    static const struct crl_text good = {.extensions = NULL};
    static const char key[] = "0123456789abcdef";
    char folder[FOLDER_ROOM], path[FOLDER_ROOM + 8];
    mtlsauth_cert *cert, *revoked;
    mtlsauth_crl *lists[2] = {NULL};

    setup_with("RSA");
    folder_make(folder);
    snprintf(path, sizeof path, "%s/index", folder);
    cert = client("Root", root_key, "\x09", NULL, NULL);
    revoked = client("Root", root_key, "\x01", NULL, NULL);
    lists[0] = loaded(&good);
    ck_assert_int_eq(mtlsauth_crl_save(lists[0], path, key, 16), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth_crl_open_file(&lists[1], path, key, 16), MTLSAUTH_OK);
    for (int stricter = 0; stricter < 2; stricter++) {
        if (stricter)
            ck_assert_int_eq(mtlsauth_policy_set_min_rsa_bits(policy, 3072), MTLSAUTH_OK);
        for (size_t i = 0; i < COUNT_OF(lists); i++) {
            const char *name = i == 0 ? "loaded" : "opened";
            int status;

            ASSERT_INT(name, mtlsauth_crl_check(lists[i], cert, root, policy, &status, NULL, NULL),
                       MTLSAUTH_OK);
            ASSERT_INT(name, status,
                       stricter ? MTLSAUTH_CRL_STATUS_UNKNOWN : MTLSAUTH_CRL_STATUS_GOOD);
            ASSERT_INT(name,
                       mtlsauth_crl_check(lists[i], revoked, root, policy, &status, NULL, NULL),
                       MTLSAUTH_OK);
            ASSERT_INT(name, status, MTLSAUTH_CRL_STATUS_REVOKED);
        }
    }
    for (size_t i = 0; i < COUNT_OF(lists); i++)
        mtlsauth_crl_free(lists[i]);
    mtlsauth_cert_free(cert);
    mtlsauth_cert_free(revoked);
    teardown();
}
END_TEST

UNIT_MAIN("revocation/crl_check", scope_of_a_list, same_serial_under_another_issuer, age_of_a_list,
          a_clock_without_a_time, a_stricter_policy)
