/* SPDX-License-Identifier: MIT */
/* Delegates of OCSP, and what lists say of them. */
#include "authorizer_ocsp.h"
#include "ocsp_signers.h"
#include "support/trust_store.h"

/* A certificate that is larger than what a client may send. */
START_TEST(larger_than_a_client)
{
    struct der_build delegate = ob_delegate(.crl_url = true, .no_check = true);
    const struct ob_response response = {
        .signer = OB_DELEGATE, .responder = "ocsp", .certs = {&delegate}, .cert_count = 1};
    mtlsauth_limits *limits;

    setup(true);
    make_chain(&(struct ob_cert){.key = OB_LEAF}, false);
    OK(mtlsauth_limits_new(&limits));
    OK(mtlsauth_limits_set_certificate_bytes(limits, delegate.len - 1));
    OK(mtlsauth_policy_set_limits(policy, limits));
    set_policy();
    put_empty_list("17 { \"260701000000Z\" }");
    OK(put(&response));
    ck_assert_int_eq(answer(), MTLSAUTH_OK);
    mtlsauth_limits_free(limits);
    der_build_free(&delegate);
    teardown();
}
END_TEST

/* One entry, in a list of the key that the CA "issuer" has now. */
static void put_list_of_next_key(const mtlsauth_cert *signer, const char *serial)
{
    char entry[160];

    snprintf(entry, sizeof entry, CRL_ENTRY("%s"), serial);
    put_list(&(struct crl_text){.issuer = ISSUER_NAME, .revoked = entry, .extensions = CRL_NUMBER},
             signer, OB_SIBLING);
}

/*
 * The list that revokes a client revokes a delegate as well: one of the CA's next key, and an
 * indirect one of another CRL issuer. nocheck, or no point at all, does not make up for it.
 */
START_TEST(revoked_by_the_list_of_another_key)
{
    static const struct {
        const char *serial;
        bool indirect;
        int want;
    } rows[] = {
        {"44", false, MTLSAUTH_OK},
        {"05", false, MTLSAUTH_DENY_REVOKED},
        {"33", false, MTLSAUTH_DENY_REVOCATION_UNKNOWN},
        {"44", true, MTLSAUTH_OK},
        {"33", true, MTLSAUTH_DENY_REVOCATION_UNKNOWN},
    };

    for (size_t i = 0; i < 2 * COUNT_OF(rows); i++) {
        bool indirect = rows[i / 2].indirect;
        struct der_build delegate =
            ob_delegate(.points = indirect ? by_lister : NULL, .points_len = sizeof by_lister - 1,
                        .no_check = indirect || i % 2 == 0);
        const struct ob_response response = {
            .signer = OB_DELEGATE, .responder = "ocsp", .certs = {&delegate}, .cert_count = 1};
        mtlsauth_cert *signer;

        setup(false);
        signer = ca_of(indirect ? "Lister" : "issuer", OB_SIBLING, "Root", OB_OTHER_CA, "\x21");
        if (indirect)
            put_indirect(signer, OB_SIBLING, "issuer", rows[i / 2].serial);
        else
            put_list_of_next_key(signer, rows[i / 2].serial);
        OK(put(&response));
        for (int again = 0; again < 2; again++)
            ck_assert_msg(answer() == rows[i / 2].want, "row %zu: %s", i,
                          mtlsauth_decision_message(decision));
        mtlsauth_cert_free(signer);
        der_build_free(&delegate);
        teardown();
    }
}
END_TEST

/* "issuer" and the CA "Root" above it, both of the truststore. */
static void trust_both(void)
{
    mtlsauth_cert *const trusted[] = {root, issuer};
    mtlsauth_truststore *both = trust_store(trusted, COUNT_OF(trusted));

    OK(mtlsauth_policy_set_partial_chain(policy, true));
    set_policy();
    OK(mtlsauth_authorizer_set_truststore(authorizer, both));
    mtlsauth_truststore_free(both);
}

/* What says that an anchor is revoked may be signed by a delegate that another CRL issuer vouches
 * for. */
START_TEST(of_the_issuer_of_an_anchor)
{
    static const struct {
        const char *serial;
        int want;
    } rows[] = {{"44", MTLSAUTH_DENY_REVOKED}, {"33", MTLSAUTH_OK}};

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct der_build delegate =
            ob_make_cert(&(struct ob_cert){.subject = "ocsp",
                                           .issuer = "Root",
                                           .key = OB_DELEGATE,
                                           .signer = OB_OTHER_CA,
                                           .serial = "\x33",
                                           .serial_len = 1,
                                           .eku = OB_EKU_OCSP,
                                           .eku_len = 12,
                                           .points = by_lister,
                                           .points_len = sizeof by_lister - 1});
        const struct ob_single revoked = {.serial = "\x20",
                                          .serial_len = 1,
                                          .id_name = "Root",
                                          .id_key = OB_OTHER_CA,
                                          .status = 1};
        const struct ob_response of_root = {.signer = OB_DELEGATE,
                                            .responder = "ocsp",
                                            .singles = &revoked,
                                            .single_count = 1,
                                            .certs = {&delegate},
                                            .cert_count = 1};
        mtlsauth_cert *lister;

        setup(false);
        trust_both();
        OK(put(&(struct ob_response){.cert_count = 0}));
        ck_assert_int_eq(answer(), MTLSAUTH_OK);
        lister = ca_of("Lister", OB_SIBLING, "Root", OB_OTHER_CA, "\x21");
        put_indirect(lister, OB_SIBLING, "Root", rows[i].serial);
        OK(put(&of_root));
        for (int again = 0; again < 2; again++)
            ck_assert_msg(answer() == rows[i].want, "row %zu: %s", i,
                          mtlsauth_decision_message(decision));
        mtlsauth_cert_free(lister);
        der_build_free(&delegate);
        teardown();
    }
}
END_TEST

/* A CA that has OCSPSigning revokes, and vouches for nobody. */
START_TEST(that_is_a_ca)
{
    static const struct {
        const char *name;
        bool ca;
        int status, want;
    } rows[] = {
        {"no CA: good", false, 0, MTLSAUTH_OK},
        {"no CA: revoked", false, 1, MTLSAUTH_DENY_REVOKED},
        {"a CA: good", true, 0, MTLSAUTH_DENY_REVOCATION_UNKNOWN},
        {"a CA: revoked", true, 1, MTLSAUTH_DENY_REVOKED},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct der_build delegate = ob_make_cert(&(struct ob_cert){.subject = "ocsp",
                                                                   .key = OB_DELEGATE,
                                                                   .eku = OB_EKU_OCSP,
                                                                   .eku_len = 12,
                                                                   .no_check = true,
                                                                   .ca = rows[i].ca});
        const struct ob_single single = {.status = rows[i].status};
        const struct ob_response response = {.signer = OB_DELEGATE,
                                             .responder = "ocsp",
                                             .singles = &single,
                                             .single_count = 1,
                                             .certs = {&delegate},
                                             .cert_count = 1};

        setup(false);
        OK(put(&response));
        for (int again = 0; again < 2; again++)
            ASSERT_INT(rows[i].name, answer(), rows[i].want);
        der_build_free(&delegate);
        teardown();
    }
}
END_TEST

/* Who made up another certificate of the delegate's name beside it takes no revocation back. */
START_TEST(that_others_stand_beside)
{
    struct der_build delegate = ob_make_cert(&(struct ob_cert){.subject = "ocsp",
                                                               .key = OB_DELEGATE,
                                                               .eku = OB_EKU_OCSP,
                                                               .eku_len = 12,
                                                               .no_check = true,
                                                               .ca = true});
    struct der_build made_up = ob_make_cert(&(struct ob_cert){.subject = "ocsp",
                                                              .issuer = "nobody",
                                                              .key = OB_SIBLING,
                                                              .signer = OB_SIBLING});
    const struct ob_single revoked = {.status = 1};

    for (int known = 0; known < 2; known++)
        for (int first = 0; first < 2; first++) {
            const struct ob_response response = {
                .signer = OB_DELEGATE,
                .responder = "ocsp",
                .singles = &revoked,
                .single_count = 1,
                .certs = {first ? &made_up : &delegate, first ? &delegate : &made_up},
                .cert_count = 2};

            setup_at(known != 0, MTLSAUTH_EVIDENCE_CRL_OR_OCSP, MTLSAUTH_DEPTH_LEAF);
            put_empty_list("17 { \"260701000000Z\" }");
            OK(put(&response));
            for (int again = 0; again < 2; again++)
                ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOKED);
            teardown();
        }
    der_build_free(&delegate);
    der_build_free(&made_up);
}
END_TEST

/* What a delegate says again, who is revoked afterwards, is no reason to forget that the issuer has
 * said it. */
START_TEST(said_by_the_issuer_as_well)
{
    struct der_build delegate = ob_delegate(.no_check = true);
    const struct ob_single before = {.status = 1, .this_update = "20260601010000Z"},
                           after = {.status = 1, .this_update = "20260601020000Z"};
    const struct ob_response by_issuer = {.singles = &before, .single_count = 1};
    const struct ob_response by_delegate = {.signer = OB_DELEGATE,
                                            .responder = "ocsp",
                                            .singles = &after,
                                            .single_count = 1,
                                            .certs = {&delegate},
                                            .cert_count = 1};

    for (int n = 0; n < 4; n++) {
        setup_at((n & 1) != 0, MTLSAUTH_EVIDENCE_CRL_OR_OCSP, MTLSAUTH_DEPTH_LEAF);
        OK(put((n & 2) != 0 ? &by_issuer : &by_delegate));
        ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOKED);
        OK(put((n & 2) != 0 ? &by_delegate : &by_issuer));
        ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOKED);
        put_list(&(struct crl_text){.issuer = ISSUER_NAME,
                                    .revoked = CRL_ENTRY("33"),
                                    .next_update = "17 { \"260701000000Z\" }",
                                    .extensions = CRL_NUMBER},
                 issuer, OB_ISSUER);
        ck_assert_int_eq(answer(), MTLSAUTH_DENY_REVOKED);
        teardown();
    }
    der_build_free(&delegate);
}
END_TEST

/* Who has said that the delegate is revoked, and of which serial number. */
enum about { NOBODY, BY_ISSUER, BY_ITSELF, BY_OTHER, BY_REVOKED_OTHER };

/* What OCSP answers say of a delegate counts as well where they revoke it, from whom it may be
 * heard. */
START_TEST(revoked_by_an_answer)
{
    static const struct {
        const char *name;
        enum about by;
        const char *serial;
        int status, want;
    } rows[] = {
        {"nothing is said", NOBODY, "\x33", 0, MTLSAUTH_OK},
        {"good", BY_ISSUER, "\x33", 0, MTLSAUTH_OK},
        {"revoked", BY_ISSUER, "\x33", 1, MTLSAUTH_DENY_REVOCATION_UNKNOWN},
        {"unknown", BY_ISSUER, "\x33", 2, MTLSAUTH_OK},
        {"another is revoked", BY_ISSUER, "\x34", 1, MTLSAUTH_OK},
        {"revoked, as it says itself", BY_ITSELF, "\x33", 1, MTLSAUTH_OK},
        {"revoked, as another delegate says", BY_OTHER, "\x33", 1,
         MTLSAUTH_DENY_REVOCATION_UNKNOWN},
        {"revoked, as another says that is revoked by a list", BY_REVOKED_OTHER, "\x33", 1,
         MTLSAUTH_OK},
    };

    for (size_t i = 0; i < 2 * COUNT_OF(rows); i++) {
        bool of_itself = rows[i / 2].by == BY_ITSELF, of_other = rows[i / 2].by >= BY_OTHER;
        struct der_build delegate = ob_delegate(.no_check = i % 2 == 0);
        struct der_build other = ob_make_cert(&(struct ob_cert){.subject = "other",
                                                                .key = OB_SIBLING,
                                                                .serial = "\x44",
                                                                .serial_len = 1,
                                                                .eku = OB_EKU_OCSP,
                                                                .eku_len = 12,
                                                                .no_check = true});
        const struct ob_response response = {
            .signer = OB_DELEGATE, .responder = "ocsp", .certs = {&delegate}, .cert_count = 1};
        const struct ob_single single = {
            .serial = rows[i / 2].serial, .serial_len = 1, .status = rows[i / 2].status};
        const struct ob_response about = {
            .signer = of_itself ? OB_DELEGATE : of_other ? OB_SIBLING : OB_ISSUER,
            .responder = of_itself ? "ocsp" : of_other ? "other" : "issuer",
            .singles = &single,
            .single_count = 1,
            .certs = {of_itself ? &delegate : &other},
            .cert_count = of_itself || of_other};

        setup(false);
        if (rows[i / 2].by == BY_REVOKED_OTHER)
            put_list(&(struct crl_text){.issuer = ISSUER_NAME,
                                        .revoked = CRL_ENTRY("44"),
                                        .extensions = CRL_NUMBER},
                     issuer, OB_ISSUER);
        OK(put(&response));
        if (rows[i / 2].by != NOBODY)
            OK(put(&about));
        for (int again = 0; again < 2; again++)
            ASSERT_INT(rows[i / 2].name, answer(), rows[i / 2].want);
        der_build_free(&delegate);
        der_build_free(&other);
        teardown();
    }
}
END_TEST

UNIT_MAIN("authorizer_delegate", larger_than_a_client, revoked_by_the_list_of_another_key,
          of_the_issuer_of_an_anchor, that_is_a_ca, that_others_stand_beside,
          said_by_the_issuer_as_well, revoked_by_an_answer)
