/* SPDX-License-Identifier: MIT */
/* OCSP: requests, responses, and decisions that ask for them. */
#include "alloc.h"

#include <dirent.h>
#include <unistd.h>
#include "folder.h"
#include "ocsp_build.h"

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
    if (result != NULL)
        expect_usual(0, said_by_result(result));
    mtlsauth_ocsp_result_free(result);
    mtlsauth_ocsp_response_free(response);
    mtlsauth_ocsp_request_free(request);
    mtlsauth_policy_free(policy);
    mtlsauth_cert_free(issuer);
    mtlsauth_cert_free(leaf);
    return count;
}

/* An authorizer that asks for an OCSP answer about "leaf" of "issuer", and delegated answers. */
struct ocsp_case {
    struct der_build leaf, issuer, delegate, good, revoked, on_hold;
    mtlsauth_truststore *truststore;
    mtlsauth_policy *policy;
    mtlsauth_chain *chain;
    mtlsauth_decision *decision;
    mtlsauth_authorizer *authorizer;
};

static struct der_build delegated_answer(const struct der_build *delegate, int status)
{
    /* The other one is in a hash that nobody knows, and is no file more to write. */
    const struct ob_single singles[] = {{.status = status}, {.hash = OB_ID_MD5}};

    return ob_make_response(&(struct ob_response){.singles = singles,
                                                  .single_count = 2,
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
        it.leaf =
            ob_make_cert(&(struct ob_cert){.key = OB_LEAF, .ocsp_url = true, .crl_url = true});
        it.issuer = ob_make_cert(&(struct ob_cert){
            .subject = "issuer", .issuer = "issuer", .key = OB_ISSUER, .ca = true});
        it.delegate = ob_make_cert(&(struct ob_cert){.subject = "ocsp",
                                                     .key = OB_DELEGATE,
                                                     .serial = "\x33",
                                                     .serial_len = 1,
                                                     .eku = OB_EKU_OCSP,
                                                     .eku_len = sizeof OB_EKU_OCSP - 1,
                                                     .no_check = true});
        it.good = delegated_answer(&it.delegate, 0);
        it.revoked = delegated_answer(&it.delegate, 1);
        it.on_hold = ob_make_response(&(struct ob_response){
            .singles = &(struct ob_single){.status = 1, .reason = "\x06"}, .single_count = 1});
        must(mtlsauth_truststore_parse(&it.truststore, it.issuer.bytes, it.issuer.len, NULL));
        must(mtlsauth_policy_new(&it.policy, MTLSAUTH_PROFILE_API_GATEWAY));
        must(mtlsauth_policy_set_time(it.policy, OB_NOW));
        must(mtlsauth_policy_allow_any(it.policy, "any"));
        must(
            mtlsauth_policy_set_revocation(it.policy, MTLSAUTH_EVIDENCE_OCSP, MTLSAUTH_DEPTH_LEAF));
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

/* A put that fails leaves what was there; one that holds is there for the next decision. */
static size_t put_ocsp(void)
{
    struct ocsp_case *it = ocsp_case_begin();
    size_t count;
    int code;

    must(mtlsauth_authorizer_put_ocsp_response(it->authorizer, it->good.bytes, it->good.len));
    arm();
    last_code =
        mtlsauth_authorizer_put_ocsp_response(it->authorizer, it->revoked.bytes, it->revoked.len);
    count = disarm();
    EXPECT(last_code == MTLSAUTH_OK || is_failure(last_code));
    code = mtlsauth_authorize(it->authorizer, it->chain, NULL);
    EXPECT(code == (last_code == MTLSAUTH_OK ? MTLSAUTH_DENY_REVOKED : MTLSAUTH_OK));
    ocsp_case_end(it);
    return count;
}

/* Short of memory a good answer never becomes a missing one, nor a revoked one a good one. The path
 * of who is good is known before: it is nearly all that libcrypto allocates for. */
static size_t authorize_by_ocsp(bool revoked)
{
    struct ocsp_case *it = ocsp_case_begin();
    const struct der_build *der = revoked ? &it->revoked : &it->good;
    size_t count;

    if (!revoked)
        EXPECT(mtlsauth_authorize(it->authorizer, it->chain, NULL) ==
               MTLSAUTH_DENY_REVOCATION_UNKNOWN);
    must(mtlsauth_authorizer_put_ocsp_response(it->authorizer, der->bytes, der->len));
    arm();
    last_code = mtlsauth_authorize(it->authorizer, it->chain, it->decision);
    count = disarm();
    EXPECT(last_code == (revoked ? MTLSAUTH_DENY_REVOKED : MTLSAUTH_OK) ||
           last_code == MTLSAUTH_DENY_INTERNAL || is_failure(last_code));
    EXPECT((last_code == MTLSAUTH_OK) == (mtlsauth_decision_allowed(it->decision) == 1));
    last_code = mtlsauth_authorize(it->authorizer, it->chain, it->decision);
    EXPECT(last_code == (revoked ? MTLSAUTH_DENY_REVOKED : MTLSAUTH_OK));
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

static void remove_folder(const char *path)
{
    DIR *folder = opendir(path);
    struct dirent *entry;

    ck_assert_ptr_nonnull(folder);
    while ((entry = readdir(folder)) != NULL)
        (void)!unlinkat(dirfd(folder), entry->d_name, 0);
    ck_assert_int_eq(closedir(folder), 0);
    ck_assert_msg(rmdir(path) == 0, "%s", path);
}

/* What is kept is written to a folder, of two signers, and read by another authorizer. */
static size_t save_and_load(void)
{
    struct ocsp_case *it = ocsp_case_begin();
    mtlsauth_authorizer *second;
    mtlsauth_report *report = NULL;
    char folder[FOLDER_ROOM];
    int code = MTLSAUTH_OK, answer;
    size_t count;

    folder_make(folder);
    must(mtlsauth_authorizer_new(&second, it->truststore, it->policy));
    must(mtlsauth_authorizer_put_ocsp_response(it->authorizer, it->revoked.bytes, it->revoked.len));
    must(mtlsauth_authorizer_put_ocsp_response(it->authorizer, it->on_hold.bytes, it->on_hold.len));
    arm();
    last_code = mtlsauth_authorizer_save_ocsp(it->authorizer, folder);
    if (last_code == MTLSAUTH_OK)
        code = mtlsauth_authorizer_load_ocsp(second, folder, &report);
    count = disarm();
    EXPECT(last_code == MTLSAUTH_OK || is_failure(last_code));
    EXPECT(code == MTLSAUTH_OK || is_failure(code));
    EXPECT(mtlsauth_authorize(it->authorizer, it->chain, NULL) == MTLSAUTH_DENY_REVOKED);
    answer = mtlsauth_authorize(second, it->chain, NULL);
    EXPECT(answer == MTLSAUTH_DENY_REVOKED || answer == MTLSAUTH_DENY_REVOCATION_UNKNOWN);
    EXPECT(last_code != MTLSAUTH_OK || code != MTLSAUTH_OK || answer == MTLSAUTH_DENY_REVOKED ||
           mtlsauth_report_count(report) > 0);
    mtlsauth_report_free(report);
    must(mtlsauth_authorizer_save_ocsp(it->authorizer, folder));
    must(mtlsauth_authorizer_load_ocsp(second, folder, NULL));
    EXPECT(mtlsauth_authorize(second, it->chain, NULL) == MTLSAUTH_DENY_REVOKED);
    mtlsauth_authorizer_free(second);
    remove_folder(folder);
    ocsp_case_end(it);
    return count;
}

const struct scenario alloc_ocsp[] = {
    {"ask and check OCSP", ask_ocsp},
    {"put an OCSP response", put_ocsp},
    {"authorize, good by OCSP", authorize_good_by_ocsp},
    {"authorize, revoked by OCSP", authorize_revoked_by_ocsp},
    {"authorize, OCSP missing", miss_ocsp},
    {"save and load OCSP", save_and_load},
    {NULL, NULL},
};

void alloc_ocsp_begin(void)
{
}

void alloc_ocsp_end(void)
{
    struct ocsp_case *it = ocsp_case_begin();

    ocsp_case_end(it);
    der_build_free(&it->leaf);
    der_build_free(&it->issuer);
    der_build_free(&it->delegate);
    der_build_free(&it->good);
    der_build_free(&it->revoked);
    der_build_free(&it->on_hold);
    mtlsauth_truststore_free(it->truststore);
    mtlsauth_policy_free(it->policy);
    mtlsauth_chain_free(it->chain);
}
