/* SPDX-License-Identifier: MIT */
/* Linked with --wrap for each row of libcrypto_calls.h: the library's calls end up here. */
#include "libcrypto_force.h"

#include <stdint.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/objects.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#define NOT_FORCED(name)
#define CALL(kind, type, name, parameters, arguments) ID_##name,
enum {
#include "libcrypto_calls.h"
    CALLS
};
#undef CALL

#define CALL(kind, type, name, parameters, arguments) {#name, kind, 0},
static struct {
    const char *name;
    enum force_kind kind;
    size_t count;
} calls[] = {
#include "libcrypto_calls.h"
};
#undef CALL

static struct {
    bool armed, for_good, happened;
    size_t call, n;
    long value;
} force;

const char *force_name(size_t call)
{
    return call < CALLS ? calls[call].name : NULL;
}

enum force_kind force_kind(size_t call)
{
    return calls[call].kind;
}

bool force_value(size_t call, size_t i, long *value)
{
    static const long status[] = {0, -1, 2}, same[] = {1, -1, 2};

    if (i >= (calls[call].kind == POINTER ? 1 : 3))
        return false;
    *value = calls[call].kind == SAME ? same[i] : status[i];
    return true;
}

void force_begin(size_t call, size_t n, long value, bool for_good)
{
    for (size_t i = 0; i < CALLS; i++)
        calls[i].count = 0;
    force.call = call;
    force.n = n;
    force.value = value;
    force.for_good = for_good;
    force.happened = false;
    force.armed = true;
}

void force_end(void)
{
    force.armed = false;
}

size_t force_count(size_t call)
{
    return calls[call].count;
}

bool force_happened(void)
{
    return force.happened;
}

static bool is_due(size_t call)
{
    size_t count;

    if (!force.armed)
        return false;
    count = ++calls[call].count;
    return call == force.call && force.n != 0 &&
           (count == force.n || (force.for_good && count > force.n));
}

/* A getter is asked what is right. */
#define IS_RIGHT(kind, call) ((kind) == GETTER && (intptr_t)(call) == (intptr_t)force.value)

/* The prototypes are compared with those of libcrypto's headers. */
#define CALL(kind, type, name, parameters, arguments)                                              \
    extern __typeof__(name) __real_##name, __wrap_##name;                                          \
    type __wrap_##name parameters                                                                  \
    {                                                                                              \
        if (!is_due(ID_##name) || IS_RIGHT(kind, __real_##name arguments))                         \
            return __real_##name arguments;                                                        \
        force.happened = true;                                                                     \
        return (type)(intptr_t)force.value;                                                        \
    }
#include "libcrypto_calls.h"
