/* SPDX-License-Identifier: MIT */
#include "report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <mtlsauth/error.h>

struct line {
    char space[96];
    bool counted;
    unsigned accepts_right, accepts_wrong, refusals_right, refusals_wrong, skipped;
};

struct divergence {
    bool skip;
    char id[128];
    unsigned most, seen;
    char reason[512];
};

struct report {
    const char *suite;
    struct line *lines;
    size_t line_count;
    struct divergence *divergences;
    size_t divergence_count;
    unsigned passed, failed, skipped, known;
    unsigned passed_aside, failed_aside;
};

__attribute__((noreturn)) static void die(const char *what)
{
    perror(what);
    exit(EXIT_FAILURE);
}

static void *grown(void *array, size_t count, size_t element)
{
    void *moved = realloc(array, (count + 1) * element);

    if (moved == NULL)
        die("realloc");
    memset((char *)moved + count * element, 0, element);
    return moved;
}

/* One line of the file; false where it is not of the form. */
static bool read_divergence(struct report *report, const char *text)
{
    char kind[8], suite[32], id[128];
    struct divergence *divergence;
    unsigned most = 1;
    int used = 0, more = 0;

    if (sscanf(text, "%7s %31s %127s %n", kind, suite, id, &used) != 3 || used == 0)
        return false;
    if (strcmp(kind, "skip") == 0) {
        if (sscanf(text + used, "%u %n", &most, &more) != 1)
            return false;
    } else if (strcmp(kind, "fail") != 0) {
        return false;
    }
    if (text[used + more] == '\0')
        return false;
    if (strcmp(suite, report->suite) != 0)
        return true;
    report->divergences = grown(report->divergences, report->divergence_count, sizeof *divergence);
    divergence = &report->divergences[report->divergence_count++];
    divergence->skip = strcmp(kind, "skip") == 0;
    divergence->most = most;
    memcpy(divergence->id, id, sizeof id);
    snprintf(divergence->reason, sizeof divergence->reason, "%s", text + used + more);
    return true;
}

struct report *report_new(const char *suite, const char *divergences)
{
    struct report *report = calloc(1, sizeof *report);
    FILE *file = fopen(divergences, "r");
    char text[1024];

    if (report == NULL || file == NULL)
        die(divergences);
    report->suite = suite;
    while (fgets(text, sizeof text, file) != NULL) {
        text[strcspn(text, "\r\n")] = '\0';
        if (text[strspn(text, " \t")] == '\0' || text[0] == '#')
            continue;
        if (!read_divergence(report, text)) {
            fprintf(stderr, "%s: not understood: %s\n", divergences, text);
            exit(EXIT_FAILURE);
        }
    }
    fclose(file);
    return report;
}

static struct divergence *find_divergence(struct report *report, const char *id, bool skip)
{
    for (size_t i = 0; i < report->divergence_count; i++) {
        struct divergence *divergence = &report->divergences[i];
        size_t len = strlen(divergence->id);

        if (divergence->skip != skip)
            continue;
        if (strcmp(divergence->id, id) == 0 ||
            (skip && divergence->id[len - 1] == '*' && strncmp(divergence->id, id, len - 1) == 0))
            return divergence;
    }
    return NULL;
}

static struct line *line_of(struct report *report, const char *space, bool counted)
{
    struct line *line;

    for (size_t i = 0; i < report->line_count; i++)
        if (strcmp(report->lines[i].space, space) == 0 && report->lines[i].counted == counted)
            return &report->lines[i];
    report->lines = grown(report->lines, report->line_count, sizeof *line);
    line = &report->lines[report->line_count++];
    snprintf(line->space, sizeof line->space, "%s", space);
    line->counted = counted;
    return line;
}

bool report_skips(struct report *report, const char *space, const char *id)
{
    struct divergence *divergence = find_divergence(report, id, true);

    if (divergence == NULL)
        return false;
    line_of(report, space, true)->skipped++;
    report->skipped++;
    if (++divergence->seen <= divergence->most)
        return true;
    printf("FAIL %s: more cases are skipped by \"%s\" than the %u that are listed\n", id,
           divergence->id, divergence->most);
    report->failed++;
    return true;
}

static void count_case(struct report *report, const char *id, bool counted, bool right)
{
    struct divergence *known = counted ? find_divergence(report, id, false) : NULL;

    if (!counted && right)
        report->passed_aside++;
    else if (!counted)
        report->failed_aside++;
    else if (known == NULL && right)
        report->passed++;
    else if (known == NULL)
        report->failed++;
    else if (!right)
        report->known++;
    if (known != NULL && !right)
        printf("     known: %s\n", known->reason);
    if (known != NULL && right) {
        printf("FAIL %s: passes, and is listed as a failure: %s\n", id, known->reason);
        report->failed++;
    }
}

void report_case(struct report *report, const char *space, const char *id, bool counted,
                 bool accept, int code, const char *message)
{
    struct line *line = line_of(report, space, counted);
    bool accepted = code == MTLSAUTH_OK, right = accepted == accept;

    if (accepted)
        *(right ? &line->accepts_right : &line->accepts_wrong) += 1;
    else
        *(right ? &line->refusals_right : &line->refusals_wrong) += 1;
    if (!right)
        printf("%s %s: %s, we say %s%s%s\n", counted ? "FAIL" : "also", id,
               accept ? "is to be accepted" : "is to be refused", mtlsauth_code_name(code),
               accepted ? "" : ": ", accepted ? "" : message);
    else if (getenv("CONFORMANCE_VERBOSE") != NULL)
        printf("  ok %s: %s: %s\n", id, mtlsauth_code_name(code), message);
    count_case(report, id, counted, right);
}

void report_failure(struct report *report, const char *id, const char *what)
{
    printf("FAIL %s: %s\n", id, what);
    report->failed++;
}

static void print_table(const struct report *report, bool counted)
{
    bool any = false;

    for (size_t i = 0; i < report->line_count; i++) {
        const struct line *line = &report->lines[i];

        if (line->counted != counted)
            continue;
        if (!any)
            printf("\n%-30s %8s %8s %9s %8s %8s\n%-30s %8s %8s %9s %8s %8s\n",
                   counted ? "namespace" : "not counted", "accepts", "", "refusals", "", "", "",
                   "right", "wrong", "right", "wrong", "skipped");
        any = true;
        printf("%-30s %8u %8u %9u %8u %8u\n", line->space, line->accepts_right,
               line->accepts_wrong, line->refusals_right, line->refusals_wrong, line->skipped);
    }
}

int report_finish(struct report *report)
{
    bool ok = report->failed == 0 && report->passed > 0;

    print_table(report, true);
    print_table(report, false);
    printf("\n");
    if (report->passed_aside + report->failed_aside > 0)
        printf("not counted: %u right, %u wrong\n", report->passed_aside, report->failed_aside);
    if (report->known > 0)
        printf("known divergences: %u, counted as skipped\n", report->known);
    printf("%u passed, %u failed, %u skipped\n", report->passed, report->failed,
           report->skipped + report->known);
    free(report->lines);
    free(report->divergences);
    free(report);
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
