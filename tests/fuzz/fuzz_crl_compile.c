/* SPDX-License-Identifier: MIT */
/* A list, PEM or DER, to its index: every entry is found again, and none twice. */
#include <stdlib.h>
#include <mtlsauth/mtlsauth.h>
#include "revocation/crl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    unsigned char serial[MTLSAUTH_CRL_MAX_SERIAL + 1];
    mtlsauth_crl *crl;
    size_t n, at;

    if (mtlsauth_crl_parse(&crl, data, len, NULL) != MTLSAUTH_OK)
        return 0;
    if (!mtlsauth__crl_index_ok(&crl->image.index))
        abort();
    for (size_t i = 0; i < mtlsauth_crl_count(crl); i++) {
        const struct crl_index *index = &crl->image.index;
        uint32_t issuer = index->issuer == NULL ? 0 : index->issuer[i];

        if (mtlsauth_crl_serial_at(crl, i, serial, sizeof serial, &n, NULL, NULL) != MTLSAUTH_OK ||
            !mtlsauth__crl_index_find_of(index, issuer, span_of(serial, n), &at) || at != i)
            abort();
    }
    mtlsauth_crl_free(crl);
    return 0;
}
