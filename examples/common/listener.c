/* SPDX-License-Identifier: MIT */
#include "listener.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

enum { LINGER_MS = 500 };

struct listener {
    listener_serve serve;
    size_t max, served;
    int stop[2]; /* a pipe, closed at one end when the server stops */
    pthread_mutex_t lock;
    pthread_cond_t changed;
};

struct task {
    struct listener *listener;
    int fd;
    char peer[INET_ADDRSTRLEN + 8];
};

static int signals[2] = {-1, -1}; /* a pipe that carries their numbers to the loop */

static void on_signal(int number)
{
    unsigned char byte = (unsigned char)number;
    int saved = errno;
    ssize_t written = write(signals[1], &byte, 1);

    (void)written; /* full: enough of them are waiting */
    errno = saved;
}

int64_t listener_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Lets the peer read what it was sent: a close with unread data would reset the connection. */
static void hang_up(int fd)
{
    int64_t end = listener_now() + LINGER_MS, left;
    char rest[4096];

    shutdown(fd, SHUT_WR);
    while ((left = end - listener_now()) > 0) {
        struct pollfd ready = {.fd = fd, .events = POLLIN};

        if (poll(&ready, 1, (int)left) <= 0 || read(fd, rest, sizeof rest) <= 0)
            break;
    }
    close(fd);
}

static int take_place(struct listener *listener)
{
    int taken;

    pthread_mutex_lock(&listener->lock);
    taken = listener->served < listener->max;
    listener->served += (size_t)taken;
    pthread_mutex_unlock(&listener->lock);
    return taken;
}

static void leave_place(struct listener *listener)
{
    pthread_mutex_lock(&listener->lock);
    listener->served--;
    pthread_cond_signal(&listener->changed);
    pthread_mutex_unlock(&listener->lock);
}

static void *run_task(void *arg)
{
    struct task *task = arg;
    struct listener *listener = task->listener;

    listener->serve(task->fd, listener->stop[0], task->peer);
    hang_up(task->fd);
    free(task);
    leave_place(listener);
    return NULL;
}

static void begin(struct listener *listener, int fd, const struct sockaddr_in *from)
{
    struct task *task = NULL;
    char address[INET_ADDRSTRLEN] = "?";
    pthread_t thread;

    if (!take_place(listener)) {
        close(fd);
        return;
    }
    task = calloc(1, sizeof *task);
    if (task != NULL && fcntl(fd, F_SETFL, O_NONBLOCK) == 0) {
        inet_ntop(AF_INET, &from->sin_addr, address, sizeof address);
        snprintf(task->peer, sizeof task->peer, "%s:%u", address, (unsigned)ntohs(from->sin_port));
        task->listener = listener;
        task->fd = fd;
        if (pthread_create(&thread, NULL, run_task, task) == 0) {
            pthread_detach(thread);
            return;
        }
    }
    free(task);
    close(fd);
    leave_place(listener);
}

static int open_socket(uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    socklen_t len = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1, reason;

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
        bind(fd, (struct sockaddr *)&address, sizeof address) == 0 && listen(fd, 128) == 0 &&
        getsockname(fd, (struct sockaddr *)&address, &len) == 0 &&
        fcntl(fd, F_SETFL, O_NONBLOCK) == 0) {
        printf("listening on 127.0.0.1:%u\n", (unsigned)ntohs(address.sin_port));
        fflush(stdout);
        return fd;
    }
    reason = errno;
    if (fd >= 0)
        close(fd);
    errno = reason;
    return -1;
}

static void accept_one(struct listener *listener, int fd)
{
    struct sockaddr_in from = {0};
    socklen_t len = sizeof from;
    int connection = accept(fd, (struct sockaddr *)&from, &len);

    if (connection >= 0)
        begin(listener, connection, &from);
    else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM)
        nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
}

/* Accepts until a signal says stop. They are let in only while it waits. */
static void accept_all(struct listener *listener, int fd, const sigset_t *mask,
                       void (*reload)(void))
{
    struct pollfd ready[2] = {{.fd = fd, .events = POLLIN}, {.fd = signals[0], .events = POLLIN}};
    unsigned char number = 0;

    for (;;) {
        pthread_sigmask(SIG_UNBLOCK, mask, NULL);
        (void)poll(ready, 2, -1);
        pthread_sigmask(SIG_BLOCK, mask, NULL);
        while (read(signals[0], &number, 1) == 1) {
            if (number != SIGHUP)
                return;
            reload();
        }
        accept_one(listener, fd);
    }
}

static int open_signals(sigset_t *mask)
{
    struct sigaction action = {.sa_handler = on_signal}, ignore = {.sa_handler = SIG_IGN};
    const int caught[] = {SIGHUP, SIGTERM, SIGINT};

    if (pipe(signals) != 0 || fcntl(signals[0], F_SETFL, O_NONBLOCK) != 0 ||
        fcntl(signals[1], F_SETFL, O_NONBLOCK) != 0)
        return -1;
    sigemptyset(mask);
    for (size_t i = 0; i < sizeof caught / sizeof caught[0]; i++) {
        sigaddset(mask, caught[i]);
        sigaction(caught[i], &action, NULL);
    }
    sigaction(SIGPIPE, &ignore, NULL);
    /* The threads inherit the mask, so that a signal interrupts none of them. */
    pthread_sigmask(SIG_BLOCK, mask, NULL);
    return 0;
}

int listener_run(uint16_t port, size_t max_connections, listener_serve serve, void (*reload)(void))
{
    struct listener listener = {.serve = serve, .max = max_connections};
    sigset_t mask;
    int fd;

    if (open_signals(&mask) != 0 || pipe(listener.stop) != 0)
        return -1;
    fd = open_socket(port);
    if (fd < 0)
        return -1;
    pthread_mutex_init(&listener.lock, NULL);
    pthread_cond_init(&listener.changed, NULL);
    accept_all(&listener, fd, &mask, reload);
    close(fd);
    close(listener.stop[1]);
    pthread_mutex_lock(&listener.lock);
    while (listener.served > 0)
        pthread_cond_wait(&listener.changed, &listener.lock);
    pthread_mutex_unlock(&listener.lock);
    close(listener.stop[0]);
    pthread_cond_destroy(&listener.changed);
    pthread_mutex_destroy(&listener.lock);
    return 0;
}
