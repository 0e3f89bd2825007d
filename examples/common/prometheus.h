/* SPDX-License-Identifier: MIT */
#ifndef EXAMPLES_PROMETHEUS_H
#define EXAMPLES_PROMETHEUS_H

/* Statistics of an authorizer as Prometheus reads them (text format 0.0.4). */

#include <stdio.h>

/* Writes what the JSON of mtlsauth_authorizer_stats_json says. 0, or -1 when it is no JSON. */
int prometheus_write(FILE *out, const char *json);

/* 1 when a revocation list in it is stale: *issuer (to be freed) is that of the first. 0 when none
 * is; -1 when it is no JSON. *lists becomes the number of lists. */
int prometheus_stale(const char *json, size_t *lists, char **issuer);

#endif
