/* SPDX-License-Identifier: MIT */
#include "revocation/crl.h"

#include "base/der.h"
#include "base/error.h"
#include "base/hex.h"
#include "base/memory.h"
#include "cert/name.h"
#include "revocation/extension.h"
#include "revocation/inquiry.h"

mtlsauth_crl *mtlsauth_crl_ref(mtlsauth_crl *crl)
{
    if (crl != NULL)
        refcount_add(&crl->refs);
    return crl;
}

void mtlsauth_crl_free(mtlsauth_crl *crl)
{
    if (crl == NULL || !refcount_drop(&crl->refs))
        return;
    mtlsauth__crl_image_drop(&crl->image);
    mtlsauth__free(crl->issuer);
    if (crl->signer == NULL)
        mtlsauth__free((void *)(uintptr_t)crl->issuer_key.ptr);
    mtlsauth__free(crl->point);
    mtlsauth__point_names_drop(&crl->points);
    mtlsauth__free(crl->point_hashes);
    mtlsauth_cert_free(crl->signer);
    mtlsauth__free(crl);
}

static int make_issuer(mtlsauth_crl *crl)
{
    struct span name = span_of(crl->image.facts.issuer, crl->image.facts.issuer_len);
    struct text shown = {0}, canonical = {0};
    enum name_status text = mtlsauth__name_text(&shown, name);
    enum name_status key = mtlsauth__name_canonical(&canonical, name);

    if (text == NAME_MALFORMED || key == NAME_MALFORMED || key == NAME_NUL) {
        mtlsauth__text_drop(&shown);
        mtlsauth__text_drop(&canonical);
        return mtlsauth__fail(MTLSAUTH_ERR_PARSE, "CRL: its issuer is not a name");
    }
    if (text == NAME_NO_MEMORY || key == NAME_NO_MEMORY) {
        mtlsauth__text_drop(&shown);
        mtlsauth__text_drop(&canonical);
        return mtlsauth__fail_memory();
    }
    crl->issuer_key.len = canonical.len;
    crl->issuer = mtlsauth__text_take(&shown);
    crl->issuer_key.ptr = (uint8_t *)mtlsauth__text_take(&canonical);
    return crl->issuer == NULL || crl->issuer_key.ptr == NULL ? mtlsauth__fail_memory()
                                                              : MTLSAUTH_OK;
}

/* What the list is found by among others. */
static int make_hashes(mtlsauth_crl *crl)
{
    crl->issuer_hash = mtlsauth__point_hash_issuer(crl->issuer_key);
    if (crl->points.count == 0)
        return MTLSAUTH_OK;
    crl->point_hashes = mtlsauth__calloc(crl->points.count, sizeof *crl->point_hashes);
    if (crl->point_hashes == NULL)
        return mtlsauth__fail_memory();
    for (size_t i = 0; i < crl->points.count; i++)
        crl->point_hashes[i] = mtlsauth__point_hash(crl->issuer_hash, &crl->points.all[i]);
    return MTLSAUTH_OK;
}

/* The first name of the distribution point, for people. */
static int make_point(mtlsauth_crl *crl)
{
    struct text shown = {0};

    if (!mtlsauth__point_text(&shown, &crl->image.facts)) {
        mtlsauth__text_drop(&shown);
        return mtlsauth__fail(MTLSAUTH_ERR_PARSE,
                              "CRL: the name of its distribution point is malformed");
    }
    mtlsauth__text_add(&shown, "");
    crl->point = mtlsauth__text_take(&shown);
    return crl->point == NULL ? mtlsauth__fail_memory() : MTLSAUTH_OK;
}

int mtlsauth__crl_finish(mtlsauth_crl *crl)
{
    struct crl_facts *facts = &crl->image.facts;
    int code;

    if (!mtlsauth__algorithm_read(&crl->algorithm,
                                  span_of(facts->algorithm, facts->algorithm_len)))
        return mtlsauth__fail(MTLSAUTH_ERR_PARSE, "CRL: its signature algorithm is malformed");
    mtlsauth__algorithm_text(&crl->algorithm, crl->algorithm_text);
    hex_encode(span_of(facts->number, facts->number_len), crl->number_hex);
    hex_encode(span_of(facts->base_number, facts->base_number_len), crl->base_number_hex);
    hex_encode(span_of(crl->image.source, CRL_IMAGE_DIGEST), crl->sha256_hex);
    code = make_issuer(crl);
    if (code == MTLSAUTH_OK)
        code = mtlsauth__point_names_of(&crl->points, facts, crl->issuer_key);
    if (code == MTLSAUTH_OK)
        code = make_hashes(crl);
    return code == MTLSAUTH_OK ? make_point(crl) : code;
}

static int fail_unverified(const char *function)
{
    return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                          "%s: the signature of this CRL was not verified, so nothing of it is to "
                          "be believed; load it with mtlsauth_crl_load",
                          function);
}

int mtlsauth_crl_find(const mtlsauth_crl *crl, const void *serial, size_t len, int *found,
                      int64_t *date, int *reason)
{
    struct span content = span_of(serial, len);
    size_t i;

    if (found != NULL)
        *found = 0;
    if (date != NULL)
        *date = MTLSAUTH_NO_TIME;
    if (reason != NULL)
        *reason = MTLSAUTH_CRL_REASON_NONE;
    if (crl == NULL || found == NULL || serial == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                              "crl_find: a list, a serial and a place for the answer are needed");
    if (!crl->verified)
        return fail_unverified("crl_find");
    if (!mtlsauth__der_integer_ok(content))
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                              "crl_find: the serial is not the content of an INTEGER in its "
                              "shortest form");
    if (!mtlsauth__crl_find_entry(crl, crl->issuer_key, content, &i))
        return MTLSAUTH_OK;
    *found = 1;
    if (date != NULL)
        *date = mtlsauth__crl_index_date(&crl->image.index, i);
    if (reason != NULL)
        *reason = crl_reason_of(crl->image.index.reason[i]);
    return MTLSAUTH_OK;
}

int mtlsauth__crl_status(const mtlsauth_crl *crl, mtlsauth_cert *cert, mtlsauth_cert *issuer,
                         const struct crl_rules *rules, int64_t now,
                         struct revocation_status *status)
{
    mtlsauth_cert *path[] = {cert, issuer};
    const struct crl_context context = {.params = rules->revocation,
                                        .path_params = rules->params,
                                        .path = path,
                                        .path_count = 2,
                                        .now = now};
    bool is_delta = crl->image.facts.is_delta;
    struct crl_inquiry inquiry = {.alone = {.base = is_delta ? NULL : crl,
                                            .delta = is_delta ? crl : NULL},
                                  .context = &context,
                                  .status = status};
    int code = mtlsauth__crl_inquire(&inquiry);

    /* Who may speak for several CAs is found out with the whole path, which is not here. */
    if (code == MTLSAUTH_OK && status->state == REVOCATION_GOOD &&
        crl->image.facts.scope.indirect)
        status->state = REVOCATION_UNKNOWN;
    return code;
}

int mtlsauth_crl_serial_at(const mtlsauth_crl *crl, size_t i, unsigned char *serial, size_t size,
                           size_t *len, int64_t *date, int *reason)
{
    uint8_t content[SERIAL_ROOM];

    if (crl == NULL || serial == NULL || len == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                              "crl_serial_at: a list and a place for the serial are needed");
    if (i >= crl->image.index.count)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "crl_serial_at: the list has %zu entries",
                              crl->image.index.count);
    *len = mtlsauth__crl_index_serial(&crl->image.index, i, content);
    if (*len > size)
        return mtlsauth__fail(MTLSAUTH_ERR_LIMIT,
                              "crl_serial_at: a serial number of %zu octets, there is room for %zu",
                              *len, size);
    memcpy(serial, content, *len);
    if (date != NULL)
        *date = mtlsauth__crl_index_date(&crl->image.index, i);
    if (reason != NULL)
        *reason = crl_reason_of(crl->image.index.reason[i]);
    return MTLSAUTH_OK;
}

const char *mtlsauth_crl_reason_name(int reason)
{
    static const char *const names[] = {
        [MTLSAUTH_CRL_REASON_UNSPECIFIED] = "unspecified",
        [MTLSAUTH_CRL_REASON_KEY_COMPROMISE] = "keyCompromise",
        [MTLSAUTH_CRL_REASON_CA_COMPROMISE] = "cACompromise",
        [MTLSAUTH_CRL_REASON_AFFILIATION_CHANGED] = "affiliationChanged",
        [MTLSAUTH_CRL_REASON_SUPERSEDED] = "superseded",
        [MTLSAUTH_CRL_REASON_CESSATION_OF_OPERATION] = "cessationOfOperation",
        [MTLSAUTH_CRL_REASON_CERTIFICATE_HOLD] = "certificateHold",
        [MTLSAUTH_CRL_REASON_REMOVE_FROM_CRL] = "removeFromCRL",
        [MTLSAUTH_CRL_REASON_PRIVILEGE_WITHDRAWN] = "privilegeWithdrawn",
        [MTLSAUTH_CRL_REASON_AA_COMPROMISE] = "aACompromise",
    };

    if (reason < 0 || reason > CRL_REASON_MAX || names[reason] == NULL)
        return "";
    return names[reason];
}

const char *mtlsauth_crl_status_name(int status)
{
    switch (status) {
    case MTLSAUTH_CRL_STATUS_GOOD:
        return "good";
    case MTLSAUTH_CRL_STATUS_REVOKED:
        return "revoked";
    case MTLSAUTH_CRL_STATUS_UNKNOWN:
        return "unknown";
    case MTLSAUTH_CRL_STATUS_STALE:
        return "stale";
    default:
        return "";
    }
}
