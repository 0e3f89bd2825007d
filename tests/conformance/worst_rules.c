/* SPDX-License-Identifier: MIT */
/* Clients with as many names as are read, each of which leads to rules that it does not meet. */
#include "worst_cases.h"

enum { NAMES = 1000, RULES = 5000 };

static void write_rules(FILE *out, const char *word, const char *front, const char *behind)
{
    fputs(WORST_RULES, out);
    for (unsigned i = 0; i < RULES; i++)
        fprintf(out, "%s %s%u%s\n", word, front, i, behind);
}

void blocked_patterns_that_end_alike(FILE *out)
{
    constrained(out, NAMES, "uri:iot://d.example/s/x#/telemetry", 0, "#", 0);
    write_rules(out, "block", "uri:iot://d.example/*/sensor-", "/telemetry");
}

void blocked_patterns_that_go_on(FILE *out)
{
    constrained(out, NAMES, "uri:iot://d.example/s/sensor-#/x", 0, "#", 0);
    write_rules(out, "block", "uri:iot://d.example/*/sensor-", "");
}

void rules_below_a_wildcard(FILE *out)
{
    constrained(out, NAMES, "dns:*.#.example", 0, "#", 0);
    write_rules(out, "allow", "dns:h", ".999.example serial:7");
}
