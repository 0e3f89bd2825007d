/* SPDX-License-Identifier: MIT */
#include "http_signals.h"

#include <errno.h>
#include <signal.h>
#include <time.h>

static sigset_t waiting;

void http_signals_open(void)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};

    sigaction(SIGPIPE, &ignore, NULL);
    sigemptyset(&waiting);
    sigaddset(&waiting, SIGHUP);
    sigaddset(&waiting, SIGTERM);
    sigaddset(&waiting, SIGINT);
    pthread_sigmask(SIG_BLOCK, &waiting, NULL);
}

int http_signals_end(void)
{
    sigset_t pending;

    return sigpending(&pending) == 0 &&
           (sigismember(&pending, SIGTERM) == 1 || sigismember(&pending, SIGINT) == 1);
}

static time_t now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec;
}

void http_signals_wait(long seconds, void (*refresh)(int signalled))
{
    time_t due = now() + seconds;

    for (;;) {
        time_t left = due - now();
        struct timespec limit = {.tv_sec = left > 0 ? left : 0};
        int number =
            seconds > 0 ? sigtimedwait(&waiting, NULL, &limit) : sigwaitinfo(&waiting, NULL);

        if (number == SIGTERM || number == SIGINT)
            return;
        if (number == SIGHUP) {
            refresh(1);
        } else if (number < 0 && errno == EAGAIN) {
            refresh(0);
            due = now() + seconds;
        }
    }
}
