/* SPDX-License-Identifier: MIT */
/* One certificate, and everything that it says. */
#include <stdint.h>
#include "consume.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    mtlsauth_cert *cert = NULL;
    int code = mtlsauth_cert_parse(&cert, data == NULL ? (const uint8_t *)"" : data, len), yes = 0;

    require((cert != NULL) == (code == MTLSAUTH_OK));
    if (code == MTLSAUTH_OK) {
        consume_cert(cert);
        (void)!mtlsauth_cert_matches(cert, "dns:**.example.com", &yes);
        (void)!mtlsauth_cert_matches(cert, "subject.CN:client", &yes);
        mtlsauth_cert_free(cert);
    } else {
        require(code == MTLSAUTH_ERR_PARSE || code == MTLSAUTH_ERR_LIMIT);
        consume_text(mtlsauth_last_error());
    }
    return 0;
}
