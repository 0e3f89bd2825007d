/* SPDX-License-Identifier: MIT */
#ifndef TESTS_TORTURE_ALLOC_H
#define TESTS_TORTURE_ALLOC_H

/*
 * What scenarios share. Each arms, does one thing, disarms, says how many allocations there were,
 * and looks at what became of it.
 */

#include "unit.h"

#include <mtlsauth/mtlsauth.h>
#include "alloc_seam.h"

struct scenario {
    const char *name;
    size_t (*run)(void);
};

/* Ended by a name of NULL; begin and end make and free what they share. */
extern const struct scenario alloc_parse[], alloc_decide[], alloc_names[], alloc_crl[],
    alloc_change[], alloc_ocsp[];
void alloc_parse_begin(void);
void alloc_parse_end(void);
void alloc_decide_begin(void);
void alloc_decide_end(void);
void alloc_names_begin(void);
void alloc_names_end(void);
void alloc_crl_begin(void);
void alloc_crl_end(void);
void alloc_change_begin(void);
void alloc_change_end(void);
void alloc_ocsp_begin(void);
void alloc_ocsp_end(void);

/* What is being done, for the message; last_code is of the call under pressure. */
extern const char *scenario;
extern size_t fail_at;
extern bool for_good;
extern int last_code;
extern unsigned long wrong;

#define EXPECT(what)                                                                               \
    do {                                                                                           \
        if (!(what)) {                                                                             \
            wrong++;                                                                               \
            fprintf(stderr, "%s, %s %zu%s: %s does not hold (%s; %s)\n", scenario,                 \
                    seam_is_short() ? "octets" : "allocation", fail_at,                            \
                    !for_good ? "" : seam_is_short() ? " in all" : " and later", #what,            \
                    mtlsauth_code_name(last_code), mtlsauth_last_error());                         \
        }                                                                                          \
    } while (0)

/* All that an object says of itself, for expect_usual. */
char *said_by_cert(const mtlsauth_cert *cert);
char *said_by_chain(const mtlsauth_chain *chain);
char *said_by_crl(const mtlsauth_crl *crl);
char *said_by_result(const mtlsauth_ocsp_result *result);

/* Object n of the scenario says what it says when nothing fails. The text is given away. */
void expect_usual(size_t n, char *said);

static inline void arm(void)
{
    seam_arm(fail_at, for_good);
}

static inline size_t disarm(void)
{
    return seam_disarm();
}

static inline bool is_failure(int code)
{
    return code == MTLSAUTH_ERR_NOMEM || code == MTLSAUTH_ERR_CRYPTO;
}

static inline void must(int code)
{
    ck_assert_msg(code == MTLSAUTH_OK, "%s: %s: %s", scenario, mtlsauth_code_name(code),
                  mtlsauth_last_error());
}

struct file {
    char *bytes;
    size_t len;
};

static inline void read_file(struct file *out, const char *name)
{
    char path[4096];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", getenv("MTLSAUTH_TEST_DATA"), name);
    file = fopen(path, "rb");
    out->bytes = calloc(65537, 1);
    ck_assert_msg(file != NULL && out->bytes != NULL, "%s", path);
    out->len = fread(out->bytes, 1, 65536, file);
    fclose(file);
}

static inline mtlsauth_chain *chain_of(const struct file *file)
{
    mtlsauth_chain *chain;

    must(mtlsauth_chain_parse(&chain, file->bytes, file->len, MTLSAUTH_FORMAT_PEM, NULL));
    return chain;
}

#endif
