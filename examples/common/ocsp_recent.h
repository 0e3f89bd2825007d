/* SPDX-License-Identifier: MIT */
#ifndef EXAMPLES_OCSP_RECENT_H
#define EXAMPLES_OCSP_RECENT_H

/*
 * Which certificates a responder was asked about lately, and which it is being asked about now, so
 * that the holder of one certificate, who comes as often as he likes, makes no flood of questions
 * out of it: what a responder does not know it does not know a moment later, either.
 *
 * All threads share it.
 */

#include <pthread.h>
#include <stdint.h>
#include <mtlsauth/ocsp.h>

/*
 * The oldest gives way to a new one, so that the memory is bounded whatever clients come: 1024 of
 * them within a minute are 17 questions a second, which a responder takes. So many clients wait at
 * a time at the most, and half of them at the most for one question: a slow responder holds up a
 * part of the clients and not the program, and one certificate leaves room for others.
 */
enum { OCSP_RECENT_MAX = 1024, OCSP_RECENT_ID_LEN = 32 };
enum { OCSP_RECENT_AT_ONCE = 32, OCSP_RECENT_JOINED = OCSP_RECENT_AT_ONCE / 2 - 1 };

/*
 * A certificate of which a responder has said nothing that helps is asked about once a minute: a CA
 * that has just issued it needs about that long to know of it. Where nobody answered at all, a
 * client that is welcome should not have to wait so long.
 */
enum { OCSP_RECENT_ANSWERED_MS = 60000, OCSP_RECENT_SILENT_MS = 5000 };

struct ocsp_recent_entry {
    unsigned char id[OCSP_RECENT_ID_LEN];
    uint64_t number;     /* of the question, from 1; 0 when the entry is free */
    int64_t quiet_until; /* as fetch_now() counts */
    int under_way;
    unsigned joined; /* so many wait for what comes of it */
};

struct ocsp_recent {
    pthread_mutex_t lock;
    pthread_cond_t ended;
    uint64_t last_number;
    unsigned waiting; /* for what they have asked themselves, and for what others have */
    struct ocsp_recent_entry list[OCSP_RECENT_MAX];
};

/* One question; begins as {0}. */
struct ocsp_question {
    size_t place;
    uint64_t number; /* 0 for none */
};

enum ocsp_turn {
    OCSP_TURN_ASK,    /* ask, and then call ocsp_recent_end, whatever came of it */
    OCSP_TURN_JOINED, /* somebody else has asked meanwhile: decide again */
    OCSP_TURN_LATELY, /* asked lately, or too many wait for the same question: leave it */
    OCSP_TURN_BUSY,   /* too many wait */
    OCSP_TURN_FAILED  /* the time is over, or libcrypto has failed */
};

/* Before it is used. 0, or -1. */
int ocsp_recent_open(struct ocsp_recent *recent);

/*
 * Whether to send a request now. Waits, until deadline at the longest, where the same request is
 * under way.
 */
enum ocsp_turn ocsp_recent_begin(struct ocsp_recent *recent, const mtlsauth_ocsp_request *request,
                                 int64_t deadline, struct ocsp_question *question);

/* The question is over: whoever waits for it goes on, and it is not asked again for quiet_ms. */
void ocsp_recent_end(struct ocsp_recent *recent, const struct ocsp_question *question,
                     int64_t quiet_ms);

/* The answer did help: when it is no longer fresh, the next one may be fetched at once. */
void ocsp_recent_forget(struct ocsp_recent *recent, struct ocsp_question *question);

#endif
