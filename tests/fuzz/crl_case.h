/* SPDX-License-Identifier: MIT */
#ifndef TESTS_FUZZ_CRL_CASE_H
#define TESTS_FUZZ_CRL_CASE_H

/* A certificate's distribution points and lists of every scope, as a fuzzer's octets have them, and
 * the DER of both: well-formed, so that what is tried is which lists speak of the certificate. */

#include <stdlib.h>
#include <string.h>
#include <mtlsauth/crl.h>
#include <mtlsauth/error.h>
#include "base/der_write.h"
#include "revocation/extension.h"
#include "revocation/inquiry.h"

enum { CA, ROOT, LISTER, NAMES };                       /* who there is, by name */
enum { BY_CA, BY_ROOT, BY_ROLLED, BY_LISTER, SIGNERS }; /* and by key; BY_ROLLED is a CA as well */
enum { POINTS = 3, LISTS = 4, ROOM = 1024, NOW = 1780272000 };

/* Names of points as bits: two URIs, the names above, and CN=x below each of them. */
#define DIRECTORY(name) (1U << (2 + (name)))
#define BELOW(name) (1U << (5 + (name)))

static const char *const commons[NAMES] = {"CA", "Root", "Lister"};
static const int name_of_signer[SIGNERS] = {CA, ROOT, CA, LISTER};

struct input {
    const uint8_t *at;
    size_t len;
};

struct point {
    bool has_name, is_relative;
    unsigned names;   /* of fullName */
    unsigned issuers; /* bits of CA, ROOT, LISTER: cRLIssuer */
    uint32_t reasons;
};

struct list {
    mtlsauth_crl *crl; /* NULL: replaced, or refused */
    int signer;
    bool has_idp, has_name, is_relative, indirect;
    int only; /* 0, 1: user certificates, 2: CA certificates */
    unsigned names;
    uint32_t reasons; /* 0: all */
    bool is_delta;
    uint8_t number, base_number;
    int age;    /* 0: current, 1: stale, 2: of the future */
    int others; /* name of the issuer in the entry before; -1: there is none */
    int entry;  /* the same in the client's entry */
    bool has_entry;
    uint8_t reason;
    uint8_t idp[ROOM];
    size_t idp_len;
};

struct asked {
    bool has_points, is_ca;
    struct point points[POINTS];
    size_t point_count;
    struct list lists[LISTS];
    enum crl_authority authority[SIGNERS];
};

static inline void require(bool holds)
{
    if (!holds)
        abort();
}

static inline unsigned take(struct input *in)
{
    if (in->len == 0)
        return 0;
    in->len--;
    return *in->at++;
}

static inline void put_rdn(struct der_writer *out, const char *common)
{
    static const uint8_t type[] = {0x55, 0x04, 0x03};
    size_t end = out->at;

    mtlsauth__der_put_value(out, 0x0c, span_of_text(common));
    mtlsauth__der_put_value(out, 0x06, span_of(type, sizeof type));
    mtlsauth__der_put_header(out, 0x30, end);
}

static inline void put_name(struct der_writer *out, int name, bool below)
{
    size_t end = out->at, set = end;

    if (below) {
        put_rdn(out, "x");
        mtlsauth__der_put_header(out, 0x31, set);
        set = out->at;
    }
    put_rdn(out, commons[name]);
    mtlsauth__der_put_header(out, 0x31, set);
    mtlsauth__der_put_header(out, 0x30, end);
}

static inline void put_directory(struct der_writer *out, int name, bool below)
{
    size_t end = out->at;

    put_name(out, name, below);
    mtlsauth__der_put_header(out, 0xa4, end);
}

/* DistributionPointName, with its tag [0]. */
static inline void put_point_name(struct der_writer *out, bool is_relative, unsigned names)
{
    size_t end = out->at;

    if (is_relative) {
        put_rdn(out, "x");
        mtlsauth__der_put_header(out, 0xa1, end);
    } else {
        for (int i = 0; i < NAMES; i++) {
            if ((names & DIRECTORY(i)) != 0)
                put_directory(out, i, false);
            if ((names & BELOW(i)) != 0)
                put_directory(out, i, true);
        }
        for (unsigned i = 0; i < 2; i++)
            if ((names & 1U << i) != 0)
                mtlsauth__der_put_value(out, 0x86,
                                        span_of_text(i == 0 ? "http://a/" : "http://b/"));
        mtlsauth__der_put_header(out, 0xa0, end);
    }
    mtlsauth__der_put_header(out, 0xa0, end);
}

/* ReasonFlags, of which the last bit is one (X.690 11.2.2). */
static inline void put_reasons(struct der_writer *out, uint8_t tag, uint32_t reasons)
{
    uint8_t bits[3] = {0};
    size_t len = 1;

    for (unsigned i = 0; i < 9; i++)
        if ((reasons & 1U << i) != 0) {
            bits[1 + i / 8] |= (uint8_t)(0x80U >> i % 8);
            bits[0] = (uint8_t)(7 - i % 8);
            len = 2 + i / 8;
        }
    mtlsauth__der_put_value(out, tag, span_of(bits, len));
}

static inline void put_point(struct der_writer *out, const struct point *point)
{
    size_t end = out->at;

    for (int i = 0; i < NAMES; i++)
        if ((point->issuers & 1U << i) != 0)
            put_directory(out, i, false);
    if (point->issuers != 0)
        mtlsauth__der_put_header(out, 0xa2, end);
    if (point->reasons != ALL_REASONS)
        put_reasons(out, 0x81, point->reasons);
    if (point->has_name)
        put_point_name(out, point->is_relative, point->names);
    mtlsauth__der_put_header(out, 0x30, end);
}

static inline void put_extension(struct der_writer *out, uint8_t last, bool critical,
                                 struct span value)
{
    const uint8_t oid[] = {0x55, 0x1d, last};
    const uint8_t yes = 0xff;
    size_t end = out->at;

    mtlsauth__der_put_value(out, 0x04, value);
    if (critical)
        mtlsauth__der_put_value(out, 0x01, span_of(&yes, 1));
    mtlsauth__der_put_value(out, 0x06, span_of(oid, sizeof oid));
    mtlsauth__der_put_header(out, 0x30, end);
}

static inline void put_number(struct der_writer *out, uint8_t last, bool critical, uint8_t number)
{
    const uint8_t value[] = {0x02, 0x01, number};

    put_extension(out, last, critical, span_of(value, sizeof value));
}

static inline void put_entry(struct der_writer *out, uint8_t serial, int issuer, uint8_t reason)
{
    const uint8_t code[] = {0x0a, 0x01, reason};
    uint8_t memory[ROOM];
    struct der_writer names = der_writer_of(memory, sizeof memory);
    size_t end = out->at;

    if (issuer >= 0) {
        put_directory(&names, issuer, false);
        mtlsauth__der_put_header(&names, 0x30, sizeof memory);
        put_extension(out, 0x1d, true, der_written(&names));
    }
    if (reason != 0)
        put_extension(out, 0x15, false, span_of(code, sizeof code));
    if (out->at != end)
        mtlsauth__der_put_header(out, 0x30, end);
    mtlsauth__der_put_value(out, 0x17, span_of_text("260101000000Z"));
    mtlsauth__der_put_value(out, 0x02, span_of(&serial, 1));
    mtlsauth__der_put_header(out, 0x30, end);
}

static inline void make_idp(struct list *list)
{
    const uint8_t yes = 0xff;
    struct der_writer out = der_writer_of(list->idp, sizeof list->idp);

    if (list->indirect)
        mtlsauth__der_put_value(&out, 0x84, span_of(&yes, 1));
    if (list->reasons != 0)
        put_reasons(&out, 0x83, list->reasons);
    if (list->only != 0)
        mtlsauth__der_put_value(&out, (uint8_t)(0x80 + list->only), span_of(&yes, 1));
    if (list->has_name)
        put_point_name(&out, list->is_relative, list->names);
    list->has_idp = out.at != sizeof list->idp;
    if (list->has_idp)
        mtlsauth__der_put_header(&out, 0x30, sizeof list->idp);
    list->idp_len = der_written(&out).len;
    memmove(list->idp, der_written(&out).ptr, list->idp_len);
}

static inline void put_extensions(struct der_writer *out, const struct list *list)
{
    size_t end = out->at;

    if (list->has_idp)
        put_extension(out, 0x1c, true, span_of(list->idp, list->idp_len));
    if (list->is_delta)
        put_number(out, 0x1b, true, list->base_number);
    put_number(out, 0x14, false, list->number);
    mtlsauth__der_put_header(out, 0x30, end);
    mtlsauth__der_put_header(out, 0xa0, end);
}

static inline void put_algorithm(struct der_writer *out)
{
    static const uint8_t ed25519[] = {0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70};

    mtlsauth__der_put(out, span_of(ed25519, sizeof ed25519));
}

static inline mtlsauth_crl *crl_of(const struct list *list)
{
    static const char *const from[] = {"260101000000Z", "260101000000Z", "260701000000Z"};
    static const char *const until[] = {"270101000000Z", "260201000000Z", "270701000000Z"};
    const uint8_t version = 1, signature[65] = {0};
    uint8_t memory[4 * ROOM];
    struct der_writer out = der_writer_of(memory, sizeof memory);
    mtlsauth_crl *crl = NULL;
    size_t tbs, end;

    mtlsauth__der_put_value(&out, 0x03, span_of(signature, sizeof signature));
    put_algorithm(&out);
    tbs = out.at;
    put_extensions(&out, list);
    end = out.at;
    if (list->has_entry)
        put_entry(&out, 5, list->entry, list->reason);
    if (list->others >= 0)
        put_entry(&out, 7, list->others, 0);
    if (out.at != end)
        mtlsauth__der_put_header(&out, 0x30, end);
    mtlsauth__der_put_value(&out, 0x17, span_of_text(until[list->age]));
    mtlsauth__der_put_value(&out, 0x17, span_of_text(from[list->age]));
    put_name(&out, name_of_signer[list->signer], false);
    put_algorithm(&out);
    mtlsauth__der_put_value(&out, 0x02, span_of(&version, 1));
    mtlsauth__der_put_header(&out, 0x30, tbs);
    mtlsauth__der_put_header(&out, 0x30, sizeof memory);
    require(!out.full && mtlsauth_crl_parse(&crl, der_written(&out).ptr, der_written(&out).len,
                                            NULL) == MTLSAUTH_OK);
    /* As if it were verified. */
    memset(crl->image.issuer_key, 1 + list->signer, sizeof crl->image.issuer_key);
    crl->verified = true;
    return crl;
}

static inline void take_point(struct input *in, struct point *point)
{
    unsigned how = take(in);

    *point = (struct point){.has_name = (how & 1) != 0,
                            .is_relative = (how & 2) != 0,
                            .issuers = how >> 4 & 7,
                            .reasons = ALL_REASONS};
    point->names = take(in);
    if (point->names == 0)
        point->names = 1;
    if ((how & 4) != 0)
        point->reasons = take(in) << 1;
    /* RFC 5280 4.2.1.13: not the reasons alone. */
    if (point->issuers == 0)
        point->has_name = true;
}

static inline void take_list(struct input *in, struct list *list)
{
    unsigned how = take(in), what = take(in), when = take(in);

    *list = (struct list){.signer = (int)(how & 3),
                          .has_name = (how & 4) != 0,
                          .is_relative = (how & 8) != 0,
                          .indirect = (how & 16) != 0,
                          .is_delta = (how & 32) != 0,
                          .only = (int)(how >> 6) % 3,
                          .others = -1,
                          .entry = -1};
    list->names = take(in);
    if (list->names == 0)
        list->names = 1;
    if ((what & 1) != 0)
        list->reasons = (take(in) << 1 & ALL_REASONS) | (what >> 1 & 1);
    list->has_entry = (what & 4) != 0;
    if (list->indirect) {
        list->entry = (int)(what >> 3 & 3) - 1;
        list->others = (int)(what >> 5 & 3) - 1;
    }
    list->age = (int)(when % 3);
    list->number = (uint8_t)(1 + (when >> 2 & 3));
    list->base_number = (uint8_t)(when >> 4 & 3);
    list->reason = (when & 0x40) != 0 ? CRL_REASON_HOLD : 1;
    if (list->is_delta && (when & 0x80) != 0)
        list->reason = CRL_REASON_REMOVE;
    make_idp(list);
}

static inline void take_all(struct input *in, struct asked *asked)
{
    unsigned how = take(in);

    *asked = (struct asked){.has_points = (how & 1) != 0,
                            .is_ca = (how & 2) != 0,
                            .authority = {AUTHORITY_FULL, AUTHORITY_FULL,
                                          (enum crl_authority)((how >> 2 & 3) % 3),
                                          (enum crl_authority)((how >> 4 & 3) % 3)}};
    asked->point_count = asked->has_points ? 1 + (how >> 6) % POINTS : 0;
    for (size_t i = 0; i < asked->point_count; i++)
        take_point(in, &asked->points[i]);
    for (size_t i = 0; i < LISTS && in->len > 0; i++) {
        take_list(in, &asked->lists[i]);
        asked->lists[i].crl = crl_of(&asked->lists[i]);
    }
}

#endif
