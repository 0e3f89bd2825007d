#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""s3rver.py FETCH_CLIENT AUTHORIZER: a server of S3 that others wrote (npm's s3rver). It looks at no
signature of version 4, which s3_server.py does; what it answers is what this is about."""
import os
import shutil
import subprocess
import sys
import tempfile

from lambda_api import Ca, Function, Tally, about, data, rest_event
from servers import ended, kill, own_environment, skip

CLIENT, AUTHORIZER = sys.argv[1:3]
HERE = os.path.join(os.environ["MTLSAUTH_BUILD"], "s3rver")
PROGRAM = shutil.which("s3rver", path=os.path.join(HERE, "node_modules", ".bin") + ":" +
                       os.environ["PATH"])
if PROGRAM is None:
    skip(f"s3rver is missing: npm install --prefix {HERE} s3rver@3.7.1")

WORK = tempfile.TemporaryDirectory()
TALLY = Tally()
check = TALLY.check


class Server:
    def __enter__(self):
        self.process = subprocess.Popen(
            [PROGRAM, "--directory", os.path.join(WORK.name, "store"), "--address", "127.0.0.1",
             "--port", "0", "--configure-bucket", "lists"], stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True)
        for line in self.process.stdout:
            if "listening on" in line:
                self.endpoint = "http://" + line.split()[-1]
                return self
        kill(self.process)
        raise SystemExit("s3rver did not start")

    def __exit__(self, *failure):
        self.process.terminate()
        ended(self.process)
        self.process.stdout.close()


def fetch(env, url, *options):
    return subprocess.run([CLIENT, *options, url], capture_output=True, timeout=60, check=False,
                          env=own_environment(**env))


def put(env, key, content):
    path = os.path.join(WORK.name, "object")
    with open(path, "wb") as file:
        file.write(content)
    return fetch(env, "s3://lists/" + key, "-p", path)


os.mkdir(os.path.join(WORK.name, "store"))
with Server() as server:
    env = {"AWS_ACCESS_KEY_ID": "S3RVER", "AWS_SECRET_ACCESS_KEY": "S3RVER",
           "AWS_REGION": "us-east-1", "AWS_ENDPOINT_URL": server.endpoint}
    for key in ("ca.crl", "a b/c+d.crl", "zürich.crl"):
        done = put(env, key, b"content of " + key.encode())
        check(f"PUT {key}", done.returncode == 0 and done.stderr.startswith(b'put "'), done)
        etag = done.stderr.split(maxsplit=1)[1].strip().decode()
        done = fetch(env, "s3://lists/" + key)
        check(f"GET {key}", done.stdout == b"content of " + key.encode() and
              done.stderr.decode() == f"new {etag}\n", done)
        check(f"304 {key}", fetch(env, "s3://lists/" + key, "-e", etag).stderr == b"unchanged\n")
    done = fetch(env, "s3://lists/absent")
    check("absent", b"HTTP 404 NoSuchKey" in done.stderr, done)
    check("large", put(env, "large", bytes(3 << 20)).returncode == 0)
    done = fetch(env, "s3://lists/large")
    check("over the limit", b"larger than" in done.stderr, done)

    ca = Ca()
    put(env, "trust.pem", data("root.pem"))
    put(env, "ca.crl", ca.crl(1))
    with Function([AUTHORIZER], MTLSAUTH_TRUSTSTORE="s3://lists/trust.pem",
                  MTLSAUTH_CRL="s3://lists/ca.crl", MTLSAUTH_ALLOW_ANY="true",
                  MTLSAUTH_REFRESH_SECONDS="0", **env) as function:
        event = rest_event(about("revoked"))
        for name, reason in (("not revoked", "MTLSAUTH_OK"), ("revoked", "MTLSAUTH_DENY_REVOKED")):
            answer = function.invoke(event)
            check(name, answer[0] == "response" and answer[1]["context"]["reason"] == reason,
                  function.log())
            put(env, "ca.crl", ca.crl(2, ["revoked"]))
WORK.cleanup()
TALLY.finish()
