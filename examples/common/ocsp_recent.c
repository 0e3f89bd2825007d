/* SPDX-License-Identifier: MIT */
#include "ocsp_recent.h"

#include <string.h>
#include <time.h>
#include <openssl/evp.h>
#include "fetch.h"

int ocsp_recent_open(struct ocsp_recent *recent)
{
    pthread_condattr_t attributes;
    int result = -1;

    if (pthread_condattr_init(&attributes) != 0)
        return -1;
    /* The clock of fetch_now(): one that is set holds up nobody. */
    if (pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0 &&
        pthread_cond_init(&recent->ended, &attributes) == 0 &&
        pthread_mutex_init(&recent->lock, NULL) == 0)
        result = 0;
    pthread_condattr_destroy(&attributes);
    return result;
}

/* A request has one CertID, and no nonce: it is the same for a certificate each time. */
static int identify(const mtlsauth_ocsp_request *request, unsigned char id[OCSP_RECENT_ID_LEN])
{
    size_t len;
    const void *der = mtlsauth_ocsp_request_der(request, &len);

    return EVP_Digest(der, len, id, NULL, EVP_sha256(), NULL) == 1 ? 0 : -1;
}

/* NULL when it was not asked about. */
static struct ocsp_recent_entry *find(struct ocsp_recent *recent, const unsigned char *id)
{
    for (size_t i = 0; i < OCSP_RECENT_MAX; i++)
        if (recent->list[i].number != 0 && memcmp(recent->list[i].id, id, OCSP_RECENT_ID_LEN) == 0)
            return &recent->list[i];
    return NULL;
}

/* The one that is free, or else was begun first. No more than OCSP_RECENT_AT_ONCE are under way. */
static struct ocsp_recent_entry *make_room(struct ocsp_recent *recent)
{
    struct ocsp_recent_entry *oldest = NULL;

    _Static_assert((int)OCSP_RECENT_AT_ONCE < (int)OCSP_RECENT_MAX, "there is always one to take");
    for (size_t i = 0; i < OCSP_RECENT_MAX; i++)
        if (!recent->list[i].under_way &&
            (oldest == NULL || recent->list[i].number < oldest->number))
            oldest = &recent->list[i];
    return oldest;
}

/* With the lock. An entry may be of another question when this one is over. */
static enum ocsp_turn join(struct ocsp_recent *recent, struct ocsp_recent_entry *entry,
                           int64_t deadline)
{
    const struct timespec end = {.tv_sec = deadline / 1000, .tv_nsec = deadline % 1000 * 1000000};
    uint64_t number = entry->number;
    int failed = 0;

    entry->joined++;
    recent->waiting++;
    while (!failed && entry->number == number && entry->under_way)
        failed = pthread_cond_timedwait(&recent->ended, &recent->lock, &end);
    recent->waiting--;
    return failed ? OCSP_TURN_FAILED : OCSP_TURN_JOINED;
}

/* With the lock. */
static enum ocsp_turn take_turn(struct ocsp_recent *recent, const unsigned char *id,
                                int64_t deadline, struct ocsp_question *question)
{
    struct ocsp_recent_entry *entry = find(recent, id);
    int under_way = entry != NULL && entry->under_way;

    if (under_way ? entry->joined == OCSP_RECENT_JOINED
                  : entry != NULL && fetch_now() < entry->quiet_until)
        return OCSP_TURN_LATELY;
    if (recent->waiting == OCSP_RECENT_AT_ONCE)
        return OCSP_TURN_BUSY;
    if (under_way)
        return join(recent, entry, deadline);
    if (entry == NULL)
        entry = make_room(recent);
    memcpy(entry->id, id, OCSP_RECENT_ID_LEN);
    entry->number = ++recent->last_number;
    entry->under_way = 1;
    entry->joined = 0;
    recent->waiting++;
    *question = (struct ocsp_question){(size_t)(entry - recent->list), entry->number};
    return OCSP_TURN_ASK;
}

enum ocsp_turn ocsp_recent_begin(struct ocsp_recent *recent, const mtlsauth_ocsp_request *request,
                                 int64_t deadline, struct ocsp_question *question)
{
    unsigned char id[OCSP_RECENT_ID_LEN];
    enum ocsp_turn turn;

    *question = (struct ocsp_question){0};
    if (identify(request, id) != 0)
        return OCSP_TURN_FAILED;
    pthread_mutex_lock(&recent->lock);
    turn = take_turn(recent, id, deadline, question);
    pthread_mutex_unlock(&recent->lock);
    return turn;
}

void ocsp_recent_end(struct ocsp_recent *recent, const struct ocsp_question *question,
                     int64_t quiet_ms)
{
    struct ocsp_recent_entry *entry = &recent->list[question->place];

    pthread_mutex_lock(&recent->lock);
    recent->waiting--;
    entry->under_way = 0;
    entry->quiet_until = fetch_now() + quiet_ms;
    pthread_cond_broadcast(&recent->ended);
    pthread_mutex_unlock(&recent->lock);
}

void ocsp_recent_forget(struct ocsp_recent *recent, struct ocsp_question *question)
{
    struct ocsp_recent_entry *entry = &recent->list[question->place];

    pthread_mutex_lock(&recent->lock);
    if (question->number != 0 && entry->number == question->number)
        entry->number = 0;
    question->number = 0;
    pthread_mutex_unlock(&recent->lock);
}
