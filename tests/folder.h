/* SPDX-License-Identifier: MIT */
#ifndef TESTS_FOLDER_H
#define TESTS_FOLDER_H

/*
 * Folders for the files of a test, in $TMPDIR or /tmp. They are gone when the program ends.
 * libcheck forks a process a test, which ends at once when its test fails: the first process takes
 * away what belongs to all of them.
 */

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { FOLDER_ROOM = 128 };

static char folder_prefix[FOLDER_ROOM - sizeof "XXXXXX"];
static pid_t folders_owner;

static inline void folders_remove(void)
{
    pid_t child = getpid() == folders_owner ? fork() : -1;

    if (child == 0) {
        execlp("sh", "sh", "-c", "rm -rf -- \"$0\"*", folder_prefix, (char *)NULL);
        _exit(127);
    }
    if (child > 0)
        waitpid(child, NULL, 0);
}

/* Two programs in two containers may have the same number. */
static inline __attribute__((constructor)) void folders_begin(void)
{
    const char *parent = getenv("TMPDIR");
    struct timespec now = {0};
    int len;

    clock_gettime(CLOCK_REALTIME, &now);
    folders_owner = getpid();
    len = snprintf(folder_prefix, sizeof folder_prefix, "%s/mtlsauth-%ld-%ld-",
                   parent == NULL || *parent == '\0' ? "/tmp" : parent, (long)folders_owner,
                   (long)now.tv_nsec);
    if (len < (int)sizeof folder_prefix && atexit(folders_remove) == 0)
        return;
    fprintf(stderr, "TMPDIR is too long: %s\n", parent);
    exit(EXIT_FAILURE);
}

/* A new one, which nobody else can look into. */
static inline void folder_make(char path[FOLDER_ROOM])
{
    snprintf(path, FOLDER_ROOM, "%sXXXXXX", folder_prefix);
    if (mkdtemp(path) == NULL) {
        perror(path);
        exit(EXIT_FAILURE);
    }
}

/* How many files it has, without those that are hidden. */
static inline unsigned folder_count(const char *path)
{
    DIR *dir = opendir(path);
    const struct dirent *entry;
    unsigned count = 0;

    if (dir == NULL) {
        perror(path);
        exit(EXIT_FAILURE);
    }
    while ((entry = readdir(dir)) != NULL)
        count += entry->d_name[0] != '.';
    closedir(dir);
    return count;
}

#endif
