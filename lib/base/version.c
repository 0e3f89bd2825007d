/* SPDX-License-Identifier: MIT */
#include <mtlsauth/version.h>

int mtlsauth_version_number(void)
{
    return MTLSAUTH_VERSION_NUMBER;
}

const char *mtlsauth_version(void)
{
    return MTLSAUTH_VERSION_STRING;
}
