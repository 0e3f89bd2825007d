/* SPDX-License-Identifier: MIT */
#include "iam_policy.h"

#include <jansson.h>
#include <string.h>

int iam_arn_is_usable(const char *arn)
{
    return arn != NULL && strncmp(arn, "arn:", 4) == 0 && strstr(arn, ":execute-api:") != NULL &&
           strlen(arn) <= IAM_MAX_ARN;
}

/* Cut between characters of UTF-8, for half of one is no JSON. */
static void write_resource(char out[IAM_MAX_RESOURCE + 1], const char *arn)
{
    size_t len = strlen(arn), at = 0;

    if (len > IAM_MAX_RESOURCE) {
        len = IAM_MAX_RESOURCE - 1;
        while (len > 0 && ((unsigned char)arn[len] & 0xc0) == 0x80)
            len--;
    }
    for (; at < len; at++)
        out[at] = arn[at] == '*' ? '?' : arn[at];
    if (arn[len] != '\0')
        out[at++] = '*';
    out[at] = '\0';
}

static json_t *context_of(const struct iam_answer *answer)
{
    json_t *context = json_object();

    for (size_t i = 0; context != NULL && answer->context[i] != NULL; i += 2) {
        const char *value = answer->context[i + 1];

        if (*value != '\0' &&
            json_object_set_new(context, answer->context[i], json_string(value)) != 0) {
            json_decref(context);
            return NULL;
        }
    }
    return context;
}

char *iam_answer_json(const struct iam_answer *answer)
{
    char resource[IAM_MAX_RESOURCE + 1] = "*";
    int usable = iam_arn_is_usable(answer->arn);
    int allow = answer->allow && (answer->simple || usable);
    json_t *context = context_of(answer), *object;
    char *text = NULL;

    if (context == NULL)
        return NULL;
    if (usable)
        write_resource(resource, answer->arn);
    if (answer->simple)
        object = json_pack("{s:b, s:o}", "isAuthorized", allow, "context", context);
    else
        object = json_pack("{s:s, s:{s:s, s:[{s:s, s:s, s:s}]}, s:o}", "principalId",
                           answer->principal, "policyDocument", "Version", "2012-10-17",
                           "Statement", "Action", "execute-api:Invoke", "Effect",
                           allow ? "Allow" : "Deny", "Resource", resource, "context", context);
    if (object != NULL)
        text = json_dumps(object, JSON_COMPACT);
    json_decref(object);
    return text;
}
