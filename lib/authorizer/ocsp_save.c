/* SPDX-License-Identifier: MIT */
#include <mtlsauth/error.h>
#include <stdlib.h>
#include "authorizer/ocsp_folder.h"
#include "authorizer/ocsp_put.h"
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "revocation/store.h"

/*
 * The responses of an authorizer as files. Of what is verified there is one for each CertID, and
 * one for each other signer that may be needed, which another one replaces. What nobody has
 * verified has the name of its octets, or a forged response took the place of a true one.
 */

enum kind { OF_CERTID, OF_SIGNER };

static const char *hash_name(enum hash hash)
{
    switch (hash) {
    case HASH_SHA1:
        return "sha1";
    case HASH_SHA256:
        return "sha256";
    case HASH_SHA384:
        return "sha384";
    default:
        return "sha512";
    }
}

static int add_digest(struct text *text, struct span of)
{
    uint8_t digest[MTLSAUTH_SHA256_LEN];

    if (!mtlsauth__sha256(of, digest))
        return mtlsauth__fail_digest();
    mtlsauth__text_add_char(text, ' ');
    mtlsauth__text_add_hex(text, span_of(digest, sizeof digest));
    return MTLSAUTH_OK;
}

/* " issuer", or " " and the SHA-256 of the delegate's tbsCertificate. */
static int add_signer(struct text *text, const struct ocsp_memo *memo)
{
    if (memo->delegate.len > 0)
        return add_digest(text, memo->delegate);
    mtlsauth__text_add(text, " issuer");
    return MTLSAUTH_OK;
}

/* SHA-256 of "sha1 NAMEHASH KEYHASH SERIAL" in hexadecimal, or of "... SERIAL SIGNER". */
static int name_of(struct ocsp_file_name *out, const struct ocsp_entry *entry, enum kind kind)
{
    const struct ocsp_id *id = &entry->id;
    uint8_t digest[MTLSAUTH_SHA256_LEN];
    struct text text = {0};
    int code = MTLSAUTH_OK;

    mtlsauth__text_addf(&text, "%s ", hash_name(id->hash));
    mtlsauth__text_add_hex(&text, id->name_hash);
    mtlsauth__text_add_char(&text, ' ');
    mtlsauth__text_add_hex(&text, id->key_hash);
    mtlsauth__text_add_char(&text, ' ');
    mtlsauth__text_add_hex(&text, id->serial);
    if (kind == OF_SIGNER)
        code = add_signer(&text, &entry->memo);
    if (code == MTLSAUTH_OK && text.failed)
        code = mtlsauth__fail_memory();
    if (code == MTLSAUTH_OK && !mtlsauth__sha256(span_of(text.ptr, text.len), digest))
        code = mtlsauth__fail_digest();
    mtlsauth__text_drop(&text);
    if (code != MTLSAUTH_OK)
        return code;
    mtlsauth__ocsp_file_name(out, digest, false);
    return MTLSAUTH_OK;
}

/* SHA-256 of the response. */
static int name_of_unverified(struct ocsp_file_name *out, const mtlsauth_ocsp_response *response)
{
    uint8_t digest[MTLSAUTH_SHA256_LEN];

    if (!mtlsauth__sha256(span_of(response->der, response->len), digest))
        return mtlsauth__fail_digest();
    mtlsauth__ocsp_file_name(out, digest, true);
    return MTLSAUTH_OK;
}

/* Is the file these very bytes already? What it is otherwise is of no interest. */
static bool is_there(const char *path, const mtlsauth_ocsp_response *response)
{
    uint8_t *data = NULL;
    size_t len;
    bool same = mtlsauth__file_read(path, response->len, &data, &len) == MTLSAUTH_OK &&
                span_equal(span_of(data, len), span_of(response->der, response->len));

    mtlsauth__free(data);
    return same;
}

static int write_one(const char *dir, const struct ocsp_file_name *name,
                     const mtlsauth_ocsp_response *response)
{
    char *path = mtlsauth__ocsp_file_path(dir, name);
    int code = MTLSAUTH_OK;

    if (path == NULL)
        return mtlsauth__fail_memory();
    if (!is_there(path, response))
        code = mtlsauth__store_replace(path, span_of(response->der, response->len));
    mtlsauth__free(path);
    return code;
}

/* One that cannot be saved keeps no other out of the folder: the first failure is told. */
struct saving {
    const char *dir;
    struct kept_sentence kept;
    int code;
};

static void note(struct saving *saving, int code)
{
    if (code == MTLSAUTH_OK || saving->code != MTLSAUTH_OK)
        return;
    saving->code = code;
    mtlsauth__sentence_keep(&saving->kept);
}

static void save(struct saving *saving, const struct ocsp_entry *entry, enum kind kind)
{
    struct ocsp_file_name name;
    int code = name_of(&name, entry, kind);

    note(saving, code == MTLSAUTH_OK ? write_one(saving->dir, &name, entry->response) : code);
}

/* Those of one CertID. The best one comes last: what stood under its name stands under another one
 * by then. */
static void save_all_of(struct saving *saving, const struct ocsp_cache *cache, size_t first,
                        size_t last, const struct ocsp_params *params)
{
    const struct ocsp_entry *best = mtlsauth__ocsp_cache_best(cache, first, last, params);

    for (size_t i = first; i < last; i++) {
        const struct ocsp_entry *entry = cache->entries[i];

        if (entry != best && mtlsauth__ocsp_is_needed(entry, params))
            save(saving, entry, OF_SIGNER);
    }
    if (ocsp_memo_is_set(&best->memo))
        save(saving, best, OF_CERTID);
}

static int by_address(const void *a, const void *b)
{
    uintptr_t one = (uintptr_t) * (const mtlsauth_ocsp_response *const *)a;
    uintptr_t other = (uintptr_t) * (const mtlsauth_ocsp_response *const *)b;

    return (one > other) - (one < other);
}

/* Strangers name many certificates in one response, of which there is one file all the same. */
static void save_unverified(struct saving *saving, const struct ocsp_cache *cache)
{
    const mtlsauth_ocsp_response **responses = mtlsauth__calloc(cache->count, sizeof *responses);
    struct ocsp_file_name name;
    size_t count = 0;
    int code;

    if (responses == NULL) {
        note(saving, mtlsauth__fail_memory());
        return;
    }
    for (size_t i = 0; i < cache->count; i++)
        if (!ocsp_memo_is_set(&cache->entries[i]->memo) &&
            !atomic_load(&cache->entries[i]->refuted))
            responses[count++] = cache->entries[i]->response;
    if (count > 1)
        qsort(responses, count, sizeof *responses, by_address);
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && responses[i] == responses[i - 1])
            continue;
        code = name_of_unverified(&name, responses[i]);
        note(saving, code == MTLSAUTH_OK ? write_one(saving->dir, &name, responses[i]) : code);
    }
    mtlsauth__free(responses);
}

/* A file that cannot be read may be another one's yet. */
static int remove_spent(const struct ocsp_folder *folder, size_t i,
                        const struct ocsp_params *params)
{
    mtlsauth_ocsp_response *response;
    int code = mtlsauth__ocsp_folder_read(&response, folder, i);

    if (code == MTLSAUTH_ERR_PARSE ||
        (code == MTLSAUTH_OK &&
         mtlsauth__ocsp_is_spent(response, folder->names[i].is_unverified, params)))
        mtlsauth__ocsp_folder_remove(folder, i);
    mtlsauth_ocsp_response_free(response);
    return code == MTLSAUTH_ERR_NOMEM ? code : MTLSAUTH_OK;
}

/* A CA whose certificates live for days fills every folder. What cannot be removed is no failure of
 * a save, nor is a folder that can be written and not read; but where nothing was written, nobody
 * else has found out whether it is there. */
static int tidy(const char *dir, bool was_written, const struct ocsp_params *params)
{
    struct ocsp_folder folder;
    int code = mtlsauth__ocsp_folder_list(&folder, dir);

    if (was_written && code != MTLSAUTH_ERR_NOMEM)
        code = MTLSAUTH_OK;
    if (mtlsauth__ocsp_folder_is_full(&folder))
        for (size_t i = 0; code == MTLSAUTH_OK && i < folder.count; i++)
            code = remove_spent(&folder, i, params);
    mtlsauth__ocsp_folder_drop(&folder);
    return code;
}

static int save_snapshot(struct saving *saving, const struct snapshot *snapshot)
{
    struct ocsp_context context = {.snapshot = snapshot};
    struct ocsp_params params;

    if (!mtlsauth__policy_time(snapshot->policy, &context.now))
        return mtlsauth__fail_clock();
    params = mtlsauth__ocsp_params_of(&context);
    /* First, as a decision may verify one of them meanwhile. */
    save_unverified(saving, snapshot->ocsp);
    for (size_t i = 0, last; i < snapshot->ocsp->count; i = last) {
        (void)mtlsauth__ocsp_cache_find(snapshot->ocsp, &snapshot->ocsp->entries[i]->id, &last);
        save_all_of(saving, snapshot->ocsp, i, last, &params);
    }
    return tidy(saving->dir, snapshot->ocsp->count > 0, &params);
}

int mtlsauth_authorizer_save_ocsp(const mtlsauth_authorizer *authorizer, const char *dir)
{
    struct saving saving = {.dir = dir};
    struct snapshot *snapshot;
    struct kept_sentence kept;
    int code;

    if (authorizer == NULL || dir == NULL || *dir == '\0')
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                              "save_ocsp: an authorizer and the path of a folder are needed");
    mtlsauth__sentence_keep(&kept);
    snapshot = mtlsauth__authorizer_acquire(authorizer);
    code = save_snapshot(&saving, snapshot);
    mtlsauth__snapshot_free(snapshot);
    if (saving.code == MTLSAUTH_OK)
        return mtlsauth__sentence_settle(&kept, code);
    (void)mtlsauth__sentence_settle(&saving.kept, MTLSAUTH_OK);
    return saving.code;
}
