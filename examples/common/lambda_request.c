/* SPDX-License-Identifier: MIT */
#include "lambda_request.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { NAME_PARTS = 64, SERIAL_OCTETS = 64 };

/* NULL also for a text with a NUL, of which C would see the beginning. */
static const char *text_of(const json_t *value)
{
    const char *text = json_string_value(value);

    return text != NULL && strlen(text) == json_string_length(value) ? text : NULL;
}

static int is_text(const json_t *value, const char *text)
{
    const char *s = text_of(value);

    return s != NULL && strcmp(s, text) == 0;
}

static enum lambda_shape shape_of(const json_t *event)
{
    const json_t *version = json_object_get(event, "version");
    const json_t *type = json_object_get(event, "type");

    if (is_text(version, "2.0"))
        return LAMBDA_HTTP_2;
    if (is_text(version, "1.0"))
        return LAMBDA_HTTP_1;
    if (version != NULL && !json_is_null(version))
        return LAMBDA_UNKNOWN;
    if (is_text(type, "TOKEN"))
        return LAMBDA_TOKEN;
    return is_text(type, "REQUEST") ? LAMBDA_REST : LAMBDA_UNKNOWN;
}

void lambda_request_read(const json_t *event, struct lambda_request *request)
{
    const json_t *context = json_object_get(event, "requestContext"), *holder;
    int is_2;

    *request = (struct lambda_request){.shape = shape_of(event)};
    is_2 = request->shape == LAMBDA_HTTP_2;
    request->arn = text_of(json_object_get(event, is_2 ? "routeArn" : "methodArn"));
    if (request->shape == LAMBDA_UNKNOWN || request->shape == LAMBDA_TOKEN)
        return;
    holder = json_object_get(context, is_2 ? "authentication" : "identity");
    request->client_cert = json_object_get(holder, "clientCert");
    request->pem = json_object_get(request->client_cert, "clientCertPem");
    if (request->pem == NULL || json_is_null(request->pem) || is_text(request->pem, ""))
        request->client_cert = request->pem = NULL;
}

const char *lambda_shape_name(enum lambda_shape shape)
{
    switch (shape) {
    case LAMBDA_TOKEN:
        return "TOKEN";
    case LAMBDA_REST:
        return "REST";
    case LAMBDA_HTTP_1:
        return "HTTP-1.0";
    case LAMBDA_HTTP_2:
        return "HTTP-2.0";
    case LAMBDA_UNKNOWN:
        break;
    }
    return "unknown";
}

/* Hexadecimal digits without colons and leading zeros; -1 for anything else. */
static int plain_hex(const char *text, char out[2 * SERIAL_OCTETS + 1])
{
    size_t n = 0;

    for (; *text != '\0'; text++) {
        char c = *text >= 'A' && *text <= 'F' ? (char)(*text - 'A' + 'a') : *text;

        if (c == ':' || (c == '0' && n == 0))
            continue;
        if (strchr("0123456789abcdef", c) == NULL || n == 2 * SERIAL_OCTETS)
            return -1;
        out[n++] = c;
    }
    out[n] = '\0';
    return 0;
}

/* The same number in decimal: digits from the right, each octet multiplied in. */
static void decimal_from(const unsigned char *octets, size_t len, char out[3 * SERIAL_OCTETS + 1])
{
    unsigned char digits[3 * SERIAL_OCTETS] = {0};
    size_t n = 1;

    for (size_t i = 0; i < len; i++) {
        unsigned carry = octets[i];

        for (size_t k = 0; k < n || carry > 0; k++) {
            carry += digits[k] * 256u;
            digits[k] = (unsigned char)(carry % 10);
            carry /= 10;
            n = k >= n ? k + 1 : n;
        }
    }
    for (size_t i = 0; i < n; i++)
        out[i] = (char)('0' + digits[n - 1 - i]);
    out[n] = '\0';
}

/* It is seen as "a1:b2" and as "1": hexadecimal or decimal. */
static int serial_agrees(const char *text, const mtlsauth_cert *cert)
{
    char given[2 * SERIAL_OCTETS + 1], own[2 * SERIAL_OCTETS + 1], decimal[3 * SERIAL_OCTETS + 1];
    size_t len;
    const unsigned char *octets = mtlsauth_cert_serial(cert, &len);

    if (len > SERIAL_OCTETS || *text == '\0' ||
        plain_hex(mtlsauth_cert_serial_hex(cert), own) != 0 || plain_hex(text, given) != 0)
        return 0;
    if (strcmp(given, own) == 0)
        return 1;
    decimal_from(octets, len, decimal);
    return strcmp(text, decimal) == 0;
}

static int64_t days_from_civil(int year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t century = y / 400, of_400 = y - century * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

    return century * 146097 + of_400 * 365 + of_400 / 4 - of_400 / 100 + of_year - 719468;
}

/* "Aug  5 09:36:04 2021 GMT", as ASN1_TIME_print writes it. */
static int date_agrees(const char *text, int64_t time)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    char month[4];
    const char *at;
    int day, hour, minute, second, year, end = 0;

    if (sscanf(text, "%3s %2d %2d:%2d:%2d %4d GMT%n", month, &day, &hour, &minute, &second, &year,
               &end) != 6 ||
        end == 0 || text[end] != '\0' || year < 0 || year > 9999 ||
        (at = strstr(months, month)) == NULL || (at - months) % 3 != 0 || strlen(month) != 3)
        return 0;
    return (days_from_civil(year, (int)(at - months) / 3 + 1, day) * 24 + hour) * 3600 +
               minute * 60 + second ==
           time;
}

/* The parts of a name between commas that are not escaped; 0 when there are too many. */
static size_t split_name(const char *text, const char *parts[], size_t lens[])
{
    size_t n = 0;

    while (n < NAME_PARTS) {
        size_t len = 0;

        text += strspn(text, " ");
        while (text[len] != '\0' && text[len] != ',')
            len += text[len] == '\\' && text[len + 1] != '\0' ? 2 : 1;
        parts[n] = text;
        lens[n++] = len;
        if (text[len] == '\0')
            return n;
        text += len + 1;
    }
    return 0;
}

static int name_agrees(const char *given, const char *own)
{
    const char *a[NAME_PARTS], *b[NAME_PARTS];
    size_t a_lens[NAME_PARTS], b_lens[NAME_PARTS];
    size_t n = split_name(given, a, a_lens);

    if (n == 0 || n != split_name(own, b, b_lens))
        return 0;
    for (size_t i = 0; i < n; i++) {
        size_t k = 0;

        while (k < n &&
               (b[k] == NULL || a_lens[i] != b_lens[k] || memcmp(a[i], b[k], a_lens[i]) != 0))
            k++;
        if (k == n)
            return 0;
        b[k] = NULL; /* it is taken */
    }
    return 1;
}

const char *lambda_request_contradiction(const struct lambda_request *request,
                                         const mtlsauth_cert *cert, int *sure)
{
    const json_t *validity = json_object_get(request->client_cert, "validity");
    const struct {
        const char *name;
        const json_t *value;
    } fields[] = {
        {"serialNumber", json_object_get(request->client_cert, "serialNumber")},
        {"validity.notBefore", json_object_get(validity, "notBefore")},
        {"validity.notAfter", json_object_get(validity, "notAfter")},
        {"subjectDN", json_object_get(request->client_cert, "subjectDN")},
        {"issuerDN", json_object_get(request->client_cert, "issuerDN")},
    };

    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        const char *text = text_of(fields[i].value);
        int agrees = 1;

        if (fields[i].value == NULL || json_is_null(fields[i].value))
            continue;
        *sure = i < 3;
        if (text == NULL)
            agrees = 0;
        else if (i == 0)
            agrees = serial_agrees(text, cert);
        else if (i < 3)
            agrees = date_agrees(text, i == 1 ? mtlsauth_cert_not_before(cert)
                                              : mtlsauth_cert_not_after(cert));
        else
            agrees = name_agrees(text,
                                 i == 3 ? mtlsauth_cert_subject(cert) : mtlsauth_cert_issuer(cert));
        if (!agrees)
            return fields[i].name;
    }
    return "";
}
