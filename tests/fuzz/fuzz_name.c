/* SPDX-License-Identifier: MIT */
/* Names: what DER says, written as RFC 4514 and read again, is the same name. Text that is a name
 * has a canonical form; DER is what begins with a SEQUENCE. */
#include <stdint.h>
#include "cert/name.h"
#include "consume.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static bool count(void *arg, const struct name_attribute *attribute)
{
    consume(attribute->value.ptr, attribute->value.len);
    ++*(size_t *)arg;
    return true;
}

/* A NUL, or what is not in its character set, is text that is refused when it is read again. */
static void check_der(struct span der)
{
    struct text text = {0}, direct = {0}, back = {0};
    enum name_status shown = mtlsauth__name_text(&text, der);
    enum name_status status = mtlsauth__name_canonical(&direct, der);
    size_t bad = 0, attributes = 0;
    bool read;

    require(shown == NAME_OK || shown == NAME_MALFORMED);
    if (shown == NAME_OK) {
        read = mtlsauth__name_canonical_of_text(&back, span_of(text.ptr, text.len), &bad);
        require(read == (status == NAME_OK));
        require(!read || span_equal(span_of(direct.ptr, direct.len), span_of(back.ptr, back.len)));
        require(mtlsauth__name_each(der, count, &attributes));
        require((attributes == 0) == mtlsauth__name_is_empty(der));
        for (size_t i = 0; i < text.len; i++)
            require((uint8_t)text.ptr[i] >= 0x20 && text.ptr[i] != 0x7f);
    }
    mtlsauth__text_drop(&text);
    mtlsauth__text_drop(&direct);
    mtlsauth__text_drop(&back);
}

static void check_text(struct span rfc4514)
{
    struct text once = {0}, twice = {0};
    size_t bad = 0;

    if (mtlsauth__name_canonical_of_text(&once, rfc4514, &bad)) {
        require(mtlsauth__name_canonical_of_text(&twice, rfc4514, &bad));
        require(span_equal(span_of(once.ptr, once.len), span_of(twice.ptr, twice.len)));
    } else {
        require(bad <= rfc4514.len);
    }
    mtlsauth__text_drop(&once);
    mtlsauth__text_drop(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (len > 0 && data[0] == 0x30)
        check_der(span_of(data, len));
    check_text(span_of(data, len));
    return 0;
}
