/* SPDX-License-Identifier: MIT */
#include "revocation/crl.h"

#include "base/error.h"
#include "base/memory.h"
#include "revocation/store.h"

/* A shorter key is guessed. */
enum { MIN_KEY = 16 };

static int check_key(const char *function, const void *key, size_t key_len)
{
    if ((key == NULL) != (key_len == 0))
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                              "%s: a key is octets and their number, or NULL and 0", function);
    if (key_len > 0 && key_len < MIN_KEY)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "%s: a key has at least %d octets", function,
                              MIN_KEY);
    if (key_len > INT32_MAX)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "%s: a key has at most %ld octets", function,
                              (long)INT32_MAX);
    return MTLSAUTH_OK;
}

static int to_store(void *arg, struct span bytes)
{
    return mtlsauth__store_write(arg, bytes);
}

int mtlsauth_crl_save(const mtlsauth_crl *crl, const char *path, const void *key, size_t key_len)
{
    struct store_write store;
    struct crl_image_out out = {.write = to_store, .arg = &store};
    int code = check_key("crl_save", key, key_len);

    if (code != MTLSAUTH_OK)
        return code;
    if (crl == NULL || path == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "crl_save: a list and a path are needed");
    if (!crl->verified)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT,
                              "crl_save: the signature of this CRL was not verified; an index is "
                              "made of a list that was loaded with its issuer");
    code = mtlsauth__store_create(&store, path);
    if (code != MTLSAUTH_OK)
        return code;
    code = mtlsauth__crl_image_write(&crl->image, span_of(key, key_len), &out);
    if (code == MTLSAUTH_OK)
        return mtlsauth__store_commit(&store);
    mtlsauth__store_abandon(&store);
    return code;
}

static int open_image(mtlsauth_crl **out, struct span key, const struct crl_image_in *in)
{
    mtlsauth_crl *crl = mtlsauth__calloc(1, sizeof *crl);
    int code;

    if (crl == NULL)
        return mtlsauth__fail_memory();
    refcount_init(&crl->refs);
    code = mtlsauth__crl_image_read(&crl->image, key, in);
    if (code == MTLSAUTH_OK)
        code = mtlsauth__crl_finish(crl);
    if (code != MTLSAUTH_OK) {
        mtlsauth_crl_free(crl);
        return code;
    }
    /* Only a verified list is ever saved. */
    crl->verified = true;
    *out = crl;
    return MTLSAUTH_OK;
}

static int from_store(void *arg, void *to, size_t len)
{
    int code = mtlsauth__store_read(arg, to, len);

    return code == MTLSAUTH_ERR_PARSE ? mtlsauth__fail(code, "CRL index: cut off") : code;
}

static int end_of_store(void *arg)
{
    return mtlsauth__store_end(arg);
}

int mtlsauth_crl_open_file(mtlsauth_crl **out, const char *path, const void *key, size_t key_len)
{
    struct store_read store;
    struct crl_image_in in = {.read = from_store, .end = end_of_store, .arg = &store};
    int code = check_key("crl_open_file", key, key_len);

    if (out != NULL)
        *out = NULL;
    if (code != MTLSAUTH_OK)
        return code;
    if (out == NULL || path == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "crl_open_file: out or path is NULL");
    code = mtlsauth__store_open(&store, path, key_len == 0);
    /* Of a floor, no file is no error; an index that is named has to be there. */
    if (code == MTLSAUTH_ERR_NOT_FOUND)
        return mtlsauth__fail(MTLSAUTH_ERR_IO, "%s: no such file", path);
    if (code != MTLSAUTH_OK)
        return code;
    in.size = store.size;
    code = open_image(out, span_of(key, key_len), &in);
    mtlsauth__store_close(&store);
    if (code != MTLSAUTH_OK && code != MTLSAUTH_ERR_IO && code != MTLSAUTH_ERR_NOMEM)
        return mtlsauth__fail_in(code, "%s: ", path);
    return code;
}

static int from_memory(void *arg, void *to, size_t len)
{
    struct span *rest = arg;

    if (len > rest->len)
        return mtlsauth__fail(MTLSAUTH_ERR_PARSE, "CRL index: cut off");
    if (len > 0)
        memcpy(to, rest->ptr, len);
    *rest = span_tail(*rest, len);
    return MTLSAUTH_OK;
}

static int end_of_memory(void *arg)
{
    const struct span *rest = arg;

    return rest->len == 0 ? MTLSAUTH_OK
                          : mtlsauth__fail(MTLSAUTH_ERR_PARSE, "CRL index: longer than it says");
}

int mtlsauth_crl_open(mtlsauth_crl **out, const void *data, size_t len, const void *key,
                      size_t key_len)
{
    struct span rest = span_of(data, len);
    struct crl_image_in in = {.read = from_memory, .end = end_of_memory, .arg = &rest, .size = len};
    int code = check_key("crl_open", key, key_len);

    if (out != NULL)
        *out = NULL;
    if (code != MTLSAUTH_OK)
        return code;
    if (out == NULL || data == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "crl_open: out or data is NULL");
    if (key_len == 0)
        return mtlsauth__fail(
            MTLSAUTH_ERR_ARGUMENT,
            "crl_open: memory says nothing of who made it; open an index that was "
            "saved with a key, or the file itself");
    return open_image(out, span_of(key, key_len), &in);
}
