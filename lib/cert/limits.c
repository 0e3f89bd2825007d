/* SPDX-License-Identifier: MIT */
#include "base/error.h"
#include "base/memory.h"
#include "cert/cert.h"

static const struct mtlsauth_limits defaults = {
    .certificate_bytes = MTLSAUTH_DEFAULT_MAX_CERTIFICATE_BYTES,
    .chain_bytes = MTLSAUTH_DEFAULT_MAX_CHAIN_BYTES,
    .chain_certificates = MTLSAUTH_DEFAULT_MAX_CHAIN_CERTIFICATES,
    .names = MTLSAUTH_DEFAULT_MAX_NAMES,
    .truststore_bytes = MTLSAUTH_DEFAULT_MAX_TRUSTSTORE_BYTES,
    .truststore_certificates = MTLSAUTH_DEFAULT_MAX_TRUSTSTORE_CERTIFICATES,
};

const struct mtlsauth_limits *mtlsauth__limits_or_default(const mtlsauth_limits *limits)
{
    return limits == NULL ? &defaults : limits;
}

int mtlsauth_limits_new(mtlsauth_limits **out)
{
    if (out == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "limits_new: out is NULL");
    *out = mtlsauth__malloc(sizeof **out);
    if (*out == NULL)
        return mtlsauth__fail_memory();
    **out = defaults;
    return MTLSAUTH_OK;
}

void mtlsauth_limits_free(mtlsauth_limits *limits)
{
    mtlsauth__free(limits);
}

/* The field is a place and not a pointer: limits may be NULL. */
static int set(mtlsauth_limits *limits, size_t offset, size_t value)
{
    if (limits == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "limits: the handle is NULL");
    if (value == 0)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                              "limits: a limit of 0 would refuse everything");
    memcpy((char *)limits + offset, &value, sizeof value);
    return MTLSAUTH_OK;
}

int mtlsauth_limits_set_certificate_bytes(mtlsauth_limits *limits, size_t bytes)
{
    return set(limits, offsetof(struct mtlsauth_limits, certificate_bytes), bytes);
}

int mtlsauth_limits_set_chain_bytes(mtlsauth_limits *limits, size_t bytes)
{
    return set(limits, offsetof(struct mtlsauth_limits, chain_bytes), bytes);
}

int mtlsauth_limits_set_chain_certificates(mtlsauth_limits *limits, size_t count)
{
    return set(limits, offsetof(struct mtlsauth_limits, chain_certificates), count);
}

int mtlsauth_limits_set_names(mtlsauth_limits *limits, size_t count)
{
    return set(limits, offsetof(struct mtlsauth_limits, names), count);
}

int mtlsauth_limits_set_truststore_bytes(mtlsauth_limits *limits, size_t bytes)
{
    return set(limits, offsetof(struct mtlsauth_limits, truststore_bytes), bytes);
}

int mtlsauth_limits_set_truststore_certificates(mtlsauth_limits *limits, size_t count)
{
    return set(limits, offsetof(struct mtlsauth_limits, truststore_certificates), count);
}
