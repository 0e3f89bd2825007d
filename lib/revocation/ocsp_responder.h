/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_REVOCATION_OCSP_RESPONDER_H
#define MTLSAUTH_REVOCATION_OCSP_RESPONDER_H

#include "revocation/ocsp_memo.h"
#include "revocation/ocsp_response.h"
#include "revocation/params.h"
#include "trust/params.h"

/* What other evidence, a CRL, says of a delegated responder's certificate. */
enum ocsp_delegate {
    OCSP_DELEGATE_UNKNOWN,
    OCSP_DELEGATE_GOOD,
    OCSP_DELEGATE_REVOKED,
    OCSP_DELEGATE_UNREADABLE, /* nothing can be asked about it, or not to the end */
    OCSP_DELEGATE_NO_MEMORY
};

/* What a response is judged by. */
struct ocsp_params {
    const struct path_params *path; /* algorithms */
    const struct revocation_params *revocation;
    int64_t now;
    /* May be NULL: there is no other evidence. The certificate is one that the issuer signed. */
    enum ocsp_delegate (*delegate)(void *arg, const struct cert_view *delegate,
                                   const mtlsauth_cert *issuer);
    void *arg;
    struct ocsp_memo *memo; /* of this very response; may be NULL */
    /*
     * It is asked whether the response revokes. Then a delegate counts as well whose certificate
     * has ended since, or of which nothing says whether it is revoked itself, or that is a CA: none
     * of it takes a revocation back.
     */
    bool to_revoke;
};

/* What is known of the responder that has signed, whether or not it counts. */
struct ocsp_signer {
    /* The end of a delegate's certificate, also of one that is refused for it; INT64_MAX where
     * there is none. */
    int64_t until;
    bool is_unvouched;  /* a delegate has signed, and nothing says whether it is revoked itself */
    struct span serial; /* of the certificate of a delegate that counts, within the response */
};

/*
 * Was the response signed by issuer, or by a responder that issuer made one? MTLSAUTH_OK, or a code
 * with a sentence. cert is what is asked about: its own key never answers. NULL leaves that out,
 * for a response that is looked at before the certificate is there.
 */
int mtlsauth__ocsp_signed(const mtlsauth_ocsp_response *response, const mtlsauth_cert *cert,
                          const mtlsauth_cert *issuer, const struct ocsp_params *params,
                          struct ocsp_signer *signer);

#endif
