/* SPDX-License-Identifier: MIT */
/* How long a list counts: nextUpdate, the grace behind it, and the maximum age, which no grace
 * moves. */
#include "unit.h"

#include "revocation/crl_pair.h"

#define DAY INT64_C(86400)
#define FROM (1000 * DAY)
#define NEVER CRL_NO_NEXT_UPDATE

/* The last time at which a list counts, and since when it is said to be stale. */
START_TEST(last_time)
{
    static const struct {
        const char *name;
        int64_t next_update, max_age, grace, until, stale_from;
    } rows[] = {
        {"nextUpdate", FROM + 7 * DAY, INT64_MAX, 0, FROM + 7 * DAY, FROM + 7 * DAY},
        {"a grace", FROM + 7 * DAY, INT64_MAX, DAY, FROM + 8 * DAY, FROM + 7 * DAY},
        {"a shorter age", FROM + 7 * DAY, DAY, 0, FROM + DAY, FROM + DAY},
        {"a shorter age and a grace", FROM + 7 * DAY, DAY, 5 * DAY, FROM + DAY, FROM + DAY},
        {"the age ends within the grace", FROM + 7 * DAY, 8 * DAY, 5 * DAY, FROM + 8 * DAY,
         FROM + 7 * DAY},
        {"the age ends with the list", FROM + 7 * DAY, 7 * DAY, DAY, FROM + 7 * DAY,
         FROM + 7 * DAY},
        {"a longer age", FROM + 7 * DAY, 30 * DAY, DAY, FROM + 8 * DAY, FROM + 7 * DAY},
        {"an age that no time has", FROM + 7 * DAY, INT64_MAX - 1, DAY, FROM + 8 * DAY,
         FROM + 7 * DAY},
        {"no nextUpdate", NEVER, 3 * DAY, 0, FROM + 3 * DAY, FROM + 3 * DAY},
        {"no nextUpdate, a grace", NEVER, 3 * DAY, DAY, FROM + 3 * DAY, FROM + 3 * DAY},
        {"no nextUpdate, an age that no time has", NEVER, INT64_MAX - 1, DAY, FROM + INT64_MAX / 4,
         FROM + INT64_MAX / 4},
        {"no nextUpdate and no age", NEVER, INT64_MAX, DAY, FROM, FROM},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct crl_facts facts = {.this_update = FROM, .next_update = rows[i].next_update};
        const struct revocation_params params = {.crl_max_age = rows[i].max_age,
                                                 .grace = rows[i].grace};

        ASSERT_INT(rows[i].name, mtlsauth__crl_counts_until(&facts, &params), rows[i].until);
        ASSERT_INT(rows[i].name, mtlsauth__crl_stale_from(&facts, &params), rows[i].stale_from);
    }
}
END_TEST

UNIT_MAIN("revocation/age", last_time)
