/* SPDX-License-Identifier: MIT */
#include "revocation/inquiry.h"

#include <mtlsauth/error.h>
#include "base/error.h"
#include "revocation/crl_set.h"
#include "revocation/extension.h"
#include "revocation/scope.h"
#include "revocation/signer.h"

/*
 * Which lists speak of a certificate, and what they say together: RFC 5280 6.3.3. It differs in
 * what denies: an entry counts in every list whose scope has the certificate, whatever its age;
 * that there is none counts only in lists that are current.
 */

/* A distribution point: who issues its lists, and for what reasons. */
struct wanted {
    struct crl_inquiry *inquiry;
    struct span issuer; /* canonical name */
    uint64_t hash;      /* of it */
    bool designated;    /* by cRLIssuer */
    bool is_own;        /* the issuer of the certificate, where it is designated */
    uint32_t reasons;
};

/* What takes an entry away denies less than a hold, and that less than what is for good. */
static int weight_of(const mtlsauth_crl *crl, size_t i)
{
    uint8_t reason = crl->image.index.reason[i];

    return reason == CRL_REASON_REMOVE ? 0 : reason == CRL_REASON_HOLD ? 1 : 2;
}

bool mtlsauth__crl_find_entry(const mtlsauth_crl *crl, struct span issuer, struct span serial,
                              size_t *i)
{
    const struct crl_issuers *issuers = &crl->image.facts.issuers;
    bool found = span_equal(crl->issuer_key, issuer) &&
                 mtlsauth__crl_index_find(&crl->image.index, serial, i);
    uint32_t number = 0;
    size_t other;

    if (issuers->count > 0 && mtlsauth__crl_issuers_find(issuers, issuer, &number) &&
        mtlsauth__crl_index_find_of(&crl->image.index, number, serial, &other) &&
        (!found || weight_of(crl, other) > weight_of(crl, *i))) {
        *i = other;
        return true;
    }
    return found;
}

static bool find_entry(const mtlsauth_crl *crl, const mtlsauth_cert *cert, size_t *i)
{
    return mtlsauth__crl_find_entry(crl, cert->issuer_key, cert->view.serial, i);
}

static void note_list(struct revocation_status *status, const mtlsauth_crl *crl)
{
    const struct crl_facts *facts = &crl->image.facts;

    memcpy(status->crl_number, facts->number, facts->number_len);
    status->crl_number_len = facts->number_len;
}

static void note_revoked(struct revocation_status *status, const mtlsauth_crl *crl, size_t i)
{
    note_list(status, crl);
    status->state = REVOCATION_REVOKED;
    status->revoked_at = mtlsauth__crl_index_date(&crl->image.index, i);
    status->reason = crl_reason_of(crl->image.index.reason[i]);
    status->stale_since = MTLSAUTH_NO_TIME;
}

static void note_stale(const struct crl_inquiry *inquiry, const mtlsauth_crl *crl)
{
    int64_t until = mtlsauth__crl_stale_from(&crl->image.facts, inquiry->context->params);

    if (inquiry->status->state != REVOCATION_UNKNOWN)
        return;
    note_list(inquiry->status, crl);
    inquiry->status->state = REVOCATION_STALE;
    inquiry->status->stale_since = inquiry->context->now > until ? until : MTLSAUTH_NO_TIME;
}

static void note_superseded(struct revocation_status *status, const struct crl_pair *lists)
{
    const struct crl_facts *changed = &lists->delta->image.facts;

    if (status->state != REVOCATION_UNKNOWN)
        return;
    note_list(status, lists->base);
    status->state = REVOCATION_STALE;
    /* The later complete list is at least as old. */
    status->stale_since = changed->this_update;
    memcpy(status->delta_number, changed->number, changed->number_len);
    status->delta_number_len = changed->number_len;
    memcpy(status->wanted_number, changed->base_number, changed->base_number_len);
    status->wanted_number_len = changed->base_number_len;
}

/*
 * Is the certificate revoked by the delta? *released: the delta takes it from the complete list.
 * Only one that is current may do that, an expired one lets nobody in; but whom it revokes is
 * revoked.
 */
static bool revoked_by_delta(struct crl_inquiry *inquiry, const struct crl_pair *lists,
                             enum crl_authority authority, bool *released)
{
    const struct crl_context *context = inquiry->context;
    const mtlsauth_crl *delta = lists->delta;
    size_t i;

    *released = false;
    if (delta == NULL || (lists->base != NULL && !mtlsauth__crl_delta_is_newer(lists)) ||
        !find_entry(delta, inquiry_cert(inquiry), &i))
        return false;
    if (delta->image.index.reason[i] == CRL_REASON_REMOVE) {
        *released = lists->base != NULL && authority == AUTHORITY_FULL &&
                    mtlsauth__crl_delta_continues(lists) &&
                    mtlsauth__crl_is_current(delta, context->params, context->now);
        return false;
    }
    note_revoked(inquiry->status, delta, i);
    return true;
}

/* (d), (i) to (l) for a list, and its delta, of somebody who may speak of the certificate. */
static void weigh(const struct wanted *wanted, const struct crl_pair *lists,
                  enum crl_authority authority)
{
    struct crl_inquiry *inquiry = wanted->inquiry;
    const struct crl_context *context = inquiry->context;
    const mtlsauth_crl *base = lists->base;
    uint32_t reasons = wanted->reasons;
    bool released, own;
    size_t i;

    if (revoked_by_delta(inquiry, lists, authority, &released) || base == NULL)
        return;
    /* RFC 5280 5.3.1: what is released was on hold; any other revocation is for good. */
    if (find_entry(base, inquiry_cert(inquiry), &i) &&
        !(released && base->image.index.reason[i] == CRL_REASON_HOLD)) {
        note_revoked(inquiry->status, base, i);
        return;
    }
    if (base->image.facts.scope.reasons != 0)
        reasons &= base->image.facts.scope.reasons;
    if (reasons == 0)
        return;
    own = mtlsauth__crl_signed_by(base, inquiry_issuer(inquiry));
    inquiry->has_own = inquiry->has_own || own;
    if (!mtlsauth__crl_pair_is_current(lists, context->params, context->now)) {
        note_stale(inquiry, base);
        return;
    }
    if (authority != AUTHORITY_FULL)
        return;
    if (mtlsauth__crl_pair_is_superseded(lists, context->params, context->now)) {
        note_superseded(inquiry->status, lists);
        return;
    }
    if (inquiry->status->state == REVOCATION_UNKNOWN)
        note_list(inquiry->status, base);
    if (own || (wanted->designated && base->image.facts.scope.indirect))
        inquiry->covered |= reasons;
    else
        inquiry->covered_by_others |= reasons;
}

/* Both are of one issuer, and either may have brought along a certificate of it. */
static int authority_of(struct crl_inquiry *inquiry, const struct crl_pair *lists,
                        enum crl_authority *authority)
{
    int code = MTLSAUTH_OK;

    *authority = AUTHORITY_NONE;
    if (lists->base != NULL)
        code = mtlsauth__crl_authority(inquiry, lists->base, authority);
    if (code == MTLSAUTH_OK && lists->delta != NULL && *authority != AUTHORITY_FULL)
        code = mtlsauth__crl_authority(inquiry, lists->delta, authority);
    return code;
}

/*
 * (b): may the list speak for the point, whose name it has, and of certificates of this kind? Where
 * a CA has named itself as cRLIssuer, which it is to omit (RFC 5280 4.2.1.13), its lists that are
 * not indirect speak for the point as if it had not.
 */
static int consider(const struct wanted *wanted, const struct crl_pair *lists)
{
    const struct crl_scope *scope = &crl_pair_any(lists)->image.facts.scope;
    enum crl_authority authority;
    int code;

    if ((wanted->designated && !wanted->is_own && !scope->indirect) ||
        !mtlsauth__crl_scope_has(scope, &inquiry_cert(wanted->inquiry)->view))
        return MTLSAUTH_OK;
    code = authority_of(wanted->inquiry, lists, &authority);
    if (code == MTLSAUTH_OK && authority != AUTHORITY_NONE)
        weigh(wanted, lists, authority);
    return code;
}

/* Is the list of that issuer, and of that name of a point? */
static bool has_name(const mtlsauth_crl *crl, struct span issuer, const struct point_name *name)
{
    bool named = name == NULL && !crl->image.facts.scope.has_names;

    for (size_t i = 0; name != NULL && i < crl->points.count && !named; i++)
        named = point_name_equal(&crl->points.all[i], name);
    return named && span_equal(crl->issuer_key, issuer);
}

/* All lists of that issuer and that name of a point; name is NULL for lists without one. */
static int look(const struct wanted *wanted, const struct point_name *name)
{
    struct crl_inquiry *inquiry = wanted->inquiry;
    struct crl_sought sought = {.hash = wanted->hash, .issuer = wanted->issuer, .name = name};
    const struct crl_table *table;
    struct crl_pair lists;
    int code = MTLSAUTH_OK;
    size_t at;

    if (inquiry->set == NULL)
        return has_name(crl_pair_any(&inquiry->alone), wanted->issuer, name)
                   ? consider(wanted, &inquiry->alone)
                   : MTLSAUTH_OK;
    if (name != NULL)
        sought.hash = mtlsauth__point_hash(wanted->hash, name);
    table = &inquiry->set->table;
    at = mtlsauth__crl_table_find(table, &sought);
    while (code == MTLSAUTH_OK && inquiry->status->state != REVOCATION_REVOKED &&
           mtlsauth__crl_table_next(table, &sought, &at, &lists)) {
        if (inquiry->budget->lists == 0) {
            inquiry_miss(inquiry);
            return MTLSAUTH_OK;
        }
        inquiry->budget->lists--;
        code = consider(wanted, &lists);
    }
    return code;
}

static int look_for_name(void *arg, const struct point_name *name)
{
    return look(arg, name);
}

static struct wanted wanted_of(struct crl_inquiry *inquiry, struct span issuer, uint32_t reasons)
{
    return (struct wanted){.inquiry = inquiry,
                           .issuer = issuer,
                           .hash = mtlsauth__point_hash_issuer(issuer),
                           .reasons = reasons};
}

/* A point whose lists the issuer of the certificate issues. Those without a name were looked at. */
static int look_at_point(struct crl_inquiry *inquiry, const struct cert_point *point)
{
    struct wanted wanted =
        wanted_of(inquiry, inquiry_cert(inquiry)->issuer_key, point->reasons);

    if (point->is_relative)
        return mtlsauth__point_relative(point->name, wanted.issuer, look_for_name, &wanted);
    return mtlsauth__point_each(point->name, look_for_name, &wanted);
}

/* The name is that of an RDN below the issuer. */
static int look_below(const struct wanted *wanted, struct span rdn)
{
    struct point_name name = {.tag = POINT_DIRECTORY};
    struct text joined = {0};
    int code;

    mtlsauth__text_add_bytes(&joined, wanted->issuer.ptr, wanted->issuer.len);
    mtlsauth__text_add_bytes(&joined, rdn.ptr, rdn.len);
    name.value = span_of(joined.ptr, joined.len);
    code = joined.failed ? mtlsauth__fail_memory() : look(wanted, &name);
    mtlsauth__text_drop(&joined);
    return code;
}

/* The lists of one of those who issue them for the point. */
static int look_at_issuer(struct crl_inquiry *inquiry, const struct cert_point *point,
                          struct span issuer, const struct point_names *names)
{
    struct wanted wanted = wanted_of(inquiry, issuer, point->reasons);
    int code;

    wanted.designated = true;
    wanted.is_own = span_equal(issuer, inquiry_cert(inquiry)->issuer_key);
    code = look(&wanted, NULL);
    for (size_t i = 0; i < names->count && code == MTLSAUTH_OK; i++)
        code = point->is_relative ? look_below(&wanted, names->all[i].value)
                                  : look(&wanted, &names->all[i]);
    return code;
}

/*
 * A point whose lists others issue. Where it has no name, the list's is one of cRLIssuer (RFC 5280
 * 6.3.3 (b) (2) (i)). Each of many issuers is asked for each of many names: they are read once.
 */
static int look_at_issuers(struct crl_inquiry *inquiry, const struct cert_point *point)
{
    struct point_names issuers, names = {0};
    int code = mtlsauth__point_names_read(&issuers, point->crl_issuer, false);

    if (code == MTLSAUTH_OK && point->has_name)
        code = mtlsauth__point_names_read(&names, point->name, point->is_relative);
    for (size_t i = 0; i < issuers.count && code == MTLSAUTH_OK; i++)
        if (issuers.all[i].tag == POINT_DIRECTORY)
            code = look_at_issuer(inquiry, point, issuers.all[i].value,
                                  point->has_name ? &names : &issuers);
    mtlsauth__point_names_drop(&issuers);
    mtlsauth__point_names_drop(&names);
    return code;
}

static int look_at_points(struct crl_inquiry *inquiry, struct der points)
{
    struct cert_point point;
    int code = MTLSAUTH_OK;

    for (size_t i = 0; code == MTLSAUTH_OK && i < CERT_MAX_POINTS && !der_at_end(&points) &&
                       mtlsauth__cert_point_next(&points, &point);
         i++) {
        /* What a name leads to that is passed over might revoke. */
        if (!mtlsauth__point_each_sees_all(point.crl_issuer) ||
            !mtlsauth__point_each_sees_all(point.name))
            inquiry->incomplete = true;
        if (point.crl_issuer.len == 0)
            code = look_at_point(inquiry, &point);
        else
            code = look_at_issuers(inquiry, &point);
    }
    return code;
}

/*
 * The last paragraph of RFC 5280 6.3.3 comes behind the lists of all points, and of those one that
 * is asked alone knows nothing: it may say good where a point has no cRLIssuer, or there is none.
 */
static bool issuer_vouches(const struct crl_inquiry *inquiry, struct der points)
{
    struct cert_point point;

    if (inquiry->set != NULL || der_at_end(&points))
        return true;
    while (!der_at_end(&points) && mtlsauth__cert_point_next(&points, &point))
        if (point.crl_issuer.len == 0)
            return true;
    return false;
}

/*
 * RFC 5280 6.3.3, last paragraph: the issuer's lists that no point names, as if there were a point
 * with the issuer's name, whatever cRLIssuer the others name: such a list is complete (5.2.5).
 * Where it does not vouch, it revokes, and no more.
 */
static int look_at_issuer_itself(struct crl_inquiry *inquiry, bool vouches)
{
    struct span issuer = inquiry_cert(inquiry)->issuer_key;
    struct point_name name = {POINT_DIRECTORY, issuer};
    struct wanted wanted = wanted_of(inquiry, issuer, vouches ? ALL_REASONS : 0);
    int code = look(&wanted, NULL);

    return code == MTLSAUTH_OK ? look(&wanted, &name) : code;
}

/* Once more when the issuer of a list that had no say has got one by what another list of it
 * brought along: the order of the lists plays no part. */
static int look_at_all(struct crl_inquiry *inquiry, bool vouches, struct der points)
{
    int code;

    do {
        inquiry->again = false;
        code = look_at_issuer_itself(inquiry, vouches);
        if (code == MTLSAUTH_OK && inquiry->status->state != REVOCATION_REVOKED)
            code = look_at_points(inquiry, points);
    } while (code == MTLSAUTH_OK && inquiry->again && inquiry->status->state != REVOCATION_REVOKED);
    return code;
}

int mtlsauth__crl_inquire(struct crl_inquiry *inquiry)
{
    const struct cert_view *cert = &inquiry_cert(inquiry)->view;
    struct revocation_status *status = inquiry->status;
    struct der points;
    bool are_known = mtlsauth__cert_points(cert, &points) ||
                     !cert->extensions[EXTENSION_CRL_DISTRIBUTION_POINTS].present;
    int code;

    *status = (struct revocation_status){.state = REVOCATION_UNKNOWN,
                                         .revoked_at = MTLSAUTH_NO_TIME,
                                         .reason = MTLSAUTH_CRL_REASON_NONE,
                                         .stale_since = MTLSAUTH_NO_TIME};
    /* Points that cannot be read might lead to a list that revokes; those before them may, too. */
    if (!are_known)
        inquiry->incomplete = true;
    code = look_at_all(inquiry, are_known && issuer_vouches(inquiry, points), points);
    if (code != MTLSAUTH_OK || status->state == REVOCATION_REVOKED)
        return code;
    /* Some CAs have lists for each of their keys: where there is one of the issuer's own, that of
     * another key of its name does not stand in for it. */
    if (!inquiry->has_own)
        inquiry->covered |= inquiry->covered_by_others;
    if (inquiry->covered == ALL_REASONS && !inquiry->incomplete) {
        status->state = REVOCATION_GOOD;
        status->stale_since = MTLSAUTH_NO_TIME;
        status->delta_number_len = status->wanted_number_len = 0;
    }
    return MTLSAUTH_OK;
}
