/* SPDX-License-Identifier: MIT */
#include "revocation/ocsp_extension.h"

#include "base/der.h"
#include "base/oid.h"

/* Real responses have one or two. It bounds the search for a second one of the same OID. */
enum { MAX_EXTENSIONS = 32 };

/* Extension ::= SEQUENCE { extnID OID, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING } */
static bool read_one(struct der *list, struct span *oid, bool *critical, struct span *value)
{
    struct der inner;

    return mtlsauth__der_enter(list, DER_SEQUENCE, &inner) &&
           mtlsauth__der_read(&inner, DER_OID, oid) && mtlsauth__oid_ok(*oid) &&
           mtlsauth__der_default_false(&inner, critical) &&
           mtlsauth__der_read(&inner, DER_OCTET_STRING, value) && der_at_end(&inner);
}

bool mtlsauth__ocsp_extensions_read(struct ocsp_extensions *out, struct span value)
{
    struct span seen[MAX_EXTENSIONS], content;
    struct der list;
    size_t count = 0;

    if (!mtlsauth__der_only(value, DER_SEQUENCE, &content))
        return false;
    list = der_of(content);
    while (!der_at_end(&list)) {
        struct span oid, extension;
        bool critical;

        if (count == MAX_EXTENSIONS || !read_one(&list, &oid, &critical, &extension))
            return false;
        /* RFC 5280 4.2: not more than one instance of a particular extension. */
        if (oid_is_among(seen, count, oid))
            return false;
        seen[count++] = oid;
        if (critical && !out->is_known(oid))
            out->unknown_critical = true;
        if (OID_IS(oid, OID_OCSP_NONCE)) {
            out->has_nonce = true;
            out->nonce = extension;
        }
    }
    return true;
}
