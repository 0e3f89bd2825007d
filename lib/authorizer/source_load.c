/* SPDX-License-Identifier: MIT */
#include "authorizer/source.h"

#include <errno.h>
#include <sys/stat.h>
#include <time.h>
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "crypto/digest.h"

/* A file that changes while it is read is read so often; a writer who needs longer is reported. */
enum { MAX_READS = 3 };

/*
 * Clocks of file systems tick, some of them only every two seconds: of two writes within one tick
 * the second may leave every time as it was. A file that is younger is read again.
 */
enum { SETTLED_SECONDS = 3 };

/* The digest of a list is computed in pieces of this size. */
enum { PIECE = 128 << 10 };

static bool is_older(const struct timespec *now, int64_t seconds)
{
    return seconds <= (int64_t)now->tv_sec - SETTLED_SECONDS;
}

/* Links are followed: what a name stands for is what is looked at. */
static int take_stamp(struct stamp *stamp, const char *path)
{
    struct timespec now;
    struct stat st;

    *stamp = (struct stamp){0};
    if (clock_gettime(CLOCK_REALTIME, &now) != 0)
        return mtlsauth__fail_errno(path, "there is no clock", errno);
    if (stat(path, &st) != 0)
        return mtlsauth__fail_errno(path, "cannot be examined", errno);
    *stamp = (struct stamp){
        .device = (uint64_t)st.st_dev,
        .inode = (uint64_t)st.st_ino,
        .size = (uint64_t)st.st_size,
        .modified = st.st_mtim.tv_sec,
        .modified_ns = st.st_mtim.tv_nsec,
        .changed = st.st_ctim.tv_sec,
        .changed_ns = st.st_ctim.tv_nsec,
        .is_settled = is_older(&now, st.st_mtim.tv_sec) && is_older(&now, st.st_ctim.tv_sec),
    };
    return MTLSAUTH_OK;
}

static bool same_stamp(const struct stamp *a, const struct stamp *b)
{
    return a->device == b->device && a->inode == b->inode && a->size == b->size &&
           a->modified == b->modified && a->modified_ns == b->modified_ns &&
           a->changed == b->changed && a->changed_ns == b->changed_ns;
}

static int fail_digest(const char *path)
{
    return mtlsauth__fail_in(mtlsauth__fail_digest(), "%s: ", path);
}

/* --- A truststore ----------------------------------------------------------------------------- */

/* *same: it is what is in force. */
static int load_truststore(struct file_state *next, const struct source_file *file,
                           const mtlsauth_policy *policy, bool *same)
{
    uint8_t *bytes;
    size_t len;
    int code =
        mtlsauth__file_read(file->path, policy->limits.truststore_bytes, &bytes, &len);

    if (code != MTLSAUTH_OK)
        return code;
    if (!mtlsauth__sha256(span_of(bytes, len), next->sha256))
        code = fail_digest(file->path);
    *same = code == MTLSAUTH_OK && file->state.is_loaded &&
            memcmp(next->sha256, file->state.sha256, sizeof next->sha256) == 0;
    if (code == MTLSAUTH_OK && !*same) {
        code = mtlsauth_truststore_parse(&next->truststore, bytes, len, &policy->limits);
        if (code != MTLSAUTH_OK)
            code = mtlsauth__fail_in(code, "%s: ", file->path);
    }
    mtlsauth__free(bytes);
    return code;
}

/* --- A list ----------------------------------------------------------------------------------- */

struct digesting {
    const char *path;
    struct digest *digest;
};

static int add_piece(void *arg, struct span bytes)
{
    struct digesting *digesting = arg;

    return mtlsauth__digest_add(digesting->digest, bytes) ? MTLSAUTH_OK
                                                          : fail_digest(digesting->path);
}

static int digest_file(const char *path, uint8_t out[MTLSAUTH_SHA256_LEN])
{
    struct digesting digesting = {.path = path, .digest = mtlsauth__digest_new(HASH_SHA256)};
    uint8_t digest[MTLSAUTH__MAX_DIGEST];
    size_t len = 0;
    int code;

    if (digesting.digest == NULL)
        return fail_digest(path);
    code = mtlsauth__file_each(path, PIECE, add_piece, &digesting);
    if (code == MTLSAUTH_OK && (!mtlsauth__digest_end(digesting.digest, digest, &len) ||
                                len != MTLSAUTH_SHA256_LEN))
        code = fail_digest(path);
    mtlsauth__digest_free(digesting.digest);
    if (code == MTLSAUTH_OK)
        memcpy(out, digest, MTLSAUTH_SHA256_LEN);
    return code;
}

/* The digest in next is of the octets that the list was read from, and of no other reading. */
static int load_list(struct file_state *next, mtlsauth_crl **crl, const struct source *source,
                     const struct source_file *file, const mtlsauth_truststore *truststore,
                     const mtlsauth_policy *policy)
{
    const struct crl_bytes bytes = {.path = file->path, .sha256 = next->sha256};
    const struct crl_signers signers = {
        .issuer = source->issuer,
        .truststore = source->issuer == NULL ? truststore : NULL,
    };
    const struct crl_rules rules = {.params = &policy->path,
                                    .revocation = &policy->revocation};
    int code = mtlsauth__crl_load(crl, &bytes, &signers, &rules, NULL);

    if (code != MTLSAUTH_OK)
        return code;
    code = mtlsauth__sha256((*crl)->issuer_key, next->issuer)
               ? mtlsauth__crl_floor_of(&next->list, *crl)
               : mtlsauth__fail_digest();
    return code == MTLSAUTH_OK ? code : mtlsauth__fail_in(code, "%s: ", file->path);
}

/* --- Either ----------------------------------------------------------------------------------- */

static int load(struct file_state *next, mtlsauth_crl **crl, const struct source *source,
                const struct source_file *file, const mtlsauth_truststore *truststore,
                const mtlsauth_policy *policy, bool anew, bool *same)
{
    uint8_t sha256[MTLSAUTH_SHA256_LEN];
    int code;

    *same = false;
    if (source->kind == SOURCE_TRUSTSTORE)
        return load_truststore(next, file, policy, same);
    code = digest_file(file->path, sha256);
    if (code != MTLSAUTH_OK)
        return code;
    *same =
        !anew && file->state.is_loaded && memcmp(sha256, file->state.sha256, sizeof sha256) == 0;
    return *same ? MTLSAUTH_OK : load_list(next, crl, source, file, truststore, policy);
}

static void drop_attempt(struct file_state *next, mtlsauth_crl **crl)
{
    mtlsauth_truststore_free(next->truststore);
    mtlsauth_crl_free(*crl);
    *crl = NULL;
    *next = (struct file_state){0};
}

/*
 * What was read while the file was the same before and after. A list that was not may be taken: its
 * signature says that it is whole. A truststore has none, and one that is cut off between two
 * certificates is a truststore, too.
 */
static int read_steadily(struct file_state *next, mtlsauth_crl **crl, const struct source *source,
                         struct source_file *file, const mtlsauth_truststore *truststore,
                         const mtlsauth_policy *policy, bool anew, bool *same)
{
    for (int reads = 1;; reads++) {
        struct stamp before, after;
        int code = take_stamp(&before, file->path), later;

        *same = !anew && code == MTLSAUTH_OK && file->state.is_loaded &&
                file->state.stamp.is_settled && same_stamp(&before, &file->state.stamp);
        if (code != MTLSAUTH_OK || *same)
            return code;
        code = load(next, crl, source, file, truststore, policy, anew, same);
        next->stamp = before;
        if (code == MTLSAUTH_ERR_NOMEM)
            return code;
        later = take_stamp(&after, file->path);
        if (later == MTLSAUTH_OK && same_stamp(&before, &after))
            return code;
        if (reads < MAX_READS) {
            drop_attempt(next, crl);
            continue;
        }
        next->stamp.is_settled = false;
        if (code != MTLSAUTH_OK || source->kind != SOURCE_TRUSTSTORE)
            return code;
        return mtlsauth__fail(MTLSAUTH_ERR_IO,
                              "%s: changes while it is read; write a file beside it and rename it",
                              file->path);
    }
}

/* Room for the list in force, before anything is: noting it cannot fail then. */
static int make_room(struct source_file *file, const struct file_state *next)
{
    struct crl_floor *grown;

    if (next->truststore != NULL || !mtlsauth__source_leaves(&file->state, next))
        return MTLSAUTH_OK;
    grown =
        mtlsauth__grow(file->left, file->left_count, &file->left_capacity, sizeof *file->left);
    if (grown == NULL)
        return mtlsauth__fail_memory();
    file->left = grown;
    return MTLSAUTH_OK;
}

int mtlsauth__source_look(const struct source *source, struct source_file *file,
                          const mtlsauth_truststore *truststore, const mtlsauth_policy *policy,
                          bool anew)
{
    struct file_state next = {0};
    mtlsauth_crl *crl = NULL;
    bool same = false;
    int code = read_steadily(&next, &crl, source, file, truststore, policy, anew, &same);

    if (code == MTLSAUTH_OK && !same)
        code = make_room(file, &next);
    if (code == MTLSAUTH_OK && same) {
        /* Looked at again, and found to be what it was. */
        if (next.stamp.inode != 0)
            file->state.stamp = next.stamp;
    } else if (code == MTLSAUTH_OK) {
        next.is_loaded = true;
        file->next = next;
        file->crl = crl;
        return MTLSAUTH_OK;
    }
    drop_attempt(&next, &crl);
    if (code == MTLSAUTH_OK || code == MTLSAUTH_ERR_NOMEM)
        return code;
    file->code = code;
    file->sentence = mtlsauth__strdup(mtlsauth_last_error());
    return file->sentence == NULL ? mtlsauth__fail_memory() : MTLSAUTH_OK;
}
