/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_OCSP_SIGNERS_H
#define TESTS_UNIT_OCSP_SIGNERS_H

/* Who answers, and lists that speak of their certificates, for tests of an authorizer. */

#include "authorizer_ocsp.h"

#define NAME_OF(cn) "30 { 31 { 30 { 06 { 55 04 03 } 0c { \"" cn "\" } } } }"

/* crlDistributionPoints: a point of the CRL issuer "Lister". */
static const char by_lister[] =
    "\x30\x19\x30\x17\xa2\x15\xa4\x13\x30\x11\x31\x0f\x30\x0d\x06\x03\x55\x04\x03\x0c\x06Lister";

static inline void put_list(const struct crl_text *parts, const mtlsauth_cert *signer,
                            enum ob_key key)
{
    struct der_text list = crl_signed(parts, ob_pkey(key));
    mtlsauth_crl *crl;

    OK(mtlsauth_crl_load(&crl, list.ptr, list.len, signer, policy, NULL));
    OK(mtlsauth_authorizer_put_crl(authorizer, crl));
    mtlsauth_crl_free(crl);
    free(list.ptr);
}

/* One entry, of a certificate of that CA, in a list of the CRL issuer "Lister". */
static inline void put_indirect(const mtlsauth_cert *signer, enum ob_key key, const char *ca,
                                const char *serial)
{
    char entry[320];

    snprintf(entry, sizeof entry,
             CRL_ENTRY_WITH("%s", CRL_CRITICAL("55 1d 1d", "30 { a4 { " NAME_OF("%s") " } }")),
             serial, ca);
    put_list(
        &(struct crl_text){.issuer = NAME_OF("Lister"),
                           .revoked = entry,
                           .extensions = CRL_NUMBER CRL_CRITICAL("55 1d 1c", "30 { 84 01 ff }")},
        signer, key);
}

/* "issuer", and three responders that it has made: "ocsp", whose key others have, with the number
 * 33, another one, 44, and one that another name of the issuer's key has made. */
enum who { BY_ISSUER_ITSELF, BY_OLD, BY_NEW, BY_FORMER };

static inline struct der_build responder_of(enum who who)
{
    bool is_new = who == BY_NEW;

    return ob_make_cert(&(struct ob_cert){.subject = is_new ? "new" : "ocsp",
                                          .issuer = who == BY_FORMER ? "former" : "issuer",
                                          .key = is_new ? OB_SIBLING : OB_DELEGATE,
                                          .serial = is_new ? "\x44" : "\x33",
                                          .serial_len = 1,
                                          .eku = OB_EKU_OCSP,
                                          .eku_len = 12,
                                          .points = is_new ? NULL : by_lister,
                                          .points_len = sizeof by_lister - 1,
                                          .no_check = true});
}

static inline struct der_build said_by(enum who who, const struct ob_single *single)
{
    static const enum ob_key keys[] = {OB_ISSUER, OB_DELEGATE, OB_SIBLING, OB_DELEGATE};
    static const char *const names[] = {"issuer", "ocsp", "new", "ocsp"};
    struct der_build responder = responder_of(who);
    struct der_build der = ob_make_response(&(struct ob_response){
        .signer = keys[who],
        .responder = names[who],
        .singles = single,
        .single_count = 1,
        .certs = {&responder},
        .cert_count = who == BY_ISSUER_ITSELF ? 0 : 1,
    });

    der_build_free(&responder);
    return der;
}

static inline int put_by(enum who who, const struct ob_single *single)
{
    struct der_build der = said_by(who, single);
    int code = put_der(&der);

    der_build_free(&der);
    return code;
}

/* The issuer is no root, and known before any client shows up; other certificates of its key too.
 */
static inline void know(const mtlsauth_cert *const *certs, size_t count)
{
    const void *ders[4];
    size_t lens[4];
    mtlsauth_chain *intermediates;

    for (size_t i = 0; i < count; i++)
        ders[i] = mtlsauth_cert_der(certs[i], &lens[i]);
    OK(mtlsauth_chain_from_der(&intermediates, ders, lens, count));
    OK(mtlsauth_authorizer_set_intermediates(authorizer, intermediates));
    mtlsauth_chain_free(intermediates);
}

static inline void setup_known(int evidence)
{
    setup_at(false, evidence, MTLSAUTH_DEPTH_LEAF);
    know((const mtlsauth_cert *const *)&issuer, 1);
    put_empty_list("17 { \"260701000000Z\" }");
}

/* "ocsp" is revoked by a list that a put knows nothing of: a path leads to its issuer. */
static inline void revoke_old(void)
{
    mtlsauth_cert *lister = ca_of("Lister", OB_LEAF, "Root", OB_OTHER_CA, "\x21");

    put_indirect(lister, OB_LEAF, "issuer", "33");
    mtlsauth_cert_free(lister);
}

/* Revoked for good, good, and on hold, all at an hour of 1 June; ago is a good one that is older
 * and fresh: who replays it is not to be let in. */
#define FINAL(hour)                                                                                \
    {                                                                                              \
        .status = 1, .reason = "\x01", .this_update = "20260601" hour "0000Z"                      \
    }
#define HOLD(hour)                                                                                 \
    {                                                                                              \
        .status = 1, .reason = "\x06", .this_update = "20260601" hour "0000Z"                      \
    }
#define GOOD(hour)                                                                                 \
    {                                                                                              \
        .this_update = "20260601" hour "0000Z"                                                     \
    }
#define AGO                                                                                        \
    {                                                                                              \
        .this_update = "20260531230000Z", .next_update = "20260605000000Z"                         \
    }
#define OLD_IS_GONE(hour)                                                                          \
    {                                                                                              \
        .serial = "\x33", .serial_len = 1, .status = 1, .this_update = "20260601" hour "0000Z"     \
    }

#endif
