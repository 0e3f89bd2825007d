/* SPDX-License-Identifier: MIT */
#include "bound_token.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <jansson.h>
#include <jwt.h>

enum { KEY_LIMIT = 65536, TOKEN_LIMIT = 16384 };

static int algorithm_from(const char *name)
{
    static const struct {
        const char *name;
        jwt_alg_t algorithm;
    } names[] = {{"RS256", JWT_ALG_RS256}, {"RS384", JWT_ALG_RS384}, {"RS512", JWT_ALG_RS512},
                 {"ES256", JWT_ALG_ES256}, {"ES384", JWT_ALG_ES384}, {"ES512", JWT_ALG_ES512}};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(name, names[i].name) == 0)
            return (int)names[i].algorithm;
    return JWT_ALG_NONE;
}

int bound_token_open(struct bound_token_rules *rules, const char *key_file, const char *algorithm,
                     const char **error)
{
    FILE *file = fopen(key_file, "rb");

    *error = NULL;
    rules->algorithm = algorithm_from(algorithm);
    rules->key = malloc(KEY_LIMIT + 1);
    if (file == NULL || rules->key == NULL)
        *error = "the key cannot be read";
    else if ((rules->key_len = fread(rules->key, 1, KEY_LIMIT, file)) == 0 ||
             rules->key_len == KEY_LIMIT)
        *error = "no file of a key";
    if (file != NULL)
        fclose(file);
    if (*error == NULL) {
        rules->key[rules->key_len] = '\0';
        if (strstr((const char *)rules->key, "-----BEGIN PUBLIC KEY-----") == NULL)
            *error = "the key is no PEM of a PUBLIC KEY";
        else if (rules->algorithm == JWT_ALG_NONE)
            *error = "RS256, RS384, RS512, ES256, ES384 or ES512";
    }
    return *error == NULL ? 0 : -1;
}

void bound_token_close(struct bound_token_rules *rules)
{
    free(rules->key);
    rules->key = NULL;
}

/* The claims of a token whose signature verifies, or NULL. */
static json_t *verified_claims(const struct bound_token_rules *rules, const char *token,
                               const char **why)
{
    jwt_t *jwt = NULL;
    char *headers = NULL, *text = NULL;
    const char *named;
    json_t *claims = NULL;

    /* The first reading looks at the header alone, so that a token that names another algorithm never
     * meets the key; the second verifies. */
    if (jwt_decode(&jwt, token, NULL, 0) != 0)
        *why = "the token is no JWT";
    else if ((named = jwt_get_header(jwt, "alg")) == NULL ||
             strcmp(named, jwt_alg_str((jwt_alg_t)rules->algorithm)) != 0)
        *why = "the token names another algorithm than the configured one";
    else if ((headers = jwt_get_headers_json(jwt, "crit")) != NULL)
        *why = "the token has critical headers (RFC 7515 4.1.11)";
    free(headers);
    jwt_free(jwt);
    jwt = NULL;
    if (*why != NULL)
        return NULL;
    if (jwt_decode(&jwt, token, rules->key, (int)rules->key_len) != 0 ||
        (int)jwt_get_alg(jwt) != rules->algorithm)
        *why = "the signature of the token does not verify";
    else if ((text = jwt_get_grants_json(jwt, NULL)) == NULL ||
             (claims = json_loads(text, JSON_REJECT_DUPLICATES, NULL)) == NULL)
        *why = "the claims of the token are malformed";
    free(text);
    jwt_free(jwt);
    return claims;
}

/* A NumericDate (RFC 7519 2), which may have a fraction. 0 absent, 1 there, -1 something else. */
static int date_of(const json_t *claims, const char *name, double *date)
{
    const json_t *value = json_object_get(claims, name);

    if (value == NULL)
        return 0;
    if (!json_is_number(value))
        return -1;
    *date = json_number_value(value);
    return 1;
}

static int is_current(const struct bound_token_rules *rules, const json_t *claims)
{
    double now = (double)time(NULL), skew = (double)rules->skew, exp = 0, nbf = 0;
    int has_nbf = date_of(claims, "nbf", &nbf);

    return date_of(claims, "exp", &exp) == 1 && now < exp + skew && has_nbf >= 0 &&
           (has_nbf == 0 || now >= nbf - skew);
}

static int is_text(const json_t *value, const char *text)
{
    return json_is_string(value) && json_string_length(value) == strlen(text) &&
           strcmp(json_string_value(value), text) == 0;
}

/* aud is a string or an array of them (RFC 7519 4.1.3). */
static int is_for_us(const struct bound_token_rules *rules, const json_t *claims)
{
    const json_t *aud = json_object_get(claims, "aud");
    int found = rules->audience == NULL || is_text(aud, rules->audience);

    for (size_t i = 0; !found && i < json_array_size(aud); i++)
        found = is_text(json_array_get(aud, i), rules->audience);
    return found &&
           (rules->issuer == NULL || is_text(json_object_get(claims, "iss"), rules->issuer));
}

/* RFC 8705 3.1. A confirmation that is there and is not understood binds all the same. */
static int is_bound(const struct bound_token_rules *rules, const json_t *claims,
                    const mtlsauth_cert *cert)
{
    const json_t *cnf = json_object_get(claims, "cnf");
    const json_t *thumbprint = json_object_get(cnf, "x5t#S256");

    if (cnf == NULL)
        return !rules->bound_only;
    return cert != NULL && json_is_string(thumbprint) &&
           json_string_length(thumbprint) == strlen(json_string_value(thumbprint)) &&
           mtlsauth_cert_thumbprint_equal(cert, json_string_value(thumbprint));
}

enum bound_token bound_token_check(const struct bound_token_rules *rules, const char *authorization,
                                   const mtlsauth_cert *cert, const char **why)
{
    static const char scheme[] = "Bearer ";
    json_t *claims;

    *why = NULL;
    if (authorization == NULL || strncasecmp(authorization, scheme, sizeof scheme - 1) != 0) {
        *why = "there is no bearer token";
        return TOKEN_MISSING;
    }
    authorization += sizeof scheme - 1;
    authorization += strspn(authorization, " ");
    if (strlen(authorization) > TOKEN_LIMIT) {
        *why = "the token is longer than 16384 characters";
        return TOKEN_INVALID;
    }
    claims = verified_claims(rules, authorization, why);
    if (claims == NULL)
        return TOKEN_INVALID;
    if (!is_current(rules, claims))
        *why = "the token is expired, not valid yet, or says nothing of it";
    else if (!is_for_us(rules, claims))
        *why = "the token is from another issuer or for another audience";
    else if (!is_bound(rules, claims, cert))
        *why = "the token belongs to another certificate, or to none";
    json_decref(claims);
    return *why == NULL ? TOKEN_GOOD : TOKEN_INVALID;
}
