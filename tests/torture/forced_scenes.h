/* SPDX-License-Identifier: MIT */
#ifndef TESTS_TORTURE_FORCED_SCENES_H
#define TESTS_TORTURE_FORCED_SCENES_H

/*
 * What a service does with the library, from the octets of truststore, chain and evidence on: a
 * scene is a client who is let in, or one who is not.
 */

#include "folder.h"
#include "forced_data.h"

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
    bool by_file, is_warm, is_strict;
    int64_t now; /* 0: OB_NOW */
};

static struct text good_index, bad_index, other_index, torn_index;
static char scenes_folder[FOLDER_ROOM];

static const char index_key[] = "0123456789abcdef0123456789abcdef";

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
    int code = mtlsauth_policy_new(&policy, scene->is_strict ? MTLSAUTH_PROFILE_STRICT
                                                             : MTLSAUTH_PROFILE_API_GATEWAY);

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
    char path[FOLDER_ROOM + 16];

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
    char path[FOLDER_ROOM + 16];

    if (scene->list != NULL && !scene->by_file) {
        crl = list_of_scene(scene, store, policy);
        if (crl != NULL)
            (void)!mtlsauth_authorizer_put_crl(authorizer, crl);
        mtlsauth_crl_free(crl);
    }
    if (scene->list != NULL && scene->by_file) {
        snprintf(path, sizeof path, "%s/list.crl", scenes_folder);
        (void)!mtlsauth_authorizer_add_crl_file(authorizer, path, NULL);
    }
    if (scene->response != NULL)
        (void)!mtlsauth_authorizer_put_ocsp_response(authorizer, scene->response->ptr,
                                                     scene->response->len);
}

static void write_scene_file(const struct text *list)
{
    char path[FOLDER_ROOM + 16];
    FILE *file;

    snprintf(path, sizeof path, "%s/list.crl", scenes_folder);
    file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(list->ptr, 1, list->len, file), list->len);
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
        write_scene_file(scene->list);
    if (policy == NULL ||
        mtlsauth_truststore_parse(&store, scene->store->ptr, scene->store->len, NULL) != 0 ||
        mtlsauth_authorizer_new(&authorizer, store, policy) != 0 ||
        mtlsauth_decision_new(&decision) != 0 ||
        mtlsauth_chain_parse(&chain, scene->chain->ptr, scene->chain->len, MTLSAUTH_FORMAT_PEM,
                             NULL) != 0)
        goto out;
    give_evidence(authorizer, scene, store, policy);
    code = mtlsauth_authorize(authorizer, chain, decision);
    if (scene->is_warm && code == MTLSAUTH_OK)
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
    char path[FOLDER_ROOM + 16];

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

/* The list in use has the client; nothing that comes after it takes him off. */
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

/* The list that is in use is replaced by another: a refresh that says OK has it in use. */
static bool refresh_scene(const struct scene *scene)
{
    mtlsauth_truststore *store = NULL;
    mtlsauth_policy *policy = policy_of(scene);
    mtlsauth_authorizer *authorizer = NULL;
    mtlsauth_chain *chain = NULL;
    bool allowed = false;
    char path[FOLDER_ROOM + 16];

    snprintf(path, sizeof path, "%s/list.crl", scenes_folder);
    write_scene_file(&of[OF_EC].older_list);
    if (policy != NULL &&
        mtlsauth_truststore_parse(&store, scene->store->ptr, scene->store->len, NULL) == 0 &&
        mtlsauth_authorizer_new(&authorizer, store, policy) == 0 &&
        mtlsauth_chain_parse(&chain, scene->chain->ptr, scene->chain->len, MTLSAUTH_FORMAT_PEM,
                             NULL) == 0 &&
        mtlsauth_authorizer_add_crl_file(authorizer, path, NULL) == 0) {
        write_scene_file(scene->list);
        allowed = mtlsauth_authorizer_refresh(authorizer, NULL, NULL) == 0 &&
                  mtlsauth_authorize(authorizer, chain, NULL) == MTLSAUTH_OK;
    }
    mtlsauth_chain_free(chain);
    mtlsauth_authorizer_free(authorizer);
    mtlsauth_policy_free(policy);
    mtlsauth_truststore_free(store);
    return allowed;
}

#define PATHS(name, kind)                                                                          \
    {name ": path", client, false, &of[kind].root, &of[kind].chain, .rule = NULL},                 \
        {name ": leaf of another key", client,      true, &of[kind].root,                          \
         &of[kind].forged_chain,       .rule = NULL},                                              \
        {name ": CA of another key", client,      true, &of[kind].root,                            \
         &of[kind].forged_ca,        .rule = NULL},                                                \
        {name ": root of another key",                                                             \
         client,                                                                                   \
         true,                                                                                     \
         &of[kind].clone,                                                                          \
         &of[kind].chain,                                                                          \
         .rule = NULL},                                                                            \
        {name ": list",                                                                            \
         client,                                                                                   \
         false,                                                                                    \
         &of[kind].root,                                                                           \
         &of[kind].leaf,                                                                           \
         .list = &of[kind].good_list,                                                              \
         .list_issuer = &of[kind].root},                                                           \
        {name ": list, revoked",                                                                   \
         client,                                                                                   \
         true,                                                                                     \
         &of[kind].root,                                                                           \
         &of[kind].leaf,                                                                           \
         .list = &of[kind].bad_list,                                                               \
         .list_issuer = &of[kind].root},                                                           \
    {                                                                                              \
        name ": list of another key", client, true, &of[kind].root, &of[kind].leaf,                \
            .list = &of[kind].forged_list, .list_issuer = &of[kind].root                           \
    }

#define OF_FILES(name, refused, chain_of)                                                          \
    {                                                                                              \
        name, client, refused, &files.root, &files.chain_of, .rule = NULL                          \
    }

static const struct scene scenes[] = {
    PATHS("ECDSA", OF_EC),
    PATHS("RSA", OF_RSA),
    PATHS("RSA-PSS", OF_PSS),
    PATHS("Ed25519", OF_ED25519),
    PATHS("Ed448", OF_ED448),
    {"MD5", client, true, &hashed[WITH_MD5].root, &hashed[WITH_MD5].leaf, .rule = NULL},
    {"SHA-224", client, true, &hashed[WITH_SHA224].root, &hashed[WITH_SHA224].leaf, .rule = NULL},
    {"SHA-384", client, false, &hashed[WITH_SHA384].root, &hashed[WITH_SHA384].leaf, .rule = NULL},
    {"SHA-512", client, false, &hashed[WITH_SHA512].root, &hashed[WITH_SHA512].leaf, .rule = NULL},
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
    {"policies skipped", client, false, &skipped.root, &skipped.chain, .rule = NULL},
    {"malformed policies skipped", client, true, &skipped.root, &skipped.bad_chain, .rule = NULL},
    {"refused by libcrypto", client, true, &of[OF_EC].root, &of[OF_EC].chain, .is_strict = true},
    {"identity", client, false, &files.root, &files.chain, .rule = "dns:client.example.com"},
    {"another identity", client, true, &files.root, &files.chain, .rule = "dns:other.example.com"},
    {"seen before", client, false, &of[OF_EC].root, &of[OF_EC].leaf, .list = &of[OF_EC].good_list,
     .list_issuer = &of[OF_EC].root, .is_warm = true},
    {"seen before, revoked", client, true, &of[OF_EC].root, &of[OF_EC].leaf,
     .list = &of[OF_EC].bad_list, .list_issuer = &of[OF_EC].root, .is_warm = true},
    {"list by truststore", client, false, &of[OF_EC].root, &of[OF_EC].leaf,
     .list = &of[OF_EC].good_list},
    {"list by file", client, false, &of[OF_EC].root, &of[OF_EC].leaf, .list = &of[OF_EC].good_list,
     .by_file = true},
    {"list by file, revoked", client, true, &of[OF_EC].root, &of[OF_EC].leaf,
     .list = &of[OF_EC].bad_list, .by_file = true},
    {"list refreshed", refresh_scene, false, &of[OF_EC].root, &of[OF_EC].leaf,
     .list = &of[OF_EC].good_list},
    {"list refreshed, revoked", refresh_scene, true, &of[OF_EC].root, &of[OF_EC].leaf,
     .list = &of[OF_EC].bad_list},
    {"stale list", client, true, &of[OF_EC].root, &of[OF_EC].leaf, .list = &of[OF_EC].good_list,
     .now = CA_NOT_BEFORE + 367 * INT64_C(86400)},
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
    {"thumbprint", thumbprint_scene, false, &files.two_names, &files.two_names, .rule = NULL},
    {"another thumbprint", thumbprint_scene, true, &files.two_names, &files.chain, .rule = NULL},
    {.name = NULL},
};

static void scenes_begin(void)
{
    folder_make(scenes_folder);
    make_data();
    make_indexes();
}

#endif
