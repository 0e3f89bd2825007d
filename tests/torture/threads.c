/* SPDX-License-Identifier: MIT */
/*
 * Calls of every kind from several threads at once, on handles that they share where the headers
 * say "Thread-safe", and on their own where the headers say that one thread at a time may use one.
 * What it is for is ThreadSanitizer (tests/tsan.sh) and helgrind; answers are compared all the
 * same.
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
static struct der_build response_der;
static char pem_path[192], list_path[192], root_path[192], state_path[192];
static char byte_sequence[4096]; /* RFC 9440 */

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
    HOLDS(mtlsauth_code_text(code) != NULL && mtlsauth_code_openssl(code) != 0);
    HOLDS(mtlsauth_code_alias(code, MTLSAUTH_ALIAS_ALB) != NULL);
    HOLDS(mtlsauth_version_number() != 0 && mtlsauth_crl_reason_name(1)[0] != '\0');
    HOLDS(mtlsauth_lint_name(MTLSAUTH_LINT_NOT_LOADED) != NULL);
    HOLDS(mtlsauth_crypto_version()[0] != '\0');
    HOLDS(mtlsauth_format_from_name("xfcc", &code) == MTLSAUTH_OK && code == MTLSAUTH_FORMAT_XFCC);
    HOLDS(mtlsauth_profile_from_name("alb", &code) == MTLSAUTH_OK && code == MTLSAUTH_PROFILE_ALB);
    HOLDS(mtlsauth_crl_status_name(MTLSAUTH_CRL_STATUS_GOOD)[0] == 'g');
    HOLDS(mtlsauth_ocsp_status_name(MTLSAUTH_OCSP_GOOD)[0] == 'g');
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

/* What shared handles say of themselves, as one text: the same from every thread at every time. */
static void describe(char out[4096])
{
    const char *san = "";
    size_t used, len;
    int type, status;
    int64_t from, until;
    const void *serial;

    used = (size_t)snprintf(
        out, 4096, "%s %s %s %s %lld %lld %d %d %s %s %zu %s %s %d %d\n",
        mtlsauth_cert_issuer(leaf), mtlsauth_cert_serial_hex(leaf),
        mtlsauth_cert_subject_key_id_hex(leaf), mtlsauth_cert_authority_key_id_hex(leaf),
        (long long)mtlsauth_cert_not_before(leaf), (long long)mtlsauth_cert_not_after(leaf),
        mtlsauth_cert_is_ca(leaf), mtlsauth_cert_version(leaf), mtlsauth_cert_key_text(leaf),
        mtlsauth_cert_signature_text(leaf), mtlsauth_cert_san_count(leaf),
        mtlsauth_cert_sha256_hex(leaf), mtlsauth_cert_spki_sha256_hex(leaf),
        mtlsauth_cert_sha256(leaf)[0], mtlsauth_cert_spki_sha256(leaf)[0]);
    HOLDS(mtlsauth_cert_san(leaf, 0, &type, &san) != MTLSAUTH_OK || san[0] != '\0');
    used += (size_t)snprintf(
        out + used, 4096 - used, "%s %s %lld %lld %s %s %u %zu %d %d %d %p\n",
        mtlsauth_crl_issuer(shared_list), mtlsauth_crl_number_hex(shared_list),
        (long long)mtlsauth_crl_this_update(shared_list),
        (long long)mtlsauth_crl_next_update(shared_list), mtlsauth_crl_signature_text(shared_list),
        mtlsauth_crl_distribution_point(shared_list), mtlsauth_crl_scope(shared_list),
        mtlsauth_crl_memory(shared_list), mtlsauth_crl_is_verified(shared_list),
        mtlsauth_crl_sha256(shared_list)[0], mtlsauth_crl_issuer_key(shared_list)[0],
        mtlsauth_crl_number(shared_list, &len));
    used += (size_t)snprintf(out + used, 4096 - used, "%x %s\n",
                             (unsigned)mtlsauth_crl_reasons(shared_list),
                             mtlsauth_crl_base_number_hex(shared_list));
    HOLDS(mtlsauth_ocsp_response_entry(response, 0, &serial, &len, &status, &from, &until) ==
          MTLSAUTH_OK);
    used += (size_t)snprintf(out + used, 4096 - used, "%zu %d %lld %s %lld %zu %p\n", len, status,
                             (long long)from, mtlsauth_ocsp_response_status_name(response),
                             (long long)mtlsauth_ocsp_response_produced_at(response),
                             mtlsauth_ocsp_response_count(response),
                             mtlsauth_ocsp_response_der(response, &len));
    snprintf(out + used, 4096 - used, "%d %d %s %p\n", mtlsauth_ocsp_response_status(response),
             mtlsauth_truststore_sha256(root_store)[0], mtlsauth_truststore_sha256_hex(root_store),
             (const void *)mtlsauth_truststore_cert(root_store, 0));
}

static char description[4096];

static void getters(unsigned who)
{
    char now[4096];

    (void)who;
    describe(now);
    HOLDS(strcmp(now, description) == 0);
}

/* Chains, from octets and files that all read. */
static void chains(unsigned who)
{
    const char *const part[] = {byte_sequence};
    mtlsauth_chain *mine;
    size_t len;
    const void *der = mtlsauth_cert_der(leaf, &len);

    (void)who;
    HOLDS(mtlsauth_chain_parse(&mine, pem, pem_len, MTLSAUTH_FORMAT_PEM, NULL) == MTLSAUTH_OK);
    HOLDS(mtlsauth_chain_count(mine) == 2);
    mtlsauth_chain_free(mine);
    HOLDS(mtlsauth_chain_load_file(&mine, pem_path, MTLSAUTH_FORMAT_AUTO, NULL) == MTLSAUTH_OK);
    mtlsauth_chain_free(mine);
    HOLDS(mtlsauth_chain_from_der(&mine, &der, &len, 1) == MTLSAUTH_OK);
    mtlsauth_chain_free(mine);
    HOLDS(mtlsauth_chain_parse_parts(&mine, part, 1, NULL) == MTLSAUTH_OK);
    mtlsauth_chain_free(mine);
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
    for (size_t i = 0; i < mtlsauth_report_count(report); i++)
        HOLDS(mtlsauth_report_finding(report, i, NULL, NULL, NULL, NULL) == MTLSAUTH_OK);
    mtlsauth_report_free(report);
    mtlsauth_truststore_free(more);
    mtlsauth_truststore_free(mine);
    HOLDS(mtlsauth_truststore_load_file(&mine, pem_path, NULL) == MTLSAUTH_OK);
    mtlsauth_truststore_free(mine);
}

/* policy.h, path.h: a shared policy is read, one's own is changed. */
static void policies(unsigned who)
{
    mtlsauth_policy *mine;
    mtlsauth_limits *limits;
    const char *warnings;

    (void)who;
    HOLDS(mtlsauth_limits_new(&limits) == MTLSAUTH_OK);
    HOLDS(mtlsauth_limits_set_names(limits, 10) == MTLSAUTH_OK);
    mtlsauth_limits_free(limits);
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
    mtlsauth_crl *mine, *opened, *more = mtlsauth_crl_ref(shared_list);
    int found = 0, status = 0;
    unsigned char octets[64];
    size_t room = sizeof octets;
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
    HOLDS(mtlsauth_crl_parse(&mine, text.ptr, text.len, NULL) == MTLSAUTH_OK);
    mtlsauth_crl_free(mine);
    HOLDS(mtlsauth_crl_load_from_truststore(&mine, text.ptr, text.len, root_store, policy, NULL) ==
          MTLSAUTH_OK);
    mtlsauth_crl_free(mine);
    HOLDS(mtlsauth_crl_load_file_from_truststore(&mine, list_path, root_store, policy, NULL) ==
          MTLSAUTH_OK);
    mtlsauth_crl_free(mine);
    HOLDS(mtlsauth_crl_base_number(more, &len) != NULL && len == 0);
    HOLDS(mtlsauth_crl_serial_at(more, 0, octets, sizeof octets, &room, NULL, NULL) == MTLSAUTH_OK);
    HOLDS(mtlsauth_crl_open(&mine, "x", 1, "0123456789abcdef", 16) == MTLSAUTH_ERR_PARSE);
    mtlsauth_crl_free(more);
    free(text.ptr);
}

/* ocsp.h: a shared response, checked with a shared issuer, whose key is decoded by the first. */
static void ocsp(unsigned who)
{
    mtlsauth_ocsp_response *mine, *more = mtlsauth_ocsp_response_ref(response);
    mtlsauth_ocsp_request *request;
    char url[256];
    mtlsauth_ocsp_result *result;
    size_t len;

    (void)who;
    HOLDS(mtlsauth_ocsp_request_new(&request, ocsp_leaf, ocsp_issuer, 0) == MTLSAUTH_OK);
    HOLDS(mtlsauth_ocsp_request_der(request, &len) != NULL);
    HOLDS(mtlsauth_ocsp_check(more, request, ocsp_leaf, ocsp_issuer, ocsp_policy, &result) ==
          MTLSAUTH_OK);
    HOLDS(mtlsauth_ocsp_result_status(result) == MTLSAUTH_OCSP_GOOD);
    HOLDS(mtlsauth_ocsp_result_revoked_at(result) == MTLSAUTH_NO_TIME);
    HOLDS(mtlsauth_ocsp_result_reason(result) == -1);
    HOLDS(mtlsauth_ocsp_result_this_update(result) < mtlsauth_ocsp_result_next_update(result));
    HOLDS(mtlsauth_ocsp_result_produced_at(result) <= mtlsauth_ocsp_result_valid_until(result));
    HOLDS(mtlsauth_cert_ocsp_url(ocsp_leaf, url, sizeof url) == MTLSAUTH_ERR_NOT_FOUND);
    HOLDS(mtlsauth_ocsp_response_load_file(&mine, pem_path) != MTLSAUTH_OK && mine == NULL);
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
    HOLDS(mtlsauth_authorize_unparsed(mine, MTLSAUTH_ERR_PARSE, NULL, decision) ==
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
    HOLDS(mtlsauth_authorizer_update(authorizer, root_store, policy, NULL, 0) == MTLSAUTH_OK);
    HOLDS(mtlsauth_authorizer_set_intermediates(authorizer, client5) == MTLSAUTH_OK);
    HOLDS(mtlsauth_authorizer_put_crl(authorizer, mine) == MTLSAUTH_OK);
    HOLDS(mtlsauth_authorizer_remove_crl(authorizer, mine) == MTLSAUTH_OK);
    HOLDS(mtlsauth_authorizer_refresh(authorizer, &changed, &report) == MTLSAUTH_OK);
    mtlsauth_report_free(report);
    mtlsauth_crl_free(mine);
    free(text.ptr);
}

/* A file that was added once is an argument that was given twice. */
static void holds_or_was_added(int code)
{
    HOLDS(code == MTLSAUTH_OK || code == MTLSAUTH_ERR_ARGUMENT);
}

/* authorizer.h: files, folders and what is kept in them; and an authorizer of one's own. */
static void keepers(unsigned who)
{
    mtlsauth_authorizer *mine;
    char path[192];

    snprintf(path, sizeof path, "%s/lists%u", reload_folder, who);
    (void)mkdir(path, 0755);
    holds_or_was_added(mtlsauth_authorizer_add_crl_dir(authorizer, path, root));
    HOLDS(mtlsauth_authorizer_set_truststore(authorizer, root_store) == MTLSAUTH_OK);
    HOLDS(mtlsauth_authorizer_add_truststore_file(authorizer, root_path) == MTLSAUTH_OK ||
          strstr(mtlsauth_last_error(), "before") != NULL);
    HOLDS(mtlsauth_authorizer_set_policy(authorizer, policy) == MTLSAUTH_OK);
    HOLDS(mtlsauth_authorizer_put_ocsp_response(authorizer, response_der.bytes, response_der.len) ==
          MTLSAUTH_OK);
    snprintf(path, sizeof path, "%s/ocsp%u", reload_folder, who);
    (void)mkdir(path, 0755);
    HOLDS(mtlsauth_authorizer_save_ocsp(authorizer, path) == MTLSAUTH_OK);
    HOLDS(mtlsauth_authorizer_load_ocsp(authorizer, path, NULL) == MTLSAUTH_OK);
    HOLDS(mtlsauth_authorizer_new(&mine, root_store, policy) == MTLSAUTH_OK);
    HOLDS(mtlsauth_authorizer_set_state_dir(mine, state_path) == MTLSAUTH_OK);
    HOLDS(mtlsauth_authorizer_put_crl(mine, shared_list) == MTLSAUTH_OK);
    HOLDS(mtlsauth_state_accept_rollback(state_path, shared_list) == MTLSAUTH_OK);
    HOLDS(mtlsauth_authorize(mine, client5, NULL) == MTLSAUTH_DENY_REVOKED);
    mtlsauth_authorizer_free(mine);
}

static const struct {
    const char *name;
    void (*run)(unsigned who);
} kinds[] = {{"getters", getters},
             {"chains", chains},
             {"keepers", keepers},
             {"errors", errors},
             {"certificates", certificates},
             {"truststores", truststores},
             {"policies", policies},
             {"lists", lists},
             {"ocsp", ocsp},
             {"decisions", decisions},
             {"changes", changes}};

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
    response_der = der;
    ASSERT_CALL(mtlsauth_policy_new(&ocsp_policy, MTLSAUTH_PROFILE_API_GATEWAY));
    ASSERT_CALL(mtlsauth_policy_set_time(ocsp_policy, OB_NOW));
}

static void make_files(void)
{
    size_t len;
    const void *der = mtlsauth_cert_der(leaf, &len);
    unsigned char base64[4000];

    write_store("both.pem", root, other);
    write_store("root.pem", root, NULL);
    ck_assert_int_eq(mkdir(in_folder("state"), 0700), 0);
    snprintf(pem_path, sizeof pem_path, "%s", in_folder("both.pem"));
    snprintf(root_path, sizeof root_path, "%s", in_folder("root.pem"));
    snprintf(list_path, sizeof list_path, "%s", in_folder("ca.crl"));
    snprintf(state_path, sizeof state_path, "%s", in_folder("state"));
    EVP_EncodeBlock(base64, der, (int)len);
    snprintf(byte_sequence, sizeof byte_sequence, ":%s:", (char *)base64);
}

static void begin(void)
{
    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    make_ocsp();
    key_pem = private_key_pem(client_key);
    pem_len = reload_pem(pem, sizeof pem, root, other);
    leaf = mtlsauth_cert_ref(mtlsauth_chain_cert(client5, 0));
    write_list("ca.crl", 5, REVOKED5);
    make_files();
    ASSERT_CALL(mtlsauth_crl_load_file(&shared_list, in_folder("ca.crl"), root, policy, NULL));
    ASSERT_CALL(mtlsauth_authorizer_add_crl_file(authorizer, in_folder("ca.crl"), NULL));
    describe(description);
}

static void finish(void)
{
    mtlsauth_crl_free(shared_list);
    mtlsauth_cert_free(leaf);
    mtlsauth_cert_free(ocsp_leaf);
    mtlsauth_cert_free(ocsp_issuer);
    mtlsauth_ocsp_response_free(response);
    der_build_free(&response_der);
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

    ck_assert_str_eq(kinds[all - 2].name, "decisions");
    ck_assert_str_eq(kinds[all - 1].name, "changes");

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
