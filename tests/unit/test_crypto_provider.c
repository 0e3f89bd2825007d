/* SPDX-License-Identifier: MIT */
/*
 * A libcrypto whose provider lacks something, as the FIPS provider without the base provider lacks
 * decoders: test_crypto_provider decoders|keys|signatures. Nothing of what it refuses then is said
 * to be the client's fault, or a CA's. It is one program for each: libcrypto keeps what it has found.
 */
#include "data.h"

#include <openssl/core_dispatch.h>
#include <openssl/provider.h>

static OSSL_PROVIDER *whole;
static int lacking;

static const OSSL_ALGORITHM *query(void *context, int operation, int *no_cache)
{
    (void)context;
    return operation == lacking ? NULL : OSSL_PROVIDER_query_operation(whole, operation, no_cache);
}

static void teardown(void *context)
{
    (void)context;
}

static int begin(const OSSL_CORE_HANDLE *handle, const OSSL_DISPATCH *in, const OSSL_DISPATCH **out,
                 void **context)
{
    static const OSSL_DISPATCH functions[] = {
        {OSSL_FUNC_PROVIDER_TEARDOWN, (void (*)(void))teardown},
        {OSSL_FUNC_PROVIDER_QUERY_OPERATION, (void (*)(void))query},
        {0, NULL},
    };

    (void)handle;
    (void)in;
    *out = functions;
    *context = OSSL_PROVIDER_get0_provider_ctx(whole);
    return 1;
}

/* The only one that is loaded, from here on. */
static void load_part(OSSL_PROVIDER **part, OSSL_LIB_CTX **context)
{
    *context = OSSL_LIB_CTX_new();
    whole = OSSL_PROVIDER_load(*context, "default");
    ck_assert_ptr_nonnull(whole);
    ck_assert_int_eq(OSSL_PROVIDER_add_builtin(NULL, "part", begin), 1);
    *part = OSSL_PROVIDER_load(NULL, "part");
    ck_assert_ptr_nonnull(*part);
}

static mtlsauth_policy *policy_of_now(void)
{
    mtlsauth_policy *policy;

    ASSERT_OK("policy", mtlsauth_policy_new(&policy, MTLSAUTH_PROFILE_API_GATEWAY));
    ASSERT_OK("policy", mtlsauth_policy_set_time(policy, DATA_NOW));
    ASSERT_OK("policy", mtlsauth_policy_allow_any(policy, "any"));
    ASSERT_OK("policy",
              mtlsauth_policy_set_revocation(policy, MTLSAUTH_EVIDENCE_OFF, MTLSAUTH_DEPTH_LEAF));
    return policy;
}

static void decide(mtlsauth_truststore *truststore, mtlsauth_policy *policy)
{
    mtlsauth_chain *chain = data_chain("chain.pem");
    mtlsauth_authorizer *authorizer;

    ASSERT_OK("authorizer", mtlsauth_authorizer_new(&authorizer, truststore, policy));
    for (int i = 0; i < 2; i++)
        ASSERT_CODE("decision", mtlsauth_authorize(authorizer, chain, NULL),
                    MTLSAUTH_DENY_INTERNAL);
    mtlsauth_authorizer_free(authorizer);
    mtlsauth_chain_free(chain);
}

static void load_list(const mtlsauth_truststore *truststore, const mtlsauth_policy *policy)
{
    mtlsauth_crl *crl = NULL;
    char path[4096];

    data_path(path, "root.crl");
    ASSERT_CODE(
        "list",
        mtlsauth_crl_load_file(&crl, path, mtlsauth_truststore_cert(truststore, 0), policy, NULL),
        MTLSAUTH_ERR_CRYPTO);
    ck_assert_ptr_null(crl);
}

START_TEST(what_libcrypto_lacks_is_nobodys_fault)
{
    mtlsauth_truststore *truststore;
    mtlsauth_policy *policy = policy_of_now();
    mtlsauth_report *report = NULL;
    OSSL_LIB_CTX *context;
    OSSL_PROVIDER *part;

    load_part(&part, &context);
    truststore = data_truststore("root.pem");
    decide(truststore, policy);
    load_list(truststore, policy);
    ASSERT_CODE("lint",
                mtlsauth_truststore_lint(truststore, DATA_NOW, MTLSAUTH_PROFILE_STRICT, &report),
                MTLSAUTH_ERR_CRYPTO);
    ck_assert_ptr_null(report);
    mtlsauth_truststore_free(truststore);
    mtlsauth_policy_free(policy);
    OSSL_PROVIDER_unload(part);
    OSSL_PROVIDER_unload(whole);
    OSSL_LIB_CTX_free(context);
}
END_TEST

int main(int argc, char *argv[])
{
    static const struct {
        const char *name;
        int operation;
    } rows[] = {
        {"decoders", OSSL_OP_DECODER},
        {"keys", OSSL_OP_KEYMGMT},
        {"signatures", OSSL_OP_SIGNATURE},
    };
    const TTest *const tests[] = {what_libcrypto_lacks_is_nobodys_fault, NULL};

    for (size_t i = 0; argc == 2 && i < COUNT_OF(rows); i++)
        if (strcmp(argv[1], rows[i].name) == 0)
            lacking = rows[i].operation;
    if (lacking == 0)
        return 2;
    return unit_run("crypto/provider", tests);
}
