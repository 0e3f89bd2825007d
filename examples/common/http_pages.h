/* SPDX-License-Identifier: MIT */
#ifndef EXAMPLES_HTTP_PAGES_H
#define EXAMPLES_HTTP_PAGES_H

/* What a program says of itself: /metrics for Prometheus, /livez for a load balancer,
 * /healthz for monitoring. */

#include <stdatomic.h>
#include <microhttpd.h>
#include "http_ocsp.h"
#include "http_state.h"

#define HTTP_PAGES_HELP                                                                            \
    "\nPages besides /authorize:\n\n"                                                              \
    "  /metrics                     for Prometheus\n"                                              \
    "  /livez                       200 as long as it decides, for load balancers\n"               \
    "  /healthz                     503 when a revocation list is stale, or none is there where "  \
    "lists\n"                                                                                      \
    "                               alone decide, for monitoring\n"

/* Answers to proxies, by their status. */
struct http_answers {
    _Atomic unsigned long long ok, unauthorized, forbidden;
};

enum MHD_Result http_send_metrics(struct MHD_Connection *connection, struct http_state *state,
                                  struct http_ocsp *ocsp, struct http_answers *answers);

/*
 * 200, from whoever can answer: what has started has a truststore, and keeps it until another one
 * loads. A stale list is no reason to say otherwise. All instances have it at the same time, so
 * that a load balancer would have nobody left to send clients to, also those of CAs whose lists are
 * fresh.
 */
enum MHD_Result http_send_live(struct MHD_Connection *connection);

/* 503 when a revocation list is stale, or there is none where lists alone decide. */
enum MHD_Result http_send_health(struct MHD_Connection *connection, const struct http_state *state);

#endif
