/* SPDX-License-Identifier: MIT */
#include "us.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

/* Of each way to measure, so long; as often, the ways taking turns, and the median counts. */
enum { RATE_MS = 250, TURNS = 5, SWAP_MS = 100, RELOAD_MS = 1500, MOST_TIMES = 2000000 };

struct shared {
    const struct world *world;
    const struct ours *ours;
    mtlsauth_authorizer *authorizer;
    atomic_bool stop;
};

struct reader {
    struct shared *shared;
    size_t start, count;
    double cpu_us; /* that it had of a processor */
    double *times; /* of each answer, or NULL */
};

/* Of this thread. */
static double cpu_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void *read_on(void *arg)
{
    struct reader *reader = arg;
    struct shared *shared = reader->shared;
    mtlsauth_decision *decision;

    must(mtlsauth_decision_new(&decision) == MTLSAUTH_OK, "a decision");
    for (size_t i = reader->start; !atomic_load_explicit(&shared->stop, memory_order_relaxed);
         i += 7) {
        double start = reader->times == NULL ? 0 : now_us();

        ours_ask(shared->authorizer, shared->world, i % LEAVES, decision);
        if (reader->times != NULL)
            reader->times[reader->count] = now_us() - start;
        reader->count++;
        if (reader->times != NULL && reader->count == MOST_TIMES)
            break;
    }
    mtlsauth_decision_free(decision);
    reader->cpu_us = cpu_us();
    return NULL;
}

static void sleep_ms(long ms)
{
    const struct timespec t = {ms / 1000, ms % 1000 * 1000000};

    nanosleep(&t, NULL);
}

/* Two lists that were loaded before, one after the other. */
static void *swap_on(void *arg)
{
    struct shared *shared = arg;

    for (bool next = false; !atomic_load(&shared->stop); next = !next) {
        mtlsauth_crl *crl = next ? shared->ours->next_crl : shared->ours->root_crl;

        must(mtlsauth_authorizer_put_crl(shared->authorizer, crl) == MTLSAUTH_OK, "a swap");
        sleep_ms(SWAP_MS);
    }
    return NULL;
}

/* Answers a second: of the clock, and were the machine theirs alone. */
static double rate(struct shared *shared, size_t threads, bool swaps, double *of_cpu)
{
    struct reader readers[2] = {{.shared = shared}, {.shared = shared, .start = 3}};
    pthread_t ids[2], writer;
    double start;
    size_t count = 0;

    *of_cpu = 0;
    atomic_store(&shared->stop, false);
    if (swaps)
        must(pthread_create(&writer, NULL, swap_on, shared) == 0, "a thread");
    start = now_us();
    for (size_t i = 0; i < threads; i++)
        must(pthread_create(&ids[i], NULL, read_on, &readers[i]) == 0, "a thread");
    sleep_ms(RATE_MS);
    atomic_store(&shared->stop, true);
    for (size_t i = 0; i < threads; i++) {
        must(pthread_join(ids[i], NULL) == 0, "a thread");
        count += readers[i].count;
        *of_cpu += (double)readers[i].count / readers[i].cpu_us * 1e6;
    }
    start = now_us() - start;
    if (swaps)
        must(pthread_join(writer, NULL) == 0, "a thread");
    return (double)count / start * 1e6;
}

static void prepare(struct shared *shared, struct ours *ours, const struct world *world)
{
    mtlsauth_decision *decision;

    ours_make(ours, world);
    ours->next_crl = ours_crl(world->next_crl, world->issuer, ours->policy);
    (void)ours_load(world, &ours->truststore);
    *shared = (struct shared){.world = world, .ours = ours, .authorizer = ours_authorizer(ours)};
    must(mtlsauth_decision_new(&decision) == MTLSAUTH_OK, "a decision");
    for (size_t i = 0; i < LEAVES; i++)
        ours_ask(shared->authorizer, world, i, decision);
    mtlsauth_decision_free(decision);
}

void measure_threads(const struct world *world, struct figures *out)
{
    double rates[4][TURNS], of_cpu[4][TURNS];
    struct shared shared;
    struct ours ours;

    prepare(&shared, &ours, world);
    for (size_t turn = 0; turn < TURNS; turn++)
        for (size_t way = 0; way < 4; way++)
            rates[way][turn] = rate(&shared, 1 + way % 2, way >= 2, &of_cpu[way][turn]);
    for (size_t way = 0; way < 4; way++) {
        out->rate[way] = median_of(rates[way], TURNS);
        out->cpu_rate[way] = median_of(of_cpu[way], TURNS);
    }
    mtlsauth_authorizer_free(shared.authorizer);
    ours_free(&ours);
}

/* Loads a list, compiles it, puts it, and begins anew. */
static void *reload_on(void *arg)
{
    struct shared *shared = arg;

    while (!atomic_load(&shared->stop)) {
        mtlsauth_crl *crl =
            ours_crl(shared->world->next_crl, shared->world->issuer, shared->ours->policy);

        must(mtlsauth_authorizer_put_crl(shared->authorizer, crl) == MTLSAUTH_OK, "a reload");
        mtlsauth_crl_free(crl);
    }
    return NULL;
}

static void times(struct shared *shared, bool reloads, double *median, double *high,
                  double *highest)
{
    struct reader reader = {.shared = shared, .times = room(MOST_TIMES * sizeof(double))};
    pthread_t id, writer;

    atomic_store(&shared->stop, false);
    must(pthread_create(&id, NULL, read_on, &reader) == 0, "a thread");
    if (reloads)
        must(pthread_create(&writer, NULL, reload_on, shared) == 0, "a thread");
    sleep_ms(RELOAD_MS);
    atomic_store(&shared->stop, true);
    must(pthread_join(id, NULL) == 0, "a thread");
    if (reloads)
        must(pthread_join(writer, NULL) == 0, "a thread");
    *median = median_of(reader.times, reader.count);
    *high = reader.times[reader.count - 1 - reader.count / 1000];
    *highest = reader.times[reader.count - 1];
    free(reader.times);
}

void measure_reload(const struct world *world, struct figures *out)
{
    struct shared shared;
    struct ours ours;
    double start;

    prepare(&shared, &ours, world);
    times(&shared, false, &out->median, &out->high, &out->highest);
    times(&shared, true, &out->median_reload, &out->high_reload, &out->highest_reload);
    start = now_us();
    must(mtlsauth_authorizer_put_crl(shared.authorizer, ours.root_crl) == MTLSAUTH_OK, "a swap");
    out->swap = now_us() - start;
    mtlsauth_authorizer_free(shared.authorizer);
    ours_free(&ours);
}
