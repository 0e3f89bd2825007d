#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The pages of docs/man say what headers, export map and tool say.

man.py names          each function: page = lib/mtlsauth.map = prototype = comment in its header;
                      every constant that a page names is there, and every constant is in a page;
                      what the header says of threads and errors; sections, references, links
man.py tool TOOL      each command and option of 'mtlsauth help' is in mtlsauth.1, and no other
man.py examples CC [LIBRARY]
                      every example compiles without a warning; the program of mtlsauth(7) runs
man.py html           every link of build/docs/html leads somewhere; every function has its place
man.py lint MANDOC    mandoc has nothing to say; "" where there is none
"""
import glob
import os
import re
import shlex
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))
from need import skip  # noqa: E402

ROOT = os.environ["MTLSAUTH_SOURCE"]
BUILD = os.path.join(os.environ["MTLSAUTH_BUILD"], "docs", "man")
PAGES = os.path.join(ROOT, "docs", "man")
SECTIONS = ["NAME", "SYNOPSIS", "DESCRIPTION", "RETURN VALUES", "EXAMPLES", "ERRORS", "SEE ALSO",
            "STANDARDS"]
# What others' pages are referred to.
OTHERS = {("openssl", "1"), ("openssl-verify", "1"), ("curl", "1"), ("fcntl", "2"), ("fork", "2"),
          ("rename", "2"), ("inotify", "7"), ("SSL_CTX_set_cert_verify_callback", "3"),
          ("SSL_CTX_set_verify", "3"), ("SSL_set_session_id_context", "3"),
          ("X509_verify_cert", "3"), ("X509_STORE_CTX_set_error", "3"), ("pthread_create", "3"),
          ("time", "2")}

failures = []


def fail(text):
    failures.append(text)


def read(*path):
    with open(os.path.join(*path), encoding="utf-8") as file:
        return file.read()


class Page:
    def __init__(self, path):
        self.file = os.path.basename(path)
        self.name, self.number = self.file.rsplit(".", 1)
        self.text = read(path)
        parts = re.split(r"^\.Sh (.*)\n", self.text, flags=re.M)
        self.order = parts[1::2]
        self.sections = dict(zip(self.order, parts[2::2]))
        self.names = re.findall(r"^\.Nm (\S+)", self.sections.get("NAME", ""), re.M)

    def prototypes(self):
        """(result, name, arguments) of each function of the synopsis."""
        result = None
        lines = iter(self.sections.get("SYNOPSIS", "").splitlines())
        for line in lines:
            words = shlex.split(line) if line.startswith((".Ft", ".Fo", ".Fa", ".Fn")) else [""]
            if words[0] == ".Ft":
                result = plain(" ".join(words[1:]))
            elif words[0] == ".Fn":
                yield result, words[1], tuple(plain(word) for word in words[2:])
            elif words[0] == ".Fo":
                arguments = []
                for inner in lines:
                    if inner.startswith(".Fc"):
                        break
                    arguments += shlex.split(inner)[1:]
                yield result, words[1], tuple(plain(word) for word in arguments)

    def examples(self):
        """(line, C) of each display of the section EXAMPLES."""
        at = self.text.find(".Sh EXAMPLES\n")
        for found in re.finditer(r"^\.Bd -literal.*?\n(.*?)^\.Ed$", self.text, re.M | re.S):
            inside = self.text.rfind("\n.Sh ", 0, found.start()) + 1
            if at >= 0 and inside == at:
                yield (self.text.count("\n", 0, found.start()) + 2,
                       found.group(1).replace(r"\&", "").replace(r"\(aq", "'").replace(r"\e", "\\"))


def pages():
    return [Page(path) for path in sorted(glob.glob(os.path.join(PAGES, "*.[137]")))]


def plain(declaration):
    """One form for "const char *const parts[]", however it is broken and spaced."""
    return re.sub(r"\s*\*\s*", " *", re.sub(r"\s+", " ", declaration)).replace("* *", "**").strip()


def arguments_of(text):
    return tuple(plain(argument) for argument in re.sub(r"\s+", " ", text).split(","))


def declared():
    """name: (result, arguments, comment, header) of what the headers offer."""
    found = {}
    for path in sorted(glob.glob(os.path.join(ROOT, "include", "mtlsauth", "*.h"))):
        header = os.path.basename(path)
        text = re.sub(r"^\s*#(?:[^\n]*\\\n)*[^\n]*\n", "\n", read(path), flags=re.M)
        if header == "openssl.h":
            pattern = (r"(?:MTLSAUTH_MUST_CHECK\s+)?static inline (?P<type>[\w\s*]+?)"
                       r"(?P<name>mtlsauth_\w+)\((?P<arguments>[^{;]*)\)\s*\{.*?^\}")
        else:
            pattern = (r"MTLSAUTH_API\s+(?:MTLSAUTH_MUST_CHECK\s+)?(?P<type>[\w\s*]+?)"
                       r"(?P<name>mtlsauth_\w+)\((?P<arguments>[^;]*)\);")
        comment, end = None, 0
        for match in re.finditer(r"/\*(?P<comment>.*?)\*/|" + pattern, text, re.S | re.M):
            if match.group("comment") is not None:
                comment, end = match.group("comment"), match.end()
                continue
            # A comment belongs to what follows it without an empty line.
            if "\n\n" in text[end:match.start()]:
                comment = None
            found[match.group("name")] = (plain(match.group("type")),
                                          arguments_of(match.group("arguments")), comment, header)
            end = match.end()
    return found


def exported():
    return set(re.findall(r"^\s+(mtlsauth_\w+);", read(ROOT, "lib", "mtlsauth.map"), re.M))


def constants():
    """Every macro and enumerator of the headers, but for guards and what is the compiler's."""
    found = set()
    for path in glob.glob(os.path.join(ROOT, "include", "mtlsauth", "*.h")):
        text = re.sub(r"/\*.*?\*/", " ", read(path), flags=re.S)
        found |= set(re.findall(r"^\s*#define (MTLSAUTH_\w+)", text, re.M))
        for body in re.findall(r"enum mtlsauth_\w+ \{(.*?)\}", text, re.S):
            found |= set(re.findall(r"\b(MTLSAUTH_\w+)\b", body))
    return {name for name in found if not name.endswith(("_H", "_DECLS"))} - {
        "MTLSAUTH_API", "MTLSAUTH_MUST_CHECK"}


def check_functions(all_pages):
    functions, table = declared(), exported()
    static = {name for name, row in functions.items() if row[3] == "openssl.h"}
    documented = {}
    for page in all_pages:
        if page.number != "3":
            continue
        prototypes = list(page.prototypes())
        if [row[1] for row in prototypes] != page.names:
            fail(f"{page.file}: NAME and SYNOPSIS differ: {page.names} and "
                 f"{[row[1] for row in prototypes]}")
        if not page.names or page.name != page.names[0]:
            fail(f"{page.file}: the first name of NAME is not that of the page")
        for result, name, arguments in prototypes:
            if name in documented:
                fail(f"{page.file}: {name} is in {documented[name]}, too")
            documented[name] = page.file
            if name not in functions:
                fail(f"{page.file}: no header declares {name}")
                continue
            want = functions[name]
            if (result, arguments) != want[:2]:
                fail(f"{page.file}: {result} {name}{arguments} is "
                     f"{want[0]} {name}{want[1]} in {want[3]}")
            for argument in arguments:
                last = re.search(r"(\w+)(\[\w*\])?$", argument).group(1)
                if argument != "void" and f"Fa {last}" not in page.text.split(".Sh DESCRIPTION")[1]:
                    fail(f"{page.file}: nothing is said of the argument {last} of {name}")
            include = "openssl.h" if name in static else "mtlsauth.h"
            if f".In mtlsauth/{include}\n" not in page.sections["SYNOPSIS"]:
                fail(f"{page.file}: {name} is found in <mtlsauth/{include}>")
            if f"Fn {name}" not in page.text.split(".Sh DESCRIPTION")[1]:
                fail(f"{page.file}: {name} is not spoken of")
    for name, row in sorted(functions.items()):
        if name not in documented:
            fail(f"{name} of {row[3]} is in no page")
        if row[2] is None or len(row[2].split()) < 3:
            fail(f"{name} has no comment in {row[3]}")
        if (name in table) == (name in static):
            fail(f"{name} of {row[3]} and lib/mtlsauth.map disagree")
    for name in sorted(table - set(documented)):
        fail(f"{name} of lib/mtlsauth.map is in no page")
    return len(documented)


def check_claims(all_pages):
    """What comments in the headers say of threads and of errors, pages say, too."""
    functions, known = declared(), constants()
    for page in all_pages:
        comments = [functions[name][2] or "" for name in page.names if name in functions]
        comment = re.sub(r"\s+(\*\s+)?", " ", " ".join(comments))
        threads = page.text.split(".Ss Threads\n")[-1].split("\n.S")[0]
        for rule, words in (("Thread-safe", r"[Aa]ny (number of )?thread|several threads"),
                            ("ne thread at a time|ot thread-safe", r"[Oo]ne thread|[Oo]ne frees")):
            if re.search(rule, comment) and not re.search(words, threads):
                fail(f"{page.file}: the header says of threads: {rule}")
        codes = set(re.findall(r"\bMTLSAUTH_(?:ERR|DENY)_\w+", comment))
        # "_IO" is short for MTLSAUTH_ERR_IO, or for another code that ends so.
        codes |= {short for short in re.findall(r"(?<!\w)_[A-Z]+\b", comment)
                  if "MTLSAUTH_ERR" + short in known}
        for code in sorted(codes):
            if not re.search(rf"{code}\b", page.text):
                fail(f"{page.file}: the header speaks of {code}")


def check_constants(all_pages):
    known, used = constants(), set()
    for page in all_pages:
        text = re.sub(r"^\.Dt .*", "", page.text, flags=re.M)
        for name in set(re.findall(r"\bMTLSAUTH_[A-Z0-9_]*[A-Z0-9]\b", text)):
            if name in known:
                used.add(name)
            elif name not in ("MTLSAUTH_UNKNOWN",):
                fail(f"{page.file}: there is no {name}")
        # A prefix, as "codes MTLSAUTH_DENY_", has to be one of something.
        for prefix in set(re.findall(r"\bMTLSAUTH_[A-Z0-9_]*_(?!\w)", text)):
            if not any(name.startswith(prefix) for name in known):
                fail(f"{page.file}: nothing begins with {prefix}")
    for name in sorted(known - used):
        fail(f"{name} of the headers is in no page")
    codes = set(re.findall(r"\bMTLSAUTH_\w+", read(ROOT, "tests", "codes.txt")))
    listed = next(page for page in all_pages if page.name == "mtlsauth_code_name")
    table = set(re.findall(r"^\.It Dv (MTLSAUTH_(?:OK|ERR_\w+|DENY_\w+))", listed.text, re.M))
    wanted = {name for name in codes if re.match(r"MTLSAUTH_(OK|ERR_|DENY_)", name)}
    for name in sorted(wanted ^ table):
        fail(f"{listed.file} and tests/codes.txt: {name} is in one alone")
    return len(known)


def check_form(all_pages):
    for page in all_pages:
        # 80 columns, of which the margin of a page has 5 and that of a display 2.
        for display in re.findall(r"^\.Bd -literal.*?\n(.*?)^\.Ed$", page.text, re.M | re.S):
            for line in display.replace(r"\e", "\\").replace(r"\&", "").splitlines():
                if len(line) > 73:
                    fail(f"{page.file}: wider than a terminal: {line}")
    here = {(name, page.number) for page in all_pages for name in page.names}
    listed = read(PAGES, "meson.build")
    for page in all_pages:
        if f"'{page.file}'" not in listed:
            fail(f"docs/man/meson.build does not list {page.file}")
        wanted = SECTIONS if page.number == "3" else ["NAME", "DESCRIPTION", "SEE ALSO"]
        have = [name for name in page.order if name in wanted]
        if have != wanted:
            fail(f"{page.file}: the sections are {have}, not {wanted}")
        if page.number == "3" and not re.search(r"thread", page.text.split(".Sh NAME")[1]):
            fail(f"{page.file}: which threads may call it?")
        if not page.text.startswith('.\\" SPDX-License-Identifier: MIT\n.Dd '):
            fail(f"{page.file}: no licence and date at its top")
        if page.number == "3" and not list(page.examples()):
            fail(f"{page.file}: there is no example")
        for name, number in re.findall(r"\bXr (\S+) (\d)", page.text):
            if (name, number) not in here | OTHERS:
                fail(f"{page.file}: there is no {name}({number})")
            if number == page.number and name in page.names and number == "3":
                fail(f"{page.file}: refers to itself with {name}(3)")
        for name, number in here:
            path = os.path.join(BUILD, f"{name}.{number}")
            if page.file == f"{name}.{number}" or (name in page.names and number == page.number):
                if not os.path.isfile(path) or os.path.basename(os.path.realpath(path)) != page.file:
                    fail(f"{path} is not {page.file}")


def check_names():
    all_pages = pages()
    functions = check_functions(all_pages)
    check_claims(all_pages)
    known = check_constants(all_pages)
    check_form(all_pages)
    print(f"{len(all_pages)} pages, {functions} functions, {known} constants")


def options(text):
    """Options of a text of help: "--crl", "-o"."""
    return set(re.findall(r"(?<![\w-])(--[a-z][\w-]*|-[a-z])(?![\w-])", text))


def check_tool(tool):
    def output(*arguments):
        return subprocess.run([tool, *arguments], stdout=subprocess.PIPE, text=True, check=True,
                              stdin=subprocess.DEVNULL).stdout

    page = Page(os.path.join(PAGES, "mtlsauth.1"))
    commands = set(re.findall(r"^  (\w+) +\S", output("help"), re.M))
    parts = re.split(r"^\.Ss (\S+).*\n", page.sections["COMMANDS"], flags=re.M)
    described = dict(zip(parts[1::2], parts[2::2]))
    for name in sorted(commands ^ set(described)):
        fail(f"mtlsauth.1 and 'mtlsauth help': {name} is in one alone")
    count = 0
    for name in sorted(commands & set(described) - {"help", "version"}):
        help_text = output("help", name)
        there = options(help_text) - {"--help"}
        here = {"-" + option for option in re.findall(r"\bFl (\S+)", described[name])}
        count += len(there)
        for option in sorted(there - here):
            fail(f"mtlsauth.1: {name} takes {option}, too")
        for option in sorted(here - there):
            fail(f"mtlsauth.1: 'mtlsauth help {name}' does not know {option}")
        for verb in set(re.findall(rf"mtlsauth {name} ([a-z][a-z-]+) ", help_text)):
            if not re.search(rf"\b(Cm|Nm mtlsauth {name}) {verb}\b", described[name]):
                fail(f"mtlsauth.1: nothing is said of {name} {verb}")
    print(f"{len(commands)} commands, {count} options, {run_tool(page, tool)} examples")


def run_tool(page, tool):
    """The examples of mtlsauth(1), with files of the names that they have; those that ask a responder
    have none to ask."""
    data, count = os.environ["MTLSAUTH_TEST_DATA"], 0
    text = page.sections["EXAMPLES"].replace("\\e\n", " ")
    with tempfile.TemporaryDirectory() as folder:
        os.symlink(os.path.abspath(tool), os.path.join(folder, "mtlsauth"))
        for name, file in (("cas", "root"), ("ca", "root"), ("client", "two-names")):
            os.symlink(os.path.join(data, file + ".pem"), os.path.join(folder, name + ".pem"))
        for command in re.findall(r"^(?:\.Dl )?\$ (mtlsauth .*)$", text, re.M):
            if "resp.der" in command:
                continue
            count += 1
            well, output = run("sh", "-euc", f"PATH=.:$PATH; {command}", cwd=folder)
            if not well:
                fail(f"{page.file}: {command}: {output.strip()}")
    return count


def check_examples(compiler, library):
    count, include = 0, os.path.join(ROOT, "include")
    warnings = ["-std=c11", "-D_POSIX_C_SOURCE=200809L", "-Wall", "-Wextra", "-Wconversion",
                "-Werror", "-I", include]
    with tempfile.TemporaryDirectory() as folder:
        path, program = os.path.join(folder, "example.c"), os.path.join(folder, "example")
        for page in pages():
            if page.number == "1":
                continue
            for line, text in page.examples():
                count += 1
                with open(path, "w", encoding="utf-8") as file:
                    file.write(text)
                links = library is not None and "int main(" in text
                well, output = run(*compiler, *warnings, path, *(
                    ["-o", program, library] if links else ["-fsyntax-only"]))
                if not well:
                    fail(f"{page.file}:{line}: does not compile:\n{output}")
                elif links:
                    run_example(program, library, f"{page.file}:{line}")
    print(f"{count} examples")
    if count == 0:
        fail("there is no example")


def run(*command, **more):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False, **more)
    return done.returncode == 0, done.stdout


def run_example(program, library, where):
    """TRUSTSTORE CLIENT, as the program of mtlsauth(7) takes them."""
    data = os.environ["MTLSAUTH_TEST_DATA"]
    env = {**os.environ, "LD_LIBRARY_PATH": os.path.dirname(os.path.abspath(library))}
    for client, words in (("two-names.pem", "allowed: dns:client.example.com"),
                          ("expired.pem", "denied: "), ("missing.pem", "no such file")):
        well, output = run(program, os.path.join(data, "root.pem"), os.path.join(data, client),
                           env=env)
        if words not in output or well != words.startswith("allowed"):
            fail(f"{where}: {client}: {output.strip()} is not '{words}'")


def check_html():
    folder = os.path.join(os.path.dirname(BUILD), "html")
    texts = {os.path.basename(path): read(path) for path in glob.glob(os.path.join(folder, "*.html"))}
    places = {name: set(re.findall(r'\bid="([^"]+)"', text)) for name, text in texts.items()}
    count = 0
    for name, text in sorted(texts.items()):
        for link in re.findall(r'\bhref="([^"]+)"', text):
            target, _, place = link.partition("#")
            count += 1
            if target == "style.css":
                continue
            if (target or name) not in texts:
                fail(f"{name}: there is no {link}")
            elif place and place not in places[target or name]:
                fail(f"{name}: there is no place {link}")
    for page in pages():
        if page.file + ".html" not in texts:
            fail(f"there is no {page.file}.html")
        elif page.number == "3":
            for function in page.names:
                if f'href="{page.file}.html#{function}"' not in texts["index.html"]:
                    fail(f"index.html does not lead to {function}")
    print(f"{len(texts)} files, {count} links")


def check_lint(mandoc):
    if not mandoc:
        skip("mandoc is missing: apt-get install mandoc")
    # The pages of this very folder are not where mandoc looks; check_form does.
    for page in pages():
        done = subprocess.run([mandoc, "-T", "lint", "-W", "style", os.path.join(BUILD, page.file)],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              check=False)
        for line in done.stdout.splitlines():
            # What it says of this machine's pages, and of the data base of them, is not of ours.
            if re.search(r": [A-Z]{5,}: ", line) and not re.search(
                    "referenced manual not found|mandoc\\.db", line):
                fail(line)
        if "usage:" in done.stdout or "No such file" in done.stdout:
            fail(f"mandoc does not run: {done.stdout}")


def main():
    what = sys.argv[1]
    if what == "names":
        check_names()
    elif what == "tool":
        check_tool(sys.argv[2])
    elif what == "examples":
        check_examples(shlex.split(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else None)
    elif what == "html":
        check_html()
    else:
        check_lint(sys.argv[2])
    for text in failures:
        print("FAIL:", text)
    print(f"{len(failures)} failures")
    sys.exit(1 if failures else 0)


main()
