/* SPDX-License-Identifier: MIT */
#ifndef MTLSAUTH_AUTHORIZER_SOURCE_H
#define MTLSAUTH_AUTHORIZER_SOURCE_H

#include "authorizer/policy.h"
#include "revocation/crl.h"
#include "revocation/floor.h"
#include "trust/truststore.h"

/* How a file looked when it was read: whoever writes to it changes one of these. */
struct stamp {
    uint64_t device, inode, size;
    int64_t modified, modified_ns, changed, changed_ns;
    bool is_settled; /* old enough that a later write cannot leave it as it is */
};

/* What was read from a file. */
struct file_state {
    bool is_loaded;
    bool is_superseded; /* a newer list of its kind lies beside it: it was not put into use */
    struct stamp stamp;
    uint8_t sha256[MTLSAUTH_SHA256_LEN]; /* of its octets */
    mtlsauth_truststore *truststore;     /* or which list it has: */
    struct crl_floor list;
    uint8_t issuer[MTLSAUTH_SHA256_LEN]; /* of the canonical name of who issues it */
};

struct source_file {
    char *path;
    struct file_state state; /* in force */
    struct file_state next;  /* loaded now; is_loaded when it differs from state */
    mtlsauth_crl *crl;       /* of next */
    struct crl_floor *left;  /* lists of before, in use beside that of state: of other points */
    size_t left_count, left_capacity; /* with room for one more where next comes to be */
    bool is_gone;            /* not in its folder any more */
    int code;                /* why it was not loaded now, and in a sentence */
    char *sentence;
};

enum source_kind { SOURCE_TRUSTSTORE, SOURCE_CRL_FILE, SOURCE_CRL_DIR };

/* A file, or a folder of files, that is looked at again. */
struct source {
    enum source_kind kind;
    char *path;
    mtlsauth_cert *issuer;     /* of its lists; NULL: in the truststore */
    struct source_file *files; /* one, or those of the folder in the order of their names */
    size_t count, capacity;
    int code; /* why the folder could not be read now, and in a sentence */
    char *sentence;
};

struct sources {
    struct source *all; /* in the order in which they were added */
    size_t count, capacity;
};

/* MTLSAUTH_ERR_NOMEM. On success one more stands at the end, of which nothing has been read. */
int mtlsauth__sources_add(struct sources *sources, enum source_kind kind, const char *path,
                          mtlsauth_cert *issuer);
void mtlsauth__sources_remove_last(struct sources *sources);
void mtlsauth__sources_forget_truststores(struct sources *sources);
void mtlsauth__sources_drop(struct sources *sources);

const struct source *mtlsauth__sources_find(const struct sources *sources, enum source_kind kind,
                                            const char *path);

/* Finds the files of a source; what fails is noted in it. MTLSAUTH_OK, or MTLSAUTH_ERR_NOMEM. */
int mtlsauth__source_list(struct source *source);

/*
 * Looks at one file of a source, and loads it into next if it has changed, or in any case (anew).
 * What fails is noted in it. MTLSAUTH_OK, or MTLSAUTH_ERR_NOMEM.
 */
int mtlsauth__source_look(const struct source *source, struct source_file *file,
                          const mtlsauth_truststore *truststore, const mtlsauth_policy *policy,
                          bool anew);

/* What is in force, or will be. */
static inline struct file_state *mtlsauth__source_state(struct source_file *file)
{
    return file->next.is_loaded ? &file->next : &file->state;
}

/*
 * Is the list that was loaded one of the same CA as that in force, of the same kind, and of another
 * distribution point? Then it does not take its place.
 */
bool mtlsauth__source_leaves(const struct file_state *state, const struct file_state *next);
/* Before the commit: notes what lists those that were loaded have left in use. */
void mtlsauth__source_note_left(struct source *source);

/* What was loaded is in force from now on; or is forgotten. Neither can fail. */
void mtlsauth__source_commit(struct source *source);
void mtlsauth__source_abandon(struct source *source);

#endif
