/* SPDX-License-Identifier: MIT */
/* What libcrypto says of the certificates of a truststore, found out when somebody asks. */
#include "trust/truststore.h"

#include "base/memory.h"

/*
 * A self-issued certificate whose signature is of a kind that is not known here, or that the
 * configuration of many systems forbids (SHA-1, MD5). Nobody relies on a root's own signature:
 * there its key identifiers tell.
 */
static bool is_beyond_checking(const struct cert_view *view)
{
    const struct algorithm *algorithm = &view->signature_algorithm;
    bool is_weak = algorithm->hash == HASH_SHA1 || algorithm->hash == HASH_MD5;

    return (is_weak || !mtlsauth__algorithm_is_known(algorithm)) &&
           (view->authority_key_id.len == 0 ||
            span_equal(view->authority_key_id, view->subject_key_id));
}

static enum crypto_verdict examine(struct examined *out, const mtlsauth_cert *cert)
{
    const struct cert_view *view = &cert->view;
    const struct public_key *key;
    enum crypto_verdict verdict;

    if (!mtlsauth__key_is_usable(&view->key))
        return CRYPTO_YES;
    verdict = mtlsauth__x509_new(&out->x509, view);
    if (verdict != CRYPTO_YES)
        return verdict == CRYPTO_NO ? CRYPTO_YES : CRYPTO_FAILED;
    key = mtlsauth__x509_key(out->x509);
    if (!cert->self_issued || key == NULL)
        return CRYPTO_YES;
    verdict =
        mtlsauth__signature_check(&view->signature_algorithm, key, view->tbs, view->signature);
    out->is_self_signed = verdict == CRYPTO_YES || is_beyond_checking(view);
    return verdict == CRYPTO_FAILED ? CRYPTO_FAILED : CRYPTO_YES;
}

void mtlsauth__examined_free(struct examined *examined)
{
    if (examined != NULL)
        mtlsauth__x509_free(examined->x509);
    mtlsauth__free(examined);
}

/* What is known of it; made, where it is not NULL, is kept if nothing is. */
static const struct examined *exchange(const struct trusted *entry, struct examined *made)
{
    struct trusted *shared = (struct trusted *)(uintptr_t)entry;
    const struct examined *found;

    pthread_mutex_lock(shared->lock);
    if (shared->examined == NULL)
        shared->examined = made;
    found = shared->examined;
    pthread_mutex_unlock(shared->lock);
    return found;
}

const struct examined *mtlsauth__trusted_examine(const struct trusted *entry)
{
    const struct examined *found = exchange(entry, NULL);
    struct examined *made;

    if (found != NULL)
        return found;
    made = mtlsauth__calloc(1, sizeof *made);
    if (made == NULL)
        return NULL;
    if (examine(made, entry->cert) != CRYPTO_YES) {
        mtlsauth__examined_free(made);
        return NULL;
    }
    found = exchange(entry, made);
    /* Another thread was faster: what it has found is the same, and stays. */
    if (found != made)
        mtlsauth__examined_free(made);
    return found;
}

bool mtlsauth__trusted_is_root(const struct trusted *entry)
{
    const struct examined *examined = exchange(entry, NULL);

    return examined != NULL && examined->is_self_signed;
}

const struct x509 *mtlsauth__trusted_x509(const struct trusted *entry)
{
    const struct examined *examined = exchange(entry, NULL);

    return examined == NULL ? NULL : examined->x509;
}

bool mtlsauth__truststore_examine(const mtlsauth_truststore *truststore)
{
    for (size_t i = 0; i < truststore->count; i++)
        if (mtlsauth__trusted_examine(&truststore->entries[i]) == NULL)
            return false;
    return true;
}

size_t mtlsauth__truststore_anchors(const mtlsauth_truststore *truststore, bool partial_chain)
{
    size_t anchors = 0;

    for (size_t i = 0; i < truststore->count; i++) {
        const struct trusted *entry = truststore->by_sha256[i];

        if (i > 0 && mtlsauth__cert_same(truststore->by_sha256[i - 1]->cert, entry->cert))
            continue;
        (void)mtlsauth__trusted_examine(entry);
        anchors += mtlsauth__trusted_is_root(entry) || (partial_chain && entry->cert->view.is_ca);
    }
    return anchors;
}
