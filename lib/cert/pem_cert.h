/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_CERT_PEM_CERT_H
#define MTLSAUTH_CERT_PEM_CERT_H

#include "base/pem.h"
#include "cert/cert.h"

/* What a PEM block is, judged by its label. */
enum pem_kind {
    PEM_CERTIFICATE,
    PEM_PRIVATE_KEY,
    PEM_HARMLESS,   /* a request, a CRL, parameters, a public key: certainly no certificate */
    PEM_CERTIFICATE_LIKE /* holds certificates in a form that is not read */
};

enum pem_kind mtlsauth__pem_kind(struct span label);

/* Longest label that a message repeats. */
#define MTLSAUTH__SHOWN_LABEL 40

/* A label as a message may show it: printable ASCII, bounded. */
void mtlsauth__pem_show_label(struct span label, char out[MTLSAUTH__SHOWN_LABEL + 1]);

/* The certificate of a block; a failing sentence names its line. */
int mtlsauth__pem_cert(mtlsauth_cert **out, const struct pem_block *block,
                       const struct mtlsauth_limits *limits);

/* The one certificate of a PEM text; other text around it is ignored, other blocks are not. */
int mtlsauth__pem_single_cert(mtlsauth_cert **out, struct span bytes,
                              const struct mtlsauth_limits *limits);

/* The sentence for a block that is no certificate where one is expected. */
int mtlsauth__pem_wrong_kind(const struct pem_block *block);

#endif
