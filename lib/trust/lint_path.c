/* SPDX-License-Identifier: MIT */
/* Who has signed whom in a truststore, and how far each certificate is from a root of it. */
#include "trust/lint.h"

#include <mtlsauth/error.h>
#include "base/error.h"
#include "base/memory.h"

/*
 * A bundle that is what it should be needs one check for each certificate that is no root, and two
 * or three where CAs were renewed. Many thousand are the work of somebody who wants it to take
 * long.
 */
enum { MAX_SIGNATURES = 4000 };

struct issued {
    size_t subject, issuer; /* indexes */
};

static int add_issued(struct standings *standings, size_t subject, size_t issuer)
{
    struct issued *grown = mtlsauth__grow(standings->issued, standings->issued_count,
                                          &standings->issued_capacity, sizeof *grown);

    if (grown == NULL)
        return mtlsauth__fail_memory();
    standings->issued = grown;
    grown[standings->issued_count++] = (struct issued){subject, issuer};
    standings->of[issuer].has_issued = true;
    return MTLSAUTH_OK;
}

static bool names_key_of(const mtlsauth_cert *subject, const mtlsauth_cert *issuer)
{
    return subject->view.authority_key_id.len > 0 &&
           span_equal(subject->view.authority_key_id, issuer->view.subject_key_id);
}

/* Remembers one of the right name that has not signed it, best the one whose key is named. */
static void note_namesake(struct standing *standing, const mtlsauth_cert *subject,
                          const struct trusted *entry)
{
    bool named = names_key_of(subject, entry->cert);

    if (standing->namesake != NULL && (standing->is_named_key || !named))
        return;
    standing->namesake = entry;
    standing->is_named_key = named;
}

/* Has the issuer, which has the right name, signed the entry? */
static int try_issuer(struct standings *standings, const mtlsauth_truststore *truststore,
                      size_t index, const struct trusted *issuer)
{
    const mtlsauth_cert *subject = truststore->entries[index].cert;
    const struct public_key *key = NULL;
    enum crypto_verdict verdict = CRYPTO_NO;

    if (mtlsauth__cert_same(subject, issuer->cert))
        return MTLSAUTH_OK;
    if (mtlsauth__trusted_x509(issuer) != NULL && key_ids_fit(subject, issuer->cert))
        key = mtlsauth__x509_key(mtlsauth__trusted_x509(issuer));
    if (key != NULL && standings->signatures >= MAX_SIGNATURES) {
        standings->cut_short = true;
        return MTLSAUTH_OK;
    }
    if (key != NULL) {
        standings->signatures++;
        verdict = mtlsauth__signature_check(&subject->view.signature_algorithm, key,
                                            subject->view.tbs, subject->view.signature);
    }
    if (verdict == CRYPTO_FAILED)
        return mtlsauth__fail(MTLSAUTH_ERR_CRYPTO, "OpenSSL failed to check a signature");
    if (verdict == CRYPTO_YES)
        return add_issued(standings, index, (size_t)(issuer - truststore->entries));
    note_namesake(&standings->of[index], subject, issuer);
    return MTLSAUTH_OK;
}

static int find_issuers(struct standings *standings, const mtlsauth_truststore *truststore,
                        size_t index)
{
    const struct trusted *const *named;
    size_t count =
        mtlsauth__truststore_find(truststore, truststore->entries[index].cert->issuer_key, &named);
    int code = MTLSAUTH_OK;

    for (size_t i = 0; i < count && code == MTLSAUTH_OK; i++)
        code = try_issuer(standings, truststore, index, named[i]);
    return code;
}

/* What its own pathLenConstraint leaves of what is allowed above it. */
static int64_t at_most_own(const mtlsauth_cert *cert, int64_t below)
{
    if (cert->view.has_path_length && (int64_t)cert->view.path_length < below)
        return (int64_t)cert->view.path_length;
    return below;
}

/* RFC 5280 6.1.4 (l): a self-issued CA does not count. */
static int64_t below_through(const mtlsauth_cert *cert, int64_t allowed)
{
    int64_t cost = cert->self_issued ? 0 : 1;

    if (allowed < cost)
        return BELOW_FORBIDDEN;
    return at_most_own(cert, allowed == BELOW_UNLIMITED ? allowed : allowed - cost);
}

/* One way more to a root: true when it is a better one. */
static bool improve(const mtlsauth_truststore *truststore, struct standings *standings,
                    const struct issued *link)
{
    struct standing *subject = &standings->of[link->subject];
    const struct standing *issuer = &standings->of[link->issuer];
    int64_t below = below_through(truststore->entries[link->subject].cert, issuer->below);
    bool better = false;

    if (subject->issuer == NULL)
        subject->issuer = &truststore->entries[link->issuer];
    if (issuer->depth > 0 && (subject->depth == 0 || issuer->depth + 1 < subject->depth)) {
        subject->depth = issuer->depth + 1;
        subject->issuer = &truststore->entries[link->issuer];
        better = true;
    }
    if (below > subject->below) {
        subject->below = below;
        better = true;
    }
    return better;
}

int mtlsauth__standings_make(struct standings *standings, const mtlsauth_truststore *truststore)
{
    int code = MTLSAUTH_OK;
    bool better = true;

    *standings = (struct standings){0};
    standings->of = mtlsauth__calloc(truststore->count, sizeof *standings->of);
    if (standings->of == NULL)
        return mtlsauth__fail_memory();
    for (size_t i = 0; i < truststore->count && code == MTLSAUTH_OK; i++) {
        const struct trusted *entry = &truststore->entries[i];

        standings->of[i].below = BELOW_FORBIDDEN;
        if (mtlsauth__trusted_is_root(entry)) {
            standings->of[i].depth = 1;
            standings->of[i].below = at_most_own(entry->cert, BELOW_UNLIMITED);
        } else {
            code = find_issuers(standings, truststore, i);
        }
    }
    /* Down from the roots: a round reaches one step further at least. */
    while (code == MTLSAUTH_OK && better) {
        better = false;
        for (size_t i = 0; i < standings->issued_count; i++)
            better = improve(truststore, standings, &standings->issued[i]) || better;
    }
    return code;
}

void mtlsauth__standings_drop(struct standings *standings)
{
    mtlsauth__free(standings->of);
    mtlsauth__free(standings->issued);
    *standings = (struct standings){0};
}
