#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""fetch.py FETCH_CLIENT: what examples/common/fetch.c asks for, and what it makes of the answers."""
import subprocess
import sys
import time

from servers import DATA, Handler, Server, own_environment, skip

try:
    import s3_server
except ImportError as error:
    skip(f"python3-botocore is missing ({error}): no signature can be checked")

CLIENT = sys.argv[1]
passed = failed = 0


def fetch(url, *options, **environment):
    return subprocess.run([CLIENT, *options, url], capture_output=True, timeout=60, check=False,
                          env=own_environment(NO_PROXY="*", **environment))


def expect(name, done, line, body=b""):
    global passed, failed
    said = done.stderr.decode()
    if line in said and done.stdout == body and done.returncode == (said.startswith("failed")):
        passed += 1
    else:
        failed += 1
        print(f"FAIL {name}: not '{line}' with {body!r}: {done.returncode} {said}{done.stdout!r}")


def check(name, well):
    global passed, failed
    passed, failed = passed + bool(well), failed + (not well)
    if not well:
        print(f"FAIL {name}")


KEYS = ["lists/ca.crl", "with blank.crl", "a+b.crl", "zürich/日本.crl", "a/../b/./c", "a//b",
        "100%.crl", "(a)!*'&=$@:,;?x", "~tilde-._"]


def s3():
    store = s3_server.Store()
    env = s3_server.environment(store.endpoint)
    for number, key in enumerate(KEYS):
        body, url = b"content %d" % number, "s3://my-bucket/" + key
        store.put("my-bucket/" + key, body)
        expect(f"GET {key}", fetch(url, **env), "new " + s3_server.etag_of(body), body)
        expect(f"304 {key}", fetch(url, "-e", s3_server.etag_of(body), **env), "unchanged")
        expect(f"PUT {key}", fetch(url, "-p", f"{DATA}/root.pem", **env), "put \"")
        with open(f"{DATA}/root.pem", "rb") as file:
            check(f"stored {key}", store.objects["my-bucket/" + key][-1] == file.read())
    store.objects["b-2/versions"] = [b"one", b"two", b"three"]
    expect("newest", fetch("s3://b-2/versions", **env), "new", b"three")
    expect("versionId", fetch("s3://b-2/versions?versionId=v 1+", **env), "new", b"one")
    expect("no such version", fetch("s3://b-2/versions?versionId=x", **env), "HTTP 404 NoSuchKey")
    expect("no such key", fetch("s3://b-2/nothing", **env), "HTTP 404 NoSuchKey")
    expect("wrong secret", fetch("s3://b-2/versions", **{**env, "AWS_SECRET_ACCESS_KEY": "x"}),
           "HTTP 403 SignatureDoesNotMatch")
    expect("wrong key", fetch("s3://b-2/versions", **{**env, "AWS_ACCESS_KEY_ID": "x"}),
           "HTTP 403 InvalidAccessKeyId")
    expect("another token", fetch("s3://b-2/versions", **{**env, "AWS_SESSION_TOKEN": "x"}),
           "HTTP 403 InvalidToken")
    expect("another region", fetch("s3://b-2/versions", **{**env, "AWS_REGION": "us-east-1"}),
           "HTTP 403 InvalidAccessKeyId")
    del env["AWS_REGION"]
    expect("no region", fetch("s3://b-2/versions", **env), "AWS_REGION")
    expect("default region", fetch("s3://b-2/versions", AWS_DEFAULT_REGION="eu-west-1", **env),
           "new", b"three")
    expect("no credentials", fetch("s3://b-2/versions", AWS_REGION="eu-west-1"),
           "AWS_ACCESS_KEY_ID")
    expect("no key in the URL", fetch("s3://b-2/", **env), "s3://BUCKET/KEY")
    expect("no bucket", fetch("s3://b@evil/key", **env), "s3://BUCKET/KEY")
    expect("unsigned", fetch(store.endpoint + "/b-2/versions"), "HTTP 403 AccessDenied")
    store.close()


class Plain(Handler):
    """What the path says; .../flaky fails twice, then works."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.count += 1
        kind = self.path.strip("/")
        status = {"redirect": 302, "gone": 410, "busy": 503}.get(kind, 200)
        if kind == "flaky" and self.server.count < 3:
            status = 503
        if kind == "slow":
            time.sleep(3)
        if kind == "bare304":
            status = 304
        if kind == "changes":
            status = (503, 403)[self.server.count > 1]
        body = {"empty": b"", "changes": b"<Code>SlowDown</Code>" * (status == 503)}.get(
            kind, b"x" * 1000)
        more = [("Location", "/good")] * (kind == "redirect")
        if kind == "longtag":
            more.append(("ETag", '"' + "e" * 300 + '"'))
        self.close_connection = True
        self.reply(status, body, [*more, ("Connection", "close")],
                   length=len(body) + (kind == "short"))


def plain():
    server = Server(Plain)
    base = f"{server.url}/"

    def get(path, *options):
        server.count = 0
        return fetch(base + path, *options)

    expect("no ETag", get("good"), "new \n", b"x" * 1000)
    expect("empty", get("empty"), "new \n")
    expect("an ETag that is too long", get("longtag"), "new \n", b"x" * 1000)
    expect("the limit", get("good", "-m", "1000"), "new", b"x" * 1000)
    expect("over the limit", get("good", "-m", "999"), "larger than 999 octets")
    expect("cut short", get("short", "-a", "2"), "failed")
    check("cut short is tried again", server.count == 2)
    expect("flaky", get("flaky", "-a", "3"), "new", b"x" * 1000)
    expect("flaky, one attempt", get("flaky"), "HTTP 503")
    check("one attempt is one", server.count == 1)
    expect("busy", get("busy", "-a", "3"), "HTTP 503")
    check("three attempts are three", server.count == 3)
    expect("gone", get("gone", "-a", "3"), "HTTP 410")
    check("410 is not tried again", server.count == 1)
    expect("redirect", get("redirect"), "is not followed")
    check("a redirect is not followed", server.count == 1)
    expect("304 that was not asked for", get("bare304"), "HTTP 304")
    expect("slow", get("slow", "-t", "300", "-a", "5"), "failed")
    check("the deadline is for all attempts", server.count <= 1)
    expect("no time", get("good", "-t", "0"), "no time is left")
    check("no time, no question", server.count == 0)
    done = get("changes", "-a", "2")
    expect("the second answer is another", done, "HTTP 403")
    check("nothing is left of the first", server.count == 2 and b"SlowDown" not in done.stderr)
    server.close()
    expect("down", get("good"), "failed")
    expect("a file", fetch("file:///etc/passwd"), "failed")
    expect("ftp", fetch("ftp://127.0.0.1/x"), "failed")
    expect("a password", fetch(base.replace("//", "//user:password@")), "failed")
    for url in ("x?hush", "x?a=b?hush", "x?@hush", "?hush", "?hush@a", "?@hush/"):
        check(f"a query is not repeated: {url}", b"hush" not in fetch(base + url).stderr)
    for user in ("hush", "hush:hush", "hush:1", ":hush", "a?hush", "hush/hush", "a:hu/sh", "a#hush",
                 "a@hush", "hush%40"):
        for scheme in ("http", "https", "s3", "ftp"):
            said = fetch(f"{scheme}://{user}@127.0.0.1:1/list?b").stderr
            check(f"a user is not repeated: {scheme} {user}",
                  said.startswith(b"failed ") and
                  (b"hu" not in said or (scheme, user) == ("s3", "hush/hush")))
    for url, shown in (("http://127.0.0.1:1/a/b", "http://127.0.0.1:1/a/b: "),
                       ("s3://bucket/a@b?x@y", "s3://bucket/a@b: "),
                       ("http://localhost/a?x@y", "http://localhost/a: "),
                       ("http://localhost/a@b", "http://...: "),
                       ("ftp://a.b-c_d/x?y", "ftp://a.b-c_d/x: "),
                       ("http://127.0.0.1:1/a@b", "http://...: "),
                       ("ftp://h/" + "a" * 1000, "a...: "), ("ftp://h/" + "ü" * 500, "ü...: ")):
        expect(f"shown: {url}", fetch(url, HTTP_PROXY="http://127.0.0.1:1"), shown)


def tls():
    """The names of the server's certificate are localhost and 127.0.0.1 or neither: only who vouches
    for it is told apart here."""
    server = Server(Plain, tls=True)
    server.count = 0
    url = f"{server.url}/good"
    expect("https", fetch(url, FETCH_CA_FILE=f"{DATA}/root.pem"), "new", b"x" * 1000)
    expect("https of nobody's CA", fetch(url), "failed")
    expect("https of another CA", fetch(url, FETCH_CA_FILE=f"{DATA}/other-root.pem"), "failed")
    server.close()


s3()
plain()
tls()
print(f"{passed} passed, {failed} failed, 0 skipped")
sys.exit(1 if failed else 0)
