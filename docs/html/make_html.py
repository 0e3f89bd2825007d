#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes a page of HTML of each manual page, and an index.

make_html.py MANDOC FOLDER VERSION STYLE.css PAGE...

mandoc renders them; here links between them are mended (a function is found in the page that has
it, what is not ours is no link), and the index is made of the list of pages in mtlsauth(7).
"""
import html
import os
import re
import shutil
import subprocess
import sys

FUNCTIONS = "All functions"
FRAME = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="stylesheet" href="style.css">
</head>
<body>
<header><a href="index.html">libmtlsauth {version}</a> <span>{where}</span></header>
<main>
{body}
</main>
</body>
</html>
"""


def breakable(name):
    """A name that may be divided where it has an underscore."""
    return html.escape(name).replace("_", "_<wbr>")


def place(title):
    return re.sub(r"\W+", "-", title.lower())


class Page:
    def __init__(self, path):
        self.path = path
        self.file = os.path.basename(path)
        self.name, self.number = self.file.rsplit(".", 1)
        self.title = f"{self.name}({self.number})"
        with open(path, encoding="utf-8") as file:
            self.text = file.read()
        section = re.search(r"^\.Sh NAME\n(.*?)^\.Sh ", self.text, re.M | re.S).group(1)
        self.names = re.findall(r"^\.Nm (\S+)", section, re.M)
        self.what = re.search(r"^\.Nd (.*)", section, re.M).group(1)


def render(mandoc, page, where):
    """The body of a page; where: (name, section) -> what to link to."""
    body = subprocess.run([mandoc, "-T", "html", "-O", "fragment,man=%N.%S.html", page.path],
                          stdout=subprocess.PIPE, text=True, check=True).stdout
    body = re.sub(r'<table class="(head|foot)">.*?</table>', "", body, flags=re.S)

    def link(found):
        target = where.get((found.group(1), found.group(2)))
        if target is None:
            return f'<span class="Xr">{found.group(3)}</span>'
        return f'<a class="Xr" href="{target}">{found.group(3)}</a>'

    body = re.sub(r'<a class="Xr"\s+href="([^"/]+)\.(\d)\.html">(.*?)</a>', link, body, flags=re.S)
    body = re.sub(r'<section class="Sh">(\s*<h1 class="Sh" id="SYNOPSIS">)',
                  r'<section class="Sh synopsis">\1', body)
    # A prototype is divided in front of its arguments, and never before a comma.
    body = re.sub(r'<var class="Fa"\s+style="white-space: nowrap;">', '<var class="Fa">', body)
    body = body.replace('</code>(<var class="Fa">', '</code>(<wbr><var class="Fa">')
    body = body.replace("</var>, <var", ",</var> <var").replace("</var>,\n    <var",
                                                               ",</var>\n    <var")
    # An include file is no page of ours, and not every function begins a paragraph.
    body = re.sub(r'<a class="In">(.*?)</a>', r"\1", body)
    for name in page.names:
        if f'id="{name}"' not in body:
            body = body.replace(f'<code class="Fn">{name}</code>',
                                f'<code class="Fn" id="{name}">{name}</code>', 1)
    return body


def groups(pages):
    """(title, pages) as mtlsauth(7) lists them."""
    listed = next(page for page in pages if page.file == "mtlsauth.7").text
    part = listed.split(".Ss Pages\n")[1].split("\n.El")[0]
    by_title = {(page.name, page.number): page for page in pages}
    found = []
    for group in part.split("\n.It ")[1:]:
        rows = re.findall(r"^\.Xr (\S+) (\d)", group, re.M)
        found.append((group.split("\n")[0], [by_title[row] for row in rows]))
    return found


def index(pages, version):
    by_file = {page.file: page for page in pages}
    body = [f"<h1>libmtlsauth {html.escape(version)}</h1>",
            "<p>May this mTLS client in, and if not, why not? Begin with "
            '<a href="mtlsauth.7.html">mtlsauth(7)</a>, the concepts; '
            '<a href="mtlsauth.1.html">mtlsauth(1)</a> is the tool.</p>']
    listed = [("Begin here", [by_file["mtlsauth.7"], by_file["mtlsauth.1"]])] + groups(pages)
    missing = set(by_file) - {page.file for _, some in listed for page in some}
    if missing:
        sys.exit(f"make_html.py: mtlsauth(7) does not list {' '.join(sorted(missing))}")
    body.append("<nav>" + "".join(f'<a href="#{place(title)}">{html.escape(title)}</a>' for title in
                                  [title for title, _ in listed] + [FUNCTIONS]) + "</nav>")
    for title, some in listed:
        body.append(f"<h2 id=\"{place(title)}\">{html.escape(title)}</h2>\n<dl class=\"pages\">")
        for page in some:
            body.append(f'<dt><a href="{page.file}.html">{page.title}</a></dt>'
                        f"<dd>{html.escape(page.what)}</dd>")
        body.append("</dl>")
    names = sorted((name, page.file) for page in pages if page.number == "3"
                   for name in page.names)
    body.append(f"<h2 id=\"{place(FUNCTIONS)}\">All {len(names)} functions</h2>\n<ul class=\"functions\">")
    body += [f'<li><a href="{file}.html#{name}">{name}</a></li>' for name, file in names]
    body.append("</ul>")
    return "\n".join(body)


def write(folder, name, text):
    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
        file.write(text)


def main():
    mandoc, folder, version, style = sys.argv[1:5]
    pages = [Page(path) for path in sys.argv[5:]]
    where = {}
    for page in pages:
        for name in page.names:
            where[(name, page.number)] = f"{page.file}.html#{name}"
        where[(page.name, page.number)] = f"{page.file}.html"
    for page in pages:
        write(folder, page.file + ".html",
              FRAME.format(title=page.title, version=html.escape(version),
                           where=breakable(page.title),
                           body=f"<h1>{breakable(page.title)}</h1>\n"
                                f"{render(mandoc, page, where)}"))
    write(folder, "index.html",
          FRAME.format(title="libmtlsauth: reference", version=html.escape(version),
                       where="reference", body=index(pages, version)))
    shutil.copyfile(style, os.path.join(folder, "style.css"))


main()
