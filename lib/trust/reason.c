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

/* The same for any order in which candidates are tried: further first, then nearer to the leaf, then
 * by numbers that are the certificate's own. */
static bool tells_more(const struct reason *now, enum progress progress, int code, int depth,
                       const mtlsauth_cert *subject)
{
    if (progress != now->progress)
        return progress > now->progress;
    if (depth != now->depth)
        return progress <= PROGRESS_SIGNATURE ? depth > now->depth : depth < now->depth;
    if (code != now->code)
        return code < now->code;
    return memcmp(subject->sha256, now->sha256, sizeof now->sha256) < 0;
}

void mtlsauth__reason_note(struct reason *reason, enum progress progress, int code, size_t depth,
                           const mtlsauth_cert *subject, const char *format, ...)
{
    struct shown name = mtlsauth__show(subject->subject);
    va_list args;
    int used;

    if (!tells_more(reason, progress, code, (int)depth, subject))
        return;
    reason->progress = progress;
    reason->code = code;
    reason->depth = (int)depth;
    memcpy(reason->sha256, subject->sha256, sizeof reason->sha256);
    if (depth == 0)
        used = snprintf(reason->message, sizeof reason->message, "the client's certificate (%s): ",
                        name.text);
    else
        used = snprintf(reason->message, sizeof reason->message, "certificate %zu of the path (%s): ",
                        depth, name.text);
    if (used < 0 || (size_t)used >= sizeof reason->message)
        return;
    va_start(args, format);
    vsnprintf(reason->message + used, sizeof reason->message - (size_t)used, format, args);
    va_end(args);
}
