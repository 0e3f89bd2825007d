/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_TRUST_PROFILE_H
#define MTLSAUTH_TRUST_PROFILE_H

#include "trust/checks.h"

/*
 * What a profile asks of certificates beyond RFC 5280 6.1, and what RFC 5280 asks and libcrypto
 * leaves out.
 */
path_check mtlsauth__check_profile;

/* The name of one of enum mtlsauth_profile, "api-gateway". Static. */
const char *mtlsauth__profile_name(int profile);

#endif
