/* SPDX-License-Identifier: MIT */
#include "trust/path.h"

#include <stdio.h>
#include "base/hex.h"
#include "base/memory.h"
#include "trust/checks.h"
#include "trust/name_constraints.h"
#include "trust/policy_tree.h"
#include "trust/search.h"

/*
 * What a complete path costs for each of its certificates, in steps: libcrypto works some thousand
 * instructions on one, a step takes less than a hundred. CAs that have certified each other
 * crosswise make more paths than anybody can follow, and few signatures (CVE-2018-16875).
 */
enum { STEPS_OF_A_CERTIFICATE = 50 };

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
    snprintf(
        reason->message, sizeof reason->message,
        "no path was found within %u %s: a hostile client, or very many certificates of one name "
        "among the intermediates or in the truststore",
        limit, what);
    return MTLSAUTH_DENY_BUDGET;
}

static bool is_on_path(const struct search *search, const mtlsauth_cert *cert)
{
    for (size_t i = 0; i < search->depth; i++)
        if (mtlsauth__cert_same(search->steps[i].candidate->cert, cert))
            return true;
    return false;
}

/* What it costs to compare an issuer with what the subject says of it, in steps. */
static unsigned steps_of_issuer(const mtlsauth_cert *subject)
{
    const size_t octets_of_a_step = 512;

    return 1 + (unsigned)((subject->issuer_key.len + subject->view.authority_key_id.len) /
                          octets_of_a_step);
}

/* The next issuer to try for the last step: first of the truststore, then of the pool. */
static struct candidate *next_issuer(struct search *search)
{
    struct step *step = &search->steps[search->depth - 1];
    const mtlsauth_cert *subject = step->candidate->cert;
    unsigned cost = steps_of_issuer(subject);

    while (step->next < step->trusted_count + search->pool_count) {
        size_t i = step->next++;
        const struct trusted *trusted = i < step->trusted_count ? step->trusted[i] : NULL;
        struct candidate *candidate =
            trusted == NULL ? search->candidates[i - step->trusted_count] : NULL;
        const mtlsauth_cert *cert = trusted == NULL ? candidate->cert : trusted->cert;

        search->taken += cost;
        if (span_equal(cert->subject_key, subject->issuer_key) && key_ids_fit(subject, cert) &&
            !is_on_path(search, cert))
            return trusted == NULL ? candidate : mtlsauth__search_trusted(search, trusted);
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
    if (!mtlsauth__search_decode(search, issuer, depth + 1))
        return false;
    verdict = mtlsauth__search_check(search, subject, issuer);
    if (verdict == CRYPTO_FAILED)
        search->broken = true;
    if (verdict == CRYPTO_NO)
        mtlsauth__reason_note(search->reason, PROGRESS_SIGNATURE, MTLSAUTH_DENY_BAD_SIGNATURE,
                              depth, subject,
                              "its signature does not verify with the key of its issuer (%s)",
                              mtlsauth__show(issuer->cert->subject).text);
    if (verdict != CRYPTO_YES)
        return false;
    if (!issuer->cert->view.is_ca &&
        !(issuer->is_anchor && issuer->is_self_signed && issuer->cert->view.version == 1)) {
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

    if (!candidate->cert->self_issued || !key_ids_fit(candidate->cert, candidate->cert) ||
        !mtlsauth__search_decode(search, candidate, depth))
        return false;
    verdict = mtlsauth__search_check(search, candidate->cert, candidate);
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

/* Of an anchor libcrypto does not read the policies. */
static bool find_leaking(mtlsauth_cert *const certs[], size_t count, bool leaks[])
{
    bool any = false;

    for (size_t i = 0; i < count; i++) {
        leaks[i] = i + 1 < count && cert_view_leaks_constraints(&certs[i]->view);
        any = any || leaks[i];
    }
    return any;
}

/* libcrypto's own validation of exactly this path. */
static bool check_by_libcrypto(struct search *search, const struct x509 *const x509s[],
                               const struct candidate_path *path)
{
    const struct path_params *params = search->params;
    mtlsauth_cert *const *certs = path->certs;
    bool leaks[MTLSAUTH_MAX_PATH_CERTIFICATES];
    const struct path_inputs inputs = {
        .policies = params->policies,
        .policy_count = params->policy_count,
        /* Where one is required at the end, the tree may not be empty on the way either: it never
         * comes back. libcrypto does not count a self-issued leaf, and RFC 5280 6.1.5 (a) does. */
        .explicit_policy = mtlsauth__policy_is_required(params, path),
        .inhibit_mapping = params->inhibit_mapping,
        .inhibit_any_policy = params->inhibit_any_policy,
        .leaks = find_leaking(certs, search->depth, leaks) ? leaks : NULL,
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

/* Has its own key signed the anchor, whoever it says has? Asked only where something hangs on
 * it. */
static bool anchor_is_self_signed(struct search *search)
{
    const struct candidate *anchor = search->steps[search->depth - 1].candidate;

    if (anchor->is_self_signed || search->params->profile != MTLSAUTH_PROFILE_STRICT ||
        anchor->cert->view.authority_key_id.len > 0)
        return anchor->is_self_signed;
    switch (mtlsauth__search_check(search, anchor->cert, anchor)) {
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
    struct candidate_path path = {.certs = certs, .count = search->depth, .now = search->now};

    if (!mtlsauth__search_decode(search, search->steps[0].candidate, 0))
        return false;
    path.anchor_is_self_signed = anchor_is_self_signed(search);
    if (!collect(search, certs, x509s)) {
        search->broken = true;
        return false;
    }
    search->taken += (unsigned)(search->depth * STEPS_OF_A_CERTIFICATE);
    return mtlsauth__check_structure(search->params, &path, search->reason) &&
           check_expensive(search, &path) && check_by_libcrypto(search, x509s, &path) &&
           mtlsauth__check_requirements(search->params, &path, search->reason);
}

/*
 * A path that was passed over, perhaps because of the time, is the one to take at another time:
 * what is found instead holds as long as each of its certificates stays on its side of notBefore,
 * notAfter.
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
    struct candidate *first = mtlsauth__search_add(search, leaf);
    const struct examined *examined;

    if (first == NULL)
        return deny_broken(search);
    search->pool_count = search->count;
    push(search, first);
    if (entry == NULL || !mtlsauth__search_may_end_at(search, leaf))
        return run(search);
    examined = mtlsauth__trusted_examine(entry);
    if (examined == NULL)
        return deny_broken(search);
    first->is_anchor = true;
    first->is_self_signed = examined->is_self_signed;
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
            (void)mtlsauth__search_add(&search, pool[i]);
    code = search.broken ? deny_broken(&search) : find(&search, leaf);
    if (code == MTLSAUTH_OK && keep_path(&search, path) != MTLSAUTH_OK)
        code = deny_broken(&search);
    if (code == MTLSAUTH_OK)
        keep_issuers(&search);
    mtlsauth__search_free(&search);
    return code;
}
