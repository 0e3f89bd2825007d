/* SPDX-License-Identifier: MIT */
#ifndef EXAMPLES_S3_H
#define EXAMPLES_S3_H

/*
 * Where "s3://bucket/key" is, and who asks for it.
 *
 * The key is written as it is, blanks and all, and is percent-encoded here; "?versionId=ID" at its
 * end asks for one version. What else is needed comes from the environment, under the names that
 * the AWS tools use:
 *
 *   AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY   have to be there
 *   AWS_SESSION_TOKEN                          with temporary credentials, as Lambda has them; when
 *                                              they end, a program needs a restart with others
 *   AWS_REGION, AWS_DEFAULT_REGION             one of them has to be there
 *   AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL      another server that speaks S3; the bucket goes into
 *                                              the path then
 */

#define S3_ERROR_LEN 256

struct s3_object {
    char *url;           /* http or https, freed by s3_release */
    char signature[128]; /* for CURLOPT_AWS_SIGV4 */
    const char *key_id, *secret;
    const char *token; /* NULL without one */
};

/* 1 when location begins with "s3://". */
int s3_is_location(const char *location);

/* 0, or -1 with a sentence in error. The strings are those of the environment. */
int s3_resolve(const char *location, struct s3_object *object, char error[S3_ERROR_LEN]);

void s3_release(struct s3_object *object);

#endif
