/* SPDX-License-Identifier: MIT */
#include "trust.h"

enum { ROOT, OTHER_ROOT, MIDDLE, LEAF, COUNT };

/* Two roots of one name. */
static const struct pki_cert words[COUNT] = {
    [ROOT] = {.subject = "Root",
              .issuer = "Root",
              .key = 1,
              .signer = 1,
              .ca = true,
              .no_key_ids = true,
              .constraints = "-dns:bad.example"},
    [OTHER_ROOT] = {.subject = "Root",
                    .issuer = "Root",
                    .key = 4,
                    .signer = 4,
                    .ca = true,
                    .no_key_ids = true},
    [MIDDLE] = {.subject = "Middle",
                .issuer = "Root",
                .key = 2,
                .signer = 1,
                .ca = true,
                .no_key_ids = true},
    [LEAF] = {.subject = "leaf",
              .issuer = "Middle",
              .key = 3,
              .signer = 2,
              .no_key_ids = true,
              .names = "dns:good.example"},
};

static mtlsauth_cert *cert_with(const struct pki_cert *from, const char *names, bool broken)
{
    struct pki_cert changed = *from;

    changed.broken = broken;
    if (names != NULL)
        changed.names = names;
    return trust_cert(&changed);
}

static void remember(struct issuer_cache *known, mtlsauth_cert *cert, const mtlsauth_cert *issuer)
{
    struct x509 *x509;

    ck_assert_int_eq(mtlsauth__x509_new(&x509, &cert->view), CRYPTO_YES);
    mtlsauth__issuer_cache_put(known, cert, x509, issuer);
    mtlsauth__x509_free(x509);
}

static int find_among(mtlsauth_cert *root, mtlsauth_cert *const pool[], size_t count,
                      mtlsauth_cert *leaf, const struct path_params *params,
                      struct issuer_cache *known)
{
    mtlsauth_truststore *truststore = trust_store(&root, 1);
    struct verified_path path;
    struct reason reason;
    int code = mtlsauth__path_find(truststore, leaf, pool, count, params, TRUST_NOW, known, &path,
                                   &reason);

    mtlsauth__verified_path_clear(&path);
    mtlsauth_truststore_free(truststore);
    return code;
}

static int find(mtlsauth_cert *root, mtlsauth_cert *middle, mtlsauth_cert *leaf,
                struct issuer_cache *known)
{
    struct path_params params = trust_params(MTLSAUTH_PROFILE_API_GATEWAY);

    return find_among(root, &middle, 1, leaf, &params, known);
}

/* What was checked is not checked again, and nothing else is saved. */
START_TEST(a_signature_is_checked_once)
{
    enum { OK = MTLSAUTH_OK, BAD = MTLSAUTH_DENY_BAD_SIGNATURE };
    static const struct {
        const char *name;
        bool broken_middle, broken_leaf;
        int root, signed_by; /* the one in the store, and the one that was noted; -1: nothing */
        const char *names;
        int code;
    } rows[] = {
        {"as it should be", false, false, ROOT, -1, NULL, OK},
        {"a broken one is found out", true, false, ROOT, -1, NULL, BAD},
        {"noted as checked", true, false, ROOT, ROOT, NULL, OK},
        {"checked with another key", true, false, ROOT, OTHER_ROOT, NULL, BAD},
        {"another root of the name", true, false, OTHER_ROOT, ROOT, NULL, BAD},
        {"a good one, another root", false, false, OTHER_ROOT, ROOT, NULL, BAD},
        {"a leaf is checked each time", false, true, ROOT, ROOT, NULL, BAD},
        {"the root's constraints hold", false, false, ROOT, ROOT, "dns:x.bad.example",
         MTLSAUTH_DENY_NAME_CONSTRAINTS},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct issuer_cache *known = mtlsauth__issuer_cache_new();
        mtlsauth_cert *roots[] = {trust_cert(&words[ROOT]), trust_cert(&words[OTHER_ROOT])};
        mtlsauth_cert *middle = cert_with(&words[MIDDLE], NULL, rows[i].broken_middle);
        mtlsauth_cert *leaf = cert_with(&words[LEAF], rows[i].names, rows[i].broken_leaf);

        ck_assert_ptr_nonnull(known);
        if (rows[i].signed_by >= 0)
            remember(known, middle, roots[rows[i].signed_by]);
        ASSERT_INT(rows[i].name, find(roots[rows[i].root], middle, leaf, known), rows[i].code);
        mtlsauth__issuer_cache_free(known);
        trust_free((mtlsauth_cert *[]){roots[0], roots[1], middle, leaf}, 4);
    }
}
END_TEST

/* Those of a path that holds, and of no other. */
START_TEST(what_is_remembered)
{
    struct issuer_cache *known = mtlsauth__issuer_cache_new();
    mtlsauth_cert *certs[COUNT], *bad, *found;
    struct x509 *x509;

    for (size_t i = 0; i < COUNT; i++)
        certs[i] = trust_cert(&words[i]);
    bad = cert_with(&words[LEAF], "dns:bad.example", false);
    ck_assert_int_eq(find(certs[ROOT], certs[MIDDLE], bad, known), MTLSAUTH_DENY_NAME_CONSTRAINTS);
    ck_assert_ptr_null(mtlsauth__issuer_cache_cert(known, certs[MIDDLE]->view.whole));
    ck_assert_int_eq(find(certs[ROOT], certs[MIDDLE], certs[LEAF], known), MTLSAUTH_OK);
    found = mtlsauth__issuer_cache_cert(known, certs[MIDDLE]->view.whole);
    ck_assert_ptr_eq(found, certs[MIDDLE]);
    x509 = mtlsauth__issuer_cache_x509(known, certs[MIDDLE]);
    ck_assert_ptr_nonnull(x509);
    ck_assert(mtlsauth__issuer_cache_is_signed(known, certs[MIDDLE], certs[ROOT]));
    ck_assert(!mtlsauth__issuer_cache_is_signed(known, certs[MIDDLE], certs[OTHER_ROOT]));
    ck_assert_ptr_null(mtlsauth__issuer_cache_cert(known, certs[LEAF]->view.whole));
    ck_assert_ptr_null(mtlsauth__issuer_cache_cert(known, certs[ROOT]->view.whole));
    ck_assert_ptr_null(mtlsauth__issuer_cache_x509(known, certs[ROOT]));
    mtlsauth__issuer_cache_free(known);
    /* What was handed out outlives it. */
    ck_assert_ptr_nonnull(mtlsauth__x509_key(x509));
    mtlsauth__x509_free(x509);
    mtlsauth_cert_free(found);
    mtlsauth_cert_free(bad);
    trust_free(certs, COUNT);
    mtlsauth__issuer_cache_free(NULL);
}
END_TEST

/* A signature that is on many paths is counted once, whether it was known before or not: three
 * certificates of CA "A" below "B", of which the last permits the name of the leaf. */
START_TEST(what_is_known_costs_no_more)
{
    enum { VARIANTS = 3, NEEDED = 2 + 1 + 2 * VARIANTS - 1 };
    struct path_params params = trust_params(MTLSAUTH_PROFILE_API_GATEWAY);
    struct issuer_cache *known = mtlsauth__issuer_cache_new();
    mtlsauth_cert *certs[VARIANTS + 4];
    mtlsauth_cert **pool = certs + 3;

    certs[0] = trust_cert(&words[ROOT]);
    certs[1] = trust_cert(&(const struct pki_cert){
        .subject = "leaf", .issuer = "A", .key = 5, .signer = 3, .names = "dns:good.example"});
    certs[2] = trust_cert(&(const struct pki_cert){
        .subject = "other", .issuer = "A", .key = 6, .signer = 3, .names = "dns:a.example"});
    pool[0] = trust_cert(&(const struct pki_cert){
        .subject = "B", .issuer = "Root", .key = 2, .signer = 1, .ca = true});
    for (unsigned i = 1; i <= VARIANTS; i++) {
        const char serial = (char)i;

        pool[i] = trust_cert(&(const struct pki_cert){
            .subject = "A", .issuer = "B", .key = 3, .signer = 2, .ca = true, .serial = &serial,
            .serial_len = 1,
            .constraints = i == VARIANTS ? "+dns:good.example" : "+dns:a.example"});
    }
    for (unsigned i = 1; i < VARIANTS; i++)
        ck_assert_int_eq(find_among(certs[0], (mtlsauth_cert *[]){pool[0], pool[i]}, 2, certs[2],
                                    &params, known),
                         MTLSAUTH_OK);
    for (params.budget_signatures = 1; params.budget_signatures <= NEEDED + 2;
         params.budget_signatures++) {
        int code = find_among(certs[0], pool, VARIANTS + 1, certs[1], &params, NULL);

        ASSERT_INT("cold", code,
                   params.budget_signatures < NEEDED ? MTLSAUTH_DENY_BUDGET : MTLSAUTH_OK);
        ASSERT_INT("warm", find_among(certs[0], pool, VARIANTS + 1, certs[1], &params, known),
                   code);
        if (code == MTLSAUTH_OK)
            break; /* what it has found is known from here on */
    }
    mtlsauth__issuer_cache_free(known);
    trust_free(certs, COUNT_OF(certs));
}
END_TEST

/* Bounded: more of them push the oldest out, and the one in use stays. */
START_TEST(the_oldest_go)
{
    enum { MANY = 3000 };
    struct issuer_cache *known = mtlsauth__issuer_cache_new();
    mtlsauth_cert *root = trust_cert(&words[ROOT]), *used = trust_cert(&words[MIDDLE]);
    mtlsauth_cert **others = calloc(MANY, sizeof(mtlsauth_cert *));
    struct x509 *x509;
    size_t left = 0;

    ck_assert_ptr_nonnull(others);
    ck_assert_int_eq(mtlsauth__x509_new(&x509, &used->view), CRYPTO_YES);
    mtlsauth__issuer_cache_put(known, used, x509, root);
    for (size_t i = 0; i < MANY; i++) {
        const char serial[] = {0x20, (char)(i >> 7 & 0x7f), (char)(i & 0x7f)};
        struct pki_cert other = words[MIDDLE];

        other.serial = serial;
        other.serial_len = sizeof serial;
        others[i] = trust_cert(&other);
        /* libcrypto's view of another: nobody looks at it here. */
        mtlsauth__issuer_cache_put(known, others[i], x509, root);
        if (!mtlsauth__issuer_cache_is_signed(known, used, root))
            ck_abort_msg("after %zu", i);
    }
    for (size_t i = 0; i < MANY; i++)
        left += mtlsauth__issuer_cache_is_signed(known, others[i], root);
    ck_assert_uint_gt(left, 500);
    ck_assert_uint_lt(left, 1024);
    mtlsauth__x509_free(x509);
    mtlsauth__issuer_cache_free(known);
    trust_free(others, MANY);
    free(others);
    trust_free((mtlsauth_cert *[]){root, used}, 2);
}
END_TEST

UNIT_MAIN("trust/issuer_cache", a_signature_is_checked_once, what_is_remembered,
          what_is_known_costs_no_more, the_oldest_go)
