/* SPDX-License-Identifier: MIT */
/* What proxies hand over: the first byte is the format (10: the two headers of RFC 9440, a newline
 * between them). What is taken is a chain within the limits, whose leaf reads the same alone. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <mtlsauth/mtlsauth.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static int parse_parts(mtlsauth_chain **chain, const uint8_t *data, size_t len)
{
    char *text = malloc(len + 1), *second;
    const char *parts[2];
    int code;

    require(text != NULL);
    memcpy(text, data, len);
    text[len] = '\0';
    second = strchr(text, '\n');
    if (second != NULL)
        *second++ = '\0';
    parts[0] = text;
    parts[1] = second;
    code = mtlsauth_chain_parse_parts(chain, parts, 2, NULL);
    free(text);
    return code;
}

static void check(const mtlsauth_chain *chain)
{
    size_t count = mtlsauth_chain_count(chain), total = 0;

    require(count > 0 && count <= MTLSAUTH_DEFAULT_MAX_CHAIN_CERTIFICATES);
    for (size_t i = 0; i < count; i++) {
        const mtlsauth_cert *cert = mtlsauth_chain_cert(chain, i);
        mtlsauth_cert *again;
        size_t len;
        const void *der = mtlsauth_cert_der(cert, &len);

        total += len;
        require(len <= MTLSAUTH_DEFAULT_MAX_CERTIFICATE_BYTES);
        require(mtlsauth_cert_parse(&again, der, len) == MTLSAUTH_OK);
        require(strcmp(mtlsauth_cert_sha256_hex(again), mtlsauth_cert_sha256_hex(cert)) == 0);
        mtlsauth_cert_free(again);
    }
    require(total <= MTLSAUTH_DEFAULT_MAX_CHAIN_BYTES);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    mtlsauth_chain *chain = NULL;
    int code, format;

    if (len == 0)
        return 0;
    format = *data++ % (MTLSAUTH_FORMAT_XFCC + 2);
    len--;
    if (format > MTLSAUTH_FORMAT_XFCC)
        code = parse_parts(&chain, data, len);
    else
        code = mtlsauth_chain_parse(&chain, data, len, format, NULL);
    if (code == MTLSAUTH_OK) {
        check(chain);
    } else {
        require(chain == NULL && mtlsauth_last_error()[0] != '\0');
        require(code == MTLSAUTH_ERR_PARSE || code == MTLSAUTH_ERR_LIMIT);
    }
    mtlsauth_chain_free(chain);
    return 0;
}
