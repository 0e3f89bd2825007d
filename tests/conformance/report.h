/* SPDX-License-Identifier: MIT */
#ifndef TESTS_CONFORMANCE_REPORT_H
#define TESTS_CONFORMANCE_REPORT_H

/*
 * What came of a suite: a table by namespace, each case that failed with our reason, and the total.
 *
 * divergences.txt lists what is known, a line each, "#" begins a comment:
 *
 *     fail SUITE ID REASON        the case fails; where it passes, the run fails
 *     skip SUITE ID COUNT REASON  not run; an ID may end in "*"; more than COUNT, and the run fails
 */

#include <stdbool.h>
#include <stddef.h>

struct report;

/* suite is the name that divergences.txt has; ends the program where that cannot be read. */
struct report *report_new(const char *suite, const char *divergences);

/* Is the case one to skip? It is counted then, and need not be run. */
bool report_skips(struct report *report, const char *space, const char *id);

/*
 * The outcome of a case.
 *
 * space    its line of the table
 * counted  false: shown in a table of its own, and without bearing on the total
 * accept   what the suite expects
 * code     what the library said, and its sentence
 */
void report_case(struct report *report, const char *space, const char *id, bool counted,
                 bool accept, int code, const char *message);

/* What is wrong with a case beside its outcome. */
void report_failure(struct report *report, const char *id, const char *what);

/* Prints everything, ending in the total; returns the program's exit status. */
int report_finish(struct report *report);

#endif
