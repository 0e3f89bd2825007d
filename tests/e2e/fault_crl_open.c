/* SPDX-License-Identifier: MIT */

/* In front of mtlsauth_crl_open of a program: fails with the code in FAULT_CRL_OPEN, if it is
 * set. */

#include <stdlib.h>
#include <mtlsauth/crl.h>

int __real_mtlsauth_crl_open(mtlsauth_crl **out, const void *data, size_t len, const void *key,
                             size_t key_len);
int __wrap_mtlsauth_crl_open(mtlsauth_crl **out, const void *data, size_t len, const void *key,
                             size_t key_len);

int __wrap_mtlsauth_crl_open(mtlsauth_crl **out, const void *data, size_t len, const void *key,
                             size_t key_len)
{
    const char *code = getenv("FAULT_CRL_OPEN");

    *out = NULL;
    return code != NULL ? atoi(code) : __real_mtlsauth_crl_open(out, data, len, key, key_len);
}
