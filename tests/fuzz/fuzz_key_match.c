/* SPDX-License-Identifier: MIT */
/* Any bytes in place of a key: an answer with what they are, or a sentence, and never a prompt. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <mtlsauth/mtlsauth.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* RFC 8705 appendix A; some of the seeds are its key. */
static const char example[] = "-----BEGIN CERTIFICATE-----\n"
                              "MIIBBjCBrAIBAjAKBggqhkjOPQQDAjAPMQ0wCwYDVQQDDARtdGxzMB4XDTE4MTAx\n"
                              "ODEyMzcwOVoXDTIyMDUwMjEyMzcwOVowDzENMAsGA1UEAwwEbXRsczBZMBMGByqG\n"
                              "SM49AgEGCCqGSM49AwEHA0IABNcnyxwqV6hY8QnhxxzFQ03C7HKW9OylMbnQZjjJ\n"
                              "/Au08/coZwxS7LfA4vOLS9WuneIXhbGGWvsDSb0tH6IxLm8wCgYIKoZIzj0EAwID\n"
                              "SQAwRgIhAP0RC1E+vwJD/D1AGHGzuri+hlV/PpQEKTWUVeORWz83AiEA5x2eXZOV\n"
                              "bUlJSGQgjwD5vaUaKlLR50Q2DmFfQj1L+SY=\n"
                              "-----END CERTIFICATE-----\n";

static void require(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static mtlsauth_cert *cert;
    const char *found = "x";
    int yes = 7, code;

    if (cert == NULL)
        require(mtlsauth_cert_parse(&cert, example, strlen(example)) == MTLSAUTH_OK);
    code = mtlsauth_cert_matches_key(cert, data, len, &yes, &found);
    if (code == MTLSAUTH_OK) {
        require((yes == 0 || yes == 1) && found != NULL);
        require(strstr(found, "key") != NULL || strstr(found, "CSR") != NULL);
    } else {
        require(yes == 0 && found == NULL && mtlsauth_last_error()[0] != '\0');
        require(code == MTLSAUTH_ERR_PARSE || code == MTLSAUTH_ERR_LIMIT ||
                code == MTLSAUTH_ERR_UNSUPPORTED);
    }
    return 0;
}
