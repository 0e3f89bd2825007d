/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_REVOCATION_OCSP_URL_H
#define MTLSAUTH_REVOCATION_OCSP_URL_H

#include "cert/view.h"

/*
 * The first http:// or https:// URL that a certificate gives for its responder (RFC 5280 4.2.2.1);
 * empty when it gives none. False if the extension is malformed.
 */
bool mtlsauth__ocsp_url(const struct cert_view *view, struct span *url);

/* Does the certificate name a responder at all, of whatever kind? Malformed counts as yes. */
bool mtlsauth__ocsp_names_responder(const struct cert_view *view);

#endif
