/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include <mtlsauth/error.h>
#include "base/memory.h"
#include "base/text.h"
#include "cert/name.h"
#include "revocation/issuers.h"
#include "support/der_text.h"

/* A Name of one CN, of so many characters; the text is the caller's. */
static struct der_text name_of(const char *begin, size_t len)
{
    struct der_text name = {0};
    char source[256];

    ck_assert_int_lt(snprintf(source, sizeof source,
                              "30 { 31 { 30 { 06 { 55 04 03 } 0c { \"%s\" 61 * %zu } } } }", begin,
                              len - strlen(begin)),
                     (int)sizeof source);
    der_text_add(&name, source);
    return name;
}

static int add(struct crl_issuers *issuers, const struct der_text *name, uint32_t *number)
{
    const char *why;

    return mtlsauth__crl_issuers_add(issuers, span_of(name->ptr, name->len), number, &why);
}

static bool is_there(const struct crl_issuers *issuers, const struct der_text *name,
                     uint32_t *number)
{
    struct text canonical = {0};
    bool found;

    ck_assert_int_eq(mtlsauth__name_canonical(&canonical, span_of(name->ptr, name->len)), NAME_OK);
    found = mtlsauth__crl_issuers_find(issuers, span_of(canonical.ptr, canonical.len), number);
    mtlsauth__text_drop(&canonical);
    return found;
}

/* Whatever order they come in: each name is found, and no other. */
START_TEST(names_and_numbers)
{
    enum { NAMES = 61 };
    struct crl_issuers issuers = {0};
    struct der_text names[NAMES + 1];
    struct der_text all = {0};
    uint32_t number;

    for (unsigned i = 0; i <= NAMES; i++) {
        char begin[16];

        /* Scattered, of several lengths. */
        ck_assert_int_gt(snprintf(begin, sizeof begin, "%u.", i * 37 % NAMES + i / NAMES * NAMES),
                         0);
        names[i] = name_of(begin, 4 + i % 3 * 60);
    }
    for (unsigned i = 0; i < NAMES; i++) {
        for (unsigned n = 0; n <= NAMES; n++) {
            number = 77;
            ck_assert_msg(is_there(&issuers, &names[n], &number) == (n < i), "%u of %u", n, i);
            ck_assert_uint_eq(number, n < i ? n + 1 : 77);
        }
        for (unsigned again = 0; again < 2; again++) {
            ck_assert_int_eq(add(&issuers, &names[i], &number), MTLSAUTH_OK);
            ck_assert_uint_eq(number, i + 1);
            ck_assert_uint_eq(issuers.count, i + 1);
        }
        all.ptr = realloc(all.ptr, all.len + names[i].len);
        ck_assert_ptr_nonnull(all.ptr);
        memcpy(all.ptr + all.len, names[i].ptr, names[i].len);
        all.len += names[i].len;
        ck_assert_uint_eq(issuers.len, all.len);
        ck_assert_mem_eq(issuers.names, all.ptr, all.len);
    }
    for (unsigned i = 0; i <= NAMES; i++)
        free(names[i].ptr);
    free(all.ptr);
    mtlsauth__crl_issuers_drop(&issuers);
    ck_assert_uint_eq(issuers.count, 0);
}
END_TEST

START_TEST(what_is_no_name)
{
    static const struct {
        const char *name;
        int code;
    } rows[] = {
        {"30 { 31 { 30 { 06 { 55 04 03 } 0c { \"CA\" } } } }", MTLSAUTH_OK},
        /* empty */
        {"30 00", MTLSAUTH_ERR_PARSE},
        {"30 { 31 00 }", MTLSAUTH_ERR_PARSE},
        {"04 00", MTLSAUTH_ERR_PARSE},
        {"30 { 31 { 30 { 06 { 55 04 03 } } } }", MTLSAUTH_ERR_PARSE},
        /* a good RDN, and one that is none */
        {"30 { 31 { 30 { 06 { 55 04 03 } 0c { \"CA\" } } } 04 00 }", MTLSAUTH_ERR_PARSE},
        /* NUL */
        {"30 { 31 { 30 { 06 { 55 04 03 } 0c { \"CA\" 00 } } } }", MTLSAUTH_ERR_PARSE},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct crl_issuers issuers = {0};
        struct der_text name = {0};
        const char *why = NULL;
        uint32_t number = 77;

        der_text_add(&name, rows[i].name);
        ASSERT_INT(rows[i].name,
                   mtlsauth__crl_issuers_add(&issuers, span_of(name.ptr, name.len), &number, &why),
                   rows[i].code);
        ASSERT_INT(rows[i].name, number, rows[i].code == MTLSAUTH_OK);
        ASSERT_INT(rows[i].name, issuers.count, rows[i].code == MTLSAUTH_OK);
        ASSERT_TRUE(rows[i].name, strstr(why, "certificateIssuer") != NULL);
        free(name.ptr);
        mtlsauth__crl_issuers_drop(&issuers);
    }
}
END_TEST

START_TEST(no_more_issuers_than_any_list_needs)
{
    struct crl_issuers issuers = {0};
    struct der_text name;
    uint32_t number;
    char begin[16];

    for (unsigned i = 0; i <= CRL_MAX_ISSUERS; i++) {
        ck_assert_int_gt(snprintf(begin, sizeof begin, "%u.", i), 0);
        name = name_of(begin, 8);
        ck_assert_int_eq(add(&issuers, &name, &number),
                         i < CRL_MAX_ISSUERS ? MTLSAUTH_OK : MTLSAUTH_ERR_LIMIT);
        ck_assert_uint_eq(number, i < CRL_MAX_ISSUERS ? i + 1 : 0);
        free(name.ptr);
    }
    ck_assert_uint_eq(issuers.count, CRL_MAX_ISSUERS);
    /* What is there needs no room. */
    name = name_of("9.", 8);
    ck_assert_int_eq(add(&issuers, &name, &number), MTLSAUTH_OK);
    ck_assert_uint_eq(number, 10);
    free(name.ptr);
    mtlsauth__crl_issuers_drop(&issuers);
}
END_TEST

START_TEST(no_more_octets_than_any_list_needs)
{
    enum { LONG = 200000, LIKE_THE_REST = 40000 };
    struct crl_issuers issuers = {0};
    struct der_text name = name_of("z", LIKE_THE_REST);
    size_t around = name.len - LIKE_THE_REST;
    uint32_t number;

    free(name.ptr);
    for (unsigned i = 0; i < 5; i++) {
        const char begin[] = {(char)('a' + i), '\0'};

        name = name_of(begin, LONG);
        ck_assert_int_eq(add(&issuers, &name, &number), MTLSAUTH_OK);
        free(name.ptr);
    }
    for (size_t more = 2; more-- > 0;) {
        name = name_of("z", CRL_MAX_ISSUER_OCTETS - issuers.len - around + more);
        ck_assert_int_eq(add(&issuers, &name, &number),
                         more > 0 ? MTLSAUTH_ERR_LIMIT : MTLSAUTH_OK);
        free(name.ptr);
    }
    ck_assert_uint_eq(issuers.len, CRL_MAX_ISSUER_OCTETS);
    mtlsauth__crl_issuers_drop(&issuers);
}
END_TEST

UNIT_MAIN("revocation/issuers", names_and_numbers, what_is_no_name,
          no_more_issuers_than_any_list_needs, no_more_octets_than_any_list_needs)
