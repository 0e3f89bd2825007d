/* SPDX-License-Identifier: MIT */
#ifndef EXAMPLES_IAM_POLICY_H
#define EXAMPLES_IAM_POLICY_H

/* What a Lambda authorizer answers API Gateway. */

/* Of an ARN that stands in a policy; of one that API Gateway asks about. */
enum { IAM_MAX_RESOURCE = 512, IAM_MAX_ARN = 1600 };

struct iam_answer {
    int allow;
    int simple;              /* {"isAuthorized": ...} instead of a policy: HTTP APIs alone */
    const char *arn;         /* of what was asked for; NULL if it is not known, which denies */
    const char *principal;   /* who it is; not in the simple form */
    const char *context[12]; /* names and values by turns, up to a NULL; "" values are left out */
};

/* 1 when a policy can speak of this ARN. */
int iam_arn_is_usable(const char *arn);

/*
 * JSON, to be freed; NULL when memory runs out. The policy speaks of the request's own ARN. A long
 * one is cut short and ends with "*"; a "*" of the client's in its path becomes "?", any one
 * character, so that nobody asks for a path and gets all of them.
 */
char *iam_answer_json(const struct iam_answer *answer);

#endif
