/* SPDX-License-Identifier: MIT */
/*
 * A path that this library accepts and libcrypto, asked in the plain way about the same
 * certificates, refuses, is a bug of one of the two: the program ends. So it does when the answer
 * depends on the order of the certificates, on what was remembered, or on the time within the one
 * for which the path holds.
 */
#include <openssl/bio.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <mtlsauth/mtlsauth.h>
#include "path_case.h"
#include "trust/path.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { NOW = 1767225600 };

static X509 *x509_of(const mtlsauth_cert *cert)
{
    size_t len;
    const unsigned char *der = mtlsauth_cert_der(cert, &len);
    X509 *x509 = d2i_X509(NULL, &der, (long)len);

    require(x509 != NULL);
    return x509;
}

/* What the certificates of an input are asked for. */
struct question {
    const struct input *input;
    mtlsauth_cert *certs[MAX_CERTS];
    mtlsauth_truststore *truststore;
    struct path_params params;
};

/*
 * Does libcrypto look at extendedKeyUsage as we do? It does not take any for clientAuth in a CA,
 * where RFC 5280 4.2.1.12 does.
 */
static bool has_purpose(const struct question *question, const struct verified_path *path)
{
    for (size_t i = 1; i < path->count; i++)
        for (size_t k = 0; k < question->input->count; k++) {
            const struct made *made = &question->input->certs[k];

            if (mtlsauth__cert_same(path->certs[i], question->certs[k]) && made->usages.len > 0 &&
                !made->for_clients)
                return false;
        }
    return true;
}

/* Of LeakSanitizer, where there is one. */
void __lsan_disable(void) __attribute__((weak)); /* NOLINT(bugprone-reserved-identifier) */
void __lsan_enable(void) __attribute__((weak));  /* NOLINT(bugprone-reserved-identifier) */

/* Until June 2026 (3.0.20) libcrypto leaks policyConstraints without certificatePolicies. */
static int verify(X509_STORE_CTX *ctx)
{
    int result;

    if (__lsan_disable != NULL)
        __lsan_disable();
    result = X509_verify_cert(ctx);
    if (__lsan_enable != NULL)
        __lsan_enable();
    return result;
}

/*
 * Does libcrypto find this path? It takes whatever fits by name and key identifier for an issuer, a
 * trusted certificate first, and no other one when that has not signed.
 */
static bool is_found(const struct verified_path *path)
{
    X509 *x509s[MAX_CERTS];
    bool found = true;

    for (size_t i = 0; i < path->count; i++)
        x509s[i] = x509_of(path->certs[i]);
    for (size_t i = 0; i + 1 < path->count; i++)
        for (size_t k = 1; k < path->count; k++)
            found = found && (k == i + 1 || X509_check_issued(x509s[k], x509s[i]) != X509_V_OK);
    for (size_t i = 0; i < path->count; i++)
        X509_free(x509s[i]);
    return found;
}

/* As an application asks libcrypto: a store with the anchor, the others as they were sent. */
static void ask_libcrypto(const struct question *question, const struct verified_path *path)
{
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    STACK_OF(X509) *untrusted = sk_X509_new_null();
    X509 *leaf = x509_of(path->certs[0]), *anchor = x509_of(path->certs[path->count - 1]);
    unsigned long flags = X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_POLICY_CHECK;
    X509_VERIFY_PARAM *param;

    if (question->input->strict)
        flags |= X509_V_FLAG_X509_STRICT;
    require(store != NULL && ctx != NULL && untrusted != NULL &&
            X509_STORE_add_cert(store, anchor) == 1);
    for (size_t i = 1; i + 1 < path->count; i++)
        require(sk_X509_push(untrusted, x509_of(path->certs[i])) > 0);
    require(X509_STORE_CTX_init(ctx, store, leaf, untrusted) == 1);
    param = X509_STORE_CTX_get0_param(ctx);
    X509_VERIFY_PARAM_set_time(param, NOW);
    X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    require(X509_VERIFY_PARAM_set_flags(param, flags) == 1);
    if (has_purpose(question, path))
        require(X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_SSL_CLIENT) == 1);
    /* Without a policy that is asked for, what asks for an explicit one is never met. */
    require(X509_VERIFY_PARAM_add0_policy(param, OBJ_txt2obj("2.5.29.32.0", 1)) == 1);
    if (verify(ctx) != 1) {
        fprintf(stderr, "accepted, and libcrypto says at %d: %s\n",
                X509_STORE_CTX_get_error_depth(ctx),
                X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx)));
        abort();
    }
    sk_X509_pop_free(untrusted, X509_free);
    X509_free(leaf);
    X509_free(anchor);
    X509_STORE_CTX_free(ctx);
    X509_STORE_free(store);
}

/* The last certificate and those that say so, through PEM as every store comes. */
static mtlsauth_truststore *make_store(const struct question *question)
{
    mtlsauth_truststore *truststore = NULL;
    BIO *pem = BIO_new(BIO_s_mem());
    char *text = NULL;
    long len;

    require(pem != NULL);
    for (size_t i = 0; i < question->input->count; i++) {
        X509 *x509;

        if (!question->input->certs[i].trusted && i + 1 < question->input->count)
            continue;
        x509 = x509_of(question->certs[i]);
        require(PEM_write_bio_X509(pem, x509) == 1);
        X509_free(x509);
    }
    len = BIO_get_mem_data(pem, &text);
    require(len > 0 &&
            mtlsauth_truststore_parse(&truststore, text, (size_t)len, NULL) == MTLSAUTH_OK);
    BIO_free(pem);
    return truststore;
}

static int find(const struct question *question, mtlsauth_cert *const pool[], int64_t now,
                struct issuer_cache *known, struct verified_path *path, struct reason *reason)
{
    return mtlsauth__path_find(question->truststore, question->certs[0], pool,
                               question->input->count - 1, &question->params, now, known, path,
                               reason);
}

static bool is_same(const struct verified_path *a, const struct verified_path *b)
{
    for (size_t i = 0; i < a->count && a->count == b->count; i++)
        if (a->certs[i] != b->certs[i])
            return false;
    return a->count == b->count;
}

/* Other orders find another path perhaps, and give the same answer; but what costs too much ends a
 * search, whatever it would have come to next. */
static void ask_backwards(const struct question *question, int code, const struct reason *reason)
{
    mtlsauth_cert *pool[MAX_CERTS];
    size_t count = question->input->count - 1;
    struct verified_path path;
    struct reason other;
    int backwards;

    for (size_t i = 0; i < count; i++)
        pool[i] = question->certs[count - i];
    backwards = find(question, pool, NOW, NULL, &path, &other);
    require(backwards == code || backwards == MTLSAUTH_DENY_BUDGET);
    require(backwards != code || code == MTLSAUTH_OK ||
            strcmp(reason->message, other.message) == 0);
    mtlsauth__verified_path_clear(&path);
}

/* What is remembered saves work, and nothing else. */
static void ask_again(const struct question *question, int code, const struct verified_path *found)
{
    struct issuer_cache *known = mtlsauth__issuer_cache_new();
    struct verified_path path;
    struct reason reason;

    require(known != NULL);
    for (int i = 0; i < 2; i++) {
        require(find(question, question->certs + 1, NOW, known, &path, &reason) == code);
        require(is_same(&path, found));
        mtlsauth__verified_path_clear(&path);
    }
    mtlsauth__issuer_cache_free(known);
}

/* "A search at any of these times finds this very path." */
static void ask_at_other_times(const struct question *question, const struct verified_path *found)
{
    const int64_t times[] = {found->from, found->until};

    require(found->from <= NOW && NOW <= found->until);
    for (size_t i = 0; i < 2; i++) {
        struct verified_path path;
        struct reason reason;

        require(find(question, question->certs + 1, times[i], NULL, &path, &reason) == MTLSAUTH_OK);
        require(is_same(&path, found));
        mtlsauth__verified_path_clear(&path);
    }
}

static void compare(struct question *question)
{
    struct verified_path path;
    struct reason reason;
    int code;

    require(mtlsauth__path_params_of(&question->params, question->input->strict
                                                            ? MTLSAUTH_PROFILE_STRICT
                                                            : MTLSAUTH_PROFILE_API_GATEWAY));
    question->params.max_ca_certificates = MAX_CERTS;
    question->truststore = make_store(question);
    code = find(question, question->certs + 1, NOW, NULL, &path, &reason);
    if (code == MTLSAUTH_OK) {
        if (is_found(&path))
            ask_libcrypto(question, &path);
        ask_at_other_times(question, &path);
    } else {
        require(reason.message[0] != '\0');
    }
    if (code != MTLSAUTH_DENY_BUDGET) {
        ask_backwards(question, code, &reason);
        ask_again(question, code, &path);
    }
    mtlsauth__verified_path_clear(&path);
    mtlsauth_truststore_free(question->truststore);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct input input = {.count = 0};
    struct question question = {.input = &input};
    bool all = true;

    read_input(&input, span_of(data, len));
    for (size_t i = 0; i < input.count; i++) {
        question.certs[i] = make_cert(&input, i);
        all = all && question.certs[i] != NULL;
    }
    if (all && input.count >= 2)
        compare(&question);
    for (size_t i = 0; i < input.count; i++)
        mtlsauth_cert_free(question.certs[i]);
    drop_input(&input);
    return 0;
}
