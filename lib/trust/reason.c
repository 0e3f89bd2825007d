/* SPDX-License-Identifier: MIT */
#include "trust/reason.h"

#include <stdarg.h>
#include <stdio.h>

struct shown mtlsauth__show(const char *text)
{
    struct shown shown;
    size_t room = sizeof shown.text - sizeof "...", len = strlen(text);

    if (text[0] == '\0')
        text = "(empty name)", len = strlen(text);
    if (len <= room) {
        memcpy(shown.text, text, len + 1);
        return shown;
    }
    while (room > 0 && ((unsigned char)text[room] & 0xc0U) == 0x80)
        room--;
    memcpy(shown.text, text, room);
    memcpy(shown.text + room, "...", sizeof "...");
    return shown;
}

/*
 * Which reason counts does not depend on the order in which candidates are tried: the one that came
 * further; of those that came as far as the signature the one further from the leaf, behind that
 * the one nearer to it; then numbers of the certificate itself. 0 where the sentence has to tell.
 */
static int compare(const struct reason *now, enum progress progress, int code, int depth,
                   const mtlsauth_cert *subject)
{
    if (progress != now->progress)
        return progress > now->progress ? 1 : -1;
    if (depth != now->depth)
        return (progress <= PROGRESS_SIGNATURE) == (depth > now->depth) ? 1 : -1;
    if (code != now->code)
        return code < now->code ? 1 : -1;
    return memcmp(now->sha256, subject->sha256, sizeof now->sha256);
}

void mtlsauth__reason_note(struct reason *reason, enum progress progress, int code, size_t depth,
                           const mtlsauth_cert *subject, const char *format, ...)
{
    int order = compare(reason, progress, code, (int)depth, subject), used;
    struct shown name = mtlsauth__show(subject->subject);
    char message[MTLSAUTH__MAX_REASON];
    va_list args;

    if (order < 0)
        return;
    if (depth == 0)
        used = snprintf(message, sizeof message, "the client's certificate (%s): ", name.text);
    else
        used = snprintf(message, sizeof message, "certificate %zu of the path (%s): ", depth,
                        name.text);
    if (used < 0 || (size_t)used >= sizeof message)
        return;
    va_start(args, format);
    vsnprintf(message + used, sizeof message - (size_t)used, format, args);
    va_end(args);
    if (order == 0 && strcmp(message, reason->message) >= 0)
        return;
    reason->progress = progress;
    reason->code = code;
    reason->depth = (int)depth;
    memcpy(reason->sha256, subject->sha256, sizeof reason->sha256);
    memcpy(reason->message, message, sizeof reason->message);
}
