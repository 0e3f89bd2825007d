/* SPDX-License-Identifier: MIT */

/*
 * In the place of mtlsauth_authorizer_refresh, for a program: somebody writes the truststore without
 * care. SPOIL_TRUSTSTORE names it; NAME.bad takes its place right before the files are looked at, and
 * NAME.good right behind that, each where it is there.
 */

#include <stdio.h>
#include <stdlib.h>
#include <mtlsauth/authorizer.h>

int __real_mtlsauth_authorizer_refresh(mtlsauth_authorizer *authorizer, int *changed,
                                       mtlsauth_report **report);
int __wrap_mtlsauth_authorizer_refresh(mtlsauth_authorizer *authorizer, int *changed,
                                       mtlsauth_report **report);

static void put(const char *path, const char *end)
{
    char other[4096];

    if (path != NULL && snprintf(other, sizeof other, "%s%s", path, end) < (int)sizeof other)
        (void)rename(other, path);
}

int __wrap_mtlsauth_authorizer_refresh(mtlsauth_authorizer *authorizer, int *changed,
                                       mtlsauth_report **report)
{
    const char *path = getenv("SPOIL_TRUSTSTORE");
    int code;

    put(path, ".bad");
    code = __real_mtlsauth_authorizer_refresh(authorizer, changed, report);
    put(path, ".good");
    return code;
}
