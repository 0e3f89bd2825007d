/* SPDX-License-Identifier: MIT */
#include "base/der.h"
#include "cert/general_name.h"
#include "revocation/ocsp_url.h"

/* The names of a fullName, if the distribution point in front of in has one. */
static bool full_name(struct der *in, struct der *names)
{
    struct der inner, point;

    return mtlsauth__der_enter(in, DER_SEQUENCE, &inner) &&
           mtlsauth__der_enter(&inner, DER_CONTEXT_CONSTRUCTED(0), &point) &&
           mtlsauth__der_enter(&point, DER_CONTEXT_CONSTRUCTED(0), names);
}

bool mtlsauth__crl_url(const struct cert_view *view, size_t i, struct span *url)
{
    const struct extension_value *points = &view->extensions[EXTENSION_CRL_DISTRIBUTION_POINTS];
    struct span content, point;
    struct der in, names;
    unsigned tag;

    if (!points->present || !mtlsauth__der_only(points->value, DER_SEQUENCE, &content))
        return false;
    in = der_of(content);
    while (!der_at_end(&in)) {
        struct der one;

        if (!mtlsauth__der_read_whole(&in, DER_SEQUENCE, &point))
            return false;
        one = der_of(point);
        if (!full_name(&one, &names))
            continue;
        while (!der_at_end(&names) && mtlsauth__der_next(&names, &tag, url, NULL))
            if (tag == GENERAL_NAME_URI && mtlsauth__url_is_plain(*url, true) && i-- == 0)
                return true;
    }
    return false;
}
