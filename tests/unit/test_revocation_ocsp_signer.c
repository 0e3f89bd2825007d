/* SPDX-License-Identifier: MIT */
/* Who may answer for a certificate: its issuer, a delegate of that issuer, and nobody else. */
#include "ocsp.h"
#include "authorizer/policy.h"
#include "revocation/ocsp_check.h"

#define EKU(der) .eku = (der), .eku_len = sizeof(der) - 1
#define DELEGATE .subject = "ocsp", .key = OB_DELEGATE, EKU(OB_EKU_OCSP)

static const struct {
    const char *name;
    struct ob_cert cert; /* that the response brings along; without a subject: none */
    enum ob_key signer;  /* of the response */
    const char *responder;
    int want;
} signers[] = {
    {"the issuer", {0}, OB_ISSUER, "issuer", MTLSAUTH_OCSP_GOOD},
    {"a delegate with OCSPSigning and noCheck",
     {DELEGATE, .no_check = true},
     OB_DELEGATE,
     "ocsp",
     MTLSAUTH_OCSP_GOOD},
    {"a delegate, the CA names no way to ask about it",
     {DELEGATE},
     OB_DELEGATE,
     "ocsp",
     MTLSAUTH_OCSP_GOOD},
    {"a delegate that names where its issuer's certificate is",
     {DELEGATE, .ca_url = true},
     OB_DELEGATE,
     "ocsp",
     MTLSAUTH_OCSP_GOOD},
    {"a delegate with the issuer's name",
     {.subject = "issuer", .key = OB_DELEGATE, EKU(OB_EKU_OCSP), .no_check = true},
     OB_DELEGATE,
     "issuer",
     MTLSAUTH_OCSP_GOOD},
    {"a delegate whose name differs in case",
     {.subject = "OCSP  one", .key = OB_DELEGATE, EKU(OB_EKU_OCSP), .no_check = true},
     OB_DELEGATE,
     "ocsp One",
     MTLSAUTH_OCSP_GOOD},
    {"a delegate with digitalSignature",
     {DELEGATE, .no_check = true, .key_usage = "\x03\x02\x07\x80"},
     OB_DELEGATE,
     "ocsp",
     MTLSAUTH_OCSP_GOOD},
    {"a delegate that may not sign",
     {DELEGATE, .no_check = true, .key_usage = "\x03\x02\x05\x20"},
     OB_DELEGATE,
     "ocsp",
     MTLSAUTH_ERR_SIGNATURE},
    {"a delegate that names a CRL",
     {DELEGATE, .crl_url = true},
     OB_DELEGATE,
     "ocsp",
     MTLSAUTH_ERR_UNSUPPORTED},
    {"a delegate that names a responder",
     {DELEGATE, .ocsp_url = true},
     OB_DELEGATE,
     "ocsp",
     MTLSAUTH_ERR_UNSUPPORTED},
    {"a delegate that names a CRL, with noCheck",
     {DELEGATE, .crl_url = true, .no_check = true},
     OB_DELEGATE,
     "ocsp",
     MTLSAUTH_OCSP_GOOD},
    {"a delegate with a malformed noCheck",
     {DELEGATE, .bad_no_check = true},
     OB_DELEGATE,
     "ocsp",
     MTLSAUTH_ERR_UNSUPPORTED},
    {"without an extended key usage",
     {.subject = "ocsp", .key = OB_DELEGATE, .no_check = true},
     OB_DELEGATE,
     "ocsp",
     MTLSAUTH_ERR_SIGNATURE},
    {"with clientAuth alone",
     {.subject = "ocsp", .key = OB_DELEGATE, EKU(OB_EKU_CLIENT), .no_check = true},
     OB_DELEGATE,
     "ocsp",
     MTLSAUTH_ERR_SIGNATURE},
    {"with anyExtendedKeyUsage alone",
     {.subject = "ocsp", .key = OB_DELEGATE, EKU(OB_EKU_ANY), .no_check = true},
     OB_DELEGATE,
     "ocsp",
     MTLSAUTH_ERR_SIGNATURE},
    {"the leaf itself (CVE-2022-1343)",
     {.subject = "leaf", .key = OB_LEAF, EKU(OB_EKU_CLIENT)},
     OB_LEAF,
     "leaf",
     MTLSAUTH_ERR_SIGNATURE},
    {"the leaf itself, with OCSPSigning",
     {.subject = "leaf", .key = OB_LEAF, EKU(OB_EKU_OCSP), .no_check = true},
     OB_LEAF,
     "leaf",
     MTLSAUTH_ERR_SIGNATURE},
    {"a sibling leaf",
     {.subject = "sibling", .key = OB_SIBLING, EKU(OB_EKU_CLIENT)},
     OB_SIBLING,
     "sibling",
     MTLSAUTH_ERR_SIGNATURE},
    {"another CA's responder",
     {.subject = "ocsp",
      .issuer = "other",
      .key = OB_DELEGATE,
      .signer = OB_OTHER_CA,
      EKU(OB_EKU_OCSP),
      .no_check = true},
     OB_DELEGATE,
     "ocsp",
     MTLSAUTH_ERR_SIGNATURE},
    {"another CA of the same name's responder",
     {.subject = "ocsp",
      .key = OB_DELEGATE,
      .signer = OB_OTHER_CA,
      EKU(OB_EKU_OCSP),
      .no_check = true},
     OB_DELEGATE,
     "ocsp",
     MTLSAUTH_ERR_SIGNATURE},
    {"another CA itself",
     {.subject = "other", .issuer = "other", .key = OB_OTHER_CA, .signer = OB_OTHER_CA},
     OB_OTHER_CA,
     "other",
     MTLSAUTH_ERR_SIGNATURE},
    {"another CA under the issuer's name",
     {.subject = "issuer", .issuer = "issuer", .key = OB_OTHER_CA, .signer = OB_OTHER_CA},
     OB_OTHER_CA,
     "issuer",
     MTLSAUTH_ERR_SIGNATURE},
    {"an expired responder",
     {DELEGATE, .no_check = true, .to = "260601115959Z"},
     OB_DELEGATE,
     "ocsp",
     MTLSAUTH_ERR_SIGNATURE},
    {"a responder that is not valid yet",
     {DELEGATE, .no_check = true, .from = "260601120001Z"},
     OB_DELEGATE,
     "ocsp",
     MTLSAUTH_ERR_SIGNATURE},
    {"a self-signed responder",
     {.subject = "ocsp",
      .issuer = "ocsp",
      .key = OB_DELEGATE,
      .signer = OB_DELEGATE,
      EKU(OB_EKU_OCSP),
      .no_check = true},
     OB_DELEGATE,
     "ocsp",
     MTLSAUTH_ERR_SIGNATURE},
    {"a self-signed responder that claims the issuer",
     {.subject = "ocsp",
      .key = OB_DELEGATE,
      .signer = OB_DELEGATE,
      EKU(OB_EKU_OCSP),
      .no_check = true},
     OB_DELEGATE,
     "ocsp",
     MTLSAUTH_ERR_SIGNATURE},
    {"a CA below the issuer, whose certificate has OCSPSigning",
     {DELEGATE, .no_check = true, .ca = true},
     OB_DELEGATE,
     "ocsp",
     MTLSAUTH_ERR_UNSUPPORTED},
    {"a responder with a broken certificate",
     {DELEGATE, .no_check = true, .broken = true},
     OB_DELEGATE,
     "ocsp",
     MTLSAUTH_ERR_SIGNATURE},
    {"a responder with a critical extension that nobody knows",
     {DELEGATE, .no_check = true, .unknown_critical = true},
     OB_DELEGATE,
     "ocsp",
     MTLSAUTH_ERR_UNSUPPORTED},
    {"a responder certified with SHA-1",
     {DELEGATE, .no_check = true, .algorithm = OB_SHA1},
     OB_DELEGATE,
     "ocsp",
     MTLSAUTH_ERR_UNSUPPORTED},
    {"a good responder, signed by another key",
     {DELEGATE, .no_check = true},
     OB_SIBLING,
     "ocsp",
     MTLSAUTH_ERR_SIGNATURE},
    {"a good responder that is not the one that is named",
     {DELEGATE, .no_check = true},
     OB_DELEGATE,
     "somebody",
     MTLSAUTH_ERR_SIGNATURE},
    {"a delegate that was not sent along", {0}, OB_DELEGATE, "ocsp", MTLSAUTH_ERR_SIGNATURE},
    {"the issuer's name, another key", {0}, OB_DELEGATE, "issuer", MTLSAUTH_ERR_SIGNATURE},
};

static struct der_build good_delegate(void)
{
    return ob_make_cert(&(struct ob_cert){DELEGATE, .no_check = true});
}

/* Of the same name and purpose, with the key of somebody else. */
static struct der_build bad_delegate(void)
{
    return ob_make_cert(&(struct ob_cert){.subject = "ocsp", .key = OB_SIBLING, EKU(OB_EKU_OCSP)});
}

START_TEST(signer_matrix)
{
    for (size_t i = 0; i < 2 * COUNT_OF(signers); i++) {
        size_t row = i / 2;
        struct der_build cert = {0};
        struct ob_response spec = {.signer = signers[row].signer,
                                   .responder = signers[row].responder,
                                   .by_key = i % 2 == 1,
                                   .responder_key = signers[row].signer};
        int want = signers[row].want;

        if (signers[row].cert.subject != NULL) {
            cert = ob_make_cert(&signers[row].cert);
            spec.certs[0] = &cert;
            spec.cert_count = 1;
        }
        /* By key, the one that is named is the one that signed: names do not matter then. */
        if (spec.by_key && strcmp(signers[row].responder, "somebody") == 0)
            want = MTLSAUTH_OCSP_GOOD;
        ASSERT_INT(signers[row].name, ocsp_say(signers[row].name, &spec), want);
        der_build_free(&cert);
    }
}
END_TEST

START_TEST(several_certificates)
{
    struct der_build good = good_delegate();
    struct der_build bad = bad_delegate();
    struct der_build leaf = ob_make_cert(&(struct ob_cert){.key = OB_LEAF});
    struct ob_response spec = {
        .signer = OB_DELEGATE, .responder = "ocsp", .certs = {&leaf, &bad, &good}, .cert_count = 3};

    ck_assert_int_eq(ocsp_say("last", &spec), MTLSAUTH_OCSP_GOOD);
    spec.certs[2] = &bad;
    ck_assert_int_eq(ocsp_say("none", &spec), MTLSAUTH_ERR_SIGNATURE);
    spec = (struct ob_response){.certs = {&leaf, &bad, &good}, .cert_count = 3};
    ck_assert_int_eq(ocsp_say("extra certificates", &spec), MTLSAUTH_OCSP_GOOD);
    der_build_free(&good);
    der_build_free(&bad);
    der_build_free(&leaf);
}
END_TEST

/* Found by fuzz_ocsp: it is passed over, whether the delegate stands before or behind it. */
START_TEST(malformed_certificate_beside_the_delegate)
{
    struct der_build good = good_delegate();
    struct der_build bad =
        ob_make_cert(&(struct ob_cert){.subject = "ocsp", .key = OB_SIBLING, EKU(OB_EKU_CLIENT)});
    uint8_t *extensions = bad.bytes + bad.len - 7;
    struct ob_response spec = {
        .signer = OB_DELEGATE, .responder = "ocsp", .certs = {&bad, &good}, .cert_count = 2};

    /* The length of its only extension reaches behind the list of them. */
    while (memcmp(extensions, "\x30\x13\x06\x03\x55\x1d\x25", 7) != 0)
        ck_assert(--extensions > bad.bytes);
    extensions[1] += 2;
    ck_assert_int_eq(ocsp_say("before", &spec), MTLSAUTH_OCSP_GOOD);
    spec.certs[0] = &good;
    spec.certs[1] = &bad;
    ck_assert_int_eq(ocsp_say("behind", &spec), MTLSAUTH_OCSP_GOOD);
    spec.cert_count = 1;
    spec.certs[0] = &bad;
    ck_assert_int_eq(ocsp_say("alone", &spec), MTLSAUTH_ERR_SIGNATURE);
    der_build_free(&good);
    der_build_free(&bad);
}
END_TEST

/* The limit of what is tried: five responders of one name, of which the last is the true one. */
START_TEST(more_candidates_than_are_tried)
{
    struct der_build good = good_delegate();
    struct der_build bad = bad_delegate();
    struct ob_response spec = {.signer = OB_DELEGATE,
                               .responder = "ocsp",
                               .certs = {&bad, &bad, &bad, &good},
                               .cert_count = 4};

    ck_assert_int_eq(ocsp_say("the fourth", &spec), MTLSAUTH_OCSP_GOOD);
    spec.certs[3] = &bad;
    spec.certs[4] = &good;
    spec.cert_count = 5;
    ck_assert_int_eq(ocsp_say("the fifth", &spec), MTLSAUTH_ERR_SIGNATURE);
    der_build_free(&good);
    der_build_free(&bad);
}
END_TEST

/* A key that the policy refuses, before anything is computed with it (CVE-2022-0778). */
START_TEST(weak_keys)
{
    static const struct {
        const char *name;
        const char *der;
        size_t len;
    } rows[] = {
        {"explicit parameters",
         "\x30\x10\x30\x0b\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x30\x00"
         "\x03\x01\x00",
         18},
        {"P-192",
         "\x30\x18\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03"
         "\x01\x01\x03\x01\x00",
         26},
        {"RSA of 8 bits",
         "\x30\x1a\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00\x03\x09\x00\x30"
         "\x06\x02\x01\x7d\x02\x01\x03",
         28},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct der_build spki = {.bytes = (uint8_t *)(uintptr_t)rows[i].der, .len = rows[i].len};
        struct der_build cert = ob_make_cert(&(struct ob_cert){.subject = "ocsp",
                                                               .key = OB_DELEGATE,
                                                               .spki = &spki,
                                                               EKU(OB_EKU_OCSP),
                                                               .no_check = true});
        struct ob_response spec = {
            .signer = OB_DELEGATE, .responder = "ocsp", .certs = {&cert}, .cert_count = 1};

        ASSERT_INT(rows[i].name, ocsp_say(rows[i].name, &spec), MTLSAUTH_ERR_UNSUPPORTED);
        der_build_free(&cert);
    }
}
END_TEST

/* What the policy asks of keys counts for the issuer's answers and for those of its delegate. */
START_TEST(keys_below_the_policy)
{
    mtlsauth_cert *leaf = ocsp_leaf(), *issuer = ocsp_issuer();
    mtlsauth_policy *policy = ocsp_policy();
    struct der_build cert = good_delegate();
    const struct ob_response specs[] = {
        {.status = 0},
        {.signer = OB_DELEGATE, .responder = "ocsp", .certs = {&cert}, .cert_count = 1}};

    ck_assert_int_eq(mtlsauth_policy_set_min_ec_bits(policy, 384), MTLSAUTH_OK);
    for (size_t i = 0; i < COUNT_OF(specs); i++) {
        struct der_build der = ob_make_response(&specs[i]);

        ck_assert_int_eq(ocsp_ask("P-256", &der, NULL, leaf, issuer, policy),
                         MTLSAUTH_ERR_UNSUPPORTED);
        der_build_free(&der);
    }
    der_build_free(&cert);
    mtlsauth_policy_free(policy);
    mtlsauth_cert_free(leaf);
    mtlsauth_cert_free(issuer);
}
END_TEST

/* An answer counts no longer than the certificate of who gave it. */
START_TEST(valid_until_ends_with_the_delegate)
{
    mtlsauth_cert *leaf = ocsp_leaf(), *issuer = ocsp_issuer();
    mtlsauth_policy *policy = ocsp_policy();
    struct der_build cert = ob_make_cert(&(struct ob_cert){.subject = "ocsp",
                                                           .key = OB_DELEGATE,
                                                           .to = "260601180000Z",
                                                           EKU(OB_EKU_OCSP),
                                                           .no_check = true});
    struct der_build der = ob_make_response(&(struct ob_response){
        .signer = OB_DELEGATE, .responder = "ocsp", .certs = {&cert}, .cert_count = 1});
    mtlsauth_ocsp_response *response = NULL;
    mtlsauth_ocsp_result *result = NULL;

    ck_assert_int_eq(mtlsauth_ocsp_response_parse(&response, der.bytes, der.len), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth_ocsp_check(response, NULL, leaf, issuer, policy, &result),
                     MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth_ocsp_result_next_update(result), OB_NOW + 43200);
    ck_assert_int_eq(mtlsauth_ocsp_result_valid_until(result), OB_NOW + 6 * 3600);
    mtlsauth_ocsp_result_free(result);
    mtlsauth_ocsp_response_free(response);
    ck_assert_int_eq(mtlsauth_policy_set_time(policy, OB_NOW + 6 * 3600), MTLSAUTH_OK);
    ck_assert_int_eq(ocsp_ask("its last second", &der, NULL, leaf, issuer, policy),
                     MTLSAUTH_OCSP_GOOD);
    ck_assert_int_eq(mtlsauth_policy_set_time(policy, OB_NOW + 6 * 3600 + 60), MTLSAUTH_OK);
    ck_assert_int_eq(ocsp_ask("a minute later", &der, NULL, leaf, issuer, policy),
                     MTLSAUTH_ERR_SIGNATURE);
    ck_assert_int_eq(mtlsauth_policy_set_clock_skew(policy, 60), MTLSAUTH_OK);
    ck_assert_int_eq(ocsp_ask("a minute of skew", &der, NULL, leaf, issuer, policy),
                     MTLSAUTH_OCSP_GOOD);
    der_build_free(&der);
    der_build_free(&cert);
    mtlsauth_policy_free(policy);
    mtlsauth_cert_free(leaf);
    mtlsauth_cert_free(issuer);
}
END_TEST

START_TEST(weak_or_broken_signatures)
{
    static const struct {
        const char *name;
        struct ob_response spec;
        int want;
    } rows[] = {
        {"SHA-1", {.algorithm = OB_SHA1}, MTLSAUTH_ERR_UNSUPPORTED},
        {"an unknown algorithm", {.algorithm = OB_UNKNOWN_ALGORITHM}, MTLSAUTH_ERR_UNSUPPORTED},
        {"of something else", {.broken = true}, MTLSAUTH_ERR_SIGNATURE},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        ASSERT_INT(rows[i].name, ocsp_say(rows[i].name, &rows[i].spec), rows[i].want);
}
END_TEST

static enum ocsp_delegate say_state(void *arg, const struct cert_view *delegate,
                                    const mtlsauth_cert *issuer)
{
    ck_assert(delegate->spki.len > 0 && issuer != NULL);
    return *(enum ocsp_delegate *)arg;
}

/* Other evidence about the responder: revoked counts in any case, good replaces what is missing. */
START_TEST(evidence_about_the_responder)
{
    static const struct {
        const char *name;
        bool no_check, crl_url;
        enum ocsp_delegate state;
        int want;
    } rows[] = {
        {"revoked", false, false, OCSP_DELEGATE_REVOKED, MTLSAUTH_ERR_SIGNATURE},
        {"revoked, with noCheck", true, false, OCSP_DELEGATE_REVOKED, MTLSAUTH_ERR_SIGNATURE},
        {"good by CRL", false, true, OCSP_DELEGATE_GOOD, MTLSAUTH_OK},
        {"unknown, with a CRL to ask", false, true, OCSP_DELEGATE_UNKNOWN,
         MTLSAUTH_ERR_UNSUPPORTED},
        {"unknown, with noCheck", true, true, OCSP_DELEGATE_UNKNOWN, MTLSAUTH_OK},
        {"unknown, nothing to ask", false, false, OCSP_DELEGATE_UNKNOWN, MTLSAUTH_OK},
    };
    mtlsauth_cert *leaf = ocsp_leaf(), *issuer = ocsp_issuer();
    mtlsauth_policy *policy = ocsp_policy();

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct der_build cert = ob_make_cert(
            &(struct ob_cert){DELEGATE, .no_check = rows[i].no_check, .crl_url = rows[i].crl_url});
        struct der_build der = ob_make_response(&(struct ob_response){
            .signer = OB_DELEGATE, .responder = "ocsp", .certs = {&cert}, .cert_count = 1});
        enum ocsp_delegate state = rows[i].state;
        struct ocsp_params params = {.path = &policy->path,
                                     .revocation = &policy->revocation,
                                     .now = OB_NOW,
                                     .delegate = say_state,
                                     .arg = &state};
        mtlsauth_ocsp_response *response = NULL;
        struct ocsp_answer answer;

        ck_assert_int_eq(mtlsauth_ocsp_response_parse(&response, der.bytes, der.len), MTLSAUTH_OK);
        ASSERT_INT(rows[i].name,
                   mtlsauth__ocsp_check(response, NULL, leaf, issuer, &params, &answer),
                   rows[i].want);
        ASSERT_INT(rows[i].name, answer.authentic, rows[i].want == MTLSAUTH_OK);
        mtlsauth_ocsp_response_free(response);
        der_build_free(&der);
        der_build_free(&cert);
    }
    mtlsauth_policy_free(policy);
    mtlsauth_cert_free(leaf);
    mtlsauth_cert_free(issuer);
}
END_TEST

/* A self-signed client certificate is its own issuer, and does not answer for itself. */
START_TEST(self_signed_leaf)
{
    mtlsauth_cert *issuer = ocsp_issuer();
    mtlsauth_policy *policy = ocsp_policy();
    struct der_build der = ob_make_response(&(struct ob_response){0});

    ck_assert_int_eq(ocsp_ask("self", &der, NULL, issuer, issuer, policy), MTLSAUTH_ERR_SIGNATURE);
    der_build_free(&der);
    mtlsauth_policy_free(policy);
    mtlsauth_cert_free(issuer);
}
END_TEST

/* SubjectPublicKeyInfo with the point compressed, of one that has it in full. */
static struct der_build compressed(enum ob_key key)
{
    struct der_build full = {0}, out = {0};

    ob_spki(&full, key);
    ck_assert_uint_eq(full.len, 91);
    der_begin(&out, 0x30);
    der_raw(&out, full.bytes + 2, 21);
    der_begin(&out, 0x03);
    der_byte(&out, 0);
    der_byte(&out, 2 + (full.bytes[90] & 1));
    der_raw(&out, full.bytes + 27, 32);
    der_end(&out);
    der_end(&out);
    der_build_free(&full);
    return out;
}

/* A client whose key is that of the responder, or of the issuer, in another form than there. */
START_TEST(a_client_in_another_form)
{
    struct der_build delegate = ob_make_cert(&(struct ob_cert){DELEGATE, .no_check = true});
    mtlsauth_cert *issuer = ocsp_issuer();
    mtlsauth_policy *policy = ocsp_policy();
    const struct {
        const char *name;
        enum ob_key key;
        bool is_delegated;
        int want;
    } rows[] = {
        {"another key, a delegate", OB_LEAF, true, MTLSAUTH_OCSP_GOOD},
        {"the key of the delegate", OB_DELEGATE, true, MTLSAUTH_ERR_SIGNATURE},
        {"another key, the issuer", OB_LEAF, false, MTLSAUTH_OCSP_GOOD},
        {"the key of the issuer", OB_ISSUER, false, MTLSAUTH_ERR_SIGNATURE},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct der_build spki = compressed(rows[i].key);
        mtlsauth_cert *leaf = ocsp_cert(&(struct ob_cert){.spki = &spki});
        struct der_build der = ob_make_response(
            &(struct ob_response){.signer = rows[i].is_delegated ? OB_DELEGATE : OB_ISSUER,
                                  .responder = rows[i].is_delegated ? "ocsp" : "issuer",
                                  .certs = {&delegate},
                                  .cert_count = rows[i].is_delegated});

        ASSERT_INT(rows[i].name, ocsp_ask(rows[i].name, &der, NULL, leaf, issuer, policy),
                   rows[i].want);
        der_build_free(&der);
        mtlsauth_cert_free(leaf);
        der_build_free(&spki);
    }
    der_build_free(&delegate);
    mtlsauth_cert_free(issuer);
    mtlsauth_policy_free(policy);
}
END_TEST

UNIT_MAIN("revocation_ocsp_signer", signer_matrix, several_certificates,
          malformed_certificate_beside_the_delegate, more_candidates_than_are_tried, weak_keys,
          keys_below_the_policy, valid_until_ends_with_the_delegate, weak_or_broken_signatures,
          evidence_about_the_responder, self_signed_leaf, a_client_in_another_form)
