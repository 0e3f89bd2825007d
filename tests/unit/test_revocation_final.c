/* SPDX-License-Identifier: MIT */
/* A revocation that was said for good: nothing that is newer, older or fresher takes it back. */
#include "authorizer_ocsp.h"

#define LATER (OB_NOW + 8 * 3600)

/* The certificate of a responder that ends before LATER. */
static struct der_build short_lived(void)
{
    return ob_make_cert(&(struct ob_cert){.subject = "ocsp",
                                          .key = OB_DELEGATE,
                                          .to = "260601180000Z",
                                          .eku = OB_EKU_OCSP,
                                          .eku_len = 12,
                                          .no_check = true});
}

static int put_by_delegate(const struct ob_single *single, const struct der_build *delegate)
{
    return put(&(struct ob_response){.signer = OB_DELEGATE,
                                     .responder = "ocsp",
                                     .singles = single,
                                     .single_count = 1,
                                     .certs = {delegate},
                                     .cert_count = 1});
}

static void move_to(int64_t now)
{
    OK(mtlsauth_policy_set_time(policy, now));
    set_policy();
}

/* A good answer of before that is still fresh: whoever replays it lets nobody in. */
static int put_good(void)
{
    return put_single(
        &(struct ob_single){.this_update = "20260531230000Z", .next_update = "20260605000000Z"});
}

START_TEST(outlives_the_certificate_of_its_responder)
{
    struct der_build delegate = short_lived();

    for (int known = 0; known < 2; known++)
        for (int asked = 0; asked < 2; asked++) {
            setup(known != 0);
            OK(put_by_delegate(&(struct ob_single){.status = 1}, &delegate));
            if (asked != 0)
                ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOKED);
            move_to(LATER);
            if (asked != 0)
                ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOKED);
            (void)put_good();
            ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOKED);
            ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOKED);
            teardown();
        }
    der_build_free(&delegate);
}
END_TEST

/* Neither a good answer nor a revocation that was made after its end counts by such a responder. */
START_TEST(nothing_else_does)
{
    struct der_build delegate = short_lived();
    const struct ob_single revoked = {.status = 1, .this_update = "20260601190000Z"};

    setup(true);
    OK(put_by_delegate(&(struct ob_single){.this_update = "20260601000000Z"}, &delegate));
    ck_assert_int_eq(answer(), MTLSAUTH_OK);
    move_to(LATER);
    ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOCATION_UNKNOWN);
    ck_assert_int_eq(put(&(struct ob_response){.signer = OB_DELEGATE,
                                               .responder = "ocsp",
                                               .produced_at = "20260601190000Z",
                                               .singles = &revoked,
                                               .single_count = 1,
                                               .certs = {&delegate},
                                               .cert_count = 1}),
                     MTLSAUTH_ERR_SIGNATURE);
    OK(put_good());
    ck_assert_int_eq(answer(), MTLSAUTH_OK);
    teardown();
    der_build_free(&delegate);
}
END_TEST

/* As after a restart: what a folder had kept of it is taken, and what is good beside it is not. */
START_TEST(is_taken_after_the_end_of_its_responder)
{
    struct der_build delegate = short_lived();

    setup(true);
    move_to(LATER);
    OK(put_by_delegate(&(struct ob_single){.status = 1}, &delegate));
    ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOKED);
    OK(put_good());
    ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOKED);
    teardown();
    der_build_free(&delegate);
}
END_TEST

/* Whether such a responder was revoked itself has to be asked; that nothing answers takes nothing
 * back. */
START_TEST(outlives_the_list_of_its_responder)
{
    struct der_build delegate = ob_delegate(.crl_url = true);

    for (int known = 0; known < 2; known++) {
        setup(known != 0);
        /* It ends before LATER. */
        put_empty_list("17 { \"260601180000Z\" }");
        OK(put_good());
        ck_assert_int_eq(answer(), MTLSAUTH_OK);
        OK(put_by_delegate(&(struct ob_single){.status = 1}, &delegate));
        ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOKED);
        move_to(LATER);
        ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOKED);
        (void)put_good();
        ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOKED);
        teardown();
    }
    der_build_free(&delegate);
}
END_TEST

UNIT_MAIN("revocation_final", outlives_the_certificate_of_its_responder, nothing_else_does,
          is_taken_after_the_end_of_its_responder, outlives_the_list_of_its_responder)
