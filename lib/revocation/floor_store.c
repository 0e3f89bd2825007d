/* SPDX-License-Identifier: MIT */
#include "revocation/floor_store.h"

#include <pthread.h>
#include <mtlsauth/error.h>
#include "base/checked.h"
#include "base/error.h"
#include "base/memory.h"
#include "crypto/digest.h"
#include "revocation/image_layout.h"
#include "revocation/store.h"

/* docs/revocation.md has the fields. */
#define FLOORS_MAGIC "\x8bMTLSFLR"
#define FLOORS_FILE "/crl-floors"
#define FLOORS_LOCK "/crl-floors.lock"

enum {
    FLOORS_VERSION = 2, /* in 1 a floor was of an issuer key, whatever its name */
    FLOORS_MAX = 16384,

    AT_VERSION = 8,
    AT_COUNT = 12,
    HEADER = 16,

    AT_ISSUER_KEY = 0,
    AT_POINT = 32,
    AT_CONTENT = 64,
    AT_THIS_UPDATE = 96,
    AT_ROLLBACKS = 104,
    AT_KIND = 108,
    AT_NUMBER_LEN = 109,
    AT_ZERO = 110,
    AT_NUMBER = 112,
    ENTRY = AT_NUMBER + MTLSAUTH__MAX_CRL_NUMBER,

    SEAL = CRL_IMAGE_DIGEST
};

/*
 * A record lock is the process's: it keeps no thread out, and closing any descriptor of the file
 * gives it up. So one thread at a time.
 */
static pthread_mutex_t one_thread = PTHREAD_MUTEX_INITIALIZER;

static char *join(const char *folder, const char *name)
{
    size_t folder_len = strlen(folder), name_len = strlen(name), room;
    char *path = checked_add(folder_len, name_len + 1, &room) ? mtlsauth__malloc(room) : NULL;

    if (path != NULL) {
        memcpy(path, folder, folder_len);
        memcpy(path + folder_len, name, name_len + 1);
    }
    return path;
}

static int seal_of(const uint8_t *bytes, size_t len, uint8_t seal[SEAL])
{
    return mtlsauth__sha256(span_of(bytes, len), seal) ? MTLSAUTH_OK : mtlsauth__fail_digest();
}

static void encode(uint8_t *at, const struct crl_floor *floor)
{
    memset(at, 0, ENTRY);
    memcpy(at + AT_ISSUER_KEY, floor->issuer_key, CRL_IMAGE_DIGEST);
    memcpy(at + AT_POINT, floor->point, CRL_IMAGE_DIGEST);
    memcpy(at + AT_CONTENT, floor->content, CRL_IMAGE_DIGEST);
    put_le(at + AT_THIS_UPDATE, 8, (uint64_t)floor->this_update);
    put_le(at + AT_ROLLBACKS, 4, floor->rollbacks);
    at[AT_KIND] = floor->delta;
    at[AT_NUMBER_LEN] = (uint8_t)floor->number_len;
    memcpy(at + AT_NUMBER, floor->number, floor->number_len);
}

/* False for what encode never writes. */
static bool decode(struct crl_floor *floor, const uint8_t *at)
{
    uint8_t again[ENTRY];

    if (at[AT_KIND] > 1 || at[AT_NUMBER_LEN] > MTLSAUTH__MAX_CRL_NUMBER ||
        (at[AT_NUMBER_LEN] > 1 && at[AT_NUMBER] == 0))
        return false;
    *floor = (struct crl_floor){.delta = at[AT_KIND] == 1,
                                .rollbacks = (uint32_t)get_le(at + AT_ROLLBACKS, 4),
                                .number_len = at[AT_NUMBER_LEN],
                                .this_update = (int64_t)get_le(at + AT_THIS_UPDATE, 8)};
    memcpy(floor->issuer_key, at + AT_ISSUER_KEY, CRL_IMAGE_DIGEST);
    memcpy(floor->point, at + AT_POINT, CRL_IMAGE_DIGEST);
    memcpy(floor->content, at + AT_CONTENT, CRL_IMAGE_DIGEST);
    memcpy(floor->number, at + AT_NUMBER, floor->number_len);
    encode(again, floor);
    return memcmp(again, at, ENTRY) == 0;
}

static int fail_torn(const char *path, const char *what)
{
    return mtlsauth__fail(MTLSAUTH_ERR_PARSE,
                          "%s: %s, so it is not known which CRLs were accepted; put a good copy "
                          "back, or remove it, after which older CRLs are taken once more",
                          path, what);
}

static int decode_all(struct crl_floors *floors, const uint8_t *at, const char *path)
{
    for (size_t i = 0; i < floors->count; i++, at += ENTRY)
        if (!decode(&floors->all[i], at) ||
            (i > 0 && mtlsauth__crl_floor_order(&floors->all[i - 1], &floors->all[i]) >= 0))
            return fail_torn(path, "malformed");
    return MTLSAUTH_OK;
}

int mtlsauth__floors_decode(struct crl_floors *floors, struct span bytes, const char *path)
{
    uint8_t seal[SEAL];
    size_t count;
    int code;

    *floors = (struct crl_floors){.all = NULL};
    if (bytes.len < HEADER + SEAL || memcmp(bytes.ptr, FLOORS_MAGIC, AT_VERSION) != 0)
        return fail_torn(path, "cut off, or no file of rollback floors");
    if (get_le(bytes.ptr + AT_VERSION, 4) != FLOORS_VERSION)
        return fail_torn(path, "of another format version");
    count = (size_t)get_le(bytes.ptr + AT_COUNT, 4);
    if (count > FLOORS_MAX || bytes.len != HEADER + count * ENTRY + SEAL)
        return fail_torn(path, "not as long as it says");
    code = seal_of(bytes.ptr, bytes.len - SEAL, seal);
    if (code != MTLSAUTH_OK)
        return code;
    if (memcmp(seal, bytes.ptr + bytes.len - SEAL, SEAL) != 0)
        return fail_torn(path, "torn or altered (its SHA-256 is another)");
    floors->all = mtlsauth__calloc(count, sizeof *floors->all);
    if (floors->all == NULL)
        return mtlsauth__fail_memory();
    floors->count = count;
    code = decode_all(floors, bytes.ptr + HEADER, path);
    if (code != MTLSAUTH_OK)
        mtlsauth__crl_floors_drop(floors);
    return code;
}

int mtlsauth__floors_encode(const struct crl_floors *floors, uint8_t **out, size_t *len,
                            const char *path)
{
    uint8_t *bytes;
    int code;

    *out = NULL;
    if (floors->count > FLOORS_MAX)
        return mtlsauth__fail(MTLSAUTH_ERR_LIMIT,
                              "%s: no more than %d distribution points are remembered", path,
                              FLOORS_MAX);
    *len = HEADER + floors->count * ENTRY + SEAL;
    bytes = mtlsauth__malloc(*len);
    if (bytes == NULL)
        return mtlsauth__fail_memory();
    memcpy(bytes, FLOORS_MAGIC, AT_VERSION);
    put_le(bytes + AT_VERSION, 4, FLOORS_VERSION);
    put_le(bytes + AT_COUNT, 4, floors->count);
    for (size_t i = 0; i < floors->count; i++)
        encode(bytes + HEADER + i * ENTRY, &floors->all[i]);
    code = seal_of(bytes, *len - SEAL, bytes + *len - SEAL);
    if (code == MTLSAUTH_OK)
        *out = bytes;
    else
        mtlsauth__free(bytes);
    return code;
}

static int read_floors(struct floor_store *store, struct crl_floors *floors)
{
    struct store_read file;
    uint8_t *bytes;
    int code = mtlsauth__store_open(&file, store->path, true);

    if (code != MTLSAUTH_OK)
        return code == MTLSAUTH_ERR_NOT_FOUND ? MTLSAUTH_OK : code;
    if (file.size > HEADER + (uint64_t)FLOORS_MAX * ENTRY + SEAL) {
        mtlsauth__store_close(&file);
        return fail_torn(store->path, "longer than any that was written");
    }
    bytes = mtlsauth__malloc((size_t)file.size);
    code = bytes == NULL ? mtlsauth__fail_memory()
                         : mtlsauth__store_read(&file, bytes, (size_t)file.size);
    if (code == MTLSAUTH_OK)
        code = mtlsauth__store_end(&file);
    if (code == MTLSAUTH_OK)
        code = mtlsauth__floors_decode(floors, span_of(bytes, (size_t)file.size), store->path);
    if (code == MTLSAUTH_OK) {
        store->present = true;
        memcpy(store->seal, bytes + file.size - SEAL, SEAL);
    }
    mtlsauth__free(bytes);
    mtlsauth__store_close(&file);
    return code;
}

int mtlsauth__floor_store_begin(struct floor_store *store, const char *folder,
                                struct crl_floors *floors)
{
    char *lock_path = join(folder, FLOORS_LOCK);
    int code;

    *floors = (struct crl_floors){.all = NULL};
    *store = (struct floor_store){.path = join(folder, FLOORS_FILE), .lock = -1};
    if (lock_path == NULL || store->path == NULL) {
        mtlsauth__free(lock_path);
        mtlsauth__free(store->path);
        store->path = NULL;
        return mtlsauth__fail_memory();
    }
    pthread_mutex_lock(&one_thread);
    code = mtlsauth__store_lock(&store->lock, lock_path);
    mtlsauth__free(lock_path);
    if (code == MTLSAUTH_OK)
        code = read_floors(store, floors);
    if (code != MTLSAUTH_OK) {
        mtlsauth__crl_floors_drop(floors);
        mtlsauth__floor_store_end(store);
    }
    return code;
}

int mtlsauth__floor_store_write(struct floor_store *store, const struct crl_floors *floors)
{
    uint8_t *bytes;
    size_t len;
    int code = mtlsauth__floors_encode(floors, &bytes, &len, store->path);

    if (code != MTLSAUTH_OK)
        return code;
    if (!store->present || memcmp(store->seal, bytes + len - SEAL, SEAL) != 0)
        code = mtlsauth__store_replace(store->path, span_of(bytes, len));
    mtlsauth__free(bytes);
    return code;
}

void mtlsauth__floor_store_end(struct floor_store *store)
{
    if (store->path == NULL)
        return;
    mtlsauth__store_unlock(store->lock);
    pthread_mutex_unlock(&one_thread);
    mtlsauth__free(store->path);
    store->path = NULL;
}
