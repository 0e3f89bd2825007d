#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""lambda_sources.py AUTHORIZER: truststore and lists in an object store that changes, lies, hangs and
goes away under a running authorizer. The store checks each signature of S3."""
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from lambda_api import Ca, Function, Tally, about, data, rest_event
from servers import Files, skip

try:
    import s3_server
except ImportError as error:
    skip(f"python3-botocore is missing ({error}): no signature can be checked")

PROGRAM = sys.argv[1]
TALLY = Tally()
check = TALLY.check
ROOT, OTHER = Ca(), Ca("other-root")
GOOD, REVOKED = rest_event(about("two-names")), rest_event(about("revoked"))
THIRD = rest_event(about("rsa2048"))  # on none of the lists
OK = "MTLSAUTH_OK"


class Scene:
    """A store with a truststore and a list, and an authorizer that looks at them each time."""

    def __init__(self, crl, **more):
        self.store = s3_server.Store()
        self.store.put("bkt/trust.pem", data("root.pem"))
        if crl:
            self.store.put("bkt/ca.crl", crl)
        self.function = Function([PROGRAM], **{
            **s3_server.environment(self.store.endpoint), "MTLSAUTH_TRUSTSTORE": "s3://bkt/trust.pem",
            "MTLSAUTH_CRL": "s3://bkt/ca.crl", "MTLSAUTH_ALLOW": "dns:client.example.com",
            "MTLSAUTH_REFRESH_SECONDS": "0", **more})

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self.function.__exit__(*failure)
        self.store.close()

    def reason(self, event=GOOD, **more):
        kind, body, _ = self.function.invoke(event, **more)
        return body["context"]["reason"] if kind == "response" else kind

    def wait_for(self, reason, event=GOOD, seconds=60):
        """Until that is the answer: what went wrong is looked at again after a pause."""
        end = time.monotonic() + seconds
        while (found := self.reason(event)) != reason and time.monotonic() < end:
            time.sleep(0.2)
        return found == reason

    def put(self, body):
        self.store.put("bkt/ca.crl", body)

    def gets(self, name):
        return [headers for _, path, headers in self.store.requests if path == "/bkt/" + name]


def test_etag():
    """A list is fetched once, asked about with its ETag, and fetched again when it is another."""
    with Scene(ROOT.crl(1)) as scene:
        check("not revoked", scene.reason(REVOKED) == OK, scene.function.log())
        for _ in range(5):
            scene.reason()
        first, *later = scene.gets("ca.crl")
        check("the first has no ETag", "If-None-Match" not in first, first)
        check("the others have", len(later) == 6 and
              all(headers.get("If-None-Match") == s3_server.etag_of(scene.store.objects["bkt/ca.crl"][-1])
                  for headers in later), later)
        scene.put(ROOT.crl(2, ["revoked"]))
        check("revoked at once", scene.reason(REVOKED) == "MTLSAUTH_DENY_REVOKED")
        check("others are not", scene.reason() == OK)


def test_bad_lists():
    good = ROOT.crl(5, ["revoked"])
    bad = {"older": ROOT.crl(4), "same number, other content": ROOT.crl(5), "truncated": good[:300],
           "empty": b"", "forged": data("bad-signature.crl"), "of another CA": OTHER.crl(9),
           "signed by a CA of the same name": Ca("clone-root").crl(9),
           "a page": b"<html>down for maintenance</html>"}

    def refuse(name, crl):
        with Scene(good) as scene:
            check(f"{name}: before", scene.reason() == OK, scene.function.log())
            scene.put(crl)
            check(f"{name}: what was there goes on", scene.reason(REVOKED) == "MTLSAUTH_DENY_REVOKED"
                  and scene.reason() == OK)
            refused = scene.function.last()["rollbacksRefused"]
            rollback = name in ("older", "same number, other content")
            check(f"{name}: counted", refused == (1 if rollback else 0), refused)
            check(f"{name}: said", '"source":"s3://bkt/ca.crl"' in scene.function.log() and
                  ("MTLSAUTH_ERR_ROLLBACK" in scene.function.log()) == rollback, scene.function.log())
            time.sleep(1.1)
            bodies = len(scene.gets("ca.crl"))
            scene.reason()
            asked = scene.gets("ca.crl")[bodies:]
            check(f"{name}: is not fetched again", all(
                headers.get("If-None-Match") == s3_server.etag_of(crl) for headers in asked), asked)
            check(f"{name}: counts once", scene.function.last()["rollbacksRefused"] == refused)
            scene.put(after)
            check(f"{name}: a new one is taken", scene.wait_for(OK, REVOKED), scene.function.log())

    after = ROOT.crl(6)
    with ThreadPoolExecutor(len(bad)) as pool:
        list(pool.map(refuse, bad, bad.values()))


def test_down():
    """What was loaded serves on until it is stale; then it denies; then a new list is taken."""
    with Scene(ROOT.crl(1, ["revoked"])) as scene:
        check("up", scene.reason() == OK, scene.function.log())
        scene.store.down = True
        check("down, and serves on", scene.reason() == OK and
              scene.reason(REVOKED) == "MTLSAUTH_DENY_REVOKED")
        check("down: said", "HTTP 503 SlowDown" in scene.function.log(), scene.function.log())
        # A list of another number, which is in use before its life is over, however short that is.
        scene.put(ROOT.crl(2, ["revoked", "two-names"], seconds=15))
        scene.store.down = False
        check("up, and another list", scene.wait_for("MTLSAUTH_DENY_REVOKED"), scene.function.log())
        scene.store.down = True
        check("stale", scene.wait_for("MTLSAUTH_DENY_REVOCATION_STALE", THIRD))
        check("stale, and revoked all the same", scene.reason(REVOKED) == "MTLSAUTH_DENY_REVOKED")
        scene.put(ROOT.crl(3))
        scene.store.down = False
        check("up again", scene.wait_for(OK))
    with Scene(None) as scene:
        check("no list yet", scene.reason() == "MTLSAUTH_DENY_REVOCATION_UNKNOWN" and
              "HTTP 404 NoSuchKey" in scene.function.log())
        scene.put(ROOT.crl(1))
        check("there it is", scene.wait_for(OK))
    with Scene(ROOT.crl(1)) as scene:
        check("before it is gone", scene.reason() == OK)
        scene.store.objects["bkt/ca.crl"] = []
        check("a list that was deleted serves on", scene.reason() == OK)


def test_hangs():
    """A store that hangs does not keep an invocation from its answer."""
    with Scene(ROOT.crl(1)) as scene:
        check("before", scene.reason() == OK)
        scene.store.held.clear()
        # By the deadline of the invocation, not by that of a look, which is 5 seconds. Of a few looks,
        # for a machine that stands still is no answer.
        check("in time", any(micros < 5000000 for micros in map(look, [scene] * 4)),
              scene.function.log())
        check("it hangs still", not scene.store.held.is_set())
        check("no time at all", scene.reason(seconds=-5) == OK)
        scene.store.held.set()


def test_one_hangs():
    """A list whose server hangs takes all the time of a look, and that of the lists behind it once."""
    with Files({"/list": OTHER.crl(1)}) as hanging, Files({"/list": ROOT.crl(1)}) as well, \
            Scene(None, MTLSAUTH_CRL=f"{hanging.url}/list,{well.url}/list") as scene:
        scene.store.put("bkt/trust.pem", data("root.pem") + data("other-root.pem"))
        check("both", scene.wait_for(OK, REVOKED), scene.function.log())
        hanging.held.clear()
        well.content["/list"] = ROOT.crl(2, ["revoked"])
        check("the other is taken", scene.wait_for("MTLSAUTH_DENY_REVOKED", REVOKED, 45),
              scene.function.log())
        check("said", "no time was left to ask" in scene.function.log(), scene.function.log())
        hanging.held.set()


def look(scene):
    """How long it took the invocation that looked at the store, which is down or hangs."""
    said, end = scene.function.log().count('"source"'), time.monotonic() + 60
    while scene.function.log().count('"source"') == said and time.monotonic() < end:
        check("it hangs, and serves on", scene.reason(seconds=1) == OK, scene.function.log())
        time.sleep(0.1)
    return scene.function.last()["micros"]


def test_secrets():
    """A location may have a secret in its query, which the log never has."""
    with Files({"/list": ROOT.crl(1)}) as files:
        with Scene(None, MTLSAUTH_CRL=f"{files.url}/list?token=hush") as scene:
            check("with a query", scene.reason() == OK, scene.function.log())
            for broken in (b"nonsense", None):
                files.content["/list"] = broken
                scene.reason()
                time.sleep(1.1)
            check("said", f'"source":"{files.url}/list"' in scene.function.log() and
                  "ERR_PARSE" in scene.function.log() and "HTTP 404" in scene.function.log(),
                  scene.function.log())
            check("not its query", "hush" not in scene.function.log(), scene.function.log())
    with Function([PROGRAM], MTLSAUTH_TRUSTSTORE="https://user:hush@127.0.0.1/cas.pem",
                  MTLSAUTH_ALLOW_ANY="1", MTLSAUTH_REVOCATION="off") as function:
        kind, body, _ = function.answer()
        check("no user name", kind == "init" and "without a user name" in body["errorMessage"], body)
        check("nor a password", "hush" not in function.log() + body["errorMessage"], body)


def test_truststore():
    other = rest_event(about("other-ca-client"))
    with Scene(ROOT.crl(1), MTLSAUTH_CRL="s3://bkt/ca.crl,s3://bkt/other.crl") as scene:
        scene.store.put("bkt/other.crl", OTHER.crl(1))
        check("a CA that is not there", scene.reason(other) == "MTLSAUTH_DENY_ISSUER_NOT_FOUND")
        scene.store.put("bkt/trust.pem", data("root.pem") + data("other-root.pem"))
        check("a new CA, and its list", scene.wait_for(OK, other), scene.function.log())
        scene.store.put("bkt/trust.pem", data("root.pem")[:200])
        check("a broken truststore", scene.reason(other) == OK and scene.reason() == OK)
        scene.store.put("bkt/trust.pem", data("other-root.pem"))
        check("without the old one", scene.wait_for("MTLSAUTH_DENY_ISSUER_NOT_FOUND") and
              scene.reason(other) == OK)


# Most of the time is spent in pauses.
TESTS = (test_etag, test_bad_lists, test_down, test_hangs, test_one_hangs, test_secrets,
         test_truststore)
with ThreadPoolExecutor(len(TESTS)) as together:
    list(together.map(lambda test: test(), TESTS))
TALLY.finish()
