/* SPDX-License-Identifier: MIT */
/*
 * A file of rollback floors of any octets, as it is and with its digest made right, as somebody
 * could do who may write the file. What is taken is in order, and is written as the very same file
 * again.
 */
#include <stdlib.h>
#include <string.h>
#include <mtlsauth/error.h>
#include "base/memory.h"
#include "crypto/digest.h"
#include "revocation/floor_store.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void check_all(struct crl_floors *floors)
{
    for (size_t i = 0; i < floors->count; i++) {
        struct crl_floor *floor = &floors->all[i], before = *floor;
        bool found;

        must(mtlsauth__crl_floors_find(floors, floor, &found) == i && found);
        must(i == 0 || mtlsauth__crl_floor_order(floor - 1, floor) < 0);
        must(floor->number_len <= sizeof floor->number);
        /* Nothing is above itself. */
        mtlsauth__crl_floor_raise(floor, &before);
        must(memcmp(floor, &before, sizeof before) == 0);
    }
}

static void decode(const uint8_t *bytes, size_t len)
{
    struct crl_floors floors;
    uint8_t *again = NULL;
    size_t again_len = 0;

    if (mtlsauth__floors_decode(&floors, span_of(bytes, len), "fuzz") != MTLSAUTH_OK) {
        must(floors.all == NULL && floors.count == 0);
        return;
    }
    check_all(&floors);
    must(mtlsauth__floors_encode(&floors, &again, &again_len, "fuzz") == MTLSAUTH_OK);
    must(again_len == len && memcmp(again, bytes, len) == 0);
    mtlsauth__free(again);
    mtlsauth__crl_floors_drop(&floors);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    uint8_t *bytes = calloc(len == 0 ? 1 : len, 1);

    must(bytes != NULL);
    if (len > 0)
        memcpy(bytes, data, len);
    decode(bytes, len);
    if (len > CRL_IMAGE_DIGEST) {
        size_t before = len - CRL_IMAGE_DIGEST;

        must(mtlsauth__sha256(span_of(bytes, before), bytes + before));
        decode(bytes, len);
    }
    free(bytes);
    return 0;
}
