/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_CERT_CHAIN_H
#define MTLSAUTH_CERT_CHAIN_H

#include "cert/cert.h"

/*
 * Certificates that were parsed before: the one of exactly these octets, or NULL. It is a new
 * reference, or *borrowed is set: then it lives longer than the chain.
 */
struct known_certs {
    mtlsauth_cert *(*find)(void *arg, struct span der, bool *borrowed);
    void *arg;
};

/* Certificates as a client presents them, leaf first. Immutable once it is made. */
struct mtlsauth_chain {
    struct refcount refs;
    mtlsauth_cert **certs;
    size_t count, capacity;
    size_t bytes; /* of their DER */
    const struct known_certs *known; /* while it is parsed, or NULL */
    uint64_t borrowed;               /* a bit for each of the first certificates */
};

int mtlsauth__chain_new(mtlsauth_chain **out);

/* mtlsauth_chain_parse, which parses nothing that is known (may be NULL): the outcome is the
 * same. */
int mtlsauth__chain_parse(mtlsauth_chain **out, const void *data, size_t len, int format,
                          const mtlsauth_limits *limits, const struct known_certs *known);

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
