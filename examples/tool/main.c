/* SPDX-License-Identifier: MIT */

/*
 * mtlsauth: asks libmtlsauth about certificates from the command line. Each subcommand is a file
 * of its own; all of them exit with 0 for yes, 1 for no, 2 when they could not tell, and crl find
 * with 3 for what a delta takes from the list.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <mtlsauth/mtlsauth.h>
#include "common.h"

static const struct command *const commands[] = {
    &check_command,
    &show_command,
    &crl_command,
    &lint_command,
    &match_command,
    &ocsp_command,
};

enum { COMMANDS = sizeof commands / sizeof commands[0] };

static void print_help(FILE *to)
{
    fputs("usage: mtlsauth COMMAND ...\n\n"
          "May this mTLS client in, and if not, why not?\n\n",
          to);
    for (size_t i = 0; i < COMMANDS; i++)
        fprintf(to, "  %-8s %s\n", commands[i]->name, commands[i]->summary);
    fputs(
        "  help     this text; 'help COMMAND' says more\n"
        "  version  versions of the program, the library and libcrypto\n\n"
        "Exit status: 0 yes, 1 no, 2 it could not be told (a wrong option, an unreadable file),\n"
        "3 of crl find: the delta takes it from the list.\n",
        to);
}

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}

static int print_version(void)
{
    printf("mtlsauth %s, libmtlsauth %s, %s\n", MTLSAUTH_VERSION_STRING, mtlsauth_version(),
           mtlsauth_crypto_version());
    return STATUS_YES;
}

static int run(int argc, char *argv[])
{
    const char *name = argc > 1 ? argv[1] : "";
    const struct command *command = find_command(name);
    static char full_name[64];

    if (command != NULL) {
        snprintf(full_name, sizeof full_name, "mtlsauth %s", command->name);
        set_program_name(full_name);
        argv[1] = full_name; /* getopt_long begins its messages with it */
        return command->run(argc - 1, argv + 1);
    }
    if (strcmp(name, "version") == 0 || strcmp(name, "--version") == 0)
        return print_version();
    if (strcmp(name, "help") == 0 || strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
        command = argc > 2 ? find_command(argv[2]) : NULL;
        if (argc > 2 && command == NULL)
            return usage_error("there is no command '%s'", argv[2]);
        if (command != NULL)
            return help(command);
        print_help(stdout);
        return STATUS_YES;
    }
    if (argc < 2) {
        print_help(stderr);
        return STATUS_ERROR;
    }
    return usage_error("there is no command '%s'", name);
}

int main(int argc, char *argv[])
{
    int status = run(argc, argv);

    /* An answer that did not reach its reader was not given: a full disk, a closed pipe. */
    if (fflush(stdout) != 0 || ferror(stdout))
        return fail("standard output: %s", strerror(errno));
    return status;
}
