/* SPDX-License-Identifier: MIT */
#include "unit.h"

#include "revocation/inquiry.h"

/* From when on a list is stale: its nextUpdate, or the age that a policy sets, whichever is first. */
START_TEST(stale_from)
{
    enum { THIS = 1000 };
    static const struct {
        const char *name;
        int64_t next_update, max_age, want;
    } rows[] = {
        {"nextUpdate", THIS + 100, INT64_MAX, THIS + 100},
        {"nextUpdate before the age", THIS + 100, 101, THIS + 100},
        {"both", THIS + 100, 100, THIS + 100},
        {"the age before nextUpdate", THIS + 100, 99, THIS + 99},
        {"no age at all", THIS + 100, 0, THIS},
        {"no nextUpdate", CRL_NO_NEXT_UPDATE, 100, THIS + 100},
        {"neither: at once", CRL_NO_NEXT_UPDATE, INT64_MAX, THIS},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct crl_facts facts = {.this_update = THIS, .next_update = rows[i].next_update};
        const struct revocation_params params = {.crl_max_age = rows[i].max_age};

        ASSERT_INT(rows[i].name, mtlsauth__crl_stale_from(&facts, &params), rows[i].want);
    }
}
END_TEST

UNIT_MAIN("revocation/inquiry", stale_from)
