/* SPDX-License-Identifier: MIT */
#include "http_listen.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

enum { BACKLOG = 512 };
static const char unix_prefix[] = "unix:";

static int fail(char error[HTTP_LISTEN_LEN], const char *address, const char *why)
{
    snprintf(error, HTTP_LISTEN_LEN, "listen %.100s: %s", address, why);
    return -1;
}

/* Nobody answers there: what a program that was killed has left behind. */
static int is_left_over(const struct sockaddr_un *address)
{
    struct stat about;
    int fd, refused;

    if (lstat(address->sun_path, &about) != 0 || !S_ISSOCK(about.st_mode) ||
        (fd = socket(AF_UNIX, SOCK_STREAM, 0)) < 0)
        return 0;
    refused = connect(fd, (const struct sockaddr *)address, sizeof *address) != 0 &&
              errno == ECONNREFUSED;
    close(fd);
    return refused;
}

static int listen_unix(const char *path, char place[HTTP_LISTEN_LEN], char error[HTTP_LISTEN_LEN])
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    mode_t before;
    int fd, bound;

    if (*path == '\0' || strlen(path) >= sizeof address.sun_path)
        return fail(error, path, "a path of at most 107 characters");
    memcpy(address.sun_path, path, strlen(path));
    if (is_left_over(&address))
        unlink(path);
    fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd < 0)
        return fail(error, path, strerror(errno));
    before = umask(0117); /* the proxy is in the group, and others are not let in */
    bound = bind(fd, (const struct sockaddr *)&address, sizeof address);
    umask(before);
    if (bound != 0 || listen(fd, BACKLOG) != 0) {
        fail(error, path, strerror(errno));
        close(fd);
        return -1;
    }
    snprintf(place, HTTP_LISTEN_LEN, "%s%s", unix_prefix, path);
    return fd;
}

static int is_loopback(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET)
        return ntohl(((const struct sockaddr_in *)address)->sin_addr.s_addr) >> 24 == 127;
    return IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)address)->sin6_addr);
}

static int listen_tcp(const struct addrinfo *info, const char *address, char place[HTTP_LISTEN_LEN],
                      char error[HTTP_LISTEN_LEN])
{
    struct sockaddr_storage bound;
    char host[64], port[16];
    socklen_t len = sizeof bound;
    int on = 1, fd = socket(info->ai_family, SOCK_STREAM, 0);

    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        bind(fd, info->ai_addr, info->ai_addrlen) != 0 || listen(fd, BACKLOG) != 0 ||
        getsockname(fd, (struct sockaddr *)&bound, &len) != 0 ||
        getnameinfo((struct sockaddr *)&bound, len, host, sizeof host, port, sizeof port,
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
        fail(error, address, strerror(errno));
        if (fd >= 0)
            close(fd);
        return -1;
    }
    snprintf(place, HTTP_LISTEN_LEN, info->ai_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
    return fd;
}

/* "host:port" or "[host]:port" in two; addresses only, for a name could resolve to anything. */
static int split(const char *address, char host[64], char port[16])
{
    const char *colon = strrchr(address, ':');
    size_t len, skip = *address == '[';

    if (colon == NULL || strlen(colon + 1) >= 16 || colon[1] == '\0')
        return -1;
    len = (size_t)(colon - address);
    if (skip && (len < 2 || address[len - 1] != ']'))
        return -1;
    len -= 2 * skip;
    if (len == 0 || len >= 64)
        return -1;
    memcpy(host, address + skip, len);
    host[len] = '\0';
    memcpy(port, colon + 1, strlen(colon + 1) + 1);
    /* getaddrinfo() takes 74716 for 9180. */
    return port[strspn(port, "0123456789")] == '\0' && strtoul(port, NULL, 10) <= 65535 ? 0 : -1;
}

int http_listen(const char *address, int allow_remote, char place[HTTP_LISTEN_LEN],
                char error[HTTP_LISTEN_LEN])
{
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
                             .ai_socktype = SOCK_STREAM};
    struct addrinfo *info = NULL;
    char host[64], port[16];
    int fd = -1;

    if (strncmp(address, unix_prefix, sizeof unix_prefix - 1) == 0)
        return listen_unix(address + sizeof unix_prefix - 1, place, error);
    if (split(address, host, port) != 0 || getaddrinfo(host, port, &hints, &info) != 0)
        return fail(error, address, "write 127.0.0.1:9180, [::1]:9180 or unix:/path");
    if (!is_loopback(info->ai_addr) && !allow_remote)
        fail(error, address,
             "whoever reaches this address says who the clients are: --allow-remote, if a "
             "firewall lets the proxy alone through");
    else
        fd = listen_tcp(info, address, place, error);
    freeaddrinfo(info);
    return fd;
}

void http_listen_end(const char *place)
{
    if (strncmp(place, unix_prefix, sizeof unix_prefix - 1) == 0)
        unlink(place + sizeof unix_prefix - 1);
}
