/* SPDX-License-Identifier: MIT */
#include <mtlsauth/cert.h>

#include "base/error.h"
#include "identity/matcher.h"

int mtlsauth_cert_matches(const mtlsauth_cert *cert, const char *matcher, int *yes)
{
    struct identity_subject subject = {.leaf = cert};
    struct subject_names names;
    struct matcher compiled;
    int code;

    if (yes != NULL)
        *yes = 0;
    if (cert == NULL || matcher == NULL || yes == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                              "cert_matches: certificate, matcher or result is NULL");
    code = mtlsauth__matcher_compile(&compiled, matcher, MATCHER_NO_PATH);
    if (code != MTLSAUTH_OK)
        return code;
    if (cert->names != NAME_OK)
        code = mtlsauth__fail(MTLSAUTH_ERR_PARSE,
                              "a name of the certificate %s, so nothing of it is believed",
                              cert->names == NAME_NUL ? "has a NUL inside" : "is malformed");
    else
        code = mtlsauth__subject_names(&names, &subject, MATCHER_TYPE_BIT(compiled.type));
    if (code == MTLSAUTH_OK) {
        *yes = mtlsauth__matcher_holds(&compiled, &names, NULL);
        mtlsauth__subject_names_drop(&names);
    }
    mtlsauth__matcher_drop(&compiled);
    return code;
}
