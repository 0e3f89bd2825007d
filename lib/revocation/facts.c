/* SPDX-License-Identifier: MIT */
#include "revocation/facts.h"

#include "base/der.h"
#include "base/memory.h"

void mtlsauth__crl_facts_drop(struct crl_facts *facts)
{
    mtlsauth__free(facts->issuer);
    mtlsauth__free(facts->idp);
    mtlsauth__free(facts->signature);
    mtlsauth__crl_issuers_drop(&facts->issuers);
    *facts = (struct crl_facts){0};
}

bool mtlsauth__crl_number(struct span value, uint8_t out[MTLSAUTH__MAX_CRL_NUMBER], size_t *len)
{
    /* What is too long is that with its sign octet: 20 octets of content, no more. */
    if (!mtlsauth__der_integer_ok(value) || value.ptr[0] >= 0x80 ||
        value.len > MTLSAUTH__MAX_CRL_NUMBER)
        return false;
    if (value.len > 1 && value.ptr[0] == 0)
        value = span_tail(value, 1);
    memcpy(out, value.ptr, value.len);
    *len = value.len;
    return true;
}

int mtlsauth__crl_number_compare(struct span a, struct span b)
{
    int order;

    if (a.len != b.len)
        return a.len < b.len ? -1 : 1;
    order = a.len == 0 ? 0 : memcmp(a.ptr, b.ptr, a.len);
    return order < 0 ? -1 : order > 0;
}
