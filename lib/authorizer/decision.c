/* SPDX-License-Identifier: MIT */
#include "authorizer/decision.h"

#include <inttypes.h>
#include <stdio.h>
#include <mtlsauth/error.h>
#include "base/error.h"
#include "base/memory.h"
#include "base/time.h"

#define NOT_EVALUATED "not evaluated"

static void copy_message(mtlsauth_decision *decision, const char *message)
{
    size_t len = strlen(message);

    if (len >= sizeof decision->message) {
        len = sizeof decision->message - 1;
        while (len > 0 && ((unsigned char)message[len] & 0xc0U) == 0x80)
            len--;
    }
    memcpy(decision->message, message, len);
    decision->message[len] = '\0';
}

/* lent may be NULL. */
static void take_back(struct decision_lent *lent)
{
    if (lent == NULL)
        return;
    for (size_t i = 0; i < lent->url_count; i++)
        mtlsauth__free(lent->urls[i]);
    mtlsauth__free(lent->urls);
    mtlsauth__free(lent->json);
    *lent = (struct decision_lent){0};
}

static void clear(mtlsauth_decision *decision)
{
    struct decision_lent *lent = decision->lent;

    take_back(lent);
    mtlsauth_ocsp_request_free(decision->ocsp_request);
    mtlsauth__verified_path_clear(&decision->path);
    mtlsauth__free(decision->label);
    mtlsauth__free(decision->identity);
    *decision = (mtlsauth_decision){
        .code = MTLSAUTH_DENY_NOT_EVALUATED,
        .depth = -1,
        .valid_until = MTLSAUTH_NO_TIME,
        .revoked_at = MTLSAUTH_NO_TIME,
        .stale_since = MTLSAUTH_NO_TIME,
        .revocation_reason = -1,
        .message = NOT_EVALUATED,
        .lent = lent,
    };
}

int mtlsauth_decision_new(mtlsauth_decision **out)
{
    if (out == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "decision_new: out is NULL");
    *out = mtlsauth__calloc(1, sizeof **out);
    if (*out != NULL)
        (*out)->lent = mtlsauth__calloc(1, sizeof *(*out)->lent);
    if (*out == NULL || (*out)->lent == NULL) {
        mtlsauth__free(*out);
        *out = NULL;
        return mtlsauth__fail_memory();
    }
    clear(*out);
    return MTLSAUTH_OK;
}

void mtlsauth_decision_reset(mtlsauth_decision *decision)
{
    if (decision != NULL)
        clear(decision);
}

void mtlsauth_decision_free(mtlsauth_decision *decision)
{
    if (decision == NULL)
        return;
    clear(decision);
    mtlsauth__free(decision->lent);
    mtlsauth__free(decision);
}

int mtlsauth__decision_deny(mtlsauth_decision *decision, int code, int depth, const char *message)
{
    decision->allow = 0;
    decision->code = code == MTLSAUTH_OK ? MTLSAUTH_DENY_INTERNAL : code;
    decision->depth = depth;
    copy_message(decision, message);
    return decision->code;
}

int mtlsauth__decision_deny_memory(mtlsauth_decision *decision, int depth)
{
    return mtlsauth__decision_deny(decision, MTLSAUTH_DENY_INTERNAL, depth,
                                   "the check could not be completed: out of memory");
}

int mtlsauth__decision_deny_no_certificate(mtlsauth_decision *decision)
{
    return mtlsauth__decision_deny(decision, MTLSAUTH_DENY_NO_CERTIFICATE, -1,
                                   "the client presented no certificate");
}

void mtlsauth__decision_path_holds(mtlsauth_decision *decision)
{
    decision->code = MTLSAUTH_OK;
    copy_message(decision, "the path holds; identity and revocation were not looked at");
}

int mtlsauth__decision_allow(mtlsauth_decision *decision, unsigned required)
{
    if ((decision->checks & required) != required || decision->path.count == 0)
        return mtlsauth__decision_deny(decision, MTLSAUTH_DENY_INTERNAL, -1,
                                       "a check that the policy asks for was not made");
    decision->code = MTLSAUTH_OK;
    decision->depth = -1;
    copy_message(decision, "allowed");
    decision->allow = MTLSAUTH__ALLOW;
    return MTLSAUTH_OK;
}

int mtlsauth_decision_code(const mtlsauth_decision *decision)
{
    return decision == NULL ? MTLSAUTH_DENY_NOT_EVALUATED : decision->code;
}

int mtlsauth_decision_allowed(const mtlsauth_decision *decision)
{
    return decision != NULL && decision->allow == MTLSAUTH__ALLOW && decision->code == MTLSAUTH_OK;
}

int mtlsauth_decision_depth(const mtlsauth_decision *decision)
{
    return decision == NULL ? -1 : decision->depth;
}

const char *mtlsauth_decision_message(const mtlsauth_decision *decision)
{
    return decision == NULL ? NOT_EVALUATED : decision->message;
}

const char *mtlsauth_decision_client_message(const mtlsauth_decision *decision)
{
    if (mtlsauth_decision_allowed(decision))
        return "allowed";
    if (mtlsauth_decision_code(decision) == MTLSAUTH_DENY_NO_CERTIFICATE)
        return "a client certificate is required";
    return "the client certificate is not accepted";
}

const char *mtlsauth_decision_label(const mtlsauth_decision *decision)
{
    return decision == NULL || decision->label == NULL ? "" : decision->label;
}

const char *mtlsauth_decision_identity(const mtlsauth_decision *decision)
{
    return decision == NULL || decision->identity == NULL ? "" : decision->identity;
}

int64_t mtlsauth_decision_valid_until(const mtlsauth_decision *decision)
{
    return decision == NULL ? MTLSAUTH_NO_TIME : decision->valid_until;
}

int64_t mtlsauth_decision_revoked_at(const mtlsauth_decision *decision)
{
    return decision == NULL ? MTLSAUTH_NO_TIME : decision->revoked_at;
}

int mtlsauth_decision_revocation_reason(const mtlsauth_decision *decision)
{
    return decision == NULL ? -1 : decision->revocation_reason;
}

const char *mtlsauth_decision_crl_number(const mtlsauth_decision *decision)
{
    return decision == NULL ? "" : decision->crl_number;
}

const char *mtlsauth_decision_revoked_by(const mtlsauth_decision *decision)
{
    return decision == NULL || decision->revoked_by == NULL ? "" : decision->revoked_by;
}

int64_t mtlsauth_decision_stale_since(const mtlsauth_decision *decision)
{
    return decision == NULL ? MTLSAUTH_NO_TIME : decision->stale_since;
}

unsigned mtlsauth_decision_checks(const mtlsauth_decision *decision)
{
    return decision == NULL ? 0 : decision->checks;
}

uint64_t mtlsauth_decision_generation(const mtlsauth_decision *decision)
{
    return decision == NULL ? 0 : decision->generation;
}

const char *mtlsauth_decision_truststore_sha256(const mtlsauth_decision *decision)
{
    return decision == NULL ? "" : decision->truststore_sha256;
}

size_t mtlsauth_decision_path_count(const mtlsauth_decision *decision)
{
    return decision == NULL ? 0 : decision->path.count;
}

mtlsauth_cert *mtlsauth_decision_path_cert(const mtlsauth_decision *decision, size_t i)
{
    return decision == NULL || i >= decision->path.count ? NULL : decision->path.certs[i];
}

static void add_pair(struct text *out, const char *key, const char *value)
{
    if (value == NULL || value[0] == '\0')
        return;
    mtlsauth__text_addf(out, ",\"%s\":", key);
    mtlsauth__text_add_json(out, value);
}

static void add_time(struct text *out, const char *key, int64_t t)
{
    char text[MTLSAUTH__TIME_TEXT];

    if (t == MTLSAUTH_NO_TIME)
        return;
    mtlsauth__time_format(t, text);
    add_pair(out, key, text);
}

static void add_checks(struct text *out, unsigned checks)
{
    static const struct {
        unsigned bit;
        const char *name;
    } names[] = {
        {MTLSAUTH_CHECK_BLOCK_LIST, "block_list"}, {MTLSAUTH_CHECK_PATH, "path"},
        {MTLSAUTH_CHECK_ALGORITHMS, "algorithms"}, {MTLSAUTH_CHECK_TIME, "time"},
        {MTLSAUTH_CHECK_USAGE, "usage"},           {MTLSAUTH_CHECK_IDENTITY, "identity"},
        {MTLSAUTH_CHECK_REVOCATION, "revocation"},
    };
    const char *separator = "";

    mtlsauth__text_add(out, ",\"checks\":[");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if ((checks & names[i].bit) == 0)
            continue;
        mtlsauth__text_addf(out, "%s\"%s\"", separator, names[i].name);
        separator = ",";
    }
    mtlsauth__text_add(out, "]");
}

static void add_path(struct text *out, const struct verified_path *path)
{
    mtlsauth__text_add(out, ",\"path\":[");
    for (size_t i = 0; i < path->count; i++) {
        mtlsauth__text_add(out, i == 0 ? "{\"subject\":" : ",{\"subject\":");
        mtlsauth__text_add_json(out, path->certs[i]->subject);
        add_pair(out, "serial", path->certs[i]->serial_hex);
        add_pair(out, "sha256", path->certs[i]->sha256_hex);
        add_time(out, "not_after", path->certs[i]->view.not_after);
        mtlsauth__text_add_char(out, '}');
    }
    mtlsauth__text_add_char(out, ']');
}

int mtlsauth_decision_json(const mtlsauth_decision *decision, const char **out)
{
    struct text text = {0};
    char *made;

    if (out != NULL)
        *out = NULL;
    if (out == NULL || decision == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "decision_json: decision or out is NULL");
    mtlsauth__text_addf(&text, "{\"allowed\":%s,\"code\":%d",
                        mtlsauth_decision_allowed(decision) ? "true" : "false", decision->code);
    add_pair(&text, "name", mtlsauth_code_name(decision->code));
    add_pair(&text, "message", decision->message);
    add_pair(&text, "label", decision->label);
    add_pair(&text, "identity", decision->identity);
    if (decision->depth >= 0)
        mtlsauth__text_addf(&text, ",\"depth\":%d", decision->depth);
    add_time(&text, "valid_until", decision->valid_until);
    add_pair(&text, "revoked_by", decision->revoked_by);
    add_time(&text, "revoked_at", decision->revoked_at);
    if (decision->revocation_reason >= 0)
        mtlsauth__text_addf(&text, ",\"revocation_reason\":%d", decision->revocation_reason);
    add_pair(&text, "crl_number", decision->crl_number);
    add_time(&text, "stale_since", decision->stale_since);
    if (decision->generation > 0)
        mtlsauth__text_addf(&text, ",\"generation\":%" PRIu64, decision->generation);
    add_pair(&text, "truststore_sha256", decision->truststore_sha256);
    add_checks(&text, decision->checks);
    add_path(&text, &decision->path);
    mtlsauth__text_add_char(&text, '}');
    made = mtlsauth__text_take(&text);
    if (made == NULL)
        return mtlsauth__fail_memory();
    mtlsauth__free(decision->lent->json);
    decision->lent->json = made;
    *out = made;
    return MTLSAUTH_OK;
}
