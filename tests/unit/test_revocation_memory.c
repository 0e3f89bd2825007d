/* SPDX-License-Identifier: MIT */
/* What a list makes the library keep before its signature was looked at. */
#include "crl.h"

#include "base/memory.h"
#include "support/trust_store.h"

/* The library calls this one, and the file that has the other is compiled with its name changed. */
#undef mtlsauth__realloc
void *mtlsauth__realloc(void *ptr, size_t count, size_t size);
void *real_mtlsauth__realloc(void *ptr, size_t count, size_t size);

static size_t largest;

void *mtlsauth__realloc(void *ptr, size_t count, size_t size)
{
    if (count * size > largest)
        largest = count * size;
    return real_mtlsauth__realloc(ptr, count, size);
}

enum { ENTRIES = 500, ENTRY_OCTETS = 4000 };

/* Of few entries, each with an extension that says nothing. */
static struct der_text large_list(EVP_PKEY *key)
{
    char *entries = calloc(ENTRIES, 2 * ENTRY_OCTETS + 128), *at = entries;
    char zeros[2 * ENTRY_OCTETS + 1];
    struct der_text list;

    memset(zeros, '0', sizeof zeros - 1);
    zeros[sizeof zeros - 1] = '\0';
    for (int i = 0; i < ENTRIES; i++)
        at += sprintf(at, CRL_ENTRY_WITH("11 %02x %02x", CRL_EXTENSION("2a 03", "%s")), i >> 8,
                      i & 0xff, zeros);
    list = crl_signed(&(struct crl_text){.revoked = entries}, key);
    free(entries);
    return list;
}

/* Ed25519 signs the list itself. Where nobody has such a key, nobody has signed so, and what the
 * list says of its algorithm is no reason to keep it. */
START_TEST(lists_that_say_ed25519)
{
    static const struct {
        const char *name, *key; /* of the CA */
        int code;
        bool kept;
    } rows[] = {
        {"of an Ed25519 key", "ED25519", MTLSAUTH_OK, true},
        {"of an EC key", "EC", MTLSAUTH_ERR_SIGNATURE, false},
    };
    EVP_PKEY *ed25519 = ca_key("ED25519");

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct der_text list;
        mtlsauth_truststore *truststore;
        mtlsauth_crl *crl;
        bool fits = strcmp(rows[i].key, "ED25519") == 0;

        setup_with(rows[i].key);
        truststore = trust_store(&root, 1);
        list = large_list(fits ? root_key : ed25519);
        largest = 0;
        ASSERT_INT(rows[i].name,
                   mtlsauth_crl_load(&crl, list.ptr, list.len, root, policy, NULL), rows[i].code);
        ASSERT_INT(rows[i].name, largest > list.len / 2, rows[i].kept);
        mtlsauth_crl_free(crl);
        largest = 0;
        ASSERT_INT(rows[i].name,
                   mtlsauth_crl_load_from_truststore(&crl, list.ptr, list.len, truststore, policy,
                                                     NULL),
                   rows[i].code);
        ASSERT_INT(rows[i].name, largest > list.len / 2, rows[i].kept);
        mtlsauth_crl_free(crl);
        largest = 0;
        ASSERT_INT(rows[i].name, mtlsauth_crl_parse(&crl, list.ptr, list.len, NULL), MTLSAUTH_OK);
        ASSERT_INT(rows[i].name, largest > list.len / 2, false);
        mtlsauth_crl_free(crl);
        free(list.ptr);
        mtlsauth_truststore_free(truststore);
        teardown();
    }
    EVP_PKEY_free(ed25519);
}
END_TEST

UNIT_MAIN("revocation/memory", lists_that_say_ed25519)
