/* SPDX-License-Identifier: MIT */
#include "cert/pem_cert.h"

#include "base/base64.h"
#include "base/error.h"
#include "base/memory.h"

enum pem_kind mtlsauth__pem_kind(struct span label)
{
    static const char *const harmless[] = {
        "CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST", "X509 CRL",      "PUBLIC KEY",
        "RSA PUBLIC KEY",      "EC PARAMETERS",           "DH PARAMETERS", "DSA PARAMETERS",
    };

    if (span_is_text(label, "CERTIFICATE") || span_is_text(label, "X509 CERTIFICATE"))
        return PEM_CERTIFICATE;
    if (span_ends_nocase(label, span_of_text("PRIVATE KEY")))
        return PEM_PRIVATE_KEY;
    for (size_t i = 0; i < sizeof harmless / sizeof harmless[0]; i++)
        if (span_is_text(label, harmless[i]))
            return PEM_HARMLESS;
    return PEM_CERTIFICATE_LIKE;
}

void mtlsauth__pem_show_label(struct span label, char out[MTLSAUTH__SHOWN_LABEL + 1])
{
    size_t n = label.len < MTLSAUTH__SHOWN_LABEL ? label.len : MTLSAUTH__SHOWN_LABEL;

    for (size_t i = 0; i < n; i++)
        out[i] = label.ptr[i] >= 0x20 && label.ptr[i] < 0x7f ? (char)label.ptr[i] : '?';
    out[n] = '\0';
}

int mtlsauth__pem_wrong_kind(const struct pem_block *block)
{
    char label[MTLSAUTH__SHOWN_LABEL + 1];

    mtlsauth__pem_show_label(block->label, label);
    switch (mtlsauth__pem_kind(block->label)) {
    case PEM_PRIVATE_KEY:
        return mtlsauth__fail(MTLSAUTH_ERR_PARSE,
                              "line %zu: this is a private key (%s), not a certificate; keep it "
                              "out of this file",
                              block->line, label);
    case PEM_HARMLESS:
    case PEM_CERTIFICATE:
        return mtlsauth__fail(MTLSAUTH_ERR_PARSE, "line %zu: this is a %s, not a certificate",
                              block->line, label);
    case PEM_CERTIFICATE_LIKE:
        break;
    }
    return mtlsauth__fail(MTLSAUTH_ERR_PARSE,
                          "line %zu: a block of the unknown label \"%s\"; write certificates as "
                          "-----BEGIN CERTIFICATE----- blocks",
                          block->line, label);
}

int mtlsauth__pem_cert(mtlsauth_cert **out, const struct pem_block *block,
                       const struct mtlsauth_limits *limits)
{
    uint8_t *der = mtlsauth__malloc(base64_room(block->body.len));
    size_t len;
    int code;

    *out = NULL;
    if (der == NULL)
        return mtlsauth__fail_memory();
    code = mtlsauth__pem_decode(block, der, &len);
    if (code == MTLSAUTH_OK) {
        code = mtlsauth__cert_new(out, span_of(der, len), limits);
        if (code != MTLSAUTH_OK)
            code = mtlsauth__fail_in(code, "line %zu: ", block->line);
    }
    mtlsauth__free(der);
    return code;
}

int mtlsauth__pem_single_cert(mtlsauth_cert **out, struct span bytes,
                              const struct mtlsauth_limits *limits)
{
    struct pem in = mtlsauth__pem(bytes);
    struct pem_block block, another;
    bool found;
    int code = mtlsauth__pem_next(&in, &block, &found);

    if (code != MTLSAUTH_OK)
        return code;
    if (!found)
        return mtlsauth__fail(MTLSAUTH_ERR_PARSE, "there is no certificate in it");
    if (mtlsauth__pem_kind(block.label) != PEM_CERTIFICATE)
        return mtlsauth__pem_wrong_kind(&block);
    code = mtlsauth__pem_next(&in, &another, &found);
    if (code != MTLSAUTH_OK)
        return code;
    if (found)
        return mtlsauth__fail(MTLSAUTH_ERR_PARSE,
                              "line %zu: a second block where one certificate is expected",
                              another.line);
    return mtlsauth__pem_cert(out, &block, limits);
}
