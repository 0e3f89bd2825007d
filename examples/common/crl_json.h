/* SPDX-License-Identifier: MIT */
#ifndef EXAMPLES_CRL_JSON_H
#define EXAMPLES_CRL_JSON_H

#include <stdio.h>
#include <mtlsauth/crl.h>

/*
 * The serial numbers of a list as {"0xabc": "", ...}, which is what the AWS sample for large CRLs
 * keeps as <crlname>.cache.json. It holds neither issuer nor dates nor a signature: for programs
 * that read this form, never to decide from. MTLSAUTH_OK, or a code of the library; errors of file
 * are the caller's to look for.
 */
int crl_json_write(const mtlsauth_crl *crl, FILE *file);

/* 1 when that form can say what the list says; who reads it takes a delta, or a list of several
 * issuers, for all that is revoked. */
int crl_json_can_say(const mtlsauth_crl *crl);

#endif
