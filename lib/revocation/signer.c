/* SPDX-License-Identifier: MIT */
#include "revocation/signer.h"

#include "base/error.h"
#include "base/memory.h"
#include "crypto/signature.h"

/* Certificates of one name in a truststore whose keys are tried: each costs a signature check.
 * Those that a key identifier or the type of a key tells apart cost none. */
enum { MAX_TRIED = 16 };

bool mtlsauth__crl_may_sign(const mtlsauth_cert *signer)
{
    /* Without the extension all bits are set. */
    return (signer->view.key_usage & KEY_USAGE_CRL_SIGN) != 0;
}

bool mtlsauth__crl_signed_by(const mtlsauth_crl *crl, const mtlsauth_cert *cert)
{
    return memcmp(cert->key_sha256, crl->image.issuer_key, MTLSAUTH_SHA256_LEN) == 0 &&
           span_equal(crl->issuer_key, cert->subject_key);
}

/* May this certificate have signed the list, as far as names and extensions tell? */
static int check_signer(const mtlsauth_crl *crl, const mtlsauth_cert *signer)
{
    const struct crl_facts *facts = &crl->image.facts;
    struct span wanted = span_of(facts->key_id, facts->key_id_len);
    struct span own = signer->view.subject_key_id;

    if (signer->names != NAME_OK || !span_equal(signer->subject_key, crl->issuer_key))
        return mtlsauth__fail(MTLSAUTH_ERR_MISMATCH,
                              "CRL: issued by \"%s\", not by \"%s\"; give the certificate of its "
                              "issuer",
                              crl->issuer, signer->subject);
    if (wanted.len > 0 && own.len > 0 && !span_equal(wanted, own))
        return mtlsauth__fail(MTLSAUTH_ERR_MISMATCH,
                              "CRL: signed with another key of \"%s\" (its authorityKeyIdentifier "
                              "is not the subjectKeyIdentifier of the certificate)",
                              crl->issuer);
    if (!mtlsauth__crl_may_sign(signer))
        return mtlsauth__fail(MTLSAUTH_ERR_MISMATCH,
                              "CRL: the keyUsage of \"%s\" does not have cRLSign: it may not sign "
                              "lists",
                              signer->subject);
    return MTLSAUTH_OK;
}

int mtlsauth__crl_check_strength(const mtlsauth_crl *crl, const mtlsauth_cert *signer,
                                 const struct crl_rules *rules)
{
    const char *why = "";

    if (!mtlsauth__signature_is_strong(rules->params, &crl->algorithm, &why))
        return mtlsauth__fail(MTLSAUTH_ERR_UNSUPPORTED,
                              "CRL: signed with %s, which the policy does not take: %s",
                              crl->algorithm_text, why);
    if (signer != NULL && !mtlsauth__signer_is_strong(rules->params, &signer->view.key, &why))
        return mtlsauth__fail(MTLSAUTH_ERR_UNSUPPORTED,
                              "CRL: signed with a key %s, which the policy does not take: %s",
                              signer->key_text, why);
    return MTLSAUTH_OK;
}

static bool signs_all(const struct algorithm *algorithm)
{
    return algorithm->type == SIGNATURE_ED25519 || algorithm->type == SIGNATURE_ED448;
}

bool mtlsauth__crl_needs_all(const struct algorithm *algorithm, const struct crl_signers *signers)
{
    size_t count = mtlsauth_truststore_count(signers->truststore);

    if (!signs_all(algorithm))
        return false;
    if (signers->issuer != NULL)
        return mtlsauth__key_fits(&signers->issuer->view.key, algorithm);
    for (size_t i = 0; i < count; i++)
        if (mtlsauth__key_fits(&mtlsauth_truststore_cert(signers->truststore, i)->view.key,
                               algorithm))
            return true;
    return false;
}

static enum crypto_verdict check_signature(const mtlsauth_crl *crl, const struct crl_signed *what,
                                           const mtlsauth_cert *signer)
{
    struct span signature = span_of(crl->image.facts.signature, crl->image.facts.signature_len);
    const struct public_key *key;
    enum crypto_verdict verdict = mtlsauth__cert_key(signer, &key);

    if (verdict != CRYPTO_YES)
        return verdict;
    return signs_all(&crl->algorithm)
               ? mtlsauth__signature_check(&crl->algorithm, key, what->all, signature)
               : mtlsauth__signature_check_digest(
                     &crl->algorithm, key, span_of(what->digest, what->digest_len), signature);
}

/* *tries is how many signatures may be checked yet. */
static int verify_with(mtlsauth_crl *crl, const struct crl_signed *what,
                       const mtlsauth_cert *signer, const struct crl_rules *rules,
                       unsigned *tries)
{
    int code = check_signer(crl, signer);

    if (code == MTLSAUTH_OK)
        code = mtlsauth__crl_check_strength(crl, signer, rules);
    if (code == MTLSAUTH_OK && !mtlsauth__key_fits(&signer->view.key, &crl->algorithm))
        code = mtlsauth__fail(MTLSAUTH_ERR_SIGNATURE,
                              "CRL: a key %s cannot have made a signature %s", signer->key_text,
                              crl->algorithm_text);
    if (code != MTLSAUTH_OK)
        return code;
    if (*tries == 0)
        return mtlsauth__fail(MTLSAUTH_ERR_LIMIT,
                              "CRL: more than %d certificates of \"%s\" may have signed it; give "
                              "the one that did, or take those out that are not needed",
                              MAX_TRIED, crl->issuer);
    --*tries;
    switch (check_signature(crl, what, signer)) {
    case CRYPTO_YES:
        memcpy(crl->image.issuer_key, signer->key_sha256, sizeof crl->image.issuer_key);
        crl->signer = mtlsauth_cert_ref((mtlsauth_cert *)(uintptr_t)signer);
        /* Lists of one CA have its name in common, and not as many copies of it. */
        mtlsauth__free((void *)(uintptr_t)crl->issuer_key.ptr);
        crl->issuer_key = signer->subject_key;
        crl->verified = true;
        return MTLSAUTH_OK;
    case CRYPTO_NO:
        return mtlsauth__fail(MTLSAUTH_ERR_SIGNATURE,
                              "CRL: the signature is not one of \"%s\"; the list was altered, or "
                              "is of another key",
                              signer->subject);
    default:
        return mtlsauth__fail(MTLSAUTH_ERR_CRYPTO,
                              "CRL: libcrypto could not check the signature; memory, or the "
                              "OpenSSL configuration");
    }
}

/* How much a refusal tells: of several certificates, what came furthest is reported. */
static int rank(int code)
{
    switch (code) {
    case MTLSAUTH_ERR_CRYPTO:
        return 4;
    case MTLSAUTH_ERR_LIMIT:
        return 3;
    case MTLSAUTH_ERR_SIGNATURE:
        return 2;
    case MTLSAUTH_ERR_UNSUPPORTED:
        return 1;
    default:
        return 0;
    }
}

int mtlsauth__crl_verify(mtlsauth_crl *crl, const struct crl_signed *what,
                         const struct crl_signers *signers, const struct crl_rules *rules)
{
    const struct trusted *const *candidates;
    const mtlsauth_cert *best = NULL, *last = NULL;
    unsigned tries = MAX_TRIED;
    int best_code = MTLSAUTH_OK, code = MTLSAUTH_OK;
    size_t count;

    if (signers->issuer != NULL)
        return verify_with(crl, what, signers->issuer, rules, &tries);
    count = mtlsauth__truststore_find(signers->truststore, crl->issuer_key, &candidates);
    for (size_t i = 0; i < count && code != MTLSAUTH_ERR_LIMIT; i++) {
        last = candidates[i]->cert;
        code = verify_with(crl, what, last, rules, &tries);
        if (code == MTLSAUTH_OK)
            return MTLSAUTH_OK;
        if (best == NULL || rank(code) > rank(best_code)) {
            best_code = code;
            best = last;
        }
    }
    if (best == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_NOT_FOUND,
                              "CRL: its issuer \"%s\" is not in the truststore", crl->issuer);
    /* For the sentence, which is that of the last one now. */
    tries = 1;
    return best == last ? best_code : verify_with(crl, what, best, rules, &tries);
}
