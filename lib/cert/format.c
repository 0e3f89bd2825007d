/* SPDX-License-Identifier: MIT */
#include <mtlsauth/cert.h>

#include <string.h>
#include <mtlsauth/error.h>
#include "base/error.h"

static const char *const names[] = {
    [MTLSAUTH_FORMAT_AUTO] = "auto",
    [MTLSAUTH_FORMAT_PEM] = "pem",
    [MTLSAUTH_FORMAT_DER] = "der",
    [MTLSAUTH_FORMAT_NGINX] = "nginx",
    [MTLSAUTH_FORMAT_NGINX_OLD] = "nginx-old",
    [MTLSAUTH_FORMAT_ALB] = "alb",
    [MTLSAUTH_FORMAT_HAPROXY] = "haproxy",
    [MTLSAUTH_FORMAT_TRAEFIK] = "traefik",
    [MTLSAUTH_FORMAT_RFC9440] = "rfc9440",
    [MTLSAUTH_FORMAT_XFCC] = "xfcc",
};

int mtlsauth_format_from_name(const char *name, int *format)
{
    if (name == NULL || format == NULL)
        return mtlsauth__fail(MTLSAUTH_ERR_ARGUMENT, "format_from_name: name or format is NULL");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i], name) == 0) {
            *format = (int)i;
            return MTLSAUTH_OK;
        }
    }
    return mtlsauth__fail(MTLSAUTH_ERR_NOT_FOUND, "no format has that name");
}
