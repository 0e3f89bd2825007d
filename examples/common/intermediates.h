/* SPDX-License-Identifier: MIT */
#ifndef EXAMPLES_INTERMEDIATES_H
#define EXAMPLES_INTERMEDIATES_H

/* CA certificates that clients leave out, in a file of the operator's. */

#include <mtlsauth/cert.h>

/*
 * As mtlsauth_chain_load_file, but with as many certificates, and as many bytes, as a truststore may
 * have: the limits of a chain are for what a stranger sends.
 */
int intermediates_load(mtlsauth_chain **chain, const char *path);

#endif
