/* SPDX-License-Identifier: MIT */

/*
 * lambda_preprocessor: makes indexes of the CRLs that are put into a bucket, as a Lambda function
 * with a custom runtime (`bootstrap`).
 *
 *     cc -O2 -o bootstrap lambda_preprocessor.c common/{crl_json,fetch,lambda_config}.c \
 *        common/{lambda_runtime,s3,s3_event}.c \
 *        $(pkg-config --cflags --libs libmtlsauth libcrypto libcurl jansson)
 *
 * aws/ has the image, the template that calls it for each new object *.crl, and how to try it.
 *
 * For each record of the event: the list is fetched, with the certificate of its signer, which lies
 * beside it as <key>.crt and has to chain to the truststore; the list is verified with that,
 * compared with the index that is there (an older one is refused), and written as <key>.idx, with
 * an HMAC. It is always the newest version of the list that is taken: events may come late, twice
 * and in any order. What fails is said, the other records are done, and then the invocation fails,
 * so that Lambda tries again and an alarm can tell.
 *
 * Environment; common/s3.h has what is needed for S3:
 *
 *   MTLSAUTH_TRUSTSTORE   path, https://... or s3://BUCKET/KEY of the CA certificates, PEM
 *   MTLSAUTH_INDEX_KEY    16 to 64 octets in hexadecimal: openssl rand -hex 32
 *   MTLSAUTH_PROFILE      api-gateway (default), alb or strict
 *   MTLSAUTH_CACHE_JSON   true: <key>.cache.json, too, for programs that read that form
 *   MTLSAUTH_MAX_MIB      of a list, 256 by default
 */

#include <curl/curl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <mtlsauth/mtlsauth.h>
#include "common/crl_json.h"
#include "common/fetch.h"
#include "common/json_text.h"
#include "common/lambda_config.h"
#include "common/lambda_runtime.h"
#include "common/s3_event.h"

enum { ATTEMPTS = 4, SIGNER_BYTES = 65536, LOCATION_LEN = 4096, MAX_MIB = 1024 };

static const char *const profile_words[] = {"api-gateway", "alb", "strict", NULL};

static struct function {
    struct fetch *fetch;
    mtlsauth_policy *policy;
    mtlsauth_decision *decision;
    const char *truststore;
    unsigned char key[LAMBDA_KEY_MAX];
    size_t key_len;
    unsigned max_mib;
    int cache_json;
} function = {.max_mib = 256};

/* One list on its way: what went wrong is in error. */
struct job {
    struct function *f;
    int64_t deadline;
    char location[LOCATION_LEN]; /* s3://bucket/key */
    mtlsauth_truststore *truststore;
    mtlsauth_cert *signer;
    mtlsauth_crl *crl;
    char error[FETCH_ERROR_LEN];
};

static int job_failed(struct job *job, const char *what, const char *why)
{
    snprintf(job->error, sizeof job->error, "%.120s: %.380s", what, why);
    return -1;
}

/* What lies at location with suffix. 0; 1 when there is nothing; -1 with a sentence. */
static int get(struct job *job, const char *location, const char *suffix, size_t max_bytes,
               struct fetch_answer *answer)
{
    char url[LOCATION_LEN + 16];
    struct fetch_request request = {
        .url = url,
        .max_bytes = max_bytes,
        .deadline = job->deadline,
        .attempts = ATTEMPTS,
    };

    snprintf(url, sizeof url, "%s%s", location, suffix);
    if (fetch_get(job->f->fetch, &request, answer) == FETCH_NEW)
        return 0;
    memcpy(job->error, answer->error, sizeof job->error);
    fetch_answer_free(answer);
    return answer->status == 404 ? 1 : -1;
}

static int put(struct job *job, const char *suffix, const char *type, const void *data, size_t len)
{
    char url[LOCATION_LEN + 16], header[64];
    const char *headers[] = {header, NULL};
    struct fetch_request request = {
        .url = url,
        .body = data,
        .body_len = len,
        .headers = headers,
        .max_bytes = SIGNER_BYTES,
        .deadline = job->deadline,
        .attempts = ATTEMPTS,
    };
    struct fetch_answer answer;
    int result;

    snprintf(url, sizeof url, "%s%s", job->location, suffix);
    snprintf(header, sizeof header, "Content-Type: %s", type);
    result = fetch_put(job->f->fetch, &request, &answer);
    if (result != 0)
        memcpy(job->error, answer.error, sizeof job->error);
    fetch_answer_free(&answer);
    return result;
}

static int load_truststore(struct job *job)
{
    const char *location = job->f->truststore;
    struct fetch_answer answer;
    int code;

    if (strstr(location, "://") == NULL) {
        code = mtlsauth_truststore_load_file(&job->truststore, location, NULL);
    } else {
        if (get(job, location, "", MTLSAUTH_DEFAULT_MAX_TRUSTSTORE_BYTES, &answer) != 0)
            return -1;
        code = mtlsauth_truststore_parse(&job->truststore, answer.body, answer.len, NULL);
        fetch_answer_free(&answer);
    }
    return code == MTLSAUTH_OK ? 0 : job_failed(job, "the truststore", mtlsauth_last_error());
}

static int is_in_truststore(const struct job *job)
{
    const char *digest = mtlsauth_cert_sha256_hex(job->signer);

    for (size_t i = 0; i < mtlsauth_truststore_count(job->truststore); i++)
        if (strcmp(digest,
                   mtlsauth_cert_sha256_hex(mtlsauth_truststore_cert(job->truststore, i))) == 0)
            return 1;
    return 0;
}

/* The signer is whoever put that object there, until its path to the truststore is verified. */
static int load_signer(struct job *job)
{
    struct fetch_answer answer;
    mtlsauth_chain *chain = NULL;
    const void *der;
    size_t len;
    int code, result = -1;

    if (get(job, job->location, ".crt", SIGNER_BYTES, &answer) != 0)
        return -1;
    code = mtlsauth_cert_parse(&job->signer, answer.body, answer.len);
    fetch_answer_free(&answer);
    if (code == MTLSAUTH_OK) {
        der = mtlsauth_cert_der(job->signer, &len);
        code = mtlsauth_chain_from_der(&chain, &der, &len, 1);
    }
    if (code != MTLSAUTH_OK)
        job_failed(job, "the signer of the list", mtlsauth_last_error());
    else if (!is_in_truststore(job) && mtlsauth_path_verify(job->truststore, chain, job->f->policy,
                                                            job->f->decision) != MTLSAUTH_OK)
        job_failed(job, "the signer of the list does not chain to the truststore",
                   mtlsauth_decision_message(job->f->decision));
    else
        result = 0;
    mtlsauth_chain_free(chain);
    return result;
}

static int load_crl(struct job *job)
{
    mtlsauth_crl_options *options = NULL;
    struct fetch_answer answer;
    size_t max_bytes = (size_t)job->f->max_mib << 20;
    int code = MTLSAUTH_OK;

    if (get(job, job->location, "", max_bytes, &answer) != 0)
        return -1;
    code = mtlsauth_crl_options_new(&options);
    if (code == MTLSAUTH_OK)
        code = mtlsauth_crl_options_set_max_bytes(options, max_bytes);
    if (code == MTLSAUTH_OK)
        code = mtlsauth_crl_load(&job->crl, answer.body, answer.len, job->signer, job->f->policy,
                                 options);
    mtlsauth_crl_options_free(options);
    fetch_answer_free(&answer);
    return code == MTLSAUTH_OK ? 0 : job_failed(job, "the list", mtlsauth_last_error());
}

/* Numbers of lists are compared where these are the same. */
static int is_same_kind(const mtlsauth_crl *a, const mtlsauth_crl *b)
{
    const unsigned char *key = mtlsauth_crl_issuer_key(a), *other = mtlsauth_crl_issuer_key(b);

    return key != NULL && other != NULL && memcmp(key, other, MTLSAUTH_SHA256_LEN) == 0 &&
           mtlsauth_crl_scope(a) == mtlsauth_crl_scope(b) &&
           mtlsauth_crl_reasons(a) == mtlsauth_crl_reasons(b) &&
           strcmp(mtlsauth_crl_distribution_point(a), mtlsauth_crl_distribution_point(b)) == 0;
}

/*
 * Whoever can put an old list back would have the index go back, too: the index that is there says
 * how new it has to be. An authorizer compares the two as it compares lists anywhere. A list of
 * another CA, or of another part of its certificates, does not take its place: the old list could
 * take that of the other one then. Nor does any list take the place of what cannot be opened, be it
 * garbage that was put there for that. Only where nothing is there a list is the first.
 */
static int check_rollback(struct job *job)
{
    mtlsauth_authorizer *authorizer = NULL;
    mtlsauth_crl *old = NULL;
    struct fetch_answer answer;
    int found = get(job, job->location, ".idx", (size_t)MAX_MIB << 20, &answer), code;
    int same;

    if (found != 0)
        return found < 0 ? -1 : 0;
    code = mtlsauth_crl_open(&old, answer.body, answer.len, job->f->key, job->f->key_len);
    fetch_answer_free(&answer);
    if (code == MTLSAUTH_ERR_NOMEM || code == MTLSAUTH_ERR_IO || code == MTLSAUTH_ERR_CRYPTO)
        return job_failed(job, "the index that is there", mtlsauth_last_error());
    if (code != MTLSAUTH_OK)
        return job_failed(job,
                          "the index that is there says nothing of how new a list has to be; "
                          "delete that first, if this is meant",
                          mtlsauth_last_error());
    code = mtlsauth_authorizer_new(&authorizer, job->truststore, job->f->policy);
    if (code == MTLSAUTH_OK)
        code = mtlsauth_authorizer_put_crl(authorizer, old);
    if (code == MTLSAUTH_OK)
        code = mtlsauth_authorizer_put_crl(authorizer, job->crl);
    same = is_same_kind(old, job->crl);
    mtlsauth_crl_free(old);
    mtlsauth_authorizer_free(authorizer);
    if (code != MTLSAUTH_OK)
        return job_failed(job, "the list", mtlsauth_last_error());
    return same ? 0
                : job_failed(job, "the list",
                             "the index that is there is of another CA, or of another part of its "
                             "certificates: delete that first, if this is meant");
}

/* The library writes indexes to files; /tmp is what a function has for that. */
static int put_index(struct job *job)
{
    char path[] = "/tmp/index-XXXXXX";
    int file = mkstemp(path), result = -1;
    FILE *stream = NULL;
    char *data = NULL;
    long len = -1;

    if (file < 0)
        return job_failed(job, "/tmp", "no file can be made there");
    if (mtlsauth_crl_save(job->crl, path, job->f->key, job->f->key_len) != MTLSAUTH_OK)
        job_failed(job, "the index", mtlsauth_last_error());
    else if ((stream = fopen(path, "rb")) == NULL || fseek(stream, 0, SEEK_END) != 0 ||
             (len = ftell(stream)) <= 0 || (data = malloc((size_t)len)) == NULL ||
             fseek(stream, 0, SEEK_SET) != 0 || fread(data, 1, (size_t)len, stream) != (size_t)len)
        job_failed(job, path, "it cannot be read back");
    else
        result = put(job, ".idx", "application/octet-stream", data, (size_t)len);
    if (stream != NULL)
        fclose(stream);
    free(data);
    close(file);
    unlink(path);
    return result;
}

static int put_json(struct job *job)
{
    char *data = NULL;
    size_t len = 0;
    FILE *stream;
    int well, result = -1;

    if (!crl_json_can_say(job->crl))
        return job_failed(job, "MTLSAUTH_CACHE_JSON", "a delta or indirect list has no JSON form");
    stream = open_memstream(&data, &len);
    well = stream != NULL && crl_json_write(job->crl, stream) == MTLSAUTH_OK;
    if (stream != NULL)
        well = (fclose(stream) == 0) & well;
    if (well)
        result = put(job, ".cache.json", "application/json", data, len);
    else
        job_failed(job, "the JSON", "out of memory");
    free(data);
    return result;
}

/* What was made, for the answer; NULL with a sentence in job->error. */
static json_t *do_record(struct function *f, json_t *record, struct job *job)
{
    json_t *done = NULL;

    job->f = f;
    if (s3_event_location(record, job->location, sizeof job->location, job->error) == 0 &&
        load_truststore(job) == 0 && load_signer(job) == 0 && load_crl(job) == 0 &&
        check_rollback(job) == 0 && put_index(job) == 0 && (!f->cache_json || put_json(job) == 0)) {
        done =
            json_pack("{s:o, s:I, s:s, s:s}", "list", json_text(job->location), "entries",
                      (json_int_t)mtlsauth_crl_count(job->crl), "number",
                      mtlsauth_crl_number_hex(job->crl), "issuer", mtlsauth_crl_issuer(job->crl));
        if (done == NULL)
            job_failed(job, "the answer", "out of memory");
    }
    mtlsauth_crl_free(job->crl);
    mtlsauth_cert_free(job->signer);
    mtlsauth_truststore_free(job->truststore);
    return done;
}

static int handle(void *arg, const struct lambda_event *event, struct lambda_result *result)
{
    json_t *root = json_loadb(event->json, event->len, JSON_REJECT_DUPLICATES, NULL), *record;
    json_t *records = json_object_get(root, "Records"), *done = json_array();
    size_t i, failures = 0;

    snprintf(result->type, sizeof result->type, "Preprocessor.Failed");
    json_array_foreach(records, i, record)
    {
        struct job job = {.deadline = event->deadline};
        json_t *made = do_record(arg, record, &job);

        if (made == NULL || json_array_append_new(done, made) != 0) {
            lambda_log(json_pack("{s:o, s:o}", "list", json_text(job.location), "error",
                                 json_text(job.error)));
            if (failures++ == 0)
                snprintf(result->error, sizeof result->error, "%.100s: %.400s", job.location,
                         job.error);
        }
    }
    if (json_array_size(records) == 0)
        snprintf(result->error, sizeof result->error, "not an event of S3: it has no records");
    else if (failures == 0)
        result->json = json_dumps(done, JSON_COMPACT);
    json_decref(done);
    json_decref(root);
    return result->json != NULL ? 0 : -1;
}

static int start(struct function *f, char error[FETCH_ERROR_LEN])
{
    int profile = 0;

    f->truststore = lambda_text("MTLSAUTH_TRUSTSTORE");
    if (lambda_key("MTLSAUTH_INDEX_KEY", f->key, &f->key_len, error) != 0 ||
        lambda_choice("MTLSAUTH_PROFILE", profile_words, &profile, error) != 0 ||
        lambda_bool("MTLSAUTH_CACHE_JSON", &f->cache_json, error) != 0 ||
        lambda_number("MTLSAUTH_MAX_MIB", MAX_MIB, &f->max_mib, error) != 0)
        return -1;
    if (f->truststore != NULL && !fetch_is_private(f->truststore)) {
        snprintf(error, FETCH_ERROR_LEN,
                 "MTLSAUTH_TRUSTSTORE: a path, https:// or s3:// is needed");
        return -1;
    }
    if (f->truststore == NULL || f->key_len == 0) {
        snprintf(error, FETCH_ERROR_LEN,
                 "MTLSAUTH_TRUSTSTORE and MTLSAUTH_INDEX_KEY have to be set");
        return -1;
    }
    if (mtlsauth_policy_new(&f->policy, MTLSAUTH_PROFILE_API_GATEWAY + profile) != MTLSAUTH_OK ||
        mtlsauth_policy_set_revocation(f->policy, MTLSAUTH_EVIDENCE_CRL, MTLSAUTH_DEPTH_LEAF) !=
            MTLSAUTH_OK ||
        /* serverAuth: a CA may stand at the end of a path as a server, but not as a client. */
        mtlsauth_policy_set_required_eku(f->policy, "1.3.6.1.5.5.7.3.1") != MTLSAUTH_OK ||
        mtlsauth_decision_new(&f->decision) != MTLSAUTH_OK) {
        snprintf(error, FETCH_ERROR_LEN, "%s", mtlsauth_last_error());
        return -1;
    }
    return (f->fetch = fetch_new()) == NULL ? -1 : 0;
}

int main(void)
{
    char error[FETCH_ERROR_LEN] = "out of memory";

    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        fprintf(stderr, "libcurl cannot be initialised\n");
    else if (start(&function, error) != 0)
        lambda_init_error("Preprocessor.InitError", error);
    else
        lambda_run(handle, &function);
    mtlsauth_decision_free(function.decision);
    mtlsauth_policy_free(function.policy);
    fetch_free(function.fetch);
    curl_global_cleanup();
    return 1; /* a runtime that ends has failed; Lambda starts another */
}
