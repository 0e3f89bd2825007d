/* SPDX-License-Identifier: MIT */
/* A list that has a client twice, on hold and revoked for good, and a delta that ends the hold. */
#include "scope.h"

#define ENTRY(date, extensions) "30 { 02 { " SCOPE_SERIAL " } 17 { \"" date "\" } " extensions " }"
#define WITH(reason) "30 { " CRL_REASON(reason) " }"
#define HOLD(date) ENTRY(date, WITH("06"))
#define REMOVE CRL_ENTRY_WITH(SCOPE_SERIAL, CRL_REASON("08"))
#define FIRST "260101000000Z"
#define SECOND "260102000000Z"
#define BASE(entries)                                                                              \
    {                                                                                              \
        .signer = SCOPE_ISSUER, .extensions = SCOPE_NUMBER("05"), .revoked = entries               \
    }
#define DELTA                                                                                      \
    {                                                                                              \
        .signer = SCOPE_ISSUER, .extensions = SCOPE_NUMBER("07") SCOPE_DELTA("05"),                \
        .revoked = REMOVE                                                                          \
    }
#define OPENED(entries)                                                                            \
    {                                                                                              \
        .signer = SCOPE_ISSUER, .extensions = SCOPE_NUMBER("05"), .revoked = entries,              \
        .opened = true                                                                             \
    }

/* RFC 5280 5.3.1: only a hold ends. */
START_TEST(what_is_for_good_does_not_end)
{
    static const struct scope_row rows[] = {
        {.name = "on hold alone", .lists = {BASE(HOLD(FIRST)), DELTA}, .want = SCOPE_GOOD},
        {.name = "on hold twice",
         .lists = {BASE(HOLD(FIRST) HOLD(SECOND)), DELTA},
         .want = SCOPE_GOOD},
        {.name = "revoked later",
         .lists = {BASE(HOLD(FIRST) ENTRY(SECOND, WITH("01"))), DELTA},
         .want = SCOPE_IS_REVOKED},
        {.name = "revoked later, and listed first",
         .lists = {BASE(ENTRY(SECOND, WITH("01")) HOLD(FIRST)), DELTA},
         .want = SCOPE_IS_REVOKED},
        {.name = "revoked at the same time, without a reason",
         .lists = {BASE(HOLD(FIRST) ENTRY(FIRST, "")), DELTA},
         .want = SCOPE_IS_REVOKED},
        {.name = "out of an index",
         .lists = {OPENED(HOLD(FIRST) ENTRY(SECOND, WITH("01"))), DELTA},
         .want = SCOPE_IS_REVOKED},
    };

    scope_check(rows, COUNT_OF(rows));
}
END_TEST

UNIT_MAIN("revocation_doubled", what_is_for_good_does_not_end)
