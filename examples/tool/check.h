/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_TOOL_CHECK_H
#define MTLSAUTH_TOOL_CHECK_H

#include <stddef.h>
#include <stdint.h>
#include <mtlsauth/mtlsauth.h>
#include "../common/rules.h"

/* What the command line of mtlsauth check says. */
struct check_options {
    const char *truststore;
    const char *cert;
    const char **untrusted; /* as many as there are arguments, at most */
    size_t untrusted_count;
    const char **crls; /* as many as there are arguments, at most */
    size_t crl_count;
    const char **responses; /* as many as there are arguments, at most */
    size_t response_count;
    int evidence; /* 0: ocsp when a response is given, crl when a CRL is */
    int depth;
    struct rules rules;
    const char *eku;
    int64_t at;
    int profile;
    int format;
    int json;
};

/* Intermediates, lists and responses, into the authorizer. 0, or STATUS_ERROR after saying what is
 * wrong. */
int load_evidence(mtlsauth_authorizer *authorizer, const struct check_options *options,
                  const mtlsauth_truststore *truststore, const mtlsauth_policy *policy);

#endif
