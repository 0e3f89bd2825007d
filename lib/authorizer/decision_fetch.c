/* SPDX-License-Identifier: MIT */
#include <mtlsauth/error.h>
#include "authorizer/decision.h"
#include "base/error.h"
#include "base/memory.h"
#include "revocation/ocsp_url.h"

/* What to fetch for a path that was verified: nothing of what a stranger's certificate names. */

/* The text of a URL, kept; NULL when memory runs out. */
static const char *keep(struct decision_lent *lent, struct span url)
{
    char **grown, *text;

    for (size_t i = 0; i < lent->url_count; i++)
        if (span_is_text(url, lent->urls[i]))
            return lent->urls[i];
    grown = mtlsauth__grow(lent->urls, lent->url_count, &lent->url_capacity, sizeof(char *));
    if (grown == NULL)
        return NULL;
    lent->urls = grown;
    text = mtlsauth__malloc(url.len + 1);
    if (text == NULL)
        return NULL;
    memcpy(text, url.ptr, url.len);
    text[url.len] = '\0';
    lent->urls[lent->url_count++] = text;
    return text;
}

void mtlsauth__decision_ask_ocsp(mtlsauth_decision *decision, const mtlsauth_cert *cert,
                                 const mtlsauth_cert *issuer)
{
    /* SHA-1, no nonce, one certificate: what every responder takes, AWS Private CA's too. */
    decision->ocsp_code = mtlsauth_ocsp_request_new(&decision->ocsp_request, cert, issuer, 0);
}

int mtlsauth_decision_ocsp_request(const mtlsauth_decision *decision,
                                   const mtlsauth_ocsp_request **request, const char **url)
{
    struct span found;

    if (request != NULL)
        *request = NULL;
    if (url != NULL)
        *url = NULL;
    if (decision == NULL || request == NULL || url == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                              "decision_ocsp_request: decision, request or url is NULL");
    if (decision->ocsp_request == NULL && decision->ocsp_code != MTLSAUTH_OK)
        return mtlsauth__fail(decision->ocsp_code,
                              "decision_ocsp_request: no request could be made (%s)",
                              mtlsauth_code_name(decision->ocsp_code));
    if (decision->ocsp_request == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_NOT_FOUND,
                              "decision_ocsp_request: this decision misses no OCSP answer");
    if (decision->lent != NULL && decision->depth >= 0 &&
        mtlsauth__ocsp_url(&decision->path.certs[decision->depth]->view, &found) && found.len > 0) {
        *url = keep(decision->lent, found);
        if (*url == NULL)
            return mtlsauth__fail_memory();
    }
    *request = decision->ocsp_request;
    return MTLSAUTH_OK;
}

const char *mtlsauth_decision_crl_url(const mtlsauth_decision *decision, size_t depth, size_t i)
{
    struct span url;

    if (decision == NULL || decision->lent == NULL || depth >= decision->path.count ||
        !mtlsauth__crl_url(&decision->path.certs[depth]->view, i, &url))
        return NULL;
    return keep(decision->lent, url);
}
