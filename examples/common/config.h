/* SPDX-License-Identifier: MIT */
#ifndef EXAMPLES_CONFIG_H
#define EXAMPLES_CONFIG_H

/*
 * The options of a program from three places. A file comes first, the environment takes its place,
 * and flags are on top: an option has all of its values from the highest place that names it, but
 * for one that adds up (CONFIG_EVERY), which has those of all three.
 *
 *   file          name value          one a line; # at the start of a line is a comment;
 *                                     behind a value and a blank it is an error, for it may be a
 *                                     part of the value, as in "Store #7"
 *   environment   PREFIX_NAME=value   with _ for each -; several values stand between blanks, or
 *                                     on lines of their own (CONFIG_LINES)
 *   flags         --name value
 *
 * --config FILE, or PREFIX_CONFIG, names the file. A name that is no option is an error in all
 * three places, so that a mistyped one does not go unnoticed. A switch is on with "yes" or without
 * a value, and off with "no"; on the command line --name and --name=no.
 */

#include <stddef.h>

enum config_kind {
    CONFIG_VALUE,  /* one value; the last one counts */
    CONFIG_MANY,   /* any number of them */
    CONFIG_LINES,  /* the same, of which each can have blanks inside */
    CONFIG_EVERY,  /* the same, and a higher place adds to a lower one: for what denies */
    CONFIG_SWITCH, /* on or off */
    CONFIG_NUMBER  /* a value that is a whole number, from 0 to 2^31 - 1 */
};

struct config_option {
    const char *name; /* "clock-skew"; "config" and "help" are there already */
    enum config_kind kind;
    const char *argument, *help; /* for config_usage */
};

struct config_value {
    size_t option;
    int place;
    char *text;
};

#define CONFIG_ERROR_LEN 512

struct config {
    const struct config_option *options; /* ends with a name that is NULL */
    const char *prefix;                  /* of the environment */
    struct config_value *values;
    size_t count;
    char error[CONFIG_ERROR_LEN];
};

/* Reads all three. 0; 1 when --help was among the flags; -1 with a sentence in config->error. */
int config_read(struct config *config, int argc, char *argv[]);

/* Value i of an option, from 0; NULL beyond the last one. Borrowed from config. */
const char *config_nth(const struct config *config, const char *name, size_t i);

/* The one value of an option, or otherwise. */
const char *config_text(const struct config *config, const char *name, const char *otherwise);
long config_number(const struct config *config, const char *name, long otherwise);
int config_on(const struct config *config, const char *name);

/* Prints the options to stdout. */
void config_usage(const struct config *config);

void config_free(struct config *config);

#endif
