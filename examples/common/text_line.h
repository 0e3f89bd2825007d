/* SPDX-License-Identifier: MIT */
#ifndef EXAMPLES_TEXT_LINE_H
#define EXAMPLES_TEXT_LINE_H

#include <stddef.h>
#include <string.h>

/*
 * Why len bytes, a line as getline() has read it, are not one line of text; NULL when they are. A
 * file whose lines end with CR alone is a single line, which the first "#" would make a comment.
 */
static inline const char *text_line_fault(const char *line, size_t len)
{
    const char *cr = strchr(line, '\r');

    if (strlen(line) != len)
        return "a NUL byte: write text";
    if (cr != NULL && cr[1] != '\n' && cr[1] != '\0')
        return "a carriage return inside: end each line with a line feed";
    return NULL;
}

#endif
