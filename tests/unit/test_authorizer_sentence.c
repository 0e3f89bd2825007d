/* SPDX-License-Identifier: MIT */
/* Calls that succeed leave the sentence of the last failure alone, whatever they tried on the
 * way. */
#include "ocsp.h"
#include "support/reload.h"

#include "base/error.h"
#include "base/file.h"

/* The library calls this one, and the file that has the other is compiled with its name changed. */
#undef mtlsauth__file_each
int mtlsauth__file_each(const char *path, size_t piece, int (*each)(void *arg, struct span bytes),
                        void *arg);
int real_mtlsauth__file_each(const char *path, size_t piece,
                             int (*each)(void *arg, struct span bytes), void *arg);

static unsigned readings; /* until the one that finds half of a file; 0: none does */
static struct der_text whole;

/* A list is read twice, once for its digest. */
int mtlsauth__file_each(const char *path, size_t piece, int (*each)(void *arg, struct span bytes),
                        void *arg)
{
    bool half = readings > 0 && --readings == 0;
    int code;

    if (half)
        write_in_place("ca.crl", whole.ptr, whole.len / 2);
    code = real_mtlsauth__file_each(path, piece, each, arg);
    if (half)
        write_in_place("ca.crl", whole.ptr, whole.len);
    return code;
}

/* The failure whose sentence has to be there afterwards. */
static void fail_before(void)
{
    ck_assert_int_eq(mtlsauth_authorizer_put_crl(NULL, NULL), MTLSAUTH_ERR_ARGUMENT);
    ck_assert_int_eq(strncmp(mtlsauth_last_error(), "put_crl: ", 9), 0);
}

static const char *state_folder(void)
{
    ck_assert_int_eq(mkdir(in_folder("state"), 0700), 0);
    return in_folder("state");
}

static mtlsauth_crl *load_list(void)
{
    struct der_text list = reload_list(false, 1, REVOKED5, 0);
    mtlsauth_crl *crl;

    ASSERT_CALL(mtlsauth_crl_load(&crl, list.ptr, list.len, root, policy, NULL));
    free(list.ptr);
    return crl;
}

static int set_state_dir(void)
{
    const char *folder = state_folder();

    fail_before();
    return mtlsauth_authorizer_set_state_dir(authorizer, folder);
}

/* A file of floors that is not there knows nothing. */
static int put_crl(void)
{
    mtlsauth_crl *crl = load_list();
    int code;

    ASSERT_CALL(mtlsauth_authorizer_set_state_dir(authorizer, state_folder()));
    ck_assert_int_eq(unlink(in_folder("state/crl-floors")), 0);
    fail_before();
    code = mtlsauth_authorizer_put_crl(authorizer, crl);
    mtlsauth_crl_free(crl);
    return code;
}

static int accept_rollback(void)
{
    const char *folder = state_folder();
    mtlsauth_crl *crl = load_list();
    int code;

    fail_before();
    code = mtlsauth_state_accept_rollback(folder, crl);
    mtlsauth_crl_free(crl);
    return code;
}

static int save_ocsp(void)
{
    const char *folder = state_folder();
    mtlsauth_cert *ca =
        reload_cert("issuer", ob_pkey(OB_ISSUER), "issuer", ob_pkey(OB_ISSUER), "\x01", true);
    mtlsauth_truststore *store = reload_store(ca);
    mtlsauth_policy *asks = reload_policy(MTLSAUTH_EVIDENCE_OCSP);
    struct der_build answer = ob_make_response(&(struct ob_response){.status = 0});
    mtlsauth_authorizer *with_ocsp;
    int code;

    ASSERT_CALL(mtlsauth_policy_set_time(asks, OB_NOW));
    ASSERT_CALL(mtlsauth_authorizer_new(&with_ocsp, store, asks));
    ASSERT_CALL(mtlsauth_authorizer_put_ocsp_response(with_ocsp, answer.bytes, answer.len));
    fail_before();
    code = mtlsauth_authorizer_save_ocsp(with_ocsp, folder);
    mtlsauth_authorizer_free(with_ocsp);
    mtlsauth_policy_free(asks);
    mtlsauth_truststore_free(store);
    mtlsauth_cert_free(ca);
    der_build_free(&answer);
    return code;
}

/* The CA that has signed it is found, whichever of the two is tried first. */
static int load_beside(bool by_twin)
{
    EVP_PKEY *twin_key = ca_key("EC"), *root_keys = root_key;
    mtlsauth_cert *twin = reload_cert("Root", twin_key, "Root", twin_key, "\x02", true);
    mtlsauth_truststore *store;
    struct der_text list;
    mtlsauth_crl *crl = NULL;
    char pem[8192];
    int code;

    ASSERT_CALL(
        mtlsauth_truststore_parse(&store, pem, reload_pem(pem, sizeof pem, root, twin), NULL));
    root_key = by_twin ? twin_key : root_keys;
    list = reload_list(false, 1, NONE_REVOKED, 0);
    root_key = root_keys;
    fail_before();
    code = mtlsauth_crl_load_from_truststore(&crl, list.ptr, list.len, store, policy, NULL);
    mtlsauth_crl_free(crl);
    free(list.ptr);
    mtlsauth_truststore_free(store);
    mtlsauth_cert_free(twin);
    EVP_PKEY_free(twin_key);
    return code;
}

static int load_by_root(void)
{
    return load_beside(false);
}

static int load_by_twin(void)
{
    return load_beside(true);
}

/* Two certificates of one responder, the first with another key. */
static int check_ocsp(void)
{
    struct ob_cert spec = {.subject = "ocsp",
                           .key = OB_SIBLING,
                           .no_check = true,
                           .eku = OB_EKU_OCSP,
                           .eku_len = sizeof OB_EKU_OCSP - 1};
    struct der_build bad = ob_make_cert(&spec), good, der;
    struct ob_response says = {
        .signer = OB_DELEGATE, .responder = "ocsp", .certs = {&bad, &good}, .cert_count = 2};
    mtlsauth_cert *leaf = ocsp_leaf(), *issuer = ocsp_issuer();
    mtlsauth_policy *asks = ocsp_policy();
    mtlsauth_ocsp_response *response;
    mtlsauth_ocsp_result *result = NULL;
    int code;

    spec.key = OB_DELEGATE;
    good = ob_make_cert(&spec);
    der = ob_make_response(&says);
    ASSERT_CALL(mtlsauth_ocsp_response_parse(&response, der.bytes, der.len));
    fail_before();
    code = mtlsauth_ocsp_check(response, NULL, leaf, issuer, asks, &result);
    mtlsauth_ocsp_result_free(result);
    mtlsauth_ocsp_response_free(response);
    mtlsauth_policy_free(asks);
    mtlsauth_cert_free(leaf);
    mtlsauth_cert_free(issuer);
    der_build_free(&bad);
    der_build_free(&good);
    der_build_free(&der);
    return code;
}

static int add_half_written(void)
{
    write_aside("ca.crl", whole.ptr, whole.len);
    fail_before();
    readings = 2;
    return mtlsauth_authorizer_add_crl_file(authorizer, in_folder("ca.crl"), root);
}

static int refresh_half_written(void)
{
    write_list("ca.crl", 1, NONE_REVOKED);
    ASSERT_CALL(mtlsauth_authorizer_add_crl_file(authorizer, in_folder("ca.crl"), root));
    write_aside("ca.crl", whole.ptr, whole.len);
    fail_before();
    readings = 2;
    return mtlsauth_authorizer_refresh(authorizer, NULL, NULL);
}

START_TEST(is_left_alone)
{
    static const struct {
        const char *name;
        int (*call)(void);
    } rows[] = {
        {"set_state_dir, a fresh folder", set_state_dir},
        {"put_crl, no file of floors", put_crl},
        {"accept_rollback, a fresh folder", accept_rollback},
        {"save_ocsp, a fresh folder", save_ocsp},
        {"crl_load_from_truststore, the first of two CAs of one name", load_by_root},
        {"crl_load_from_truststore, the other one", load_by_twin},
        {"ocsp_check, the first of two delegates is refused", check_ocsp},
        {"add_crl_file, half a file at first", add_half_written},
        {"refresh, half a file at first", refresh_half_written},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int code;

        reload_setup(MTLSAUTH_EVIDENCE_CRL);
        whole = reload_list(false, 2, REVOKED5, 0);
        code = rows[i].call();
        ck_assert_msg(code == MTLSAUTH_OK, "%s: %s", rows[i].name, mtlsauth_last_error());
        ck_assert_msg(strncmp(mtlsauth_last_error(), "put_crl: ", 9) == 0, "%s: %s", rows[i].name,
                      mtlsauth_last_error());
        ASSERT_INT(rows[i].name, readings, 0);
        free(whole.ptr);
        reload_teardown();
    }
}
END_TEST

UNIT_MAIN("authorizer/sentence", is_left_alone)
