/* SPDX-License-Identifier: MIT */
#include "crl_json.h"

#include <mtlsauth/error.h>

/* "0xabc", the way that Python's hex() writes the number. */
static void write_hex(FILE *file, const unsigned char *serial, size_t len)
{
    unsigned char magnitude[MTLSAUTH_CRL_MAX_SERIAL + 1] = {0};
    int negative = serial[0] >= 0x80, carry = negative, started = 0;

    for (size_t i = len; i-- > 0;) {
        int octet = negative ? (~serial[i] & 0xff) + carry : serial[i];

        carry = negative && octet > 0xff;
        magnitude[i] = (unsigned char)octet;
    }
    fputs(negative ? "-0x" : "0x", file);
    for (size_t i = 0; i < 2 * len; i++) {
        int digit = i % 2 == 0 ? magnitude[i / 2] >> 4 : magnitude[i / 2] & 0x0f;

        started = started || digit != 0 || i + 1 == 2 * len;
        if (started)
            fputc("0123456789abcdef"[digit], file);
    }
}

int crl_json_can_say(const mtlsauth_crl *crl)
{
    unsigned cannot = (unsigned)MTLSAUTH_CRL_SCOPE_DELTA | (unsigned)MTLSAUTH_CRL_SCOPE_INDIRECT;

    return (mtlsauth_crl_scope(crl) & cannot) == 0;
}

int crl_json_write(const mtlsauth_crl *crl, FILE *file)
{
    unsigned char serial[MTLSAUTH_CRL_MAX_SERIAL + 1];
    size_t len;

    fputc('{', file);
    for (size_t i = 0; i < mtlsauth_crl_count(crl); i++) {
        int code = mtlsauth_crl_serial_at(crl, i, serial, sizeof serial, &len, NULL, NULL);

        if (code != MTLSAUTH_OK)
            return code;
        fputs(i == 0 ? "\"" : ", \"", file);
        write_hex(file, serial, len);
        fputs("\": \"\"", file);
    }
    fputs("}\n", file);
    return MTLSAUTH_OK;
}
