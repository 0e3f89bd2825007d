/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_REVOCATION_CRL_CONTEXT_H
#define MTLSAUTH_REVOCATION_CRL_CONTEXT_H

#include "cert/chain.h"
#include "revocation/params.h"
#include "trust/params.h"
#include "trust/truststore.h"

/*
 * What lists are asked about: the certificates of a path that was verified, and what the path of
 * another CRL issuer is validated with (RFC 5280 6.3.3 (f)). All of it is borrowed.
 */
struct crl_context {
    const struct revocation_params *params;
    const struct path_params *path_params;
    const mtlsauth_truststore *truststore; /* NULL: only lists of the issuer's own key count */
    const mtlsauth_chain *intermediates;   /* may be NULL */
    mtlsauth_cert *const *path;            /* leaf first, anchor last */
    size_t path_count;
    int64_t now;
};

#endif
