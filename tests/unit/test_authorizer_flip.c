/* SPDX-License-Identifier: MIT */
#include "support/reload.h"

#include "base/file.h"

/* The library calls this one, and the file that has the other is compiled with its name changed. */
#undef mtlsauth__file_each
int mtlsauth__file_each(const char *path, size_t piece, int (*each)(void *arg, struct span bytes),
                        void *arg);
int real_mtlsauth__file_each(const char *path, size_t piece,
                             int (*each)(void *arg, struct span bytes), void *arg);

static bool flips;
static unsigned reads;
static struct der_text older, newer; /* the same octets each time */

/* Of each two readings the second finds an older list, and afterwards the newer one is back. */
int mtlsauth__file_each(const char *path, size_t piece, int (*each)(void *arg, struct span bytes),
                        void *arg)
{
    bool second = flips && reads++ % 2 == 1;
    int code;

    if (second)
        write_aside("ca.crl", older.ptr, older.len);
    code = real_mtlsauth__file_each(path, piece, each, arg);
    if (second)
        write_aside("ca.crl", newer.ptr, newer.len);
    return code;
}

/* The newer list, which was seen and not loaded, is loaded the next time. */
START_TEST(a_file_that_flips_while_it_is_read)
{
    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    older = reload_list(false, 2, NONE_REVOKED, 0);
    newer = reload_list(false, 3, REVOKED5, 0);
    write_aside("ca.crl", newer.ptr, newer.len);
    flips = true;
    ASSERT_CALL(mtlsauth_authorizer_add_crl_file(authorizer, in_folder("ca.crl"), root));
    flips = false;
    ck_assert_int_eq(answer(client5), OK);
    ASSERT_REFRESH("the newer list", OK, 1, "");
    ck_assert_int_eq(answer(client5), REVOKED);
    ASSERT_REFRESH("nothing new", OK, 0, "");
    free(older.ptr);
    free(newer.ptr);
    reload_teardown();
}
END_TEST

UNIT_MAIN("authorizer/flip", a_file_that_flips_while_it_is_read)
