/* SPDX-License-Identifier: MIT */
#include "authorizer_ocsp.h"

#include "folder.h"
#include "revocation/ocsp_id.h"

/* The library calls this one, and the file that has the other is compiled with its name changed. */
#undef mtlsauth__ocsp_key_hash
bool mtlsauth__ocsp_key_hash(struct span spki, enum hash hash, uint8_t out[MTLSAUTH__MAX_DIGEST],
                             size_t *len);
bool real_mtlsauth__ocsp_key_hash(struct span spki, enum hash hash,
                                  uint8_t out[MTLSAUTH__MAX_DIGEST], size_t *len);

enum { CAS = 20, ANSWERS = 30 };

static unsigned digests;

bool mtlsauth__ocsp_key_hash(struct span spki, enum hash hash, uint8_t out[MTLSAUTH__MAX_DIGEST],
                             size_t *len)
{
    digests++;
    return real_mtlsauth__ocsp_key_hash(spki, hash, out, len);
}

/* Other CAs than the one of the answers. */
static mtlsauth_truststore *many_cas(void)
{
    static char pem[CAS * 2048];
    mtlsauth_truststore *many;
    size_t used = 0;

    for (int i = 0; i < CAS; i++) {
        char name[16];
        EVP_PKEY *key = ca_key("ED25519");
        struct ca_spec spec = {.subject = name,
                               .issuer = name,
                               .key = key,
                               .issuer_key = key,
                               .constraints = "critical,CA:TRUE",
                               .usage = "keyCertSign"};
        mtlsauth_cert *cert;
        const void *der;
        size_t len;

        snprintf(name, sizeof name, "CA %d", i);
        cert = ca_cert(&spec);
        der = mtlsauth_cert_der(cert, &len);
        used += (size_t)sprintf(pem + used, "-----BEGIN CERTIFICATE-----\n");
        used += (size_t)EVP_EncodeBlock((unsigned char *)pem + used, der, (int)len);
        used += (size_t)sprintf(pem + used, "\n-----END CERTIFICATE-----\n");
        mtlsauth_cert_free(cert);
        EVP_PKEY_free(key);
    }
    OK(mtlsauth_truststore_parse(&many, pem, used, NULL));
    return many;
}

/* Many answers at once: the key of each CA is hashed once for all of them. */
START_TEST(keys_are_hashed_once)
{
    char folder[FOLDER_ROOM];
    mtlsauth_truststore *many = many_cas();

    folder_make(folder);
    setup(true);
    for (int i = 1; i <= ANSWERS; i++)
        OK(put_single(
            &(struct ob_single){.serial = (const char *)(uint8_t[]){(uint8_t)i}, .serial_len = 1}));
    OK(mtlsauth_authorizer_save_ocsp(authorizer, folder));
    teardown();
    setup(true);
    OK(mtlsauth_authorizer_set_truststore(authorizer, many));
    digests = 0;
    OK(mtlsauth_authorizer_load_ocsp(authorizer, folder, NULL));
    ck_assert_uint_eq(generation(), 3);
    ck_assert_uint_eq(digests, CAS);
    mtlsauth_truststore_free(many);
    teardown();
}
END_TEST

UNIT_MAIN("authorizer/ocsp_keys", keys_are_hashed_once)
