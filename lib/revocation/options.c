/* SPDX-License-Identifier: MIT */
#include "revocation/crl.h"

#include "base/error.h"
#include "base/memory.h"

static const struct mtlsauth_crl_options defaults = {
    .limits = {.bytes = MTLSAUTH_CRL_DEFAULT_MAX_BYTES,
               .entries = MTLSAUTH_CRL_DEFAULT_MAX_ENTRIES,
               .serial = MTLSAUTH_CRL_DEFAULT_MAX_SERIAL},
};

const struct mtlsauth_crl_options *
mtlsauth__crl_options_or_default(const mtlsauth_crl_options *options)
{
    return options == NULL ? &defaults : options;
}

int mtlsauth_crl_options_new(mtlsauth_crl_options **out)
{
    if (out == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "crl_options_new: out is NULL");
    *out = mtlsauth__memdup(span_of(&defaults, sizeof defaults));
    return *out == NULL ? mtlsauth__fail_memory() : MTLSAUTH_OK;
}

void mtlsauth_crl_options_free(mtlsauth_crl_options *options)
{
    mtlsauth__free(options);
}

static int fail_option(const char *what)
{
    return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "crl_options: %s", what);
}

int mtlsauth_crl_options_set_max_bytes(mtlsauth_crl_options *options, uint64_t bytes)
{
    if (options == NULL || bytes == 0)
        return fail_option("options, and a number of octets above 0, are needed");
    options->limits.bytes = bytes;
    return MTLSAUTH_OK;
}

int mtlsauth_crl_options_set_max_entries(mtlsauth_crl_options *options, uint64_t entries)
{
    if (options == NULL || entries == 0 || entries > CRL_INDEX_MAX)
        return fail_option("options, and a number of entries from 1 to 4294967294, are needed");
    options->limits.entries = entries;
    return MTLSAUTH_OK;
}

int mtlsauth_crl_options_set_max_serial(mtlsauth_crl_options *options, size_t octets)
{
    if (options == NULL || octets == 0 || octets > MTLSAUTH_CRL_MAX_SERIAL)
        return fail_option("options, and a length of 1 to 64 octets, are needed");
    options->limits.serial = octets;
    return MTLSAUTH_OK;
}

int mtlsauth_crl_options_set_progress(mtlsauth_crl_options *options, mtlsauth_crl_progress progress,
                                      void *arg)
{
    if (options == NULL)
        return fail_option("the options are NULL");
    options->progress = progress;
    options->progress_arg = arg;
    return MTLSAUTH_OK;
}

int mtlsauth_crl_parse(mtlsauth_crl **out, const void *data, size_t len,
                       const mtlsauth_crl_options *options)
{
    struct crl_bytes bytes = {.memory = span_of(data, len)};

    if (out != NULL)
        *out = NULL;
    if (out == NULL || data == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "crl_parse: out or data is NULL");
    return mtlsauth__crl_load(out, &bytes, NULL, NULL, options);
}
