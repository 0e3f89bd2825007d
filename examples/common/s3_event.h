/* SPDX-License-Identifier: MIT */
#ifndef EXAMPLES_S3_EVENT_H
#define EXAMPLES_S3_EVENT_H

#include <jansson.h>

#define S3_EVENT_ERROR_LEN 512

/*
 * One record of an event of S3, as s3://BUCKET/KEY with the key decoded. -1 with a sentence unless
 * it says that an object was created whose key ends with .crl: what this function writes beside the
 * lists must not call it again. location has what could be read then.
 */
int s3_event_location(json_t *record, char *location, size_t size, char error[S3_EVENT_ERROR_LEN]);

#endif
