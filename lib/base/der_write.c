/* SPDX-License-Identifier: MIT */
#include "base/der_write.h"

void mtlsauth__der_put(struct der_writer *out, struct span bytes)
{
    if (out->full || bytes.len > out->at) {
        out->full = true;
        return;
    }
    out->at -= bytes.len;
    if (bytes.len > 0)
        memcpy(out->start + out->at, bytes.ptr, bytes.len);
}

/* X.690 10.1: the shortest form. */
void mtlsauth__der_put_header(struct der_writer *out, uint8_t tag, size_t end)
{
    uint8_t header[2 + sizeof(size_t)];
    size_t len, at = sizeof header;

    if (out->full)
        return;
    len = end - out->at;
    if (len < 0x80) {
        header[--at] = (uint8_t)len;
    } else {
        uint8_t octets = 0;

        for (; len > 0; len >>= 8, octets++)
            header[--at] = (uint8_t)len;
        header[--at] = (uint8_t)(0x80U | octets);
    }
    header[--at] = tag;
    mtlsauth__der_put(out, span_of(header + at, sizeof header - at));
}

void mtlsauth__der_put_value(struct der_writer *out, uint8_t tag, struct span value)
{
    size_t end = out->at;

    mtlsauth__der_put(out, value);
    mtlsauth__der_put_header(out, tag, end);
}
