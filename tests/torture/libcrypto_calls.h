/* SPDX-License-Identifier: MIT */
/*
 * Every function of libcrypto that lib/crypto calls, and what forced.c makes it return. The test
 * libcrypto_calls.py compares this list with what the library imports: a new function needs a row.
 *
 * CALL(kind, type, name, parameters, arguments), of the kinds
 *   STATUS   1 means that all is well (or a number above 0, or a length): 0, -1, 2 are forced
 *   POINTER  NULL is forced
 *   GETTER   has no effect, and any number can be right: 0, -1, 2 are forced where they are wrong
 *   SAME     0 means that two things are the same: 1, -1, 2 are forced
 *   ASIDE    0, -1, 2 or NULL are forced, and no allow hangs on it, as the row says: one that was
 *            earned may come out all the same
 * NOT_FORCED(name): it returns nothing, or a text.
 */
NOT_FORCED(ASN1_OBJECT_free)
NOT_FORCED(CRYPTO_free)
NOT_FORCED(ERR_new)
NOT_FORCED(ERR_set_error)
NOT_FORCED(EVP_MD_CTX_free)
NOT_FORCED(EVP_PKEY_CTX_free)
NOT_FORCED(EVP_PKEY_free)
NOT_FORCED(OPENSSL_cleanse)
NOT_FORCED(OPENSSL_sk_free)
NOT_FORCED(OpenSSL_version)
NOT_FORCED(PKCS8_PRIV_KEY_INFO_free)
NOT_FORCED(X509_STORE_CTX_free)
NOT_FORCED(X509_STORE_CTX_set0_trusted_stack)
NOT_FORCED(X509_STORE_CTX_set_depth)
NOT_FORCED(X509_STORE_CTX_set_verify)
NOT_FORCED(X509_VERIFY_PARAM_set_hostflags)
NOT_FORCED(X509_free)
NOT_FORCED(X509_policy_tree_free)

/* The queue of errors: it tells a refusal from a failure, and neither is an allow. */
CALL(ASIDE, int, ERR_set_mark, (void), ())
CALL(ASIDE, int, ERR_pop_to_mark, (void), ())
CALL(ASIDE, unsigned long, ERR_peek_last_error, (void), ())
/* The probes for memory after a refusal. */
CALL(POINTER, void *, CRYPTO_malloc, (size_t size, const char *file, int line), (size, file, line))

CALL(SAME, int, CRYPTO_memcmp, (const void *a, const void *b, size_t len), (a, b, len))
CALL(STATUS, int, RAND_bytes, (unsigned char *out, int len), (out, len))

CALL(POINTER, const EVP_MD *, EVP_md5, (void), ())
CALL(POINTER, const EVP_MD *, EVP_sha1, (void), ())
CALL(POINTER, const EVP_MD *, EVP_sha224, (void), ())
CALL(POINTER, const EVP_MD *, EVP_sha256, (void), ())
CALL(POINTER, const EVP_MD *, EVP_sha384, (void), ())
CALL(POINTER, const EVP_MD *, EVP_sha512, (void), ())
CALL(STATUS, int, EVP_Digest,
     (const void *data, size_t count, unsigned char *md, unsigned *size, const EVP_MD *type,
      ENGINE *engine),
     (data, count, md, size, type, engine))
CALL(POINTER, EVP_MD_CTX *, EVP_MD_CTX_new, (void), ())
CALL(STATUS, int, EVP_DigestInit_ex, (EVP_MD_CTX *ctx, const EVP_MD *type, ENGINE *engine),
     (ctx, type, engine))
CALL(STATUS, int, EVP_DigestUpdate, (EVP_MD_CTX *ctx, const void *data, size_t count),
     (ctx, data, count))
CALL(STATUS, int, EVP_DigestFinal_ex, (EVP_MD_CTX *ctx, unsigned char *md, unsigned *size),
     (ctx, md, size))
CALL(POINTER, unsigned char *, HMAC,
     (const EVP_MD *type, const void *key, int key_len, const unsigned char *data, size_t len,
      unsigned char *md, unsigned *md_len),
     (type, key, key_len, data, len, md, md_len))

CALL(STATUS, int, EVP_DigestVerifyInit,
     (EVP_MD_CTX *ctx, EVP_PKEY_CTX **pkey_ctx, const EVP_MD *type, ENGINE *engine, EVP_PKEY *pkey),
     (ctx, pkey_ctx, type, engine, pkey))
CALL(STATUS, int, EVP_DigestVerify,
     (EVP_MD_CTX *ctx, const unsigned char *signature, size_t len, const unsigned char *data,
      size_t count),
     (ctx, signature, len, data, count))
CALL(POINTER, EVP_PKEY_CTX *, EVP_PKEY_CTX_new_from_pkey,
     (OSSL_LIB_CTX *libctx, EVP_PKEY *pkey, const char *query), (libctx, pkey, query))
CALL(STATUS, int, EVP_PKEY_CTX_set_rsa_padding, (EVP_PKEY_CTX *ctx, int mode), (ctx, mode))
CALL(STATUS, int, EVP_PKEY_CTX_set_rsa_mgf1_md, (EVP_PKEY_CTX *ctx, const EVP_MD *md), (ctx, md))
CALL(STATUS, int, EVP_PKEY_CTX_set_rsa_pss_saltlen, (EVP_PKEY_CTX *ctx, int len), (ctx, len))
CALL(STATUS, int, EVP_PKEY_CTX_set_signature_md, (EVP_PKEY_CTX *ctx, const EVP_MD *md), (ctx, md))
CALL(STATUS, int, EVP_PKEY_verify_init, (EVP_PKEY_CTX *ctx), (ctx))
CALL(STATUS, int, EVP_PKEY_verify,
     (EVP_PKEY_CTX *ctx, const unsigned char *signature, size_t len, const unsigned char *digest,
      size_t count),
     (ctx, signature, len, digest, count))

CALL(POINTER, EVP_PKEY *, d2i_PUBKEY, (EVP_PKEY **out, const unsigned char **at, long len),
     (out, at, len))
CALL(POINTER, EVP_PKEY *, d2i_PublicKey,
     (int type, EVP_PKEY **out, const unsigned char **at, long len), (type, out, at, len))
CALL(POINTER, EVP_PKEY *, d2i_PrivateKey,
     (int type, EVP_PKEY **out, const unsigned char **at, long len), (type, out, at, len))
CALL(POINTER, PKCS8_PRIV_KEY_INFO *, d2i_PKCS8_PRIV_KEY_INFO,
     (PKCS8_PRIV_KEY_INFO **out, const unsigned char **at, long len), (out, at, len))
CALL(POINTER, EVP_PKEY *, EVP_PKCS82PKEY, (const PKCS8_PRIV_KEY_INFO *info), (info))
CALL(STATUS, int, EVP_PKEY_eq, (const EVP_PKEY *a, const EVP_PKEY *b), (a, b))
CALL(GETTER, int, EVP_PKEY_get_base_id, (const EVP_PKEY *pkey), (pkey))
/* It keeps out keys that are too costly: one that is taken for smaller is compared as it is. */
CALL(ASIDE, int, EVP_PKEY_get_bits, (const EVP_PKEY *pkey), (pkey))

CALL(POINTER, X509 *, d2i_X509, (X509 **out, const unsigned char **at, long len), (out, at, len))
/* A cache asks for the reference: what it cannot keep is decoded again. */
CALL(ASIDE, int, X509_up_ref, (X509 *x509), (x509))
CALL(STATUS, int, X509_check_purpose, (X509 *x509, int id, int ca), (x509, id, ca))
/* Called to fill a cache, by each of two attempts, and for what X509_verify_cert is not asked. */
CALL(ASIDE, int, X509_policy_check,
     (X509_POLICY_TREE **tree, int *is_explicit, STACK_OF(X509) *certs,
      STACK_OF(ASN1_OBJECT) *policies, unsigned flags),
     (tree, is_explicit, certs, policies, flags))
CALL(POINTER, EVP_PKEY *, X509_get0_pubkey, (const X509 *x509), (x509))
CALL(GETTER, long, X509_get_version, (const X509 *x509), (x509))
CALL(GETTER, int, X509_get_ext_count, (const X509 *x509), (x509))
CALL(POINTER, X509_NAME *, X509_get_subject_name, (const X509 *x509), (x509))
CALL(POINTER, X509_NAME *, X509_get_issuer_name, (const X509 *x509), (x509))
CALL(STATUS, int, X509_NAME_get0_der,
     (const X509_NAME *name, const unsigned char **der, size_t *len), (name, der, len))
CALL(POINTER, const ASN1_INTEGER *, X509_get0_serialNumber, (const X509 *x509), (x509))
CALL(STATUS, int, i2d_ASN1_INTEGER, (const ASN1_INTEGER *number, unsigned char **out),
     (number, out))
CALL(SAME, int, X509_cmp, (const X509 *a, const X509 *b), (a, b))

CALL(POINTER, OPENSSL_STACK *, OPENSSL_sk_new_null, (void), ())
CALL(STATUS, int, OPENSSL_sk_push, (OPENSSL_STACK *stack, const void *item), (stack, item))
CALL(GETTER, int, OPENSSL_sk_num, (const OPENSSL_STACK *stack), (stack))
CALL(POINTER, void *, OPENSSL_sk_value, (const OPENSSL_STACK *stack, int i), (stack, i))
CALL(POINTER, ASN1_OBJECT *, OBJ_txt2obj, (const char *text, int no_name), (text, no_name))
CALL(POINTER, X509_STORE_CTX *, X509_STORE_CTX_new, (void), ())
CALL(STATUS, int, X509_STORE_CTX_init,
     (X509_STORE_CTX *ctx, X509_STORE *store, X509 *leaf, STACK_OF(X509) *untrusted),
     (ctx, store, leaf, untrusted))
CALL(POINTER, X509_VERIFY_PARAM *, X509_STORE_CTX_get0_param, (const X509_STORE_CTX *ctx), (ctx))
CALL(STATUS, int, X509_VERIFY_PARAM_clear_flags, (X509_VERIFY_PARAM *param, unsigned long flags),
     (param, flags))
CALL(STATUS, int, X509_VERIFY_PARAM_set_flags, (X509_VERIFY_PARAM *param, unsigned long flags),
     (param, flags))
CALL(STATUS, int, X509_VERIFY_PARAM_add0_policy, (X509_VERIFY_PARAM *param, ASN1_OBJECT *policy),
     (param, policy))
CALL(STATUS, int, X509_verify_cert, (X509_STORE_CTX *ctx), (ctx))
CALL(POINTER, STACK_OF(X509) *, X509_STORE_CTX_get0_chain, (const X509_STORE_CTX *ctx), (ctx))
CALL(GETTER, int, X509_STORE_CTX_get_error, (const X509_STORE_CTX *ctx), (ctx))
CALL(GETTER, int, X509_STORE_CTX_get_error_depth, (const X509_STORE_CTX *ctx), (ctx))
CALL(POINTER, const char *, X509_verify_cert_error_string, (long error), (error))
