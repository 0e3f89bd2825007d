/* SPDX-License-Identifier: MIT */
/* A file whose list is followed by one of another distribution point: the first serves on, and is
 * reported, as nothing else would say so. */
#include "support/reload.h"

static void write_list_at(const char *name, unsigned number, const char *revoked, unsigned point)
{
    struct der_text list = reload_list(false, number, revoked, point);

    write_aside(name, list.ptr, list.len);
    free(list.ptr);
}

static mtlsauth_crl *list_at(unsigned number, const char *revoked, unsigned point)
{
    struct der_text list = reload_list(false, number, revoked, point);
    mtlsauth_crl *crl;

    ASSERT_CALL(mtlsauth_crl_load(&crl, list.ptr, list.len, root, policy, NULL));
    free(list.ptr);
    return crl;
}

/* The sentence says which list of which file, and what to do. */
static void check_sentence(const char *file)
{
    mtlsauth_report *report;
    const char *json;

    ASSERT_CALL(mtlsauth_authorizer_refresh(authorizer, NULL, &report));
    json = mtlsauth_report_json(report);
    ck_assert_msg(strstr(json, file) != NULL, "%s", json);
    ck_assert_msg(strstr(json, "number 01000001 of 2026-01-01T00:00:00Z") != NULL, "%s", json);
    ck_assert_msg(strstr(json, "mtlsauth_authorizer_remove_crl") != NULL, "%s", json);
    mtlsauth_report_free(report);
}

/* The CA begins to write a distribution point, and releases a hold. */
START_TEST(a_file)
{
    mtlsauth_crl *old;

    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    write_list_at("ca.crl", 1, REVOKED5, 0);
    ASSERT_CALL(mtlsauth_authorizer_add_crl_file(authorizer, in_folder("ca.crl"), NULL));
    write_list_at("ca.crl", 2, NONE_REVOKED, 1);
    ASSERT_REFRESH("a point", OK, 1, "REMOVED");
    ASSERT_REFRESH("still", OK, 0, "REMOVED");
    check_sentence("ca.crl");
    ck_assert_int_eq(answer(client5), REVOKED);
    write_list_at("ca.crl", 3, NONE_REVOKED, 2);
    ASSERT_REFRESH("another one", OK, 1, "REMOVED REMOVED");
    write_in_place("ca.crl", "x", 1);
    ASSERT_REFRESH("malformed", MTLSAUTH_ERR_PARSE, 0, "NOT_LOADED REMOVED REMOVED");
    write_list_at("ca.crl", 2, NONE_REVOKED, 2);
    ASSERT_REFRESH("older", MTLSAUTH_ERR_ROLLBACK, 0, "ROLLBACK REMOVED REMOVED");
    write_list_at("ca.crl", 4, NONE_REVOKED, 2);
    ASSERT_REFRESH("newer", OK, 1, "REMOVED REMOVED");
    old = list_at(1, REVOKED5, 0);
    ASSERT_CALL(mtlsauth_authorizer_remove_crl(authorizer, old));
    mtlsauth_crl_free(old);
    ASSERT_REFRESH("taken away", OK, 0, "REMOVED");
    ck_assert_int_eq(answer(client5), UNKNOWN);
    old = list_at(5, NONE_REVOKED, 1);
    ASSERT_CALL(mtlsauth_authorizer_put_crl(authorizer, old));
    mtlsauth_crl_free(old);
    ASSERT_REFRESH("in its place by hand", OK, 0, "");
    reload_teardown();
}
END_TEST

/* Back to the point that it had: a newer list takes the place of the old one. */
START_TEST(there_and_back)
{
    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    write_list_at("ca.crl", 1, REVOKED5, 0);
    ASSERT_CALL(mtlsauth_authorizer_add_crl_file(authorizer, in_folder("ca.crl"), NULL));
    for (unsigned number = 2; number < 6; number += 2) {
        write_list_at("ca.crl", number, NONE_REVOKED, 1);
        ASSERT_REFRESH("there", OK, 1, "REMOVED");
        write_list_at("ca.crl", number + 1, NONE_REVOKED, 0);
        ASSERT_REFRESH("back", OK, 1, "REMOVED");
        ck_assert_int_eq(answer(client5), OK);
    }
    /* The very list that is in use. */
    write_list_at("ca.crl", 4, NONE_REVOKED, 1);
    ASSERT_REFRESH("there again", OK, 0, "REMOVED");
    reload_teardown();
}
END_TEST

/* Lists of a folder change places, and one of them goes. */
START_TEST(a_folder)
{
    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    ck_assert_int_eq(mkdir(in_folder("crls"), 0755), 0);
    write_list_at("crls/a", 1, REVOKED5, 0);
    write_list_at("crls/b", 1, NONE_REVOKED, 1);
    ASSERT_CALL(mtlsauth_authorizer_add_crl_dir(authorizer, in_folder("crls"), NULL));
    write_list_at("crls/a", 1, NONE_REVOKED, 1);
    write_list_at("crls/b", 1, REVOKED5, 0);
    ASSERT_REFRESH("exchanged", OK, 0, "");
    write_list_at("crls/a", 2, NONE_REVOKED, 0);
    ASSERT_REFRESH("its point is nowhere, the other has a newer list", OK, 1, "REMOVED");
    write_list_at("crls/c", 1, NONE_REVOKED, 1);
    ASSERT_REFRESH("in another file", OK, 0, "");
    write_list_at("crls/c", 1, NONE_REVOKED, 2);
    ASSERT_REFRESH("no more", OK, 1, "REMOVED");
    ck_assert_int_eq(unlink(in_folder("crls/c")), 0);
    ASSERT_REFRESH("its file is gone", OK, 0, "REMOVED REMOVED");
    write_list_at("crls/d", 2, NONE_REVOKED, 2);
    ASSERT_REFRESH("the last has a successor", OK, 1, "REMOVED");
    ASSERT_REFRESH("still", OK, 0, "REMOVED");
    write_list_at("crls/c", 2, NONE_REVOKED, 3);
    ASSERT_REFRESH("the file is back", OK, 1, "REMOVED");
    write_list_at("crls/e", 2, NONE_REVOKED, 1);
    ASSERT_REFRESH("the first has a successor", OK, 1, "");
    reload_teardown();
}
END_TEST

/* docs/reload.md: a list stays when its file comes to hold another CA's. */
START_TEST(of_another_ca)
{
    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    write_store("ca.pem", root, other);
    ASSERT_CALL(mtlsauth_authorizer_add_truststore_file(authorizer, in_folder("ca.pem")));
    write_list_at("ca.crl", 1, REVOKED5, 0);
    ASSERT_CALL(mtlsauth_authorizer_add_crl_file(authorizer, in_folder("ca.crl"), NULL));
    write_list_of_other("ca.crl", 2, NONE_REVOKED);
    ASSERT_REFRESH("of another CA", OK, 1, "");
    ck_assert_int_eq(answer(client5), REVOKED);
    reload_teardown();
}
END_TEST

UNIT_MAIN("authorizer_other_point", a_file, there_and_back, a_folder, of_another_ca)
