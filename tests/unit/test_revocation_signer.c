/* SPDX-License-Identifier: MIT */
/* CAs of one name in a truststore, and a list that one of them has signed. */
#include "data.h"

#include "support/crl_sign.h"
#include "support/trust_store.h"

enum { FIRST_KEY = 1, MOST = 200 };

/* CN=Root */
static mtlsauth_cert *namesake(int key, bool has_key_ids, bool may_sign)
{
    struct der_build der = forge(&(struct forge){.subject = "Root",
                                                 .issuer = "Root",
                                                 .ca = true,
                                                 .ku = may_sign ? 0x06 : 0x04,
                                                 .key = key,
                                                 .signer = key,
                                                 .has_key_ids = has_key_ids});
    mtlsauth_cert *cert = NULL;

    ASSERT_OK("CA", mtlsauth_cert_parse(&cert, der.bytes, der.len));
    der_build_free(&der);
    return cert;
}

START_TEST(of_one_name)
{
    static const struct {
        const char *name;
        size_t count; /* of CAs, of which the last one has signed */
        size_t unfit; /* of them, from the first on, without cRLSign */
        bool have_key_ids;
        bool unknown; /* another key has signed, and not the last one */
        int code;
    } rows[] = {
        {"one", 1, 0, false, false, MTLSAUTH_OK},
        {"as many as are tried", 16, 0, false, false, MTLSAUTH_OK},
        {"as many as are tried, none of them", 16, 0, false, true, MTLSAUTH_ERR_SIGNATURE},
        {"one more", 17, 0, false, false, MTLSAUTH_ERR_LIMIT},
        {"one more, none of them", 17, 0, false, true, MTLSAUTH_ERR_LIMIT},
        {"one more, with key identifiers", 17, 0, true, false, MTLSAUTH_OK},
        {"many with key identifiers", MOST, 0, true, false, MTLSAUTH_OK},
        {"many with key identifiers, none of them", MOST, 0, true, true, MTLSAUTH_ERR_MISMATCH},
        {"one more, and one that may not sign", 17, 1, false, false, MTLSAUTH_OK},
        {"many that may not sign", MOST, MOST - 1, false, false, MTLSAUTH_OK},
        {"many that may not sign in front of the others", 40, 24, false, false, MTLSAUTH_OK},
        {"and one too many", 40, 23, false, false, MTLSAUTH_ERR_LIMIT},
    };
    mtlsauth_policy *policy;

    ASSERT_OK("policy", mtlsauth_policy_new(&policy, MTLSAUTH_PROFILE_API_GATEWAY));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *name = rows[i].name;
        mtlsauth_cert *certs[MOST];
        mtlsauth_truststore *truststore;
        struct der_text list;
        mtlsauth_crl *crl;
        int signer = FIRST_KEY + (int)rows[i].count - !rows[i].unknown;
        char extensions[128];

        for (size_t k = 0; k < rows[i].count; k++)
            certs[k] = namesake(FIRST_KEY + (int)k, rows[i].have_key_ids, k >= rows[i].unfit);
        truststore = trust_store(certs, rows[i].count);
        snprintf(extensions, sizeof extensions,
                 CRL_NUMBER CRL_EXTENSION("55 1d 23", "30 { 80 { 4b %02x %02x } }"), signer >> 8,
                 signer & 0xff);
        list = crl_signed(
            &(struct crl_text){.extensions = rows[i].have_key_ids ? extensions : NULL},
            forge_key(signer));
        ASSERT_CODE(name,
                    mtlsauth_crl_load_from_truststore(&crl, list.ptr, list.len, truststore, policy,
                                                      NULL),
                    rows[i].code);
        ASSERT_TRUE(name, (crl != NULL) == (rows[i].code == MTLSAUTH_OK));
        if (crl != NULL)
            ck_assert_mem_eq(mtlsauth_crl_issuer_key(crl),
                             mtlsauth_cert_spki_sha256(certs[rows[i].count - 1]), 32);
        if (rows[i].code == MTLSAUTH_ERR_LIMIT)
            ASSERT_SAYS(name, mtlsauth_last_error(),
                        "CRL: more than 16 certificates of \"CN=Root\" may have signed it");
        mtlsauth_crl_free(crl);
        free(list.ptr);
        mtlsauth_truststore_free(truststore);
        for (size_t k = 0; k < rows[i].count; k++)
            mtlsauth_cert_free(certs[k]);
    }
    mtlsauth_policy_free(policy);
}
END_TEST

UNIT_MAIN("revocation/signer", of_one_name)
