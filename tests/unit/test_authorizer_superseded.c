/* SPDX-License-Identifier: MIT */
/* Yesterday's list when today's is gone and it cannot be read itself. */
#include "support/reload.h"

START_TEST(that_is_malformed_when_it_is_looked_for)
{
    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    ck_assert_int_eq(mkdir(in_folder("crls"), 0755), 0);
    write_list("crls/monday", 1, REVOKED5);
    write_list("crls/tuesday", 2, REVOKED6);
    ASSERT_CALL(mtlsauth_authorizer_add_crl_dir(authorizer, in_folder("crls"), NULL));
    ck_assert_int_eq(answer(client6), MTLSAUTH_DENY_REVOKED);
    write_aside("crls/monday", "no list", 7);
    ck_assert_int_eq(unlink(in_folder("crls/tuesday")), 0);
    for (int i = 0; i < 2; i++)
        ASSERT_REFRESH("malformed, and the newer one gone", MTLSAUTH_ERR_PARSE, 0,
                       "NOT_LOADED REMOVED");
    ck_assert_int_eq(answer(client6), MTLSAUTH_DENY_REVOKED);
    write_list("crls/monday", 3, REVOKED5);
    ASSERT_REFRESH("well again", MTLSAUTH_OK, 1, "");
    ck_assert_int_eq(answer(client5), MTLSAUTH_DENY_REVOKED);
    reload_teardown();
}
END_TEST

UNIT_MAIN("authorizer_superseded", that_is_malformed_when_it_is_looked_for)
