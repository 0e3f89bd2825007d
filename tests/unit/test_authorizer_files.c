/* SPDX-License-Identifier: MIT */
/* Files that are another and yet the same, and files that nobody can read. */
#include "support/reload.h"

#define NOBODY 65534

static struct stat marks_of(const char *name)
{
    struct stat marks;

    ck_assert_int_eq(stat(in_folder(name), &marks), 0);
    return marks;
}

static void begin(void)
{
    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    write_list("ca.crl", 1, REVOKED5);
    ASSERT_CALL(mtlsauth_authorizer_add_crl_file(authorizer, in_folder("ca.crl"), NULL));
    ASSERT_REFRESH("nothing new", OK, 0, "");
}

static void assert_taken(const char *row)
{
    ASSERT_REFRESH(row, OK, 1, "");
    ASSERT_INT(row, answer(client5), OK);
    ASSERT_INT(row, answer(client6), REVOKED);
    ASSERT_REFRESH(row, OK, 0, "");
}

/* Another file with the same octets is the same list. */
START_TEST(by_digest)
{
    char octets[4096];
    uint64_t before;
    size_t len;
    FILE *in;

    begin();
    before = generation();
    ck_assert_int_eq(link(in_folder("ca.crl"), in_folder("old.crl")), 0);
    ck_assert_int_eq(unlink(in_folder("ca.crl")), 0);
    in = fopen(in_folder("old.crl"), "rb");
    ck_assert_ptr_nonnull(in);
    len = fread(octets, 1, sizeof octets, in);
    ck_assert_int_eq(fclose(in), 0);
    write_aside("ca.crl", octets, len);
    ck_assert(marks_of("ca.crl").st_ino != marks_of("old.crl").st_ino);
    ASSERT_REFRESH("copied", OK, 0, "");
    ck_assert_uint_eq(generation(), before);
    reload_teardown();
}
END_TEST

/* The folder itself is a link, which is swapped. */
START_TEST(folder_by_link)
{
    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    ck_assert_int_eq(mkdir(in_folder("monday"), 0755), 0);
    ck_assert_int_eq(mkdir(in_folder("tuesday"), 0755), 0);
    write_list("monday/ca.crl", 1, REVOKED5);
    write_list("tuesday/ca.crl", 2, REVOKED6);
    ck_assert_int_eq(symlink("monday", in_folder("crls")), 0);
    ASSERT_CALL(mtlsauth_authorizer_add_crl_dir(authorizer, in_folder("crls"), NULL));
    ck_assert_int_eq(answer(client5), REVOKED);
    ck_assert_int_eq(symlink("tuesday", in_folder("crls_tmp")), 0);
    ck_assert_int_eq(rename(in_folder("crls_tmp"), in_folder("crls")), 0);
    assert_taken("swapped");
    ck_assert_int_eq(unlink(in_folder("crls")), 0);
    ASSERT_REFRESH("no link", MTLSAUTH_ERR_IO, 0, "NOT_LOADED");
    write_in_place("crls", "x", 1);
    ASSERT_REFRESH("a file", MTLSAUTH_ERR_IO, 0, "NOT_LOADED");
    ck_assert_int_eq(answer(client6), REVOKED);
    ck_assert_int_eq(unlink(in_folder("crls")), 0);
    ck_assert_int_eq(symlink("crls", in_folder("crls")), 0);
    ASSERT_REFRESH("a link to itself", MTLSAUTH_ERR_IO, 0, "NOT_LOADED");
    ck_assert_int_eq(answer(client6), REVOKED);
    ck_assert_int_eq(unlink(in_folder("crls")), 0);
    ck_assert_int_eq(symlink("tuesday", in_folder("crls")), 0);
    ASSERT_REFRESH("back", OK, 0, "");
    reload_teardown();
}
END_TEST

/* Names of what is made unreadable in turn. */
static const char *const names[] = {"ca.crl", "ca.pem", "crls/ca.crl", "crls"};

/* A file that another user may read only: the old state serves on, and it is said. */
START_TEST(unreadable)
{
    bool is_root = geteuid() == 0;

    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    ck_assert_int_eq(chmod(reload_folder, 0755), 0);
    ck_assert_int_eq(mkdir(in_folder("crls"), 0755), 0);
    write_store("ca.pem", root, other);
    write_list("ca.crl", 1, REVOKED5);
    write_list_of_other("crls/ca.crl", 1, REVOKED5);
    ASSERT_CALL(mtlsauth_authorizer_add_truststore_file(authorizer, in_folder("ca.pem")));
    ASSERT_CALL(mtlsauth_authorizer_add_crl_file(authorizer, in_folder("ca.crl"), root));
    ASSERT_CALL(mtlsauth_authorizer_add_crl_dir(authorizer, in_folder("crls"), other));
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct stat marks = marks_of(names[i]);

        /* A change of mode is one of times, too: it is looked at again. */
        ck_assert_int_eq(chmod(in_folder(names[i]), 0), 0);
        if (is_root)
            ck_assert_int_eq(seteuid(NOBODY), 0);
        ASSERT_REFRESH(names[i], MTLSAUTH_ERR_IO, 0, "NOT_LOADED");
        ASSERT_REFRESH(names[i], MTLSAUTH_ERR_IO, 0, "NOT_LOADED");
        if (is_root)
            ck_assert_int_eq(seteuid(0), 0);
        ASSERT_INT(names[i], answer(client5), REVOKED);
        ASSERT_INT(names[i], answer(client6), OK);
        ASSERT_INT(names[i], answer(client_of_other), REVOKED);
        ck_assert_int_eq(chmod(in_folder(names[i]), marks.st_mode & 0777), 0);
        ASSERT_REFRESH(names[i], OK, 0, "");
    }
    reload_teardown();
}
END_TEST

/* A list that is being written in place: what is there so far is not taken, and the rest is. */
START_TEST(half_written)
{
    struct der_text list;

    begin();
    list = reload_list(false, 2, REVOKED6, 0);
    for (size_t len = 0; len < list.len; len += 37) {
        write_in_place("ca.crl", list.ptr, len);
        ASSERT_REFRESH("half written", MTLSAUTH_ERR_PARSE, 0, "NOT_LOADED");
        ck_assert_int_eq(answer(client5), REVOKED);
        ck_assert_int_eq(answer(client6), OK);
    }
    write_in_place("ca.crl", list.ptr, list.len);
    assert_taken("written");
    free(list.ptr);
    reload_teardown();
}
END_TEST

UNIT_MAIN("authorizer_files", by_digest, folder_by_link, unreadable, half_written)
