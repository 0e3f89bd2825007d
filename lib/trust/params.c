/* SPDX-License-Identifier: MIT */
#include "trust/params.h"

/* As API Gateway's documentation counts: root and intermediates, leaf not counted. */
enum { API_GATEWAY_MAX_CA = 4 };

/* SHA-256, RSA 2048 and P-256 are where API Gateway, ALB and NIST SP 800-57 draw the line. */
enum { MIN_RSA_BITS = 2048, MIN_EC_BITS = 256, MIN_HASH_BITS = 256, ALB_MAX_RSA_BITS = 8192 };

bool mtlsauth__path_params_of(struct path_params *params, int profile)
{
    *params = (struct path_params){
        .profile = profile,
        .max_ca_certificates = API_GATEWAY_MAX_CA,
        .min_rsa_bits = MIN_RSA_BITS,
        .max_rsa_bits = MTLSAUTH__MAX_RSA_BITS,
        .min_ec_bits = MIN_EC_BITS,
        .min_hash_bits = MIN_HASH_BITS,
        .check_eku = true,
        .eku_len = sizeof OID_CLIENT_AUTH - 1,
        .budget_signatures = MTLSAUTH_DEFAULT_BUDGET_SIGNATURES,
        .budget_steps = MTLSAUTH_DEFAULT_BUDGET_STEPS,
        .budget_names = MTLSAUTH_DEFAULT_BUDGET_NAMES,
    };
    memcpy(params->eku, OID_CLIENT_AUTH, params->eku_len);
    switch (profile) {
    case MTLSAUTH_PROFILE_API_GATEWAY:
        return true;
    case MTLSAUTH_PROFILE_ALB:
        params->max_rsa_bits = ALB_MAX_RSA_BITS;
        params->nist_curves_only = true;
        return true;
    case MTLSAUTH_PROFILE_STRICT:
        params->max_ca_certificates = MTLSAUTH_MAX_PATH_CERTIFICATES;
        params->partial_chain = true;
        return true;
    default:
        return false;
    }
}

static bool is_strong_curve(const struct path_params *params, const struct key_facts *key,
                            const char **why)
{
    *why = "explicit curve parameters are refused";
    if (key->curve == CURVE_EXPLICIT)
        return false;
    *why = "the curve is none of P-256, P-384 and P-521";
    if (key->curve == CURVE_OTHER)
        return false;
    *why = "the curve is smaller than the policy asks for";
    return key->bits >= params->min_ec_bits;
}

bool mtlsauth__key_is_strong(const struct path_params *params, const struct key_facts *key,
                             const char **why)
{
    switch (key->type) {
    case KEY_RSA:
    case KEY_RSA_PSS:
        *why = "the RSA modulus is smaller than the policy asks for";
        if (key->bits < params->min_rsa_bits)
            return false;
        *why = "the RSA modulus is larger than 8192 bits";
        if (key->bits > params->max_rsa_bits)
            return false;
        *why = "its exponent is 1, even, or longer than 32 bits";
        return key->is_usual_rsa;
    case KEY_EC:
        return is_strong_curve(params, key, why);
    case KEY_ED25519:
    case KEY_ED448:
        *why = "the profile takes no Edwards curves";
        if (params->nist_curves_only)
            return false;
        *why = "the curve is smaller than the policy asks for";
        return key->bits >= params->min_ec_bits;
    case KEY_DSA:
    case KEY_UNKNOWN:
        break;
    }
    *why = "keys of this type are refused";
    return false;
}

static const char *form_of_a_signer(enum key_type type)
{
    switch (type) {
    case KEY_EC:
        return "whoever issues certificates, CRLs or OCSP answers has to write its point "
               "uncompressed";
    case KEY_RSA_PSS:
        return "whoever issues certificates, CRLs or OCSP answers has to have its key certified as "
               "rsaEncryption, and may sign with RSA-PSS all the same";
    default:
        return "whoever issues certificates, CRLs or OCSP answers has to write NULL for its "
               "parameters";
    }
}

bool mtlsauth__signer_is_strong(const struct path_params *params, const struct key_facts *key,
                                const char **why)
{
    if (!mtlsauth__key_is_strong(params, key, why))
        return false;
    *why = form_of_a_signer(key->type);
    return !key->is_variant;
}

bool mtlsauth__signature_is_strong(const struct path_params *params,
                                   const struct algorithm *algorithm, const char **why)
{
    switch (algorithm->type) {
    case SIGNATURE_RSA_PSS:
        *why = "the mask of RSA-PSS (MGF1) is made with another hash than the signature";
        if (algorithm->mgf_hash != algorithm->hash)
            return false;
        break;
    case SIGNATURE_RSA:
    case SIGNATURE_ECDSA:
        break;
    case SIGNATURE_ED25519:
    case SIGNATURE_ED448:
        *why = "the profile takes no Edwards curves";
        return !params->nist_curves_only;
    case SIGNATURE_DSA:
    case SIGNATURE_UNKNOWN:
        *why = "signatures of this kind are refused";
        return false;
    }
    *why = "the hash is weaker than the policy asks for";
    return mtlsauth__hash_bits(algorithm->hash) >= params->min_hash_bits;
}
