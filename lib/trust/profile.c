/* SPDX-License-Identifier: MIT */
#include "trust/profile.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <mtlsauth/error.h>
#include <mtlsauth/policy.h>
#include "base/error.h"
#include "trust/name_syntax.h"

static bool is_anchor(const struct candidate_path *path, size_t i)
{
    return i + 1 == path->count;
}

__attribute__((format(printf, 4, 5))) static bool
deny(const struct candidate_path *path, size_t i, struct reason *reason, const char *format, ...)
{
    char why[MTLSAUTH__MAX_REASON];
    va_list args;

    va_start(args, format);
    vsnprintf(why, sizeof why, format, args);
    va_end(args);
    mtlsauth__reason_note(reason, PROGRESS_PROFILE, MTLSAUTH_DENY_PROFILE, i, path->certs[i], "%s",
                          why);
    return false;
}

/* An Application Load Balancer takes version 3 alone, and RFC 5280 4.1.2.1 wants it where there are
 * extensions, which 4.2.1 wants of every CA. */
static bool check_version_3(const struct path_params *params, const struct candidate_path *path,
                            struct reason *reason)
{
    (void)params;
    for (size_t i = 0; i < path->count; i++)
        if (path->certs[i]->view.version != 3)
            return deny(path, i, reason, "it is version %u; the profile takes version 3 alone",
                        path->certs[i]->view.version);
    return true;
}

/* RFC 5280 4.1.2.2: a positive integer of at most 20 octets. There are roots with serial 0, and
 * nobody ever looks one up: an anchor is exempt, but where it is the client's own certificate. */
static bool check_serial(const struct path_params *params, const struct candidate_path *path,
                         struct reason *reason)
{
    enum { MAX_SERIAL = 20 };

    (void)params;
    for (size_t i = 0; i == 0 || i + 1 < path->count; i++) {
        struct span serial = path->certs[i]->view.serial;

        if (serial.len > MAX_SERIAL)
            return deny(path, i, reason, "its serial number has %zu octets; RFC 5280 takes 20",
                        serial.len);
        if ((serial.ptr[0] & 0x80U) != 0)
            return deny(path, i, reason, "its serial number is negative");
        if (serial.len == 1 && serial.ptr[0] == 0)
            return deny(path, i, reason, "its serial number is zero");
    }
    return true;
}

/* RFC 5280 4.2.1.6: a dNSName is in preferred name syntax, an rfc822Name is a Mailbox, and a URI is
 * not relative. */
static bool check_name_syntax(const struct path_params *params, const struct candidate_path *path,
                              struct reason *reason)
{
    (void)params;
    for (size_t i = 0; i < path->count; i++) {
        const mtlsauth_cert *cert = path->certs[i];

        for (size_t k = 0; k < cert->san_count && !(i > 0 && is_anchor(path, i)); k++)
            if (!mtlsauth__san_syntax_ok(&cert->san[k].entry))
                return deny(path, i, reason, "its name %s:%s is not as RFC 5280 writes one",
                            mtlsauth__san_type_name(cert->san[k].entry.type),
                            mtlsauth__show(cert->san[k].text).text);
    }
    return true;
}

/* RFC 5280 4.2.1.10: nameConstraints "MUST be used only in a CA certificate". */
static bool check_constraints_of_ca(const struct path_params *params,
                                    const struct candidate_path *path, struct reason *reason)
{
    const struct cert_view *leaf = &path->certs[0]->view;

    (void)params;
    if (!leaf->is_ca && leaf->extensions[EXTENSION_NAME_CONSTRAINTS].present)
        return deny(path, 0, reason, "it has nameConstraints, and is not a CA");
    return true;
}

/* RFC 5280 4.2.1.11, 4.2.1.14: "Conforming CAs MUST mark this extension as critical." */
static bool check_criticality(const struct path_params *params, const struct candidate_path *path,
                              struct reason *reason)
{
    static const struct {
        enum extension which;
        const char *name;
    } rows[] = {
        {EXTENSION_POLICY_CONSTRAINTS, "policyConstraints"},
        {EXTENSION_INHIBIT_ANY_POLICY, "inhibitAnyPolicy"},
    };

    (void)params;
    for (size_t i = 0; i < path->count; i++)
        for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
            const struct extension_value *extension =
                &path->certs[i]->view.extensions[rows[k].which];

            if (extension->present && !extension->critical)
                return deny(path, i, reason, "its %s is not critical", rows[k].name);
        }
    return true;
}

/* RFC 5280 4.2.1.1: keyIdentifier "MUST be included in all certificates" but those that their own
 * key has signed, which is not told by equal names. */
static bool check_authority_key_id(const struct path_params *params,
                                   const struct candidate_path *path, struct reason *reason)
{
    (void)params;
    for (size_t i = 0; i < path->count; i++) {
        if (is_anchor(path, i) && path->anchor_is_self_signed)
            continue;
        if (path->certs[i]->view.authority_key_id.len == 0)
            return deny(path, i, reason,
                        "it has no authority key identifier, and is not self-signed");
    }
    return true;
}

bool mtlsauth__check_profile(const struct path_params *params, const struct candidate_path *path,
                             struct reason *reason)
{
    static path_check *const strict[] = {
        check_serial,      check_name_syntax,      check_constraints_of_ca,
        check_criticality, check_authority_key_id, NULL,
    };

    if ((params->profile == MTLSAUTH_PROFILE_ALB || params->profile == MTLSAUTH_PROFILE_STRICT) &&
        !check_version_3(params, path, reason))
        return false;
    for (size_t i = 0; params->profile == MTLSAUTH_PROFILE_STRICT && strict[i] != NULL; i++)
        if (!strict[i](params, path, reason))
            return false;
    return true;
}

static const char *const names[] = {
    [MTLSAUTH_PROFILE_API_GATEWAY] = "api-gateway",
    [MTLSAUTH_PROFILE_ALB] = "alb",
    [MTLSAUTH_PROFILE_STRICT] = "strict",
};

const char *mtlsauth__profile_name(int profile)
{
    return names[profile];
}

int mtlsauth_profile_from_name(const char *name, int *profile)
{
    if (name == NULL || profile == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "profile_from_name: name or profile is NULL");
    for (int i = MTLSAUTH_PROFILE_API_GATEWAY; i <= MTLSAUTH_PROFILE_STRICT; i++) {
        if (strcmp(names[i], name) == 0) {
            *profile = i;
            return MTLSAUTH_OK;
        }
    }
    return mtlsauth__fail(MTLSAUTH_ERR_NOT_FOUND, "no profile has that name");
}
