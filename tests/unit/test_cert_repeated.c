/* SPDX-License-Identifier: MIT */
/* Clients that send a certificate twice, behind a proxy that hands on what they send; and two
 * clients in one header. */
#include "data.h"

#include <openssl/evp.h>
#include <mtlsauth/mtlsauth.h>
#include "base/memory.h"
#include "base/text.h"

/* As Traefik joins them: 0 is the client, 1 its CA. */
static char *joined(const mtlsauth_chain *chain, const char *order)
{
    struct text text = {0};

    for (const char *at = order; *at != '\0'; at++) {
        size_t len;
        const void *der = mtlsauth_cert_der(mtlsauth_chain_cert(chain, (size_t)(*at - '0')), &len);
        char *base64 = malloc(len * 2 + 8);

        ck_assert_ptr_nonnull(base64);
        EVP_EncodeBlock((unsigned char *)base64, der, (int)len);
        mtlsauth__text_addf(&text, "%s%s", at == order ? "" : ",", base64);
        free(base64);
    }
    return mtlsauth__text_take(&text);
}

/* Twice: the second time nothing is parsed, as the certificates are known. */
START_TEST(a_copy_says_nothing)
{
    static const char *const orders[] = {"01", "011", "001", "0101", "0111111", "1", "11"};
    mtlsauth_chain *both = data_chain("chain.pem");
    mtlsauth_truststore *truststore = data_truststore("root.pem");
    mtlsauth_policy *policy = data_policy(MTLSAUTH_PROFILE_API_GATEWAY);
    mtlsauth_authorizer *authorizer;

    ASSERT_OK("authorizer", mtlsauth_authorizer_new(&authorizer, truststore, policy));
    ck_assert_uint_eq(mtlsauth_chain_count(both), 2);
    for (size_t i = 0; i < 2 * COUNT_OF(orders); i++) {
        const char *order = orders[i / 2];
        size_t count = strchr(order, '0') == NULL ? 1 : 2;
        char *text = joined(both, order);
        mtlsauth_chain *chain;

        ASSERT_INT(order,
                   mtlsauth_chain_parse(&chain, text, strlen(text), MTLSAUTH_FORMAT_TRAEFIK, NULL),
                   MTLSAUTH_OK);
        ASSERT_INT(order, mtlsauth_chain_count(chain), count);
        ASSERT_TRUE(order, strcmp(mtlsauth_cert_sha256_hex(mtlsauth_chain_cert(chain, 0)),
                                  mtlsauth_cert_sha256_hex(
                                      mtlsauth_chain_cert(both, count == 2 ? 0 : 1))) == 0);
        ASSERT_INT(order,
                   mtlsauth_authorize_text(authorizer, text, strlen(text), MTLSAUTH_FORMAT_TRAEFIK,
                                           NULL) == MTLSAUTH_OK,
                   count == 2);
        mtlsauth_chain_free(chain);
        mtlsauth__free(text);
    }
    mtlsauth_policy_free(policy);
    mtlsauth_truststore_free(truststore);
    mtlsauth_authorizer_free(authorizer);
    mtlsauth_chain_free(both);
}
END_TEST

/* Values that are joined look like certificates that are: who is no CA is another client. */
START_TEST(who_stands_behind_the_client)
{
    static const struct {
        const char *file;
        int code;
    } rows[] = {
        {"root.pem", MTLSAUTH_OK},
        {"v1-root.pem", MTLSAUTH_OK},
        {"v1-intermediate.pem", MTLSAUTH_ERR_PARSE},
        {"device.pem", MTLSAUTH_ERR_PARSE},
        {"self-signed.pem", MTLSAUTH_ERR_PARSE},
    };
    mtlsauth_cert *client = data_cert("two-names.pem");

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        mtlsauth_cert *behind = data_cert(rows[i].file);
        mtlsauth_chain *both, *chain;
        const void *ders[2];
        size_t lens[2];
        char *text;

        ders[0] = mtlsauth_cert_der(client, &lens[0]);
        ders[1] = mtlsauth_cert_der(behind, &lens[1]);
        ASSERT_OK(rows[i].file, mtlsauth_chain_from_der(&both, ders, lens, 2));
        text = joined(both, "01");
        ASSERT_INT(rows[i].file,
                   mtlsauth_chain_parse(&chain, text, strlen(text), MTLSAUTH_FORMAT_TRAEFIK, NULL),
                   rows[i].code);
        mtlsauth__free(text);
        mtlsauth_chain_free(chain);
        mtlsauth_chain_free(both);
        mtlsauth_cert_free(behind);
    }
    mtlsauth_cert_free(client);
}
END_TEST

UNIT_MAIN("cert/repeated", a_copy_says_nothing, who_stands_behind_the_client)
