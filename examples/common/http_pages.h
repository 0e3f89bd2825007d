/* SPDX-License-Identifier: MIT */
#ifndef EXAMPLES_HTTP_PAGES_H
#define EXAMPLES_HTTP_PAGES_H

/* What a program says of itself: /metrics for Prometheus, /healthz for a load balancer. */

#include <stdatomic.h>
#include <microhttpd.h>
#include "http_ocsp.h"
#include "http_state.h"

/* Answers to proxies, by their status. */
struct http_answers {
    _Atomic unsigned long long ok, unauthorized, forbidden;
};

enum MHD_Result http_send_metrics(struct MHD_Connection *connection, struct http_state *state,
                                  struct http_ocsp *ocsp, struct http_answers *answers);

/* 503 when a revocation list is stale, or there is none where lists alone decide. */
enum MHD_Result http_send_health(struct MHD_Connection *connection, const struct http_state *state);

#endif
