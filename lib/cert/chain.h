/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_CERT_CHAIN_H
#define MTLSAUTH_CERT_CHAIN_H

#include "cert/cert.h"

/* Certificates as a client presents them, leaf first. Immutable once it is made. */
struct mtlsauth_chain {
    struct refcount refs;
    mtlsauth_cert **certs;
    size_t count, capacity;
    size_t bytes; /* of their DER */
};

int mtlsauth__chain_new(mtlsauth_chain **out);

/* Adds one DER certificate, within the limits. */
int mtlsauth__chain_add_der(mtlsauth_chain *chain, struct span der,
                            const struct mtlsauth_limits *limits);

/* Takes the caller's reference. */
int mtlsauth__chain_add(mtlsauth_chain *chain, mtlsauth_cert *cert,
                        const struct mtlsauth_limits *limits);

/*
 * Adds the certificates of a PEM text. strict: nothing but white space may stand between and around
 * the blocks, as it is where a machine has written them.
 */
int mtlsauth__chain_add_pem(mtlsauth_chain *chain, struct span text, bool strict,
                            const struct mtlsauth_limits *limits);

/* A reader of one format adds what the text holds to an empty chain. */
typedef int chain_reader(mtlsauth_chain *chain, struct span text,
                         const struct mtlsauth_limits *limits);

chain_reader mtlsauth__format_nginx, mtlsauth__format_nginx_old, mtlsauth__format_alb,
    mtlsauth__format_haproxy, mtlsauth__format_traefik, mtlsauth__format_rfc9440,
    mtlsauth__format_xfcc;

/* A list of RFC 9440 byte sequences: Client-Cert-Chain. */
chain_reader mtlsauth__format_rfc9440_list;

#endif
