/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_TRUST_LINT_H
#define MTLSAUTH_TRUST_LINT_H

#include "base/text.h"
#include "trust/params.h"
#include "trust/truststore.h"

/* Stands for the file where a finding is not about one certificate. */
#define LINT_FILE SIZE_MAX

struct finding {
    size_t certificate; /* index in the store, or LINT_FILE */
    int severity, code;
    char *sentence;
};

/* Immutable once it is made. */
struct mtlsauth_report {
    struct finding *findings;
    size_t count, capacity;
    bool failed; /* out of memory */
    char *json;
};

/* Appends a finding; the sentence is "certificate 3 (CN=Issuing CA): " and the format's text. */
__attribute__((format(printf, 6, 7))) void
mtlsauth__report_add(mtlsauth_report *report, const mtlsauth_truststore *truststore,
                     size_t certificate, int severity, int code, const char *format, ...);

/*
 * Appends a finding about a file, and takes its text: one line, cut at the end of a character. What
 * it quotes is any octets: the name of a file, a sentence that was cut before.
 */
void mtlsauth__report_add_text(mtlsauth_report *report, int severity, int code, struct text *text);

/* Makes report->json of the findings; false when memory runs out. */
bool mtlsauth__report_make_json(mtlsauth_report *report, const mtlsauth_truststore *truststore,
                                int64_t now, int profile);

/* Appends "errors":1,"warnings":0,"findings":[...] */
void mtlsauth__report_add_findings(const mtlsauth_report *report, struct text *out);

/* No limit on the CA certificates below; not even allowed where it stands. */
#define BELOW_UNLIMITED INT64_MAX
#define BELOW_FORBIDDEN INT64_C(-1)

/* Where an entry stands among the others, as the signatures say. */
struct standing {
    size_t depth; /* certificates up to the nearest root, both counted; 0: there is no way to one */
    int64_t below; /* CA certificates that the path lengths of the best way allow below it */
    const struct trusted *issuer;   /* one that has signed it, of those the nearest to a root */
    const struct trusted *namesake; /* one that has its issuer's name, and has not signed it */
    bool is_named_key;              /* ... and the very key identifier that it names */
    bool has_issued;                /* has signed another entry */
};

/* One standing for each entry of the store, in order. */
struct standings {
    struct standing *of;
    struct issued *issued; /* who has signed whom */
    size_t issued_count, issued_capacity;
    unsigned signatures; /* checked so far */
    bool cut_short;      /* too many certificates of one name: not all signatures were checked */
};

/* MTLSAUTH_OK, _ERR_NOMEM or _ERR_CRYPTO. To be dropped in any case. */
int mtlsauth__standings_make(struct standings *standings, const mtlsauth_truststore *truststore);
void mtlsauth__standings_drop(struct standings *standings);

#endif
