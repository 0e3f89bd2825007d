/* SPDX-License-Identifier: MIT */
#include "base/percent.h"

#include "base/hex.h"

bool mtlsauth__percent_decode(struct span text, uint8_t *out, size_t *len, size_t *bad)
{
    size_t written = 0;

    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.ptr[i];

        *bad = i;
        if (c == '%') {
            int high, low;

            if (text.len - i < 3)
                return false;
            high = hex_value(text.ptr[i + 1]);
            low = hex_value(text.ptr[i + 2]);
            if (high < 0 || low < 0 || (high == 0 && low == 0))
                return false;
            c = (uint8_t)(high << 4 | low);
            i += 2;
        } else if (c <= 0x20 || c >= 0x7f) {
            return false;
        }
        out[written++] = c;
    }
    *len = written;
    return true;
}
