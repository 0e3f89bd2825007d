/* SPDX-License-Identifier: MIT */
#include "support/reload.h"

#include <fcntl.h>
#include <pthread.h>
#include <time.h>

START_TEST(a_list_that_is_replaced)
{
    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    write_list("ca.crl", 1, NONE_REVOKED);
    ck_assert_int_eq(answer(client5), UNKNOWN);
    ASSERT_CALL(mtlsauth_authorizer_add_crl_file(authorizer, in_folder("ca.crl"), NULL));
    ck_assert_uint_eq(generation(), 2);
    ck_assert_int_eq(answer(client5), OK);
    ASSERT_REFRESH("nothing new", OK, 0, "");
    write_list("ca.crl", 2, REVOKED5);
    ck_assert_int_eq(answer(client5), OK);
    ASSERT_REFRESH("replaced", OK, 1, "");
    ck_assert_int_eq(answer(client5), REVOKED);
    ck_assert_int_eq(answer(client6), OK);
    ASSERT_REFRESH("nothing new", OK, 0, "");
    reload_teardown();
}
END_TEST

/* Within one tick of the clock, with the same size: the times alone do not tell. */
START_TEST(rewritten_in_place_at_once)
{
    struct timespec times[2] = {{.tv_sec = 1000000000}, {.tv_sec = 1000000000}};

    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    for (unsigned number = 1; number <= 50; number++) {
        struct der_text list = reload_list(false, number, number % 2 ? REVOKED5 : REVOKED6, 0);

        write_in_place("ca.crl", list.ptr, list.len);
        /* Whoever sets the time back has changed the file all the same. */
        ck_assert_int_eq(utimensat(AT_FDCWD, in_folder("ca.crl"), times, 0), 0);
        free(list.ptr);
        if (number == 1)
            ASSERT_CALL(mtlsauth_authorizer_add_crl_file(authorizer, in_folder("ca.crl"), root));
        else
            ASSERT_REFRESH("rewritten", OK, 1, "");
        ck_assert_int_eq(answer(client5), number % 2 ? REVOKED : OK);
        ck_assert_int_eq(answer(client6), number % 2 ? OK : REVOKED);
    }
    reload_teardown();
}
END_TEST

/* Which CA stands first decides between two paths: another order is another truststore. */
START_TEST(another_order)
{
    reload_setup(MTLSAUTH_EVIDENCE_OFF);
    write_store("ca.pem", root, other);
    ASSERT_CALL(mtlsauth_authorizer_add_truststore_file(authorizer, in_folder("ca.pem")));
    write_store("ca.pem", other, root);
    ASSERT_REFRESH("another order", OK, 1, "");
    write_store("ca.pem", other, root);
    ASSERT_REFRESH("the same again", OK, 0, "");
    write_store("ca.pem", other, NULL);
    ASSERT_REFRESH("one less", OK, 1, "");
    write_store("ca.pem", other, root);
    ASSERT_REFRESH("one more", OK, 1, "");
    reload_teardown();
}
END_TEST

/* What is touched, or written again with the same octets, makes no generation. */
START_TEST(touched)
{
    struct timespec later[2] = {{.tv_sec = 1900000000}, {.tv_sec = 1900000000}};

    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    write_list("ca.crl", 1, NONE_REVOKED);
    write_store("ca.pem", root, NULL);
    ASSERT_CALL(mtlsauth_authorizer_add_truststore_file(authorizer, in_folder("ca.pem")));
    ASSERT_CALL(mtlsauth_authorizer_add_crl_file(authorizer, in_folder("ca.crl"), NULL));
    ck_assert_int_eq(utimensat(AT_FDCWD, in_folder("ca.crl"), later, 0), 0);
    ck_assert_int_eq(utimensat(AT_FDCWD, in_folder("ca.pem"), later, 0), 0);
    ASSERT_REFRESH("touched", OK, 0, "");
    write_store("ca.pem", root, NULL);
    ASSERT_REFRESH("the same again", OK, 0, "");
    write_store("ca.pem", root, other);
    ASSERT_REFRESH("another set", OK, 1, "");
    reload_teardown();
}
END_TEST

/* Where time_t has 32 bits, a file of 2100 cannot be examined, unless the library is compiled for
 * it. The test is not: another program has to date the files. */
START_TEST(dated_2100)
{
    char command[2 * FOLDER_ROOM + 64];

    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    write_list("ca.crl", 1, NONE_REVOKED);
    write_store("ca.pem", root, NULL);
    snprintf(command, sizeof command, "touch -d 2100-01-01 '%s/ca.crl' '%s/ca.pem'", reload_folder,
             reload_folder);
    ck_assert_int_eq(system(command), 0);
    ASSERT_CALL(mtlsauth_authorizer_add_truststore_file(authorizer, in_folder("ca.pem")));
    ASSERT_CALL(mtlsauth_authorizer_add_crl_file(authorizer, in_folder("ca.crl"), NULL));
    ck_assert_int_eq(answer(client5), OK);
    ASSERT_REFRESH("nothing new", OK, 0, "");
    write_list("ca.crl", 2, REVOKED5);
    ASSERT_REFRESH("replaced", OK, 1, "");
    ck_assert_int_eq(answer(client5), REVOKED);
    reload_teardown();
}
END_TEST

/* As Kubernetes mounts a ConfigMap: files are links into ..data, which is a link that is
 * replaced. */
START_TEST(kubernetes_mount)
{
    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    ck_assert_int_eq(mkdir(in_folder("..2026_01"), 0755), 0);
    write_list("..2026_01/ca.crl", 1, NONE_REVOKED);
    write_store("..2026_01/ca.pem", root, NULL);
    ck_assert_int_eq(symlink("..2026_01", in_folder("..data")), 0);
    ck_assert_int_eq(symlink("..data/ca.crl", in_folder("ca.crl")), 0);
    ck_assert_int_eq(symlink("..data/ca.pem", in_folder("ca.pem")), 0);
    ASSERT_CALL(mtlsauth_authorizer_add_truststore_file(authorizer, in_folder("ca.pem")));
    ck_assert_int_eq(mkdir(in_folder("crls"), 0755), 0);
    ck_assert_int_eq(symlink("../..data/ca.crl", in_folder("crls/ca.crl")), 0);
    ck_assert_int_eq(symlink("../..data", in_folder("crls/..data")), 0);
    ASSERT_CALL(mtlsauth_authorizer_add_crl_file(authorizer, in_folder("ca.crl"), NULL));
    ASSERT_CALL(mtlsauth_authorizer_add_crl_dir(authorizer, in_folder("crls"), NULL));
    ck_assert_int_eq(answer(client5), OK);
    ck_assert_int_eq(answer(client_of_other), MTLSAUTH_DENY_ISSUER_NOT_FOUND);
    ASSERT_REFRESH("nothing new", OK, 0, "");
    ck_assert_int_eq(mkdir(in_folder("..2026_02"), 0755), 0);
    write_list("..2026_02/ca.crl", 2, REVOKED5);
    write_store("..2026_02/ca.pem", root, other);
    ASSERT_REFRESH("not yet swapped", OK, 0, "");
    ck_assert_int_eq(symlink("..2026_02", in_folder("..data_tmp")), 0);
    ck_assert_int_eq(rename(in_folder("..data_tmp"), in_folder("..data")), 0);
    ASSERT_REFRESH("swapped, truststore and list at once", OK, 1, "");
    ck_assert_int_eq(answer(client5), REVOKED);
    ck_assert_int_eq(answer(client_of_other), UNKNOWN);
    ck_assert_int_eq(unlink(in_folder("..data")), 0);
    ASSERT_REFRESH("unmounted", MTLSAUTH_ERR_IO, 0, "NOT_LOADED NOT_LOADED NOT_LOADED");
    ck_assert_int_eq(answer(client5), REVOKED);
    reload_teardown();
}
END_TEST

START_TEST(a_file_that_vanishes)
{
    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    write_list("ca.crl", 1, REVOKED5);
    ASSERT_CALL(mtlsauth_authorizer_add_crl_file(authorizer, in_folder("ca.crl"), NULL));
    ck_assert_int_eq(unlink(in_folder("ca.crl")), 0);
    for (int i = 0; i < 3; i++) {
        ASSERT_REFRESH("gone", MTLSAUTH_ERR_IO, 0, "NOT_LOADED");
        ck_assert_int_eq(answer(client5), REVOKED);
        ck_assert_int_eq(answer(client6), OK);
    }
    write_list("ca.crl", 1, REVOKED5);
    ASSERT_REFRESH("back", OK, 0, "");
    write_list("ca.crl", 2, REVOKED6);
    ASSERT_REFRESH("newer", OK, 1, "");
    ck_assert_int_eq(answer(client5), OK);
    reload_teardown();
}
END_TEST

/* A list that fails does not keep another out, nor the truststore. */
START_TEST(what_loads_is_used)
{
    static const char junk[] = "-----BEGIN X509 CRL-----\nAAAA\n";

    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    write_store("ca.pem", root, NULL);
    write_list("one.crl", 1, NONE_REVOKED);
    ASSERT_CALL(mtlsauth_authorizer_add_crl_file(authorizer, in_folder("one.crl"), NULL));
    write_store("ca.pem", root, other);
    ASSERT_CALL(mtlsauth_authorizer_add_truststore_file(authorizer, in_folder("ca.pem")));
    write_list_of_other("other.crl", 1, NONE_REVOKED);
    ASSERT_CALL(mtlsauth_authorizer_add_crl_file(authorizer, in_folder("other.crl"), NULL));
    ck_assert_int_eq(answer(client_of_other), OK);

    write_aside("one.crl", junk, sizeof junk - 1);
    write_list_of_other("other.crl", 2, REVOKED5);
    ASSERT_REFRESH("one fails", MTLSAUTH_ERR_PARSE, 1, "NOT_LOADED");
    ck_assert_int_eq(answer(client5), OK);
    ck_assert_int_eq(answer(client_of_other), REVOKED);
    ASSERT_REFRESH("and fails again", MTLSAUTH_ERR_PARSE, 0, "NOT_LOADED");

    write_aside("ca.pem", junk, sizeof junk - 1);
    write_list("one.crl", 2, REVOKED5);
    ASSERT_REFRESH("the truststore fails", MTLSAUTH_ERR_PARSE, 1, "NOT_LOADED");
    ck_assert_int_eq(answer(client5), REVOKED);
    ck_assert_int_eq(answer(client_of_other), REVOKED);
    reload_teardown();
}
END_TEST

/*
 * A bundle that is cut off has fewer CAs, or none: it is not taken. Where the cut lies between two
 * blocks nobody could tell; docs/reload.md says how to write a file.
 */
START_TEST(half_a_bundle)
{
    char text[8192], row[64];
    size_t len, first;

    reload_setup(MTLSAUTH_EVIDENCE_OFF);
    write_store("ca.pem", root, other);
    ASSERT_CALL(mtlsauth_authorizer_add_truststore_file(authorizer, in_folder("ca.pem")));
    first = reload_pem(text, sizeof text, root, NULL);
    len = reload_pem(text, sizeof text, root, other);
    for (size_t cut = 1; cut + 1 < len; cut++) {
        if (cut + 1 >= first && cut <= first + strlen("-----BEGIN "))
            continue;
        write_in_place("ca.pem", text, cut);
        snprintf(row, sizeof row, "cut at %zu", cut);
        ASSERT_REFRESH(row, MTLSAUTH_ERR_PARSE, 0, "NOT_LOADED");
        ASSERT_INT(row, answer(client5), OK);
        ASSERT_INT(row, answer(client_of_other), OK);
    }
    reload_teardown();
}
END_TEST

/* Several files are one truststore, all of them or none. */
START_TEST(several_truststore_files)
{
    reload_setup(MTLSAUTH_EVIDENCE_OFF);
    write_store("one.pem", root, NULL);
    write_store("two.pem", other, NULL);
    ASSERT_CALL(mtlsauth_authorizer_add_truststore_file(authorizer, in_folder("two.pem")));
    /* The files are the truststore, and not what the authorizer was made with. */
    ck_assert_int_eq(answer(client5), MTLSAUTH_DENY_ISSUER_NOT_FOUND);
    ck_assert_int_eq(answer(client_of_other), OK);
    ASSERT_CALL(mtlsauth_authorizer_add_truststore_file(authorizer, in_folder("one.pem")));
    ck_assert_int_eq(answer(client5), OK);
    ck_assert_int_eq(answer(client_of_other), OK);

    /* Each CA moves to the other file, but one of the two cannot be read. */
    write_store("two.pem", root, NULL);
    write_in_place("one.pem", "no PEM", 6);
    ASSERT_REFRESH("one of two fails", MTLSAUTH_ERR_PARSE, 0, "NOT_LOADED");
    ck_assert_int_eq(answer(client_of_other), OK);
    write_store("one.pem", other, NULL);
    ASSERT_REFRESH("moved: another order", OK, 1, "");
    write_store("one.pem", root, NULL);
    ASSERT_REFRESH("taken out of both", OK, 1, "");
    ck_assert_int_eq(answer(client_of_other), MTLSAUTH_DENY_ISSUER_NOT_FOUND);

    /* What is set by hand takes the place of the files. */
    ASSERT_CALL(mtlsauth_authorizer_set_truststore(authorizer, root_store));
    write_store("one.pem", other, NULL);
    ASSERT_REFRESH("forgotten", OK, 0, "");
    ck_assert_int_eq(answer(client_of_other), MTLSAUTH_DENY_ISSUER_NOT_FOUND);
    ASSERT_CALL(mtlsauth_authorizer_add_truststore_file(authorizer, in_folder("one.pem")));
    ck_assert_int_eq(answer(client_of_other), OK);
    reload_teardown();
}
END_TEST

START_TEST(together_over_the_limit)
{
    mtlsauth_limits *limits;

    reload_setup(MTLSAUTH_EVIDENCE_OFF);
    ck_assert_int_eq(mtlsauth_limits_new(&limits), 0);
    ck_assert_int_eq(mtlsauth_limits_set_truststore_certificates(limits, 2), 0);
    ck_assert_int_eq(mtlsauth_policy_set_limits(policy, limits), 0);
    mtlsauth_limits_free(limits);
    ASSERT_CALL(mtlsauth_authorizer_set_policy(authorizer, policy));
    write_store("one.pem", root, NULL);
    write_store("two.pem", other, NULL);
    write_store("three.pem", other, NULL);
    ASSERT_CALL(mtlsauth_authorizer_add_truststore_file(authorizer, in_folder("one.pem")));
    ASSERT_CALL(mtlsauth_authorizer_add_truststore_file(authorizer, in_folder("two.pem")));
    ck_assert_int_eq(mtlsauth_authorizer_add_truststore_file(authorizer, in_folder("three.pem")),
                     MTLSAUTH_ERR_LIMIT);
    ck_assert(strstr(mtlsauth_last_error(), "three.pem") != NULL);
    ck_assert_int_eq(answer(client_of_other), OK);
    write_store("one.pem", root, other);
    ASSERT_REFRESH("together too many", MTLSAUTH_ERR_LIMIT, 0, "NOT_LOADED");
    write_store("one.pem", root, NULL);
    ASSERT_REFRESH("as it was", OK, 0, "");
    reload_teardown();
}
END_TEST

/* Whatever becomes of a file, the state before it serves on, octet for octet. */
START_TEST(corrupted_inputs)
{
    unsigned char context[MTLSAUTH_SHA256_LEN], now[MTLSAUTH_SHA256_LEN];
    static const char *const names[] = {"ca.pem", "ca.crl"};
    struct der_text list;
    char row[64];

    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    write_store("ca.pem", root, NULL);
    write_list("ca.crl", 1, REVOKED5);
    ASSERT_CALL(mtlsauth_authorizer_add_truststore_file(authorizer, in_folder("ca.pem")));
    ASSERT_CALL(mtlsauth_authorizer_add_crl_file(authorizer, in_folder("ca.crl"), NULL));
    ck_assert_int_eq(mtlsauth_authorizer_session_context(authorizer, context), OK);
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        write_in_place(names[i], "", 0);
        ASSERT_REFRESH("empty", MTLSAUTH_ERR_PARSE, 0, "NOT_LOADED");
        write_in_place(names[i], "\0\0\0\0", 4);
        ASSERT_REFRESH("zeros", MTLSAUTH_ERR_PARSE, 0, "NOT_LOADED");
        ck_assert_int_eq(unlink(in_folder(names[i])), 0);
        ck_assert_int_eq(mkdir(in_folder(names[i]), 0755), 0);
        ASSERT_REFRESH("a folder", MTLSAUTH_ERR_IO, 0, "NOT_LOADED");
        ck_assert_int_eq(rmdir(in_folder(names[i])), 0);
        ck_assert_int_eq(mkfifo(in_folder(names[i]), 0644), 0);
        ASSERT_REFRESH("a pipe, which nobody waits for", MTLSAUTH_ERR_IO, 0, "NOT_LOADED");
        ck_assert_int_eq(unlink(in_folder(names[i])), 0);
        ck_assert_int_eq(symlink(names[i], in_folder(names[i])), 0);
        ASSERT_REFRESH("a link to itself", MTLSAUTH_ERR_IO, 0, "NOT_LOADED");
        ck_assert_int_eq(unlink(in_folder(names[i])), 0);
        write_store("ca.pem", root, NULL);
        write_list("ca.crl", 1, REVOKED5);
    }
    list = reload_list(false, 2, NONE_REVOKED, 0);
    for (size_t i = 0; i < list.len; i++) {
        char findings[256];
        int changed, code;

        list.ptr[i] ^= 1;
        write_in_place("ca.crl", list.ptr, list.len);
        list.ptr[i] ^= 1;
        snprintf(row, sizeof row, "bit of octet %zu", i);
        code = refresh_to(findings, &changed);
        ASSERT_TRUE(row, code != OK && changed == 0);
        ASSERT_INT(row, mtlsauth_authorizer_session_context(authorizer, now), OK);
        ASSERT_TRUE(row, memcmp(now, context, sizeof now) == 0);
        ASSERT_INT(row, answer(client5), REVOKED);
        ASSERT_INT(row, answer(client6), OK);
    }
    for (size_t cut = 0; cut < list.len; cut++) {
        write_in_place("ca.crl", list.ptr, cut);
        ASSERT_REFRESH("cut off", MTLSAUTH_ERR_PARSE, 0, "NOT_LOADED");
    }
    write_in_place("ca.crl", list.ptr, list.len);
    ASSERT_REFRESH("whole", OK, 1, "");
    ck_assert_int_eq(answer(client5), OK);
    free(list.ptr);
    reload_teardown();
}
END_TEST

struct writer {
    bool stop;
    pthread_mutex_t lock;
};

static bool is_over(struct writer *writer)
{
    bool stop;

    pthread_mutex_lock(&writer->lock);
    stop = writer->stop;
    pthread_mutex_unlock(&writer->lock);
    return stop;
}

/* Two bundles in turn, into the file that is being read, in pieces. */
static void *write_all_the_time(void *arg)
{
    struct writer *writer = arg;
    char text[2][8192], path[192];
    size_t len[2];

    len[0] = reload_pem(text[0], sizeof text[0], root, other);
    len[1] = reload_pem(text[1], sizeof text[1], other, root);
    snprintf(path, sizeof path, "%s/ca.pem", reload_folder);
    for (unsigned turn = 0; !is_over(writer); turn++) {
        int file = open(path, O_WRONLY | O_TRUNC);

        for (size_t at = 0; at < len[turn % 2]; at += 200)
            if (write(file, text[turn % 2] + at,
                      len[turn % 2] - at < 200 ? len[turn % 2] - at : 200) < 0)
                abort();
        close(file);
    }
    return NULL;
}

/*
 * Files that are rewritten while they are read: what is taken was whole, or is reported. A writer
 * who stops between two certificates for longer than a refresh cannot be told from one who has
 * ended, so a truststore of one CA may be seen, and never one of another.
 */
START_TEST(rewritten_while_it_is_read)
{
    struct writer writer = {.stop = false};
    pthread_t thread;

    reload_setup(MTLSAUTH_EVIDENCE_OFF);
    write_store("ca.pem", root, other);
    ASSERT_CALL(mtlsauth_authorizer_add_truststore_file(authorizer, in_folder("ca.pem")));
    ck_assert_int_eq(pthread_mutex_init(&writer.lock, NULL), 0);
    ck_assert_int_eq(pthread_create(&thread, NULL, write_all_the_time, &writer), 0);
    for (int i = 0; i < 200; i++) {
        char findings[256];
        int changed, code = refresh_to(findings, &changed);

        ck_assert_msg(code == OK || code == MTLSAUTH_ERR_PARSE || code == MTLSAUTH_ERR_IO, "%s",
                      mtlsauth_last_error());
        ck_assert(code == OK || strcmp(findings, "NOT_LOADED") == 0);
        ck_assert(answer(client5) == OK || answer(client_of_other) == OK);
    }
    pthread_mutex_lock(&writer.lock);
    writer.stop = true;
    pthread_mutex_unlock(&writer.lock);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    ck_assert_int_eq(mtlsauth_authorizer_refresh(authorizer, NULL, NULL), OK);
    ck_assert_int_eq(answer(client5), OK);
    ck_assert_int_eq(answer(client_of_other), OK);
    pthread_mutex_destroy(&writer.lock);
    reload_teardown();
}
END_TEST

START_TEST(arguments)
{
    char path[192];
    int changed = 7;
    mtlsauth_report *report = (mtlsauth_report *)&changed;

    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    write_list("ca.crl", 1, NONE_REVOKED);
    snprintf(path, sizeof path, "%s", in_folder("ca.crl"));
    ck_assert_int_eq(mtlsauth_authorizer_refresh(NULL, &changed, &report), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(changed, 0);
    ck_assert_ptr_null(report);
    ck_assert_int_eq(mtlsauth_authorizer_refresh(authorizer, NULL, NULL), OK);
    ck_assert_int_eq(mtlsauth_authorizer_add_crl_file(NULL, path, NULL), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(mtlsauth_authorizer_add_crl_file(authorizer, NULL, NULL),
                     MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(mtlsauth_authorizer_add_crl_dir(authorizer, "", NULL), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(mtlsauth_authorizer_add_crl_dir(authorizer, path, NULL), MTLSAUTH_ERR_IO);
    ck_assert_int_eq(mtlsauth_authorizer_add_crl_file(authorizer, reload_folder, NULL),
                     MTLSAUTH_ERR_IO);
    ck_assert_int_eq(mtlsauth_authorizer_add_truststore_file(authorizer, in_folder("none.pem")),
                     MTLSAUTH_ERR_IO);
    ck_assert_uint_eq(generation(), 1);
    ASSERT_CALL(mtlsauth_authorizer_add_crl_file(authorizer, path, NULL));
    ck_assert_int_eq(mtlsauth_authorizer_add_crl_file(authorizer, path, NULL),
                     MTLSAUTH_ERR_ARGUMENT);
    reload_teardown();
}
END_TEST

/* A policy that asks for no list refuses them: somebody would believe that they are looked at. */
START_TEST(evidence_off)
{
    reload_setup(MTLSAUTH_EVIDENCE_OFF);
    write_list("ca.crl", 1, NONE_REVOKED);
    ck_assert_int_eq(mtlsauth_authorizer_add_crl_file(authorizer, in_folder("ca.crl"), NULL),
                     MTLSAUTH_ERR_ARGUMENT);
    ck_assert_uint_eq(generation(), 1);
    reload_teardown();
}
END_TEST

/* Names of files are octets; the report is UTF-8 and JSON all the same. */
START_TEST(odd_names)
{
    static const char bad[] = "crls/\xff\n\"\\\xc3\xa4";
    mtlsauth_report *report;
    const char *sentence;

    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    ck_assert_int_eq(mkdir(in_folder("crls"), 0755), 0);
    ASSERT_CALL(mtlsauth_authorizer_add_crl_dir(authorizer, in_folder("crls"), NULL));
    write_in_place(bad, "x", 1);
    ck_assert_int_eq(mtlsauth_authorizer_refresh(authorizer, NULL, &report), MTLSAUTH_ERR_PARSE);
    ck_assert_uint_eq(mtlsauth_report_count(report), 1);
    ck_assert_int_eq(mtlsauth_report_finding(report, 0, NULL, NULL, NULL, &sentence), 0);
    ck_assert_msg(strstr(sentence, "crls/?" "?\"\\\xc3\xa4: ") != NULL, "%s", sentence);
    ck_assert(strstr(mtlsauth_report_json(report), "?" "?\\\"\\\\\xc3\xa4: ") != NULL);
    mtlsauth_report_free(report);
    reload_teardown();
}
END_TEST

UNIT_MAIN("authorizer_refresh", a_list_that_is_replaced, rewritten_in_place_at_once, another_order,
          touched, dated_2100, kubernetes_mount, a_file_that_vanishes, what_loads_is_used,
          half_a_bundle, several_truststore_files, together_over_the_limit, corrupted_inputs,
          rewritten_while_it_is_read, arguments, evidence_off, odd_names)
