/* SPDX-License-Identifier: MIT */
#include <mtlsauth/error.h>
#include "revocation/inquiry.h"

#include "base/error.h"
#include "base/memory.h"
#include "cert/name.h"
#include "crypto/signature.h"
#include "revocation/signer.h"
#include "trust/path.h"

/*
 * May who has signed a list speak of a certificate? The certificate's own issuer may, whose path
 * was verified with it. Another key, or another name, needs a path to the same anchor, and a status
 * of its own (RFC 5280 6.3.3 (f)). No list says of its own issuer that it is good.
 */

/* Certificates of one CRL issuer that are tried: each costs a path. */
enum { MAX_CANDIDATES = 8 };

/* A cRLIssuer of one name: this one. */
static int is_subject(void *arg, const struct point_name *name)
{
    struct span *subject = arg;

    if (name->tag != POINT_DIRECTORY || !span_equal(name->value, *subject))
        *subject = span_of(NULL, 0);
    return MTLSAUTH_OK;
}

/*
 * Does the CA say in the certificate of a CRL issuer that nobody but that CRL issuer tells its
 * status? Then there is nothing else to ask, as for an OCSP delegate with nocheck: the CA vouches
 * for it as long as the certificate is valid. (NIST PKITS 4.14.30 has such a certificate.)
 */
static int names_itself(const mtlsauth_cert *cert, bool *answer)
{
    struct cert_point point;
    struct der points;

    *answer = mtlsauth__cert_points(&cert->view, &points);
    while (*answer && !der_at_end(&points) && mtlsauth__cert_point_next(&points, &point)) {
        struct span subject = cert->subject_key;
        int code = mtlsauth__point_each(point.crl_issuer, is_subject, &subject);

        if (code != MTLSAUTH_OK)
            return code;
        *answer = point.crl_issuer.len > 0 && subject.len > 0;
    }
    return MTLSAUTH_OK;
}

static bool same_issuer(const mtlsauth_cert *a, const mtlsauth_cert *b)
{
    return memcmp(a->key_sha256, b->key_sha256, MTLSAUTH_SHA256_LEN) == 0 &&
           span_equal(a->subject_key, b->subject_key);
}

/* Is it this certificate whose status waits for the answer? */
static bool is_asked_about(const struct crl_inquiry *inquiry, const mtlsauth_cert *cert)
{
    for (; inquiry != NULL; inquiry = inquiry->within)
        if (same_issuer(inquiry_cert(inquiry), cert))
            return true;
    return false;
}

/* Its status is asked in its turn, with the rest of the path that it stands in. */
static bool stands_above(const struct crl_inquiry *inquiry, const mtlsauth_cert *cert)
{
    const struct crl_context *context = inquiry->context;

    for (size_t i = inquiry->depth + 1; i < context->path_count; i++)
        if (mtlsauth__cert_same(context->path[i], cert))
            return true;
    return false;
}

/* As check_revocation asks of a client's path: by evidence and depth. */
static bool suffices(const struct revocation_params *params, const mtlsauth_cert *issuer,
                     enum revocation_state state)
{
    return state == REVOCATION_GOOD ||
           params->depth == MTLSAUTH_DEPTH_LEAF ||
           mtlsauth__evidence_for(params, issuer) == MTLSAUTH_EVIDENCE_OFF ||
           (state == REVOCATION_UNKNOWN && params->allow_unknown);
}

/*
 * The status of each certificate of a CRL issuer's path. Where nothing has to speak for one, what
 * says that it is revoked has to be heard all the same: it vouches for nobody while some of that
 * was passed over.
 */
static int check_path(struct crl_inquiry *inquiry, const struct verified_path *path,
                      enum crl_authority *authority)
{
    struct crl_context context = *inquiry->context;

    context.path = path->certs;
    context.path_count = path->count;
    *authority = AUTHORITY_FULL;
    for (size_t i = 0; i + 1 < path->count; i++) {
        struct revocation_status status;
        struct crl_inquiry inner = {.set = inquiry->set,
                                    .context = &context,
                                    .depth = i,
                                    .within = inquiry,
                                    .nesting = inquiry->nesting + 1,
                                    .budget = inquiry->budget,
                                    .status = &status};
        int code;

        if (stands_above(inquiry, path->certs[i]))
            continue;
        if (is_asked_about(inquiry, path->certs[i])) {
            *authority = AUTHORITY_TO_REVOKE;
            continue;
        }
        code = mtlsauth__crl_inquire(&inner);
        if (code != MTLSAUTH_OK)
            return code;
        if (status.state == REVOCATION_REVOKED) {
            *authority = AUTHORITY_NONE;
            return MTLSAUTH_OK;
        }
        if (status.missed || !suffices(context.params, path->certs[i + 1], status.state))
            *authority = AUTHORITY_TO_REVOKE;
    }
    return MTLSAUTH_OK;
}

/* What may stand in the path of a CRL issuer. What a client has sent along comes last: what it
 * costs does not keep the operator's certificates from being tried. */
struct pool {
    mtlsauth_cert **certs;
    size_t count;
};

static bool make_pool(struct pool *pool, const struct crl_context *context)
{
    const mtlsauth_chain *more = context->intermediates;
    size_t count = context->path_count + (more == NULL ? 0 : more->count);

    pool->certs = mtlsauth__calloc(count, sizeof(mtlsauth_cert *));
    if (pool->certs == NULL)
        return false;
    for (size_t i = 0; more != NULL && i < more->count; i++)
        pool->certs[pool->count++] = more->certs[i];
    for (size_t i = 0; i < context->path_count; i++)
        pool->certs[pool->count++] = context->path[i];
    return true;
}

static bool have_key_of(mtlsauth_cert *const certs[], size_t count, const mtlsauth_cert *cert)
{
    for (size_t i = 0; i < count; i++)
        if (memcmp(certs[i]->key_sha256, cert->key_sha256, MTLSAUTH_SHA256_LEN) == 0)
            return true;
    return false;
}

/*
 * Two keys of one name that both sign certificates and lists, and neither of which stands above the
 * other: some CAs have lists for each of their keys, which know nothing of the certificates of the
 * other, and nothing tells these from CAs that have one list for all. A key for lists alone (NIST
 * PKITS 4.4.19), and keys that are handed over by a certificate (4.5), are another matter.
 */
static bool is_sibling(const struct crl_inquiry *inquiry, const struct verified_path *path)
{
    const struct crl_context *context = inquiry->context;
    const mtlsauth_cert *issuer = inquiry_issuer(inquiry), *signer = path->certs[0];
    size_t above = inquiry->depth + 1;

    return span_equal(signer->subject_key, issuer->subject_key) && mtlsauth__crl_may_sign(issuer) &&
           signer->view.is_ca && (signer->view.key_usage & KEY_USAGE_KEY_CERT_SIGN) != 0 &&
           !have_key_of(context->path + above, context->path_count - above, signer) &&
           !have_key_of(path->certs, path->count, issuer);
}

/* Looks for a path of this certificate to the anchor of the path that is asked about. */
static int try_path(struct crl_inquiry *inquiry, mtlsauth_cert *signer, const struct pool *pool,
                    enum crl_authority *authority)
{
    const struct crl_context *context = inquiry->context;
    struct path_params params = *context->path_params;
    struct verified_path path;
    struct reason reason;
    int code;

    *authority = AUTHORITY_NONE;
    if (inquiry->budget->searches == 0) {
        inquiry_miss(inquiry);
        return MTLSAUTH_OK;
    }
    --inquiry->budget->searches;
    params.crl_anchor = context->path[context->path_count - 1];
    params.check_eku = false;
    params.policy_count = 0;
    params.explicit_policy = params.inhibit_mapping = params.inhibit_any_policy = false;
    code = mtlsauth__path_find(context->truststore, signer, pool->certs, pool->count, &params,
                               context->now, NULL, &path, &reason);
    if (code == MTLSAUTH_DENY_INTERNAL)
        return mtlsauth__fail_memory();
    if (code == MTLSAUTH_DENY_BUDGET)
        inquiry_miss(inquiry);
    if (code == MTLSAUTH_OK) {
        code = check_path(inquiry, &path, authority);
        if (*authority == AUTHORITY_FULL && is_sibling(inquiry, &path))
            *authority = AUTHORITY_TO_REVOKE;
        mtlsauth__verified_path_clear(&path);
        return code;
    }
    return MTLSAUTH_OK;
}

/* Outside of the path, what is no CA needs cRLSign to be one for lists. RFC 5280 lets it do
 * without, and a client whose subject is the name of a CA would be enough. */
static bool is_candidate(const mtlsauth_crl *crl, const mtlsauth_cert *cert)
{
    return mtlsauth__crl_signed_by(crl, cert) && mtlsauth__crl_may_sign(cert) &&
           (cert->view.is_ca || cert->view.extensions[EXTENSION_KEY_USAGE].present);
}

/* Certificates with the name and the key of the list's issuer, the one that it was loaded with
 * first. */
struct candidates {
    mtlsauth_cert *certs[MAX_CANDIDATES];
    size_t count;
    bool are_more;
};

static void add_candidate(struct candidates *all, const mtlsauth_crl *crl, mtlsauth_cert *cert)
{
    if (!is_candidate(crl, cert) || (all->count > 0 && mtlsauth__cert_same(cert, all->certs[0])))
        return;
    if (all->count < MAX_CANDIDATES)
        all->certs[all->count++] = cert;
    else
        all->are_more = true;
}

static void find_candidates(struct candidates *all, const struct crl_context *context,
                            const mtlsauth_crl *crl)
{
    const mtlsauth_chain *more = context->intermediates;
    const struct trusted *const *trusted;
    size_t trusted_count;

    *all = (struct candidates){.count = 0};
    if (crl->signer != NULL)
        add_candidate(all, crl, crl->signer);
    for (size_t i = 0; more != NULL && i < more->count && !all->are_more; i++)
        add_candidate(all, crl, more->certs[i]);
    trusted_count = mtlsauth__truststore_find(context->truststore, crl->issuer_key, &trusted);
    for (size_t i = 0; i < trusted_count && !all->are_more; i++)
        add_candidate(all, crl, trusted[i]->cert);
}

static int search_paths(struct crl_inquiry *inquiry, const mtlsauth_crl *crl,
                        enum crl_authority *best)
{
    struct candidates all;
    struct pool pool = {0};
    int code = MTLSAUTH_OK;

    *best = AUTHORITY_NONE;
    find_candidates(&all, inquiry->context, crl);
    if (all.count > 0 && !make_pool(&pool, inquiry->context))
        return mtlsauth__fail_memory();
    for (size_t i = 0; i < all.count && code == MTLSAUTH_OK && *best != AUTHORITY_FULL; i++) {
        enum crl_authority one;

        code = try_path(inquiry, all.certs[i], &pool, &one);
        if (code == MTLSAUTH_OK && one > *best)
            *best = one;
    }
    /* One that is not tried might give the list a voice, and the list might revoke. */
    if (all.are_more && *best == AUTHORITY_NONE)
        inquiry_miss(inquiry);
    mtlsauth__free(pool.certs);
    return code;
}

/* Has issuer signed subject? One of them is of a path that was verified. */
static enum crypto_verdict has_issued(const mtlsauth_cert *issuer, const mtlsauth_cert *subject,
                                      const struct path_params *params)
{
    const struct public_key *key;
    const char *why;
    enum crypto_verdict verdict;

    if (issuer->names != NAME_OK || subject->names != NAME_OK ||
        !span_equal(issuer->subject_key, subject->issuer_key) ||
        !mtlsauth__signature_is_strong(params, &subject->view.signature_algorithm, &why) ||
        !mtlsauth__signer_is_strong(params, &issuer->view.key, &why))
        return CRYPTO_NO;
    verdict = mtlsauth__cert_key(issuer, &key);
    if (verdict != CRYPTO_YES)
        return verdict;
    return mtlsauth__signature_check(&subject->view.signature_algorithm, key, subject->view.tbs,
                                     subject->view.signature);
}

/*
 * Without a truststore, and never for the certificates of others: the CRL issuer is next to the
 * certificate's issuer, above it in the same path, or certified by it.
 */
static int check_neighbours(const struct crl_inquiry *inquiry, const mtlsauth_crl *crl,
                            enum crl_authority *authority)
{
    const struct crl_context *context = inquiry->context;
    const mtlsauth_cert *issuer = inquiry_issuer(inquiry), *signer = crl->signer;
    int64_t skew = context->path_params->clock_skew;
    enum crypto_verdict verdict;

    *authority = AUTHORITY_NONE;
    if (signer == NULL || !is_candidate(crl, signer) || crl->image.facts.scope.indirect ||
        context->now > signer->view.not_after + skew ||
        context->now < signer->view.not_before - skew || signer->view.unknown_critical)
        return MTLSAUTH_OK;
    verdict = has_issued(signer, issuer, context->path_params);
    if (verdict == CRYPTO_NO)
        verdict = has_issued(issuer, signer, context->path_params);
    if (verdict == CRYPTO_FAILED)
        return mtlsauth__fail_memory();
    if (verdict == CRYPTO_YES)
        *authority = AUTHORITY_FULL;
    return MTLSAUTH_OK;
}

static int find_out(struct crl_inquiry *inquiry, const mtlsauth_crl *crl,
                    enum crl_authority *authority)
{
    const mtlsauth_cert *cert = inquiry_cert(inquiry);
    bool alone;
    int code;

    if (mtlsauth__crl_signed_by(crl, cert)) {
        code = names_itself(cert, &alone);
        *authority = alone && mtlsauth__crl_may_sign(cert) ? AUTHORITY_FULL : AUTHORITY_TO_REVOKE;
        return code;
    }
    for (const struct crl_inquiry *outer = inquiry->within; outer != NULL; outer = outer->within)
        if (mtlsauth__crl_signed_by(crl, inquiry_cert(outer))) {
            *authority = AUTHORITY_TO_REVOKE;
            return MTLSAUTH_OK;
        }
    if (inquiry->context->truststore == NULL)
        return check_neighbours(inquiry, crl, authority);
    *authority = AUTHORITY_NONE;
    if (inquiry->nesting < CRL_MAX_NESTING)
        return search_paths(inquiry, crl, authority);
    inquiry_miss(inquiry);
    return MTLSAUTH_OK;
}

static bool have_one_issuer(const mtlsauth_crl *a, const mtlsauth_crl *b)
{
    return memcmp(a->image.issuer_key, b->image.issuer_key, CRL_IMAGE_DIGEST) == 0 &&
           span_equal(a->issuer_key, b->issuer_key);
}

/*
 * What is known of the issuer of a list; false where it may be more: the list has brought along a
 * certificate of its issuer, and no list before it that one.
 */
static bool is_known(const struct crl_inquiry *inquiry, const mtlsauth_crl *crl,
                     enum crl_authority *authority)
{
    for (size_t i = 0; i < inquiry->known_count; i++) {
        const mtlsauth_crl *other = inquiry->known[i].crl;

        if (!have_one_issuer(other, crl))
            continue;
        if (inquiry->known[i].authority > *authority)
            *authority = inquiry->known[i].authority;
        if (*authority == AUTHORITY_FULL || crl->signer == NULL ||
            (other->signer != NULL && mtlsauth__cert_same(other->signer, crl->signer)))
            return true;
    }
    return false;
}

/* What was found out by the certificate of one list holds for all lists of the same issuer, which
 * are kept with the same authority. */
static void note_authority(struct crl_inquiry *inquiry, const mtlsauth_crl *crl,
                           enum crl_authority authority)
{
    for (size_t i = 0; i < inquiry->known_count; i++)
        if (have_one_issuer(inquiry->known[i].crl, crl) &&
            inquiry->known[i].authority < authority) {
            inquiry->known[i].authority = authority;
            inquiry->again = true;
        }
    if (inquiry->known_count < CRL_KNOWN_ISSUERS) {
        inquiry->known[inquiry->known_count].crl = crl;
        inquiry->known[inquiry->known_count++].authority = authority;
    } else if (authority != AUTHORITY_FULL) {
        /* A certificate that comes with a later list would not be remembered for this one. */
        inquiry_miss(inquiry);
    }
}

/*
 * A list of a key that stands above the certificate is heard. Where none of the certificates of
 * that key in the path has cRLSign, it revokes: the client chooses the path, and one by another
 * certificate of the CA must not silence the CA's own list.
 */
static enum crl_authority authority_of_path(const struct crl_inquiry *inquiry,
                                            const mtlsauth_crl *crl)
{
    const struct crl_context *context = inquiry->context;
    enum crl_authority authority = AUTHORITY_NONE;

    for (size_t i = inquiry->depth + 1; i < context->path_count; i++) {
        if (!mtlsauth__crl_signed_by(crl, context->path[i]))
            continue;
        if (mtlsauth__crl_may_sign(context->path[i]))
            return AUTHORITY_FULL;
        authority = AUTHORITY_TO_REVOKE;
    }
    return authority;
}

int mtlsauth__crl_authority(struct crl_inquiry *inquiry, const mtlsauth_crl *crl,
                            enum crl_authority *authority)
{
    enum crl_authority found, least = authority_of_path(inquiry, crl);
    int code;

    if (least > *authority)
        *authority = least;
    if (least == AUTHORITY_FULL || is_known(inquiry, crl, authority))
        return MTLSAUTH_OK;
    code = find_out(inquiry, crl, &found);
    if (code != MTLSAUTH_OK)
        return code;
    if (found > *authority)
        *authority = found;
    note_authority(inquiry, crl, *authority);
    return MTLSAUTH_OK;
}
