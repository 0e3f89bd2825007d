/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_REVOCATION_FLOOR_STORE_H
#define MTLSAUTH_REVOCATION_FLOOR_STORE_H

#include "revocation/floor.h"

/* The file of floors in a state folder (docs/revocation.md), while this thread alone has it. */
struct floor_store {
    char *path; /* NULL: not open */
    int lock;
    bool present;                   /* there was a file */
    uint8_t seal[CRL_IMAGE_DIGEST]; /* of what was read */
};

/*
 * The octets of the file, and the floors that they say; for given floors there is one file. path is
 * for the sentence. MTLSAUTH_ERR_PARSE, _LIMIT, _NOMEM, _CRYPTO; then *out, or floors, is empty.
 */
int mtlsauth__floors_encode(const struct crl_floors *floors, uint8_t **out, size_t *len,
                            const char *path);
int mtlsauth__floors_decode(struct crl_floors *floors, struct span bytes, const char *path);

/*
 * Waits until no other thread or process has it, and reads the floors, to be given back with
 * mtlsauth__crl_floors_drop; a file that is not there has none. On failure nothing is held.
 * MTLSAUTH_ERR_PARSE for a file that is torn or altered; _IO, _LIMIT, _NOMEM, _CRYPTO.
 */
int mtlsauth__floor_store_begin(struct floor_store *store, const char *folder,
                                struct crl_floors *floors);

/* Replaces the file, unless it says so already. */
int mtlsauth__floor_store_write(struct floor_store *store, const struct crl_floors *floors);

/* Lets others in. One that is not open is taken. */
void mtlsauth__floor_store_end(struct floor_store *store);

#endif
