/* SPDX-License-Identifier: MIT */
#include "revocation/crl.h"

#include "base/der.h"
#include "base/error.h"
#include "base/hex.h"
#include "base/memory.h"
#include "cert/name.h"
#include "revocation/extension.h"
#include "revocation/scope.h"

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
    mtlsauth__free((void *)(uintptr_t)crl->issuer_key.ptr);
    mtlsauth__free(crl->point);
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
    crl->issuer_key.len = canonical.len;
    crl->issuer = mtlsauth__text_take(&shown);
    crl->issuer_key.ptr = (uint8_t *)mtlsauth__text_take(&canonical);
    return crl->issuer == NULL || crl->issuer_key.ptr == NULL ? mtlsauth__fail_memory()
                                                              : MTLSAUTH_OK;
}

/* The first name of the distribution point, for people. */
static int make_point(mtlsauth_crl *crl)
{
    struct der in, point, names;
    struct text shown = {0};
    struct span content, name;
    unsigned tag;

    if (crl->image.facts.scope.has_names &&
        mtlsauth__der_only(span_of(crl->image.facts.idp, crl->image.facts.idp_len), DER_SEQUENCE,
                           &content)) {
        in = der_of(content);
        if (mtlsauth__der_enter(&in, DER_CONTEXT_CONSTRUCTED(0), &point) &&
            mtlsauth__der_enter(&point, DER_CONTEXT_CONSTRUCTED(0), &names) &&
            mtlsauth__der_next(&names, &tag, &name, NULL)) {
            enum name_status status = tag == DER_CONTEXT(6)
                                          ? mtlsauth__string_text(&shown, DER_IA5_STRING, name)
                                          : mtlsauth__name_text(&shown, name);

            if (status == NAME_MALFORMED) {
                mtlsauth__text_drop(&shown);
                return mtlsauth__fail(MTLSAUTH_ERR_PARSE,
                                      "CRL: the name of its distribution point is malformed");
            }
        }
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
    hex_encode(span_of(crl->image.source, CRL_IMAGE_DIGEST), crl->sha256_hex);
    code = make_issuer(crl);
    return code == MTLSAUTH_OK ? make_point(crl) : code;
}

static int fail_unverified(const char *function)
{
    return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                          "%s: the signature of this CRL was not verified, so nothing of it is to be "
                          "believed; load it with mtlsauth_crl_load",
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
    if (!mtlsauth__crl_index_find(&crl->image.index, content, &i))
        return MTLSAUTH_OK;
    *found = 1;
    if (date != NULL)
        *date = mtlsauth__crl_index_date(&crl->image.index, i);
    if (reason != NULL)
        *reason = crl_reason_of(crl->image.index.reason[i]);
    return MTLSAUTH_OK;
}

/* From when on the list counts no more. */
static int64_t stale_from(const struct crl_facts *facts, const struct revocation_params *params)
{
    int64_t until = facts->next_update;

    if (params->crl_max_age > 0 && params->crl_max_age < until - facts->this_update)
        until = facts->this_update + params->crl_max_age;
    return until;
}

int mtlsauth__crl_status(const mtlsauth_crl *crl, const mtlsauth_cert *cert,
                         const mtlsauth_cert *issuer, const struct revocation_params *params,
                         int64_t now, struct revocation_status *status)
{
    const struct crl_facts *facts = &crl->image.facts;
    enum crl_coverage coverage;
    int64_t until = stale_from(facts, params);
    size_t i;

    *status = (struct revocation_status){.state = REVOCATION_UNKNOWN,
                                         .revoked_at = MTLSAUTH_NO_TIME,
                                         .reason = MTLSAUTH_CRL_REASON_NONE,
                                         .stale_since = MTLSAUTH_NO_TIME};
    /* The same serial is revoked by another CA, or by the same name with another key: not here. */
    if (memcmp(crl->image.issuer_key, issuer->spki_sha256, MTLSAUTH_SHA256_LEN) != 0 ||
        !span_equal(crl->issuer_key, issuer->subject_key) ||
        !span_equal(crl->issuer_key, cert->issuer_key))
        return MTLSAUTH_OK;
    coverage = mtlsauth__crl_covers(facts, &cert->view);
    if (coverage == COVERAGE_NO_MEMORY)
        return mtlsauth__fail_memory();
    if (coverage == COVERAGE_NONE)
        return MTLSAUTH_OK;
    memcpy(status->crl_number, facts->number, facts->number_len);
    status->crl_number_len = facts->number_len;
    if (mtlsauth__crl_index_find(&crl->image.index, cert->view.serial, &i)) {
        status->state = REVOCATION_REVOKED;
        status->revoked_at = mtlsauth__crl_index_date(&crl->image.index, i);
        status->reason = crl_reason_of(crl->image.index.reason[i]);
        return MTLSAUTH_OK;
    }
    if (now > until + params->grace || facts->this_update > now + params->clock_skew) {
        status->state = REVOCATION_STALE;
        status->stale_since = now > until ? until : MTLSAUTH_NO_TIME;
    } else if (coverage == COVERAGE_FULL) {
        status->state = REVOCATION_GOOD;
    }
    return MTLSAUTH_OK;
}

int mtlsauth_crl_serial_at(const mtlsauth_crl *crl, size_t i, unsigned char *serial, size_t *len,
                           int64_t *date, int *reason)
{
    if (crl == NULL || serial == NULL || len == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                              "crl_serial_at: a list and a place for the serial are needed");
    if (i >= crl->image.index.count)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "crl_serial_at: the list has %zu entries",
                              crl->image.index.count);
    *len = mtlsauth__crl_index_serial(&crl->image.index, i, serial);
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
