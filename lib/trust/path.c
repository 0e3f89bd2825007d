/* SPDX-License-Identifier: MIT */
#include "trust/path.h"

#include <stdio.h>
#include "base/hex.h"
#include "base/memory.h"
#include "trust/checks.h"
#include "trust/name_constraints.h"
#include "trust/policy_tree.h"

/*
 * What a complete path costs for each of its certificates, in steps: libcrypto works some thousand
 * instructions on one, a step takes less than a hundred. CAs that have certified each other crosswise
 * make more paths than anybody can follow, and few signatures (CVE-2018-16875).
 */
enum { STEPS_OF_A_CERTIFICATE = 50 };

/* A certificate that may stand in a path. */
struct candidate {
    mtlsauth_cert *cert;
    const struct x509 *x509; /* decoded when it is first needed */
    struct x509 *owned;      /* x509, where it is not the truststore's */
    bool is_anchor;
    bool is_self_signed; /* known of those of the truststore alone */
};

/* A step of the path, and how far its issuers have been tried. */
struct step {
    struct candidate *candidate;
    const struct trusted *const *trusted; /* entries of the truststore with the issuer's name */
    size_t trusted_count, next;
    bool named; /* an issuer of the right name and key identifier was there */
};

/* Signatures that were looked at: each of them once. */
struct checked {
    const mtlsauth_cert *subject, *issuer;
    enum crypto_verdict verdict;
};

struct search {
    const mtlsauth_truststore *truststore;
    const struct path_params *params;
    struct issuer_cache *known; /* or NULL */
    int64_t now, from, until;   /* when paths that have failed would fail as well */
    struct reason *reason;

    struct candidate **candidates; /* of the pool, then those of the truststore that were met */
    size_t pool_count, count, room;

    struct step *steps;
    size_t depth;

    struct checked *checked;
    size_t checked_count, checked_room;
    unsigned signatures; /* in halves */
    unsigned taken, names;
    const char *exhausted; /* what went beyond the budget in the last path, or NULL */
    unsigned exhausted_limit;
    bool broken; /* memory or libcrypto failed */
};

static int deny_broken(struct search *search)
{
    *search->reason = (struct reason){
        .progress = PROGRESS_USAGE,
        .code = MTLSAUTH_DENY_INTERNAL,
        .depth = -1,
        .message = "the check could not be completed: out of memory, or libcrypto failed",
    };
    return MTLSAUTH_DENY_INTERNAL;
}

static int deny_budget(struct search *search, const char *what, unsigned limit)
{
    struct reason *reason = search->reason;

    *reason = (struct reason){.code = MTLSAUTH_DENY_BUDGET, .depth = -1};
    snprintf(reason->message, sizeof reason->message,
             "no path was found within %u %s; the client sends certificates that cost too much",
             limit, what);
    return MTLSAUTH_DENY_BUDGET;
}

/* libcrypto's view of a candidate; false when there is none. */
static bool decode(struct search *search, struct candidate *candidate, size_t depth)
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
    if (search->known != NULL && candidate->cert->view.is_ca)
        candidate->owned = mtlsauth__issuer_cache_x509(search->known, candidate->cert);
    verdict = candidate->owned != NULL
                  ? CRYPTO_YES
                  : mtlsauth__x509_new(&candidate->owned, &candidate->cert->view);
    candidate->x509 = candidate->owned;
    if (verdict == CRYPTO_YES)
        return true;
    if (verdict == CRYPTO_FAILED)
        search->broken = true;
    else
        mtlsauth__reason_note(search->reason, PROGRESS_SIGNATURE, MTLSAUTH_DENY_MALFORMED, depth,
                              candidate->cert, "OpenSSL cannot read the certificate");
    return false;
}

/* NULL, and the search is broken, when memory runs out. */
static struct candidate *add_candidate(struct search *search, mtlsauth_cert *cert)
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
static bool may_be_anchor(const struct search *search, const mtlsauth_cert *cert)
{
    const mtlsauth_cert *only = search->params->crl_anchor;

    return only == NULL ||
           (span_equal(cert->subject_key, only->subject_key) &&
            memcmp(cert->spki_sha256, only->spki_sha256, MTLSAUTH_SHA256_LEN) == 0);
}

/* The candidate of a truststore entry, made when it is first met. */
static struct candidate *trusted_candidate(struct search *search, const struct trusted *entry)
{
    struct candidate *made;

    for (size_t i = search->pool_count; i < search->count; i++)
        if (search->candidates[i]->cert == entry->cert)
            return search->candidates[i];
    made = add_candidate(search, entry->cert);
    if (made == NULL)
        return NULL;
    made->x509 = entry->x509;
    made->is_self_signed = entry->is_self_signed;
    made->is_anchor = (entry->is_self_signed || search->params->partial_chain) &&
                      may_be_anchor(search, entry->cert);
    return made;
}

static bool is_on_path(const struct search *search, const struct candidate *candidate)
{
    for (size_t i = 0; i < search->depth; i++)
        if (mtlsauth__cert_same(search->steps[i].candidate->cert, candidate->cert))
            return true;
    return false;
}

/* The next issuer to try for the last step: first of the truststore, then of the pool. */
static struct candidate *next_issuer(struct search *search)
{
    struct step *step = &search->steps[search->depth - 1];
    const mtlsauth_cert *subject = step->candidate->cert;

    while (step->next < step->trusted_count + search->pool_count) {
        size_t i = step->next++;
        struct candidate *candidate;

        search->taken++;
        if (i < step->trusted_count)
            candidate = trusted_candidate(search, step->trusted[i]);
        else
            candidate = search->candidates[i - step->trusted_count];
        if (candidate == NULL)
            return NULL;
        if (span_equal(candidate->cert->subject_key, subject->issuer_key) &&
            key_ids_fit(subject, candidate->cert) && !is_on_path(search, candidate))
            return candidate;
    }
    return NULL;
}

static void push(struct search *search, struct candidate *candidate)
{
    struct step *step = &search->steps[search->depth++];

    *step = (struct step){.candidate = candidate};
    step->trusted_count = mtlsauth__truststore_find(search->truststore,
                                                    candidate->cert->issuer_key, &step->trusted);
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

/* A leaf is not asked for: there are too many of them, and the path cache has those that hold. */
static bool is_known_signature(const struct search *search, const mtlsauth_cert *subject,
                               const mtlsauth_cert *issuer)
{
    return search->known != NULL && subject->view.is_ca &&
           mtlsauth__issuer_cache_is_signed(search->known, subject, issuer);
}

static enum crypto_verdict check_signature(struct search *search, const mtlsauth_cert *subject,
                                           const struct candidate *issuer)
{
    const struct public_key *key = mtlsauth__x509_key(issuer->x509);
    struct checked *checked;
    enum crypto_verdict verdict = CRYPTO_NO;

    for (size_t i = 0; i < search->checked_count; i++)
        if (search->checked[i].subject == subject && search->checked[i].issuer == issuer->cert)
            return search->checked[i].verdict;
    /* Counted all the same: no answer depends on what was asked before. */
    search->signatures += 2 * cost_of(&issuer->cert->view.key);
    if (is_known_signature(search, subject, issuer->cert))
        return CRYPTO_YES;
    if (key != NULL)
        verdict = mtlsauth__signature_check(&subject->view.signature_algorithm, key,
                                            subject->view.tbs, subject->view.signature);
    /* A refusal is asked for twice, so that no lack of memory makes one up (crypto/pkey.h). */
    if (verdict == CRYPTO_NO && key != NULL)
        search->signatures += cost_of(&issuer->cert->view.key);
    checked = mtlsauth__grow(search->checked, search->checked_count, &search->checked_room,
                             sizeof *checked);
    if (checked == NULL)
        return CRYPTO_FAILED;
    search->checked = checked;
    checked[search->checked_count++] = (struct checked){subject, issuer->cert, verdict};
    return verdict;
}

/* Has this issuer signed the last step, and may it have? */
static bool try_issuer(struct search *search, struct candidate *issuer)
{
    size_t depth = search->depth - 1;
    const mtlsauth_cert *subject = search->steps[depth].candidate->cert;
    enum crypto_verdict verdict;

    if (!mtlsauth__algorithm_is_known(&subject->view.signature_algorithm)) {
        mtlsauth__reason_note(search->reason, PROGRESS_SIGNATURE, MTLSAUTH_DENY_WEAK_SIGNATURE,
                              depth, subject, "it is signed by %s, which is not taken",
                              subject->signature_text);
        return false;
    }
    if (!decode(search, issuer, depth + 1))
        return false;
    verdict = check_signature(search, subject, issuer);
    if (verdict == CRYPTO_FAILED)
        search->broken = true;
    if (verdict == CRYPTO_NO)
        mtlsauth__reason_note(search->reason, PROGRESS_SIGNATURE, MTLSAUTH_DENY_BAD_SIGNATURE,
                              depth, subject,
                              "its signature does not verify with the key of its issuer (%s)",
                              mtlsauth__show(issuer->cert->subject).text);
    if (verdict != CRYPTO_YES)
        return false;
    if (!issuer->cert->view.is_ca && !(issuer->is_anchor && issuer->cert->view.version == 1)) {
        mtlsauth__reason_note(search->reason, PROGRESS_ISSUER, MTLSAUTH_DENY_NOT_A_CA, depth + 1,
                              issuer->cert,
                              "it has issued the certificate before it, and is not a CA");
        return false;
    }
    return true;
}

static bool is_self_signed(struct search *search, struct candidate *candidate)
{
    size_t depth = search->depth - 1;
    enum crypto_verdict verdict;

    if (!candidate->cert->self_issued ||
        !key_ids_fit(candidate->cert, candidate->cert) || !decode(search, candidate, depth))
        return false;
    verdict = check_signature(search, candidate->cert, candidate);
    search->broken = search->broken || verdict == CRYPTO_FAILED;
    return verdict == CRYPTO_YES;
}

/* The last step has no issuer left to try: say what is missing. */
static void note_dead_end(struct search *search)
{
    size_t depth = search->depth - 1;
    struct candidate *last = search->steps[depth].candidate;
    struct shown issuer = mtlsauth__show(last->cert->issuer);
    struct span id = last->cert->view.authority_key_id;
    char key_id[2 * MTLSAUTH_SHA256_LEN + 1] = "";

    if (search->steps[depth].named)
        return;
    if (is_self_signed(search, last)) {
        if (depth == 0)
            mtlsauth__reason_note(search->reason, PROGRESS_NO_ISSUER, MTLSAUTH_DENY_SELF_SIGNED, 0,
                                  last->cert, "it is self-signed and not in the truststore");
        else
            mtlsauth__reason_note(search->reason, PROGRESS_NO_ISSUER, MTLSAUTH_DENY_UNTRUSTED_ROOT,
                                  depth, last->cert,
                                  "the path ends at this root, which is not in the truststore");
        return;
    }
    if (id.len > 0 && id.len <= MTLSAUTH_SHA256_LEN)
        hex_encode(id, key_id);
    mtlsauth__reason_note(search->reason, PROGRESS_NO_ISSUER, MTLSAUTH_DENY_ISSUER_NOT_FOUND,
                          depth, last->cert, "its issuer %s%s%s was not found", issuer.text,
                          key_id[0] == '\0' ? "" : ", key identifier ", key_id);
}

/* Copies the certificates of the steps. */
static bool collect(const struct search *search, mtlsauth_cert **certs, const struct x509 **x509s)
{
    for (size_t i = 0; i < search->depth; i++) {
        certs[i] = search->steps[i].candidate->cert;
        x509s[i] = search->steps[i].candidate->x509;
        if (x509s[i] == NULL)
            return false;
    }
    return true;
}

/* libcrypto's own validation of exactly this path. */
static bool check_by_libcrypto(struct search *search, const struct x509 *const x509s[],
                               mtlsauth_cert *const certs[])
{
    const struct path_params *params = search->params;
    const struct path_inputs inputs = {
        .policies = params->policies,
        .policy_count = params->policy_count,
        .explicit_policy = params->explicit_policy,
        .inhibit_mapping = params->inhibit_mapping,
        .inhibit_any_policy = params->inhibit_any_policy,
        .strict = params->profile == MTLSAUTH_PROFILE_STRICT,
    };
    struct path_refusal refusal;
    enum crypto_verdict verdict =
        mtlsauth__x509_check_path(x509s, search->depth, &inputs, &refusal);

    if (verdict == CRYPTO_FAILED)
        search->broken = true;
    if (verdict == CRYPTO_NO) {
        size_t depth = refusal.depth < search->depth ? refusal.depth : 0;

        mtlsauth__reason_note(search->reason, PROGRESS_PATH, refusal.code, depth, certs[depth],
                              "%s", refusal.text);
    }
    return verdict == CRYPTO_YES;
}

/* What could cost libcrypto more than it is worth is counted before libcrypto sees it. */
static bool check_expensive(struct search *search, const struct candidate_path *path)
{
    unsigned before = search->names;
    enum constraints_outcome outcome;

    if (!mtlsauth__policies_fit(path)) {
        search->exhausted = "nodes of certificate policies";
        search->exhausted_limit = MTLSAUTH__MAX_POLICY_NODES;
        return false;
    }
    outcome = mtlsauth__check_name_constraints(search->params, path, &search->names,
                                               search->reason);
    /* A comparison is a step, so that many paths with constraints are not both. */
    search->taken += search->names - before;
    switch (outcome) {
    case CONSTRAINTS_HOLD:
        return true;
    case CONSTRAINTS_BUDGET:
        search->exhausted = "comparisons of names with name constraints";
        search->exhausted_limit = search->params->budget_names;
        return false;
    case CONSTRAINTS_NO_MEMORY:
        search->broken = true;
        return false;
    case CONSTRAINTS_VIOLATED:
        break;
    }
    return false;
}

/* Has its own key signed the anchor, whoever it says has? Asked only where something hangs on it. */
static bool anchor_is_self_signed(struct search *search)
{
    const struct candidate *anchor = search->steps[search->depth - 1].candidate;

    if (anchor->is_self_signed || search->params->profile != MTLSAUTH_PROFILE_STRICT ||
        anchor->cert->view.authority_key_id.len > 0 || anchor->x509 == NULL)
        return anchor->is_self_signed;
    switch (check_signature(search, anchor->cert, anchor)) {
    case CRYPTO_YES:
        return true;
    case CRYPTO_FAILED:
        search->broken = true;
        break;
    case CRYPTO_NO:
        break;
    }
    return false;
}

/* The path reaches an anchor: does it hold? */
static bool validate(struct search *search)
{
    mtlsauth_cert *certs[MTLSAUTH_MAX_PATH_CERTIFICATES];
    const struct x509 *x509s[MTLSAUTH_MAX_PATH_CERTIFICATES];
    const struct candidate_path path = {
        .certs = certs,
        .count = search->depth,
        .anchor_is_self_signed = anchor_is_self_signed(search),
        .now = search->now,
    };

    if (!decode(search, search->steps[0].candidate, 0))
        return false;
    if (!collect(search, certs, x509s)) {
        search->broken = true;
        return false;
    }
    search->taken += (unsigned)(search->depth * STEPS_OF_A_CERTIFICATE);
    return mtlsauth__check_structure(search->params, &path, search->reason) &&
           check_expensive(search, &path) && check_by_libcrypto(search, x509s, certs) &&
           mtlsauth__check_requirements(search->params, &path, search->reason);
}

/*
 * A path that was passed over, perhaps because of the time, is the one to take at another time: what
 * is found instead holds as long as each of its certificates stays on its side of notBefore, notAfter.
 */
static void note_times(struct search *search)
{
    int64_t skew = search->params->clock_skew;

    for (size_t i = 0; !search->params->skip_time && i < search->depth; i++) {
        const struct cert_view *view = &search->steps[i].candidate->cert->view;

        if (search->now > view->not_after + skew && search->from <= view->not_after + skew)
            search->from = view->not_after + skew + 1;
        if (search->now < view->not_before - skew && search->until >= view->not_before - skew)
            search->until = view->not_before - skew - 1;
    }
}

/* One issuer more: true when the path is complete and holds. */
static bool extend(struct search *search, struct candidate *issuer)
{
    search->steps[search->depth - 1].named = true;
    if (!try_issuer(search, issuer))
        return false;
    if (search->depth > search->params->max_ca_certificates ||
        search->depth >= MTLSAUTH_MAX_PATH_CERTIFICATES) {
        mtlsauth__reason_note(search->reason, PROGRESS_ISSUER, MTLSAUTH_DENY_CHAIN_TOO_LONG, 0,
                              search->steps[0].candidate->cert,
                              "more than %u CA certificates stand above it",
                              search->params->max_ca_certificates);
        return false;
    }
    push(search, issuer);
    if (!issuer->is_anchor)
        return false;
    if (validate(search))
        return true;
    note_times(search);
    search->depth--;
    return false;
}

static int run(struct search *search)
{
    while (search->depth > 0) {
        struct candidate *issuer = next_issuer(search);

        if (issuer != NULL && !search->broken && extend(search, issuer))
            return MTLSAUTH_OK;
        if (search->broken)
            return deny_broken(search);
        if (search->exhausted != NULL)
            return deny_budget(search, search->exhausted, search->exhausted_limit);
        if (search->signatures / 2 >= search->params->budget_signatures)
            return deny_budget(search, "signature checks", search->params->budget_signatures);
        if (search->taken >= search->params->budget_steps)
            return deny_budget(search, "steps", search->params->budget_steps);
        if (issuer == NULL) {
            note_dead_end(search);
            search->depth--;
        }
    }
    return search->broken ? deny_broken(search) : search->reason->code;
}

/* A client certificate that is in the truststore itself is a path of one. */
static int find(struct search *search, mtlsauth_cert *leaf)
{
    const struct trusted *entry = mtlsauth__truststore_entry(search->truststore, leaf);
    struct candidate *first = add_candidate(search, leaf);

    if (first == NULL)
        return deny_broken(search);
    search->pool_count = search->count;
    push(search, first);
    if (entry == NULL || !may_be_anchor(search, leaf))
        return run(search);
    first->is_anchor = true;
    first->is_self_signed = entry->is_self_signed;
    if (validate(search))
        return MTLSAUTH_OK;
    if (search->exhausted != NULL)
        return deny_budget(search, search->exhausted, search->exhausted_limit);
    return search->broken ? deny_broken(search) : search->reason->code;
}

/* The leaf, one that was there before, and one that the truststore has as well, add nothing. */
static bool is_known(const struct search *search, const mtlsauth_cert *leaf,
                     const mtlsauth_cert *cert)
{
    if (mtlsauth__cert_same(leaf, cert) ||
        mtlsauth__truststore_entry(search->truststore, cert) != NULL)
        return true;
    for (size_t i = 0; i < search->count; i++)
        if (mtlsauth__cert_same(search->candidates[i]->cert, cert))
            return true;
    return false;
}

static int keep_path(const struct search *search, struct verified_path *path)
{
    int64_t skew = search->params->clock_skew;
    mtlsauth_cert *certs[MTLSAUTH_MAX_PATH_CERTIFICATES + 1];

    for (size_t i = 0; i < search->depth; i++)
        certs[i] = search->steps[i].candidate->cert;
    if (!mtlsauth__verified_path_make(path, certs, search->depth))
        return MTLSAUTH_DENY_INTERNAL;
    path->valid_until = INT64_MAX;
    path->from = search->from;
    path->until = search->until;
    for (size_t i = 0; i < path->count; i++) {
        const struct cert_view *view = &path->certs[i]->view;

        if (view->not_after < path->valid_until)
            path->valid_until = view->not_after;
        if (search->params->skip_time)
            continue;
        if (view->not_before - skew > path->from)
            path->from = view->not_before - skew;
        if (view->not_after + skew < path->until)
            path->until = view->not_after + skew;
    }
    return MTLSAUTH_OK;
}

/* Those between leaf and anchor. */
static void keep_issuers(const struct search *search)
{
    for (size_t i = 1; search->known != NULL && i + 1 < search->depth; i++) {
        const struct candidate *candidate = search->steps[i].candidate;

        mtlsauth__issuer_cache_put(search->known, candidate->cert, candidate->x509,
                                   search->steps[i + 1].candidate->cert);
    }
}

static void free_search(struct search *search)
{
    for (size_t i = 0; i < search->count; i++) {
        mtlsauth__x509_free(search->candidates[i]->owned);
        mtlsauth__free(search->candidates[i]);
    }
    mtlsauth__free(search->candidates);
    mtlsauth__free(search->steps);
    mtlsauth__free(search->checked);
}

int mtlsauth__path_find(const mtlsauth_truststore *truststore, mtlsauth_cert *leaf,
                        mtlsauth_cert *const pool[], size_t pool_count,
                        const struct path_params *params, int64_t now,
                        struct issuer_cache *known, struct verified_path *path,
                        struct reason *reason)
{
    struct search search = {.truststore = truststore,
                            .params = params,
                            .known = known,
                            .now = now,
                            .from = INT64_MIN,
                            .until = INT64_MAX,
                            .reason = reason};
    int code;

    *path = (struct verified_path){0};
    *reason = (struct reason){.code = MTLSAUTH_DENY_INTERNAL, .depth = -1};
    search.steps = mtlsauth__calloc(MTLSAUTH_MAX_PATH_CERTIFICATES + 1, sizeof *search.steps);
    search.broken = search.steps == NULL;
    for (size_t i = 0; i < pool_count && !search.broken; i++)
        if (!is_known(&search, leaf, pool[i]))
            (void)add_candidate(&search, pool[i]);
    code = search.broken ? deny_broken(&search) : find(&search, leaf);
    if (code == MTLSAUTH_OK && keep_path(&search, path) != MTLSAUTH_OK)
        code = deny_broken(&search);
    if (code == MTLSAUTH_OK)
        keep_issuers(&search);
    free_search(&search);
    return code;
}
