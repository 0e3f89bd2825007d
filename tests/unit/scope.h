/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_SCOPE_H
#define TESTS_UNIT_SCOPE_H

/*
 * CAs, CRL issuers and a client, lists in words, and what an authorizer makes of them: a row says
 * which lists there are and what is answered. It is 2026-06-01.
 */

#include "unit.h"
#include <unistd.h>
#include <mtlsauth/mtlsauth.h>
#include "folder.h"
#include "forge.h"
#include "support/crl_sign.h"
#include "support/trust_store.h"

#define SCOPE_NAME(cn) "30 { 31 { 30 { 06 { 55 04 03 } 0c { \"" cn "\" } } } }"
#define SCOPE_DIR(cn) "a4 { " SCOPE_NAME(cn) " }"
#define SCOPE_URI(uri) "86 { \"" uri "\" }"
#define SCOPE_FULL(names) "a0 { a0 { " names " } }"
#define SCOPE_RELATIVE(cn) "a0 { a1 { 30 { 06 { 55 04 03 } 0c { \"" cn "\" } } } }"
/* fullName: the name of issuer, and CN=cn below it. */
#define SCOPE_BELOW(issuer, cn)                                                                    \
    "a4 { 30 { 31 { 30 { 06 { 55 04 03 } 0c { \"" issuer "\" } } } "                               \
    "31 { 30 { 06 { 55 04 03 } 0c { \"" cn "\" } } } } }"
#define SCOPE_POINT(parts) "30 { " parts " }"
#define SCOPE_REASONS(bits) "81 { " bits " }"
#define SCOPE_BY(names) "a2 { " names " }"

/* keyCompromise and cACompromise, and the six others. */
#define SCOPE_TWO "05 60"
#define SCOPE_SIX "07 1f 80"

#define SCOPE_NUMBER(n) CRL_EXTENSION("55 1d 14", "02 { " n " }")
#define SCOPE_DELTA(base) CRL_CRITICAL("55 1d 1b", "02 { " base " }")
#define SCOPE_IDP(parts) SCOPE_NUMBER("07") CRL_CRITICAL("55 1d 1c", "30 { " parts " }")
#define SCOPE_USER "81 01 ff"
#define SCOPE_CA "82 01 ff"
#define SCOPE_SOME(bits) "83 { " bits " }"
#define SCOPE_INDIRECT "84 01 ff"

/* The client's serial, and another. */
#define SCOPE_SERIAL "11 00 05"
#define SCOPE_REVOKED CRL_ENTRY(SCOPE_SERIAL)
#define SCOPE_OF(cn) CRL_CRITICAL("55 1d 1d", "30 { " SCOPE_DIR(cn) " }")

enum scope_answer {
    SCOPE_GOOD = MTLSAUTH_OK,
    SCOPE_IS_REVOKED = MTLSAUTH_DENY_REVOKED,
    SCOPE_UNKNOWN = MTLSAUTH_DENY_REVOCATION_UNKNOWN,
    SCOPE_STALE = MTLSAUTH_DENY_REVOCATION_STALE
};

/* Who signs lists; the key has the number of the certificate. */
enum scope_cert {
    SCOPE_ROOT = 1,
    SCOPE_OTHER_ROOT,
    SCOPE_ISSUER,     /* "CA", of the root: it has issued the client */
    SCOPE_NEW_KEY,    /* "CA" as well, with another key, of the root */
    SCOPE_NAMESAKE,   /* "CA" as well, of the other root */
    SCOPE_LISTER,     /* "Lister", of the root: no CA, cRLSign */
    SCOPE_NO_SIGN,    /* "Lister", of the root, without cRLSign */
    SCOPE_NO_USAGE,   /* "Lister", of the root: no CA, and without a keyUsage */
    SCOPE_STRANGER,   /* "Lister", of the other root */
    SCOPE_EXPIRED,    /* "Lister", of the root, until 2026-01-01 */
    SCOPE_OWN_LISTER, /* "Own", of CA: its point names itself as cRLIssuer */
    SCOPE_ROUND,      /* "Round", of CA: its point names About as cRLIssuer */
    SCOPE_ABOUT,      /* "About", of CA: its point names Round as cRLIssuer */
    SCOPE_CIRCLE,     /* "Circle", a CA of the root: its point names Below as cRLIssuer */
    SCOPE_BELOW,      /* "Below", of Circle: cRLSign */
    SCOPE_ROLLED,     /* "CA" as well, with a new key, of CA */
    SCOPE_SAME_KEY,   /* "Lister" with the key of SCOPE_LISTER, without cRLSign */
    SCOPE_CA_NO_SIGN, /* "CA" with the key of SCOPE_ISSUER, without cRLSign */
    SCOPE_SAME_PAST,  /* "Lister" with the key of SCOPE_LISTER, until 2026-01-01 */
    SCOPE_OWN_PLAIN,  /* "Own", of CA: one point names nobody, the next one itself */
    SCOPE_OWN_ROOT,   /* "Own", of CA: one point names itself, the next one the root */
    SCOPE_OWN_TWO,    /* "Own", of CA: its point names itself and the root */
    SCOPE_NEW_PAST,   /* "CA" with the key of SCOPE_NEW_KEY, until 2026-01-01 */
    SCOPE_EXPLICIT,   /* "Lister", of the root: requires a certificate policy, and states none */
    SCOPE_LATER,      /* "Lister", of the root: the same of what stands below it */
    SCOPE_CA_ELSEWHERE, /* "CA" with the key of SCOPE_ISSUER, of the other root, without cRLSign */
    SCOPE_MIDDLE,     /* "Middle", a CA of Circle */
    SCOPE_DEEP,       /* "Deep", of Middle: cRLSign */
    SCOPE_ABOVE_DEEP, /* "Above", a CA of the root: its point names Deep as cRLIssuer */
    SCOPE_TWIN,       /* "Circle" as well, with another key, without key identifiers */
    SCOPE_COUNT
};

struct scope_list {
    enum scope_cert signer; /* 0: there is no list */
    const char *extensions; /* NULL: number 7 */
    const char *revoked;    /* NULL: the client; "-": nobody */
    const char *this_update, *next_update;
    bool opened; /* from an index: the certificate of its signer is not known */
};

struct scope_row {
    const char *name;
    const char *points; /* content of the client's crlDistributionPoints; NULL: none */
    struct scope_list lists[4];
    enum scope_answer want;
    enum scope_cert issuer;           /* of the client; 0: SCOPE_ISSUER */
    enum scope_cert intermediates[2]; /* of the authorizer */
    bool client_is_ca, client_is_v1;
    bool all_of_the_path; /* evidence of CAs, too */
    bool allow_unknown, without_number;
    bool root_is_off;        /* nobody asks about what the root has issued */
    int64_t max_age;         /* of lists; 0: any */
    bool new_key_is_trusted; /* in the truststore, as another anchor */
    unsigned signatures;     /* of a path, that the policy pays for; 0: as it is */
};

static mtlsauth_cert *scope_certs[SCOPE_COUNT];

static inline mtlsauth_cert *scope_cert_of(const struct forge *spec)
{
    struct der_build der = forge(spec);
    mtlsauth_cert *cert = NULL;

    ck_assert_msg(mtlsauth_cert_parse(&cert, der.bytes, der.len) == MTLSAUTH_OK, "%s",
                  mtlsauth_last_error());
    der_build_free(&der);
    return cert;
}

static inline struct forge_extension scope_points(const char *text, struct der_text *memory)
{
    size_t at;

    *memory = der_text("30");
    at = memory->len;
    der_text_add(memory, text);
    der_text_close(memory, at);
    return (struct forge_extension){"\x55\x1d\x1f", false, (const char *)memory->ptr, memory->len};
}

static inline void scope_setup(void)
{
    static const struct {
        const char *subject, *issuer;
        int signer;
        bool ca;
        unsigned ku;
        const char *not_after, *points;
        int key; /* 0: its own */
        const char *constraints; /* policyConstraints */
        bool no_key_ids;
    } specs[SCOPE_COUNT] = {
        [SCOPE_ROOT] = {"Root", "Root", SCOPE_ROOT, true, FORGE_KU_CA, .key = 0},
        [SCOPE_OTHER_ROOT] = {"Other", "Other", SCOPE_OTHER_ROOT, true, FORGE_KU_CA, .key = 0},
        [SCOPE_ISSUER] = {"CA", "Root", SCOPE_ROOT, true, FORGE_KU_CA, .key = 0},
        [SCOPE_NEW_KEY] = {"CA", "Root", SCOPE_ROOT, true, FORGE_KU_CA, .key = 0},
        [SCOPE_NAMESAKE] = {"CA", "Other", SCOPE_OTHER_ROOT, true, FORGE_KU_CA, .key = 0},
        [SCOPE_LISTER] = {"Lister", "Root", SCOPE_ROOT, false, 0x02, .key = 0},
        [SCOPE_NO_SIGN] = {"Lister", "Root", SCOPE_ROOT, false, FORGE_KU_SIGN, .key = 0},
        [SCOPE_NO_USAGE] = {"Lister", "Root", SCOPE_ROOT, false, 0, .key = 0},
        [SCOPE_STRANGER] = {"Lister", "Other", SCOPE_OTHER_ROOT, false, 0x02, .key = 0},
        [SCOPE_EXPIRED] = {"Lister", "Root", SCOPE_ROOT, false, 0x02, "260101000000Z", .key = 0},
        [SCOPE_OWN_LISTER] = {"Own", "CA", SCOPE_ISSUER, false, 0x02, NULL,
                              SCOPE_POINT(SCOPE_BY(SCOPE_DIR("Own"))), .key = 0},
        [SCOPE_ROUND] = {"Round", "CA", SCOPE_ISSUER, false, 0x02, NULL,
                         SCOPE_POINT(SCOPE_BY(SCOPE_DIR("About"))), .key = 0},
        [SCOPE_ABOUT] = {"About", "CA", SCOPE_ISSUER, false, 0x02, NULL,
                         SCOPE_POINT(SCOPE_BY(SCOPE_DIR("Round"))), .key = 0},
        [SCOPE_CIRCLE] = {"Circle", "Root", SCOPE_ROOT, true, FORGE_KU_CA, NULL,
                          SCOPE_POINT(SCOPE_BY(SCOPE_DIR("Below"))), .key = 0},
        [SCOPE_BELOW] = {"Below", "Circle", SCOPE_CIRCLE, false, 0x02, .key = 0},
        [SCOPE_ROLLED] = {"CA", "CA", SCOPE_ISSUER, true, FORGE_KU_CA, .key = 0},
        [SCOPE_SAME_KEY] = {"Lister", "Root", SCOPE_ROOT, false, FORGE_KU_SIGN,
                            .key = SCOPE_LISTER},
        [SCOPE_CA_NO_SIGN] = {"CA", "Root", SCOPE_ROOT, true, FORGE_KU_CERT_SIGN,
                              .key = SCOPE_ISSUER},
        [SCOPE_CA_ELSEWHERE] = {"CA", "Other", SCOPE_OTHER_ROOT, true, FORGE_KU_CERT_SIGN,
                                .key = SCOPE_ISSUER},
        [SCOPE_MIDDLE] = {"Middle", "Circle", SCOPE_CIRCLE, true, FORGE_KU_CA, .key = 0},
        [SCOPE_DEEP] = {"Deep", "Middle", SCOPE_MIDDLE, false, 0x02, .key = 0},
        [SCOPE_ABOVE_DEEP] = {"Above", "Root", SCOPE_ROOT, true, FORGE_KU_CA, NULL,
                              SCOPE_POINT(SCOPE_BY(SCOPE_DIR("Deep"))), .key = 0},
        [SCOPE_TWIN] = {"Circle", "Root", SCOPE_ROOT, true, FORGE_KU_CA, NULL,
                        SCOPE_POINT(SCOPE_BY(SCOPE_DIR("Below"))), .no_key_ids = true},
        [SCOPE_SAME_PAST] = {"Lister", "Root", SCOPE_ROOT, false, 0x02, "260101000000Z",
                             .key = SCOPE_LISTER},
        [SCOPE_NEW_PAST] = {"CA", "Root", SCOPE_ROOT, true, FORGE_KU_CA, "260101000000Z",
                            .key = SCOPE_NEW_KEY},
        [SCOPE_OWN_PLAIN] = {"Own", "CA", SCOPE_ISSUER, false, 0x02, NULL,
                             SCOPE_POINT(SCOPE_FULL(SCOPE_URI("http://a/")))
                                 SCOPE_POINT(SCOPE_BY(SCOPE_DIR("Own"))),
                             .key = 0},
        [SCOPE_OWN_ROOT] = {"Own", "CA", SCOPE_ISSUER, false, 0x02, NULL,
                            SCOPE_POINT(SCOPE_BY(SCOPE_DIR("Own")))
                                SCOPE_POINT(SCOPE_BY(SCOPE_DIR("Root"))),
                            .key = 0},
        [SCOPE_OWN_TWO] = {"Own", "CA", SCOPE_ISSUER, false, 0x02, NULL,
                           SCOPE_POINT(SCOPE_BY(SCOPE_DIR("Own") SCOPE_DIR("Root"))), .key = 0},
        [SCOPE_EXPLICIT] = {"Lister", "Root", SCOPE_ROOT, false, 0x02,
                            .constraints = "\x30\x03\x80\x01\x00"},
        [SCOPE_LATER] = {"Lister", "Root", SCOPE_ROOT, false, 0x02,
                         .constraints = "\x30\x03\x80\x01\x01"},
    };

    for (int i = 1; i < SCOPE_COUNT; i++) {
        struct der_text memory = {0};
        struct forge_extension points = {0};
        struct forge spec = {.subject = specs[i].subject, .issuer = specs[i].issuer,
                             .key = specs[i].key == 0 ? i : specs[i].key,
                             .signer = specs[i].signer, .ca = specs[i].ca, .ku = specs[i].ku,
                             .not_after = specs[i].not_after, .serial = (unsigned)i + 0x100,
                             .has_key_ids = !specs[i].no_key_ids};

        if (specs[i].points != NULL) {
            points = scope_points(specs[i].points, &memory);
            spec.extensions = &points;
            spec.extension_count = 1;
        }
        if (specs[i].constraints != NULL) {
            points = (struct forge_extension){"\x55\x1d\x24", true, specs[i].constraints, 5};
            spec.extensions = &points;
            spec.extension_count = 1;
        }
        scope_certs[i] = scope_cert_of(&spec);
        free(memory.ptr);
    }
}

static inline void scope_teardown(void)
{
    for (int i = 1; i < SCOPE_COUNT; i++)
        mtlsauth_cert_free(scope_certs[i]);
}

static inline mtlsauth_chain *scope_chain_of(mtlsauth_cert *const certs[], size_t count)
{
    const void *ders[16];
    size_t lens[16];
    mtlsauth_chain *chain;

    ck_assert_uint_le(count, COUNT_OF(ders));
    for (size_t i = 0; i < count; i++)
        ders[i] = mtlsauth_cert_der(certs[i], &lens[i]);
    ck_assert_msg(mtlsauth_chain_from_der(&chain, ders, lens, count) == MTLSAUTH_OK, "%s",
                  mtlsauth_last_error());
    return chain;
}

/* The number of a CA's key. */
static inline int scope_key_of(enum scope_cert issuer)
{
    return issuer == SCOPE_CA_NO_SIGN || issuer == SCOPE_CA_ELSEWHERE ? SCOPE_ISSUER : (int)issuer;
}

/* The client and the CA that has issued it. */
static inline mtlsauth_chain *scope_chain(const struct scope_row *row)
{
    enum scope_cert issuer = row->issuer == 0 ? SCOPE_ISSUER : row->issuer;
    struct der_text memory = {0};
    struct forge_extension points = {0};
    struct forge spec = {.subject = "client", .key = 100, .serial = 5, .ca = row->client_is_ca,
                         .issuer = mtlsauth_cert_subject(scope_certs[issuer]) + strlen("CN="),
                         .signer = scope_key_of(issuer),
                         .ku = row->client_is_v1 ? 0 : row->client_is_ca ? 0x86 : FORGE_KU_SIGN,
                         .v1 = row->client_is_v1};
    mtlsauth_cert *certs[2] = {NULL, scope_certs[issuer]};
    mtlsauth_chain *chain;

    if (row->points != NULL) {
        points = scope_points(row->points, &memory);
        spec.extensions = &points;
        spec.extension_count = 1;
    }
    certs[0] = scope_cert_of(&spec);
    chain = scope_chain_of(certs, 2);
    mtlsauth_cert_free(certs[0]);
    free(memory.ptr);
    return chain;
}

/* The list as it comes out of an index. */
static inline mtlsauth_crl *scope_opened(mtlsauth_crl *crl)
{
    static const char key[] = "sixteen octets, or more";
    static char folder[FOLDER_ROOM];
    char path[FOLDER_ROOM + 8];
    mtlsauth_crl *opened;

    if (*folder == '\0')
        folder_make(folder);
    snprintf(path, sizeof path, "%s/x.idx", folder);
    ck_assert_msg(mtlsauth_crl_save(crl, path, key, sizeof key) == MTLSAUTH_OK, "%s",
                  mtlsauth_last_error());
    ck_assert_msg(mtlsauth_crl_open_file(&opened, path, key, sizeof key) == MTLSAUTH_OK, "%s",
                  mtlsauth_last_error());
    unlink(path);
    mtlsauth_crl_free(crl);
    return opened;
}

static inline mtlsauth_crl *scope_crl(const char *row, const struct scope_list *list,
                                      const mtlsauth_policy *policy)
{
    char issuer[128];
    struct crl_text parts = {.issuer = issuer, .extensions = list->extensions,
                             .revoked = crl_text_or(list->revoked, SCOPE_REVOKED),
                             .this_update = list->this_update, .next_update = list->next_update};
    struct der_text text;
    mtlsauth_crl *crl = NULL;

    snprintf(issuer, sizeof issuer, SCOPE_NAME("%s"),
             mtlsauth_cert_subject(scope_certs[list->signer]) + strlen("CN="));
    text = crl_signed(&parts, forge_key((int)list->signer));
    ck_assert_msg(mtlsauth_crl_load(&crl, text.ptr, text.len, scope_certs[list->signer], policy,
                                    NULL) == MTLSAUTH_OK,
                  "%s: %s", row, mtlsauth_last_error());
    free(text.ptr);
    return list->opened ? scope_opened(crl) : crl;
}

static inline mtlsauth_policy *scope_policy(const struct scope_row *row)
{
    mtlsauth_policy *policy;

    ck_assert_int_eq(mtlsauth_policy_new(&policy, MTLSAUTH_PROFILE_API_GATEWAY), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth_policy_set_time(policy, 1780272000), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth_policy_allow_any(policy, "any"), MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth_policy_set_revocation(policy, MTLSAUTH_EVIDENCE_CRL,
                                                    row->all_of_the_path ? MTLSAUTH_DEPTH_CHAIN
                                                                         : MTLSAUTH_DEPTH_LEAF),
                     MTLSAUTH_OK);
    if (row->max_age != 0)
        ck_assert_int_eq(mtlsauth_policy_set_crl_max_age(policy, row->max_age), MTLSAUTH_OK);
    if (row->signatures != 0)
        ck_assert_int_eq(mtlsauth_policy_set_budget(policy, row->signatures,
                                                    MTLSAUTH_DEFAULT_BUDGET_STEPS,
                                                    MTLSAUTH_DEFAULT_BUDGET_NAMES),
                         MTLSAUTH_OK);
    if (row->root_is_off)
        ck_assert_int_eq(mtlsauth_policy_set_revocation_for_issuer(
                             policy, mtlsauth_cert_spki_sha256(scope_certs[SCOPE_ROOT]),
                             MTLSAUTH_EVIDENCE_OFF),
                         MTLSAUTH_OK);
    ck_assert_int_eq(mtlsauth_policy_set_insecure_crl_without_number(policy, row->without_number),
                     MTLSAUTH_OK);
    ck_assert_int_eq(
        mtlsauth_policy_set_insecure_allow_unknown_revocation(policy, row->allow_unknown),
        MTLSAUTH_OK);
    return policy;
}

static inline mtlsauth_truststore *scope_truststore(bool with_new_key)
{
    mtlsauth_cert *const anchors[] = {scope_certs[SCOPE_ROOT], scope_certs[SCOPE_OTHER_ROOT],
                                      scope_certs[SCOPE_NEW_KEY]};

    return trust_store(anchors, COUNT_OF(anchors) - (with_new_key ? 0 : 1));
}

static inline mtlsauth_authorizer *scope_authorizer(const mtlsauth_policy *policy,
                                                    bool with_new_key)
{
    mtlsauth_truststore *store = scope_truststore(with_new_key);
    mtlsauth_authorizer *authorizer;

    ck_assert_int_eq(mtlsauth_authorizer_new(&authorizer, store, policy), MTLSAUTH_OK);
    mtlsauth_truststore_free(store);
    return authorizer;
}

static inline void scope_put_intermediates(mtlsauth_authorizer *authorizer,
                                           const struct scope_row *row)
{
    mtlsauth_cert *certs[COUNT_OF(row->intermediates)];
    mtlsauth_chain *chain;
    size_t count = 0;

    while (count < COUNT_OF(certs) && row->intermediates[count] != 0) {
        certs[count] = scope_certs[row->intermediates[count]];
        count++;
    }
    if (count == 0)
        return;
    chain = scope_chain_of(certs, count);
    ck_assert_int_eq(mtlsauth_authorizer_set_intermediates(authorizer, chain), MTLSAUTH_OK);
    mtlsauth_chain_free(chain);
}

/* The answer with the lists put in their order, or in the other one. */
static inline int scope_answer_of(const struct scope_row *row, bool backwards,
                                  char message[512])
{
    mtlsauth_policy *policy = scope_policy(row);
    mtlsauth_authorizer *authorizer = scope_authorizer(policy, row->new_key_is_trusted);
    mtlsauth_chain *chain = scope_chain(row);
    mtlsauth_decision *decision;
    int code;

    scope_put_intermediates(authorizer, row);
    for (size_t n = 0; n < COUNT_OF(row->lists); n++) {
        const struct scope_list *list =
            &row->lists[backwards ? COUNT_OF(row->lists) - 1 - n : n];
        mtlsauth_crl *crl;

        if (list->signer == 0)
            continue;
        crl = scope_crl(row->name, list, policy);
        ck_assert_msg(mtlsauth_authorizer_put_crl(authorizer, crl) == MTLSAUTH_OK, "%s: %s",
                      row->name, mtlsauth_last_error());
        mtlsauth_crl_free(crl);
    }
    ck_assert_int_eq(mtlsauth_decision_new(&decision), MTLSAUTH_OK);
    code = mtlsauth_authorize(authorizer, chain, decision);
    snprintf(message, 512, "%s", mtlsauth_decision_message(decision));
    mtlsauth_decision_free(decision);
    mtlsauth_chain_free(chain);
    mtlsauth_authorizer_free(authorizer);
    mtlsauth_policy_free(policy);
    return code;
}

static inline void scope_check(const struct scope_row *rows, size_t count)
{
    scope_setup();
    for (size_t i = 0; i < count; i++)
        for (int backwards = 0; backwards < 2; backwards++) {
            char message[512];
            int code = scope_answer_of(&rows[i], backwards != 0, message);

            ck_assert_msg(code == (int)rows[i].want, "%s%s: %s, not %s: %s", rows[i].name,
                          backwards ? " (backwards)" : "", mtlsauth_code_name(code),
                          mtlsauth_code_name((int)rows[i].want), message);
        }
    scope_teardown();
}

#endif
