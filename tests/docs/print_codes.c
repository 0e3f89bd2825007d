/* SPDX-License-Identifier: MIT */
/* Prints what the library says of its codes and lint findings, as JSON, for
 * docs/troubleshooting.py. */
#include <stdio.h>
#include <string.h>
#include <mtlsauth/mtlsauth.h>
#include "common.h"

/* The texts are ours: nothing has to be escaped but quotes. */
static void print_member(const char *name, const char *text)
{
    printf(",\"%s\":", name);
    if (text == NULL) {
        printf("null");
        return;
    }
    putchar('"');
    for (; *text != '\0'; text++)
        printf(*text == '"' || *text == '\\' ? "\\%c" : "%c", *text);
    putchar('"');
}

static void print_code(int code)
{
    const char *name = NULL;
    int openssl = mtlsauth_code_openssl(code);

    printf("{\"code\":%d", code);
    print_member("name", mtlsauth_code_name(code));
    print_member("text", mtlsauth_code_text(code));
    print_member("remedy", mtlsauth_code_remedy(code));
    print_member("api_gateway", mtlsauth_code_alias(code, MTLSAUTH_ALIAS_API_GATEWAY));
    print_member("alb", mtlsauth_code_alias(code, MTLSAUTH_ALIAS_ALB));
    printf(",\"openssl\":%d", openssl);
    print_member("openssl_text", openssl_text(openssl, &name));
    print_member("openssl_name", name);
    putchar('}');
}

int main(void)
{
    printf("{\"codes\":[");
    for (int code = 1; strcmp(mtlsauth_code_name(code), "MTLSAUTH_UNKNOWN") != 0; code++) {
        printf(code == 1 ? "\n" : ",\n");
        print_code(code);
    }
    for (int code = -1; strcmp(mtlsauth_code_name(code), "MTLSAUTH_UNKNOWN") != 0; code--) {
        printf(",\n");
        print_code(code);
    }
    printf("],\"findings\":[");
    for (int code = 1; strcmp(mtlsauth_lint_name(code), "UNKNOWN") != 0; code++)
        printf("%s\"%s\"", code == 1 ? "" : ",", mtlsauth_lint_name(code));
    printf("]}\n");
    return 0;
}
