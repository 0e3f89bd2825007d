/* SPDX-License-Identifier: MIT */
#include <mtlsauth/authorizer.h>

#include <inttypes.h>
#include <mtlsauth/error.h>
#include "authorizer/authorizer.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"
#include "revocation/crl_pair.h"

/* Every answer to a client, and what failed calls returned. A code that is none has no name. */
static void add_decisions(struct text *out, const struct stats *stats)
{
    mtlsauth__text_add(out, "\"decisions\":{");
    for (int code = MTLSAUTH_OK; code <= STATS_HIGHEST; code++)
        mtlsauth__text_addf(out, "%s\"%s\":%" PRIu64, code == MTLSAUTH_OK ? "" : ",",
                            mtlsauth_code_name(code), mtlsauth__stats_decisions(stats, code));
    for (int code = MTLSAUTH_ERR_ARGUMENT; code >= STATS_LOWEST; code--) {
        uint64_t count = mtlsauth__stats_decisions(stats, code);

        if (count > 0)
            mtlsauth__text_addf(out, ",\"%s\":%" PRIu64, mtlsauth_code_name(code), count);
    }
    mtlsauth__text_add(out, "}");
}

/* A time that is not there is no number. */
static void add_time(struct text *out, const char *name, int64_t time)
{
    if (time == CRL_NO_NEXT_UPDATE)
        mtlsauth__text_addf(out, ",\"%s\":null", name);
    else
        mtlsauth__text_addf(out, ",\"%s\":%" PRId64, name, time);
}

/* What denies is a complete list with its delta: the seconds are those of both. */
static void add_crl(struct text *out, const struct crl_set *set, size_t i,
                    const struct revocation_params *params, int64_t now)
{
    const mtlsauth_crl *crl = set->slots[i].crl;
    const struct crl_facts *facts = &crl->image.facts;
    struct crl_pair lists = mtlsauth__crl_set_pair(set, i);

    mtlsauth__text_add(out, "{\"issuer\":");
    mtlsauth__text_add_json(out, crl->issuer);
    mtlsauth__text_add(out, ",\"distribution_point\":");
    mtlsauth__text_add_json(out, crl->point);
    mtlsauth__text_addf(out, ",\"number\":\"%s\",\"this_update\":%" PRId64, crl->number_hex,
                        facts->this_update);
    add_time(out, "next_update", facts->next_update);
    mtlsauth__text_addf(
        out, ",\"age_seconds\":%" PRId64 ",\"seconds_to_stale\":%" PRId64 ",\"entries\":%zu}",
        now - facts->this_update, mtlsauth__crl_pair_seconds_left(&lists, params, now),
        crl->image.index.count);
}

static void add_path_cache(struct text *out, const struct stats *stats,
                           const struct snapshot *snapshot)
{
    uint64_t hits, misses;

    mtlsauth__stats_paths(stats, &hits, &misses);
    mtlsauth__text_addf(out,
                        "\"path_cache\":{\"hits\":%" PRIu64 ",\"misses\":%" PRIu64
                        ",\"entries\":%" PRIu64 "},",
                        hits, misses, mtlsauth__path_cache_entries(snapshot->paths));
}

static void add_crls(struct text *out, const struct snapshot *snapshot, int64_t now)
{
    const char *separator = "";

    mtlsauth__text_add(out, "\"crls\":[");
    for (size_t i = 0; i < snapshot->crls->count; i++) {
        if (snapshot->crls->slots[i].crl == NULL)
            continue;
        mtlsauth__text_add(out, separator);
        add_crl(out, snapshot->crls, i, &snapshot->policy->revocation, now);
        separator = ",";
    }
    mtlsauth__text_add(out, "]");
}

static uint64_t read_counter(const atomic_uint_least64_t *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

static void add_all(struct text *out, const mtlsauth_authorizer *authorizer,
                    const struct snapshot *snapshot)
{
    const struct stats *stats = &authorizer->stats;

    mtlsauth__text_addf(out, "{\"generation\":%" PRIu64 ",", snapshot->generation);
    add_decisions(out, stats);
    mtlsauth__text_add_char(out, ',');
    add_path_cache(out, stats, snapshot);
    add_crls(out, snapshot, mtlsauth__policy_now(snapshot->policy));
    mtlsauth__text_addf(out, ",\"ocsp\":{\"entries\":%zu},\"truststore\":{\"sha256\":\"%s\"",
                        snapshot->ocsp->count, snapshot->truststore->sha256_hex);
    mtlsauth__text_addf(out, ",\"certificates\":%zu}", snapshot->truststore->count);
    mtlsauth__text_addf(out, ",\"rollbacks_refused\":%" PRIu64,
                        read_counter(&stats->rollbacks_refused));
    mtlsauth__text_addf(out, ",\"refresh\":{\"succeeded\":%" PRIu64 ",\"failed\":%" PRIu64 "}}",
                        read_counter(&stats->refreshes), read_counter(&stats->failed_refreshes));
}

int mtlsauth_authorizer_stats_json(const mtlsauth_authorizer *authorizer, char *buf, size_t size,
                                   size_t *needed)
{
    struct snapshot *snapshot;
    struct text out = {0};
    int code = MTLSAUTH_OK;

    if (needed != NULL)
        *needed = 0;
    if (buf != NULL && size > 0)
        buf[0] = '\0';
    if (authorizer == NULL || (buf == NULL && size > 0))
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                              "stats_json: an authorizer and a place for it are needed");
    snapshot = mtlsauth__authorizer_acquire(authorizer);
    add_all(&out, authorizer, snapshot);
    mtlsauth__snapshot_free(snapshot);
    if (out.failed) {
        code = mtlsauth__fail_memory();
    } else {
        if (needed != NULL)
            *needed = out.len + 1;
        if (out.len < size)
            memcpy(buf, out.ptr, out.len + 1);
        else
            code = mtlsauth__fail(MTLSAUTH_ERR_LIMIT, "stats_json: %zu bytes are needed, not %zu",
                                  out.len + 1, size);
    }
    mtlsauth__text_drop(&out);
    return code;
}
