/* SPDX-License-Identifier: MIT */
/* A truststore: all of it, or nothing and a sentence. */
#include <stdint.h>
#include "consume.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    mtlsauth_truststore *truststore = NULL, *again = NULL;
    int code = mtlsauth_truststore_parse(&truststore, data == NULL ? (const uint8_t *)"" : data, len,
                                         NULL);

    require((truststore != NULL) == (code == MTLSAUTH_OK));
    if (code == MTLSAUTH_OK) {
        require(mtlsauth_truststore_count(truststore) > 0);
        for (size_t i = 0; i < mtlsauth_truststore_count(truststore); i++)
            consume_cert(mtlsauth_truststore_cert(truststore, i));
        consume(mtlsauth_truststore_sha256(truststore), MTLSAUTH_SHA256_LEN);
        require(mtlsauth_truststore_parse(&again, data, len, NULL) == MTLSAUTH_OK);
        require(strcmp(mtlsauth_truststore_sha256_hex(truststore),
                       mtlsauth_truststore_sha256_hex(again)) == 0);
    } else {
        require(code == MTLSAUTH_ERR_PARSE || code == MTLSAUTH_ERR_LIMIT);
        consume_text(mtlsauth_last_error());
    }
    mtlsauth_truststore_free(again);
    mtlsauth_truststore_free(truststore);
    return 0;
}
