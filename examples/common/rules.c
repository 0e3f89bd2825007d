/* SPDX-License-Identifier: MIT */
#include "rules.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <mtlsauth/error.h>
#include "text_line.h"

static const char blanks[] = " \t\r\n";

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-"

/*
 * "type:", "subject.O:", with "!" in front or not: the shape that every matcher has. Capitals, as
 * openssl writes them, are none that the library knows, but are meant as one, and it says so.
 */
static int looks_like_matcher(const char *text)
{
    size_t n;

    text += *text == '!';
    n = strspn(text, LETTERS);
    if (n == 0)
        return 0;
    text += n;
    if (*text == '.')
        text += strspn(text, LETTERS ".");
    return *text == ':';
}

/*
 * Splits text, in place, at each comma that a matcher follows, behind blanks or not:
 * "dns:a, ip:10.0.0.1" is two, "dn:CN=a,O=b" is one. An escaped comma never splits, and its
 * backslash stays, for dn: needs it.
 */
static size_t split(char *text, const char *matchers[], size_t room)
{
    size_t n = 0;

    matchers[n++] = text;
    for (char *p = text; *p != '\0'; p++) {
        char *next = p + 1 + strspn(p + 1, blanks);

        if (*p == '\\' && p[1] != '\0') {
            p++;
        } else if (*p == ',' && looks_like_matcher(next) && n < room) {
            *p = '\0';
            matchers[n++] = next;
        }
    }
    return n;
}

static int append(struct rules *rules, struct rule rule)
{
    struct rule *list = realloc(rules->list, (rules->count + 1) * sizeof *list);

    if (list == NULL)
        return -1;
    list[rules->count++] = rule;
    rules->list = list;
    return 0;
}

int rules_take_option(struct rules *rules, int option, int argc, char *const argv[])
{
    struct rule rule = {.kind = (enum rule_kind)option, .text = optarg};

    if (option < RULE_ALLOW || option > RULE_FILE)
        return -1;
    if (rule.kind == RULE_LABELLED) {
        rule.matchers = argv + optind;
        for (; optind < argc && looks_like_matcher(argv[optind]); optind++)
            rule.count++;
    }
    return append(rules, rule);
}

int rules_add(struct rules *rules, enum rule_kind kind, const char *text)
{
    return append(rules, (struct rule){.kind = kind, .text = text});
}

/* One matcher more than a rule may have, so that the library says so. */
#define MATCHERS_ROOM (MTLSAUTH_MAX_MATCHERS + 1)

/* The text of a rule is its label, unless it is longer than a label or not printable ASCII. */
static const char *label_of(const char *text)
{
    size_t n = 0;

    while (text[n] >= ' ' && text[n] <= '~')
        n++;
    return n < 256 && text[n] == '\0' ? text : "--allow";
}

static int allow_text(mtlsauth_policy *policy, const char *text)
{
    const char *matchers[MATCHERS_ROOM];
    char *copy = strdup(text);
    int code;

    if (copy == NULL)
        return MTLSAUTH_ERR_NOMEM;
    code = mtlsauth_policy_allow(policy, label_of(text), matchers,
                                 split(copy, matchers, MATCHERS_ROOM));
    free(copy);
    return code;
}

static int allow_words(mtlsauth_policy *policy, const char *label, char *const words[], size_t n)
{
    const char *matchers[MATCHERS_ROOM];

    n = n < MATCHERS_ROOM ? n : MATCHERS_ROOM;
    for (size_t i = 0; i < n; i++)
        matchers[i] = words[i];
    return mtlsauth_policy_allow(policy, label, matchers, n);
}

/* Takes the next word off a line: NULL when there is none, or (*bad set) its quote does not end. */
static char *next_word(char **line, int *bad)
{
    char *word = *line + strspn(*line, blanks), *end;

    if (*word == '\0' || *word == '#')
        return NULL;
    if (*word == '"' || *word == '\'') {
        end = strchr(word + 1, *word);
        if (end == NULL) {
            *bad = 1;
            return NULL;
        }
        word++;
    } else {
        end = word + strcspn(word, blanks);
    }
    *line = *end == '\0' ? end : end + 1;
    *end = '\0';
    return word;
}

/* One line of a file: MTLSAUTH_OK, a code with its last error, or 1 with *wrong. */
static int apply_line(mtlsauth_policy *policy, char *line, const char **wrong)
{
    char *words[2 + MATCHERS_ROOM];
    size_t n = 0, room = sizeof words / sizeof words[0];
    int bad = 0;

    while (n < room && (words[n] = next_word(&line, &bad)) != NULL)
        n++;
    if (bad) {
        *wrong = "a quote does not end on this line: close it, or quote the word with the other "
                 "kind";
        return 1;
    }
    if (n == 0)
        return MTLSAUTH_OK;
    if (n >= 2 && strncmp(words[0], "allow", 5) == 0 && looks_like_matcher(words[1])) {
        *wrong = "a label comes first, and what stands there looks like a matcher: write 'allow "
                 "LABEL MATCHER...', with a LABEL of your own that has no 'type:' in front";
        return 1;
    }
    if (strcmp(words[0], "allow") == 0 && n >= 3)
        return allow_words(policy, words[1], words + 2, n - 2);
    if (strcmp(words[0], "allow-any") == 0 && n <= 2)
        return mtlsauth_policy_allow_any(policy, n == 2 ? words[1] : "any");
    if (strcmp(words[0], "block") == 0 && n == 2)
        return mtlsauth_policy_block(policy, words[1]);
    *wrong = "not a rule: write 'allow LABEL MATCHER...', 'allow-any [LABEL]' or 'block MATCHER'";
    return 1;
}

static int apply_file(mtlsauth_policy *policy, const char *path, char error[RULES_ERROR_LEN])
{
    FILE *file = fopen(path, "r");
    char *line = NULL;
    const char *wrong = NULL;
    size_t room = 0;
    unsigned number = 0;
    int code = MTLSAUTH_OK;
    ssize_t len;

    if (file == NULL) {
        snprintf(error, RULES_ERROR_LEN, "%s: %s: name a file with one rule a line", path,
                 strerror(errno));
        return -1;
    }
    while (code == MTLSAUTH_OK && (len = getline(&line, &room, file)) >= 0) {
        number++;
        wrong = text_line_fault(line, (size_t)len);
        code = wrong != NULL ? 1 : apply_line(policy, line, &wrong);
    }
    if (code != MTLSAUTH_OK) {
        snprintf(error, RULES_ERROR_LEN, "%s: line %u: %s", path, number,
                 wrong != NULL ? wrong : mtlsauth_last_error());
    } else if (ferror(file) || !feof(file)) {
        snprintf(error, RULES_ERROR_LEN, "%s: %s: name a file with one rule a line", path,
                 strerror(errno));
        code = MTLSAUTH_ERR_IO;
    }
    free(line);
    fclose(file);
    return code == MTLSAUTH_OK ? 0 : -1;
}

static int check_labelled(const struct rule *rule, char error[RULES_ERROR_LEN])
{
    if (looks_like_matcher(rule->text))
        snprintf(error, RULES_ERROR_LEN,
                 "--rule %s: a label comes first, and this looks like a matcher: write --rule "
                 "LABEL MATCHER..., with a LABEL of your own that has no 'type:' in front",
                 rule->text);
    else if (rule->count == 0)
        snprintf(error, RULES_ERROR_LEN,
                 "--rule %s: a matcher has to follow, as dns:client.example.com", rule->text);
    else
        return 0;
    return -1;
}

int rules_apply(const struct rules *rules, mtlsauth_policy *policy, char error[RULES_ERROR_LEN])
{
    for (size_t i = 0; i < rules->count; i++) {
        const struct rule *rule = &rules->list[i];
        int code = MTLSAUTH_OK;
        const char *option = "";

        switch (rule->kind) {
        case RULE_ALLOW:
            option = "--allow";
            code = allow_text(policy, rule->text);
            break;
        case RULE_LABELLED:
            option = "--rule";
            if (check_labelled(rule, error) != 0)
                return -1;
            code = allow_words(policy, rule->text, rule->matchers, rule->count);
            break;
        case RULE_ALLOW_ANY:
            option = "--allow-any";
            code = mtlsauth_policy_allow_any(policy, "any");
            break;
        case RULE_BLOCK:
            option = "--block";
            code = mtlsauth_policy_block(policy, rule->text);
            break;
        case RULE_FILE:
            if (apply_file(policy, rule->text, error) != 0)
                return -1;
            break;
        }
        if (code != MTLSAUTH_OK) {
            snprintf(error, RULES_ERROR_LEN, "%s: %s", option, mtlsauth_last_error());
            return -1;
        }
    }
    return 0;
}

int rules_warnings(mtlsauth_policy *policy, const mtlsauth_truststore *truststore,
                   char message[RULES_ERROR_LEN])
{
    size_t have = strlen(message);
    const char *warnings;
    int code = mtlsauth_policy_lint(policy, truststore, &warnings);

    if (code != MTLSAUTH_OK)
        return code;
    snprintf(message + have, RULES_ERROR_LEN - have, "%s", warnings);
    for (char *p = message; *p != '\0'; p++)
        if (*p == '\n')
            *p = p[1] == '\0' ? '\0' : ';';
    return MTLSAUTH_OK;
}

const char *const evidence_names[] = {"off", "crl", "ocsp", "crl-or-ocsp", "crl-and-ocsp", NULL};

int evidence_from_name(const char *name)
{
    for (int i = 0; evidence_names[i] != NULL; i++)
        if (strcmp(name, evidence_names[i]) == 0)
            return MTLSAUTH_EVIDENCE_OFF + i;
    return 0;
}

void rules_free(struct rules *rules)
{
    free(rules->list);
    *rules = (struct rules){0};
}
