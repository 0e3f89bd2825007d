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

struct bound_token_key {
    unsigned users; /* the rules, and each check under way; guarded by the lock of the rules */
    size_t len;
    unsigned char pem[KEY_LIMIT + 1];
};

static struct bound_token_key *read_key(const char *path, const char **error)
{
    FILE *file = fopen(path, "rb");
    struct bound_token_key *key = malloc(sizeof *key);

    *error = NULL;
    if (file == NULL || key == NULL)
        *error = "the key cannot be read";
    else if ((key->len = fread(key->pem, 1, KEY_LIMIT, file)) == 0 || key->len == KEY_LIMIT)
        *error = "no file of a key";
    if (file != NULL)
        fclose(file);
    if (*error == NULL) {
        key->users = 1;
        key->pem[key->len] = '\0';
        if (strstr((const char *)key->pem, "-----BEGIN PUBLIC KEY-----") == NULL)
            *error = "the key is no PEM of a PUBLIC KEY";
    }
    if (*error != NULL) {
        free(key);
        key = NULL;
    }
    return key;
}

/* The key in force: counted once more, or taken out of the rules for another to be in force. */
static struct bound_token_key *take_key(struct bound_token_rules *rules,
                                        struct bound_token_key *another)
{
    struct bound_token_key *key;

    pthread_mutex_lock(&rules->lock);
    key = rules->key;
    if (another != NULL)
        rules->key = another;
    else
        key->users++;
    pthread_mutex_unlock(&rules->lock);
    return key;
}

static void give_back(struct bound_token_rules *rules, struct bound_token_key *key)
{
    unsigned users;

    pthread_mutex_lock(&rules->lock);
    users = --key->users;
    pthread_mutex_unlock(&rules->lock);
    if (users == 0)
        free(key);
}

int bound_token_open(struct bound_token_rules *rules, const char *key_file, const char *algorithm,
                     const char **error)
{
    rules->key_file = key_file;
    rules->algorithm = algorithm_from(algorithm);
    rules->key = read_key(key_file, error);
    if (*error == NULL && rules->algorithm == JWT_ALG_NONE)
        *error = "RS256, RS384, RS512, ES256, ES384 or ES512";
    return *error == NULL ? 0 : -1;
}

int bound_token_reload(struct bound_token_rules *rules, const char **error)
{
    struct bound_token_key *key = read_key(rules->key_file, error);

    if (key == NULL)
        return -1;
    give_back(rules, take_key(rules, key));
    return 0;
}

void bound_token_close(struct bound_token_rules *rules)
{
    free(rules->key);
    rules->key = NULL;
}

/* Why a token is not even verified; NULL when it may be. */
static const char *wrong_header(const struct bound_token_rules *rules, jwt_t *jwt)
{
    const char *named = jwt_get_header(jwt, "alg"), *why = NULL;
    char *text = jwt_get_headers_json(jwt, NULL);
    json_t *headers = text == NULL ? NULL : json_loads(text, JSON_REJECT_DUPLICATES, NULL);

    if (named == NULL || strcmp(named, jwt_alg_str((jwt_alg_t)rules->algorithm)) != 0)
        why = "the token names another algorithm than the configured one";
    else if (headers == NULL) /* asked for "crit" alone, libjwt says the same where there is none */
        why = "the headers of the token cannot be read";
    else if (json_object_get(headers, "crit") != NULL)
        why = "the token has critical headers (RFC 7515 4.1.11)";
    json_decref(headers);
    free(text);
    return why;
}

/* The claims of a token whose signature verifies, or NULL. */
static json_t *verified_claims(const struct bound_token_rules *rules,
                               const struct bound_token_key *key, const char *token,
                               const char **why)
{
    jwt_t *jwt = NULL;
    char *text = NULL;
    json_t *claims = NULL;

    /* The first reading looks at the header alone, so that a token that names another algorithm
     * never meets the key; the second verifies. */
    *why = jwt_decode(&jwt, token, NULL, 0) != 0 ? "the token is no JWT" : wrong_header(rules, jwt);
    jwt_free(jwt);
    jwt = NULL;
    if (*why != NULL)
        return NULL;
    if (jwt_decode(&jwt, token, key->pem, (int)key->len) != 0 ||
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

enum bound_token bound_token_check(struct bound_token_rules *rules, const char *authorization,
                                   const mtlsauth_cert *cert, const char **why)
{
    static const char scheme[] = "Bearer ";
    struct bound_token_key *key;
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
    key = take_key(rules, NULL);
    claims = verified_claims(rules, key, authorization, why);
    give_back(rules, key);
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
