/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_REVOCATION_STORE_H
#define MTLSAUTH_REVOCATION_STORE_H

#include "base/span.h"

/*
 * Files that are written here, by this process or another of the same user, and believed later:
 * compiled indexes and state. They are replaced as a whole or not at all; what another user could
 * have written or exchanged is not read.
 */

/* A file that is being written beside the one that it will replace. */
struct store_write {
    const char *path; /* borrowed */
    char *temporary;
    const char *name, *temporary_name; /* within the folder */
    int folder, file;
    bool is_there; /* under its temporary name */
};

/* Begins; nobody sees the file before mtlsauth__store_commit. Ends with commit or abandon. */
int mtlsauth__store_create(struct store_write *out, const char *path);
int mtlsauth__store_write(struct store_write *store, struct span bytes);

/* Syncs and closes it, puts it in place of the old one, syncs the folder. On failure the old one
 * stays, but that the last step alone may fail with the new one in place. */
int mtlsauth__store_commit(struct store_write *store);
void mtlsauth__store_abandon(struct store_write *store);

/* All of these, for octets that are there as a whole. */
int mtlsauth__store_replace(const char *path, struct span bytes);

struct store_read {
    const char *path; /* borrowed */
    int file;
    uint64_t size;
};

/*
 * Opens a regular file, without following a link to it. private: only one that nobody but its owner
 * can write, in a folder of that kind, both of this user or of root. MTLSAUTH_ERR_IO with a
 * sentence; MTLSAUTH_ERR_NOT_FOUND when there is none.
 */
int mtlsauth__store_open(struct store_read *out, const char *path, bool is_private);

/* Exactly len octets; MTLSAUTH_ERR_PARSE when the file ends before. */
int mtlsauth__store_read(struct store_read *store, void *to, size_t len);

/* MTLSAUTH_OK when all of it has been read. */
int mtlsauth__store_end(struct store_read *store);
void mtlsauth__store_close(struct store_read *store);

/*
 * Opens, or makes, an empty file beside others, as private as mtlsauth__store_open asks for, and
 * waits until no other process has it locked. It keeps processes apart, not threads, and another
 * descriptor of the file that is closed in this process lets others in.
 */
int mtlsauth__store_lock(int *lock, const char *path);
void mtlsauth__store_unlock(int lock); /* below 0: nothing */

#endif
