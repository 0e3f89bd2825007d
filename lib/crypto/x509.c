/* SPDX-License-Identifier: MIT */
#include "crypto/x509.h"

#include <mtlsauth/error.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include "crypto/known_answer.h"
#include "crypto/pkey.h"

static X509 *native(const struct x509 *x509)
{
    return (X509 *)(uintptr_t)x509;
}

static bool same_name(const X509_NAME *name, struct span der)
{
    const unsigned char *bytes = NULL;
    size_t len = 0;

    return name != NULL && X509_NAME_get0_der(name, &bytes, &len) == 1 && bytes != NULL &&
           span_equal(span_of(bytes, len), der);
}

/* Sign and magnitude, which is how libcrypto keeps an INTEGER, against two's complement. */
static bool same_serial(const ASN1_INTEGER *serial, struct span content)
{
    unsigned char *der = NULL;
    int len = serial == NULL ? 0 : i2d_ASN1_INTEGER(serial, &der);
    bool same = len > 0 && der != NULL && (size_t)len > content.len &&
                span_equal(span_of(der + ((size_t)len - content.len), content.len), content);

    OPENSSL_free(der);
    return same;
}

/* What the two readers of a certificate say must agree. */
static bool agrees(X509 *x509, const struct cert_view *view)
{
    int count = X509_get_ext_count(x509);

    return X509_get_version(x509) + 1 == (long)view->version && count >= 0 &&
           (size_t)count == view->extension_count &&
           same_name(X509_get_subject_name(x509), view->subject) &&
           same_name(X509_get_issuer_name(x509), view->issuer) &&
           same_serial(X509_get0_serialNumber(x509), view->serial);
}

/*
 * Are the policies of the certificate in order, taken for themselves? That fills the cache of them:
 * libcrypto 3.0 would do it in the first path in which the certificate stands below the anchor, and
 * let other threads see it half full.
 */
static enum crypto_verdict read_policies(X509 *x509)
{
    STACK_OF(X509) *twice = sk_X509_new_null();
    X509_POLICY_TREE *tree = NULL;
    int is_explicit, result = X509_PCY_TREE_INTERNAL;

    /* The last one counts as the anchor, whose policies are not looked at. */
    if (twice != NULL && sk_X509_push(twice, x509) > 0 && sk_X509_push(twice, x509) > 0 &&
        sk_X509_num(twice) == 2)
        result = X509_policy_check(&tree, &is_explicit, twice, NULL, 0);
    X509_policy_tree_free(tree);
    sk_X509_free(twice);
    switch (result) {
    case X509_PCY_TREE_VALID:
    case X509_PCY_TREE_FAILURE: /* one is required, and not there */
        return CRYPTO_YES;
    case X509_PCY_TREE_INVALID:
        return CRYPTO_NO;
    default:
        return CRYPTO_FAILED;
    }
}

/* Its key, and each of its extensions; false when there was no memory, too. */
static bool is_read(X509 *x509)
{
    bool complete = X509_check_purpose(x509, -1, 0) == 1;

    return X509_get0_pubkey(x509) != NULL && complete;
}

/* Fills the caches that libcrypto keeps inside of an object that looks const. CRYPTO_NO when one
 * stays empty, for good: an extension or the key is malformed, or there was no memory. Of policies
 * CRYPTO_FAILED says the latter: their cache would be filled later, when others see it. */
static enum crypto_verdict warm(X509 *x509, const struct cert_view *view)
{
    bool complete = is_read(x509);
    enum crypto_verdict policies = CRYPTO_YES;

    /* A path with too many is refused before libcrypto looks at them, which takes minutes; those of
     * one with constraints that leak are skipped. */
    if (!view->too_many_policies && !cert_view_leaks_constraints(view))
        policies = read_policies(x509);
    return policies == CRYPTO_YES && !complete ? CRYPTO_NO : policies;
}

static enum crypto_verdict decode(X509 **out, const struct cert_view *view,
                                  enum crypto_verdict *warmed)
{
    const unsigned char *at = view->whole.ptr;

    *warmed = CRYPTO_NO;
    *out = d2i_X509(NULL, &at, (long)view->whole.len);
    if (*out == NULL)
        return mtlsauth__crypto_refusal();
    if (at != view->whole.ptr + view->whole.len || !agrees(*out, view)) {
        X509_free(*out);
        *out = NULL;
        return mtlsauth__crypto_refusal();
    }
    *warmed = warm(*out, view);
    return CRYPTO_YES;
}

enum crypto_verdict mtlsauth__x509_new(struct x509 **out, const struct cert_view *view)
{
    const struct refused refused = {.type = view->key.type, .octets = view->whole.len};
    enum crypto_verdict verdict, warmed;
    X509 *x509;

    *out = NULL;
    if (view->whole.len > INT32_MAX || view->too_many_relative_names)
        return CRYPTO_NO;
    mtlsauth__errors_begin();
    verdict = decode(&x509, view, &warmed);
    if (verdict != CRYPTO_FAILED && warmed != CRYPTO_YES) {
        X509_free(x509);
        x509 = NULL;
        verdict = CRYPTO_FAILED;
        if (mtlsauth__crypto_again(&refused)) {
            verdict = decode(&x509, view, &warmed);
            if (mtlsauth__crypto_confirmed(warmed, &refused) == CRYPTO_FAILED)
                verdict = CRYPTO_FAILED;
        }
    }
    mtlsauth__errors_end();
    if (verdict != CRYPTO_YES) {
        X509_free(x509);
        x509 = NULL;
    }
    *out = (struct x509 *)(void *)x509;
    return verdict;
}

void mtlsauth__x509_free(struct x509 *x509)
{
    X509_free(native(x509));
}

struct x509 *mtlsauth__x509_ref(const struct x509 *x509)
{
    /* It fails only for a count that has overflowed. */
    if (x509 == NULL || X509_up_ref(native(x509)) != 1)
        return NULL;
    return (struct x509 *)(uintptr_t)x509;
}

const struct public_key *mtlsauth__x509_key(const struct x509 *x509)
{
    const struct public_key *key;

    mtlsauth__errors_begin();
    key = mtlsauth__public_key_of(X509_get0_pubkey(native(x509)));
    mtlsauth__errors_end();
    return key;
}

static int code_of(int error)
{
    switch (error) {
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_SUBJECT_ISSUER_MISMATCH:
    case X509_V_ERR_AKID_SKID_MISMATCH:
    case X509_V_ERR_AKID_ISSUER_SERIAL_MISMATCH:
        return MTLSAUTH_DENY_ISSUER_NOT_FOUND;
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        return MTLSAUTH_DENY_SELF_SIGNED;
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_UNTRUSTED:
        return MTLSAUTH_DENY_UNTRUSTED_ROOT;
    case X509_V_ERR_CERT_CHAIN_TOO_LONG:
        return MTLSAUTH_DENY_CHAIN_TOO_LONG;
    case X509_V_ERR_INVALID_CA:
    case X509_V_ERR_INVALID_NON_CA:
        return MTLSAUTH_DENY_NOT_A_CA;
    case X509_V_ERR_PATH_LENGTH_EXCEEDED:
    case X509_V_ERR_PROXY_PATH_LENGTH_EXCEEDED:
        return MTLSAUTH_DENY_PATH_LENGTH;
    case X509_V_ERR_KEYUSAGE_NO_CERTSIGN:
    case X509_V_ERR_KEYUSAGE_NO_DIGITAL_SIGNATURE:
        return MTLSAUTH_DENY_KEY_USAGE;
    case X509_V_ERR_INVALID_PURPOSE:
        return MTLSAUTH_DENY_EXTENDED_KEY_USAGE;
    case X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION:
    case X509_V_ERR_PROXY_CERTIFICATES_NOT_ALLOWED:
        return MTLSAUTH_DENY_CRITICAL_EXTENSION;
    case X509_V_ERR_INVALID_POLICY_EXTENSION:
    case X509_V_ERR_NO_EXPLICIT_POLICY:
        return MTLSAUTH_DENY_CERTIFICATE_POLICY;
    case X509_V_ERR_PERMITTED_VIOLATION:
    case X509_V_ERR_EXCLUDED_VIOLATION:
    case X509_V_ERR_SUBTREE_MINMAX:
    case X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE:
    case X509_V_ERR_UNSUPPORTED_CONSTRAINT_SYNTAX:
    case X509_V_ERR_UNSUPPORTED_NAME_SYNTAX:
        return MTLSAUTH_DENY_NAME_CONSTRAINTS;
    case X509_V_ERR_EE_KEY_TOO_SMALL:
    case X509_V_ERR_CA_KEY_TOO_SMALL:
    case X509_V_ERR_EC_KEY_EXPLICIT_PARAMS:
        return MTLSAUTH_DENY_WEAK_KEY;
    case X509_V_ERR_CA_MD_TOO_WEAK:
        return MTLSAUTH_DENY_WEAK_SIGNATURE;
    case X509_V_ERR_OUT_OF_MEM:
    case X509_V_ERR_UNSPECIFIED:
    case X509_V_ERR_INVALID_CALL:
    case X509_V_ERR_STORE_LOOKUP:
        return MTLSAUTH_DENY_INTERNAL;
    default:
        return MTLSAUTH_DENY_PROFILE;
    }
}

/* Signatures and validity are checked by the path search, each of them once. */
static int already_verified(X509_STORE_CTX *ctx)
{
    (void)ctx;
    return 1;
}

static bool add_policy(X509_VERIFY_PARAM *param, const char *oid)
{
    ASN1_OBJECT *object = OBJ_txt2obj(oid, 1);

    if (object == NULL)
        return false;
    /* Takes the object when it returns 1. */
    if (X509_VERIFY_PARAM_add0_policy(param, object) == 1)
        return true;
    ASN1_OBJECT_free(object);
    return false;
}

/*
 * Time is ours, and with NO_CHECK_TIME no clock has a say in which issuer libcrypto takes.
 * Certificate policies are processed unasked, as RFC 5280 6.1 has it: a CA may require them. An
 * explicit policy is only ever met with a policy set of its own, anyPolicy unless told otherwise.
 */
static bool set_inputs(X509_VERIFY_PARAM *param, const struct path_inputs *inputs)
{
    unsigned long flags = X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_NO_CHECK_TIME;

    /* Below a CA that has changed its key an anchor of the same name is not the leaf's issuer. */
    if (X509_VERIFY_PARAM_clear_flags(param, X509_V_FLAG_TRUSTED_FIRST) != 1)
        return false;
    /* The common name is no host name: dNSName constraints do not concern it. */
    X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    if (inputs->strict)
        flags |= X509_V_FLAG_X509_STRICT;
    /* Each of the flags of policies turns the processing on. */
    if (inputs->leaks != NULL)
        return X509_VERIFY_PARAM_set_flags(param, flags) == 1;
    flags |= X509_V_FLAG_POLICY_CHECK;
    if (inputs->explicit_policy)
        flags |= X509_V_FLAG_EXPLICIT_POLICY;
    if (inputs->inhibit_mapping)
        flags |= X509_V_FLAG_INHIBIT_MAP;
    if (inputs->inhibit_any_policy)
        flags |= X509_V_FLAG_INHIBIT_ANY;
    if (X509_VERIFY_PARAM_set_flags(param, flags) != 1)
        return false;
    if (inputs->policy_count == 0)
        return add_policy(param, "2.5.29.32.0");
    for (size_t i = 0; i < inputs->policy_count; i++)
        if (!add_policy(param, inputs->policies[i].text))
            return false;
    return true;
}

static bool is_path(X509_STORE_CTX *ctx, const struct x509 *const path[], size_t count)
{
    STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(ctx);

    if (chain == NULL || sk_X509_num(chain) != (int)count)
        return false;
    for (size_t i = 0; i < count; i++) {
        X509 *x509 = sk_X509_value(chain, (int)i);

        if (x509 == NULL || X509_cmp(x509, native(path[i])) != 0)
            return false;
    }
    return true;
}

/* libcrypto passes over an extension that it cannot read, where it has no use for it. */
static bool are_read(const struct x509 *const path[], size_t count, size_t *depth)
{
    for (*depth = 0; *depth < count; ++*depth)
        if (!is_read(native(path[*depth])))
            return false;
    return true;
}

/* X509_verify_cert refuses a certificate whose policies are not in order, unless they are skipped.
 * The anchor's are not looked at. */
static enum crypto_verdict check_skipped(const struct x509 *const path[], size_t count,
                                         const struct path_inputs *inputs, size_t *depth)
{
    enum crypto_verdict verdict = CRYPTO_YES;

    for (*depth = 0; inputs->leaks != NULL && *depth + 1 < count; ++*depth) {
        if (!inputs->leaks[*depth])
            verdict = read_policies(native(path[*depth]));
        if (verdict != CRYPTO_YES)
            break;
    }
    return verdict;
}

/* libcrypto does not say which: of a valid key, a point of reasons alone is the likeliest. */
#define UNREAD                                                                                     \
    "OpenSSL cannot read its key or an extension of it, as a CRL distribution point without a name"

static struct path_refusal refusal_of(int error, size_t depth)
{
    return (struct path_refusal){code_of(error), depth, X509_verify_cert_error_string(error)};
}

/* libcrypto has taken the path. */
static enum crypto_verdict check_taken(X509_STORE_CTX *ctx, const struct x509 *const path[],
                                       size_t count, const struct path_inputs *inputs,
                                       struct path_refusal *refusal)
{
    enum crypto_verdict verdict;
    size_t at;

    if (!is_path(ctx, path, count)) {
        *refusal = (struct path_refusal){MTLSAUTH_DENY_ISSUER_NOT_FOUND, 0,
                                         "OpenSSL chose another path"};
        return CRYPTO_NO;
    }
    if (!are_read(path, count, &at)) {
        *refusal = (struct path_refusal){MTLSAUTH_DENY_MALFORMED, at, UNREAD};
        return CRYPTO_NO;
    }
    verdict = check_skipped(path, count, inputs, &at);
    if (verdict == CRYPTO_NO)
        *refusal = refusal_of(X509_V_ERR_INVALID_POLICY_EXTENSION, at);
    return verdict;
}

static enum crypto_verdict run(X509_STORE_CTX *ctx, const struct x509 *const path[], size_t count,
                               const struct path_inputs *inputs, struct path_refusal *refusal)
{
    size_t unread;
    int depth, error;

    if (X509_verify_cert(ctx) == 1)
        return check_taken(ctx, path, count, inputs, refusal);
    error = X509_STORE_CTX_get_error(ctx);
    /* What policies are missing is said of the path; where it has looked last means nothing. */
    depth = error == X509_V_ERR_NO_EXPLICIT_POLICY ? 0 : X509_STORE_CTX_get_error_depth(ctx);
    *refusal = refusal_of(error, depth < 0 ? 0 : (size_t)depth);
    /* It takes no path through what it cannot read, and says that an issuer is missing; of the
     * leaf's key it says nothing at all. */
    if ((refusal->code == MTLSAUTH_DENY_ISSUER_NOT_FOUND || error == X509_V_ERR_UNSPECIFIED) &&
        !are_read(path, count, &unread))
        *refusal = (struct path_refusal){MTLSAUTH_DENY_MALFORMED, unread, UNREAD};
    return refusal->code == MTLSAUTH_DENY_INTERNAL ? CRYPTO_FAILED : CRYPTO_NO;
}

static enum crypto_verdict check_path(const struct x509 *const path[], size_t count,
                                      const struct path_inputs *inputs,
                                      struct path_refusal *refusal)
{
    STACK_OF(X509) *anchors = sk_X509_new_null(), *untrusted = sk_X509_new_null();
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    X509_VERIFY_PARAM *param;
    enum crypto_verdict verdict = CRYPTO_FAILED;
    bool ok = anchors != NULL && untrusted != NULL && ctx != NULL &&
              sk_X509_push(anchors, native(path[count - 1])) > 0;

    for (size_t i = 1; ok && i + 1 < count; i++)
        ok = sk_X509_push(untrusted, native(path[i])) > 0;
    if (ok && X509_STORE_CTX_init(ctx, NULL, native(path[0]), untrusted) == 1) {
        X509_STORE_CTX_set0_trusted_stack(ctx, anchors);
        X509_STORE_CTX_set_verify(ctx, already_verified);
        X509_STORE_CTX_set_depth(ctx, (int)count);
        param = X509_STORE_CTX_get0_param(ctx);
        if (param != NULL && set_inputs(param, inputs))
            verdict = run(ctx, path, count, inputs, refusal);
    }
    X509_STORE_CTX_free(ctx);
    sk_X509_free(anchors);
    sk_X509_free(untrusted);
    return verdict;
}

enum crypto_verdict mtlsauth__x509_check_path(const struct x509 *const path[], size_t count,
                                              const struct path_inputs *inputs,
                                              struct path_refusal *refusal)
{
    /* No key has a part in it, and the tree of policies may have MTLSAUTH__MAX_POLICY_NODES. */
    const struct refused refused = {.octets = 4096};
    enum crypto_verdict verdict;
    struct path_refusal first;

    *refusal = (struct path_refusal){MTLSAUTH_DENY_INTERNAL, 0, "libcrypto failed"};
    if (count == 0 || count > INT16_MAX)
        return CRYPTO_FAILED;
    mtlsauth__errors_begin();
    verdict = check_path(path, count, inputs, refusal);
    if (verdict == CRYPTO_NO) {
        first = *refusal;
        verdict = CRYPTO_FAILED;
        if (mtlsauth__crypto_again(&refused))
            verdict =
                mtlsauth__crypto_confirmed(check_path(path, count, inputs, refusal), &refused);
        if (verdict == CRYPTO_NO && (first.code != refusal->code || first.depth != refusal->depth))
            verdict = CRYPTO_FAILED;
    }
    mtlsauth__errors_end();
    return verdict;
}
