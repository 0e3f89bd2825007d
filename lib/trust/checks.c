/* SPDX-License-Identifier: MIT */
#include "trust/checks.h"

#include "base/der.h"
#include "base/time.h"
#include "trust/policy_tree.h"
#include "trust/profile.h"

static bool is_anchor(const struct candidate_path *path, size_t i)
{
    return i + 1 == path->count;
}

/* RFC 5280 6.1.4 (k): version 3 with cA TRUE. A root of version 1 has no way to say so, and was put
 * into the truststore by the operator; what is no root may be there as a client. */
static bool check_ca(const struct path_params *params, const struct candidate_path *path,
                     struct reason *reason)
{
    (void)params;
    for (size_t i = 1; i < path->count; i++) {
        const struct cert_view *view = &path->certs[i]->view;

        if (view->is_ca ||
            (is_anchor(path, i) && path->anchor_is_self_signed && view->version == 1))
            continue;
        mtlsauth__reason_note(reason, PROGRESS_PATH, MTLSAUTH_DENY_NOT_A_CA, i, path->certs[i],
                              "it has issued the certificate before it, and is not a CA");
        return false;
    }
    return true;
}

/* RFC 5280 6.1.4 (n). */
static bool check_cert_sign(const struct path_params *params, const struct candidate_path *path,
                            struct reason *reason)
{
    (void)params;
    for (size_t i = 1; i < path->count; i++) {
        if ((path->certs[i]->view.key_usage & KEY_USAGE_KEY_CERT_SIGN) != 0)
            continue;
        mtlsauth__reason_note(reason, PROGRESS_PATH, MTLSAUTH_DENY_KEY_USAGE, i, path->certs[i],
                              "its keyUsage has no keyCertSign: it may not issue certificates");
        return false;
    }
    return true;
}

/* RFC 5280 4.2.1.9: non-self-issued intermediate certificates that may follow; the leaf is none. */
static bool check_path_length(const struct path_params *params, const struct candidate_path *path,
                              struct reason *reason)
{
    size_t below = 0;

    (void)params;
    for (size_t i = 1; i < path->count; i++) {
        const struct cert_view *view = &path->certs[i]->view;

        if (view->has_path_length && below > view->path_length) {
            mtlsauth__reason_note(reason, PROGRESS_PATH, MTLSAUTH_DENY_PATH_LENGTH, i,
                                  path->certs[i],
                                  "its pathLenConstraint of %u is exceeded: %zu CA certificates "
                                  "stand below it",
                                  (unsigned)view->path_length, below);
            return false;
        }
        below += !path->certs[i]->self_issued;
    }
    return true;
}

static bool check_ca_count(const struct path_params *params, const struct candidate_path *path,
                           struct reason *reason)
{
    if (path->count - 1 <= params->max_ca_certificates)
        return true;
    mtlsauth__reason_note(reason, PROGRESS_PATH, MTLSAUTH_DENY_CHAIN_TOO_LONG, 0, path->certs[0],
                          "%zu CA certificates stand above it, root counted; at most %u are taken",
                          path->count - 1, params->max_ca_certificates);
    return false;
}

/* A name with a NUL inside, or that is not in the character set that it claims, is a trap for
 * whoever reads it: the certificate is refused, and no other name of it is tried. */
static bool check_names(const struct path_params *params, const struct candidate_path *path,
                        struct reason *reason)
{
    (void)params;
    for (size_t i = 0; i < path->count; i++) {
        if (path->certs[i]->names == NAME_OK)
            continue;
        mtlsauth__reason_note(reason, PROGRESS_PATH, MTLSAUTH_DENY_BAD_NAME, i, path->certs[i],
                              path->certs[i]->names == NAME_NUL ? "a name has a NUL inside"
                                                                : "a name of it is malformed");
        return false;
    }
    return true;
}

/* RFC 5280 4.2. */
static bool check_critical(const struct path_params *params, const struct candidate_path *path,
                           struct reason *reason)
{
    (void)params;
    for (size_t i = 0; i < path->count; i++) {
        const struct cert_view *view = &path->certs[i]->view;
        char oid[MTLSAUTH__MAX_OID_TEXT];

        if (!view->unknown_critical)
            continue;
        if (!mtlsauth__oid_to_text(view->unknown_critical_oid, oid))
            memcpy(oid, "a long OID", sizeof "a long OID");
        mtlsauth__reason_note(reason, PROGRESS_PATH, MTLSAUTH_DENY_CRITICAL_EXTENSION, i,
                              path->certs[i], "its critical extension %s is not understood", oid);
        return false;
    }
    return true;
}

/* Every key of the path, and every signature but the anchor's own, which nobody relies on. */
static bool check_algorithms(const struct path_params *params, const struct candidate_path *path,
                             struct reason *reason)
{
    const char *why;

    for (size_t i = 0; i < path->count; i++) {
        mtlsauth_cert *cert = path->certs[i];
        bool is_client = i == 0 && params->crl_anchor == NULL;

        if (!(is_client ? mtlsauth__key_is_strong(params, &cert->view.key, &why)
                        : mtlsauth__signer_is_strong(params, &cert->view.key, &why))) {
            mtlsauth__reason_note(reason, PROGRESS_ALGORITHMS, MTLSAUTH_DENY_WEAK_KEY, i, cert,
                                  "its key is %s: %s", cert->key_text, why);
            return false;
        }
        if (is_anchor(path, i))
            break;
        if (!mtlsauth__signature_is_strong(params, &cert->view.signature_algorithm, &why)) {
            mtlsauth__reason_note(reason, PROGRESS_ALGORITHMS, MTLSAUTH_DENY_WEAK_SIGNATURE, i,
                                  cert, "it is signed by %s: %s", cert->signature_text, why);
            return false;
        }
    }
    return true;
}

/* RFC 5280 6.1.3 (a) (2), for the anchor too: API Gateway and OpenSSL look at it. */
static bool check_time(const struct path_params *params, const struct candidate_path *path,
                       struct reason *reason)
{
    char when[MTLSAUTH__TIME_TEXT], now[MTLSAUTH__TIME_TEXT];

    if (params->skip_time)
        return true;
    mtlsauth__time_format(path->now, now);
    for (size_t i = 0; i < path->count; i++) {
        const struct cert_view *view = &path->certs[i]->view;

        if (path->now > view->not_after + params->clock_skew) {
            mtlsauth__time_format(view->not_after, when);
            mtlsauth__reason_note(reason, PROGRESS_TIME, MTLSAUTH_DENY_EXPIRED, i, path->certs[i],
                                  "it expired at %s; it is %s now", when, now);
            return false;
        }
        if (path->now < view->not_before - params->clock_skew) {
            mtlsauth__time_format(view->not_before, when);
            mtlsauth__reason_note(reason, PROGRESS_TIME, MTLSAUTH_DENY_NOT_YET_VALID, i,
                                  path->certs[i], "it is valid from %s; it is %s now", when, now);
            return false;
        }
    }
    return true;
}

/* What a TLS client signs with its key; a server may also decrypt or agree (RFC 5280 4.2.1.12). A
 * CA as a server is nothing that path validation refuses, whatever its key may be used for. */
static bool check_key_usage(const struct path_params *params, const struct candidate_path *path,
                            struct reason *reason)
{
    uint32_t wanted = KEY_USAGE_DIGITAL_SIGNATURE;

    if (params->crl_anchor != NULL) {
        if ((path->certs[0]->view.key_usage & KEY_USAGE_CRL_SIGN) != 0)
            return true;
        mtlsauth__reason_note(reason, PROGRESS_USAGE, MTLSAUTH_DENY_KEY_USAGE, 0, path->certs[0],
                              "its keyUsage has no cRLSign");
        return false;
    }
    if (OID_IS(span_of(params->eku, params->eku_len), OID_SERVER_AUTH)) {
        wanted |= KEY_USAGE_KEY_ENCIPHERMENT | KEY_USAGE_KEY_AGREEMENT;
        if (path->certs[0]->view.is_ca)
            wanted |= KEY_USAGE_KEY_CERT_SIGN;
    }
    if ((path->certs[0]->view.key_usage & wanted) != 0)
        return true;
    mtlsauth__reason_note(reason, PROGRESS_USAGE, MTLSAUTH_DENY_KEY_USAGE, 0, path->certs[0],
                          "its keyUsage has no digitalSignature");
    return false;
}

/* The leaf, and the CAs that limit what they issue for, the anchor too: a CA of servers does not
 * speak for clients because it stands in a truststore. Critical or not. */
static bool check_extended_key_usage(const struct path_params *params,
                                     const struct candidate_path *path, struct reason *reason)
{
    struct span wanted = span_of(params->eku, params->eku_len);
    char oid[MTLSAUTH__MAX_OID_TEXT];
    bool has, any;

    for (size_t i = 0; params->check_eku && i < path->count; i++) {
        const struct cert_view *view = &path->certs[i]->view;

        if (!view->extensions[EXTENSION_EXTENDED_KEY_USAGE].present)
            continue;
        if (mtlsauth__cert_view_eku(view, wanted, &has, &any) && (has || (any && i > 0)))
            continue;
        if (!mtlsauth__oid_to_text(wanted, oid))
            oid[0] = '\0';
        mtlsauth__reason_note(reason, PROGRESS_USAGE, MTLSAUTH_DENY_EXTENDED_KEY_USAGE, i,
                              path->certs[i], "its extendedKeyUsage does not have %s%s", oid,
                              OID_IS(wanted, OID_CLIENT_AUTH) ? " (clientAuth)" : "");
        return false;
    }
    return true;
}

/* The type that Netscape gave certificates: SSL client, SSL server, and others, as bits. CAs that
 * know no extendedKeyUsage say by it alone that a certificate is a server's, which libcrypto and
 * Java heed as well. It says nothing of other usages. */
static bool check_netscape_type(const struct path_params *params, const struct candidate_path *path,
                                struct reason *reason)
{
    const struct extension_value *extension =
        &path->certs[0]->view.extensions[EXTENSION_NETSCAPE_CERT_TYPE];
    struct span wanted = span_of(params->eku, params->eku_len), bits, octets;
    bool client = OID_IS(wanted, OID_CLIENT_AUTH);
    unsigned unused;

    if (!params->check_eku || !extension->present ||
        (!client && !OID_IS(wanted, OID_SERVER_AUTH)) ||
        (mtlsauth__der_only(extension->value, DER_BIT_STRING, &bits) &&
         mtlsauth__der_bit_string(bits, &octets, &unused) && octets.len > 0 &&
         (octets.ptr[0] & (client ? 0x80U : 0x40U)) != 0))
        return true;
    mtlsauth__reason_note(reason, PROGRESS_USAGE, MTLSAUTH_DENY_EXTENDED_KEY_USAGE, 0,
                          path->certs[0], "its Netscape certificate type does not have SSL %s",
                          client ? "client" : "server");
    return false;
}

static bool all_hold(path_check *const checks[], const struct path_params *params,
                     const struct candidate_path *path, struct reason *reason)
{
    for (size_t i = 0; checks[i] != NULL; i++)
        if (!checks[i](params, path, reason))
            return false;
    return true;
}

bool mtlsauth__check_structure(const struct path_params *params, const struct candidate_path *path,
                               struct reason *reason)
{
    static path_check *const checks[] = {
        check_ca_count,
        check_ca,
        check_cert_sign,
        check_path_length,
        check_names,
        check_critical,
        mtlsauth__check_policy_extensions,
        mtlsauth__check_own_policies,
        mtlsauth__check_policies,
        NULL,
    };

    return all_hold(checks, params, path, reason);
}

bool mtlsauth__check_requirements(const struct path_params *params,
                                  const struct candidate_path *path, struct reason *reason)
{
    static path_check *const checks[] = {
        mtlsauth__check_profile,  check_algorithms,    check_time, check_key_usage,
        check_extended_key_usage, check_netscape_type, NULL,
    };

    return all_hold(checks, params, path, reason);
}
