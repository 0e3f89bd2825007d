/* SPDX-License-Identifier: MIT */
/*
 * Calls of every kind from several threads at once, on handles that they share where the headers say
 * "Thread-safe", and on their own where the headers say that one thread at a time may use one. What
 * it is for is ThreadSanitizer (tests/tsan.sh) and helgrind; answers are compared all the same.
 */
#include "support/reload.h"

#include <pthread.h>
#include "ocsp_build.h"

enum { THREADS = 2, ROUNDS = 40 };

static mtlsauth_crl *shared_list;
static mtlsauth_cert *leaf, *ocsp_leaf, *ocsp_issuer;
static mtlsauth_ocsp_response *response;
static mtlsauth_policy *ocsp_policy;
static char pem[8192], *key_pem;
static size_t pem_len;

#define HOLDS(what)                                                                                \
    do {                                                                                           \
        if (!(what)) {                                                                             \
            fprintf(stderr, "%s:%d: %s does not hold: %s\n", __func__, __LINE__, #what,            \
                    mtlsauth_last_error());                                                        \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

/* error.h, version.h: tables, and a sentence for each thread. */
static void errors(unsigned who)
{
    char part[16];
    int code;

    HOLDS(mtlsauth_code_from_name("MTLSAUTH_DENY_REVOKED", &code) == MTLSAUTH_OK);
    HOLDS(strcmp(mtlsauth_code_name(code), "MTLSAUTH_DENY_REVOKED") == 0);
    HOLDS(mtlsauth_code_remedy(code) != NULL && mtlsauth_version() != NULL);
    HOLDS(mtlsauth_crypto_version()[0] != '\0');
    snprintf(part, sizeof part, "of-%u.pem", who);
    HOLDS(mtlsauth_cert_load_file(&(mtlsauth_cert *){NULL}, part) == MTLSAUTH_ERR_IO);
    HOLDS(strstr(mtlsauth_last_error(), part) != NULL);
}

/* cert.h: one shared certificate, references, and parsing. */
static void certificates(unsigned who)
{
    mtlsauth_cert *mine, *more = mtlsauth_cert_ref(leaf);
    mtlsauth_chain *chain = mtlsauth_chain_ref(client5);
    size_t len;
    const void *der = mtlsauth_cert_der(leaf, &len);
    int yes = 0;

    (void)who;
    HOLDS(mtlsauth_cert_parse(&mine, der, len) == MTLSAUTH_OK);
    HOLDS(strcmp(mtlsauth_cert_subject(mine), mtlsauth_cert_subject(more)) == 0);
    HOLDS(mtlsauth_cert_thumbprint_equal(more, mtlsauth_cert_thumbprint(mine)) == 1);
    HOLDS(mtlsauth_cert_matches_key(leaf, key_pem, strlen(key_pem), &yes, NULL) == MTLSAUTH_OK);
    HOLDS(yes == 1);
    HOLDS(mtlsauth_cert_matches(leaf, "dns:a.example", &yes) == MTLSAUTH_OK && !yes);
    HOLDS(mtlsauth_chain_count(chain) == 1 && mtlsauth_chain_cert(chain, 0) != NULL);
    mtlsauth_chain_free(chain);
    mtlsauth_cert_free(more);
    mtlsauth_cert_free(mine);
}

/* truststore.h: parsing, references, lint; a report of one's own. */
static void truststores(unsigned who)
{
    mtlsauth_truststore *mine, *more = mtlsauth_truststore_ref(root_store);
    mtlsauth_report *report;

    (void)who;
    HOLDS(mtlsauth_truststore_parse(&mine, pem, pem_len, NULL) == MTLSAUTH_OK);
    HOLDS(mtlsauth_truststore_count(mine) == 2 && mtlsauth_truststore_count(more) == 1);
    HOLDS(mtlsauth_truststore_lint(more, RELOAD_NOW, MTLSAUTH_PROFILE_ALB, &report) == MTLSAUTH_OK);
    HOLDS(mtlsauth_report_json(report) != NULL);
    mtlsauth_report_free(report);
    mtlsauth_truststore_free(more);
    mtlsauth_truststore_free(mine);
}

/* policy.h, path.h: a shared policy is read, one's own is changed. */
static void policies(unsigned who)
{
    mtlsauth_policy *mine;
    const char *warnings;

    (void)who;
    HOLDS(mtlsauth_path_verify(root_store, client5, policy, NULL) == MTLSAUTH_OK);
    HOLDS(mtlsauth_policy_new(&mine, MTLSAUTH_PROFILE_STRICT) == MTLSAUTH_OK);
    HOLDS(mtlsauth_policy_allow(mine, "one", &(const char *){"dns:a.example"}, 1) == MTLSAUTH_OK);
    HOLDS(mtlsauth_policy_lint(mine, root_store, &warnings) == MTLSAUTH_OK);
    mtlsauth_policy_free(mine);
}

/* crl.h: loading, one shared list, and saving it under a name of one's own. */
static void lists(unsigned who)
{
    struct der_text text = reload_list(false, 3, REVOKED5, 0);
    mtlsauth_crl *mine, *opened;
    int found = 0, status = 0;
    char path[192];
    size_t len;
    const void *serial = mtlsauth_cert_serial(leaf, &len);

    snprintf(path, sizeof path, "%s/%u.idx", reload_folder, who);
    HOLDS(mtlsauth_crl_load(&mine, text.ptr, text.len, root, policy, NULL) == MTLSAUTH_OK);
    HOLDS(mtlsauth_crl_find(shared_list, serial, len, &found, NULL, NULL) == MTLSAUTH_OK && found);
    HOLDS(mtlsauth_crl_check(shared_list, leaf, root, policy, &status, NULL, NULL) == MTLSAUTH_OK);
    HOLDS(status == MTLSAUTH_CRL_STATUS_REVOKED && mtlsauth_crl_count(shared_list) == 1);
    HOLDS(mtlsauth_crl_save(shared_list, path, NULL, 0) == MTLSAUTH_OK);
    HOLDS(mtlsauth_crl_open_file(&opened, path, NULL, 0) == MTLSAUTH_OK);
    HOLDS(strcmp(mtlsauth_crl_sha256_hex(opened), mtlsauth_crl_sha256_hex(shared_list)) == 0);
    mtlsauth_crl_free(opened);
    mtlsauth_crl_free(mine);
    free(text.ptr);
}

/* ocsp.h: a shared response, checked with a shared issuer, whose key is decoded by the first. */
static void ocsp(unsigned who)
{
    mtlsauth_ocsp_response *more = mtlsauth_ocsp_response_ref(response);
    mtlsauth_ocsp_request *request;
    mtlsauth_ocsp_result *result;
    size_t len;

    (void)who;
    HOLDS(mtlsauth_ocsp_request_new(&request, ocsp_leaf, ocsp_issuer, 0) == MTLSAUTH_OK);
    HOLDS(mtlsauth_ocsp_request_der(request, &len) != NULL);
    HOLDS(mtlsauth_ocsp_check(more, request, ocsp_leaf, ocsp_issuer, ocsp_policy, &result) ==
          MTLSAUTH_OK);
    HOLDS(mtlsauth_ocsp_result_status(result) == MTLSAUTH_OCSP_GOOD);
    mtlsauth_ocsp_result_free(result);
    mtlsauth_ocsp_request_free(request);
    mtlsauth_ocsp_response_free(more);
}

/* decision.h, authorizer.h: deciding, each thread with a decision of its own. */
static void decisions(unsigned who)
{
    mtlsauth_decision *decision;
    mtlsauth_authorizer *mine = mtlsauth_authorizer_ref(authorizer);
    unsigned char context[MTLSAUTH_SHA256_LEN];
    const char *json;
    char stats[16384];
    int code;

    (void)who;
    HOLDS(mtlsauth_decision_new(&decision) == MTLSAUTH_OK);
    for (int i = 0; i < 3; i++) {
        code = mtlsauth_authorize(mine, i == 1 ? client6 : client5, decision);
        HOLDS(code == MTLSAUTH_OK || code == MTLSAUTH_DENY_REVOKED);
        HOLDS(mtlsauth_decision_json(decision, &json) == MTLSAUTH_OK);
    }
    code = mtlsauth_authorize_again(mine, client6, decision);
    HOLDS(code == MTLSAUTH_OK || code == MTLSAUTH_DENY_REVOKED);
    HOLDS(mtlsauth_authorize_text(mine, "x", 1, MTLSAUTH_FORMAT_PEM, decision) ==
          MTLSAUTH_DENY_MALFORMED);
    HOLDS(mtlsauth_authorizer_generation(mine) > 0);
    HOLDS(mtlsauth_authorizer_session_context(mine, context) == MTLSAUTH_OK);
    HOLDS(mtlsauth_authorizer_stats_json(mine, stats, sizeof stats, NULL) == MTLSAUTH_OK);
    mtlsauth_authorizer_free(mine);
    mtlsauth_decision_free(decision);
}

/* authorizer.h: everything that makes a generation. */
static void changes(unsigned who)
{
    struct der_text text = reload_list(false, 100, REVOKED5, 20 + who);
    mtlsauth_report *report;
    mtlsauth_crl *mine;
    int changed;

    HOLDS(mtlsauth_crl_load(&mine, text.ptr, text.len, root, policy, NULL) == MTLSAUTH_OK);
    HOLDS(mtlsauth_authorizer_update(authorizer, root_store, policy, NULL) == MTLSAUTH_OK);
    HOLDS(mtlsauth_authorizer_set_intermediates(authorizer, client5) == MTLSAUTH_OK);
    HOLDS(mtlsauth_authorizer_put_crl(authorizer, mine) == MTLSAUTH_OK);
    HOLDS(mtlsauth_authorizer_remove_crl(authorizer, mine) == MTLSAUTH_OK);
    HOLDS(mtlsauth_authorizer_refresh(authorizer, &changed, &report) == MTLSAUTH_OK);
    mtlsauth_report_free(report);
    mtlsauth_crl_free(mine);
    free(text.ptr);
}

static const struct {
    const char *name;
    void (*run)(unsigned who);
} kinds[] = {{"errors", errors},       {"certificates", certificates}, {"truststores", truststores},
             {"policies", policies},   {"lists", lists},               {"ocsp", ocsp},
             {"decisions", decisions}, {"changes", changes}};

struct work {
    unsigned who;
    size_t kind; /* COUNT_OF(kinds): each in turn */
    pthread_barrier_t *start;
};

static void *run(void *arg)
{
    const struct work *work = arg;

    pthread_barrier_wait(work->start);
    for (unsigned i = 0; i < ROUNDS; i++)
        kinds[work->kind < COUNT_OF(kinds) ? work->kind : (i + work->who) % COUNT_OF(kinds)].run(
            work->who);
    return NULL;
}

static void run_together(const size_t kind[], unsigned count)
{
    pthread_t threads[2 * THREADS];
    struct work works[2 * THREADS];
    pthread_barrier_t start;

    ck_assert_uint_le(count, 2 * THREADS);
    ck_assert_int_eq(pthread_barrier_init(&start, NULL, count), 0);
    for (unsigned i = 0; i < count; i++) {
        works[i] = (struct work){.who = i, .kind = kind[i], .start = &start};
        ck_assert_int_eq(pthread_create(&threads[i], NULL, run, &works[i]), 0);
    }
    for (unsigned i = 0; i < count; i++)
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
    pthread_barrier_destroy(&start);
}

static char *private_key_pem(EVP_PKEY *key)
{
    BIO *out = BIO_new(BIO_s_mem());
    char *text, *copy;
    long len;

    ck_assert_int_eq(PEM_write_bio_PrivateKey(out, key, NULL, NULL, 0, NULL, NULL), 1);
    len = BIO_get_mem_data(out, &text);
    copy = calloc((size_t)len + 1, 1);
    ck_assert_ptr_nonnull(copy);
    memcpy(copy, text, (size_t)len);
    BIO_free(out);
    return copy;
}

static mtlsauth_cert *ocsp_cert(const struct ob_cert *spec)
{
    struct der_build der = ob_make_cert(spec);
    mtlsauth_cert *cert;

    ASSERT_CALL(mtlsauth_cert_parse(&cert, der.bytes, der.len));
    der_build_free(&der);
    return cert;
}

static void make_ocsp(void)
{
    struct der_build der = ob_make_response(&(struct ob_response){0});

    ocsp_leaf = ocsp_cert(&(struct ob_cert){.key = OB_LEAF});
    ocsp_issuer =
        ocsp_cert(&(struct ob_cert){.subject = "issuer", .issuer = "issuer", .key = OB_ISSUER});
    ASSERT_CALL(mtlsauth_ocsp_response_parse(&response, der.bytes, der.len));
    der_build_free(&der);
    ASSERT_CALL(mtlsauth_policy_new(&ocsp_policy, MTLSAUTH_PROFILE_API_GATEWAY));
    ASSERT_CALL(mtlsauth_policy_set_time(ocsp_policy, OB_NOW));
}

static void begin(void)
{
    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    make_ocsp();
    key_pem = private_key_pem(client_key);
    pem_len = reload_pem(pem, sizeof pem, root, other);
    leaf = mtlsauth_cert_ref(mtlsauth_chain_cert(client5, 0));
    write_list("ca.crl", 5, REVOKED5);
    ASSERT_CALL(mtlsauth_crl_load_file(&shared_list, in_folder("ca.crl"), root, policy, NULL));
    ASSERT_CALL(mtlsauth_authorizer_add_crl_file(authorizer, in_folder("ca.crl"), NULL));
}

static void finish(void)
{
    mtlsauth_crl_free(shared_list);
    mtlsauth_cert_free(leaf);
    mtlsauth_cert_free(ocsp_leaf);
    mtlsauth_cert_free(ocsp_issuer);
    mtlsauth_ocsp_response_free(response);
    mtlsauth_policy_free(ocsp_policy);
    free(key_pem);
    reload_teardown();
}

START_TEST(each_kind_from_two_threads)
{
    begin();
    for (size_t kind = 0; kind < COUNT_OF(kinds); kind++) {
        const size_t both[THREADS] = {kind, kind};

        run_together(both, THREADS);
    }
    finish();
}
END_TEST

/* Each beside decisions and changes, which share the authorizer. */
START_TEST(kinds_beside_each_other)
{
    const size_t all = COUNT_OF(kinds);
    const size_t mixed[2 * THREADS] = {all, all, all - 2, all - 1};

    begin();
    run_together(mixed, 2 * THREADS);
    finish();
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {each_kind_from_two_threads, kinds_beside_each_other, NULL};

    setenv("CK_FORK", "no", 1);
    return unit_run("threads", tests);
}
