/* SPDX-License-Identifier: MIT */
#include "crypto/random.h"

#include <openssl/err.h>
#include <openssl/rand.h>

bool mtlsauth__random(uint8_t *out, size_t len)
{
    bool ok;

    if (len > INT32_MAX)
        return false;
    ERR_set_mark();
    ok = RAND_bytes(out, (int)len) == 1;
    ERR_pop_to_mark();
    return ok;
}
