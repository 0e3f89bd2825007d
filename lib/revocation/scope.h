/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_REVOCATION_SCOPE_H
#define MTLSAUTH_REVOCATION_SCOPE_H

#include "cert/view.h"
#include "revocation/facts.h"

/* Does a list speak of certificates of this kind (RFC 5280 6.3.3 (b) (2) (ii) to (iv))? */
bool mtlsauth__crl_scope_has(const struct crl_scope *scope, const struct cert_view *cert);

#endif
