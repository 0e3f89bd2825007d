/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_CRYPTO_RANDOM_H
#define MTLSAUTH_CRYPTO_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Octets that nobody can foresee; false when libcrypto has none. */
bool mtlsauth__random(uint8_t *out, size_t len);

#endif
