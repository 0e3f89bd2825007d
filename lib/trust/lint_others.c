/* SPDX-License-Identifier: MIT */
/* What is wrong with a certificate of a truststore in view of the others: who has issued it, what
 * it has issued, and whether it is there twice. */
#include "trust/lint_check.h"

#include "base/memory.h"
#include "trust/reason.h"
#include "trust/search.h"

static size_t number_of(const struct lint *lint, const struct trusted *entry)
{
    return (size_t)(entry - lint->truststore->entries) + 1;
}

/* A certificate of an older version has no way to say that it is a CA: see check_version in
 * lint.c. */
void mtlsauth__lint_not_a_ca(struct lint *lint, size_t index, const struct trusted *entry)
{
    if (entry->cert->view.is_ca || entry->cert->view.version != 3)
        return;
    if (lint->standings.of[index].has_issued)
        ADD(ERROR, NOT_A_CA,
            "not a CA, and has issued another certificate of this file: clients below it are "
            "denied; have it issued again with basicConstraints CA:TRUE");
    else if (is_profile(lint, MTLSAUTH_PROFILE_ALB))
        ADD(ERROR, NOT_A_CA,
            "not a CA (basicConstraints has no CA:TRUE): put the CA that has issued it here");
    else
        ADD(WARNING, NOT_A_CA,
            "not a CA (basicConstraints has no CA:TRUE): it lets in the client that presents this "
            "very certificate, and nobody else; remove it if that is not meant");
}

/* The first of the entries before it for which the question holds. */
static const struct trusted *first_before(const struct lint *lint, const struct trusted *entry,
                                          bool (*holds)(const mtlsauth_cert *,
                                                        const mtlsauth_cert *))
{
    const struct trusted *const *same;
    const struct trusted *first = NULL;
    size_t count = mtlsauth__truststore_find(lint->truststore, entry->cert->subject_key, &same);

    for (size_t i = 0; i < count; i++)
        if (same[i] < entry && (first == NULL || same[i] < first) &&
            holds(same[i]->cert, entry->cert))
            first = same[i];
    return first;
}

static bool is_other_key(const mtlsauth_cert *a, const mtlsauth_cert *b)
{
    return !span_equal(a->view.spki, b->view.spki);
}

static bool is_other_issuer(const mtlsauth_cert *a, const mtlsauth_cert *b)
{
    return !span_equal(a->issuer_key, b->issuer_key);
}

static bool conflicts(const mtlsauth_cert *a, const mtlsauth_cert *b)
{
    return is_other_key(a, b) || is_other_issuer(a, b);
}

void mtlsauth__lint_duplicate(struct lint *lint, size_t index, const struct trusted *entry)
{
    const struct trusted *first = first_before(lint, entry, mtlsauth__cert_same);

    if (first != NULL)
        ADD(WARNING, DUPLICATE, "the same as certificate %zu: remove it", number_of(lint, first));
}

/* Where the search for a client's issuer comes to this certificate, behind others of its name. */
struct turn {
    size_t number;  /* from 1 */
    size_t affords; /* so many with other keys the budget affords, if they are fewer; else 0 */
    bool has_ids;   /* it and those before it have key identifiers: whoever names his is found */
};

/* As mtlsauth__search_check counts them, with the budget that no policy raises. */
static struct turn turn_of(const struct lint *lint, const struct trusted *entry)
{
    const struct trusted *const *same;
    struct turn turn = {.has_ids = entry->cert->view.subject_key_id.len > 0};
    size_t count = mtlsauth__truststore_find(lint->truststore, entry->cert->subject_key, &same);
    unsigned spent = 0;

    for (turn.number = 1; turn.number < count && same[turn.number - 1] != entry; turn.number++) {
        const struct trusted *other = same[turn.number - 1];

        if (spent / 2 >= lint->params.budget_signatures ||
            !is_other_key(other->cert, entry->cert) || mtlsauth__trusted_x509(other) == NULL)
            continue;
        turn.has_ids = turn.has_ids && other->cert->view.subject_key_id.len > 0;
        spent += mtlsauth__search_cost(&other->cert->view.key, false);
        if (spent / 2 >= lint->params.budget_signatures)
            turn.affords = turn.number;
    }
    return turn;
}

static void add_turn(struct text *out, const struct turn *turn)
{
    mtlsauth__text_addf(out,
                        "it is number %zu of that name, and the search for a path affords %zu with "
                        "such keys: its clients %smay be denied (MTLSAUTH_DENY_BUDGET), so give "
                        "each CA a name of its own",
                        turn->number, turn->affords,
                        turn->has_ids ? "without an authorityKeyIdentifier " : "");
}

/* API Gateway: "The certificate subject <s> conflicts with an existing certificate from a different
 * issuer." Roots of one name and two keys are two issuers. */
static void add_conflict(struct text *out, const struct lint *lint, const struct trusted *entry,
                         const struct trusted *first)
{
    mtlsauth__text_addf(
        out, "has the subject of certificate %zu, and another %s%s: %s", number_of(lint, first),
        is_other_key(first->cert, entry->cert) ? "key" : "issuer",
        is_other_key(first->cert, entry->cert) && is_other_issuer(first->cert, entry->cert)
            ? " and issuer"
            : "",
        is_profile(lint, MTLSAUTH_PROFILE_API_GATEWAY)
            ? "API Gateway takes one issuer for a subject; keep one of them"
            : "find out whether both are meant");
}

void mtlsauth__lint_same_subject(struct lint *lint, size_t index, const struct trusted *entry)
{
    const struct trusted *first = first_before(lint, entry, conflicts);
    const struct turn turn = turn_of(lint, entry);
    struct text text = {0};
    bool two_issuers;
    char *sentence;

    if (first == NULL && turn.affords == 0)
        return;
    two_issuers = first != NULL && (is_other_issuer(first->cert, entry->cert) ||
                                    mtlsauth__trusted_is_root(first) ||
                                    mtlsauth__trusted_is_root(entry));
    if (first != NULL)
        add_conflict(&text, lint, entry, first);
    if (first != NULL && turn.affords > 0)
        mtlsauth__text_add(&text, "; ");
    if (turn.affords > 0)
        add_turn(&text, &turn);
    sentence = mtlsauth__text_take(&text);
    if (sentence == NULL) {
        lint->report->failed = true;
        return;
    }
    ADD_AS(two_issuers && is_profile(lint, MTLSAUTH_PROFILE_API_GATEWAY)
               ? MTLSAUTH_SEVERITY_ERROR
               : MTLSAUTH_SEVERITY_WARNING,
           SAME_SUBJECT, "%s", sentence);
    mtlsauth__free(sentence);
}

static int severity_without_root(const struct lint *lint, const struct trusted *entry)
{
    if (lint->params.partial_chain)
        return MTLSAUTH_SEVERITY_INFO;
    return entry->cert->view.is_ca ? MTLSAUTH_SEVERITY_ERROR : MTLSAUTH_SEVERITY_WARNING;
}

void mtlsauth__lint_issuer(struct lint *lint, size_t index, const struct trusted *entry)
{
    const struct standing *standing = &lint->standings.of[index];
    int severity = severity_without_root(lint, entry);
    struct shown issuer = mtlsauth__show(entry->cert->issuer);

    if (standing->depth > 0)
        return;
    if (standing->issuer != NULL)
        ADD_AS(severity, ISSUER_MISSING,
               "no path to a root of this file: certificate %zu has issued it, and above that the "
               "issuer is missing; add every CA up to the root",
               number_of(lint, standing->issuer));
    else if (standing->namesake != NULL)
        ADD_AS(severity, ISSUER_MISSING,
               "its issuer is missing: certificate %zu has the issuer's name (%s), and has not "
               "signed it; add the CA that has",
               number_of(lint, standing->namesake), issuer.text);
    else
        ADD_AS(severity, ISSUER_MISSING,
               "its issuer %s is not in this file: add it, and every CA up to the root",
               issuer.text);
}

void mtlsauth__lint_path_too_long(struct lint *lint, size_t index, const struct trusted *entry)
{
    const struct standing *standing = &lint->standings.of[index];

    if (entry->cert->view.is_ca && !is_anchor(lint, entry) &&
        standing->depth > lint->params.max_ca_certificates)
        ADD(ERROR, PATH_TOO_LONG,
            "%zu CA certificates with its root, and %u are taken at most: clients below it are "
            "denied; issue from a CA nearer to the root",
            standing->depth, lint->params.max_ca_certificates);
}

void mtlsauth__lint_path_length(struct lint *lint, size_t index, const struct trusted *entry)
{
    const struct standing *standing = &lint->standings.of[index];

    if (!entry->cert->view.is_ca || is_anchor(lint, entry) || standing->depth == 0 ||
        standing->below != BELOW_FORBIDDEN || standing->issuer == NULL)
        return;
    ADD(ERROR, PATH_LENGTH,
        "a pathLenConstraint above it does not allow it there: certificate %zu, which has issued "
        "it, may have no CA below it; clients below it are denied",
        number_of(lint, standing->issuer));
}

/* The key that it names is here, and does not verify it; or it is its own issuer by all it says. */
void mtlsauth__lint_bad_signature(struct lint *lint, size_t index, const struct trusted *entry)
{
    const struct standing *standing = &lint->standings.of[index];
    const mtlsauth_cert *cert = entry->cert;

    if (mtlsauth__trusted_is_root(entry) || standing->issuer != NULL)
        return;
    if (standing->namesake != NULL && standing->is_named_key)
        ADD(ERROR, BAD_SIGNATURE,
            "it names the key of certificate %zu by name and key identifier, and its signature "
            "does not verify with it: one of the two is not what it seems",
            number_of(lint, standing->namesake));
    else if (cert->self_issued && key_ids_fit(cert, cert) && mtlsauth__trusted_x509(entry) != NULL)
        ADD(ERROR, BAD_SIGNATURE,
            "it says that it has issued itself, and its signature does not verify: it was altered, "
            "or its issuer has the same name");
}
