/* SPDX-License-Identifier: MIT */
/* From the octets of certificates, truststores and rules to a decision. */
#include "alloc.h"

#define NOW INT64_C(1767225600)

/* --- What stands ready ------------------------------------------------------------------------ */

static struct file root, chain_pem, expired, clone_client, self_signed, bundle, path_bundle;

static const struct {
    struct file *file;
    const char *name;
} all_files[] = {
    {&root, "root.pem"},
    {&chain_pem, "chain.pem"},
    {&expired, "expired.pem"},
    {&clone_client, "clone-client.pem"},
    {&self_signed, "self-signed.pem"},
    {&bundle, "bundle.pem"},
    {&path_bundle, "long-chain.pem"},
};

static int try_policy(mtlsauth_policy **out, const char *name)
{
    static const char *const eku = "1.3.6.1.5.5.7.3.2";
    const char *const two[] = {name, "issuer:CN=intermediate,O=Example"};
    int code = mtlsauth_policy_new(out, MTLSAUTH_PROFILE_API_GATEWAY);

    if (code == MTLSAUTH_OK)
        code = mtlsauth_policy_set_time(*out, NOW);
    if (code == MTLSAUTH_OK)
        code = mtlsauth_policy_set_required_eku(*out, eku);
    if (code == MTLSAUTH_OK)
        code = mtlsauth_policy_set_revocation(*out, MTLSAUTH_EVIDENCE_OFF, MTLSAUTH_DEPTH_LEAF);
    if (code == MTLSAUTH_OK)
        code = mtlsauth_policy_block(*out, "uri:spiffe://blocked/**");
    if (code == MTLSAUTH_OK)
        code = mtlsauth_policy_block(*out, "dn:CN=blocked,O=Example");
    if (code == MTLSAUTH_OK)
        code = mtlsauth_policy_require_certificate_policy(*out, "2.5.29.32.0");
    if (code == MTLSAUTH_OK)
        code = mtlsauth_policy_set_explicit_policy(*out, 0);
    if (code == MTLSAUTH_OK)
        code = mtlsauth_policy_allow(*out, "first", &(const char *){"email:a@b.example"}, 1);
    if (code == MTLSAUTH_OK)
        code = mtlsauth_policy_allow(*out, "second", two, 2);
    return code;
}

static mtlsauth_truststore *store(const struct file *file)
{
    mtlsauth_truststore *truststore;

    must(mtlsauth_truststore_parse(&truststore, file->bytes, file->len, NULL));
    return truststore;
}

static mtlsauth_authorizer *authorizer_of(const struct file *file)
{
    mtlsauth_truststore *truststore = store(file);
    mtlsauth_authorizer *authorizer;
    mtlsauth_policy *policy;

    must(try_policy(&policy, "dns:client.example.com"));
    must(mtlsauth_authorizer_new(&authorizer, truststore, policy));
    mtlsauth_policy_free(policy);
    mtlsauth_truststore_free(truststore);
    return authorizer;
}

/* --- Scenarios -------------------------------------------------------------------------------- */

/* A store that was loaded under pressure is as good as another, or there is none. */
static size_t load_truststore(void)
{
    mtlsauth_truststore *truststore = NULL;
    size_t count;

    arm();
    last_code = mtlsauth_truststore_parse(&truststore, bundle.bytes, bundle.len, NULL);
    count = disarm();
    EXPECT(last_code == MTLSAUTH_OK || is_failure(last_code));
    EXPECT((truststore != NULL) == (last_code == MTLSAUTH_OK));
    if (truststore != NULL) {
        mtlsauth_chain *chain = chain_of(&chain_pem);
        mtlsauth_policy *policy;

        EXPECT(mtlsauth_truststore_count(truststore) == 3);
        must(try_policy(&policy, "dns:client.example.com"));
        last_code = mtlsauth_path_verify(truststore, chain, policy, NULL);
        EXPECT(last_code == MTLSAUTH_OK);
        mtlsauth_policy_free(policy);
        mtlsauth_chain_free(chain);
    }
    mtlsauth_truststore_free(truststore);
    return count;
}

static size_t make_policy(void)
{
    mtlsauth_policy *policy = NULL;
    size_t count;

    arm();
    last_code = try_policy(&policy, "dns:client.example.com");
    count = disarm();
    EXPECT(last_code == MTLSAUTH_OK || is_failure(last_code));
    mtlsauth_policy_free(policy);
    return count;
}

static size_t make_authorizer(void)
{
    mtlsauth_truststore *truststore = store(&root);
    mtlsauth_authorizer *authorizer = NULL;
    mtlsauth_policy *policy;
    size_t count;

    must(try_policy(&policy, "dns:client.example.com"));
    arm();
    last_code = mtlsauth_authorizer_new(&authorizer, truststore, policy);
    count = disarm();
    EXPECT(last_code == MTLSAUTH_OK || is_failure(last_code));
    EXPECT((authorizer != NULL) == (last_code == MTLSAUTH_OK));
    mtlsauth_authorizer_free(authorizer);
    mtlsauth_policy_free(policy);
    mtlsauth_truststore_free(truststore);
    return count;
}

/* Decides about a client under pressure, and once more without. */
static size_t decide(const struct file *trusted, const struct file *file, int expected)
{
    mtlsauth_authorizer *authorizer = authorizer_of(trusted);
    mtlsauth_chain *chain = chain_of(file);
    mtlsauth_decision *decision;
    size_t count;

    must(mtlsauth_decision_new(&decision));
    arm();
    last_code = mtlsauth_authorize(authorizer, chain, decision);
    count = disarm();
    EXPECT(last_code == expected || last_code == MTLSAUTH_DENY_INTERNAL);
    EXPECT(mtlsauth_decision_code(decision) == last_code);
    EXPECT(mtlsauth_decision_allowed(decision) == (last_code == MTLSAUTH_OK));
    EXPECT(mtlsauth_decision_message(decision)[0] != '\0');
    last_code = mtlsauth_authorize(authorizer, chain, decision);
    EXPECT(last_code == expected);
    mtlsauth_decision_free(decision);
    mtlsauth_chain_free(chain);
    mtlsauth_authorizer_free(authorizer);
    return count;
}

static size_t authorize_good(void)
{
    return decide(&root, &chain_pem, MTLSAUTH_OK);
}

/* libcrypto keeps things inside of the truststore's certificates when it first meets them. */
static size_t authorize_by_store(void)
{
    return decide(&bundle, &chain_pem, MTLSAUTH_OK);
}

static size_t authorize_expired(void)
{
    return decide(&root, &expired, MTLSAUTH_DENY_EXPIRED);
}

static size_t authorize_forged(void)
{
    return decide(&root, &clone_client, MTLSAUTH_DENY_BAD_SIGNATURE);
}

static size_t authorize_self_signed(void)
{
    return decide(&root, &self_signed, MTLSAUTH_DENY_SELF_SIGNED);
}

static size_t authorize_text(void)
{
    mtlsauth_authorizer *authorizer = authorizer_of(&root);
    mtlsauth_decision *decision;
    const char *json = NULL;
    size_t count;

    must(mtlsauth_decision_new(&decision));
    arm();
    last_code = mtlsauth_authorize_text(authorizer, chain_pem.bytes, chain_pem.len,
                                        MTLSAUTH_FORMAT_PEM, decision);
    EXPECT(last_code == MTLSAUTH_OK || last_code == MTLSAUTH_DENY_INTERNAL);
    EXPECT(mtlsauth_decision_allowed(decision) == (last_code == MTLSAUTH_OK));
    last_code = mtlsauth_decision_json(decision, &json);
    EXPECT((json != NULL) == (last_code == MTLSAUTH_OK));
    count = disarm();
    mtlsauth_decision_free(decision);
    mtlsauth_authorizer_free(authorizer);
    return count;
}

static size_t authorize_again(void)
{
    mtlsauth_authorizer *authorizer = authorizer_of(&root);
    mtlsauth_chain *chain = chain_of(&chain_pem), *leaf;
    const void *der;
    size_t len, count;

    der = mtlsauth_cert_der(mtlsauth_chain_cert(chain, 0), &len);
    must(mtlsauth_chain_from_der(&leaf, &der, &len, 1));
    /* What cannot be remembered costs a full handshake, and no more. */
    arm();
    last_code = mtlsauth_authorize(authorizer, chain, NULL);
    EXPECT(last_code == MTLSAUTH_OK || last_code == MTLSAUTH_DENY_INTERNAL);
    last_code = mtlsauth_authorize_again(authorizer, leaf, NULL);
    EXPECT(last_code == MTLSAUTH_OK || last_code == MTLSAUTH_DENY_INTERNAL ||
           last_code == MTLSAUTH_DENY_ISSUER_NOT_FOUND);
    count = disarm();
    mtlsauth_chain_free(leaf);
    mtlsauth_chain_free(chain);
    mtlsauth_authorizer_free(authorizer);
    return count;
}

/* The old snapshot serves on. */
static size_t set_policy(void)
{
    mtlsauth_authorizer *authorizer = authorizer_of(&root);
    mtlsauth_chain *chain = chain_of(&chain_pem);
    mtlsauth_policy *policy;
    size_t count;

    must(try_policy(&policy, "dns:nobody.example.com"));
    arm();
    last_code = mtlsauth_authorizer_set_policy(authorizer, policy);
    count = disarm();
    EXPECT(last_code == MTLSAUTH_OK || is_failure(last_code));
    EXPECT(mtlsauth_authorizer_generation(authorizer) == (last_code == MTLSAUTH_OK ? 2U : 1U));
    EXPECT(mtlsauth_authorize(authorizer, chain, NULL) ==
           (last_code == MTLSAUTH_OK ? MTLSAUTH_DENY_IDENTITY : MTLSAUTH_OK));
    mtlsauth_policy_free(policy);
    mtlsauth_chain_free(chain);
    mtlsauth_authorizer_free(authorizer);
    return count;
}

/* A client that stands in the truststore is its own issuer; who that is, is found out anew in an
 * equal truststore, under pressure. */
static size_t authorize_pinned(void)
{
    mtlsauth_truststore *first = store(&self_signed), *equal = store(&self_signed);
    mtlsauth_chain *chain = chain_of(&self_signed);
    mtlsauth_authorizer *authorizer;
    mtlsauth_policy *policy;
    char rule[128];
    size_t count;

    snprintf(rule, sizeof rule, "issuer-spki:%s",
             mtlsauth_cert_spki_sha256_hex(mtlsauth_chain_cert(chain, 0)));
    must(mtlsauth_policy_new(&policy, MTLSAUTH_PROFILE_API_GATEWAY));
    must(mtlsauth_policy_set_time(policy, NOW));
    must(mtlsauth_policy_set_revocation(policy, MTLSAUTH_EVIDENCE_OFF, MTLSAUTH_DEPTH_LEAF));
    must(mtlsauth_policy_allow(policy, "pinned", &(const char *){rule}, 1));
    must(mtlsauth_authorizer_new(&authorizer, first, policy));
    must(mtlsauth_authorize(authorizer, chain, NULL));
    must(mtlsauth_authorizer_set_truststore(authorizer, equal));
    arm();
    last_code = mtlsauth_authorize(authorizer, chain, NULL);
    count = disarm();
    EXPECT(last_code == MTLSAUTH_OK || last_code == MTLSAUTH_DENY_INTERNAL);
    mtlsauth_policy_free(policy);
    mtlsauth_authorizer_free(authorizer);
    mtlsauth_chain_free(chain);
    mtlsauth_truststore_free(equal);
    mtlsauth_truststore_free(first);
    return count;
}

/* A report that was made under pressure says neither more nor less. */
static size_t lint(void)
{
    mtlsauth_truststore *truststore = store(&path_bundle);
    mtlsauth_report *whole, *report = NULL;
    size_t count;

    must(mtlsauth_truststore_lint(truststore, NOW, MTLSAUTH_PROFILE_API_GATEWAY, &whole));
    arm();
    last_code = mtlsauth_truststore_lint(truststore, NOW, MTLSAUTH_PROFILE_API_GATEWAY, &report);
    count = disarm();
    EXPECT(last_code == MTLSAUTH_OK || is_failure(last_code));
    EXPECT((report != NULL) == (last_code == MTLSAUTH_OK));
    EXPECT(report == NULL ||
           strcmp(mtlsauth_report_json(report), mtlsauth_report_json(whole)) == 0);
    mtlsauth_report_free(report);
    mtlsauth_report_free(whole);
    mtlsauth_truststore_free(truststore);
    return count;
}

/* A path alone, and a policy that is looked at: warnings are all of them, or none with a code. */
static size_t verify_path(void)
{
    mtlsauth_truststore *truststore = store(&root);
    mtlsauth_chain *chain = chain_of(&chain_pem);
    mtlsauth_policy *policy;
    const char *warnings = NULL;
    size_t count;
    int code;

    must(try_policy(&policy, "subject.cn:client"));
    arm();
    last_code = mtlsauth_path_verify(truststore, chain, policy, NULL);
    code = mtlsauth_policy_lint(policy, truststore, &warnings);
    count = disarm();
    EXPECT(last_code == MTLSAUTH_OK || last_code == MTLSAUTH_DENY_INTERNAL);
    EXPECT(code == MTLSAUTH_OK || is_failure(code));
    EXPECT(code != MTLSAUTH_OK || strstr(warnings, "common name") != NULL);
    mtlsauth_policy_free(policy);
    mtlsauth_chain_free(chain);
    mtlsauth_truststore_free(truststore);
    return count;
}

/* A client whose chain did not parse, for want of memory or because it is none. */
static size_t authorize_unparsed(void)
{
    mtlsauth_authorizer *authorizer = authorizer_of(&root);
    mtlsauth_chain *chain = NULL;
    mtlsauth_decision *decision;
    size_t count;
    int code;

    must(mtlsauth_decision_new(&decision));
    arm();
    code = mtlsauth_chain_parse(&chain, "x", 1, MTLSAUTH_FORMAT_PEM, NULL);
    last_code = mtlsauth_authorize_unparsed(authorizer, code, NULL, decision);
    count = disarm();
    EXPECT(chain == NULL);
    EXPECT(last_code == MTLSAUTH_DENY_MALFORMED || last_code == MTLSAUTH_DENY_INTERNAL);
    EXPECT(!mtlsauth_decision_allowed(decision) && mtlsauth_decision_code(decision) == last_code);
    mtlsauth_decision_free(decision);
    mtlsauth_authorizer_free(authorizer);
    return count;
}

const struct scenario alloc_decide[] = {
    {"lint", lint},
    {"load truststore", load_truststore},
    {"make policy", make_policy},
    {"make authorizer", make_authorizer},
    {"verify a path", verify_path},
    {"authorize, good", authorize_good},
    {"authorize, intermediate in the truststore", authorize_by_store},
    {"authorize, expired", authorize_expired},
    {"authorize, forged", authorize_forged},
    {"authorize, self-signed", authorize_self_signed},
    {"authorize, pinned, in an equal truststore", authorize_pinned},
    {"authorize text", authorize_text},
    {"authorize again", authorize_again},
    {"set policy", set_policy},
    {"authorize, unparsed", authorize_unparsed},
    {NULL, NULL},
};

void alloc_decide_begin(void)
{
    for (size_t i = 0; i < COUNT_OF(all_files); i++)
        read_file(all_files[i].file, all_files[i].name);
}

void alloc_decide_end(void)
{
    for (size_t i = 0; i < COUNT_OF(all_files); i++)
        free(all_files[i].file->bytes);
}
