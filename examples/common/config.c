/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "text_line.h"

extern char **environ;

enum { PLACE_FILE, PLACE_ENVIRONMENT, PLACE_FLAG };
enum { NAME_LEN = 64, NUMBER_MAX = 2147483647 };
static const char blanks[] = " \t\r\n";

__attribute__((format(printf, 2, 3))) static int fail(struct config *config, const char *format,
                                                      ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(config->error, sizeof config->error, format, arguments);
    va_end(arguments);
    return -1;
}

static size_t find(const struct config *config, const char *name)
{
    size_t i = 0;

    while (config->options[i].name != NULL && strcmp(config->options[i].name, name) != 0)
        i++;
    return i;
}

/* 1 and 0 for what a switch may say, -1 for anything else: "False" is not taken for true. */
static int truth(const char *text)
{
    static const char *const words[] = {"no", "yes", "off", "on", "false", "true", "0", "1"};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(text, words[i]) == 0)
            return (int)(i & 1);
    return -1;
}

static int is_number(const char *text)
{
    char *end;
    long number;

    errno = 0;
    number = strtol(text, &end, 10);
    return *text >= '0' && *text <= '9' && *end == '\0' && errno == 0 && number <= NUMBER_MAX;
}

/* where says in an error what the user wrote. */
static int add(struct config *config, size_t option, int place, const char *text, const char *where)
{
    const struct config_option *o = &config->options[option];
    struct config_value *values;

    if (o->kind == CONFIG_SWITCH && truth(text) < 0)
        return fail(config, "%s: %s is 'yes' or 'no', not '%s'", where, o->name, text);
    if (o->kind == CONFIG_NUMBER && !is_number(text))
        return fail(config, "%s: %s is a number, not '%s'", where, o->name, text);
    if (*text == '\0')
        return fail(config, "%s: %s has no value", where, o->name);
    values = realloc(config->values, (config->count + 1) * sizeof *values);
    if (values == NULL)
        return fail(config, "out of memory");
    config->values = values;
    values[config->count] = (struct config_value){option, place, strdup(text)};
    if (values[config->count].text == NULL)
        return fail(config, "out of memory");
    config->count++;
    return 0;
}

/* Does "#" stand where it could begin a comment? Or it is a part of the name "Store #7". */
static int has_comment(const char *value)
{
    for (const char *p = value; (p = strchr(p, '#')) != NULL; p++)
        if (p == value || strchr(blanks, p[-1]) != NULL)
            return 1;
    return 0;
}

static int read_line(struct config *config, char *line, const char *where)
{
    char *name = line + strspn(line, blanks), *value, *end;
    size_t option;

    if (*name == '\0' || *name == '#')
        return 0;
    value = name + strcspn(name, blanks);
    end = value + strlen(value);
    while (end > value && strchr(blanks, end[-1]) != NULL)
        *--end = '\0';
    if (*value != '\0') {
        *value++ = '\0';
        value += strspn(value, blanks);
    }
    option = find(config, name);
    if (config->options[option].name == NULL)
        return fail(config, "%s: there is no option '%s'", where, name);
    if (has_comment(value))
        return fail(config,
                    "%s: '#' behind a blank: a comment stands on a line of its own, and a value "
                    "with ' #' in the environment or on the command line",
                    where);
    if (*value == '\0' && config->options[option].kind == CONFIG_SWITCH)
        return add(config, option, PLACE_FILE, "yes", where);
    return add(config, option, PLACE_FILE, value, where);
}

static int read_file(struct config *config, const char *path)
{
    FILE *file = fopen(path, "r");
    char *line = NULL, where[256];
    size_t room = 0;
    unsigned number = 0;
    int result = 0;
    ssize_t len;

    if (file == NULL)
        return fail(config, "%s: %s", path, strerror(errno));
    while (result == 0 && (len = getline(&line, &room, file)) >= 0) {
        const char *wrong = text_line_fault(line, (size_t)len);

        snprintf(where, sizeof where, "%s: line %u", path, ++number);
        result =
            wrong == NULL ? read_line(config, line, where) : fail(config, "%s: %s", where, wrong);
    }
    if (result == 0 && (ferror(file) || !feof(file)))
        result = fail(config, "%s: %s", path, strerror(errno));
    free(line);
    fclose(file);
    return result;
}

/* "clock-skew" for PREFIX_CLOCK_SKEW; 0 for a variable of something else. */
static int option_name(const struct config *config, const char *variable, char name[NAME_LEN])
{
    size_t skip = strlen(config->prefix), n = 0;

    if (strncmp(variable, config->prefix, skip) != 0 || variable[skip] != '_')
        return 0;
    for (const char *p = variable + skip + 1; *p != '=' && *p != '\0' && n < NAME_LEN - 1; p++)
        name[n++] = *p == '_' ? '-' : (char)tolower((unsigned char)*p);
    name[n] = '\0';
    return 1;
}

/* What stands between two values in a variable: "" where there is one alone. */
static const char *between_values(enum config_kind kind)
{
    if (kind == CONFIG_LINES)
        return "\r\n";
    return kind == CONFIG_MANY || kind == CONFIG_EVERY ? blanks : "";
}

/* Without the blanks around it; a line of nothing else is no value. */
static int add_word(struct config *config, size_t option, char *word)
{
    char *end;

    word += strspn(word, blanks);
    for (end = word + strlen(word); end > word && strchr(blanks, end[-1]) != NULL;)
        *--end = '\0';
    return *word == '\0' ? 0 : add(config, option, PLACE_ENVIRONMENT, word, "the environment");
}

static int read_variable(struct config *config, const char *name, const char *text)
{
    size_t option = find(config, name);
    const char *between;
    char *copy, *word, *rest = NULL;
    int result = 0;

    if (config->options[option].name == NULL)
        return fail(config, "the environment: %s_...: there is no option '%s'", config->prefix,
                    name);
    between = between_values(config->options[option].kind);
    if (*between == '\0')
        return add(config, option, PLACE_ENVIRONMENT, text, "the environment");
    copy = strdup(text);
    if (copy == NULL)
        return fail(config, "out of memory");
    for (word = strtok_r(copy, between, &rest); word != NULL && result == 0;
         word = strtok_r(NULL, between, &rest))
        result = add_word(config, option, word);
    free(copy);
    return result;
}

static int read_environment(struct config *config, const char **path)
{
    char name[NAME_LEN];

    for (char **variable = environ; *variable != NULL; variable++) {
        const char *text = strchr(*variable, '=');

        if (text == NULL || !option_name(config, *variable, name))
            continue;
        if (strcmp(name, "config") == 0)
            *path = *path != NULL ? *path : text + 1;
        else if (read_variable(config, name, text + 1) != 0)
            return -1;
    }
    return 0;
}

static int read_flags(struct config *config, int argc, char *argv[], const char **path)
{
    enum { CONFIG = 'c', HELP = 'h', FIRST = 256 };
    size_t n = find(config, "");
    struct option *flags = calloc(n + 3, sizeof *flags);
    int flag, result = 0;

    if (flags == NULL)
        return fail(config, "out of memory");
    for (size_t i = 0; i < n; i++) {
        flags[i].name = config->options[i].name;
        flags[i].has_arg =
            config->options[i].kind == CONFIG_SWITCH ? optional_argument : required_argument;
        flags[i].val = FIRST + (int)i;
    }
    flags[n] = (struct option){"config", required_argument, NULL, CONFIG};
    flags[n + 1] = (struct option){"help", no_argument, NULL, HELP};
    while (result == 0 && (flag = getopt_long(argc, argv, "h", flags, NULL)) != -1) {
        if (flag == CONFIG)
            *path = optarg;
        else if (flag == HELP)
            result = 1;
        else if (flag >= FIRST)
            result = add(config, (size_t)(flag - FIRST), PLACE_FLAG,
                         optarg != NULL ? optarg : "yes", "the command line");
        else
            result = fail(config, "'%s --help' lists the options", argv[0]);
    }
    if (result == 0 && optind < argc)
        result = fail(config, "'%s' is no option", argv[optind]);
    free(flags);
    return result;
}

int config_read(struct config *config, int argc, char *argv[])
{
    const char *path = NULL;
    int result = read_flags(config, argc, argv, &path);

    if (result == 0)
        result = read_environment(config, &path);
    if (result == 0 && path != NULL)
        result = read_file(config, path);
    return result;
}

static int highest_place(const struct config *config, size_t option)
{
    int place = -1;

    for (size_t i = 0; i < config->count; i++)
        if (config->values[i].option == option && config->values[i].place > place)
            place = config->values[i].place;
    return place;
}

const char *config_nth(const struct config *config, const char *name, size_t i)
{
    size_t option = find(config, name);
    int place = highest_place(config, option);
    int every = config->options[option].kind == CONFIG_EVERY;

    for (size_t k = 0; k < config->count; k++)
        if (config->values[k].option == option && (every || config->values[k].place == place) &&
            i-- == 0)
            return config->values[k].text;
    return NULL;
}

const char *config_text(const struct config *config, const char *name, const char *otherwise)
{
    const char *text, *last = otherwise;

    for (size_t i = 0; (text = config_nth(config, name, i)) != NULL; i++)
        last = text;
    return last;
}

long config_number(const struct config *config, const char *name, long otherwise)
{
    const char *text = config_text(config, name, NULL);

    return text == NULL ? otherwise : strtol(text, NULL, 10);
}

int config_on(const struct config *config, const char *name)
{
    return truth(config_text(config, name, "no")) == 1;
}

void config_usage(const struct config *config)
{
    printf("Options, on the command line, in the environment (%s_NAME) or in a file:\n\n",
           config->prefix);
    for (const struct config_option *o = config->options; o->name != NULL; o++) {
        char head[NAME_LEN + 32];

        snprintf(head, sizeof head, "--%s %s", o->name, o->argument != NULL ? o->argument : "");
        printf("  %-28s %s\n", head, o->help);
    }
    printf("  %-28s %s\n", "--config FILE", "the file: 'name value' a line, # for comments");
}

void config_free(struct config *config)
{
    for (size_t i = 0; i < config->count; i++)
        free(config->values[i].text);
    free(config->values);
    config->values = NULL;
    config->count = 0;
}
