/* SPDX-License-Identifier: MIT */
/*
 * Distribution points of a certificate, and lists with points, reasons, deltas and entries of
 * others, against RFC 5280 6.3.3 written down a second time: over sets of names, with every point
 * held against every list, without DER, tables or an order in which things are looked at.
 */
#include "cert/name.h"
#include "crl_case.h"
#include "revocation/crl_set.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* What stands in one slot: of one key, for one point, complete or delta. */
static bool same_point(const struct list *a, const struct list *b)
{
    return a->signer == b->signer &&
           span_equal(span_of(a->idp, a->idp_len), span_of(b->idp, b->idp_len));
}

static void drop(struct list *list)
{
    mtlsauth_crl_free(list->crl);
    list->crl = NULL;
}

static struct crl_set *set_of(struct asked *asked)
{
    struct crl_set *set, *more;

    require(mtlsauth__crl_set_new(&set) == MTLSAUTH_OK);
    for (size_t i = 0; i < LISTS; i++) {
        if (asked->lists[i].crl == NULL)
            continue;
        if (mtlsauth__crl_set_with_all(&more, set, &asked->lists[i].crl, 1, INT64_MAX, NULL) !=
            MTLSAUTH_OK) {
            drop(&asked->lists[i]);
            continue;
        }
        mtlsauth__crl_set_free(set);
        set = more;
        for (size_t n = 0; n < i; n++)
            if (asked->lists[n].crl != NULL &&
                asked->lists[n].is_delta == asked->lists[i].is_delta &&
                same_point(&asked->lists[n], &asked->lists[i]))
                drop(&asked->lists[n]);
    }
    return set;
}

/* Names of a point or a list whose lists somebody of that name issues. */
static unsigned names_below(bool is_relative, unsigned names, int issuer)
{
    return is_relative ? BELOW(issuer) : names;
}

/* 6.3.3 (b): for which reasons does the point speak of the list? false: they do not belong
 * together. */
static bool belongs(const struct point *point, const struct list *list, bool designated)
{
    int issuer = name_of_signer[list->signer];
    unsigned of_list = names_below(list->is_relative, list->names, issuer), of_point = 0;

    if (designated ? (point->issuers & 1U << issuer) == 0 || (!list->indirect && issuer != CA)
                   : issuer != CA)
        return false;
    if (!list->has_name)
        return true;
    if (point->has_name)
        of_point = names_below(point->is_relative, point->names, issuer);
    else
        for (int i = 0; i < NAMES; i++)
            of_point |= (point->issuers & 1U << i) != 0 ? DIRECTORY(i) : 0;
    return (of_point & of_list) != 0;
}

struct verdict {
    bool revoked, stale, has_own;
    uint32_t covered, by_others;
};

static bool has_client(const struct list *list)
{
    int issuer = list->entry >= 0    ? list->entry
                 : list->others >= 0 ? list->others
                                     : name_of_signer[list->signer];

    return list->has_entry && issuer == CA;
}

/* (c) to (l) for a base and its delta, either of which may be NULL. */
static void judge(struct verdict *verdict, const struct asked *asked, const struct list *base,
                  const struct list *delta, uint32_t reasons, bool designated)
{
    const struct list *any = base == NULL ? delta : base;
    enum crl_authority authority = asked->authority[any->signer];
    bool own = any->signer == BY_CA;
    bool newer = delta != NULL && (base == NULL || delta->number > base->number);
    bool joins = newer && base != NULL && base->number >= delta->base_number && delta->age == 0;
    bool superseded = newer && base != NULL && base->number < delta->base_number &&
                      delta->base_number <= delta->number && delta->age == 0;
    bool in_delta = newer && has_client(delta);
    bool removes = in_delta && delta->reason == CRL_REASON_REMOVE;
    bool released = removes && joins && authority == AUTHORITY_FULL;

    if (authority == AUTHORITY_NONE || (any->only != 0 && (any->only == 2) != asked->is_ca))
        return;
    verdict->revoked |= in_delta && !removes;
    if (base == NULL)
        return;
    verdict->revoked |= has_client(base) && !(released && base->reason == CRL_REASON_HOLD);
    if (base->reasons != 0)
        reasons &= base->reasons;
    if (reasons == 0)
        return;
    verdict->has_own |= own;
    if ((base->age != 0 && !(base->age == 1 && joins)) ||
        (authority == AUTHORITY_FULL && superseded))
        verdict->stale = true;
    else if (authority == AUTHORITY_FULL && (own || (designated && base->indirect)))
        verdict->covered |= reasons;
    else if (authority == AUTHORITY_FULL)
        verdict->by_others |= reasons;
}

/* Every point against every list. */
static enum revocation_state reference(const struct asked *asked)
{
    struct point itself = {.has_name = true, .names = DIRECTORY(CA), .reasons = ALL_REASONS};
    struct verdict verdict = {0};

    for (size_t n = 0; n < LISTS; n++) {
        const struct list *list = &asked->lists[n], *base = NULL, *delta = NULL;

        if (list->crl == NULL)
            continue;
        *(list->is_delta ? &delta : &base) = list;
        for (size_t other = 0; other < LISTS; other++)
            if (asked->lists[other].crl != NULL && same_point(list, &asked->lists[other]))
                *(asked->lists[other].is_delta ? &delta : &base) = &asked->lists[other];
        if (belongs(&itself, list, false))
            judge(&verdict, asked, base, delta, itself.reasons, false);
        for (size_t i = 0; i < asked->point_count; i++)
            if (belongs(&asked->points[i], list, asked->points[i].issuers != 0))
                judge(&verdict, asked, base, delta, asked->points[i].reasons,
                      asked->points[i].issuers != 0);
    }
    if (verdict.revoked)
        return REVOCATION_REVOKED;
    if (!verdict.has_own)
        verdict.covered |= verdict.by_others;
    if (verdict.covered == ALL_REASONS)
        return REVOCATION_GOOD;
    return verdict.stale ? REVOCATION_STALE : REVOCATION_UNKNOWN;
}

static struct span canonical(int name, struct text *memory)
{
    uint8_t der[ROOM];
    struct der_writer out = der_writer_of(der, sizeof der);

    put_name(&out, name, false);
    require(mtlsauth__name_canonical(memory, der_written(&out)) == NAME_OK && !memory->failed);
    return span_of(memory->ptr, memory->len);
}

static enum revocation_state ask(const struct asked *asked, const struct crl_set *set)
{
    static const uint8_t serial = 5;
    const struct revocation_params params = {.crl_max_age = INT64_MAX};
    mtlsauth_cert certs[3] = {{.names = NAME_OK}, {.names = NAME_OK}, {.names = NAME_OK}};
    mtlsauth_cert *path[] = {&certs[0], &certs[1], &certs[2]};
    const struct crl_context context = {
        .params = &params, .path = path, .path_count = 3, .now = NOW};
    struct revocation_status status;
    struct crl_budget budget = {.lists = CRL_MAX_LISTS};
    struct crl_inquiry inquiry = {
        .set = set, .context = &context, .budget = &budget, .status = &status};
    struct text ca = {0}, root = {0};
    uint8_t memory[4 * ROOM];
    struct der_writer points = der_writer_of(memory, sizeof memory);

    certs[0].issuer_key = certs[1].subject_key = canonical(CA, &ca);
    certs[1].issuer_key = certs[2].issuer_key = certs[2].subject_key = canonical(ROOT, &root);
    memset(certs[0].key_sha256, 0xee, sizeof certs[0].key_sha256);
    memset(certs[1].key_sha256, 1 + BY_CA, sizeof certs[1].key_sha256);
    memset(certs[2].key_sha256, 1 + BY_ROOT, sizeof certs[2].key_sha256);
    certs[1].view.key_usage = certs[2].view.key_usage = KEY_USAGE_CRL_SIGN;
    certs[0].view.version = 3;
    certs[0].view.is_ca = asked->is_ca;
    certs[0].view.serial = span_of(&serial, 1);
    for (size_t i = asked->point_count; i > 0; i--)
        put_point(&points, &asked->points[i - 1]);
    mtlsauth__der_put_header(&points, 0x30, sizeof memory);
    require(!points.full);
    if (asked->has_points)
        certs[0].view.extensions[EXTENSION_CRL_DISTRIBUTION_POINTS] =
            (struct extension_value){.present = true, .value = der_written(&points)};
    /* What the paths of the two others would have shown. */
    for (int signer = BY_ROLLED; signer <= BY_LISTER; signer++)
        for (size_t i = 0; i < LISTS; i++)
            if (asked->lists[i].crl != NULL && asked->lists[i].signer == signer) {
                inquiry.known[inquiry.known_count].crl = asked->lists[i].crl;
                inquiry.known[inquiry.known_count++].authority = asked->authority[signer];
                break;
            }
    require(mtlsauth__crl_inquire(&inquiry) == MTLSAUTH_OK);
    mtlsauth__text_drop(&ca);
    mtlsauth__text_drop(&root);
    return status.state;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct input in = {data, len};
    struct asked asked;
    struct crl_set *set;

    take_all(&in, &asked);
    set = set_of(&asked);
    require(ask(&asked, set) == reference(&asked));
    mtlsauth__crl_set_free(set);
    for (size_t i = 0; i < LISTS; i++)
        drop(&asked.lists[i]);
    return 0;
}
