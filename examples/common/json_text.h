/* SPDX-License-Identifier: MIT */
#ifndef EXAMPLES_JSON_TEXT_H
#define EXAMPLES_JSON_TEXT_H

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/*
 * A string of JSON of any text, as a path, or a sentence that was cut off within a character: where
 * it is not UTF-8, which JSON is, "?" stands for each octet that is not ASCII. NULL without memory.
 * For json_pack it is an "o".
 */
static inline json_t *json_text(const char *text)
{
    json_t *string = json_string(text);
    char *ascii = string != NULL ? NULL : strdup(text);

    if (ascii == NULL)
        return string;
    for (char *c = ascii; *c != '\0'; c++)
        if ((unsigned char)*c >= 0x80)
            *c = '?';
    string = json_string(ascii);
    free(ascii);
    return string;
}

#endif
