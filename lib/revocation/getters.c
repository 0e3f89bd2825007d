/* SPDX-License-Identifier: MIT */
#include "revocation/crl.h"

int mtlsauth_crl_is_verified(const mtlsauth_crl *crl)
{
    return crl != NULL && crl->verified ? 1 : 0;
}

const char *mtlsauth_crl_issuer(const mtlsauth_crl *crl)
{
    return crl == NULL ? "" : crl->issuer;
}

const void *mtlsauth_crl_number(const mtlsauth_crl *crl, size_t *len)
{
    if (len != NULL)
        *len = crl == NULL ? 0 : crl->image.facts.number_len;
    return crl == NULL ? NULL : crl->image.facts.number;
}

const char *mtlsauth_crl_number_hex(const mtlsauth_crl *crl)
{
    return crl == NULL ? "" : crl->number_hex;
}

const void *mtlsauth_crl_base_number(const mtlsauth_crl *crl, size_t *len)
{
    if (len != NULL)
        *len = crl == NULL ? 0 : crl->image.facts.base_number_len;
    return crl == NULL ? NULL : crl->image.facts.base_number;
}

const char *mtlsauth_crl_base_number_hex(const mtlsauth_crl *crl)
{
    return crl == NULL ? "" : crl->base_number_hex;
}

int64_t mtlsauth_crl_this_update(const mtlsauth_crl *crl)
{
    return crl == NULL ? MTLSAUTH_NO_TIME : crl->image.facts.this_update;
}

int64_t mtlsauth_crl_next_update(const mtlsauth_crl *crl)
{
    return crl == NULL || crl->image.facts.next_update == CRL_NO_NEXT_UPDATE
               ? MTLSAUTH_NO_TIME
               : crl->image.facts.next_update;
}

size_t mtlsauth_crl_count(const mtlsauth_crl *crl)
{
    return crl == NULL ? 0 : crl->image.index.count;
}

const unsigned char *mtlsauth_crl_sha256(const mtlsauth_crl *crl)
{
    return crl == NULL ? NULL : crl->image.source;
}

const char *mtlsauth_crl_sha256_hex(const mtlsauth_crl *crl)
{
    return crl == NULL ? "" : crl->sha256_hex;
}

const unsigned char *mtlsauth_crl_issuer_key(const mtlsauth_crl *crl)
{
    return crl == NULL || !crl->verified ? NULL : crl->image.issuer_key;
}

const char *mtlsauth_crl_signature_text(const mtlsauth_crl *crl)
{
    return crl == NULL ? "" : crl->algorithm_text;
}

const char *mtlsauth_crl_distribution_point(const mtlsauth_crl *crl)
{
    return crl == NULL ? "" : crl->point;
}

unsigned mtlsauth_crl_scope(const mtlsauth_crl *crl)
{
    const struct crl_scope *scope;

    if (crl == NULL)
        return 0;
    scope = &crl->image.facts.scope;
    return (scope->only_user ? (unsigned)MTLSAUTH_CRL_SCOPE_USER : 0U) |
           (scope->only_ca ? (unsigned)MTLSAUTH_CRL_SCOPE_CA : 0U) |
           (scope->only_attribute ? (unsigned)MTLSAUTH_CRL_SCOPE_ATTRIBUTE : 0U) |
           (scope->indirect ? (unsigned)MTLSAUTH_CRL_SCOPE_INDIRECT : 0U) |
           (scope->reasons != 0 ? (unsigned)MTLSAUTH_CRL_SCOPE_REASONS : 0U) |
           (scope->has_names ? (unsigned)MTLSAUTH_CRL_SCOPE_POINT : 0U) |
           (crl->image.facts.is_delta ? (unsigned)MTLSAUTH_CRL_SCOPE_DELTA : 0U);
}

unsigned mtlsauth_crl_reasons(const mtlsauth_crl *crl)
{
    return crl == NULL ? 0 : crl->image.facts.scope.reasons;
}

size_t mtlsauth_crl_memory(const mtlsauth_crl *crl)
{
    return crl == NULL ? 0 : mtlsauth__crl_index_size(&crl->image.index);
}
