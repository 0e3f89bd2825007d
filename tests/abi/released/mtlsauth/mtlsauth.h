/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_MTLSAUTH_H
#define MTLSAUTH_MTLSAUTH_H

/* Every public header but <mtlsauth/openssl.h>, which is for programs that use OpenSSL. */

#include <mtlsauth/version.h>
#include <mtlsauth/error.h>
#include <mtlsauth/report.h>
#include <mtlsauth/cert.h>
#include <mtlsauth/truststore.h>
#include <mtlsauth/policy.h>
#include <mtlsauth/crl.h>
#include <mtlsauth/decision.h>
#include <mtlsauth/path.h>
#include <mtlsauth/ocsp.h>
#include <mtlsauth/authorizer.h>

#endif
