#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Who may include and call whom in lib/ (docs/architecture.md).

layers.py [LIBRARY.so]
"""
import glob
import os
import re
import sys

from common import ROOT, fail, finish, must, read, without_comments

# A folder includes its own headers and those of the folders in front of it.
ORDER = ["base", "crypto", "cert", "trust", "identity", "revocation", "authorizer"]

# crypto/ checks a signature over what a certificate says: it needs to know what a key, an
# algorithm and the spans of a certificate are. These two headers are plain data, and make no call.
EXCEPTIONS = {("crypto", "cert/algorithm.h"), ("crypto", "cert/view.h")}

ALLOCATION = {"malloc", "calloc", "realloc", "reallocarray", "free", "strdup", "strndup",
              "aligned_alloc", "posix_memalign", "asprintf", "vasprintf", "alloca"}

# A library has no business with: the terminal, the environment, the locale, the process. The last
# ones answer from a static buffer, or as the locale says.
FORBIDDEN = {"printf", "fprintf", "vprintf", "vfprintf", "puts", "fputs", "putchar", "fputc", "putc",
             "fwrite", "perror", "dprintf", "syslog",
             "getenv", "secure_getenv", "setenv", "putenv", "setlocale", "newlocale", "uselocale",
             "exit", "_exit", "_Exit", "quick_exit", "abort", "atexit", "assert", "raise", "signal",
             "sigaction", "fork", "system", "popen", "execve", "sleep", "usleep", "nanosleep",
             "socket", "connect", "getaddrinfo", "pthread_create", "thrd_create", "dlopen",
             "strerror", "gmtime", "localtime", "mktime", "strtok", "rand", "srand", "gets",
             "strcpy", "strcat", "sprintf", "vsprintf", "strtod", "atoi", "atol", "isalpha",
             "isdigit", "isspace", "isalnum", "isprint", "tolower", "toupper", "strcasecmp",
             "strncasecmp", "strcoll"}

# Of those, what must not come in by way of another name either (a macro, a header of libcrypto).
NOT_IMPORTED = FORBIDDEN - {"assert"} | {"__printf_chk", "__fprintf_chk", "__vfprintf_chk",
                                         "__assert_fail", "stdout", "stderr", "stdin"}


def without_text(source):
    """Comments and the insides of literals are no calls."""
    source = re.sub(r'"(?:\\.|[^"\\\n])*"', '""', re.sub(
        r"'(?:\\.|[^'\\\n])+'", "' '", without_comments(source)))
    return source


def knows_openssl(header):
    path = os.path.join(ROOT, "lib", header)
    return os.path.isfile(path) and re.search(r"^\s*#\s*include\s+<openssl/", read(path), re.M)


def check_includes(name, folder, source):
    for header in re.findall(r'^\s*#\s*include\s+"([^"]+)"', source, flags=re.M):
        other = header.split("/")[0]
        if not os.path.isfile(os.path.join(ROOT, "lib", header)):
            fail(f'{name}: "{header}" is not the path of a header from lib/')
        elif other not in ORDER:
            fail(f'{name}: "{header}" is of no known folder')
        elif ORDER.index(other) > ORDER.index(folder) and (folder, header) not in EXCEPTIONS:
            fail(f'{name}: "{header}": {folder}/ may not include what stands right of it')
        elif folder != "crypto" and knows_openssl(header):
            fail(f'{name}: "{header}" has types of libcrypto, and is for lib/crypto/ alone')
    for header in re.findall(r"^\s*#\s*include\s+<([^>]+)>", source, flags=re.M):
        if header.startswith("openssl/") and folder != "crypto":
            fail(f"{name}: <{header}>: only lib/crypto/ knows of libcrypto")
        if header == "mtlsauth/openssl.h":
            fail(f"{name}: <{header}> is for programs")


def declared():
    """Which folder's headers declare a function for other files."""
    folders = {}
    for path in glob.glob(os.path.join(ROOT, "lib", "**", "*.h"), recursive=True):
        folder = os.path.relpath(path, ROOT).split(os.sep)[1]
        for function in re.findall(r"^\w.*?\b(mtlsauth__\w+)\(", without_text(read(path)), re.M):
            folders[function] = folder
    return folders


def check_callees(name, folder, source, folders):
    for call in sorted(set(re.findall(r"\b(mtlsauth__\w+)\(", without_text(source)))):
        other = folders.get(call, folder)
        if other in ORDER and ORDER.index(other) > ORDER.index(folder):
            fail(f"{name}: {call}() is of {other}/, which stands right of {folder}/")


def check_calls(name, source):
    for call in sorted(set(re.findall(r"(?<![\w.>])([A-Za-z_]\w*)\s*\(", without_text(source)))):
        if call in ALLOCATION and name != "lib/base/memory.c":
            fail(f"{name}: {call}(): memory comes from base/memory.c")
        if call in FORBIDDEN:
            fail(f"{name}: {call}() is nothing for a library")


def main():
    files = sorted(glob.glob(os.path.join(ROOT, "lib", "**", "*.[ch]"), recursive=True))
    folders = declared()
    for path in files:
        name = os.path.relpath(path, ROOT)
        folder = name.split(os.sep)[1]
        source = read(path)
        if folder not in ORDER:
            fail(f"{name}: lib/{folder}/ has no place in the order of the folders")
            continue
        if not source.startswith("/* SPDX-License-Identifier: MIT */\n"):
            fail(f"{name}: no licence in the first line")
        check_includes(name, folder, re.sub(r"/\*.*?\*/", "", source, flags=re.S))
        check_calls(name, source)
        if name.endswith(".c"):
            check_callees(name, folder, source, folders)
    if len(files) < 20:
        fail("lib/ has not been found")
    for library in sys.argv[1:]:
        for line in must("nm", "-D", "--undefined-only", library).splitlines():
            symbol = line.split()[-1].split("@")[0]
            if symbol in NOT_IMPORTED:
                fail(f"{os.path.basename(library)} uses {symbol}")
    finish(f"{len(files)} files")


main()
