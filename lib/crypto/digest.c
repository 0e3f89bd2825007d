/* SPDX-License-Identifier: MIT */
#include "crypto/digest.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <mtlsauth/error.h>
#include "base/error.h"
#include "crypto/hash.h"

/* It is libcrypto's object; the name is ours. */
static EVP_MD_CTX *context(struct digest *digest)
{
    return (EVP_MD_CTX *)(void *)digest;
}

const EVP_MD *mtlsauth__evp_md(enum hash hash)
{
    switch (hash) {
    case HASH_MD5:
        return EVP_md5();
    case HASH_SHA1:
        return EVP_sha1();
    case HASH_SHA224:
        return EVP_sha224();
    case HASH_SHA256:
        return EVP_sha256();
    case HASH_SHA384:
        return EVP_sha384();
    case HASH_SHA512:
        return EVP_sha512();
    case HASH_NONE:
    case HASH_UNKNOWN:
        break;
    }
    return NULL;
}

bool mtlsauth__sha256(struct span bytes, uint8_t out[32])
{
    unsigned len = 0;
    bool ok;

    ERR_set_mark();
    ok = EVP_Digest(bytes.ptr, bytes.len, out, &len, EVP_sha256(), NULL) == 1 && len == 32;
    ERR_pop_to_mark();
    return ok;
}

bool mtlsauth__digest(enum hash hash, struct span bytes, uint8_t out[MTLSAUTH__MAX_DIGEST],
                      size_t *len)
{
    const EVP_MD *md = mtlsauth__evp_md(hash);
    unsigned written = 0;
    bool ok;

    ERR_set_mark();
    ok = md != NULL && EVP_Digest(bytes.ptr, bytes.len, out, &written, md, NULL) == 1;
    ERR_pop_to_mark();
    *len = written;
    return ok;
}

struct digest *mtlsauth__digest_new(enum hash hash)
{
    const EVP_MD *md = mtlsauth__evp_md(hash);
    EVP_MD_CTX *made;

    if (md == NULL)
        return NULL;
    ERR_set_mark();
    made = EVP_MD_CTX_new();
    if (made != NULL && EVP_DigestInit_ex(made, md, NULL) != 1) {
        EVP_MD_CTX_free(made);
        made = NULL;
    }
    ERR_pop_to_mark();
    return (struct digest *)(void *)made;
}

bool mtlsauth__digest_add(struct digest *digest, struct span bytes)
{
    bool ok;

    ERR_set_mark();
    ok = EVP_DigestUpdate(context(digest), bytes.ptr, bytes.len) == 1;
    ERR_pop_to_mark();
    return ok;
}

bool mtlsauth__digest_end(struct digest *digest, uint8_t out[MTLSAUTH__MAX_DIGEST], size_t *len)
{
    unsigned written = 0;
    bool ok;

    ERR_set_mark();
    ok = EVP_DigestFinal_ex(context(digest), out, &written) == 1;
    ERR_pop_to_mark();
    *len = written;
    return ok;
}

void mtlsauth__digest_free(struct digest *digest)
{
    EVP_MD_CTX_free(context(digest));
}

bool mtlsauth__hmac_sha256(struct span key, struct span bytes, uint8_t out[32])
{
    unsigned len = 0;
    bool ok;

    if (key.len > INT32_MAX)
        return false;
    ERR_set_mark();
    ok = HMAC(EVP_sha256(), key.ptr, (int)key.len, bytes.ptr, bytes.len, out, &len) != NULL &&
         len == 32;
    ERR_pop_to_mark();
    return ok;
}

bool mtlsauth__equal_in_constant_time(struct span a, struct span b)
{
    return a.len == b.len && (a.len == 0 || CRYPTO_memcmp(a.ptr, b.ptr, a.len) == 0);
}

int mtlsauth__fail_digest(void)
{
    return mtlsauth__fail(MTLSAUTH_ERR_CRYPTO,
                          "libcrypto cannot compute a digest: memory has run out, or its "
                          "configuration (OPENSSL_CONF) leaves the hash out");
}
