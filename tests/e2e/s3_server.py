# SPDX-License-Identifier: MIT
"""A store on the loopback that speaks enough of S3, and recomputes each version 4 signature with
botocore: a request whose signature, digest, token or encoding is not what botocore makes of it is
answered 403 with the code that S3 gives."""
import hashlib
import threading
import urllib.parse

import servers
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.utils import percent_encode

KEY_ID, SECRET, TOKEN, REGION = "AKIDEXAMPLE", "wJalr/XUtn+FEMI:K7MDENG", "FwoG+token/==", "eu-west-1"


def environment(endpoint, **more):
    return {"AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_SESSION_TOKEN": TOKEN,
            "AWS_REGION": REGION, "AWS_ENDPOINT_URL_S3": endpoint, **more}


def etag_of(body):
    return '"' + hashlib.md5(body).hexdigest() + '"'


class Handler(servers.Handler):
    protocol_version = "HTTP/1.1"

    def complaint(self, body):
        """None, or the code of S3 for what is wrong with the signature."""
        authorization = self.headers.get("Authorization", "")
        if not authorization.startswith("AWS4-HMAC-SHA256 "):
            return "AccessDenied"
        fields = dict(part.strip().split("=", 1) for part in authorization[17:].split(","))
        signed = fields["SignedHeaders"].split(";")
        key_id, date, region, service, end = fields["Credential"].split("/")
        if (key_id, region, service, end) != (KEY_ID, REGION, "s3", "aws4_request"):
            return "InvalidAccessKeyId"
        if self.headers.get("x-amz-security-token") != TOKEN:
            return "InvalidToken"
        if self.headers["x-amz-content-sha256"] != hashlib.sha256(body).hexdigest():
            return "XAmzContentSHA256Mismatch"
        every = {name.lower() for name in self.headers if name.lower().startswith("x-amz-")}
        if not every | {"host"} <= set(signed) or not self.headers["x-amz-date"].startswith(date):
            return "AccessDenied"
        request = AWSRequest(self.command, f"http://{self.headers['Host']}{self.path}",
                             {name: self.headers[name] for name in signed}, body)
        request.context["timestamp"] = self.headers["x-amz-date"]
        auth = S3SigV4Auth(Credentials(KEY_ID, SECRET, TOKEN), "s3", REGION)
        text = auth.string_to_sign(request, auth.canonical_request(request))
        if auth.signature(text, request) != fields["Signature"]:
            return "SignatureDoesNotMatch"
        return None

    def refuse(self, status, code):
        self.reply(status, f'<?xml version="1.0"?><Error><Code>{code}</Code></Error>'.encode())

    def begin(self):
        """Bucket and key, version, body; None when it is answered already."""
        body = self.content()
        self.server.requests.append((self.command, self.path, dict(self.headers)))
        path, _, query = self.path.partition("?")
        name = urllib.parse.unquote(path[1:])
        self.server.held.wait(60)
        if self.server.down:
            return self.refuse(503, "SlowDown")
        if path != "/" + percent_encode(name, safe="-._~/"):
            return self.refuse(403, "NotTheCanonicalPath")
        code = self.complaint(body)
        if code is not None:
            return self.refuse(403, code)
        return name, urllib.parse.parse_qs(query).get("versionId", [None])[0], body

    def do_GET(self):
        found = self.begin()
        if found is None:
            return
        name, version, _ = found
        versions = self.server.objects.get(name, [])
        if version is not None:
            versions = [body for i, body in enumerate(versions) if f"v {i + 1}+" == version]
        if not versions:
            self.refuse(404, "NoSuchKey")
        elif self.headers.get("If-None-Match") == etag_of(versions[-1]):
            self.reply(304, headers=[("ETag", etag_of(versions[-1]))])
        else:
            self.reply(200, versions[-1], [("ETag", etag_of(versions[-1]))])

    def do_PUT(self):
        found = self.begin()
        if found is not None:
            self.server.put(found[0], found[2])
            self.reply(200, headers=[("ETag", etag_of(found[2]))])


class Store(servers.Server):
    """Objects under "bucket/key", each with its versions "v 1+", "v 2+", ..., which have to be
    encoded in a query."""

    def __init__(self, port=0):
        self.objects, self.requests, self.down = {}, [], False
        self.held = threading.Event()  # it hangs while this is not set
        self.held.set()
        super().__init__(Handler, port)
        self.endpoint = self.url

    def put(self, name, body):
        self.objects.setdefault(name, []).append(body)
