/* SPDX-License-Identifier: MIT */
#include "revocation/ocsp_extension.h"

#include "base/der.h"
#include "base/oid.h"
#include "cert/view.h"

/* Real responses have one or two. It bounds the search for a second one of the same OID. */
enum { MAX_EXTENSIONS = 32 };

bool mtlsauth__ocsp_extensions_read(struct ocsp_extensions *out, struct span value)
{
    struct span seen[MAX_EXTENSIONS], content;
    struct der list;
    size_t count = 0;

    if (!mtlsauth__der_only(value, DER_SEQUENCE, &content))
        return false;
    list = der_of(content);
    while (!der_at_end(&list)) {
        struct one_extension extension;

        if (count == MAX_EXTENSIONS || !mtlsauth__extension_next(&list, &extension))
            return false;
        /* RFC 5280 4.2: not more than one instance of a particular extension. */
        if (oid_is_among(seen, count, extension.oid))
            return false;
        seen[count++] = extension.oid;
        if (extension.critical && !out->is_known(extension.oid))
            out->unknown_critical = true;
        if (OID_IS(extension.oid, OID_OCSP_NONCE)) {
            out->has_nonce = true;
            out->nonce = extension.value;
        }
    }
    return true;
}
