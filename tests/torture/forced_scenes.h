/* SPDX-License-Identifier: MIT */
#ifndef TESTS_TORTURE_FORCED_SCENES_H
#define TESTS_TORTURE_FORCED_SCENES_H

/*
 * What a service does with the library, from the octets of truststore, chain and evidence on, with
 * signatures of every kind: a scene is a client who is let in, or one who is not.
 */

#include "unit.h"

#include <unistd.h>
#include <mtlsauth/mtlsauth.h>
#include "ocsp_build.h"
#include "support/crl_sign.h"

struct text {
    char *ptr;
    size_t len;
};

struct scene {
    const char *name;
    bool (*run)(const struct scene *scene); /* is somebody let in? */
    bool is_refused;
    const struct text *store, *chain; /* PEM */
    const char *rule;                 /* NULL: anybody of the truststore */
    const struct text *list;          /* DER; NULL: no evidence is asked for */
    const struct text *list_issuer;   /* PEM; NULL: it is looked for in the truststore */
    const struct text *response;      /* DER; NULL: none */
    const struct text *key;           /* what is compared with the leaf's key */
    bool by_file, is_warm;
    int64_t now; /* 0: OB_NOW */
};

enum kind { OF_EC, OF_RSA, OF_PSS, OF_ED25519, OF_ED448, KINDS };

/* A root, an intermediate below it, their clients, and lists of the root. */
static struct authority {
    EVP_PKEY *root_key, *ca_key, *stranger_key;
    struct text root, clone;          /* the clone is root in all but the key */
    struct text chain, forged_chain;  /* leaf and intermediate; forged: the leaf is the stranger's */
    struct text forged_ca;            /* the intermediate is the stranger's */
    struct text leaf, forged_leaf;    /* below the root */
    struct text good_list, bad_list, forged_list, delta; /* bad: the client is on it */
} of[KINDS];

static struct {
    struct text root, other, chain, expired, clone_client, self_signed, stranger, not_ca, critical,
        constraints, weak, usage, two_names, list, stale, wrong_key, rsa_chain;
    struct text pkcs8, sec1, csr, rsa_private, rsa_public;
} files;

static struct {
    struct text root, leaf, good, revoked, unknown, forged, delegated, no_eku, forged_delegate;
} ocsp;

static struct text good_index, bad_index, other_index, torn_index;
static char scenes_folder[64];
static EVP_PKEY *client_key;

static const char index_key[] = "0123456789abcdef0123456789abcdef";

/* --- What stands ready ---------------------------------------------------------------------------- */

static void text_free(struct text *text)
{
    free(text->ptr);
    *text = (struct text){NULL, 0};
}

static struct text text_of(const void *bytes, size_t len)
{
    struct text out = {malloc(len + 1), len};

    ck_assert_ptr_nonnull(out.ptr);
    memcpy(out.ptr, bytes, len);
    out.ptr[len] = '\0';
    return out;
}

static struct text text_of_file(const char *path)
{
    static char bytes[1 << 17];
    FILE *file = fopen(path, "rb");
    size_t len;

    ck_assert_msg(file != NULL, "%s", path);
    len = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    return text_of(bytes, len);
}

static struct text data(const char *name)
{
    char path[4096];

    snprintf(path, sizeof path, "%s/%s", getenv("MTLSAUTH_TEST_DATA"), name);
    return text_of_file(path);
}

static void add_pem(struct text *out, const char *label, const void *der, size_t len)
{
    unsigned char base64[8192];
    size_t room = out->len + sizeof base64 + 100;

    EVP_EncodeBlock(base64, der, (int)len);
    out->ptr = realloc(out->ptr, room);
    ck_assert_ptr_nonnull(out->ptr);
    out->len += (size_t)snprintf(out->ptr + out->len, room - out->len,
                                 "-----BEGIN %s-----\n%s\n-----END %s-----\n", label,
                                 (char *)base64, label);
}

static struct text pem_of_der(struct der_build der)
{
    struct text out = {NULL, 0};

    add_pem(&out, "CERTIFICATE", der.bytes, der.len);
    der_build_free(&der);
    return out;
}

static void sign_pss(X509 *cert, EVP_PKEY *key)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EVP_PKEY_CTX *pkey_ctx;

    ck_assert_int_eq(EVP_DigestSignInit(ctx, &pkey_ctx, EVP_sha256(), NULL, key), 1);
    ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_padding(pkey_ctx, RSA_PKCS1_PSS_PADDING), 1);
    ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_pss_saltlen(pkey_ctx, 32), 1);
    ck_assert_int_gt(X509_sign_ctx(cert, ctx), 0);
    EVP_MD_CTX_free(ctx);
}

static void add_cert(struct text *out, enum kind kind, const char *subject, EVP_PKEY *key,
                     const char *issuer, EVP_PKEY *issuer_key)
{
    bool is_ca = strcmp(subject, "client") != 0;
    struct ca_spec spec = {.subject = subject, .issuer = issuer, .key = key,
                           .issuer_key = issuer_key,
                           .serial = (const unsigned char *)"\x05", .serial_len = 1,
                           .constraints = is_ca ? "critical,CA:TRUE" : NULL,
                           .usage = is_ca ? "keyCertSign,cRLSign" : NULL};
    X509 *cert = ca_x509(&spec);
    unsigned char *der = NULL;
    int len;

    if (kind == OF_PSS)
        sign_pss(cert, issuer_key);
    len = i2d_X509(cert, &der);
    ck_assert_int_gt(len, 0);
    add_pem(out, "CERTIFICATE", der, (size_t)len);
    OPENSSL_free(der);
    X509_free(cert);
}

#define SHA256_TEXT "30 { 06 { 60 86 48 01 65 03 04 02 01 } 05 00 }"
#define CRL_PSS                                                                                    \
    "30 { 06 { 2a 86 48 86 f7 0d 01 01 0a } 30 { a0 { " SHA256_TEXT                                \
    " } a1 { 30 { 06 { 2a 86 48 86 f7 0d 01 01 08 } " SHA256_TEXT " } } a2 { 02 { 20 } } } }"
#define DELTA_OF_7                                                                                 \
    CRL_EXTENSION("55 1d 14", "02 { 08 }") CRL_CRITICAL("55 1d 1b", "02 { 07 }")

static struct text list_of(enum kind kind, EVP_PKEY *key, const char *revoked,
                           const char *extensions)
{
    static const char *const algorithms[KINDS] = {CRL_ECDSA, CRL_RSA, CRL_PSS, CRL_ED25519,
                                                  "30 { 06 { 2b 65 71 } }"};
    struct crl_text parts = {.algorithm = algorithms[kind], .revoked = revoked,
                             .extensions = extensions};
    struct crl_how how = {.md = ca_md(key), .mgf = kind == OF_PSS ? EVP_sha256() : NULL,
                          .salt = 32};
    struct der_text der = crl_signed_how(&parts, key, &how);
    struct text out = text_of(der.ptr, der.len);

    free(der.ptr);
    return out;
}

static void make_authority(enum kind kind)
{
    static const char *const types[KINDS] = {"EC", "RSA", "RSA", "ED25519", "ED448"};
    struct authority *it = &of[kind];

    it->root_key = ca_key(types[kind]);
    it->ca_key = ca_key(types[kind]);
    it->stranger_key = ca_key(types[kind]);
    add_cert(&it->root, kind, "Root", it->root_key, "Root", it->root_key);
    add_cert(&it->clone, kind, "Root", it->stranger_key, "Root", it->stranger_key);
    add_cert(&it->chain, kind, "client", client_key, "CA", it->ca_key);
    add_cert(&it->chain, kind, "CA", it->ca_key, "Root", it->root_key);
    add_cert(&it->forged_chain, kind, "client", client_key, "CA", it->stranger_key);
    add_cert(&it->forged_chain, kind, "CA", it->ca_key, "Root", it->root_key);
    add_cert(&it->forged_ca, kind, "client", client_key, "CA", it->ca_key);
    add_cert(&it->forged_ca, kind, "CA", it->ca_key, "Root", it->stranger_key);
    add_cert(&it->leaf, kind, "client", client_key, "Root", it->root_key);
    add_cert(&it->forged_leaf, kind, "client", client_key, "Root", it->stranger_key);
    it->good_list = list_of(kind, it->root_key, CRL_ENTRY("06"), NULL);
    it->bad_list = list_of(kind, it->root_key, CRL_ENTRY("05"), NULL);
    it->forged_list = list_of(kind, it->stranger_key, CRL_ENTRY("06"), NULL);
    it->delta = list_of(kind, it->root_key, CRL_ENTRY("05"), DELTA_OF_7);
}

static struct text response_of(int status, enum ob_key signer, const char *responder,
                               const struct der_build *delegate)
{
    const struct ob_single single = {.status = status};
    struct der_build der = ob_make_response(&(struct ob_response){
        .singles = &single, .single_count = 1, .signer = signer, .responder = responder,
        .certs = {delegate}, .cert_count = delegate != NULL});
    struct text out = text_of(der.bytes, der.len);

    der_build_free(&der);
    return out;
}

static struct der_build delegate_of(const char *eku, enum ob_key signer)
{
    return ob_make_cert(&(struct ob_cert){.subject = "ocsp", .key = OB_DELEGATE, .signer = signer,
                                          .eku = eku, .eku_len = 12, .no_check = true});
}

static void make_ocsp(void)
{
    struct der_build good = delegate_of(OB_EKU_OCSP, OB_ISSUER);
    struct der_build no_eku = delegate_of(OB_EKU_CLIENT, OB_ISSUER);
    struct der_build forged = delegate_of(OB_EKU_OCSP, OB_OTHER_CA);

    ocsp.root = pem_of_der(ob_make_cert(&(struct ob_cert){
        .subject = "issuer", .issuer = "issuer", .key = OB_ISSUER, .ca = true}));
    ocsp.leaf = pem_of_der(ob_make_cert(&(struct ob_cert){.key = OB_LEAF, .ocsp_url = true}));
    ocsp.good = response_of(0, OB_ISSUER, "issuer", NULL);
    ocsp.revoked = response_of(1, OB_ISSUER, "issuer", NULL);
    ocsp.unknown = response_of(2, OB_ISSUER, "issuer", NULL);
    ocsp.forged = response_of(0, OB_OTHER_CA, "issuer", NULL);
    ocsp.delegated = response_of(0, OB_DELEGATE, "ocsp", &good);
    ocsp.no_eku = response_of(0, OB_DELEGATE, "ocsp", &no_eku);
    ocsp.forged_delegate = response_of(0, OB_DELEGATE, "ocsp", &forged);
    der_build_free(&good);
    der_build_free(&no_eku);
    der_build_free(&forged);
}

/* PKCS #1. */
static void make_public_key(void)
{
    BIO *in = BIO_new_mem_buf(files.rsa_private.ptr, (int)files.rsa_private.len);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(in, NULL, NULL, NULL);
    unsigned char *der = NULL;
    int len = i2d_PublicKey(key, &der);

    ck_assert_int_gt(len, 0);
    add_pem(&files.rsa_public, "RSA PUBLIC KEY", der, (size_t)len);
    OPENSSL_free(der);
    EVP_PKEY_free(key);
    BIO_free(in);
}

static void read_files(void)
{
    const struct {
        struct text *file;
        const char *name;
    } all[] = {
        {&files.root, "root.pem"},
        {&files.other, "other-root.pem"},
        {&files.chain, "chain.pem"},
        {&files.expired, "expired.pem"},
        {&files.clone_client, "clone-client.pem"},
        {&files.self_signed, "self-signed.pem"},
        {&files.stranger, "other-ca-client.pem"},
        {&files.not_ca, "leaf-issued-by-leaf.pem"},
        {&files.critical, "critical-unknown.pem"},
        {&files.constraints, "nc-chain.pem"},
        {&files.weak, "sha1.pem"},
        {&files.usage, "ku-chain.pem"},
        {&files.two_names, "two-names.pem"},
        {&files.rsa_chain, "rsa2048.pem"},
        {&files.list, "root-der.crl"},
        {&files.stale, "stale.crl"},
        {&files.pkcs8, "two-names.key"},
        {&files.sec1, "two-names.sec1.key"},
        {&files.csr, "two-names.csr"},
        {&files.rsa_private, "rsa2048.pkcs1.key"},
        {&files.wrong_key, "client.key"},
    };

    for (size_t i = 0; i < COUNT_OF(all); i++)
        *all[i].file = data(all[i].name);
    make_public_key();
}

static mtlsauth_cert *cert_of(const struct text *pem)
{
    mtlsauth_cert *cert = NULL;

    (void)!mtlsauth_cert_parse(&cert, pem->ptr, pem->len);
    return cert;
}

static mtlsauth_policy *policy_of(const struct scene *scene)
{
    int evidence = scene->response != NULL ? MTLSAUTH_EVIDENCE_OCSP
                   : scene->list != NULL   ? MTLSAUTH_EVIDENCE_CRL
                                           : MTLSAUTH_EVIDENCE_OFF;
    mtlsauth_policy *policy = NULL;
    int code = mtlsauth_policy_new(&policy, MTLSAUTH_PROFILE_API_GATEWAY);

    if (code == MTLSAUTH_OK)
        code = mtlsauth_policy_set_time(policy, scene->now == 0 ? OB_NOW : scene->now);
    if (code == MTLSAUTH_OK)
        code = mtlsauth_policy_set_revocation(policy, evidence, MTLSAUTH_DEPTH_LEAF);
    if (code == MTLSAUTH_OK)
        code = scene->rule == NULL ? mtlsauth_policy_allow_any(policy, "any")
                                   : mtlsauth_policy_allow(policy, "rule", &scene->rule, 1);
    if (code == MTLSAUTH_OK)
        return policy;
    mtlsauth_policy_free(policy);
    return NULL;
}

static struct text index_of(const struct text *list, const void *key, size_t key_len)
{
    struct scene scene = {.list = list};
    mtlsauth_cert *issuer = cert_of(&of[OF_EC].root);
    mtlsauth_policy *policy = policy_of(&scene);
    mtlsauth_crl *crl = NULL;
    char path[96];

    snprintf(path, sizeof path, "%s/made.idx", scenes_folder);
    ck_assert_int_eq(mtlsauth_crl_load(&crl, list->ptr, list->len, issuer, policy, NULL), 0);
    ck_assert_int_eq(mtlsauth_crl_save(crl, path, key, key_len), 0);
    mtlsauth_crl_free(crl);
    mtlsauth_policy_free(policy);
    mtlsauth_cert_free(issuer);
    return text_of_file(path);
}

static void make_indexes(void)
{
    good_index = index_of(&of[OF_EC].good_list, index_key, 32);
    bad_index = index_of(&of[OF_EC].bad_list, index_key, 32);
    other_index = index_of(&of[OF_EC].good_list, index_key + 1, 31);
    /* The serial of the list's one entry becomes another. */
    torn_index = text_of(bad_index.ptr, bad_index.len);
    for (size_t i = 0; i < torn_index.len; i++)
        if (torn_index.ptr[i] == 5 && good_index.ptr[i] == 6)
            torn_index.ptr[i] = 6;
}

/* --- Scenes --------------------------------------------------------------------------------------- */

static mtlsauth_crl *list_of_scene(const struct scene *scene, const mtlsauth_truststore *store,
                                   const mtlsauth_policy *policy)
{
    mtlsauth_cert *issuer = scene->list_issuer == NULL ? NULL : cert_of(scene->list_issuer);
    const struct text *list = scene->list;
    mtlsauth_crl *crl = NULL;

    if (scene->list_issuer == NULL)
        (void)!mtlsauth_crl_load_from_truststore(&crl, list->ptr, list->len, store, policy, NULL);
    else if (issuer != NULL)
        (void)!mtlsauth_crl_load(&crl, list->ptr, list->len, issuer, policy, NULL);
    mtlsauth_cert_free(issuer);
    return crl;
}

/* A service that goes on whatever becomes of the evidence: the policy asks for it all the same. */
static void give_evidence(mtlsauth_authorizer *authorizer, const struct scene *scene,
                          const mtlsauth_truststore *store, const mtlsauth_policy *policy)
{
    mtlsauth_crl *crl = NULL;
    char path[96];

    if (scene->list != NULL && !scene->by_file) {
        crl = list_of_scene(scene, store, policy);
        if (crl != NULL)
            (void)!mtlsauth_authorizer_put_crl(authorizer, crl);
        mtlsauth_crl_free(crl);
    }
    if (scene->list != NULL && scene->by_file) {
        snprintf(path, sizeof path, "%s/list.crl", scenes_folder);
        (void)!mtlsauth_authorizer_add_crl_file(authorizer, path, NULL);
        (void)!mtlsauth_authorizer_refresh(authorizer, NULL, NULL);
    }
    if (scene->response != NULL)
        (void)!mtlsauth_authorizer_put_ocsp_response(authorizer, scene->response->ptr,
                                                     scene->response->len);
}

static void write_scene_file(const struct scene *scene)
{
    char path[96];
    FILE *file;

    snprintf(path, sizeof path, "%s/list.crl", scenes_folder);
    file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(scene->list->ptr, 1, scene->list->len, file), scene->list->len);
    ck_assert_int_eq(fclose(file), 0);
}

/* Truststore, policy, authorizer, evidence, chain, decision. */
static bool client(const struct scene *scene)
{
    mtlsauth_truststore *store = NULL;
    mtlsauth_policy *policy = policy_of(scene);
    mtlsauth_authorizer *authorizer = NULL;
    mtlsauth_decision *decision = NULL;
    mtlsauth_chain *chain = NULL;
    bool allowed = false;
    int code;

    if (scene->by_file)
        write_scene_file(scene);
    if (policy == NULL ||
        mtlsauth_truststore_parse(&store, scene->store->ptr, scene->store->len, NULL) != 0 ||
        mtlsauth_authorizer_new(&authorizer, store, policy) != 0 ||
        mtlsauth_decision_new(&decision) != 0 ||
        mtlsauth_chain_parse(&chain, scene->chain->ptr, scene->chain->len, MTLSAUTH_FORMAT_PEM,
                             NULL) != 0)
        goto out;
    give_evidence(authorizer, scene, store, policy);
    code = mtlsauth_authorize(authorizer, chain, decision);
    if (scene->is_warm)
        code = mtlsauth_authorize(authorizer, chain, decision);
    allowed = mtlsauth_decision_allowed(decision) == 1;
    ck_assert_msg(allowed == (code == MTLSAUTH_OK), "%s: %s", scene->name,
                  mtlsauth_code_name(code));
    ck_assert_int_eq(mtlsauth_decision_code(decision), code);
out:
    mtlsauth_chain_free(chain);
    mtlsauth_decision_free(decision);
    mtlsauth_authorizer_free(authorizer);
    mtlsauth_policy_free(policy);
    mtlsauth_truststore_free(store);
    return allowed;
}

/* A list that was saved with a key: the client is on it, or not, or it does not count. */
static bool index_scene(const struct scene *scene)
{
    mtlsauth_crl *crl = NULL;
    mtlsauth_cert *cert = cert_of(scene->chain), *issuer = cert_of(scene->store);
    mtlsauth_policy *policy = policy_of(scene);
    int status = MTLSAUTH_CRL_STATUS_UNKNOWN, code = MTLSAUTH_ERR_ARGUMENT;

    if (cert != NULL && issuer != NULL && policy != NULL &&
        mtlsauth_crl_open(&crl, scene->list->ptr, scene->list->len, index_key, 32) == 0)
        code = mtlsauth_crl_check(crl, cert, issuer, policy, &status, NULL, NULL);
    mtlsauth_crl_free(crl);
    mtlsauth_policy_free(policy);
    mtlsauth_cert_free(cert);
    mtlsauth_cert_free(issuer);
    return code == MTLSAUTH_OK && status == MTLSAUTH_CRL_STATUS_GOOD;
}

/* A list is saved and opened again. */
static bool save_scene(const struct scene *scene)
{
    struct scene with = *scene;
    mtlsauth_cert *issuer = cert_of(scene->store);
    mtlsauth_policy *policy = policy_of(scene);
    mtlsauth_crl *crl = NULL;
    bool is_saved = false;
    char path[96];

    snprintf(path, sizeof path, "%s/scene.idx", scenes_folder);
    (void)!unlink(path);
    if (issuer != NULL && policy != NULL &&
        mtlsauth_crl_load(&crl, scene->list->ptr, scene->list->len, issuer, policy, NULL) == 0)
        is_saved = mtlsauth_crl_save(crl, path, index_key, 32) == MTLSAUTH_OK;
    mtlsauth_crl_free(crl);
    mtlsauth_policy_free(policy);
    mtlsauth_cert_free(issuer);
    if (is_saved) {
        struct text index = text_of_file(path);

        with.list = &index;
        is_saved = index_scene(&with);
        text_free(&index);
    }
    return is_saved;
}

/* A request with a nonce, and an answer that does not repeat it counts as policies have it. */
static bool ask_scene(const struct scene *scene)
{
    mtlsauth_ocsp_request *request = NULL;
    mtlsauth_ocsp_response *response = NULL;
    mtlsauth_ocsp_result *result = NULL;
    mtlsauth_cert *leaf = cert_of(scene->chain), *issuer = cert_of(scene->store);
    mtlsauth_policy *policy = policy_of(scene);
    bool is_good = false;
    size_t len;

    if (leaf != NULL && issuer != NULL && policy != NULL &&
        mtlsauth_ocsp_request_new(&request, leaf, issuer, MTLSAUTH_OCSP_NONCE) == 0 &&
        mtlsauth_ocsp_request_nonce(request, &len) != NULL &&
        mtlsauth_ocsp_response_parse(&response, scene->response->ptr, scene->response->len) == 0 &&
        mtlsauth_ocsp_check(response, NULL, leaf, issuer, policy, &result) == 0)
        is_good = mtlsauth_ocsp_result_status(result) == MTLSAUTH_OCSP_GOOD;
    mtlsauth_ocsp_result_free(result);
    mtlsauth_ocsp_response_free(response);
    mtlsauth_ocsp_request_free(request);
    mtlsauth_policy_free(policy);
    mtlsauth_cert_free(leaf);
    mtlsauth_cert_free(issuer);
    return is_good;
}

static bool key_scene(const struct scene *scene)
{
    mtlsauth_cert *cert = cert_of(scene->chain);
    int yes = 0, code = MTLSAUTH_ERR_ARGUMENT;

    if (cert != NULL)
        code = mtlsauth_cert_matches_key(cert, scene->key->ptr, scene->key->len, &yes, NULL);
    mtlsauth_cert_free(cert);
    return code == MTLSAUTH_OK && yes;
}

/* RFC 8705 3.1: is a token bound to this certificate? */
static bool thumbprint_scene(const struct scene *scene)
{
    mtlsauth_cert *cert = cert_of(scene->chain), *bound = cert_of(scene->store);
    char print[64] = "";
    bool yes = false;

    if (cert != NULL && bound != NULL) {
        snprintf(print, sizeof print, "%s", mtlsauth_cert_thumbprint(bound));
        yes = mtlsauth_cert_thumbprint_equal(cert, print) == 1;
    }
    mtlsauth_cert_free(bound);
    mtlsauth_cert_free(cert);
    return yes;
}

/* A service that has a list in use is given a newer one, on which the client stands. */
static bool newer_list(const struct scene *scene)
{
    struct scene first = *scene;
    mtlsauth_truststore *store = NULL;
    mtlsauth_policy *policy = policy_of(scene);
    mtlsauth_authorizer *authorizer = NULL;
    mtlsauth_chain *chain = NULL;
    bool allowed = false;

    if (policy == NULL ||
        mtlsauth_truststore_parse(&store, scene->store->ptr, scene->store->len, NULL) != 0 ||
        mtlsauth_authorizer_new(&authorizer, store, policy) != 0 ||
        mtlsauth_chain_parse(&chain, scene->chain->ptr, scene->chain->len, MTLSAUTH_FORMAT_PEM,
                             NULL) != 0)
        goto out;
    first.list = &of[OF_EC].bad_list;
    give_evidence(authorizer, &first, store, policy);
    give_evidence(authorizer, scene, store, policy);
    allowed = mtlsauth_authorize(authorizer, chain, NULL) == MTLSAUTH_OK;
out:
    mtlsauth_chain_free(chain);
    mtlsauth_authorizer_free(authorizer);
    mtlsauth_policy_free(policy);
    mtlsauth_truststore_free(store);
    return allowed;
}

#define PATHS(name, kind)                                                                          \
    {name ": path", client, false, &of[kind].root, &of[kind].chain, .rule = NULL},                 \
    {name ": leaf of another key", client, true, &of[kind].root, &of[kind].forged_chain,           \
     .rule = NULL},                                                                                \
    {name ": CA of another key", client, true, &of[kind].root, &of[kind].forged_ca,                \
     .rule = NULL},                                                                                \
    {name ": root of another key", client, true, &of[kind].clone, &of[kind].chain,                 \
     .rule = NULL},                                                                                \
    {name ": list", client, false, &of[kind].root, &of[kind].leaf, .list = &of[kind].good_list,    \
     .list_issuer = &of[kind].root},                                                               \
    {name ": list, revoked", client, true, &of[kind].root, &of[kind].leaf,                         \
     .list = &of[kind].bad_list, .list_issuer = &of[kind].root},                                   \
    {name ": list of another key", client, true, &of[kind].root, &of[kind].leaf,                   \
     .list = &of[kind].forged_list, .list_issuer = &of[kind].root}

#define OF_FILES(name, refused, chain_of)                                                          \
    {name, client, refused, &files.root, &files.chain_of, .rule = NULL}

static const struct scene scenes[] = {
    PATHS("ECDSA", OF_EC),
    PATHS("RSA", OF_RSA),
    PATHS("RSA-PSS", OF_PSS),
    PATHS("Ed25519", OF_ED25519),
    PATHS("Ed448", OF_ED448),
    OF_FILES("a chain of files", false, chain),
    OF_FILES("expired", true, expired),
    OF_FILES("signed by a clone", true, clone_client),
    OF_FILES("self-signed", true, self_signed),
    OF_FILES("of another CA", true, stranger),
    OF_FILES("issued by a leaf", true, not_ca),
    OF_FILES("unknown critical extension", true, critical),
    OF_FILES("outside of name constraints", true, constraints),
    OF_FILES("signed with SHA-1", true, weak),
    OF_FILES("CA without keyCertSign", true, usage),
    {"identity", client, false, &files.root, &files.chain, .rule = "dns:client.example.com"},
    {"another identity", client, true, &files.root, &files.chain, .rule = "dns:other.example.com"},
    {"seen before", client, false, &of[OF_EC].root, &of[OF_EC].leaf,
     .list = &of[OF_EC].good_list, .list_issuer = &of[OF_EC].root, .is_warm = true},
    {"seen before, revoked", client, true, &of[OF_EC].root, &of[OF_EC].leaf,
     .list = &of[OF_EC].bad_list, .list_issuer = &of[OF_EC].root, .is_warm = true},
    {"list by truststore", client, false, &of[OF_EC].root, &of[OF_EC].leaf,
     .list = &of[OF_EC].good_list},
    {"list by file", client, false, &of[OF_EC].root, &of[OF_EC].leaf,
     .list = &of[OF_EC].good_list, .by_file = true},
    {"list by file, revoked", client, true, &of[OF_EC].root, &of[OF_EC].leaf,
     .list = &of[OF_EC].bad_list, .by_file = true},
    {"stale list", client, true, &of[OF_EC].root, &of[OF_EC].leaf,
     .list = &of[OF_EC].good_list, .now = CA_NOT_BEFORE + 367 * INT64_C(86400)},
    {"a delta after a list", newer_list, true, &of[OF_EC].root, &of[OF_EC].leaf,
     .list = &of[OF_EC].delta},
    {"a forged list after a list", newer_list, true, &of[OF_EC].root, &of[OF_EC].leaf,
     .list = &of[OF_EC].forged_list},
    {"index", index_scene, false, &of[OF_EC].root, &of[OF_EC].leaf, .list = &good_index},
    {"index, revoked", index_scene, true, &of[OF_EC].root, &of[OF_EC].leaf, .list = &bad_index},
    {"index of another key", index_scene, true, &of[OF_EC].root, &of[OF_EC].leaf,
     .list = &other_index},
    {"altered index", index_scene, true, &of[OF_EC].root, &of[OF_EC].leaf, .list = &torn_index},
    {"saved and opened", save_scene, false, &of[OF_EC].root, &of[OF_EC].leaf,
     .list = &of[OF_EC].good_list},
    {"saved and opened, revoked", save_scene, true, &of[OF_EC].root, &of[OF_EC].leaf,
     .list = &of[OF_EC].bad_list},
    {"OCSP", client, false, &ocsp.root, &ocsp.leaf, .response = &ocsp.good},
    {"OCSP, seen before", client, false, &ocsp.root, &ocsp.leaf, .response = &ocsp.good,
     .is_warm = true},
    {"OCSP, revoked", client, true, &ocsp.root, &ocsp.leaf, .response = &ocsp.revoked},
    {"OCSP, unknown", client, true, &ocsp.root, &ocsp.leaf, .response = &ocsp.unknown},
    {"OCSP of another key", client, true, &ocsp.root, &ocsp.leaf, .response = &ocsp.forged},
    {"OCSP, delegated", client, false, &ocsp.root, &ocsp.leaf, .response = &ocsp.delegated},
    {"OCSP, delegate without EKU", client, true, &ocsp.root, &ocsp.leaf, .response = &ocsp.no_eku},
    {"OCSP, forged delegate", client, true, &ocsp.root, &ocsp.leaf,
     .response = &ocsp.forged_delegate},
    {"OCSP asked", ask_scene, false, &ocsp.root, &ocsp.leaf, .response = &ocsp.good},
    {"OCSP asked, revoked", ask_scene, true, &ocsp.root, &ocsp.leaf, .response = &ocsp.revoked},
    {"private key", key_scene, false, .chain = &files.two_names, .key = &files.pkcs8},
    {"EC private key", key_scene, false, .chain = &files.two_names, .key = &files.sec1},
    {"request", key_scene, false, .chain = &files.two_names, .key = &files.csr},
    {"RSA private key", key_scene, false, .chain = &files.rsa_chain, .key = &files.rsa_private},
    {"RSA public key", key_scene, false, .chain = &files.rsa_chain, .key = &files.rsa_public},
    {"another private key", key_scene, true, .chain = &files.two_names, .key = &files.wrong_key},
    {"private key of another type", key_scene, true, .chain = &files.two_names,
     .key = &files.rsa_private},
    {"thumbprint", thumbprint_scene, false, &files.two_names, &files.two_names,
     .rule = NULL},
    {"another thumbprint", thumbprint_scene, true, &files.two_names, &files.chain,
     .rule = NULL},
    {.name = NULL},
};

static void scenes_begin(void)
{
    snprintf(scenes_folder, sizeof scenes_folder, "/tmp/mtlsauth-forced-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(scenes_folder));
    client_key = ca_key("EC");
    for (int kind = 0; kind < KINDS; kind++)
        make_authority((enum kind)kind);
    make_ocsp();
    read_files();
    make_indexes();
}

static void scenes_end(void)
{
    char command[96];

    snprintf(command, sizeof command, "rm -rf %s", scenes_folder);
    ck_assert_int_eq(system(command), 0);
}

#endif
