/* SPDX-License-Identifier: MIT */
#ifndef EXAMPLES_OCSP_HOSTS_H
#define EXAMPLES_OCSP_HOSTS_H

/*
 * Which responders may be asked. The URL of a responder comes from a certificate: without a list,
 * who gets a certificate decides what this machine connects to.
 */

#include <stddef.h>

/*
 * 1 when url is http or https, without a user name, and its host is one of the list: "host" with
 * the default port alone, "host:port" with that one. *place becomes its place in the list.
 */
int ocsp_hosts_allow(const char *const hosts[], size_t count, const char *url, size_t *place);

#endif
