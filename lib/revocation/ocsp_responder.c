/* SPDX-License-Identifier: MIT */
#include "revocation/ocsp_responder.h"

#include "base/error.h"
#include "cert/name.h"
#include "crypto/signature.h"
#include "revocation/ocsp_url.h"
#include "trust/reason.h"

/* id-kp-OCSPSigning, RFC 6960 4.2.2.2; anyExtendedKeyUsage does not stand for it. */
#define OID_OCSP_SIGNING "\x2b\x06\x01\x05\x05\x07\x03\x09"

enum {
    MOST_CANDIDATES = 4,               /* certificates of one response that are tried */
    KEY_USAGE_NON_REPUDIATION = 1 << 1 /* RFC 5280 4.2.1.12: consistent with OCSPSigning, too */
};

/* The octets that a UniversalString has for one of a UTF8String: what is longer still would have to
 * be spaces, and strangers could have a megabyte of them read for each decision. */
enum { WIDEST_FORM = 4 };

/* Are these two the same name (RFC 5280 7.1)? */
static enum crypto_verdict same_name(struct span a, struct span b)
{
    struct text first = {0}, second = {0};
    enum crypto_verdict verdict = CRYPTO_NO;
    enum name_status one, two = NAME_OK;

    if (span_equal(a, b))
        return CRYPTO_YES;
    if (a.len / WIDEST_FORM > b.len || b.len / WIDEST_FORM > a.len)
        return CRYPTO_NO;
    one = mtlsauth__name_canonical(&first, a);
    if (one == NAME_OK)
        two = mtlsauth__name_canonical(&second, b);
    if (one == NAME_NO_MEMORY || two == NAME_NO_MEMORY || first.failed || second.failed)
        verdict = CRYPTO_FAILED;
    else if (one == NAME_OK && two == NAME_OK &&
             span_equal(span_of(first.ptr, first.len), span_of(second.ptr, second.len)))
        verdict = CRYPTO_YES;
    mtlsauth__text_drop(&first);
    mtlsauth__text_drop(&second);
    return verdict;
}

/* Is this the responder that the response names? */
static enum crypto_verdict is_named(const mtlsauth_ocsp_response *response, struct span subject,
                                    struct span spki)
{
    uint8_t hash[MTLSAUTH__MAX_DIGEST];
    size_t len;

    if (!response->by_key)
        return same_name(response->responder, subject);
    if (!mtlsauth__ocsp_key_hash(spki, HASH_SHA1, hash, &len))
        return CRYPTO_FAILED;
    return span_equal(response->responder, span_of(hash, len)) ? CRYPTO_YES : CRYPTO_NO;
}

static int fail_crypto(void)
{
    return mtlsauth__fail(MTLSAUTH_ERR_CRYPTO, "OCSP: libcrypto failed, or memory ran out");
}

static int fail_signature(const char *why)
{
    return mtlsauth__fail(MTLSAUTH_ERR_SIGNATURE, "OCSP response: %s", why);
}

static int fail_delegate(const char *why)
{
    return mtlsauth__fail(MTLSAUTH_ERR_SIGNATURE,
                          "OCSP response: its responder is none that the issuer made one: %s", why);
}

/* Both a key and what it has signed are under the rules of the policy. */
static int check_strength(const struct path_params *path, const struct key_facts *key,
                          const struct algorithm *algorithm, const char *what)
{
    const char *why;

    if (!mtlsauth__signer_is_strong(path, key, &why) ||
        !mtlsauth__signature_is_strong(path, algorithm, &why))
        return mtlsauth__fail(MTLSAUTH_ERR_UNSUPPORTED, "OCSP response: %s: %s", what, why);
    return MTLSAUTH_OK;
}

static int check_signature(const struct algorithm *algorithm, const struct public_key *key,
                           struct span signed_bytes, struct span signature, const char *what)
{
    switch (mtlsauth__signature_check(algorithm, key, signed_bytes, signature)) {
    case CRYPTO_YES:
        return MTLSAUTH_OK;
    case CRYPTO_NO:
        return fail_signature(what);
    case CRYPTO_FAILED:
        break;
    }
    return fail_crypto();
}

/* The issuer's key, decoded: the certificate keeps it. */
static int issuer_key_of(const mtlsauth_cert *issuer, const struct public_key **key)
{
    switch (mtlsauth__cert_key(issuer, key)) {
    case CRYPTO_FAILED:
        return fail_crypto();
    case CRYPTO_NO:
        return mtlsauth__fail(MTLSAUTH_ERR_UNSUPPORTED,
                              "OCSP: the key of the issuer (%s) cannot be used",
                              mtlsauth__show(issuer->subject).text);
    case CRYPTO_YES:
        break;
    }
    return MTLSAUTH_OK;
}

static const char response_broken[] = "its signature does not verify with the key of its responder";
static const char certificate_broken[] =
    "its responder is none that the issuer made one: the signature of its certificate does not "
    "verify with the key of the issuer";

static int check_response_signature(const mtlsauth_ocsp_response *response,
                                    const struct public_key *key)
{
    return check_signature(&response->algorithm, key, response->tbs, response->signature,
                           response_broken);
}

/* A signature that was looked at before: *code is what came of it. */
static bool recall(const struct ocsp_params *params, const mtlsauth_cert *issuer, unsigned which,
                   const char *what, int *code)
{
    bool verifies;

    if (!ocsp_memo_knows(params->memo, issuer->spki_sha256, which, &verifies))
        return false;
    *code = verifies ? MTLSAUTH_OK : fail_signature(what);
    return true;
}

/* The code of a signature that was looked at; strangers make as many as they like that do not
 * verify. */
static int noted(const struct ocsp_params *params, const mtlsauth_cert *issuer, unsigned which,
                 int code)
{
    if (code == MTLSAUTH_OK || code == MTLSAUTH_ERR_SIGNATURE)
        ocsp_memo_note(params->memo, issuer->spki_sha256, which, code == MTLSAUTH_OK);
    return code;
}

/* What its certificate says: that it may answer for this issuer, and does so at the time that
 * counts. */
static int check_delegate_facts(const mtlsauth_ocsp_response *response,
                                const struct cert_view *view, const mtlsauth_cert *cert,
                                const mtlsauth_cert *issuer, const struct ocsp_params *params)
{
    int64_t skew = params->revocation->clock_skew;
    bool has, any;

    if (cert != NULL && mtlsauth__key_is_shared(view->spki, cert->view.spki))
        return fail_delegate("it has the key of the certificate that it answers for");
    switch (same_name(view->issuer, issuer->view.subject)) {
    case CRYPTO_FAILED:
        return mtlsauth__fail_memory();
    case CRYPTO_NO:
        return fail_delegate("its certificate was issued by another CA");
    case CRYPTO_YES:
        break;
    }
    if (!view->extensions[EXTENSION_EXTENDED_KEY_USAGE].present ||
        !mtlsauth__cert_view_eku(view, span_of(OID_OCSP_SIGNING, sizeof OID_OCSP_SIGNING - 1), &has,
                                 &any) ||
        !has)
        return fail_delegate("its certificate lacks the extended key usage OCSPSigning");
    if ((view->key_usage & (KEY_USAGE_DIGITAL_SIGNATURE | KEY_USAGE_NON_REPUDIATION)) == 0)
        return fail_delegate("the key usage of its certificate allows no signatures");
    /* CAs have got OCSPSigning for the sake of other software, from CAs that did not mean them to
     * answer for the certificates beside their own. */
    if (view->is_ca && !params->to_revoke)
        return mtlsauth__fail(MTLSAUTH_ERR_UNSUPPORTED,
                              "OCSP response: the certificate of its responder is that of a CA, "
                              "which only revokes: have the CA above it make a responder that is "
                              "none");
    if (params->now > view->not_after + skew &&
        !(params->to_revoke && response->produced_at <= view->not_after + skew))
        return fail_delegate("its certificate has expired");
    if (params->now < view->not_before - skew)
        return fail_delegate("its certificate is not valid yet");
    if (view->unknown_critical)
        return mtlsauth__fail(MTLSAUTH_ERR_UNSUPPORTED,
                              "OCSP response: the certificate of its responder has a critical "
                              "extension that is not known");
    return check_strength(params->path, &issuer->view.key, &view->signature_algorithm,
                          "the certificate of its responder");
}

/*
 * RFC 6960 4.2.2.2.1: the CA vouches for the responder's whole lifetime (id-pkix-ocsp-nocheck), or
 * says where to ask about it, or says nothing. What says "revoked" counts in any case; where the CA
 * says that one can ask, the answer has to be there.
 */
static int check_delegate_revocation(const struct cert_view *view, const mtlsauth_cert *issuer,
                                     const struct ocsp_params *params, bool *is_unvouched)
{
    const struct extension_value *no_check = &view->extensions[EXTENSION_OCSP_NO_CHECK];
    enum ocsp_delegate state = OCSP_DELEGATE_UNKNOWN;

    if (params->delegate != NULL)
        state = params->delegate(params->arg, view, issuer);
    if (state == OCSP_DELEGATE_NO_MEMORY)
        return mtlsauth__fail_memory();
    if (state == OCSP_DELEGATE_REVOKED)
        return fail_delegate("its certificate is revoked");
    if (params->to_revoke)
        return MTLSAUTH_OK;
    if (state == OCSP_DELEGATE_UNREADABLE) {
        *is_unvouched = true;
        return mtlsauth__fail(MTLSAUTH_ERR_UNSUPPORTED,
                              "OCSP response: the certificate of its responder has a name that is "
                              "malformed, or too many, so that no CRL can be asked about it, or to "
                              "ask takes too much work");
    }
    if (state == OCSP_DELEGATE_GOOD)
        return MTLSAUTH_OK;
    if (no_check->present && span_equal(no_check->value, span_of("\x05\x00", 2)))
        return MTLSAUTH_OK;
    if (!no_check->present && !view->extensions[EXTENSION_CRL_DISTRIBUTION_POINTS].present &&
        !mtlsauth__ocsp_names_responder(view))
        return MTLSAUTH_OK;
    *is_unvouched = true;
    return mtlsauth__fail(MTLSAUTH_ERR_UNSUPPORTED,
                          "OCSP response: whether its responder was revoked has to be checked "
                          "itself, and nothing says so: load the CRL of its CA, or ask the CA for "
                          "a responder with id-pkix-ocsp-nocheck");
}

/* A certificate that the response brings along, of the responder that it names. */
struct candidate {
    struct cert_view view;
    unsigned number;
};

static int check_of_delegate(const struct candidate *candidate, const mtlsauth_cert *issuer,
                             const struct ocsp_params *params)
{
    const unsigned which = ocsp_of_delegate(candidate->number);
    const struct cert_view *view = &candidate->view;
    const struct public_key *key = NULL;
    int code;

    if (recall(params, issuer, which, certificate_broken, &code))
        return code;
    code = issuer_key_of(issuer, &key);
    if (code != MTLSAUTH_OK)
        return code;
    return noted(params, issuer, which,
                 check_signature(&view->signature_algorithm, key, view->tbs, view->signature,
                                 certificate_broken));
}

static int check_by_delegate(const mtlsauth_ocsp_response *response,
                             const struct candidate *candidate, const mtlsauth_cert *issuer,
                             const struct ocsp_params *params)
{
    const unsigned which = ocsp_by_delegate(candidate->number);
    const struct cert_view *view = &candidate->view;
    struct public_key *key = NULL;
    int code = MTLSAUTH_OK;

    if (recall(params, issuer, which, response_broken, &code))
        return code;
    switch (mtlsauth__public_key_new(&key, view->spki, &view->key)) {
    case CRYPTO_YES:
        code = noted(params, issuer, which, check_response_signature(response, key));
        break;
    case CRYPTO_NO:
        code = fail_delegate("its key cannot be used");
        break;
    case CRYPTO_FAILED:
        code = fail_crypto();
        break;
    }
    mtlsauth__public_key_free(key);
    return code;
}

static int check_delegate(const mtlsauth_ocsp_response *response, const struct candidate *candidate,
                          const mtlsauth_cert *cert, const mtlsauth_cert *issuer,
                          const struct ocsp_params *params, bool *is_unvouched)
{
    const struct cert_view *view = &candidate->view;
    bool known = ocsp_memo_has(params->memo, issuer->spki_sha256, view->tbs);
    int code = check_delegate_facts(response, view, cert, issuer, params);

    if (code == MTLSAUTH_OK && !known)
        code = check_of_delegate(candidate, issuer, params);
    if (code == MTLSAUTH_OK)
        code = check_strength(params->path, &view->key, &response->algorithm, "its signature");
    if (code == MTLSAUTH_OK && !known)
        code = check_by_delegate(response, candidate, issuer, params);
    /* Last, as it may look through other answers: a certificate that anybody can bring along does
     * not make it. */
    if (code == MTLSAUTH_OK)
        code = check_delegate_revocation(view, issuer, params, is_unvouched);
    if (code == MTLSAUTH_OK && !known)
        ocsp_memo_set(params->memo, issuer->spki_sha256, view->tbs);
    return code;
}

/* Nothing is known of the response then, so no other candidate is tried. */
static bool is_ours(int code)
{
    return code == MTLSAUTH_ERR_NOMEM || code == MTLSAUTH_ERR_CRYPTO;
}

/* Which of the certificates that the response brings along are of the responder that it names? Bit
 * i stands for the one at i; *named is as good for every issuer. */
static enum crypto_verdict find_named(const mtlsauth_ocsp_response *response,
                                      struct ocsp_memo *memo, unsigned *named)
{
    struct der list = der_of(response->certificates);
    struct cert_view view;
    struct span whole;
    const char *why;

    if (ocsp_memo_knows_named(memo, named))
        return CRYPTO_YES;
    *named = 0;
    for (unsigned i = 0;
         i < OCSP_MAX_CERTIFICATES && mtlsauth__der_read_whole(&list, DER_SEQUENCE, &whole); i++) {
        if (!mtlsauth__cert_view(&view, whole, &why))
            continue;
        switch (is_named(response, view.subject, view.spki)) {
        case CRYPTO_FAILED:
            return CRYPTO_FAILED;
        case CRYPTO_NO:
            break;
        case CRYPTO_YES:
            *named |= 1U << i;
            break;
        }
    }
    ocsp_memo_note_named(memo, *named);
    return CRYPTO_YES;
}

/*
 * Tries the certificates that the response brings along and that it names as its responder. One
 * that may yet be believed says what is wrong: nobody has signed which others stand beside it.
 */
static int try_delegates(const mtlsauth_ocsp_response *response, const mtlsauth_cert *cert,
                         const mtlsauth_cert *issuer, const struct ocsp_params *params,
                         size_t *tried, struct ocsp_signer *signer)
{
    struct der list = der_of(response->certificates);
    int code = MTLSAUTH_ERR_SIGNATURE;
    struct kept_sentence unsupported;
    bool is_unsupported = false;
    struct candidate candidate = {.number = 0};
    const struct cert_view *view = &candidate.view;
    struct span whole;
    const char *why;
    unsigned named;

    if (find_named(response, params->memo, &named) != CRYPTO_YES)
        return fail_crypto();
    for (; named != 0 && *tried < MOST_CANDIDATES &&
           mtlsauth__der_read_whole(&list, DER_SEQUENCE, &whole);
         named >>= 1) {
        if ((named & 1) == 0 || !mtlsauth__cert_view(&candidate.view, whole, &why))
            continue;
        (*tried)++;
        code = check_delegate(response, &candidate, cert, issuer, params, &signer->is_unvouched);
        candidate.number++;
        if (code == MTLSAUTH_OK || params->now > view->not_after)
            signer->until = view->not_after;
        if (code == MTLSAUTH_OK)
            signer->serial = view->serial;
        if (code == MTLSAUTH_OK || is_ours(code))
            return code;
        if (code == MTLSAUTH_ERR_UNSUPPORTED && !is_unsupported) {
            is_unsupported = true;
            mtlsauth__sentence_keep(&unsupported);
        }
    }
    if (!is_unsupported)
        return code;
    mtlsauth__sentence_settle(&unsupported, MTLSAUTH_OK);
    return MTLSAUTH_ERR_UNSUPPORTED;
}

static int check_by_issuer(const mtlsauth_ocsp_response *response, const mtlsauth_cert *issuer,
                           const struct ocsp_params *params)
{
    const struct public_key *key = NULL;
    int code =
        check_strength(params->path, &issuer->view.key, &response->algorithm, "its signature");

    if (code != MTLSAUTH_OK || ocsp_memo_has(params->memo, issuer->spki_sha256, (struct span){0}))
        return code;
    if (!recall(params, issuer, OCSP_BY_ISSUER, response_broken, &code)) {
        code = issuer_key_of(issuer, &key);
        if (code == MTLSAUTH_OK)
            code = noted(params, issuer, OCSP_BY_ISSUER, check_response_signature(response, key));
    }
    if (code == MTLSAUTH_OK)
        ocsp_memo_set(params->memo, issuer->spki_sha256, (struct span){0});
    return code;
}

int mtlsauth__ocsp_signed(const mtlsauth_ocsp_response *response, const mtlsauth_cert *cert,
                          const mtlsauth_cert *issuer, const struct ocsp_params *params,
                          struct ocsp_signer *signer)
{
    size_t tried = 0;
    int code = MTLSAUTH_ERR_SIGNATURE;

    *signer = (struct ocsp_signer){.until = INT64_MAX};
    /* A self-signed certificate would vouch for itself. */
    if (cert != NULL && mtlsauth__key_is_shared(cert->view.spki, issuer->view.spki))
        return fail_signature("the issuer has the key of the certificate that it would answer for");
    switch (is_named(response, issuer->view.subject, issuer->view.spki)) {
    case CRYPTO_FAILED:
        return fail_crypto();
    case CRYPTO_YES:
        tried++;
        code = check_by_issuer(response, issuer, params);
        if (code == MTLSAUTH_OK || is_ours(code))
            return code;
        break;
    case CRYPTO_NO:
        break;
    }
    /* The issuer and its delegate may have the same name. */
    if (response->certificates.len > 0) {
        size_t before = tried;
        int delegated = try_delegates(response, cert, issuer, params, &tried, signer);

        if (tried > before || is_ours(delegated))
            return delegated;
    }
    if (tried > 0)
        return code;
    return fail_signature("its responder is neither the issuer of the certificate nor one of the "
                          "certificates that it brings along");
}
