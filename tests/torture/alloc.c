/* SPDX-License-Identifier: MIT */
/*
 * Every allocation fails in turn: alloc own|libcrypto. Once each, and once each with all later ones.
 * What must hold: no crash, no leak (a sanitizer or valgrind looks), never an allow that was not
 * earned, no reason that memory made up, and the state that was in force stays in force.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <mtlsauth/mtlsauth.h>
#include "ocsp_build.h"
#include <openssl/crypto.h>
#include <openssl/err.h>
#include "base/memory.h"

#define NOW INT64_C(1767225600)

static unsigned long wrong;

#define EXPECT(what)                                                                               \
    do {                                                                                           \
        if (!(what)) {                                                                             \
            wrong++;                                                                               \
            fprintf(stderr, "%s, allocation %zu%s: %s does not hold (%s; %s)\n", scenario, at,     \
                    for_good ? " and later" : "", #what, mtlsauth_code_name(last_code),            \
                    mtlsauth_last_error());                                                        \
        }                                                                                          \
    } while (0)

/* What is being done, for the message. */
static const char *scenario = "start";
static size_t at;
static int for_good, last_code;

/* --- Which allocations fail ------------------------------------------------------------------- */

static int of_libcrypto, armed;
static size_t crypto_count, crypto_fail_at;

static int crypto_must_fail(void)
{
    if (!armed)
        return 0;
    crypto_count++;
    return crypto_fail_at != 0 &&
           (crypto_count == crypto_fail_at || (for_good && crypto_count > crypto_fail_at));
}

static void *crypto_malloc(size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return size == 0 || crypto_must_fail() ? NULL : malloc(size);
}

static void *crypto_realloc(void *ptr, size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    if (size == 0) {
        free(ptr);
        return NULL;
    }
    return crypto_must_fail() ? NULL : realloc(ptr, size);
}

static void crypto_free(void *ptr, const char *file, int line)
{
    (void)file;
    (void)line;
    free(ptr);
}

static void arm(void)
{
    crypto_count = 0;
    crypto_fail_at = of_libcrypto ? at : 0;
    armed = 1;
    mtlsauth__memory_fail_at(of_libcrypto ? 0 : at, for_good);
}

/* How many there were, and none fails any more. */
static size_t disarm(void)
{
    size_t own = mtlsauth__memory_count();

    armed = 0;
    mtlsauth__memory_fail_at(0, 0);
    return of_libcrypto ? crypto_count : own;
}

/* --- What stands ready -------------------------------------------------------------------------- */

struct file {
    char *bytes;
    size_t len;
};

static struct file root, chain_pem, expired, clone_client, self_signed, bundle, header, path_bundle,
    two_names, private_key, csr;

static void read_file(struct file *out, const char *name)
{
    char path[4096];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", getenv("MTLSAUTH_TEST_DATA"), name);
    file = fopen(path, "rb");
    out->bytes = malloc(65536);
    if (file == NULL || out->bytes == NULL) {
        perror(path);
        exit(2);
    }
    out->len = fread(out->bytes, 1, 65536, file);
    fclose(file);
}

static void must(int code)
{
    if (code != MTLSAUTH_OK) {
        fprintf(stderr, "%s: %s\n", mtlsauth_code_name(code), mtlsauth_last_error());
        exit(2);
    }
}

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

static mtlsauth_chain *chain_of(const struct file *file)
{
    mtlsauth_chain *chain;

    must(mtlsauth_chain_parse(&chain, file->bytes, file->len, MTLSAUTH_FORMAT_PEM, NULL));
    return chain;
}

static int is_failure(int code)
{
    return code == MTLSAUTH_ERR_NOMEM || code == MTLSAUTH_ERR_CRYPTO;
}

/* --- Scenarios: each arms, does one thing, disarms, and says how many allocations there were ------ */

static size_t parse_chain(void)
{
    mtlsauth_chain *chain = NULL;
    size_t count;

    arm();
    last_code =
        mtlsauth_chain_parse(&chain, chain_pem.bytes, chain_pem.len, MTLSAUTH_FORMAT_PEM, NULL);
    count = disarm();
    EXPECT(last_code == MTLSAUTH_OK || is_failure(last_code));
    EXPECT((chain != NULL) == (last_code == MTLSAUTH_OK));
    EXPECT(chain == NULL || mtlsauth_chain_count(chain) == 2);
    mtlsauth_chain_free(chain);
    return count;
}

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

/* Envoy's header with a forged element in front, each certificate of which is read. */
static size_t parse_header(void)
{
    mtlsauth_chain *chain = NULL;
    size_t count;

    arm();
    last_code = mtlsauth_chain_parse(&chain, header.bytes, header.len, MTLSAUTH_FORMAT_XFCC, NULL);
    count = disarm();
    EXPECT(last_code == MTLSAUTH_OK || is_failure(last_code));
    EXPECT((chain != NULL) == (last_code == MTLSAUTH_OK));
    mtlsauth_chain_free(chain);
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

static size_t match(const struct file *key)
{
    mtlsauth_chain *chain = chain_of(&two_names);
    size_t count;
    int yes = 7;

    arm();
    last_code =
        mtlsauth_cert_matches_key(mtlsauth_chain_cert(chain, 0), key->bytes, key->len, &yes, NULL);
    count = disarm();
    EXPECT(last_code == MTLSAUTH_OK || is_failure(last_code));
    EXPECT(yes == (last_code == MTLSAUTH_OK));
    mtlsauth_chain_free(chain);
    return count;
}

static size_t match_private(void)
{
    return match(&private_key);
}

static size_t match_request(void)
{
    return match(&csr);
}

/* A delegated responder's "revoked": two signatures. Short of memory it is no statement at all. */
static size_t ask_ocsp(void)
{
    static struct der_build leaf_der, issuer_der, delegate, der;
    mtlsauth_cert *leaf = NULL, *issuer = NULL;
    mtlsauth_policy *policy = NULL;
    mtlsauth_ocsp_request *request = NULL;
    mtlsauth_ocsp_response *response = NULL;
    mtlsauth_ocsp_result *result = NULL;
    size_t count;
    int code;

    if (der.len == 0) {
        static const struct ob_single revoked = {.status = 1};

        leaf_der = ob_make_cert(&(struct ob_cert){.key = OB_LEAF});
        issuer_der = ob_make_cert(
            &(struct ob_cert){.subject = "issuer", .issuer = "issuer", .key = OB_ISSUER});
        delegate = ob_make_cert(&(struct ob_cert){.subject = "ocsp",
                                                  .key = OB_DELEGATE,
                                                  .eku = OB_EKU_OCSP,
                                                  .eku_len = sizeof OB_EKU_OCSP - 1,
                                                  .no_check = true});
        der = ob_make_response(&(struct ob_response){.singles = &revoked,
                                                     .single_count = 1,
                                                     .signer = OB_DELEGATE,
                                                     .responder = "OCSP",
                                                     .certs = {&delegate},
                                                     .cert_count = 1});
    }
    must(mtlsauth_cert_parse(&leaf, leaf_der.bytes, leaf_der.len));
    must(mtlsauth_cert_parse(&issuer, issuer_der.bytes, issuer_der.len));
    must(mtlsauth_policy_new(&policy, MTLSAUTH_PROFILE_API_GATEWAY));
    must(mtlsauth_policy_set_time(policy, OB_NOW));
    arm();
    code = mtlsauth_ocsp_request_new(&request, leaf, issuer, 0);
    if (code == MTLSAUTH_OK)
        code = mtlsauth_ocsp_request_add(request, leaf, issuer);
    if (code == MTLSAUTH_OK)
        code = mtlsauth_ocsp_response_parse(&response, der.bytes, der.len);
    if (code == MTLSAUTH_OK)
        code = mtlsauth_ocsp_check(response, request, leaf, issuer, policy, &result);
    count = disarm();
    EXPECT(code == MTLSAUTH_OK || code == MTLSAUTH_ERR_NOMEM || code == MTLSAUTH_ERR_CRYPTO);
    EXPECT((code == MTLSAUTH_OK) == (result != NULL));
    EXPECT(result == NULL || mtlsauth_ocsp_result_status(result) == MTLSAUTH_OCSP_REVOKED);
    mtlsauth_ocsp_result_free(result);
    mtlsauth_ocsp_response_free(response);
    mtlsauth_ocsp_request_free(request);
    mtlsauth_policy_free(policy);
    mtlsauth_cert_free(issuer);
    mtlsauth_cert_free(leaf);
    return count;
}

/* A fresh authorizer that asks for an OCSP answer about "leaf" of "issuer", and delegated answers. */
struct ocsp_case {
    struct der_build leaf, issuer, delegate, good, revoked;
    mtlsauth_truststore *truststore;
    mtlsauth_policy *policy;
    mtlsauth_chain *chain;
    mtlsauth_decision *decision;
    mtlsauth_authorizer *authorizer;
};

static struct der_build delegated_answer(const struct der_build *delegate, int status)
{
    const struct ob_single single = {.status = status};

    return ob_make_response(&(struct ob_response){.singles = &single,
                                                  .single_count = 1,
                                                  .signer = OB_DELEGATE,
                                                  .responder = "ocsp",
                                                  .certs = {delegate},
                                                  .cert_count = 1});
}

static struct ocsp_case *ocsp_case_begin(void)
{
    static struct ocsp_case it;
    const void *der;
    size_t len;

    if (it.truststore == NULL) {
        it.leaf = ob_make_cert(&(struct ob_cert){.key = OB_LEAF, .ocsp_url = true, .crl_url = true});
        it.issuer = ob_make_cert(&(struct ob_cert){
            .subject = "issuer", .issuer = "issuer", .key = OB_ISSUER, .ca = true});
        it.delegate = ob_make_cert(&(struct ob_cert){.subject = "ocsp",
                                                     .key = OB_DELEGATE,
                                                     .eku = OB_EKU_OCSP,
                                                     .eku_len = sizeof OB_EKU_OCSP - 1,
                                                     .no_check = true});
        it.good = delegated_answer(&it.delegate, 0);
        it.revoked = delegated_answer(&it.delegate, 1);
        must(mtlsauth_truststore_parse(&it.truststore, it.issuer.bytes, it.issuer.len, NULL));
        must(mtlsauth_policy_new(&it.policy, MTLSAUTH_PROFILE_API_GATEWAY));
        must(mtlsauth_policy_set_time(it.policy, OB_NOW));
        must(mtlsauth_policy_allow_any(it.policy, "any"));
        must(mtlsauth_policy_set_revocation(it.policy, MTLSAUTH_EVIDENCE_OCSP,
                                            MTLSAUTH_DEPTH_LEAF));
        der = it.leaf.bytes;
        len = it.leaf.len;
        must(mtlsauth_chain_from_der(&it.chain, &der, &len, 1));
    }
    must(mtlsauth_decision_new(&it.decision));
    must(mtlsauth_authorizer_new(&it.authorizer, it.truststore, it.policy));
    return &it;
}

static void ocsp_case_end(struct ocsp_case *it)
{
    mtlsauth_authorizer_free(it->authorizer);
    mtlsauth_decision_free(it->decision);
}

static void ocsp_case_drop(void)
{
    struct ocsp_case *it = ocsp_case_begin();

    ocsp_case_end(it);
    der_build_free(&it->leaf);
    der_build_free(&it->issuer);
    der_build_free(&it->delegate);
    der_build_free(&it->good);
    der_build_free(&it->revoked);
    mtlsauth_truststore_free(it->truststore);
    mtlsauth_policy_free(it->policy);
    mtlsauth_chain_free(it->chain);
}

/* A put that fails leaves what was there; one that holds is there for the next decision. */
static size_t put_ocsp(void)
{
    struct ocsp_case *it = ocsp_case_begin();
    size_t count;
    int code;

    must(mtlsauth_authorizer_put_ocsp_response(it->authorizer, it->good.bytes, it->good.len));
    arm();
    last_code = mtlsauth_authorizer_put_ocsp_response(it->authorizer, it->revoked.bytes,
                                                      it->revoked.len);
    count = disarm();
    EXPECT(last_code == MTLSAUTH_OK || is_failure(last_code));
    code = mtlsauth_authorize(it->authorizer, it->chain, NULL);
    EXPECT(code == (last_code == MTLSAUTH_OK ? MTLSAUTH_DENY_REVOKED : MTLSAUTH_OK));
    ocsp_case_end(it);
    return count;
}

/* Short of memory a good answer never becomes a missing one, nor a revoked one a good one. */
static size_t authorize_by_ocsp(bool revoked)
{
    struct ocsp_case *it = ocsp_case_begin();
    const struct der_build *der = revoked ? &it->revoked : &it->good;
    size_t count;

    must(mtlsauth_authorizer_put_ocsp_response(it->authorizer, der->bytes, der->len));
    arm();
    last_code = mtlsauth_authorize(it->authorizer, it->chain, it->decision);
    count = disarm();
    EXPECT(last_code == (revoked ? MTLSAUTH_DENY_REVOKED : MTLSAUTH_OK) ||
           last_code == MTLSAUTH_DENY_INTERNAL || is_failure(last_code));
    EXPECT((last_code == MTLSAUTH_OK) == (mtlsauth_decision_allowed(it->decision) == 1));
    ocsp_case_end(it);
    return count;
}

static size_t authorize_good_by_ocsp(void)
{
    return authorize_by_ocsp(false);
}

static size_t authorize_revoked_by_ocsp(void)
{
    return authorize_by_ocsp(true);
}

/* What to fetch: a request, or the word that memory ran out, and never "nothing". */
static size_t miss_ocsp(void)
{
    struct ocsp_case *it = ocsp_case_begin();
    const mtlsauth_ocsp_request *request = NULL;
    const char *url = NULL;
    size_t count;
    int code = MTLSAUTH_OK;

    arm();
    last_code = mtlsauth_authorize(it->authorizer, it->chain, it->decision);
    if (last_code == MTLSAUTH_DENY_REVOCATION_UNKNOWN) {
        code = mtlsauth_decision_ocsp_request(it->decision, &request, &url);
        (void)mtlsauth_decision_crl_url(it->decision, 0, 0);
    }
    count = disarm();
    EXPECT(last_code == MTLSAUTH_DENY_REVOCATION_UNKNOWN || last_code == MTLSAUTH_DENY_INTERNAL ||
           is_failure(last_code));
    EXPECT(code == MTLSAUTH_OK || is_failure(code));
    EXPECT(last_code != MTLSAUTH_DENY_REVOCATION_UNKNOWN ||
           (code == MTLSAUTH_OK) == (request != NULL && url != NULL));
    ocsp_case_end(it);
    return count;
}

static const struct {
    const char *name;
    size_t (*run)(void);
} scenarios[] = {
    {"parse chain", parse_chain},
    {"parse header", parse_header},
    {"lint", lint},
    {"match private key", match_private},
    {"match request", match_request},
    {"load truststore", load_truststore},
    {"make policy", make_policy},
    {"make authorizer", make_authorizer},
    {"authorize, good", authorize_good},
    {"authorize, intermediate in the truststore", authorize_by_store},
    {"authorize, expired", authorize_expired},
    {"authorize, forged", authorize_forged},
    {"authorize, self-signed", authorize_self_signed},
    {"authorize text", authorize_text},
    {"authorize again", authorize_again},
    {"set policy", set_policy},
    {"ask and check OCSP", ask_ocsp},
    {"put an OCSP response", put_ocsp},
    {"authorize, good by OCSP", authorize_good_by_ocsp},
    {"authorize, revoked by OCSP", authorize_revoked_by_ocsp},
    {"authorize, OCSP missing", miss_ocsp},
};

int main(int argc, char **argv)
{
    size_t points = 0;

    if (argc != 2 || (strcmp(argv[1], "own") != 0 && strcmp(argv[1], "libcrypto") != 0)) {
        fprintf(stderr, "usage: alloc own|libcrypto\n");
        return 2;
    }
    of_libcrypto = strcmp(argv[1], "libcrypto") == 0;
    if (of_libcrypto && CRYPTO_set_mem_functions(crypto_malloc, crypto_realloc, crypto_free) != 1) {
        fprintf(stderr, "libcrypto has allocated before it was asked\n");
        return 2;
    }
    read_file(&root, "root.pem");
    read_file(&chain_pem, "chain.pem");
    read_file(&expired, "expired.pem");
    read_file(&clone_client, "clone-client.pem");
    read_file(&self_signed, "self-signed.pem");
    read_file(&bundle, "bundle.pem");
    read_file(&header, "header.xfcc-forged");
    read_file(&path_bundle, "long-chain.pem");
    read_file(&two_names, "two-names.pem");
    read_file(&private_key, "two-names.sec1.key");
    read_file(&csr, "two-names.csr");
    for (size_t i = 0; i < sizeof scenarios / sizeof scenarios[0]; i++) {
        size_t count;

        scenario = scenarios[i].name;
        at = 0;
        for_good = 0;
        (void)scenarios[i].run(); /* libcrypto makes some things once */
        count = scenarios[i].run();
        if (count == 0 && !of_libcrypto)
            EXPECT(count > 0);
        for (at = 1; at <= count + 1; at++) {
            for (for_good = 0; for_good <= 1; for_good++) {
                (void)scenarios[i].run();
                points++;
            }
        }
        printf("%s: %zu allocations\n", scenario, count);
    }
    if (ERR_peek_error() != 0) {
        fprintf(stderr, "the error queue of libcrypto is not as it was\n");
        wrong++;
    }
    ocsp_case_drop();
    free(root.bytes);
    free(chain_pem.bytes);
    free(expired.bytes);
    free(clone_client.bytes);
    free(self_signed.bytes);
    free(bundle.bytes);
    free(header.bytes);
    free(path_bundle.bytes);
    free(two_names.bytes);
    free(private_key.bytes);
    free(csr.bytes);
    printf("%zu points, %lu wrong\n", points, wrong);
    return wrong == 0 && points > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
