/* SPDX-License-Identifier: MIT */
#include "trust/lint_check.h"

#include <mtlsauth/error.h>
#include "base/error.h"
#include "base/memory.h"
#include "base/time.h"
#include "trust/name_constraints.h"
#include "trust/policy_tree.h"
#include "trust/profile.h"
#include "trust/reason.h"

/* Quotas of Application Load Balancers: CA certificates of a truststore, bytes of each. */
enum { ALB_MAX_CERTIFICATES = 25, ALB_MAX_CERTIFICATE_BYTES = 16384 };

/* RFC 5280 4.1.2.2. */
enum { MAX_SERIAL_OCTETS = 20 };

enum { SECONDS_PER_DAY = 86400 };

static void check_expired(struct lint *lint, size_t index, const struct trusted *entry)
{
    char when[MTLSAUTH__TIME_TEXT];

    if (lint->now <= entry->cert->view.not_after)
        return;
    mtlsauth__time_format(entry->cert->view.not_after, when);
    ADD(ERROR, EXPIRED,
        "expired at %s; clients that need it are denied: put its successor here, or remove it",
        when);
}

static void check_not_yet_valid(struct lint *lint, size_t index, const struct trusted *entry)
{
    char when[MTLSAUTH__TIME_TEXT];

    if (lint->now >= entry->cert->view.not_before)
        return;
    mtlsauth__time_format(entry->cert->view.not_before, when);
    ADD(ERROR, NOT_YET_VALID,
        "not valid before %s; until then clients that need it are denied: look at the clock", when);
}

static void check_expires_soon(struct lint *lint, size_t index, const struct trusted *entry)
{
    int64_t not_after = entry->cert->view.not_after;
    char when[MTLSAUTH__TIME_TEXT];
    int64_t days;

    if (lint->now > not_after || lint->now < not_after - MTLSAUTH_LINT_SOON_SECONDS)
        return;
    mtlsauth__time_format(not_after, when);
    days = (not_after - lint->now) / SECONDS_PER_DAY;
    ADD(WARNING, EXPIRES_SOON, "expires at %s, in %d day%s: put its successor here in time", when,
        (int)days, days == 1 ? "" : "s");
}

static void check_key_cert_sign(struct lint *lint, size_t index, const struct trusted *entry)
{
    if (entry->cert->view.is_ca && (entry->cert->view.key_usage & KEY_USAGE_KEY_CERT_SIGN) == 0)
        ADD(ERROR, KEY_CERT_SIGN_MISSING,
            "its keyUsage has no keyCertSign, so that it may not issue certificates: clients below "
            "it are denied; have it issued again");
}

/* The curve is a finding of its own. */
static bool is_about_the_curve(const struct key_facts *key)
{
    return key->type == KEY_EC || key->type == KEY_ED25519 || key->type == KEY_ED448;
}

/* A client that stands in the truststore itself signs nothing but itself. */
static bool may_issue(const struct trusted *entry)
{
    const struct cert_view *view = &entry->cert->view;

    return view->is_ca || (view->version == 1 && mtlsauth__trusted_is_root(entry));
}

static bool is_strong_key(const struct lint *lint, const struct trusted *entry, const char **why)
{
    const struct key_facts *key = &entry->cert->view.key;

    return may_issue(entry) ? mtlsauth__signer_is_strong(&lint->params, key, why)
                            : mtlsauth__key_is_strong(&lint->params, key, why);
}

/* A key that is only written otherwise may stay. */
static const char *remedy_of(const struct lint *lint, const struct trusted *entry)
{
    const char *why;

    return mtlsauth__key_is_strong(&lint->params, &entry->cert->view.key, &why)
               ? "have the same key certified in that form"
               : "have it issued again with another key";
}

static void check_key(struct lint *lint, size_t index, const struct trusted *entry)
{
    const char *why;

    if (!is_about_the_curve(&entry->cert->view.key) && !is_strong_key(lint, entry, &why))
        ADD(ERROR, WEAK_KEY, "its key is %s: %s; %s", entry->cert->key_text, why,
            remedy_of(lint, entry));
}

static void check_signature(struct lint *lint, size_t index, const struct trusted *entry)
{
    const char *why;

    if (mtlsauth__signature_is_strong(&lint->params, &entry->cert->view.signature_algorithm, &why))
        return;
    if (is_anchor(lint, entry))
        ADD(WARNING, WEAK_SIGNATURE,
            "signed by %s: %s; nobody relies on the signature of %s, but a service may refuse the "
            "file",
            entry->cert->signature_text, why,
            mtlsauth__trusted_is_root(entry) ? "a root" : "an anchor");
    else
        ADD(ERROR, WEAK_SIGNATURE,
            "signed by %s: %s; clients below it are denied: have it issued again with SHA-256",
            entry->cert->signature_text, why);
}

static void check_curve(struct lint *lint, size_t index, const struct trusted *entry)
{
    const struct key_facts *key = &entry->cert->view.key;
    const char *why;

    if (!is_about_the_curve(key))
        return;
    if (!is_strong_key(lint, entry, &why))
        ADD(ERROR, CURVE, "its key is %s: %s; %s", entry->cert->key_text, why,
            remedy_of(lint, entry));
    else if (key->type != KEY_EC && is_profile(lint, MTLSAUTH_PROFILE_API_GATEWAY))
        ADD(INFO, CURVE,
            "its key is %s, which is taken here, and which the documentation of API Gateway does "
            "not name: try it there first",
            entry->cert->key_text);
}

static void check_version(struct lint *lint, size_t index, const struct trusted *entry)
{
    unsigned version = entry->cert->view.version;

    if (version == 3)
        return;
    if (!is_profile(lint, MTLSAUTH_PROFILE_API_GATEWAY))
        ADD(ERROR, VERSION, "X.509 version %u; the profile takes version 3 alone", version);
    else if (!mtlsauth__trusted_is_root(entry))
        ADD(ERROR, VERSION,
            "X.509 version %u, which cannot say that it is a CA, and no root: clients below it are "
            "denied; have it issued again as version 3",
            version);
    else
        ADD(WARNING, VERSION,
            "X.509 version %u: taken as a root because it is in this file, although it cannot say "
            "that it is a CA; others refuse it",
            version);
}

/* The strict profile exempts anchors, whose serial numbers nobody ever looks up, but where one is
 * the client's own certificate. */
static void check_serial(struct lint *lint, size_t index, const struct trusted *entry)
{
    bool denies = is_profile(lint, MTLSAUTH_PROFILE_STRICT) && !entry->cert->view.is_ca;
    int severity = denies ? MTLSAUTH_SEVERITY_ERROR : MTLSAUTH_SEVERITY_WARNING;
    struct span serial = entry->cert->view.serial;

    if (serial.len == 0)
        return;
    if (serial.ptr[0] >= 0x80)
        ADD_AS(severity, SERIAL,
               "its serial number is negative (RFC 5280 4.1.2.2); others refuse it");
    else if (serial.len > MAX_SERIAL_OCTETS)
        ADD_AS(
            severity, SERIAL,
            "its serial number has %zu octets, more than 20 (RFC 5280 4.1.2.2); others refuse it",
            serial.len);
    else if (serial.len == 1 && serial.ptr[0] == 0)
        ADD_AS(denies ? severity : MTLSAUTH_SEVERITY_INFO, SERIAL,
               "its serial number is 0; it should be positive (RFC 5280 4.1.2.2)");
}

/* Bytes of a certificate as PEM, lines of 64 characters: what is uploaded. */
static size_t pem_bytes(size_t der)
{
    size_t base64 = (der + 2) / 3 * 4;

    return base64 + (base64 + 63) / 64 + sizeof "-----BEGIN CERTIFICATE-----\n" +
           sizeof "-----END CERTIFICATE-----\n" - 2;
}

static void check_size(struct lint *lint, size_t index, const struct trusted *entry)
{
    size_t bytes = pem_bytes(entry->cert->view.whole.len);

    if (is_profile(lint, MTLSAUTH_PROFILE_ALB) && bytes > ALB_MAX_CERTIFICATE_BYTES)
        ADD(ERROR, LIMIT, "%zu bytes as PEM; a load balancer takes %d", bytes,
            ALB_MAX_CERTIFICATE_BYTES);
}

/* What RFC 5280 wants of a CA certificate, and others overlook. */
static void check_strict(struct lint *lint, size_t index, const struct trusted *entry)
{
    const struct extension_value *extensions = entry->cert->view.extensions;

    if (!is_profile(lint, MTLSAUTH_PROFILE_STRICT) || !entry->cert->view.is_ca)
        return;
    if (!extensions[EXTENSION_KEY_USAGE].present)
        ADD(ERROR, PROFILE, "it has no keyUsage, which a CA has to have (RFC 5280 4.2.1.3)");
    if (!extensions[EXTENSION_BASIC_CONSTRAINTS].critical)
        ADD(ERROR, PROFILE, "its basicConstraints are not critical (RFC 5280 4.2.1.9)");
    if (!extensions[EXTENSION_SUBJECT_KEY_ID].present)
        ADD(ERROR, PROFILE, "it has no subjectKeyIdentifier (RFC 5280 4.2.1.2)");
    if (!mtlsauth__trusted_is_root(entry) && !extensions[EXTENSION_AUTHORITY_KEY_ID].present)
        ADD(ERROR, PROFILE, "it has no authorityKeyIdentifier (RFC 5280 4.2.1.1)");
    if (extensions[EXTENSION_POLICY_CONSTRAINTS].present &&
        !extensions[EXTENSION_POLICY_CONSTRAINTS].critical)
        ADD(ERROR, PROFILE, "its policyConstraints are not critical (RFC 5280 4.2.1.11)");
    if (extensions[EXTENSION_INHIBIT_ANY_POLICY].present &&
        !extensions[EXTENSION_INHIBIT_ANY_POLICY].critical)
        ADD(ERROR, PROFILE, "its inhibitAnyPolicy is not critical (RFC 5280 4.2.1.14)");
}

/* What is malformed, and is read when a path is looked at only. The constraints of a client's
 * certificate are not. */
static void check_well_formed(struct lint *lint, size_t index, const struct trusted *entry)
{
    const struct cert_view *view = &entry->cert->view;
    const char *refused = mtlsauth__policies_refused(view);
    struct unread_base unread;

    if (view->malformed_policies != NULL)
        ADD(ERROR, PROFILE,
            "its %s is malformed: no path is taken in which it stands; have it issued again",
            view->malformed_policies);
    else if (view->is_ca && !is_anchor(lint, entry) && (refused != NULL || view->too_many_policies))
        ADD(ERROR, PROFILE, "%s: clients below it are denied; have it issued again",
            refused != NULL ? refused
                            : "it has more certificate policies, or mappings of them, than are "
                              "looked at");
    if (!entry->cert->view.is_ca)
        return;
    switch (mtlsauth__read_name_constraints(&lint->params, entry->cert, &unread)) {
    case CONSTRAINTS_HOLD:
        if (unread.form != NULL)
            ADD(ERROR, PROFILE,
                "%s \"%s\" in its nameConstraints is malformed: clients below it that have a name "
                "of this form are denied; have it issued again",
                unread.form, unread.text.text);
        break;
    case CONSTRAINTS_NO_MEMORY:
        lint->report->failed = true;
        break;
    case CONSTRAINTS_VIOLATED:
    case CONSTRAINTS_BUDGET:
        ADD(ERROR, PROFILE,
            "its nameConstraints are malformed: clients below it are denied; have it issued again");
        break;
    }
}

/* What every profile refuses. */
static void check_extensions(struct lint *lint, size_t index, const struct trusted *entry)
{
    const struct cert_view *view = &entry->cert->view;
    char oid[MTLSAUTH__MAX_OID_TEXT];
    bool has, any;

    if (view->unknown_critical) {
        if (!mtlsauth__oid_to_text(view->unknown_critical_oid, oid))
            memcpy(oid, "with a long OID", sizeof "with a long OID");
        ADD(ERROR, PROFILE,
            "its critical extension %s is not understood: clients below it are denied", oid);
    }
    if (view->is_ca && view->extensions[EXTENSION_EXTENDED_KEY_USAGE].present &&
        !(mtlsauth__cert_view_eku(view, span_of(lint->params.eku, lint->params.eku_len), &has,
                                  &any) &&
          (has || any)))
        ADD(ERROR, PROFILE,
            "its extendedKeyUsage has no clientAuth: it does not issue for clients, and no path is "
            "taken in which it stands");
    check_well_formed(lint, index, entry);
    check_strict(lint, index, entry);
}

static void check_names(struct lint *lint, size_t index, const struct trusted *entry)
{
    enum name_status names = entry->cert->names;

    if (names != NAME_OK)
        ADD(ERROR, BAD_NAME, "%s: no path is taken in which it stands; have it issued again",
            names == NAME_NUL ? "a name of it has a NUL inside, which is an attack"
                              : "a name of it is malformed");
}

static void look_at_certificates(struct lint *lint)
{
    static lint_check *const checks[] = {
        check_expired,
        check_not_yet_valid,
        check_expires_soon,
        mtlsauth__lint_not_a_ca,
        check_key_cert_sign,
        check_key,
        check_signature,
        check_curve,
        check_version,
        mtlsauth__lint_duplicate,
        mtlsauth__lint_same_subject,
        mtlsauth__lint_issuer,
        mtlsauth__lint_path_too_long,
        mtlsauth__lint_path_length,
        check_serial,
        check_size,
        mtlsauth__lint_bad_signature,
        check_extensions,
        check_names,
    };

    for (size_t i = 0; i < lint->truststore->count; i++)
        for (size_t k = 0; k < sizeof checks / sizeof checks[0]; k++)
            checks[k](lint, i, &lint->truststore->entries[i]);
}

static void check_limits(struct lint *lint)
{
    const mtlsauth_truststore *truststore = lint->truststore;
    size_t index = LINT_FILE;

    if (is_profile(lint, MTLSAUTH_PROFILE_API_GATEWAY)) {
        if (truststore->count > MTLSAUTH_DEFAULT_MAX_TRUSTSTORE_CERTIFICATES)
            ADD(ERROR, LIMIT, "%zu certificates; API Gateway takes %d", truststore->count,
                MTLSAUTH_DEFAULT_MAX_TRUSTSTORE_CERTIFICATES);
        if (truststore->bytes > MTLSAUTH_DEFAULT_MAX_TRUSTSTORE_BYTES)
            ADD(ERROR, LIMIT, "%zu bytes; API Gateway takes %d", truststore->bytes,
                MTLSAUTH_DEFAULT_MAX_TRUSTSTORE_BYTES);
    }
    if (is_profile(lint, MTLSAUTH_PROFILE_ALB) && truststore->count > ALB_MAX_CERTIFICATES)
        ADD(ERROR, LIMIT, "%zu certificates; a load balancer takes %d in one truststore",
            truststore->count, ALB_MAX_CERTIFICATES);
    if (lint->standings.cut_short)
        ADD(WARNING, LIMIT,
            "very many certificates have the same name: not every signature was checked, and an "
            "issuer that is here may be reported as missing");
}

/* The file around the certificates. */
static void look_at_file(struct lint *lint)
{
    const mtlsauth_truststore *truststore = lint->truststore;
    size_t index = LINT_FILE;

    check_limits(lint);
    for (size_t i = 0; i < truststore->other_count; i++)
        if (truststore->others[i].is_private_key)
            ADD(ERROR, PRIVATE_KEY,
                "line %zu: a private key (%s): remove it, and replace it if anybody else could "
                "read this file",
                truststore->others[i].line, truststore->others[i].label);
    for (size_t i = 0; i < truststore->other_count; i++)
        if (!truststore->others[i].is_private_key)
            ADD(WARNING, OTHER_BLOCK, "line %zu: a %s, which is not used: remove it",
                truststore->others[i].line, truststore->others[i].label);
    if (truststore->trailing_text)
        ADD(WARNING, TRAILING_TEXT,
            "text behind the last certificate: see that nothing was cut off");
    if (is_profile(lint, MTLSAUTH_PROFILE_ALB) && truststore->blank_line != 0)
        ADD(ERROR, PROFILE,
            "line %zu: a blank line, which a load balancer does not take: remove it",
            truststore->blank_line);
}

static int make_report(struct lint *lint, int profile)
{
    int code = mtlsauth__standings_make(&lint->standings, lint->truststore);

    if (code != MTLSAUTH_OK)
        return code;
    look_at_certificates(lint);
    look_at_file(lint);
    if (lint->report->failed ||
        !mtlsauth__report_make_json(lint->report, lint->truststore, lint->now, profile))
        return mtlsauth__fail_memory();
    return MTLSAUTH_OK;
}

int mtlsauth_truststore_lint(const mtlsauth_truststore *truststore, int64_t now, int profile,
                             mtlsauth_report **out)
{
    struct lint lint = {.truststore = truststore, .now = now};
    int code;

    if (out == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "truststore_lint: out is NULL");
    *out = NULL;
    if (truststore == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "truststore_lint: truststore is NULL");
    if (!mtlsauth__path_params_of(&lint.params, profile))
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "truststore_lint: there is no profile %d",
                              profile);
    lint.report = mtlsauth__calloc(1, sizeof *lint.report);
    if (lint.report == NULL)
        return mtlsauth__fail_memory();
    if (mtlsauth__truststore_examine(truststore))
        code = make_report(&lint, profile);
    else
        code = mtlsauth__fail(MTLSAUTH_ERR_CRYPTO,
                              "OpenSSL failed to read a certificate, or memory ran out");
    mtlsauth__standings_drop(&lint.standings);
    if (code == MTLSAUTH_OK)
        *out = lint.report;
    else
        mtlsauth_report_free(lint.report);
    return code;
}
