/* SPDX-License-Identifier: MIT */
#include "lambda_config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "hex.h"

const char *lambda_text(const char *name)
{
    const char *value = getenv(name);

    return value == NULL || *value == '\0' ? NULL : value;
}

static int wrong(char error[LAMBDA_CONFIG_ERROR_LEN], const char *name, const char *what)
{
    snprintf(error, LAMBDA_CONFIG_ERROR_LEN, "%s: %s", name, what);
    return -1;
}

int lambda_choice(const char *name, const char *const words[], int *value,
                  char error[LAMBDA_CONFIG_ERROR_LEN])
{
    const char *text = lambda_text(name);
    size_t written;

    if (text == NULL)
        return 0;
    for (int i = 0; words[i] != NULL; i++) {
        if (strcmp(text, words[i]) == 0) {
            *value = i;
            return 0;
        }
    }
    wrong(error, name, "it is one of");
    for (size_t i = 0; words[i] != NULL; i++) {
        written = strlen(error);
        snprintf(error + written, LAMBDA_CONFIG_ERROR_LEN - written, " %s", words[i]);
    }
    return -1;
}

int lambda_bool(const char *name, int *value, char error[LAMBDA_CONFIG_ERROR_LEN])
{
    static const char *const words[] = {"false", "true", "0", "1", NULL};
    int found = *value;

    if (lambda_choice(name, words, &found, error) != 0)
        return -1;
    *value = found % 2;
    return 0;
}

int lambda_number(const char *name, unsigned max, unsigned *value,
                  char error[LAMBDA_CONFIG_ERROR_LEN])
{
    const char *text = lambda_text(name);
    unsigned long number;
    char *end;

    if (text == NULL)
        return 0;
    errno = 0;
    number = strtoul(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != '\0' || errno != 0 || number > max)
        return wrong(error, name, "it is a number, and not as large");
    *value = (unsigned)number;
    return 0;
}

int lambda_key(const char *name, unsigned char key[LAMBDA_KEY_MAX], size_t *len,
               char error[LAMBDA_CONFIG_ERROR_LEN])
{
    const char *text = lambda_text(name);
    size_t digits = text == NULL ? 0 : strlen(text);

    if (text == NULL)
        return 0;
    if (digits % 2 != 0 || digits < 2 * LAMBDA_KEY_MIN || digits > 2 * LAMBDA_KEY_MAX)
        return wrong(error, name, "it is 16 to 64 octets in hexadecimal: openssl rand -hex 32");
    for (size_t i = 0; i < digits / 2; i++) {
        int high = hex_digit(text[2 * i]), low = hex_digit(text[2 * i + 1]);

        if (high < 0 || low < 0)
            return wrong(error, name, "it has another character than hexadecimal digits");
        key[i] = (unsigned char)(high << 4 | low);
    }
    *len = digits / 2;
    return 0;
}

char *lambda_next_item(char **rest)
{
    char *item = *rest + strspn(*rest, ",\r\n \t"), *end;

    if (*item == '\0')
        return NULL;
    end = item + strcspn(item, ",\r\n");
    *rest = *end == '\0' ? end : end + 1;
    *end = '\0';
    while (end > item && (end[-1] == ' ' || end[-1] == '\t'))
        *--end = '\0';
    return item;
}
