/* SPDX-License-Identifier: MIT */

/* What mtlsauth check knows beside truststore and rules: intermediates, CRLs, OCSP responses. */

#include <stdlib.h>
#include "check.h"
#include "common.h"
#include "../common/intermediates.h"

/* One more certificate file into what becomes one chain of all of them. */
static int append(mtlsauth_chain **all, mtlsauth_chain *more)
{
    size_t have = mtlsauth_chain_count(*all), n = have + mtlsauth_chain_count(more);
    const void **ders = calloc(n, sizeof *ders);
    size_t *lens = calloc(n, sizeof *lens);
    mtlsauth_chain *joined = NULL;
    int code = MTLSAUTH_ERR_NOMEM;

    if (ders != NULL && lens != NULL) {
        for (size_t i = 0; i < n; i++)
            ders[i] = mtlsauth_cert_der(i < have ? mtlsauth_chain_cert(*all, i)
                                                 : mtlsauth_chain_cert(more, i - have),
                                        &lens[i]);
        code = mtlsauth_chain_from_der(&joined, ders, lens, n);
    }
    free(ders);
    free(lens);
    if (code != MTLSAUTH_OK)
        return library_error("--untrusted: of all files together (put many into one file)");
    mtlsauth_chain_free(*all);
    *all = joined;
    return 0;
}

static int load_untrusted(mtlsauth_authorizer *authorizer, const struct check_options *options)
{
    mtlsauth_chain *all = NULL;
    int status = 0;

    for (size_t i = 0; status == 0 && i < options->untrusted_count; i++) {
        mtlsauth_chain *more = NULL;

        if (intermediates_load(&more, options->untrusted[i]) != MTLSAUTH_OK)
            status = library_error("--untrusted");
        if (status == 0 && all == NULL) {
            all = more;
            more = NULL;
        } else if (status == 0) {
            status = append(&all, more);
        }
        mtlsauth_chain_free(more);
    }
    if (status == 0 && all != NULL &&
        mtlsauth_authorizer_set_intermediates(authorizer, all) != MTLSAUTH_OK)
        status = library_error("--untrusted");
    mtlsauth_chain_free(all);
    return status;
}

/* A list is verified with its issuer: a CA of the truststore, or an intermediate of --untrusted. */
static int load_crl(mtlsauth_crl **crl, const char *path, const struct check_options *options,
                    const mtlsauth_truststore *truststore, const mtlsauth_policy *policy)
{
    int code = mtlsauth_crl_load_file_from_truststore(crl, path, truststore, policy, NULL);

    for (size_t n = 0; code == MTLSAUTH_ERR_NOT_FOUND && n < options->untrusted_count; n++) {
        mtlsauth_truststore *more = NULL;

        /* Trusted for no more than this signature: a list counts for a path with the same key. */
        if (mtlsauth_truststore_load_file(&more, options->untrusted[n], NULL) == MTLSAUTH_OK)
            code = mtlsauth_crl_load_file_from_truststore(crl, path, more, policy, NULL);
        mtlsauth_truststore_free(more);
    }
    return code;
}

static int load_crls(mtlsauth_authorizer *authorizer, const struct check_options *options,
                     const mtlsauth_truststore *truststore, const mtlsauth_policy *policy)
{
    for (size_t i = 0; i < options->crl_count; i++) {
        const char *path = options->crls[i];
        mtlsauth_crl *crl = NULL;
        int index = 0, code, status = is_index(path, &index);

        if (status != 0)
            return status;
        code = index ? mtlsauth_crl_open_file(&crl, path, NULL, 0)
                     : load_crl(&crl, path, options, truststore, policy);
        if (code == MTLSAUTH_OK)
            code = mtlsauth_authorizer_put_crl(authorizer, crl);
        mtlsauth_crl_free(crl);
        if (code != MTLSAUTH_OK)
            return library_error("--crl");
    }
    return 0;
}

static int load_responses(mtlsauth_authorizer *authorizer, const struct check_options *options)
{
    for (size_t i = 0; i < options->response_count; i++) {
        mtlsauth_ocsp_response *response = NULL;
        const char *path = options->responses[i];
        const void *der;
        size_t len;
        int code;

        if (mtlsauth_ocsp_response_load_file(&response, path) != MTLSAUTH_OK)
            return library_error("--ocsp-response");
        der = mtlsauth_ocsp_response_der(response, &len);
        code = mtlsauth_authorizer_put_ocsp_response(authorizer, der, len);
        mtlsauth_ocsp_response_free(response);
        if (code != MTLSAUTH_OK)
            return fail("--ocsp-response: %s: %s", path, mtlsauth_last_error());
    }
    return 0;
}

int load_evidence(mtlsauth_authorizer *authorizer, const struct check_options *options,
                  const mtlsauth_truststore *truststore, const mtlsauth_policy *policy)
{
    int status = load_untrusted(authorizer, options);

    if (status == 0)
        status = load_crls(authorizer, options, truststore, policy);
    if (status == 0)
        status = load_responses(authorizer, options);
    return status;
}
