/* SPDX-License-Identifier: MIT */
/*
 * Linked into each program that mutate.py runs. In front of each test a process is forked that runs
 * it as it is, and tells which conditions it reaches; then, for each mutant of these, one that runs
 * it with the mutant, and ends at the first failure. So a mutant costs the tests that reach it.
 *
 *   MUTANT_WANTED  a file of MUTANTS octets: which mutants are tried
 *   MUTANT_TOLD    "number test" of each mutant that a test notices is appended, "! test" of a test
 *                  that fails as it is, of which no more is said, "= seconds" of all tests as they
 * are MUTANT_TRACE   gets MUTANT_POINTS octets: which points the program's tests reach MUTANT_WHOLE
 * is set where the program is no libcheck one: all of it is one test
 */
#include "mutant.h"

#include <check.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* A mutant may run this many times as long as the test does as it is, and some time. */
enum { TIMES = 10, CPU_MICROSECONDS = 300000, WALL_SECONDS = 60 };
/* A loop without an end may allocate. */
enum { MEMORY = 2000000000 };
/* What meson takes for a test that was skipped. */
enum { SKIPPED = 77 };

static unsigned char reached_nowhere[MUTANT_POINTS];
unsigned mtlsauth__mutant_chosen;
unsigned char *mtlsauth__mutant_reached = reached_nowhere;

static unsigned char wanted[MUTANTS];
static unsigned char all_reached[MUTANT_POINTS];
static int told = -1;
static char *trace;
/* What all tests take as they are. */
static double seconds;
/* Runs one test, as it is or with a mutant, and ends behind it. */
static bool is_trial;

/* Microseconds of the processor, and seconds. */
struct cost {
    long cpu;
    unsigned wall;
};

/* Where libcheck goes on behind a test that runs in its own process (CK_FORK=no). */
extern jmp_buf error_jmp_buffer __attribute__((weak));
void __real_tcase_fn_start(const char *name, const char *file, int line) __attribute__((weak));
void __wrap_tcase_fn_start(const char *name, const char *file, int line);
void __real__ck_assert_failed(const char *file, int line, const char *expression,
                              const char *message, ...)
    __attribute__((weak, noreturn, format(printf, 4, 5)));
void __wrap__ck_assert_failed(const char *file, int line, const char *expression,
                              const char *message, ...)
    __attribute__((noreturn, format(printf, 4, 5)));

static void limit(int resource, rlim_t most)
{
    struct rlimit limit = {most, most};

    if (setrlimit((__rlimit_resource_t)resource, &limit) != 0)
        abort();
}

/* True in the process that is to run the test; in the other, whether it passed there. */
static bool try(unsigned mutant, const struct cost *allowed, struct cost *cost, bool *passed)
{
    time_t began = time(NULL);
    pid_t child = fork();
    struct rusage used;
    int status;

    if (child < 0)
        abort();
    if (child == 0) {
        is_trial = true;
        mtlsauth__mutant_chosen = mutant;
        limit(RLIMIT_CORE, 0);
        if (allowed != NULL) {
            struct itimerval cpu = {.it_value = {allowed->cpu / 1000000, allowed->cpu % 1000000}};

            limit(RLIMIT_DATA, MEMORY);
            if (setitimer(ITIMER_PROF, &cpu, NULL) != 0)
                abort();
            alarm(allowed->wall);
        }
        return true;
    }
    while (wait4(child, &status, 0, &used) < 0)
        continue;
    *passed = WIFEXITED(status) && (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == SKIPPED);
    if (cost != NULL) {
        long cpu = (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000 + used.ru_utime.tv_usec +
                   used.ru_stime.tv_usec;

        seconds += (double)cpu / 1e6;
        cost->cpu = cpu * TIMES + CPU_MICROSECONDS;
        cost->wall = (unsigned)(time(NULL) - began + 1) * TIMES + WALL_SECONDS;
    }
    return false;
}

/* Returns in each process that runs the test, and in the first when all were tried. */
static void try_all(const char *test)
{
    struct cost cost;
    bool passed;

    memset(mtlsauth__mutant_reached, 0, MUTANT_POINTS);
    if (try(0, NULL, &cost, &passed))
        return;
    if (!passed) {
        dprintf(told, "! %s\n", test);
        return;
    }
    for (size_t i = 0; i < MUTANT_POINTS; i++) {
        if (!mtlsauth__mutant_reached[i])
            continue;
        all_reached[i] = 1;
        for (unsigned kind = 0; kind < MUTANT_KINDS; kind++) {
            unsigned mutant = MUTANT_KINDS * (unsigned)i + kind + 1;

            if (!wanted[mutant])
                continue;
            if (try(mutant, &cost, NULL, &passed))
                return;
            if (!passed) {
                wanted[mutant] = 0;
                dprintf(told, "%u %s\n", mutant, test);
            }
        }
    }
}

static void write_trace(void)
{
    dprintf(told, "= %.3f\n", seconds);
    int file = open(trace, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    if (file < 0 || write(file, all_reached, sizeof all_reached) != sizeof all_reached ||
        close(file) != 0)
        abort();
}

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("MUTANT_WANTED"), *out = getenv("MUTANT_TOLD");
    bool is_whole = getenv("MUTANT_WHOLE") != NULL;
    int file;

    trace = getenv("MUTANT_TRACE");
    if (path == NULL || out == NULL || trace == NULL)
        return;
    /* A shared library has a copy of all this beside the program's; and a program may start
     * others. */
    unsetenv("MUTANT_WANTED");
    trace = strdup(trace);
    file = open(path, O_RDONLY | O_CLOEXEC);
    told = open(out, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    mtlsauth__mutant_reached =
        mmap(NULL, MUTANT_POINTS, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (trace == NULL || file < 0 || told < 0 || mtlsauth__mutant_reached == MAP_FAILED ||
        read(file, wanted, sizeof wanted) != sizeof wanted || close(file) != 0)
        abort();
    if (!is_whole)
        return;
    try_all("main");
    if (is_trial)
        return;
    write_trace();
    _exit(0);
}

__attribute__((destructor)) static void end(void)
{
    if (told >= 0 && !is_trial && mtlsauth__mutant_chosen == 0)
        write_trace();
}

void __wrap_tcase_fn_start(const char *name, const char *file, int line)
{
    if (is_trial)
        _exit(0);
    __real_tcase_fn_start(name, file, line);
    if (told < 0)
        return;
    try_all(name);
    if (!is_trial)
        longjmp(error_jmp_buffer, 1);
}

void __wrap__ck_assert_failed(const char *file, int line, const char *expression,
                              const char *message, ...)
{
    char text[1024];
    va_list arguments;

    if (is_trial)
        _exit(1);
    text[0] = '\0';
    va_start(arguments, message);
    if (message != NULL)
        (void)vsnprintf(text, sizeof text, message, arguments);
    va_end(arguments);
    __real__ck_assert_failed(file, line, expression, "%s", message == NULL ? "" : text);
}
