/* SPDX-License-Identifier: MIT */
#include "revocation/ocsp_response.h"

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/oid.h"
#include "base/time.h"
#include "revocation/ocsp_extension.h"

/* id-pkix-ocsp-basic, RFC 6960 4.2.1 */
#define OID_BASIC "\x2b\x06\x01\x05\x05\x07\x30\x01\x01"

enum { SHA1_LEN = 20 };

static const char *const status_names[] = {
    [0] = "successful", [1] = "malformedRequest", [2] = "internalError",
    [3] = "tryLater",   [5] = "sigRequired",      [6] = "unauthorized",
};

const char *mtlsauth__ocsp_response_status_name(int status)
{
    const char *name = NULL;

    if (status >= 0 && (size_t)status < sizeof status_names / sizeof status_names[0])
        name = status_names[status];
    return name == NULL ? "" : name;
}

/*
 * version [0] EXPLICIT INTEGER DEFAULT v1. That a default is left away is DER, and responders that
 * write it are many: v1 is taken where it stands.
 */
static bool read_version(struct der *in)
{
    struct span value, integer;
    uint32_t version = 0;
    bool present;

    return mtlsauth__der_optional(in, DER_CONTEXT_CONSTRUCTED(0), &present, &value) &&
           (!present || (mtlsauth__der_only(value, DER_INTEGER, &integer) &&
                         mtlsauth__der_small_integer(integer, &version) && version == 0));
}

/* ResponderID ::= CHOICE { byName [1] EXPLICIT Name, byKey [2] EXPLICIT KeyHash } */
static bool read_responder(mtlsauth_ocsp_response *response, struct der *in)
{
    struct der name;
    struct span value;

    response->by_key = der_peek(in, DER_CONTEXT_CONSTRUCTED(2));
    if (response->by_key)
        return mtlsauth__der_read(in, DER_CONTEXT_CONSTRUCTED(2), &value) &&
               mtlsauth__der_only(value, DER_OCTET_STRING, &response->responder) &&
               response->responder.len == SHA1_LEN;
    return mtlsauth__der_enter(in, DER_CONTEXT_CONSTRUCTED(1), &name) &&
           mtlsauth__der_read_whole(&name, DER_SEQUENCE, &response->responder) && der_at_end(&name);
}

static const char *read_singles(mtlsauth_ocsp_response *response, struct der *in)
{
    struct ocsp_single single;
    struct der list;
    const char *why;

    if (!mtlsauth__der_read(in, DER_SEQUENCE, &response->singles))
        return "the list of answers is malformed";
    for (list = der_of(response->singles); !der_at_end(&list); response->count++)
        if (!mtlsauth__ocsp_single_next(&list, &single, &why))
            return why;
    return NULL;
}

static bool is_known(struct span oid)
{
    return OID_IS(oid, OID_OCSP_NONCE);
}

/* responseExtensions [1] EXPLICIT Extensions OPTIONAL */
static const char *read_extensions(mtlsauth_ocsp_response *response, struct der *in)
{
    struct ocsp_extensions extensions = {.is_known = is_known};
    struct span value;
    bool present;

    if (!mtlsauth__der_optional(in, DER_CONTEXT_CONSTRUCTED(1), &present, &value) ||
        (present && !mtlsauth__ocsp_extensions_read(&extensions, value)))
        return "its extensions are malformed";
    response->unknown_critical = extensions.unknown_critical;
    if (extensions.has_nonce &&
        (!mtlsauth__der_only(extensions.nonce, DER_OCTET_STRING, &response->nonce) ||
         response->nonce.len == 0 || response->nonce.len > OCSP_MAX_NONCE))
        return "its nonce is none of 1 to 128 octets";
    return NULL;
}

/* ResponseData */
static const char *read_data(mtlsauth_ocsp_response *response)
{
    struct der in = der_of(response->tbs), data;
    struct span produced_at;
    const char *why;

    if (!mtlsauth__der_enter(&in, DER_SEQUENCE, &data) || !read_version(&data))
        return "its version is not 1";
    if (!read_responder(response, &data))
        return "the name of its responder is malformed";
    if (!mtlsauth__der_read(&data, DER_GENERALIZED_TIME, &produced_at) ||
        !mtlsauth__time_parse(DER_GENERALIZED_TIME, produced_at, &response->produced_at))
        return "producedAt is no time of the form YYYYMMDDHHMMSSZ";
    why = read_singles(response, &data);
    if (why == NULL)
        why = read_extensions(response, &data);
    if (why == NULL && !der_at_end(&data))
        why = "something follows the last field of what is signed";
    return why;
}

/* certs [0] EXPLICIT SEQUENCE OF Certificate OPTIONAL: how many, or more than are taken. */
static bool read_certificates(mtlsauth_ocsp_response *response, struct der *in, size_t *count)
{
    struct span value, whole;
    struct der list;
    bool present;

    *count = 0;
    if (!mtlsauth__der_optional(in, DER_CONTEXT_CONSTRUCTED(0), &present, &value))
        return false;
    if (!present)
        return true;
    if (!mtlsauth__der_only(value, DER_SEQUENCE, &response->certificates))
        return false;
    list = der_of(response->certificates);
    for (; !der_at_end(&list) && *count <= OCSP_MAX_CERTIFICATES; (*count)++)
        if (!mtlsauth__der_read_whole(&list, DER_SEQUENCE, &whole))
            return false;
    return true;
}

static int fail_parse(const char *why)
{
    return mtlsauth__fail(MTLSAUTH_ERR_PARSE, "OCSP response: %s", why);
}

/* BasicOCSPResponse ::= SEQUENCE { tbsResponseData, signatureAlgorithm, signature, certs } */
static int read_basic(mtlsauth_ocsp_response *response, struct span bytes)
{
    struct der in = der_of(bytes), basic;
    struct span algorithm, bits;
    unsigned unused;
    size_t count;
    const char *why;

    if (!mtlsauth__der_enter(&in, DER_SEQUENCE, &basic) || !der_at_end(&in) ||
        !mtlsauth__der_read_whole(&basic, DER_SEQUENCE, &response->tbs) ||
        !mtlsauth__der_read_whole(&basic, DER_SEQUENCE, &algorithm) ||
        !mtlsauth__algorithm_read(&response->algorithm, algorithm) ||
        !mtlsauth__der_read(&basic, DER_BIT_STRING, &bits) ||
        !mtlsauth__der_bit_string(bits, &response->signature, &unused) || unused != 0 ||
        !read_certificates(response, &basic, &count) ||
        (count <= OCSP_MAX_CERTIFICATES && !der_at_end(&basic)))
        return fail_parse("its parts are not those of a basic response");
    if (count > OCSP_MAX_CERTIFICATES)
        return mtlsauth__fail(MTLSAUTH_ERR_LIMIT, "OCSP response: more than %d certificates",
                              (int)OCSP_MAX_CERTIFICATES);
    why = read_data(response);
    return why == NULL ? MTLSAUTH_OK : fail_parse(why);
}

/* ResponseBytes ::= SEQUENCE { responseType OID, response OCTET STRING }, in [0] EXPLICIT */
static int read_bytes(mtlsauth_ocsp_response *response, struct der *outer)
{
    struct der wrapper, inner;
    struct span type, bytes;

    if (!mtlsauth__der_enter(outer, DER_CONTEXT_CONSTRUCTED(0), &wrapper) || !der_at_end(outer) ||
        !mtlsauth__der_enter(&wrapper, DER_SEQUENCE, &inner) || !der_at_end(&wrapper) ||
        !mtlsauth__der_read(&inner, DER_OID, &type) || !mtlsauth__oid_ok(type) ||
        !mtlsauth__der_read(&inner, DER_OCTET_STRING, &bytes) || !der_at_end(&inner))
        return fail_parse("it says successful, and there is no response in it");
    if (!OID_IS(type, OID_BASIC))
        return mtlsauth__fail(MTLSAUTH_ERR_UNSUPPORTED,
                              "OCSP response: its type is not id-pkix-ocsp-basic");
    return read_basic(response, bytes);
}

/* What was given instead of a response: a page, another file. */
static const char *what_else(struct span bytes)
{
    struct der in = der_of(bytes), outer;
    struct span first;

    if (bytes.len == 0)
        return "it is empty";
    if (bytes.len > 5 && span_equal(span_head(bytes, 5), span_of_text("-----")))
        return "it is PEM; a response is DER, as the responder sends it";
    if (bytes.ptr[0] != DER_SEQUENCE)
        return "it is no DER: text, or the page of a web server?";
    if (!mtlsauth__der_enter(&in, DER_SEQUENCE, &outer))
        return "it is no DER, or cut off";
    if (!mtlsauth__der_read(&outer, DER_SEQUENCE, &first))
        return "responseStatus is none of RFC 6960";
    return der_at_end(&outer) ? "it is a request, or something else, and no response"
                              : "it is a certificate or a CRL, or something else, and no response";
}

/* OCSPResponse ::= SEQUENCE { responseStatus ENUMERATED, responseBytes OPTIONAL } */
static int read_response(mtlsauth_ocsp_response *response)
{
    struct span whole = span_of(response->der, response->len), status;
    struct der in = der_of(whole), outer;

    if (!mtlsauth__der_enter(&in, DER_SEQUENCE, &outer))
        return fail_parse(what_else(whole));
    if (!der_at_end(&in))
        return fail_parse("something follows it");
    if (!mtlsauth__der_read(&outer, DER_ENUMERATED, &status) || status.len != 1 ||
        status.ptr[0] >= sizeof status_names / sizeof status_names[0] ||
        status_names[status.ptr[0]] == NULL)
        return fail_parse(what_else(whole));
    response->status = status.ptr[0];
    if (response->status == 0)
        return read_bytes(response, &outer);
    /* RFC 6960 4.2.1: an error has no responseBytes. */
    return der_at_end(&outer) ? MTLSAUTH_OK : fail_parse("it says an error, and more");
}

int mtlsauth_ocsp_response_parse(mtlsauth_ocsp_response **out, const void *data, size_t len)
{
    mtlsauth_ocsp_response *response;
    int code;

    if (out == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "ocsp_response_parse: out is NULL");
    *out = NULL;
    if (data == NULL && len > 0)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "ocsp_response_parse: data is NULL");
    if (len > MTLSAUTH_MAX_OCSP_BYTES)
        return mtlsauth__fail(MTLSAUTH_ERR_LIMIT, "OCSP response: more than %d bytes",
                              MTLSAUTH_MAX_OCSP_BYTES);
    response = mtlsauth__calloc(1, sizeof *response);
    if (response == NULL)
        return mtlsauth__fail_memory();
    refcount_init(&response->refs);
    response->produced_at = MTLSAUTH_NO_TIME;
    response->der = mtlsauth__memdup(span_of(data, len));
    response->len = len;
    code = response->der == NULL ? mtlsauth__fail_memory() : read_response(response);
    if (code == MTLSAUTH_OK)
        *out = response;
    else
        mtlsauth_ocsp_response_free(response);
    return code;
}

int mtlsauth_ocsp_response_load_file(mtlsauth_ocsp_response **out, const char *path)
{
    uint8_t *data = NULL;
    size_t len;
    int code;

    if (out == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "ocsp_response_load_file: out is NULL");
    *out = NULL;
    if (path == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "ocsp_response_load_file: path is NULL");
    code = mtlsauth__file_read(path, MTLSAUTH_MAX_OCSP_BYTES, &data, &len);
    if (code != MTLSAUTH_OK)
        return code;
    code = mtlsauth_ocsp_response_parse(out, data, len);
    mtlsauth__free(data);
    return code == MTLSAUTH_OK ? code : mtlsauth__fail_in(code, "%s: ", path);
}

mtlsauth_ocsp_response *mtlsauth_ocsp_response_ref(mtlsauth_ocsp_response *response)
{
    if (response != NULL)
        refcount_add(&response->refs);
    return response;
}

void mtlsauth_ocsp_response_free(mtlsauth_ocsp_response *response)
{
    if (response == NULL || !refcount_drop(&response->refs))
        return;
    mtlsauth__free(response->der);
    mtlsauth__free(response);
}
