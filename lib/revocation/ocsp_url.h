/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_REVOCATION_OCSP_URL_H
#define MTLSAUTH_REVOCATION_OCSP_URL_H

#include "cert/view.h"

/* URLs that a certificate gives, as far as they can be handed to an HTTP client without a
 * thought. */

/* http:// or https://, visible ASCII, nothing that has to be escaped; no query unless
 * with_query. */
bool mtlsauth__url_is_plain(struct span url, bool with_query);

/*
 * The first such URL that a certificate gives for its responder (RFC 5280 4.2.2.1); empty when it
 * gives none. False if the extension is malformed.
 */
bool mtlsauth__ocsp_url(const struct cert_view *view, struct span *url);

/* Does the certificate name a responder at all, of whatever kind? Malformed counts as yes. */
bool mtlsauth__ocsp_names_responder(const struct cert_view *view);

/* The i-th such URL of its CRL distribution points (RFC 5280 4.2.1.13); false beyond the end. */
bool mtlsauth__crl_url(const struct cert_view *view, size_t i, struct span *url);

#endif
