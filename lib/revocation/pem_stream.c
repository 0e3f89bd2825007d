/* SPDX-License-Identifier: MIT */
#include "revocation/pem_stream.h"

#include "base/der.h"
#include "base/error.h"
#include "base/pem.h"

#define BEGIN "-----BEGIN "
#define END "-----END "
#define DASHES "-----"
#define LABEL "X509 CRL"

/* What an octet is that is no digit: one more than what value_of gives for it. */
enum { SPACE = 0xff, PAD = 0xfe };

void mtlsauth__pem_stream_init(struct pem_stream *stream, int (*data)(void *arg, struct span),
                               void *arg)
{
    /* The buffers need no zeros. */
    stream->data = data;
    stream->arg = arg;
    stream->state = PEM_STREAM_UNKNOWN;
    stream->had_block = false;
    stream->mid_line = false;
    stream->line = 1;
    stream->begin_line = 0;
    stream->held_len = 0;
    stream->out_len = 0;
    stream->group = 0;
    stream->digits = 0;
    stream->padding = 0;
    stream->failed = MTLSAUTH_OK;
}

static int fail(struct pem_stream *stream, const char *why)
{
    stream->failed = mtlsauth__fail(MTLSAUTH_ERR_PARSE, "line %zu: %s", stream->line, why);
    return stream->failed;
}

static int flush(struct pem_stream *stream)
{
    size_t len = stream->out_len;

    stream->out_len = 0;
    if (len > 0)
        stream->failed = stream->data(stream->arg, span_of(stream->out, len));
    return stream->failed;
}

static bool starts_with(struct span line, const char *text)
{
    return line.len >= strlen(text) && memcmp(line.ptr, text, strlen(text)) == 0;
}

static bool contains(struct span line, const char *text)
{
    for (; line.len >= strlen(text); line = span_tail(line, 1))
        if (starts_with(line, text))
            return true;
    return false;
}

/* Is the line kind, label, dashes and nothing else? */
static bool is_boundary(struct span line, const char *kind)
{
    size_t len = strlen(kind);

    return line.len == len + strlen(LABEL DASHES) && starts_with(line, kind) &&
           span_is_text(span_tail(line, len), LABEL DASHES);
}

static int end_body(struct pem_stream *stream, struct span line)
{
    if (!is_boundary(line, END))
        return fail(stream, "the block has to end in -----END X509 CRL-----");
    if (stream->digits != 0)
        return fail(stream, "the block's base64 is cut off, or has lost its padding");
    stream->state = PEM_STREAM_TEXT;
    return flush(stream);
}

/* A line outside of a block, or the one that ends it, in held. */
static int end_line(struct pem_stream *stream)
{
    struct span line = span_of(stream->held, stream->held_len);
    int code = MTLSAUTH_OK;

    while (line.len > 0 && (line.ptr[line.len - 1] == '\r' || line.ptr[line.len - 1] == ' ' ||
                            line.ptr[line.len - 1] == '\t'))
        line.len--;
    stream->held_len = 0;
    if (stream->state == PEM_STREAM_BODY) {
        code = end_body(stream, line);
    } else if (contains(line, END)) {
        return fail(stream, "a block ends that has not begun");
    } else if (contains(line, BEGIN)) {
        if (!starts_with(line, BEGIN))
            return fail(stream, "text in front of -----BEGIN; it has to begin the line");
        if (stream->had_block)
            return fail(stream, "a second block; a CRL file holds one CRL and nothing else");
        if (!is_boundary(line, BEGIN))
            return fail(stream, "not a block -----BEGIN X509 CRL-----");
        stream->had_block = true;
        stream->begin_line = stream->line;
        stream->state = PEM_STREAM_BODY;
    } else {
        code = stream->failed = mtlsauth__pem_text(line, stream->line);
    }
    stream->line++;
    return code;
}

static int hold(struct pem_stream *stream, uint8_t c)
{
    if (c == '\n')
        return end_line(stream);
    if (stream->held_len == sizeof stream->held)
        return fail(stream, "a line of more than 4096 octets: no CRL in DER, and none in PEM");
    stream->held[stream->held_len++] = c;
    return MTLSAUTH_OK;
}

/* Every octet is looked at here, so that it is one look into a table. */
static uint8_t value_of(uint8_t c)
{
    static const uint8_t values[256] = {
        ['\t'] = SPACE, ['\n'] = SPACE, ['\r'] = SPACE, [' '] = SPACE, ['='] = PAD,
        /* Those of RFC 4648 4 plus one, so that what is not named is 0. */
        ['A'] = 1,  ['B'] = 2,  ['C'] = 3,  ['D'] = 4,  ['E'] = 5,  ['F'] = 6,  ['G'] = 7,
        ['H'] = 8,  ['I'] = 9,  ['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14,
        ['O'] = 15, ['P'] = 16, ['Q'] = 17, ['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21,
        ['V'] = 22, ['W'] = 23, ['X'] = 24, ['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28,
        ['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32, ['g'] = 33, ['h'] = 34, ['i'] = 35,
        ['j'] = 36, ['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40, ['o'] = 41, ['p'] = 42,
        ['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48, ['w'] = 49,
        ['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56,
        ['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62, ['+'] = 63,
        ['/'] = 64};

    return (uint8_t)(values[c] - 1);
}

/* RFC 4648 3.5: bits that stand for nothing must be zero. */
static int end_group(struct pem_stream *stream)
{
    unsigned octets = 3 - stream->padding;

    if ((stream->padding == 1 && (stream->group & 0x3U) != 0) ||
        (stream->padding == 2 && (stream->group & 0xfU) != 0))
        return fail(stream, "not valid base64: bits behind its end");
    stream->group <<= 6 * stream->padding;
    for (unsigned i = 0; i < octets; i++)
        stream->out[stream->out_len++] = (uint8_t)(stream->group >> (16 - 8 * i));
    stream->group = 0;
    stream->digits = 0;
    return stream->out_len > sizeof stream->out - 3 ? flush(stream) : MTLSAUTH_OK;
}

static int body_octet(struct pem_stream *stream, uint8_t c)
{
    uint8_t value = value_of(c);

    stream->mid_line = c != '\n';
    if (value == SPACE - 1) {
        stream->line += c == '\n';
        return MTLSAUTH_OK;
    }
    if (value == PAD - 1 && stream->digits >= 2 && stream->digits + stream->padding < 4)
        stream->padding++;
    else if (value < 64 && stream->padding == 0)
        stream->group = stream->group << 6 | value, stream->digits++;
    else
        return fail(stream, "not valid base64");
    if (stream->digits + stream->padding < 4)
        return MTLSAUTH_OK;
    return end_group(stream);
}

/* Whole groups without anything between them, which is what lines of base64 are. */
static void body_groups(struct pem_stream *stream, struct der *in)
{
    while (in->end - in->pos >= 4 && stream->out_len <= sizeof stream->out - 6) {
        uint8_t a = value_of(in->pos[0]), b = value_of(in->pos[1]);
        uint8_t c = value_of(in->pos[2]), d = value_of(in->pos[3]);
        uint32_t group;

        if ((a | b | c | d) >= 64)
            return;
        group = (uint32_t)a << 18 | (uint32_t)b << 12 | (uint32_t)c << 6 | d;
        stream->out[stream->out_len++] = (uint8_t)(group >> 16);
        stream->out[stream->out_len++] = (uint8_t)(group >> 8);
        stream->out[stream->out_len++] = (uint8_t)group;
        in->pos += 4;
    }
}

static int body(struct pem_stream *stream, struct der *in)
{
    int code = MTLSAUTH_OK;

    /* A boundary that has begun; base64 has no dash. */
    while (code == MTLSAUTH_OK && !der_at_end(in) && stream->state == PEM_STREAM_BODY) {
        uint8_t c = *in->pos;

        if (c == '-' && stream->mid_line)
            return fail(stream,
                        "a dash inside of a line of base64; -----END has to begin its line");
        if (stream->held_len > 0 || c == '-') {
            in->pos++;
            code = hold(stream, c);
            continue;
        }
        if (stream->digits == 0 && stream->padding == 0) {
            const uint8_t *before = in->pos;

            body_groups(stream, in);
            if (in->pos != before) {
                stream->mid_line = true;
                continue;
            }
        }
        in->pos++;
        code = body_octet(stream, c);
    }
    return code;
}

static int text(struct pem_stream *stream, struct der *in)
{
    int code = MTLSAUTH_OK;

    while (code == MTLSAUTH_OK && !der_at_end(in) && stream->state == PEM_STREAM_TEXT)
        code = hold(stream, *in->pos++);
    return code;
}

int mtlsauth__pem_stream_push(struct pem_stream *stream, struct span piece)
{
    struct der in = der_of(piece);

    if (stream->failed != MTLSAUTH_OK || piece.len == 0)
        return stream->failed;
    if (stream->state == PEM_STREAM_UNKNOWN)
        stream->state = piece.ptr[0] == DER_SEQUENCE ? PEM_STREAM_DER : PEM_STREAM_TEXT;
    if (stream->state == PEM_STREAM_DER) {
        stream->failed = stream->data(stream->arg, piece);
        return stream->failed;
    }
    while (stream->failed == MTLSAUTH_OK && !der_at_end(&in)) {
        if (stream->state == PEM_STREAM_BODY)
            (void)body(stream, &in);
        else
            (void)text(stream, &in);
    }
    return stream->failed;
}

int mtlsauth__pem_stream_end(struct pem_stream *stream)
{
    if (stream->failed != MTLSAUTH_OK || stream->state == PEM_STREAM_DER)
        return stream->failed;
    /* The last line may have no end. */
    if (stream->held_len > 0 && end_line(stream) != MTLSAUTH_OK)
        return stream->failed;
    if (stream->state == PEM_STREAM_BODY) {
        stream->line = stream->begin_line;
        return fail(stream, "the block that begins here has no END line; the file may have been "
                            "cut off");
    }
    if (!stream->had_block)
        stream->failed = mtlsauth__fail(MTLSAUTH_ERR_PARSE,
                                        "%s: neither a CRL in DER nor a block -----BEGIN X509 "
                                        "CRL-----",
                                        stream->state == PEM_STREAM_UNKNOWN ? "it is empty"
                                                                            : "not a CRL");
    return stream->failed;
}
