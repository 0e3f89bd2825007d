/* SPDX-License-Identifier: MIT */
#include "revocation/ocsp_request.h"

#include "base/der.h"
#include "base/der_write.h"
#include "base/error.h"
#include "base/memory.h"
#include "crypto/random.h"

/*
 * OCSPRequest of RFC 6960 4.1.1, written by hand: it has neither a version other than the default,
 * nor a requestor, nor a signature.
 */

enum {
    MOST_OF_ALL = 128,                      /* headers around the list, and the nonce */
    MOST_OF_ONE = 64 + OCSP_MAX_SERIAL + 64 /* two SHA-256, headers, algorithm */
};

static const uint8_t sha1_identifier[] = {0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e,
                                          0x03, 0x02, 0x1a, 0x05, 0x00};
static const uint8_t sha256_identifier[] = {0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                                            0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00};
/* id-pkix-ocsp-nonce, RFC 9654 2.1 */
static const uint8_t nonce_oid[] = {0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x02};

static struct span identifier_of(const mtlsauth_ocsp_request *request)
{
    return (request->flags & MTLSAUTH_OCSP_SHA256) != 0
               ? span_of(sha256_identifier, sizeof sha256_identifier)
               : span_of(sha1_identifier, sizeof sha1_identifier);
}

/* requestExtensions [2] EXPLICIT Extensions, with the nonce alone. */
static void put_nonce(struct der_writer *out, const mtlsauth_ocsp_request *request)
{
    size_t end = out->at;

    mtlsauth__der_put_value(out, DER_OCTET_STRING, span_of(request->nonce, sizeof request->nonce));
    mtlsauth__der_put_header(out, DER_OCTET_STRING, end);
    mtlsauth__der_put_value(out, DER_OID, span_of(nonce_oid, sizeof nonce_oid));
    mtlsauth__der_put_header(out, DER_SEQUENCE, end);
    mtlsauth__der_put_header(out, DER_SEQUENCE, end);
    mtlsauth__der_put_header(out, DER_CONTEXT_CONSTRUCTED(2), end);
}

/* Request ::= SEQUENCE { reqCert CertID } */
static void put_asked(struct der_writer *out, const struct ocsp_asked *asked,
                      struct span identifier)
{
    size_t end = out->at;

    mtlsauth__der_put_value(out, DER_INTEGER, span_of(asked->serial, asked->serial_len));
    mtlsauth__der_put_value(out, DER_OCTET_STRING, span_of(asked->issuer.key, asked->issuer.len));
    mtlsauth__der_put_value(out, DER_OCTET_STRING, span_of(asked->issuer.name, asked->issuer.len));
    mtlsauth__der_put(out, identifier);
    mtlsauth__der_put_header(out, DER_SEQUENCE, end);
    mtlsauth__der_put_header(out, DER_SEQUENCE, end);
}

static int encode(mtlsauth_ocsp_request *request)
{
    size_t room = MOST_OF_ALL + request->count * MOST_OF_ONE, list;
    uint8_t *memory = mtlsauth__malloc(room);
    struct der_writer out;

    if (memory == NULL)
        return mtlsauth__fail_memory();
    out = der_writer_of(memory, room);
    if (request->has_nonce)
        put_nonce(&out, request);
    list = out.at;
    for (size_t i = request->count; i > 0; i--)
        put_asked(&out, &request->asked[i - 1], identifier_of(request));
    mtlsauth__der_put_header(&out, DER_SEQUENCE, list);
    mtlsauth__der_put_header(&out, DER_SEQUENCE, room);
    mtlsauth__der_put_header(&out, DER_SEQUENCE, room);
    if (out.full) {
        mtlsauth__free(memory);
        return mtlsauth__fail(MTLSAUTH_ERR_LIMIT, "OCSP request: larger than expected");
    }
    mtlsauth__free(request->memory);
    request->memory = memory;
    request->der = der_written(&out);
    return MTLSAUTH_OK;
}

static int fill(struct ocsp_asked *asked, const mtlsauth_ocsp_request *request,
                const mtlsauth_cert *cert, const mtlsauth_cert *issuer)
{
    enum hash hash = (request->flags & MTLSAUTH_OCSP_SHA256) != 0 ? HASH_SHA256 : HASH_SHA1;
    struct span serial = cert->view.serial;
    int code = mtlsauth__ocsp_same_issuer(cert, issuer);

    if (code != MTLSAUTH_OK)
        return code;
    if (serial.len > sizeof asked->serial)
        return mtlsauth__fail(MTLSAUTH_ERR_LIMIT,
                              "OCSP request: a serial number of %zu octets; at most %zu are taken",
                              serial.len, sizeof asked->serial);
    memcpy(asked->serial, serial.ptr, serial.len);
    asked->serial_len = serial.len;
    if (!mtlsauth__ocsp_issuer_hashes(&asked->issuer, hash, cert, issuer))
        return mtlsauth__fail(MTLSAUTH_ERR_CRYPTO, "libcrypto has no %s",
                              hash == HASH_SHA1 ? "SHA-1" : "SHA-256");
    return MTLSAUTH_OK;
}

int mtlsauth_ocsp_request_add(mtlsauth_ocsp_request *request, const mtlsauth_cert *cert,
                              const mtlsauth_cert *issuer)
{
    struct ocsp_asked *grown;
    int code;

    if (request == NULL || cert == NULL || issuer == NULL)
        return mtlsauth__fail(
            MTLSAUTH_ERR_ARGUMENT,
            "ocsp_request_add: a request, a certificate and its issuer are needed");
    if (request->count == MTLSAUTH_MAX_OCSP_CERTIFICATES)
        return mtlsauth__fail(MTLSAUTH_ERR_LIMIT, "OCSP request: more than %d certificates",
                              MTLSAUTH_MAX_OCSP_CERTIFICATES);
    grown = mtlsauth__grow(request->asked, request->count, &request->capacity, sizeof *grown);
    if (grown == NULL)
        return mtlsauth__fail_memory();
    request->asked = grown;
    code = fill(&grown[request->count], request, cert, issuer);
    if (code != MTLSAUTH_OK)
        return code;
    request->count++;
    code = encode(request);
    if (code != MTLSAUTH_OK)
        request->count--;
    return code;
}

int mtlsauth_ocsp_request_new(mtlsauth_ocsp_request **out, const mtlsauth_cert *cert,
                              const mtlsauth_cert *issuer, unsigned flags)
{
    const unsigned known =
        MTLSAUTH_OCSP_SHA256 | MTLSAUTH_OCSP_NONCE | MTLSAUTH_OCSP_NONCE_REQUIRED;
    mtlsauth_ocsp_request *request;
    int code = MTLSAUTH_OK;

    if (out == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "ocsp_request_new: out is NULL");
    *out = NULL;
    if ((flags & ~known) != 0)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "ocsp_request_new: there is no flag %u",
                              flags & ~known);
    request = mtlsauth__calloc(1, sizeof *request);
    if (request == NULL)
        return mtlsauth__fail_memory();
    request->flags = flags;
    request->has_nonce = (flags & (MTLSAUTH_OCSP_NONCE | MTLSAUTH_OCSP_NONCE_REQUIRED)) != 0;
    if (request->has_nonce && !mtlsauth__random(request->nonce, sizeof request->nonce))
        code = mtlsauth__fail(MTLSAUTH_ERR_CRYPTO, "libcrypto has no random octets");
    if (code == MTLSAUTH_OK)
        code = mtlsauth_ocsp_request_add(request, cert, issuer);
    if (code == MTLSAUTH_OK)
        *out = request;
    else
        mtlsauth_ocsp_request_free(request);
    return code;
}

void mtlsauth_ocsp_request_free(mtlsauth_ocsp_request *request)
{
    if (request == NULL)
        return;
    mtlsauth__free(request->asked);
    mtlsauth__free(request->memory);
    mtlsauth__free(request);
}

static const void *give(struct span bytes, size_t *len)
{
    if (len != NULL)
        *len = bytes.len;
    return bytes.ptr;
}

const void *mtlsauth_ocsp_request_der(const mtlsauth_ocsp_request *request, size_t *len)
{
    return give(request == NULL ? span_of(NULL, 0) : request->der, len);
}

const void *mtlsauth_ocsp_request_nonce(const mtlsauth_ocsp_request *request, size_t *len)
{
    if (request == NULL || !request->has_nonce)
        return give(span_of(NULL, 0), len);
    return give(span_of(request->nonce, sizeof request->nonce), len);
}
