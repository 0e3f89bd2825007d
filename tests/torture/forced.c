/* SPDX-License-Identifier: MIT */
/*
 * Every call of libcrypto returns what it should not, one after the other, once and for good:
 * forced [EVERY [BEGINNING_OF_SCENES]]. What must hold: no crash, no leak (a sanitizer looks), and
 * nobody is let in. A client who is refused stays refused. One who is let in is refused, too,
 * unless the library made the call once more, and libcrypto said yes then. EVERY 10 is every tenth
 * call of a function from the first on: a sanitizer takes long, and neighbours are the same to it.
 */
#include "forced_scenes.h"

#include <signal.h>
#include <unistd.h>
#include "libcrypto_force.h"

/* A sanitizer has a handler of its own, which says more. (Newer versions of meson set ASAN_OPTIONS for
 * every program.) */
#if defined(__SANITIZE_ADDRESS__)
#define HAS_HANDLER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_HANDLER 1
#endif
#endif
#ifndef HAS_HANDLER
#define HAS_HANDLER 0
#endif

static const char *doing = "";

/* Where it was, for a crash says nothing. */
static void crashed(int number)
{
    static const char text[] = "crashed in: ";

    (void)!write(STDERR_FILENO, text, sizeof text - 1);
    (void)!write(STDERR_FILENO, doing, strlen(doing));
    (void)!write(STDERR_FILENO, "\n", 1);
    signal(number, SIG_DFL);
    raise(number);
}

/* One run; whether the client, or what stands for one, was let in. */
static bool once(const struct scene *scene, size_t call, size_t n, long value, bool for_good)
{
    bool allowed;

    force_begin(call, n, value, for_good);
    allowed = scene->run(scene);
    force_end();
    return allowed;
}

static size_t counts_of_a_good_run[128];
static bool was_reached[128];

static unsigned long points, wrong;

static void let_in(const char *row, const char *why)
{
    wrong++;
    fprintf(stderr, "%s: let in%s\n", row, why);
}

static size_t every = 1;

static void force_call(const struct scene *scene, size_t call)
{
    size_t usual = counts_of_a_good_run[call];
    char row[256];
    long value;

    for (size_t n = 1; n <= usual; n += every) {
        for (size_t i = 0; force_value(call, i, &value); i++) {
            for (int for_good = 0; for_good <= 1; for_good++) {
                bool allowed;

                snprintf(row, sizeof row, "%s: call %zu of %s%s returns %ld", scene->name, n,
                         force_name(call), for_good ? ", and each later one," : "", value);
                doing = row;
                allowed = once(scene, call, n, value, for_good);
                points += force_happened();
                was_reached[call] |= force_happened();
                if (!allowed || !force_happened())
                    continue;
                if (scene->is_refused)
                    let_in(row, "");
                else if (force_kind(call) != ASIDE && (for_good || force_count(call) <= usual))
                    let_in(row, ", and not asked again");
            }
        }
    }
    doing = "";
}

static const char *only;

START_TEST(every_call)
{
    unsigned long played = 0;
    size_t calls = 0;

    scenes_begin();
    for (size_t i = 0; scenes[i].name != NULL; i++) {
        const struct scene *scene = &scenes[i];
        unsigned long before = points;

        if (only != NULL && strncmp(only, scene->name, strlen(only)) != 0)
            continue;
        doing = scene->name;
        (void)once(scene, 0, 0, 0, false); /* libcrypto makes some things once */
        ck_assert_msg(once(scene, 0, 0, 0, false) == !scene->is_refused, "%s: %s", scene->name,
                      mtlsauth_last_error());
        for (size_t call = 0; force_name(call) != NULL; call++)
            counts_of_a_good_run[call] = force_count(call);
        for (size_t call = 0; force_name(call) != NULL; call++)
            force_call(scene, call);
        ck_assert_msg(once(scene, 0, 0, 0, false) == !scene->is_refused, "%s: afterwards",
                      scene->name);
        printf("%s: %lu points\n", scene->name, points - before);
        played++;
    }
    for (; force_name(calls) != NULL; calls++) {
        if (only == NULL && !was_reached[calls]) {
            wrong++;
            fprintf(stderr, "%s: no scene calls it\n", force_name(calls));
        }
    }
    printf("%lu scenes, %zu functions of libcrypto, %lu points, %lu wrong\n", played, calls, points,
           wrong);
    ck_assert_uint_eq(wrong, 0);
    ck_assert_uint_gt(points, 0);
}
END_TEST

int main(int argc, char *argv[])
{
    const TTest *const tests[] = {every_call, NULL};
    const struct sigaction action = {.sa_handler = crashed, .sa_flags = (int)SA_RESETHAND};

    if (argc > 1 && (every = strtoul(argv[1], NULL, 10)) == 0)
        return 2;
    only = argc > 2 ? argv[2] : NULL;
    if (!HAS_HANDLER && sigaction(SIGSEGV, &action, NULL) != 0)
        return 2;
    setenv("CK_FORK", "no", 1);
    setenv("CK_DEFAULT_TIMEOUT", "0", 1);
    return unit_run("forced", tests);
}
