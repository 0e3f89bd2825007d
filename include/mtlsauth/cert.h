/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_CERT_H
#define MTLSAUTH_CERT_H

/*
 * One certificate, and a chain of them as a client presents it.
 *
 * A certificate handle shows what a certificate *says*. It does not check a signature, a date or
 * an issuer: whoever holds a bare certificate has proof of nothing. mtlsauth_authorize() checks
 * the path; that the client holds the private key is what the TLS handshake proves.
 *
 * Handles are immutable and reference counted, and may be used from any thread at once. Text that
 * comes from a certificate is UTF-8, escaped as RFC 4514 escapes, printable, and belongs to the
 * handle. Times are seconds since 1970-01-01T00:00:00Z.
 */

#include <stddef.h>
#include <stdint.h>
#include <mtlsauth/version.h>

MTLSAUTH_BEGIN_DECLS

typedef struct mtlsauth_cert mtlsauth_cert;
typedef struct mtlsauth_chain mtlsauth_chain;
typedef struct mtlsauth_limits mtlsauth_limits;

/* Size of a SHA-256 digest in bytes, and of its hexadecimal text with the NUL. */
#define MTLSAUTH_SHA256_LEN 32
#define MTLSAUTH_SHA256_HEX_LEN 65

/*
 * Default limits. A TLS message is bounded by 64 KiB at ALB, a header by 16 KiB at most proxies;
 * API Gateway takes a truststore of 1,000 certificates and 1 MB.
 */
#define MTLSAUTH_DEFAULT_MAX_CERTIFICATE_BYTES 65536
#define MTLSAUTH_DEFAULT_MAX_CHAIN_BYTES 262144
#define MTLSAUTH_DEFAULT_MAX_CHAIN_CERTIFICATES 10
#define MTLSAUTH_DEFAULT_MAX_NAMES 1000
#define MTLSAUTH_DEFAULT_MAX_TRUSTSTORE_BYTES 1048576
#define MTLSAUTH_DEFAULT_MAX_TRUSTSTORE_CERTIFICATES 1000

/* What an entry of the Subject Alternative Name is (RFC 5280 4.2.1.6). */
enum mtlsauth_san_type {
    MTLSAUTH_SAN_DNS = 1,
    MTLSAUTH_SAN_URI = 2,
    MTLSAUTH_SAN_IP = 3,
    MTLSAUTH_SAN_EMAIL = 4,
    MTLSAUTH_SAN_UPN = 5, /* otherName 1.3.6.1.4.1.311.20.2.3 */
    MTLSAUTH_SAN_DIRNAME = 6,
    MTLSAUTH_SAN_RID = 7,
    MTLSAUTH_SAN_OTHER = 8 /* any other otherName, x400Address, ediPartyName */
};

/*
 * How the bytes that a proxy hands over encode a certificate. The caller names the format, because
 * guessing it would let one client pass for another; AUTO chooses between PEM and DER alone.
 */
enum mtlsauth_format {
    MTLSAUTH_FORMAT_AUTO = 0,
    MTLSAUTH_FORMAT_PEM = 1,
    MTLSAUTH_FORMAT_DER = 2,
    MTLSAUTH_FORMAT_NGINX = 3,     /* $ssl_client_escaped_cert: percent-encoded PEM */
    MTLSAUTH_FORMAT_NGINX_OLD = 4, /* $ssl_client_cert: PEM with a TAB after each newline */
    MTLSAUTH_FORMAT_ALB = 5,       /* X-Amzn-Mtls-Clientcert and -Leaf: percent-encoded, + is + */
    MTLSAUTH_FORMAT_HAPROXY = 6,   /* %[ssl_c_der,base64]: base64 of one DER */
    MTLSAUTH_FORMAT_TRAEFIK = 7,   /* X-Forwarded-Tls-Client-Cert: base64 DER, comma-joined */
    MTLSAUTH_FORMAT_RFC9440 = 8,   /* Client-Cert: :base64: */
    MTLSAUTH_FORMAT_XFCC = 9       /* Envoy x-forwarded-client-cert: its last element */
};

/*
 * The format of that name, as a configuration has it: "auto", "pem", "der", "nginx", "nginx-old",
 * "alb", "haproxy", "traefik", "rfc9440" or "xfcc". *format is written only on MTLSAUTH_OK;
 * MTLSAUTH_ERR_NOT_FOUND for another name, MTLSAUTH_ERR_ARGUMENT for NULL. Thread-safe. @since 1.0
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_format_from_name(const char *name, int *format);

/*
 * Limits for what is parsed. NULL stands for the defaults wherever a limits handle is asked for.
 * Setters take what is above 0 and return MTLSAUTH_ERR_ARGUMENT otherwise. Not thread-safe while
 * it is being changed. @since 1.0
 */

/* Limits with the defaults. *out is to be freed with mtlsauth_limits_free, NULL on failure
 * (MTLSAUTH_ERR_NOMEM, _ARGUMENT). Thread-safe. @since 1.0 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_limits_new(mtlsauth_limits **out);

/* Frees them; NULL is taken. One thread at a time. @since 1.0 */
MTLSAUTH_API void mtlsauth_limits_free(mtlsauth_limits *limits);

/* Bytes of one certificate in DER. One thread at a time. @since 1.0 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_limits_set_certificate_bytes(mtlsauth_limits *limits,
                                                                           size_t bytes);

/* Bytes of a chain, as text in its encoding and as DER. One thread at a time. @since 1.0 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_limits_set_chain_bytes(mtlsauth_limits *limits,
                                                                     size_t bytes);

/* Certificates of a chain, the leaf counted. One thread at a time. @since 1.0 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_limits_set_chain_certificates(mtlsauth_limits *limits,
                                                                            size_t count);

/* Entries of one Subject Alternative Name. One thread at a time. @since 1.0 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_limits_set_names(mtlsauth_limits *limits,
                                                               size_t count);

/* Bytes of a truststore as it is read, text around the certificates counted.
 * One thread at a time. @since 1.0 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_limits_set_truststore_bytes(mtlsauth_limits *limits,
                                                                          size_t bytes);

/* Certificates of a truststore. One thread at a time. @since 1.0 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int
mtlsauth_limits_set_truststore_certificates(mtlsauth_limits *limits, size_t count);

/*
 * Parses one certificate, DER or PEM (told apart by content).
 *
 * out   receives a handle, to be freed with mtlsauth_cert_free; NULL on failure
 * data  len bytes, copied
 *
 * MTLSAUTH_ERR_PARSE when it is no certificate, or more than one; MTLSAUTH_ERR_LIMIT over the
 * default limits; MTLSAUTH_ERR_ARGUMENT, _NOMEM, _CRYPTO. Thread-safe. @since 1.0, RFC 5280 4.1
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_cert_parse(mtlsauth_cert **out, const void *data,
                                                         size_t len);

/* The same from a file; also MTLSAUTH_ERR_IO. Thread-safe. @since 1.0 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_cert_load_file(mtlsauth_cert **out, const char *path);

/* One more reference to the same handle; returns it. NULL gives NULL. Thread-safe. @since 1.0 */
MTLSAUTH_API mtlsauth_cert *mtlsauth_cert_ref(mtlsauth_cert *cert);

/* Gives one reference back; the last one frees. NULL is taken. Thread-safe. @since 1.0 */
MTLSAUTH_API void mtlsauth_cert_free(mtlsauth_cert *cert);

/*
 * What the certificate says. Pointers are borrowed until the handle is freed. NULL for cert gives
 * "" for a text, NULL and length 0 for bytes, 0 for a number, MTLSAUTH_NO_TIME for a time.
 * Thread-safe. @since 1.0
 */

/* The DER, *len bytes of it. Thread-safe. */
MTLSAUTH_API const void *mtlsauth_cert_der(const mtlsauth_cert *cert, size_t *len);

/* Subject and issuer as RFC 4514 writes a distinguished name; "" is the empty name. Thread-safe. */
MTLSAUTH_API const char *mtlsauth_cert_subject(const mtlsauth_cert *cert);
MTLSAUTH_API const char *mtlsauth_cert_issuer(const mtlsauth_cert *cert);

/* The serial number: the content octets of its INTEGER, and the same in lower-case hexadecimal.
 * Thread-safe. */
MTLSAUTH_API const void *mtlsauth_cert_serial(const mtlsauth_cert *cert, size_t *len);
MTLSAUTH_API const char *mtlsauth_cert_serial_hex(const mtlsauth_cert *cert);

/* Subject and authority key identifier (RFC 5280 4.2.1.2, 4.2.1.1) in lower-case hexadecimal; ""
 * when the certificate has none. An issuer's subject key identifier is the authority key identifier
 * of what it has issued. Thread-safe. */
MTLSAUTH_API const char *mtlsauth_cert_subject_key_id_hex(const mtlsauth_cert *cert);
MTLSAUTH_API const char *mtlsauth_cert_authority_key_id_hex(const mtlsauth_cert *cert);

/* Validity, both ends inclusive. Thread-safe. */
MTLSAUTH_API int64_t mtlsauth_cert_not_before(const mtlsauth_cert *cert);
MTLSAUTH_API int64_t mtlsauth_cert_not_after(const mtlsauth_cert *cert);

/* 1 when basicConstraints says cA TRUE, else 0. A version 1 certificate gives 0. Thread-safe. */
MTLSAUTH_API int mtlsauth_cert_is_ca(const mtlsauth_cert *cert);

/* X.509 version: 1, 2 or 3. Thread-safe. */
MTLSAUTH_API int mtlsauth_cert_version(const mtlsauth_cert *cert);

/* The key: "RSA 2048", "EC P-256", "Ed25519"; the algorithm with which it was signed.
 * Thread-safe. */
MTLSAUTH_API const char *mtlsauth_cert_key_text(const mtlsauth_cert *cert);
MTLSAUTH_API const char *mtlsauth_cert_signature_text(const mtlsauth_cert *cert);

/* Number of entries of the Subject Alternative Name. A malformed one ends them, be it the first:
 * mtlsauth_cert_matches is MTLSAUTH_ERR_PARSE then, and a client is denied. Thread-safe. */
MTLSAUTH_API size_t mtlsauth_cert_san_count(const mtlsauth_cert *cert);

/*
 * Entry i of it, from 0. *type is one of enum mtlsauth_san_type, *text its escaped text (an
 * address in its usual form, a directory name as RFC 4514). MTLSAUTH_ERR_ARGUMENT beyond the end.
 * Thread-safe.
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_cert_san(const mtlsauth_cert *cert, size_t i,
                                                       int *type, const char **text);

/* SHA-256 of the DER and of the SubjectPublicKeyInfo: 32 bytes, and the same in hexadecimal.
 * Thread-safe. */
MTLSAUTH_API const unsigned char *mtlsauth_cert_sha256(const mtlsauth_cert *cert);
MTLSAUTH_API const char *mtlsauth_cert_sha256_hex(const mtlsauth_cert *cert);
MTLSAUTH_API const unsigned char *mtlsauth_cert_spki_sha256(const mtlsauth_cert *cert);
MTLSAUTH_API const char *mtlsauth_cert_spki_sha256_hex(const mtlsauth_cert *cert);

/* x5t#S256 of RFC 8705 3.1: base64url without padding, 43 characters. Thread-safe. */
MTLSAUTH_API const char *mtlsauth_cert_thumbprint(const mtlsauth_cert *cert);

/*
 * 1 when claim, the text of a token's cnf.x5t#S256, is the thumbprint of this certificate, else 0
 * (NULL, too). Takes the same time whatever the first difference. Thread-safe. RFC 8705 3.
 */
MTLSAUTH_API int mtlsauth_cert_thumbprint_equal(const mtlsauth_cert *cert, const char *claim);

/*
 * Where a certificate says that its responder is: the first http:// or https:// URL of its
 * authority information access with id-ad-ocsp. buf has len bytes. It is what the certificate says,
 * and the certificate may come from anyone: fetch only for a path that was verified.
 *
 * MTLSAUTH_ERR_NOT_FOUND when it says none; _LIMIT when buf is too small; _PARSE when the extension
 * is malformed; _ARGUMENT. buf is "" on failure. Thread-safe. @since 1.0, RFC 5280 4.2.2.1
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_cert_ocsp_url(const mtlsauth_cert *cert, char *buf,
                                                            size_t len);

/*
 * Does the certificate belong to this key? data is a private key (PKCS#1, PKCS#8, SEC1), a public
 * key or a certificate signing request, PEM or DER, of any type. *yes becomes 1 or 0.
 *
 * found  may be NULL; receives a static text of what the data turned out to be
 *        ("private key (PKCS#8, PEM)")
 *
 * MTLSAUTH_ERR_PARSE when it is none of these, MTLSAUTH_ERR_UNSUPPORTED for an encrypted key (there
 * is never a prompt) and for one that cannot be compared, MTLSAUTH_ERR_LIMIT above
 * MTLSAUTH_DEFAULT_MAX_CHAIN_BYTES, MTLSAUTH_ERR_ARGUMENT, _NOMEM, _CRYPTO. *yes is 0 on failure.
 * Thread-safe. @since 1.0
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_cert_matches_key(const mtlsauth_cert *cert,
                                                               const void *data, size_t len,
                                                               int *yes, const char **found);

/*
 * Does a matcher ("dns:client.example.com", see policy.h) hold for this certificate? *yes becomes 1
 * or 0. MTLSAUTH_ERR_PARSE for a malformed matcher, or a certificate whose names are malformed (a
 * NUL inside): nothing of it may be believed then; MTLSAUTH_ERR_UNSUPPORTED for a matcher that
 * speaks of the path (anchor:, issuer-spki:); MTLSAUTH_ERR_LIMIT, _ARGUMENT, _NOMEM. *yes is 0 on
 * failure. Thread-safe. @since 1.0
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_cert_matches(const mtlsauth_cert *cert,
                                                           const char *matcher, int *yes);

/*
 * Parses a chain as a client, or the proxy before you, hands it over. The leaf comes first.
 *
 * out     receives a handle, to be freed with mtlsauth_chain_free; NULL on failure
 * data    len bytes, copied
 * format  one of enum mtlsauth_format: name the one that your proxy sends
 * limits  NULL for the defaults
 *
 * MTLSAUTH_ERR_PARSE, _LIMIT, _ARGUMENT, _NOMEM, _CRYPTO. One header value holds one client: a
 * second value joined to it, surplus text or a wrong encoding is MTLSAUTH_ERR_PARSE. PEM that is no
 * header value may have text around its blocks. Thread-safe. @since 1.0
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_chain_parse(mtlsauth_chain **out, const void *data,
                                                          size_t len, int format,
                                                          const mtlsauth_limits *limits);

/* The same from a file; also MTLSAUTH_ERR_IO. Thread-safe. @since 1.0 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_chain_load_file(mtlsauth_chain **out,
                                                              const char *path, int format,
                                                              const mtlsauth_limits *limits);

/*
 * Leaf and intermediates from two headers (RFC 9440 Client-Cert and Client-Cert-Chain).
 * parts[0] is the value of Client-Cert, parts[1], if n is 2 and it is not NULL, the value of
 * Client-Cert-Chain, which may be empty, and does not repeat the leaf. NUL-terminated. *out is to
 * be freed with mtlsauth_chain_free, NULL on failure. The errors of mtlsauth_chain_parse.
 * Thread-safe. @since 1.0, RFC 9440 2.2, 2.3
 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_chain_parse_parts(mtlsauth_chain **out,
                                                                const char *const parts[], size_t n,
                                                                const mtlsauth_limits *limits);

/* A chain from n DER certificates, leaf first, copied; default limits apply. *out is to be freed
 * with mtlsauth_chain_free, NULL on failure. The errors of mtlsauth_chain_parse.
 * Thread-safe. @since 1.0 */
MTLSAUTH_API MTLSAUTH_MUST_CHECK int mtlsauth_chain_from_der(mtlsauth_chain **out,
                                                             const void *const ders[],
                                                             const size_t lens[], size_t n);

/* Number of certificates, 0 for NULL; certificate i, leaf first, borrowed: NULL beyond the end,
 * also for NULL. Thread-safe. @since 1.0 */
MTLSAUTH_API size_t mtlsauth_chain_count(const mtlsauth_chain *chain);
MTLSAUTH_API mtlsauth_cert *mtlsauth_chain_cert(const mtlsauth_chain *chain, size_t i);

/* As mtlsauth_cert_ref and mtlsauth_cert_free. Thread-safe. @since 1.0 */
MTLSAUTH_API mtlsauth_chain *mtlsauth_chain_ref(mtlsauth_chain *chain);
MTLSAUTH_API void mtlsauth_chain_free(mtlsauth_chain *chain);

MTLSAUTH_END_DECLS

#endif
