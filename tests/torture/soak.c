/* SPDX-License-Identifier: MIT */
/*
 * A writer and readers: soak [--seconds N] [--readers N] [--interval MILLISECONDS] [--replace N]
 *
 * The writer changes truststore, lists and policy between two states each, in every way that there
 * is: files and refresh, update, put_crl. It notes what the next generation will say before it
 * makes it. Each reader asks about three clients, and every answer has to be the one of the
 * generation that the decision names: an answer from two generations would be none of them. Old
 * snapshots have to be freed, and the memory of the process stays what it is.
 *
 * --replace N puts N lists one after the other; each has to be in use as soon as the call returns.
 */
#include "support/reload.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <time.h>
#include "revocation/crl.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

enum { MAX_READERS = 16, GENERATIONS = 1 << 16, OLD_LISTS = 8 };

/* Room for what malloc and libcrypto keep for themselves; a leaked snapshot a turn is far more. */
#define RSS_GROWTH (6L << 20)

/* What a generation says, as bits; and that it is the generation of this number. */
enum { STORE_B = 1, LIST_B = 2, POLICY_B = 4 };

static struct {
    unsigned seconds, readers, interval, replace;
} options = {.seconds = 5, .readers = 2, .interval = 100};

static _Atomic uint64_t expected[GENERATIONS]; /* generation * 8 + bits */
static atomic_bool stop;
static atomic_ullong answers;
static mtlsauth_truststore *both_store;
static mtlsauth_policy *policies[2];
static mtlsauth_crl *old_lists[OLD_LISTS];
static unsigned list_number, state;

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void pause_ms(unsigned ms)
{
    struct timespec rest = {.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000};

    nanosleep(&rest, NULL);
}

static long rss(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    long size = 0, pages = 0;

    if (file != NULL && fscanf(file, "%ld %ld", &size, &pages) != 2)
        pages = 0;
    if (file != NULL)
        fclose(file);
    return pages * sysconf(_SC_PAGESIZE);
}

/* --- Readers ---------------------------------------------------------------------------------- */

static void wrong(const char *what, const mtlsauth_decision *decision, unsigned bits)
{
    fprintf(stderr, "%s: generation %llu (state %u) says %s, label \"%s\": %s\n", what,
            (unsigned long long)mtlsauth_decision_generation(decision), bits,
            mtlsauth_code_name(mtlsauth_decision_code(decision)),
            mtlsauth_decision_label(decision), mtlsauth_decision_message(decision));
    abort();
}

static void ask(const char *who, const mtlsauth_chain *chain, mtlsauth_decision *decision,
                const int want[2], unsigned bit)
{
    int code = mtlsauth_authorize(authorizer, chain, decision), wanted;
    uint64_t of = mtlsauth_decision_generation(decision);
    uint64_t said = atomic_load_explicit(&expected[of % GENERATIONS], memory_order_acquire);
    unsigned bits = (unsigned)(said & 7);

    if (said >> 3 != of)
        wrong("a generation that nobody has made", decision, bits);
    wanted = want[(bits & bit) != 0];
    if (code != wanted || mtlsauth_decision_allowed(decision) != (code == MTLSAUTH_OK))
        wrong(who, decision, bits);
    if (code == MTLSAUTH_OK &&
        strcmp(mtlsauth_decision_label(decision), bits & POLICY_B ? "b" : "a") != 0)
        wrong("the label", decision, bits);
    if (strcmp(mtlsauth_decision_truststore_sha256(decision),
               mtlsauth_truststore_sha256_hex(bits & STORE_B ? both_store : root_store)) != 0)
        wrong("the truststore", decision, bits);
    atomic_fetch_add_explicit(&answers, 1, memory_order_relaxed);
}

static void *reader(void *unused)
{
    static const int revoked_in_a[2] = {MTLSAUTH_DENY_REVOKED, MTLSAUTH_OK};
    static const int revoked_in_b[2] = {MTLSAUTH_OK, MTLSAUTH_DENY_REVOKED};
    static const int unknown_in_a[2] = {MTLSAUTH_DENY_ISSUER_NOT_FOUND,
                                        MTLSAUTH_DENY_REVOCATION_UNKNOWN};
    uint64_t last = 0;
    mtlsauth_decision *decision;
    char stats[8192];

    (void)unused;
    if (mtlsauth_decision_new(&decision) != MTLSAUTH_OK)
        abort();
    while (!atomic_load(&stop)) {
        uint64_t before = mtlsauth_authorizer_generation(authorizer);

        ask("client 5", client5, decision, revoked_in_a, LIST_B);
        /* No thread sees the state go back. */
        if (before < last || mtlsauth_decision_generation(decision) < before)
            wrong("an older generation", decision, 0);
        last = mtlsauth_decision_generation(decision);
        ask("client 6", client6, decision, revoked_in_b, LIST_B);
        ask("the other's client", client_of_other, decision, unknown_in_a, STORE_B);
        if (mtlsauth_authorizer_stats_json(authorizer, stats, sizeof stats, NULL) != MTLSAUTH_OK)
            wrong("statistics", decision, 0);
    }
    mtlsauth_decision_free(decision);
    return NULL;
}

/* --- The writer ------------------------------------------------------------------------------- */

/* What the next generation will say, before there is one. */
static void announce(unsigned bits)
{
    uint64_t next = generation() + 1;

    state = bits;
    atomic_store_explicit(&expected[next % GENERATIONS], next << 3 | bits, memory_order_release);
}

static const char *revoked_by(unsigned bits)
{
    return bits & LIST_B ? REVOKED6 : REVOKED5;
}

static mtlsauth_crl *next_list(unsigned bits)
{
    struct der_text text = reload_list(false, ++list_number, revoked_by(bits), 0);
    mtlsauth_crl *crl;

    ASSERT_CALL(mtlsauth_crl_load(&crl, text.ptr, text.len, root, policy, NULL));
    free(text.ptr);
    return crl;
}

/* A list that has been out of use for some turns has no reference left but this one. */
static void retire(mtlsauth_crl *crl)
{
    int64_t until = now_ms() + 20000;

    while (crl != NULL && atomic_load(&crl->refs.count) != 1) {
        ck_assert_msg(now_ms() < until, "an old snapshot is not freed");
        sched_yield();
    }
    mtlsauth_crl_free(crl);
}

static void write_state(unsigned bits)
{
    write_store("ca.pem", root, bits & STORE_B ? other : NULL);
    write_list("ca.crl", ++list_number, revoked_by(bits));
}

static void by_refresh(void)
{
    announce(state ^ STORE_B ^ LIST_B);
    write_state(state);
    ASSERT_REFRESH("refresh", MTLSAUTH_OK, 1, "");
}

/* One of the two files is broken: the other counts. */
static void by_half_a_refresh(void)
{
    announce(state ^ LIST_B);
    write_state(state);
    write_in_place("ca.pem", "no PEM", 6);
    ASSERT_REFRESH("half a refresh", MTLSAUTH_ERR_PARSE, 1, "NOT_LOADED");
    write_store("ca.pem", root, state & STORE_B ? other : NULL);
    ASSERT_REFRESH("put right", MTLSAUTH_OK, 0, "");
}

static void by_put(unsigned turn)
{
    mtlsauth_crl **place = &old_lists[turn % OLD_LISTS];

    retire(*place);
    announce(state ^ LIST_B);
    *place = next_list(state);
    ASSERT_CALL(mtlsauth_authorizer_put_crl(authorizer, *place));
}

static void by_update(void)
{
    announce(state ^ STORE_B ^ POLICY_B);
    ASSERT_CALL(mtlsauth_authorizer_update(authorizer, state & STORE_B ? both_store : root_store,
                                           policies[(state & POLICY_B) != 0], NULL, 0));
    /* That has put the file aside. */
    announce(state ^ STORE_B);
    write_state(state);
    ASSERT_CALL(mtlsauth_authorizer_add_truststore_file(authorizer, in_folder("ca.pem")));
    announce(state);
    ASSERT_REFRESH("the list, which says the same", MTLSAUTH_OK, 1, "");
}

static void change(unsigned turn)
{
    switch (turn % 5) {
    case 0:
        by_refresh();
        break;
    case 1:
        by_put(turn);
        break;
    case 2:
        announce(state ^ POLICY_B);
        ASSERT_CALL(mtlsauth_authorizer_set_policy(authorizer, policies[(state & POLICY_B) != 0]));
        break;
    case 3:
        by_half_a_refresh();
        break;
    default:
        by_update();
        break;
    }
}

static mtlsauth_policy *policy_of(const char *label)
{
    mtlsauth_policy *made;

    ck_assert_int_eq(mtlsauth_policy_new(&made, MTLSAUTH_PROFILE_API_GATEWAY), 0);
    ck_assert_int_eq(mtlsauth_policy_set_time(made, RELOAD_NOW), 0);
    ck_assert_int_eq(mtlsauth_policy_allow_any(made, label), 0);
    ck_assert_int_eq(
        mtlsauth_policy_set_revocation(made, MTLSAUTH_EVIDENCE_CRL, MTLSAUTH_DEPTH_LEAF), 0);
    return made;
}

static void begin(void)
{
    char text[8192];

    reload_setup(MTLSAUTH_EVIDENCE_CRL);
    policies[0] = policy_of("a");
    policies[1] = policy_of("b");
    ASSERT_CALL(mtlsauth_truststore_parse(&both_store, text,
                                          reload_pem(text, sizeof text, root, other), NULL));
    ASSERT_CALL(mtlsauth_authorizer_set_policy(authorizer, policies[0]));
    write_state(0);
    ASSERT_CALL(mtlsauth_authorizer_add_truststore_file(authorizer, in_folder("ca.pem")));
    announce(0);
    ASSERT_CALL(mtlsauth_authorizer_add_crl_file(authorizer, in_folder("ca.crl"), root));
}

static void finish(void)
{
    for (size_t i = 0; i < OLD_LISTS; i++)
        mtlsauth_crl_free(old_lists[i]);
    mtlsauth_truststore_free(both_store);
    mtlsauth_policy_free(policies[0]);
    mtlsauth_policy_free(policies[1]);
    reload_teardown();
}

static void assert_flat(const char *what, long before, long after)
{
    printf("%s: %ld KiB of memory, %+ld since the start\n", what, after >> 10,
           (after - before) / 1024);
#ifndef SANITIZED
    ck_assert_msg(after - before < RSS_GROWTH, "%s: the process has grown by %ld KiB", what,
                  (after - before) >> 10);
#endif
}

START_TEST(soak)
{
    pthread_t threads[MAX_READERS];
    int64_t start = now_ms(), end = start + (int64_t)options.seconds * 1000;
    long before = 0;
    unsigned turn = 0;

    begin();
    for (unsigned i = 0; i < options.readers; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, reader, NULL), 0);
    for (; now_ms() < end; turn++) {
        change(turn);
        /* What is made once is made by then: pools, threads, buffers. */
        if (before == 0 && now_ms() - start > (end - start) / 4)
            before = rss();
        pause_ms(options.interval);
    }
    atomic_store(&stop, true);
    for (unsigned i = 0; i < options.readers; i++)
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
    printf("%u turns, %llu generations, %llu answers, each of one generation\n", turn,
           (unsigned long long)generation(), (unsigned long long)atomic_load(&answers));
    if (before != 0)
        assert_flat("soak", before, rss());
    finish();
}
END_TEST

START_TEST(replace)
{
    long before = 0;

    begin();
    for (unsigned i = 0; i < options.replace; i++) {
        unsigned bits = i % 2 ? 0 : LIST_B;
        mtlsauth_crl *crl = next_list(bits);

        ASSERT_CALL(mtlsauth_authorizer_put_crl(authorizer, crl));
        mtlsauth_crl_free(crl);
        ck_assert_int_eq(answer(client5), bits ? MTLSAUTH_OK : MTLSAUTH_DENY_REVOKED);
        ck_assert_int_eq(answer(client6), bits ? MTLSAUTH_DENY_REVOKED : MTLSAUTH_OK);
        if (i == options.replace / 10)
            before = rss();
    }
    printf("%u lists, each in use at once\n", options.replace);
    assert_flat("replace", before, rss());
    finish();
}
END_TEST

static unsigned number(const char *option, const char *text, unsigned least, unsigned most)
{
    char *end = NULL;
    unsigned long value = text == NULL ? 0 : strtoul(text, &end, 10);

    if (text == NULL || *end != '\0' || value < least || value > most) {
        fprintf(stderr, "%s: a number from %u to %u is needed\n", option, least, most);
        exit(2);
    }
    return (unsigned)value;
}

int main(int argc, char *argv[])
{
    const TTest *tests[] = {soak, NULL};

    for (int i = 1; i < argc; i += 2) {
        if (strcmp(argv[i], "--seconds") == 0)
            options.seconds = number(argv[i], argv[i + 1], 1, 1000000);
        else if (strcmp(argv[i], "--readers") == 0)
            options.readers = number(argv[i], argv[i + 1], 1, MAX_READERS);
        else if (strcmp(argv[i], "--interval") == 0)
            options.interval = number(argv[i], argv[i + 1], 0, 60000);
        else if (strcmp(argv[i], "--replace") == 0)
            options.replace = number(argv[i], argv[i + 1], 10, 1000000);
        else {
            fputs("usage: soak [--seconds N] [--readers N] [--interval MILLISECONDS] "
                  "[--replace N]\n",
                  stderr);
            return 2;
        }
    }
    if (options.replace > 0)
        tests[0] = replace;
    /* Threads and long runs: one process, and no time limit but the one that was asked for. */
    setenv("CK_FORK", "no", 1);
    setenv("CK_DEFAULT_TIMEOUT", "0", 1);
    return unit_run("soak", tests);
}
