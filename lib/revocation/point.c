/* SPDX-License-Identifier: MIT */
#include "revocation/point.h"

#include <mtlsauth/error.h>
#include "base/der_write.h"
#include "base/error.h"
#include "base/memory.h"
#include "cert/name.h"
#include "revocation/extension.h"

/* More in one point are no CA's. */
enum { MAX_NAMES = 64 };

/* Names that were made to have one hash make nothing slow (crl_table.h): it is no keyed hash. */
static uint64_t mix(uint64_t hash, struct span bytes)
{
    const uint64_t factor = UINT64_C(0x9e3779b97f4a7c15);
    uint64_t word;

    hash = (hash ^ bytes.len) * factor;
    while (bytes.len >= sizeof word) {
        memcpy(&word, bytes.ptr, sizeof word);
        hash = (hash ^ word) * factor;
        hash ^= hash >> 32;
        bytes = span_tail(bytes, sizeof word);
    }
    if (bytes.len > 0) {
        word = 0;
        memcpy(&word, bytes.ptr, bytes.len);
        hash = (hash ^ word) * factor;
        hash ^= hash >> 32;
    }
    return hash;
}

uint64_t mtlsauth__point_hash_issuer(struct span issuer)
{
    return mix(0, issuer);
}

uint64_t mtlsauth__point_hash(uint64_t issuer, const struct point_name *name)
{
    return mix(issuer + name->tag, name->value);
}

static int fail_memory(bool failed)
{
    return failed ? mtlsauth__fail_memory() : MTLSAUTH_OK;
}

int mtlsauth__point_each(struct span names, int (*each)(void *arg, const struct point_name *name),
                         void *arg)
{
    struct der in = der_of(names);
    int code = MTLSAUTH_OK;

    for (size_t i = 0; i < MAX_NAMES && code == MTLSAUTH_OK && !der_at_end(&in); i++) {
        struct point_name name;
        struct text canonical = {0};
        enum name_status status = NAME_OK;

        if (!mtlsauth__der_next(&in, &name.tag, &name.value, NULL))
            break;
        if (name.tag == POINT_DIRECTORY) {
            status = mtlsauth__name_canonical(&canonical, name.value);
            name.value = span_of(canonical.ptr, canonical.len);
        }
        code = fail_memory(status == NAME_NO_MEMORY || canonical.failed);
        if (code == MTLSAUTH_OK && status == NAME_OK && name.value.len > 0 &&
            (name.tag == POINT_URI || name.tag == POINT_DIRECTORY))
            code = each(arg, &name);
        mtlsauth__text_drop(&canonical);
    }
    return code;
}

bool mtlsauth__point_each_sees_all(struct span names)
{
    struct der in = der_of(names);
    struct span value;
    unsigned tag;

    for (size_t i = 0; i < MAX_NAMES && mtlsauth__der_next(&in, &tag, &value, NULL); i++)
        continue;
    return der_at_end(&in);
}

/* Writes a Name of one RDN, whose content is rdn, as canonical form or as text. */
static enum name_status add_rdn(struct text *out, struct span rdn,
                                enum name_status (*write)(struct text *out, struct span name))
{
    enum { HEADERS = 2 * 6 };
    size_t room = rdn.len + HEADERS;
    uint8_t *memory = mtlsauth__malloc(room);
    struct der_writer name = der_writer_of(memory, room);
    enum name_status status = NAME_NO_MEMORY;

    if (memory != NULL) {
        mtlsauth__der_put_value(&name, DER_SET, rdn);
        mtlsauth__der_put_header(&name, DER_SEQUENCE, room);
        status = name.full ? NAME_MALFORMED : write(out, der_written(&name));
    }
    mtlsauth__free(memory);
    /* Whoever looks at the text alone does not take it for an empty one. */
    if (status == NAME_NO_MEMORY)
        out->failed = true;
    return status;
}

/* The canonical form of a name is that of its RDNs, one behind the other. */
int mtlsauth__point_relative(struct span rdn, struct span issuer,
                             int (*each)(void *arg, const struct point_name *name), void *arg)
{
    struct text canonical = {0};
    enum name_status status;
    int code;

    mtlsauth__text_add_bytes(&canonical, issuer.ptr, issuer.len);
    status = add_rdn(&canonical, rdn, mtlsauth__name_canonical);
    code = fail_memory(status == NAME_NO_MEMORY || canonical.failed);
    if (code == MTLSAUTH_OK && status == NAME_OK) {
        struct point_name point = {POINT_DIRECTORY, span_of(canonical.ptr, canonical.len)};

        code = each(arg, &point);
    }
    mtlsauth__text_drop(&canonical);
    return code;
}

/* Names that are gathered: where each begins in octets is known when all are there. */
struct gathered {
    struct point_names names;
    struct text octets;
};

static int keep(void *arg, const struct point_name *name)
{
    struct gathered *gathered = arg;
    struct point_names *names = &gathered->names;
    struct point_name *grown =
        mtlsauth__grow(names->all, names->count, &names->capacity, sizeof *grown);

    if (grown == NULL)
        return mtlsauth__fail_memory();
    names->all = grown;
    mtlsauth__text_add_bytes(&gathered->octets, name->value.ptr, name->value.len);
    grown[names->count++] = (struct point_name){name->tag, span_of(NULL, name->value.len)};
    return fail_memory(gathered->octets.failed);
}

static void drop_gathered(struct gathered *gathered)
{
    mtlsauth__free(gathered->names.all);
    mtlsauth__text_drop(&gathered->octets);
}

/* Names and octets in one piece: of thousands of lists, the one that is asked is in no cache. */
static int settle(struct point_names *out, const struct gathered *gathered)
{
    size_t size = gathered->names.count * sizeof *out->all;
    struct point_name *all = mtlsauth__malloc(size + gathered->octets.len);
    uint8_t *at;

    if (all == NULL)
        return mtlsauth__fail_memory();
    memcpy(all, gathered->names.all, size);
    at = (uint8_t *)all + size;
    memcpy(at, gathered->octets.ptr, gathered->octets.len);
    for (size_t i = 0; i < gathered->names.count; i++) {
        all[i].value.ptr = at;
        at += all[i].value.len;
    }
    *out = (struct point_names){.all = all, .count = gathered->names.count};
    return MTLSAUTH_OK;
}

/* Once each: what is asked for all of them is asked no more often for a name that is repeated. */
static void drop_repeated(struct point_names *names)
{
    size_t kept = 0;

    for (size_t i = 0; i < names->count; i++) {
        size_t k = 0;

        while (k < kept && !point_name_equal(&names->all[k], &names->all[i]))
            k++;
        if (k == kept)
            names->all[kept++] = names->all[i];
    }
    names->count = kept;
}

int mtlsauth__point_names_read(struct point_names *out, struct span names, bool is_relative)
{
    struct gathered gathered = {0};
    int code = is_relative
                   ? mtlsauth__point_relative(names, span_of(NULL, 0), keep, &gathered)
                   : mtlsauth__point_each(names, keep, &gathered);

    *out = (struct point_names){0};
    if (code == MTLSAUTH_OK && gathered.names.count > 0)
        code = settle(out, &gathered);
    drop_repeated(out);
    drop_gathered(&gathered);
    return code;
}

static size_t count_names(struct span names)
{
    struct der in = der_of(names);
    struct span value;
    unsigned tag;
    size_t count = 0;

    while (!der_at_end(&in) && mtlsauth__der_next(&in, &tag, &value, NULL))
        count += tag == POINT_URI || tag == POINT_DIRECTORY;
    return count;
}

/* The DistributionPointName of an issuingDistributionPoint: its content, which is empty where there
 * is none. */
static bool name_of_list(const struct crl_facts *facts, struct span *names)
{
    struct span content = {0};
    struct der in, point = {0};

    *names = span_of(NULL, 0);
    if (!mtlsauth__der_only(span_of(facts->idp, facts->idp_len), DER_SEQUENCE, &content))
        return false;
    in = der_of(content);
    return mtlsauth__der_enter(&in, DER_CONTEXT_CONSTRUCTED(0), &point) &&
           mtlsauth__der_read(&point, DER_CONTEXT_CONSTRUCTED(facts->scope.is_relative ? 1 : 0),
                              names);
}

static int gather(struct gathered *out, const struct crl_facts *facts, struct span issuer)
{
    struct span names;
    bool has_name = name_of_list(facts, &names);
    size_t wanted = facts->scope.is_relative ? has_name : count_names(names);
    int code = facts->scope.is_relative ? mtlsauth__point_relative(names, issuer, keep, out)
                                        : mtlsauth__point_each(names, keep, out);

    /* A name less is a list that is not found: better none at all. */
    if (code == MTLSAUTH_OK && (wanted == 0 || out->names.count != wanted))
        return mtlsauth__fail(MTLSAUTH_ERR_PARSE,
                              "CRL: a name of its distribution point is malformed, or it has more "
                              "than %d",
                              MAX_NAMES);
    return code;
}

int mtlsauth__point_names_of(struct point_names *out, const struct crl_facts *facts,
                             struct span issuer)
{
    struct gathered gathered = {0};
    int code;

    *out = (struct point_names){0};
    if (!facts->scope.has_names)
        return MTLSAUTH_OK;
    code = gather(&gathered, facts, issuer);
    if (code == MTLSAUTH_OK)
        code = settle(out, &gathered);
    drop_repeated(out);
    drop_gathered(&gathered);
    return code;
}

bool mtlsauth__point_text(struct text *out, const struct crl_facts *facts)
{
    struct span names, name;
    struct der in;
    unsigned tag;

    if (!facts->scope.has_names)
        return true;
    if (!name_of_list(facts, &names))
        return false;
    if (facts->scope.is_relative)
        return add_rdn(out, names, mtlsauth__name_text) != NAME_MALFORMED;
    in = der_of(names);
    do {
        if (!mtlsauth__der_next(&in, &tag, &name, NULL))
            return false;
    } while (tag != POINT_URI && tag != POINT_DIRECTORY);
    return (tag == POINT_URI ? mtlsauth__string_text(out, DER_IA5_STRING, name)
                             : mtlsauth__name_text(out, name)) != NAME_MALFORMED;
}

void mtlsauth__point_names_drop(struct point_names *names)
{
    mtlsauth__free(names->all);
    *names = (struct point_names){0};
}

/* DistributionPointName ::= CHOICE { fullName [0], nameRelativeToCRLIssuer [1] } */
static bool read_name(struct span value, struct cert_point *out)
{
    struct der in = der_of(value);

    out->is_relative = der_peek(&in, DER_CONTEXT_CONSTRUCTED(1));
    return mtlsauth__der_read(&in, DER_CONTEXT_CONSTRUCTED(out->is_relative ? 1 : 0),
                              &out->name) &&
           out->name.len > 0 && der_at_end(&in);
}

bool mtlsauth__cert_points(const struct cert_view *cert, struct der *points)
{
    const struct extension_value *extension = &cert->extensions[EXTENSION_CRL_DISTRIBUTION_POINTS];
    struct cert_point point;
    struct span content = {0};
    struct der in;

    *points = der_of(span_of(NULL, 0));
    if (!extension->present || !mtlsauth__der_only(extension->value, DER_SEQUENCE, &content))
        return false;
    *points = in = der_of(content);
    for (size_t i = 0; i < CERT_MAX_POINTS && !der_at_end(&in); i++)
        if (!mtlsauth__cert_point_next(&in, &point))
            return false;
    return content.len > 0 && der_at_end(&in);
}

bool mtlsauth__cert_point_next(struct der *points, struct cert_point *out)
{
    struct span value = {0}, octets = {0};
    bool has_reasons, has_issuer;
    struct der in = {0};

    *out = (struct cert_point){.reasons = ALL_REASONS};
    if (!mtlsauth__der_enter(points, DER_SEQUENCE, &in) ||
        !mtlsauth__der_optional(&in, DER_CONTEXT_CONSTRUCTED(0), &out->has_name, &value) ||
        (out->has_name && !read_name(value, out)) ||
        !mtlsauth__der_optional(&in, DER_CONTEXT(1), &has_reasons, &octets) ||
        !mtlsauth__der_optional(&in, DER_CONTEXT_CONSTRUCTED(2), &has_issuer, &out->crl_issuer) ||
        !der_at_end(&in))
        return false;
    /* RFC 5280 4.2.1.13: "MUST NOT consist of only the reasons field"; a GeneralNames has a
     * name. */
    if ((!out->has_name && !has_issuer) || (has_issuer && out->crl_issuer.len == 0))
        return false;
    if (has_reasons && !mtlsauth__reason_flags(octets, &out->reasons))
        return false;
    out->reasons &= ALL_REASONS;
    return true;
}
