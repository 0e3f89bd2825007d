/* SPDX-License-Identifier: MIT */
/* Stands in for functions of the library, where it does not have them yet. */
#include "http_later.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static const char *truststore_path, *crl_paths[32];
static size_t crl_count;
static mtlsauth_policy *policy_now;

int mtlsauth_authorizer_update(mtlsauth_authorizer *a, mtlsauth_truststore *t,
                               const mtlsauth_policy *p, mtlsauth_chain *c)
{
    int code = p != NULL ? mtlsauth_authorizer_set_policy(a, p) : MTLSAUTH_OK;
    if (code == MTLSAUTH_OK && t != NULL)
        code = mtlsauth_authorizer_set_truststore(a, t);
    if (code == MTLSAUTH_OK && c != NULL)
        code = mtlsauth_authorizer_set_intermediates(a, c);
    return code;
}

int mtlsauth_authorizer_add_truststore_file(mtlsauth_authorizer *a, const char *path)
{
    (void)a;
    truststore_path = path;
    return MTLSAUTH_OK;
}

static int load(mtlsauth_authorizer *a, const char *path)
{
    mtlsauth_truststore *t = NULL;
    mtlsauth_crl *crl = NULL;
    int code;
    if (policy_now == NULL &&
        (mtlsauth_policy_new(&policy_now, MTLSAUTH_PROFILE_API_GATEWAY) != MTLSAUTH_OK))
        return MTLSAUTH_ERR_NOMEM;
    code = mtlsauth_truststore_load_file(&t, truststore_path, NULL);
    if (code == MTLSAUTH_OK)
        code = mtlsauth_crl_load_file_from_truststore(&crl, path, t, policy_now, NULL);
    if (code == MTLSAUTH_OK)
        code = mtlsauth_authorizer_put_crl(a, crl);
    mtlsauth_crl_free(crl);
    mtlsauth_truststore_free(t);
    return code;
}

int mtlsauth_authorizer_add_crl_file(mtlsauth_authorizer *a, const char *path, mtlsauth_cert *i)
{
    int code = load(a, path);
    (void)i;
    if (code == MTLSAUTH_OK)
        crl_paths[crl_count++] = path;
    return code;
}

int mtlsauth_authorizer_add_crl_dir(mtlsauth_authorizer *a, const char *path, mtlsauth_cert *i)
{
    (void)a;
    (void)path;
    (void)i;
    return MTLSAUTH_ERR_UNSUPPORTED;
}

int mtlsauth_authorizer_refresh(mtlsauth_authorizer *a, int *changed, mtlsauth_report **report)
{
    int first = MTLSAUTH_OK;
    *report = NULL;
    *changed = 0;
    for (size_t i = 0; i < crl_count; i++) {
        int code = load(a, crl_paths[i]);
        if (code != MTLSAUTH_OK && first == MTLSAUTH_OK)
            first = code;
        *changed = 1;
    }
    return first;
}

int mtlsauth_authorizer_stats_json(mtlsauth_authorizer *a, char *buf, size_t size, size_t *needed)
{
    *needed = 400;
    if (size < 400)
        return MTLSAUTH_ERR_LIMIT;
    snprintf(buf, size,
             "{\"generation\":%llu,\"decisions\":{\"MTLSAUTH_OK\":1},\"path_cache\":{\"hits\":1,"
             "\"misses\":1,\"entries\":1},\"crls\":[{\"issuer\":\"a\\\"b\",\"distribution_point\":"
             "\"\",\"number\":\"1\",\"this_update\":1,\"next_update\":2,\"age_seconds\":3,"
             "\"seconds_to_stale\":1000,\"entries\":1}],\"ocsp\":{\"entries\":1},\"truststore\":{"
             "\"sha256\":\"ab\",\"certificates\":1},\"rollbacks_refused\":0,\"refresh\":{"
             "\"succeeded\":1,\"failed\":0}}",
             (unsigned long long)mtlsauth_authorizer_generation(a));
    return MTLSAUTH_OK;
}

int mtlsauth_authorizer_put_ocsp_response(mtlsauth_authorizer *a, const void *d, size_t n)
{
    (void)a;
    (void)d;
    (void)n;
    return MTLSAUTH_ERR_UNSUPPORTED;
}

int mtlsauth_decision_ocsp_request(const mtlsauth_decision *d, const mtlsauth_ocsp_request **r,
                                   const char **url)
{
    (void)d;
    (void)r;
    (void)url;
    return MTLSAUTH_ERR_NOT_FOUND;
}
