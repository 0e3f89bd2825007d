/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_REVOCATION_SCOPE_H
#define MTLSAUTH_REVOCATION_SCOPE_H

#include "cert/view.h"
#include "revocation/facts.h"

/* How much of a certificate's status a list tells. */
enum crl_coverage {
    COVERAGE_NONE,    /* it does not speak of it */
    COVERAGE_PARTIAL, /* of some reasons: an entry counts, the absence of one does not */
    COVERAGE_FULL,
    COVERAGE_NO_MEMORY
};

/* RFC 5280 6.3.3 (b), for a list and a certificate of the same issuer. */
enum crl_coverage mtlsauth__crl_covers(const struct crl_facts *facts, const struct cert_view *cert);

#endif
