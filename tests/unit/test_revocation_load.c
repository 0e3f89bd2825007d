/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <mtlsauth/mtlsauth.h>
#include "support/crl_sign.h"
#include "support/random.h"

/* 2026-06-01 */
#define NOW 1780272000

static EVP_PKEY *root_key;
static mtlsauth_cert *root;
static mtlsauth_policy *policy;

static void setup_with(const char *type)
{
    struct ca_spec spec = {.subject = "Root",
                           .issuer = "Root",
                           .constraints = "critical,CA:TRUE",
                           .usage = "keyCertSign,cRLSign"};

    root_key = ca_key(type);
    spec.key = spec.issuer_key = root_key;
    root = ca_cert(&spec);
    ck_assert_int_eq(mtlsauth_policy_new(&policy, MTLSAUTH_PROFILE_API_GATEWAY), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth_policy_set_time(policy, NOW), MTLSAUTH_OK);
}

static void teardown(void)
{
    EVP_PKEY_free(root_key);
    mtlsauth_cert_free(root);
    mtlsauth_policy_free(policy);
}

/* A list of so many entries: random serials of 16 octets, or ascending ones. */
static struct der_text large_list(size_t count, bool ascending)
{
    struct random random = {.state = 4711};
    char *revoked = malloc(count * 96 + 1);
    struct crl_text parts = {.revoked = revoked};
    struct der_text list;
    size_t len = 0;

    ck_assert_ptr_nonnull(revoked);
    for (size_t i = 0; i < count; i++)
        len += (size_t)sprintf(revoked + len, "30 { 02 { 40 %02x %02x %02x %02x } " CRL_DATE " }\n",
                               ascending ? 0U : (unsigned)random_below(&random, 256),
                               (unsigned)(i >> 16), (unsigned)(i >> 8 & 255), (unsigned)(i & 255));
    list = crl_signed(&parts, root_key);
    free(revoked);
    return list;
}

struct steps {
    uint64_t done, total;
    size_t calls, at_the_end, refuse_at; /* 0: never */
};

static int step(uint64_t done, uint64_t total, void *arg)
{
    struct steps *steps = arg;

    /* done never goes back, and never beyond total. */
    if (done < steps->done || (total != 0 && done > total) || total < steps->total)
        ck_abort_msg("%llu of %llu after %llu of %llu", (unsigned long long)done,
                     (unsigned long long)total, (unsigned long long)steps->done,
                     (unsigned long long)steps->total);
    steps->done = done;
    steps->total = total;
    steps->at_the_end += done == total;
    return ++steps->calls == steps->refuse_at;
}

static int load_with_steps(mtlsauth_crl **crl, const struct der_text *list, struct steps *steps)
{
    mtlsauth_crl_options *options;
    int code;

    ck_assert_int_eq(mtlsauth_crl_options_new(&options), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth_crl_options_set_progress(options, step, steps), MTLSAUTH_OK);
    code = mtlsauth_crl_load(crl, list->ptr, list->len, root, policy, options);
    mtlsauth_crl_options_free(options);
    return code;
}

/* Asked while the entries are read and while they are sorted; a no at any of them is obeyed. */
START_TEST(cancelled_at_every_step)
{
    setup_with("EC");
    for (int ascending = 0; ascending < 2; ascending++) {
        struct der_text list = large_list(150000, ascending == 1);
        struct steps all = {.refuse_at = 0};
        mtlsauth_crl *crl;

        ck_assert_int_eq(load_with_steps(&crl, &list, &all), MTLSAUTH_OK);
        ck_assert_uint_eq(mtlsauth_crl_count(crl), 150000);
        ck_assert_uint_eq(all.done, list.len);
        ck_assert_uint_eq(all.total, list.len);
        /* Once when all is read, and then at least twice while it is sorted or copied. */
        ck_assert_uint_ge(all.at_the_end, 3);
        ck_assert_uint_gt(all.calls, all.at_the_end);
        mtlsauth_crl_free(crl);
        for (size_t i = 1; i <= all.calls; i++) {
            struct steps steps = {.refuse_at = i};

            ck_assert_int_eq(load_with_steps(&crl, &list, &steps), MTLSAUTH_ERR_CANCELLED);
            ck_assert_ptr_null(crl);
            ck_assert_uint_eq(steps.calls, i);
            ck_assert_str_eq(mtlsauth_last_error(), "CRL: loading it was cancelled");
        }
        free(list.ptr);
    }
    teardown();
}
END_TEST

UNIT_MAIN("revocation/load", cancelled_at_every_step)
