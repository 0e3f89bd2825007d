/* SPDX-License-Identifier: MIT */
#include "data.h"

#include "cert/cert.h"

START_TEST(setters)
{
    static const struct {
        const char *name;
        int (*set)(mtlsauth_limits *limits, size_t value);
        size_t offset, value;
    } rows[] = {
        {"certificate_bytes", mtlsauth_limits_set_certificate_bytes,
         offsetof(struct mtlsauth_limits, certificate_bytes), 65536},
        {"chain_bytes", mtlsauth_limits_set_chain_bytes,
         offsetof(struct mtlsauth_limits, chain_bytes), 262144},
        {"chain_certificates", mtlsauth_limits_set_chain_certificates,
         offsetof(struct mtlsauth_limits, chain_certificates), 10},
        {"names", mtlsauth_limits_set_names, offsetof(struct mtlsauth_limits, names), 1000},
        {"truststore_bytes", mtlsauth_limits_set_truststore_bytes,
         offsetof(struct mtlsauth_limits, truststore_bytes), 1048576},
        {"truststore_certificates", mtlsauth_limits_set_truststore_certificates,
         offsetof(struct mtlsauth_limits, truststore_certificates), 1000},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        mtlsauth_limits *limits, before;

        ASSERT_OK(rows[i].name, mtlsauth_limits_new(&limits));
        ASSERT_INT(rows[i].name, *(size_t *)(void *)((char *)limits + rows[i].offset), rows[i].value);
        before = *limits;
        ASSERT_CODE(rows[i].name, rows[i].set(limits, 0), MTLSAUTH_ERR_ARGUMENT);
        ASSERT_TRUE(rows[i].name, memcmp(limits, &before, sizeof before) == 0);
        ASSERT_OK(rows[i].name, rows[i].set(limits, SIZE_MAX));
        *(size_t *)(void *)((char *)&before + rows[i].offset) = SIZE_MAX;
        ASSERT_TRUE(rows[i].name, memcmp(limits, &before, sizeof before) == 0);
        ASSERT_CODE(rows[i].name, rows[i].set(NULL, 1), MTLSAUTH_ERR_ARGUMENT);
        mtlsauth_limits_free(limits);
    }
    ASSERT_CODE("out", mtlsauth_limits_new(NULL), MTLSAUTH_ERR_ARGUMENT);
    mtlsauth_limits_free(NULL);
}
END_TEST

UNIT_MAIN("limits", setters)
