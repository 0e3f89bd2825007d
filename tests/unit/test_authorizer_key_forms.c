/* SPDX-License-Identifier: MIT */
/* One RSA key, whose certificates say in four ways what it is. Whoever issues says it in one way,
 * and a client is known by its key in whichever. */
#include "data.h"

#include <mtlsauth/mtlsauth.h>
#include "cert/cert.h"
#include "ocsp_build.h"
#include "support/ca.h"
#include "support/trust_store.h"

/* With RFC 4055 1.2 an RSA key may be certified for RSA-PSS alone, and for some parameters. */
static const struct form {
    const char *name;
    const char *algorithm; /* ca_spec.key_algorithm */
    const char *refused;   /* why it may not issue; NULL: it may */
} forms[] = {
    {"RSA", NULL, NULL},
    {"RSA without NULL", "30 { 06 { 2a 86 48 86 f7 0d 01 01 01 } }", "has to write NULL"},
    {"RSA-PSS", "30 { 06 { 2a 86 48 86 f7 0d 01 01 0a } }", "certified as rsaEncryption"},
    {"RSA-PSS with parameters", CA_PSS, "certified as rsaEncryption"},
};

enum { USUAL, FORMS = COUNT_OF(forms) };

static EVP_PKEY *root_key, *rsa_key, *client_key;
static mtlsauth_cert *root;

static void setup(void)
{
    root_key = ca_key("EC");
    rsa_key = ca_key("RSA");
    client_key = ca_key("EC");
    root = ca_cert(&(struct ca_spec){.subject = "Root",
                                     .issuer = "Root",
                                     .key = root_key,
                                     .issuer_key = root_key,
                                     .constraints = "critical,CA:TRUE",
                                     .usage = "keyCertSign,cRLSign"});
}

static void teardown(void)
{
    EVP_PKEY_free(root_key);
    EVP_PKEY_free(rsa_key);
    EVP_PKEY_free(client_key);
    mtlsauth_cert_free(root);
}

/* A CA with the RSA key, by the root or by itself. */
static mtlsauth_cert *ca_in(const struct form *form, bool self_signed)
{
    return ca_cert(&(struct ca_spec){.subject = "CA",
                                     .issuer = self_signed ? "CA" : "Root",
                                     .key = rsa_key,
                                     .key_algorithm = form->algorithm,
                                     .issuer_key = self_signed ? rsa_key : root_key,
                                     .pss = self_signed,
                                     .constraints = "critical,CA:TRUE",
                                     .usage = "keyCertSign,cRLSign"});
}

/* A client with the RSA key, by the root or by itself. */
static mtlsauth_cert *client_in(const struct form *form, bool self_signed)
{
    return ca_cert(&(struct ca_spec){.subject = "client",
                                     .issuer = self_signed ? "client" : "Root",
                                     .key = rsa_key,
                                     .key_algorithm = form->algorithm,
                                     .issuer_key = self_signed ? rsa_key : root_key,
                                     .pss = self_signed});
}

static mtlsauth_policy *policy_for(int profile)
{
    mtlsauth_policy *policy;

    ASSERT_OK("policy", mtlsauth_policy_new(&policy, profile));
    ASSERT_OK("policy", mtlsauth_policy_set_time(policy, OB_NOW));
    ASSERT_OK("policy",
              mtlsauth_policy_set_revocation(policy, MTLSAUTH_EVIDENCE_OFF, MTLSAUTH_DEPTH_LEAF));
    return policy;
}

/* What is decided of certs[0]; where there is a sentence, it is in the message. */
static int decide(const char *row, const mtlsauth_policy *policy, mtlsauth_cert *trusted,
                  mtlsauth_cert *const certs[], size_t count, const char *sentence)
{
    mtlsauth_truststore *store = trust_store(&trusted, 1);
    mtlsauth_authorizer *authorizer;
    mtlsauth_decision *decision;
    mtlsauth_chain *chain;
    const void *ders[3];
    size_t lens[3];
    int code;

    for (size_t i = 0; i < count; i++)
        ders[i] = mtlsauth_cert_der(certs[i], &lens[i]);
    ASSERT_OK(row, mtlsauth_chain_from_der(&chain, ders, lens, count));
    ASSERT_OK(row, mtlsauth_authorizer_new(&authorizer, store, policy));
    ASSERT_OK(row, mtlsauth_decision_new(&decision));
    code = mtlsauth_authorize(authorizer, chain, decision);
    if (sentence != NULL)
        ASSERT_SAYS(row, mtlsauth_decision_message(decision), sentence);
    mtlsauth_decision_free(decision);
    mtlsauth_chain_free(chain);
    mtlsauth_authorizer_free(authorizer);
    mtlsauth_truststore_free(store);
    return code;
}

/* It signs with RSA-PSS, which a key in each of the forms can: the form is what is refused. */
START_TEST(who_issues_is_certified_for_rsa)
{
    static const int profiles[] = {MTLSAUTH_PROFILE_API_GATEWAY, MTLSAUTH_PROFILE_ALB};
    mtlsauth_cert *client, *usual, *above;

    setup();
    client = ca_cert(&(struct ca_spec){.subject = "client",
                                       .issuer = "CA",
                                       .key = client_key,
                                       .issuer_key = rsa_key,
                                       .pss = true});
    usual = ca_in(&forms[USUAL], false);
    for (size_t i = 0; i < FORMS * COUNT_OF(profiles); i++) {
        const struct form *form = &forms[i % FORMS];
        int want = form->refused == NULL ? MTLSAUTH_OK : MTLSAUTH_DENY_WEAK_KEY;
        mtlsauth_policy *policy = policy_for(profiles[i / FORMS]);

        ASSERT_OK(form->name, mtlsauth_policy_allow_any(policy, "any"));
        above = ca_in(form, false);
        ASSERT_INT(
            form->name,
            decide(form->name, policy, root, (mtlsauth_cert *[]){client, above}, 2, form->refused),
            want);
        /* It is no reason to refuse a path that does without it. */
        ASSERT_INT(
            form->name,
            decide(form->name, policy, root, (mtlsauth_cert *[]){client, above, usual}, 3, NULL),
            MTLSAUTH_OK);
        mtlsauth_cert_free(above);
        above = ca_in(form, true);
        ASSERT_INT(form->name, decide(form->name, policy, above, &client, 1, form->refused), want);
        mtlsauth_cert_free(above);
        mtlsauth_policy_free(policy);
    }
    mtlsauth_cert_free(client);
    mtlsauth_cert_free(usual);
    teardown();
}
END_TEST

/* Severity of what lint says of the key of the only certificate; 0: nothing. */
static int lint(const char *row, mtlsauth_cert *cert, const char *sentence)
{
    mtlsauth_truststore *store = trust_store(&cert, 1);
    mtlsauth_report *report;
    int found = 0;

    ASSERT_OK(row, mtlsauth_truststore_lint(store, OB_NOW, MTLSAUTH_PROFILE_STRICT, &report));
    for (size_t i = 0; i < mtlsauth_report_count(report); i++) {
        const char *said;
        int severity, code;

        ASSERT_OK(row, mtlsauth_report_finding(report, i, NULL, &severity, &code, &said));
        if (code != MTLSAUTH_LINT_WEAK_KEY)
            continue;
        found = severity;
        ASSERT_SAYS(row, said, sentence);
        ASSERT_SAYS(row, said, "have the same key certified in that form");
    }
    mtlsauth_report_free(report);
    mtlsauth_truststore_free(store);
    return found;
}

/* A client that stands in the truststore itself issues nothing. */
START_TEST(lint_tells_of_it)
{
    setup();
    for (size_t i = 0; i < FORMS; i++) {
        int want = forms[i].refused == NULL ? 0 : MTLSAUTH_SEVERITY_ERROR;
        mtlsauth_cert *certs[] = {ca_in(&forms[i], true), ca_in(&forms[i], false),
                                  client_in(&forms[i], true)};

        ASSERT_INT(forms[i].name, lint(forms[i].name, certs[0], forms[i].refused), want);
        ASSERT_INT(forms[i].name, lint(forms[i].name, certs[1], forms[i].refused), want);
        ASSERT_INT(forms[i].name, lint(forms[i].name, certs[2], ""), 0);
        for (size_t k = 0; k < COUNT_OF(certs); k++)
            mtlsauth_cert_free(certs[k]);
    }
    teardown();
}
END_TEST

/* A responder that the issuer made one. */
START_TEST(who_answers_is_certified_for_rsa)
{
    mtlsauth_cert *issuer, *leaf;
    struct der_build ders[2] = {
        ob_make_cert(&(struct ob_cert){.subject = "issuer", .issuer = "issuer", .key = OB_ISSUER}),
        ob_make_cert(&(struct ob_cert){.key = OB_LEAF})};
    mtlsauth_policy *policy = policy_for(MTLSAUTH_PROFILE_API_GATEWAY);

    setup();
    ASSERT_OK("issuer", mtlsauth_cert_parse(&issuer, ders[0].bytes, ders[0].len));
    ASSERT_OK("leaf", mtlsauth_cert_parse(&leaf, ders[1].bytes, ders[1].len));
    for (size_t i = 0; i < FORMS; i++) {
        mtlsauth_cert *keyed = client_in(&forms[i], false);
        struct der_build spki = {0}, delegate, answer;
        mtlsauth_ocsp_response *response;
        mtlsauth_ocsp_result *result;

        der_raw(&spki, keyed->view.spki.ptr, keyed->view.spki.len);
        delegate = ob_make_cert(&(struct ob_cert){.subject = "ocsp",
                                                  .spki = &spki,
                                                  .eku = OB_EKU_OCSP,
                                                  .eku_len = sizeof OB_EKU_OCSP - 1,
                                                  .no_check = true});
        /* Of another key: what is told first is which key may answer at all. */
        answer = ob_make_response(&(struct ob_response){
            .signer = OB_DELEGATE, .responder = "ocsp", .certs = {&delegate}, .cert_count = 1});
        ASSERT_OK(forms[i].name, mtlsauth_ocsp_response_parse(&response, answer.bytes, answer.len));
        ASSERT_INT(forms[i].name,
                   mtlsauth_ocsp_check(response, NULL, leaf, issuer, policy, &result),
                   forms[i].refused == NULL ? MTLSAUTH_ERR_SIGNATURE : MTLSAUTH_ERR_UNSUPPORTED);
        if (forms[i].refused != NULL)
            ASSERT_SAYS(forms[i].name, mtlsauth_last_error(), forms[i].refused);
        /* Nor does one that a weak key has made a responder, which is of P-256. */
        ASSERT_OK("EC", mtlsauth_policy_set_min_ec_bits(policy, 384));
        ASSERT_INT(forms[i].name,
                   mtlsauth_ocsp_check(response, NULL, leaf, issuer, policy, &result),
                   MTLSAUTH_ERR_UNSUPPORTED);
        ASSERT_SAYS(forms[i].name, mtlsauth_last_error(), "the certificate of its responder: ");
        ASSERT_OK("EC", mtlsauth_policy_set_insecure_min_ec_bits(policy, 256));
        mtlsauth_ocsp_response_free(response);
        der_build_free(&answer);
        der_build_free(&delegate);
        der_build_free(&spki);
        mtlsauth_cert_free(keyed);
    }
    mtlsauth_cert_free(issuer);
    mtlsauth_cert_free(leaf);
    mtlsauth_policy_free(policy);
    der_build_free(&ders[0]);
    der_build_free(&ders[1]);
    teardown();
}
END_TEST

enum rule { ALLOWED, NOT_ALLOWED, BLOCKED };

/* With a rule for the name and one about the key, or the key on the block list. */
static int decide_by(const char *row, enum rule rule, const char *type, const mtlsauth_cert *named,
                     mtlsauth_cert *trusted, mtlsauth_cert *client)
{
    mtlsauth_policy *policy = policy_for(MTLSAUTH_PROFILE_API_GATEWAY);
    const char *matchers[] = {"dn:CN=client", NULL};
    char matcher[128];
    int code;

    snprintf(matcher, sizeof matcher, "%s%s:%s", rule == NOT_ALLOWED ? "!" : "", type,
             mtlsauth_cert_spki_sha256_hex(named));
    matchers[1] = matcher;
    ASSERT_OK(row, mtlsauth_policy_allow(policy, "rule", matchers, rule == BLOCKED ? 1 : 2));
    if (rule == BLOCKED)
        ASSERT_OK(row, mtlsauth_policy_block(policy, matcher));
    code = decide(row, policy, trusted, &client, 1, NULL);
    mtlsauth_policy_free(policy);
    return code;
}

/* The digest of the usual form names the key in all of them, and that of another form the key as
 * it is there. */
START_TEST(rules_know_a_client_in_each_form)
{
    static const char *const of_pinned[] = {"spki", "anchor", "issuer-spki"};
    mtlsauth_cert *usual, *other;

    setup();
    usual = client_in(&forms[USUAL], false);
    other = ca_cert(&(struct ca_spec){
        .subject = "client", .issuer = "Root", .key = client_key, .issuer_key = root_key});
    for (size_t i = 0; i < FORMS; i++) {
        const char *row = forms[i].name;
        mtlsauth_cert *client = client_in(&forms[i], false), *pinned = client_in(&forms[i], true);
        const mtlsauth_cert *const named[] = {usual, client};

        for (size_t k = 0; k < COUNT_OF(named); k++) {
            ASSERT_INT(row, decide_by(row, ALLOWED, "spki", named[k], root, client), MTLSAUTH_OK);
            ASSERT_INT(row, decide_by(row, NOT_ALLOWED, "spki", named[k], root, client),
                       MTLSAUTH_DENY_IDENTITY);
            ASSERT_INT(row, decide_by(row, BLOCKED, "spki", named[k], root, client),
                       MTLSAUTH_DENY_BLOCKED);
            ASSERT_INT(row, decide_by(row, ALLOWED, "spki", named[k], root, other),
                       MTLSAUTH_DENY_IDENTITY);
        }
        ASSERT_INT(row, decide_by(row, BLOCKED, "spki", other, root, client), MTLSAUTH_OK);
        /* Its own anchor, and its own issuer. */
        for (size_t k = 0; k < COUNT_OF(of_pinned); k++) {
            ASSERT_INT(row, decide_by(row, ALLOWED, of_pinned[k], usual, pinned, pinned),
                       MTLSAUTH_OK);
            ASSERT_INT(row, decide_by(row, NOT_ALLOWED, of_pinned[k], usual, pinned, pinned),
                       MTLSAUTH_DENY_IDENTITY);
        }
        mtlsauth_cert_free(client);
        mtlsauth_cert_free(pinned);
    }
    mtlsauth_cert_free(usual);
    mtlsauth_cert_free(other);
    teardown();
}
END_TEST

UNIT_MAIN("authorizer/key forms", who_issues_is_certified_for_rsa, lint_tells_of_it,
          who_answers_is_certified_for_rsa, rules_know_a_client_in_each_form)
