/* SPDX-License-Identifier: MIT */
#include "trust/search.h"

#include "base/memory.h"

static void note_unreadable(struct search *search, const struct candidate *candidate, size_t depth)
{
    mtlsauth__reason_note(search->reason, PROGRESS_SIGNATURE, MTLSAUTH_DENY_MALFORMED, depth,
                          candidate->cert, "OpenSSL cannot read the certificate");
}

bool mtlsauth__search_decode(struct search *search, struct candidate *candidate, size_t depth)
{
    enum crypto_verdict verdict;

    if (candidate->x509 != NULL)
        return true;
    if (!mtlsauth__key_is_usable(&candidate->cert->view.key)) {
        mtlsauth__reason_note(search->reason, PROGRESS_SIGNATURE, MTLSAUTH_DENY_WEAK_KEY, depth,
                              candidate->cert, "its key is %s, which is never used",
                              candidate->cert->key_text);
        return false;
    }
    if (candidate->cert->view.too_many_relative_names) {
        mtlsauth__reason_note(search->reason, PROGRESS_SIGNATURE, MTLSAUTH_DENY_BUDGET, depth,
                              candidate->cert,
                              "it has more CRL distribution points relative to its issuer's name "
                              "than are taken");
        return false;
    }
    if (candidate->is_unreadable) {
        note_unreadable(search, candidate, depth);
        return false;
    }
    if (search->known != NULL && candidate->cert->view.is_ca)
        candidate->owned = mtlsauth__issuer_cache_x509(search->known, candidate->cert);
    verdict = candidate->owned != NULL
                  ? CRYPTO_YES
                  : mtlsauth__x509_new(&candidate->owned, &candidate->cert->view);
    candidate->x509 = candidate->owned;
    if (verdict == CRYPTO_YES)
        return true;
    search->broken = search->broken || verdict == CRYPTO_FAILED;
    candidate->is_unreadable = verdict == CRYPTO_NO;
    if (candidate->is_unreadable)
        note_unreadable(search, candidate, depth);
    return false;
}

struct candidate *mtlsauth__search_add(struct search *search, mtlsauth_cert *cert)
{
    struct candidate **grown = mtlsauth__grow(search->candidates, search->count, &search->room,
                                              sizeof *grown);
    struct candidate *made = NULL;

    if (grown != NULL) {
        search->candidates = grown;
        made = mtlsauth__calloc(1, sizeof *made);
    }
    if (made == NULL) {
        search->broken = true;
        return NULL;
    }
    made->cert = cert;
    grown[search->count++] = made;
    return made;
}

/* RFC 5280 6.3.3 (f): a CRL issuer's path ends where that of the certificate ends. */
bool mtlsauth__search_may_end_at(const struct search *search, const mtlsauth_cert *cert)
{
    const mtlsauth_cert *only = search->params->crl_anchor;

    return only == NULL ||
           (span_equal(cert->subject_key, only->subject_key) &&
            memcmp(cert->key_sha256, only->key_sha256, MTLSAUTH_SHA256_LEN) == 0);
}

struct candidate *mtlsauth__search_trusted(struct search *search, const struct trusted *entry)
{
    const struct examined *examined;
    struct candidate *made;

    for (size_t i = search->pool_count; i < search->count; i++)
        if (search->candidates[i]->cert == entry->cert)
            return search->candidates[i];
    examined = mtlsauth__trusted_examine(entry);
    search->broken = search->broken || examined == NULL;
    made = examined == NULL ? NULL : mtlsauth__search_add(search, entry->cert);
    if (made == NULL)
        return NULL;
    made->x509 = examined->x509;
    made->is_unreadable = examined->x509 == NULL;
    made->is_self_signed = examined->is_self_signed;
    made->is_anchor = (examined->is_self_signed || search->params->partial_chain) &&
                      mtlsauth__search_may_end_at(search, entry->cert);
    return made;
}

/* What a check with this key costs, one being some 1.2 million instructions (OpenSSL 3.0 on x86-64,
 * where P-384 has no arithmetic of its own). */
static unsigned cost_of(const struct key_facts *key)
{
    const unsigned ordinary_rsa = 4096;
    unsigned times = key->bits / ordinary_rsa;

    switch (key->type) {
    case KEY_RSA:
    case KEY_RSA_PSS:
        return times < 2 ? 1 : times * times * 3 / 4;
    case KEY_EC:
        return key->curve == CURVE_P256 ? 1 : key->curve == CURVE_P521 ? 3 : 4;
    case KEY_ED448:
        return 2;
    default:
        return 1;
    }
}

/* A refusal is asked for twice, so that no lack of memory makes one up, and of Ed448 with a known
 * answer in between (crypto/known_answer.h). */
unsigned mtlsauth__search_cost(const struct key_facts *key, bool fits)
{
    return cost_of(key) * (fits ? 2 : key->type == KEY_ED448 ? 4 : 3);
}

/* A leaf is not asked for: there are too many of them, and the path cache has those that hold. */
static bool is_known_signature(const struct search *search, const mtlsauth_cert *subject,
                               const mtlsauth_cert *issuer)
{
    return search->known != NULL && subject->view.is_ca &&
           mtlsauth__issuer_cache_is_signed(search->known, subject, issuer);
}

enum crypto_verdict mtlsauth__search_check(struct search *search, const mtlsauth_cert *subject,
                                           const struct candidate *issuer)
{
    const struct public_key *key = mtlsauth__x509_key(issuer->x509);
    const struct key_facts *facts = &issuer->cert->view.key;
    struct checked *checked;
    enum crypto_verdict verdict = CRYPTO_NO;

    for (size_t i = 0; i < search->checked_count; i++)
        if (search->checked[i].subject == subject && search->checked[i].issuer == issuer->cert)
            return search->checked[i].verdict;
    /* A known one is counted all the same, and once: no answer depends on what was asked before. */
    search->signatures += mtlsauth__search_cost(facts, true);
    if (is_known_signature(search, subject, issuer->cert))
        verdict = CRYPTO_YES;
    else if (key != NULL)
        verdict = mtlsauth__signature_check(&subject->view.signature_algorithm, key,
                                            subject->view.tbs, subject->view.signature);
    if (verdict == CRYPTO_NO && key != NULL)
        search->signatures +=
            mtlsauth__search_cost(facts, false) - mtlsauth__search_cost(facts, true);
    checked = mtlsauth__grow(search->checked, search->checked_count, &search->checked_room,
                             sizeof *checked);
    if (checked == NULL)
        return CRYPTO_FAILED;
    search->checked = checked;
    checked[search->checked_count++] = (struct checked){subject, issuer->cert, verdict};
    return verdict;
}

void mtlsauth__search_free(struct search *search)
{
    for (size_t i = 0; i < search->count; i++) {
        mtlsauth__x509_free(search->candidates[i]->owned);
        mtlsauth__free(search->candidates[i]);
    }
    mtlsauth__free(search->candidates);
    mtlsauth__free(search->steps);
    mtlsauth__free(search->checked);
}
