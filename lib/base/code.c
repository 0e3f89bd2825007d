/* SPDX-License-Identifier: MIT */
#include <mtlsauth/error.h>

#include <string.h>
#include "base/error.h"

/*
 * What there is to say of each code. The OpenSSL column has the X509_V_ERR numbers of
 * <openssl/x509_vfy.h>, which a test compares: this file knows nothing of libcrypto.
 */
struct code_row {
    int code;
    int openssl;
    const char *name;
    const char *text;
    const char *remedy;
    const char *api_gateway;
    const char *alb;
};

enum { V_OK = 0, V_APPLICATION_VERIFICATION = 50 };

#define CODE(suffix) .code = MTLSAUTH_##suffix, .name = "MTLSAUTH_" #suffix

static const struct code_row rows[] = {
    {CODE(OK), .openssl = V_OK, .text = "allowed", .remedy = "Nothing has to be done."},

    {CODE(ERR_ARGUMENT), .text = "an argument makes no sense",
     .remedy = "Correct the call: the last error names the argument."},
    {CODE(ERR_NOMEM), .text = "out of memory",
     .remedy = "Give the process more memory, or lower the limits of what it loads."},
    {CODE(ERR_IO), .text = "a file could not be read or written",
     .remedy = "Look at the path, its permissions and the disk that the last error names."},
    {CODE(ERR_PARSE), .text = "the data is malformed",
     .remedy = "Look at the place that the last error names; make or fetch the file again."},
    {CODE(ERR_LIMIT), .text = "over a limit",
     .remedy = "Make the data smaller, or raise the limit that the last error names if the data is "
               "what it should be."},
    {CODE(ERR_SIGNATURE), .text = "a signature does not verify",
     .remedy = "Do not use the data. Fetch it again from its source, and compare the issuer that "
               "it was checked against."},
    {CODE(ERR_STALE), .text = "the revocation data is past its time, or before it",
     .remedy = "Fetch a new CRL or OCSP response, and find out why the old one was not replaced. "
               "Where it is of the future, compare the clocks (mtlsauth_policy_set_clock_skew)."},
    {CODE(ERR_ROLLBACK), .text = "older than what was accepted before",
     .remedy = "Find out who put an old CRL back. If it was meant, accept the rollback by hand."},
    {CODE(ERR_SCOPE), .text = "the revocation data does not speak of this certificate",
     .remedy = "Load the CRL of this certificate's issuer and distribution point."},
    {CODE(ERR_UNSUPPORTED), .text = "not supported",
     .remedy = "Use the form that the last error names instead."},
    {CODE(ERR_NOT_FOUND), .text = "not found",
     .remedy = "Compare the name with what there is. Where an OCSP responder has answered with an "
               "error, as tryLater, ask it again later, or ask the CA."},
    {CODE(ERR_MISMATCH), .text = "the two do not belong together",
     .remedy = "Look for the counterpart that was made with it."},
    {CODE(ERR_CRYPTO), .text = "libcrypto failed",
     .remedy = "Look at the OpenSSL configuration and the memory of the process."},
    {CODE(ERR_CANCELLED), .text = "cancelled",
     .remedy = "Nothing has to be done: it was asked for."},

    {CODE(DENY_NO_CERTIFICATE), .openssl = V_APPLICATION_VERIFICATION,
     .text = "the client presented no certificate",
     .remedy = "Give the client a certificate and its key (curl: --cert and --key). Behind a "
               "proxy, see that the proxy asks for one and hands it over.",
     .alb = "ClientCertInvalid"},
    {CODE(DENY_MALFORMED), .openssl = V_APPLICATION_VERIFICATION,
     .text = "what the client presented is not a certificate chain",
     .remedy = "See that the format that is configured is the one that the proxy sends; look at "
               "the certificate with 'mtlsauth show'.",
     .alb = "ClientCertInvalid"},
    {CODE(DENY_BLOCKED), .openssl = 28, .text = "the certificate is on the block list",
     .remedy = "Take it off the block list if it should be allowed; else give the client another.",
     .alb = "ClientCertRejected"},
    {CODE(DENY_ISSUER_NOT_FOUND), .openssl = 20, .text = "the issuer's certificate was not found",
     .remedy = "Add the CA certificate that the message names to the truststore, or let the client "
               "send it. The truststore needs every CA up to the root.",
     .api_gateway = "Access denied. Reason: Could not find issuer for certificate",
     .alb = "ClientCertUntrusted"},
    {CODE(DENY_SELF_SIGNED), .openssl = 18,
     .text = "the certificate is self-signed and not in the truststore",
     .remedy = "Have the certificate issued by a CA of the truststore, or add it to the truststore "
               "itself. See that certificate and CA do not have the same subject.",
     .api_gateway = "Access denied. Reason: self signed certificate",
     .alb = "ClientCertUntrusted"},
    {CODE(DENY_UNTRUSTED_ROOT), .openssl = 19, .text = "the root is not in the truststore",
     .remedy = "Add the root that the message names to the truststore if its clients are to be "
               "trusted.",
     .api_gateway = "Access denied. Reason: self signed certificate",
     .alb = "ClientCertUntrusted"},
    {CODE(DENY_BAD_SIGNATURE), .openssl = 7, .text = "a signature does not verify",
     .remedy = "The certificate was altered, or another CA of the same name has signed it. Compare "
               "the key identifiers with 'mtlsauth show'.",
     .api_gateway = "Access denied. Reason: Could not find issuer for certificate",
     .alb = "ClientCertUntrusted"},
    {CODE(DENY_WEAK_SIGNATURE), .openssl = 68, .text = "signed with a refused algorithm",
     .remedy = "Have it issued again with SHA-256 or stronger; openssl: -sha256.",
     .api_gateway = "Access denied. Reason: Client cert using an insecure Signature Algorithm",
     .alb = "ClientCertTypeUnsupported"},
    {CODE(DENY_WEAK_KEY), .openssl = 66, .text = "a key that the policy refuses",
     .remedy = "Make a new key of at least RSA 2048 or P-256, and have it certified. Where a CA's "
               "key is in another form than the message asks for, have that certified in it.",
     .alb = "ClientCertTypeUnsupported"},
    {CODE(DENY_NOT_YET_VALID), .openssl = 9, .text = "not yet valid",
     .remedy = "Look at the clocks of this machine and of the CA; wait until the date.",
     .alb = "ClientCertNotYetValid"},
    {CODE(DENY_EXPIRED), .openssl = 10, .text = "expired",
     .remedy = "Have the certificate renewed: the message says which of the path it is.",
     .alb = "ClientCertExpired"},
    {CODE(DENY_CHAIN_TOO_LONG), .openssl = 22, .text = "more CA certificates than are taken",
     .remedy = "Issue from a CA nearer to the root, or raise the maximum of the policy.",
     .alb = "ClientCertMaxChainDepthExceeded"},
    {CODE(DENY_NOT_A_CA), .openssl = 79, .text = "an issuer is not a CA",
     .remedy = "Have the certificate issued by a CA: basicConstraints cA TRUE, version 3.",
     .alb = "ClientCertUntrusted"},
    {CODE(DENY_PATH_LENGTH), .openssl = 25, .text = "a CA's path length is exceeded",
     .remedy = "Issue from the CA that has the pathLenConstraint, or have it reissued with a "
               "larger one.",
     .alb = "ClientCertUntrusted"},
    {CODE(DENY_NAME_CONSTRAINTS), .openssl = 47, .text = "a name outside a CA's name constraints",
     .remedy = "Have the certificate issued by a CA that may certify that name.",
     .alb = "ClientCertUntrusted"},
    {CODE(DENY_KEY_USAGE), .openssl = 32, .text = "keyUsage forbids this use",
     .remedy = "Have it issued again: digitalSignature for a client, keyCertSign for a CA.",
     .alb = "ClientCertPurposeInvalid"},
    {CODE(DENY_EXTENDED_KEY_USAGE), .openssl = 26, .text = "extendedKeyUsage forbids this use",
     .remedy = "Have it issued again with clientAuth in extendedKeyUsage.",
     .alb = "ClientCertPurposeInvalid"},
    {CODE(DENY_CRITICAL_EXTENSION), .openssl = 34, .text = "an unknown critical extension",
     .remedy = "Have it issued again without that extension, or with the extension not critical.",
     .alb = "ClientCertInvalid"},
    {CODE(DENY_CERTIFICATE_POLICY), .openssl = 43,
     .text = "the certificate policies are not what is required",
     .remedy = "Have it issued under a policy that is required, or change the requirement.",
     .alb = "ClientCertUntrusted"},
    {CODE(DENY_PROFILE), .openssl = V_APPLICATION_VERIFICATION,
     .text = "violates the profile that is in force",
     .remedy = "Have the certificate that the message names issued again without the flaw, or "
               "choose another profile.",
     .alb = "ClientCertInvalid"},
    {CODE(DENY_BAD_NAME), .openssl = 53,
     .text = "a name is malformed, or cannot be compared with the block list",
     .remedy = "Have it issued again with well-formed names; a NUL inside a name is an attack. "
               "Where the message speaks of the block list, block by serial: or spki: instead, or "
               "have it issued with a name that can be compared.",
     .alb = "ClientCertInvalid"},
    {CODE(DENY_LIMIT), .openssl = V_APPLICATION_VERIFICATION, .text = "over a limit",
     .remedy = "Let the client send fewer or smaller certificates, or raise the limit that the "
               "message names.",
     .alb = "ClientCertMaxSizeExceeded"},
    {CODE(DENY_BUDGET), .openssl = V_APPLICATION_VERIFICATION,
     .text = "checking would cost more work than a client may cause",
     .remedy = "Look at what the client sends: many certificates of one name, or very many names. "
               "Where the truststore has many CAs of one name ('mtlsauth lint' says which are too "
               "many), give each a name of its own.",
     .alb = "ClientCertRejected"},
    {CODE(DENY_IDENTITY), .openssl = 62, .text = "no rule allows this identity",
     .remedy = "Add a rule for one of the names that the message lists, if the client is to be "
               "allowed. The common name counts only where a rule asks for it.",
     .alb = "ClientCertRejected"},
    {CODE(DENY_REVOKED), .openssl = 23, .text = "revoked",
     .remedy = "Give the client a new certificate. Only one on hold (certificateHold) may come "
               "back.",
     .alb = "ClientCertCrlHit"},
    {CODE(DENY_REVOCATION_UNKNOWN), .openssl = 3, .text = "its revocation status is unknown",
     .remedy = "Load the CRL of its issuer, or fetch the OCSP response. Where the responder does "
               "not know it, ask the CA; where it takes too much work, have fewer lists, or fewer "
               "CRL issuers of one name.",
     .alb = "ClientCertCrlProcessingError"},
    {CODE(DENY_REVOCATION_STALE), .openssl = 12,
     .text = "the revocation data is past its time, or before it",
     .remedy = "Fetch a new CRL or OCSP response, and find out why the old one was not replaced. "
               "Where it is of the future, compare the clocks (mtlsauth_policy_set_clock_skew).",
     .alb = "ClientCertCrlProcessingError"},
    {CODE(DENY_INTERNAL), .openssl = 1, .text = "the check could not be completed",
     .remedy = "Look at the memory of the process, at libcrypto, and at the clock of the policy. "
               "It says nothing of the client.",
     .alb = "UnmappedConnectionError"},
    {CODE(DENY_NOT_EVALUATED), .openssl = V_APPLICATION_VERIFICATION, .text = "not evaluated",
     .remedy = "Call mtlsauth_authorize: nothing has filled this decision."},
};

static const struct code_row *find(int code)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].code == code)
            return &rows[i];
    return NULL;
}

const char *mtlsauth_code_name(int code)
{
    const struct code_row *row = find(code);

    return row == NULL ? "MTLSAUTH_UNKNOWN" : row->name;
}

const char *mtlsauth_code_text(int code)
{
    const struct code_row *row = find(code);

    return row == NULL ? "unknown code" : row->text;
}

const char *mtlsauth_code_remedy(int code)
{
    const struct code_row *row = find(code);

    return row == NULL ? "Compare the versions of the library and of the program." : row->remedy;
}

int mtlsauth_code_from_name(const char *name, int *code)
{
    if (name == NULL || code == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "code_from_name: name and code are needed");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(rows[i].name, name) == 0) {
            *code = rows[i].code;
            return MTLSAUTH_OK;
        }
    }
    return mtlsauth__fail(MTLSAUTH_ERR_NOT_FOUND, "no code has that name");
}

const char *mtlsauth_code_alias(int code, int alias)
{
    const struct code_row *row = find(code);

    if (row == NULL)
        return NULL;
    switch (alias) {
    case MTLSAUTH_ALIAS_API_GATEWAY:
        return row->api_gateway;
    case MTLSAUTH_ALIAS_ALB:
        return row->alb;
    default:
        return NULL;
    }
}

int mtlsauth_code_openssl(int code)
{
    const struct code_row *row = find(code);

    if (row == NULL || (row->openssl == V_OK && code != MTLSAUTH_OK))
        return V_APPLICATION_VERIFICATION;
    return row->openssl;
}
