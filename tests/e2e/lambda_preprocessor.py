#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""lambda_preprocessor.py PREPROCESSOR AUTHORIZER TOOL FAULTY: lists that are put into a store become
indexes, and the authorizer decides from them. The store checks each signature of S3. FAULTY is the
preprocessor with fault_crl_open.c in it."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.parse

from lambda_api import DATA, Ca, Function, Tally, about, data, rest_event
from servers import serial, skip

try:
    import s3_server
except ImportError as error:
    skip(f"python3-botocore is missing ({error}): no signature can be checked")

PREPROCESSOR, AUTHORIZER, TOOL, FAULTY = sys.argv[1:5]
WORK = tempfile.TemporaryDirectory()
TALLY = Tally()
check = TALLY.check
KEY = "00112233445566778899aabbccddeeff"
STORE = s3_server.Store()
ROOT, INTERMEDIATE, OTHER = (Ca(name) for name in ("root", "intermediate", "other-root"))
BASE = {**s3_server.environment(STORE.endpoint), "MTLSAUTH_INDEX_KEY": KEY,
        "MTLSAUTH_TRUSTSTORE": "s3://ca-bucket/truststore.pem"}
STORE.put("ca-bucket/truststore.pem", data("root.pem"))


def record(key, bucket="lists", name="ObjectCreated:Put"):
    """As S3 documents it; the key is encoded as a form's value is."""
    return {"eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": "eu-west-1",
            "eventTime": "1970-01-01T00:00:00.000Z", "eventName": name,
            "userIdentity": {"principalId": "EXAMPLE"},
            "requestParameters": {"sourceIPAddress": "127.0.0.1"},
            "s3": {"s3SchemaVersion": "1.0", "configurationId": "c",
                   "bucket": {"name": bucket, "ownerIdentity": {"principalId": "E"},
                              "arn": f"arn:aws:s3:::{bucket}"},
                   "object": {"key": urllib.parse.quote_plus(key, safe="/"), "size": 1024,
                              "eTag": "0123", "sequencer": "0A1B2C3D4E5F678901"}}}


def event(*records):
    return {"Records": list(records)}


def put(key, crl, signer="root"):
    STORE.put("lists/" + key, crl)
    if signer:
        STORE.put(f"lists/{key}.crt", data(signer + ".pem"))


def newest(key):
    return STORE.objects.get("lists/" + key, [None])[-1]


def index_says(key, *more):
    """What the tool reads from an index with the key."""
    path, key_file = os.path.join(WORK.name, "x.idx"), os.path.join(WORK.name, "key")
    with open(path, "wb") as file:
        file.write(newest(key + ".idx"))
    with open(key_file, "wb") as file:
        file.write(bytes.fromhex(KEY))
    return subprocess.run([TOOL, "crl", *more[:1], path, *more[1:], "--key-file", key_file],
                          capture_output=True, text=True, check=False).stdout


def fails(name, function, what, words):
    kind, body, error_type = function.invoke(what)
    check(name, kind == "error" and error_type == "Preprocessor.Failed" and
          words in body["errorMessage"], (kind, body))


def test_keys():
    """Every record; keys with characters that events, URLs and signatures write differently."""
    keys = ["ca.crl", "lists of 2026/a+b.crl", "zürich/日本.crl", "100%.crl", "a&b=c?d#e.crl"]
    with Function([PREPROCESSOR], MTLSAUTH_CACHE_JSON="true", **BASE) as function:
        for number, key in enumerate(keys):
            put(key, ROOT.crl(number + 1, ["revoked"], form=("PEM", "DER")[number % 2]))
        kind, body, _ = function.invoke(event(*(record(key) for key in keys)))
        check("all records", kind == "response" and len(body) == len(keys), body)
        for number, key in enumerate(keys):
            check(f"{key}: answer", body[number] == {
                "list": "s3://lists/" + key, "entries": 1, "number": f"{number + 1:02x}",
                "issuer": about("root")["subjectDN"]}, body[number])
            check(f"{key}: index", "revoked" in index_says(key, "find", f"{DATA}/revoked.pem") and
                  "not on" in index_says(key, "find", f"{DATA}/two-names.pem"))
            check(f"{key}: JSON", json.loads(newest(key + ".cache.json")) ==
                  {hex(int(serial("revoked"), 16)): ""}, newest(key + ".cache.json"))
        # Who reads that form would take a delta for all that is revoked.
        put("delta.crl", data("delta.crl"))
        fails("no JSON of a delta", function, event(record("delta.crl")), "no JSON")
        check("nothing of it", newest("delta.crl.cache.json") is None)
    with Function([PREPROCESSOR], **BASE) as function:
        put("plain.crl", ROOT.crl(1))
        check("no JSON unless asked for", function.invoke(event(record("plain.crl")))[0] ==
              "response" and newest("plain.crl.cache.json") is None)


def test_refusals():
    good = ROOT.crl(5, ["revoked"])
    forged = data("bad-signature.crl")
    with Function([PREPROCESSOR], **BASE) as function:
        cases = [
            # name, list, signer beside it, words
            ("forged", forged, "root", "signature"),
            ("truncated", good[:len(good) // 2], "root", "the list"),
            ("empty", b"", "root", "the list"),
            ("a certificate", data("root.pem"), "root", "the list"),
            ("of another issuer", OTHER.crl(1), "root", "issue"),
            ("signer of another CA", OTHER.crl(1), "other-root", "does not chain"),
            ("signer with the CA's name", good, "clone-root", "does not chain"),
            ("a leaf signs", good, "two-names", "the list"),
            ("no signer", good, None, "HTTP 404 NoSuchKey"),
        ]
        for name, crl, signer, words in cases:
            key = name.replace(" ", "-") + ".crl"
            put(key, crl, signer)
            fails(f"refused: {name}", function, event(record(key)), words)
            check(f"refused: {name}: no index", newest(key + ".idx") is None)
        put("der.crl", good)
        STORE.put("lists/der.crl.crt", b"garbage")
        fails("refused: garbage beside it", function, event(record("der.crl")), "the signer")
        fails("refused: no such list", function, event(record("absent.crl")), "HTTP 404")
        # One that fails does not keep the others from being done, nor do they hide it.
        put("first.crl", ROOT.crl(1))
        put("last.crl", ROOT.crl(1))
        fails("one of three", function, event(*map(record, ("first.crl", "forged.crl", "last.crl"))),
              "forged.crl")
        check("the others are done", newest("first.crl.idx") and newest("last.crl.idx"))
        for name, what, words in (
                ("no records", {}, "no records"), ("none of them", event(), "no records"),
                ("a test event", {"Service": "Amazon S3", "Event": "s3:TestEvent"}, "no records"),
                ("null", {"Records": None}, "no records"), ("no JSON", b"x", "no records"),
                ("an empty record", event({}), "names no object"),
                ("a long key", event(record("a" * 5000 + ".crl")), "too long"),
                ("a record that is null", event(None), "names no object"),
                ("removed", event(record("ca.crl", name="ObjectRemoved:Delete")), "no object was"),
                ("its own output", event(record("ca.crl.idx")), "does not end with .crl"),
                ("half a character", event(json.loads(json.dumps(record("ca.crl")).replace(
                    "ca.crl", "ca%4.crl"))), "not encoded"),
                ("another bucket", event(record("ca.crl", bucket="a/b")), "s3://BUCKET/KEY")):
            fails(f"event: {name}", function, what, words)
        STORE.down = True
        fails("the store is down", function, event(record("ca.crl")), "HTTP 503")
        STORE.down = False
        STORE.put("ca-bucket/truststore.pem", b"")
        fails("the truststore is empty", function, event(record("ca.crl")), "the truststore")
        STORE.put("ca-bucket/truststore.pem", data("root.pem"))


def test_log():
    """What a key says stays in its own line of the log: JSON in ASCII. The answer has the sentence."""
    forged = '{"requestId":"forged","answer":"Allow"}'
    cases = [(raw, "has a control character") for raw in (
        "%00", "%0A" + urllib.parse.quote(forged) + "%0A", "%0d", "%09", "%1B%5B31m", "%7F",
        "\n" + forged, "\x1b[31m")]
    # Sentences that are cut off at each octet of a character, and a key that is no UTF-8.
    cases += [("x" * n + "%E6%97%A5" * 200, "s3://lists/ax") for n in range(1, 4)]
    cases += [("%FF", "s3://lists/a?.crl: "), ("%C2%9B31m", "HTTP 404")]
    with Function([PREPROCESSOR], **BASE) as function:
        for middle, words in cases:
            what = record("ca.crl")
            what["s3"]["object"]["key"] = f"a{middle}.crl"
            fails(f"key {middle[:20]!r}", function, event(what), words)
        what["s3"]["object"]["key"], what["s3"]["bucket"]["name"] = "a.crl", "a\nb"
        fails("a newline in the bucket", function, event(what), "s3://BUCKET/KEY")
        log = function.log()
    lines = log.removesuffix("\n").split("\n")
    check("two lines a failure", len(lines) == 2 * (len(cases) + 1), lines)
    for line in lines:
        check("a line", line.isascii() and line.isprintable() and
              {"list", "errorType"} & json.loads(line).keys(), line)


def test_signers():
    """The signer is in the truststore, or its issuer is."""
    with Function([PREPROCESSOR], **BASE) as function:
        put("intermediate.crl", INTERMEDIATE.crl(1), "intermediate")
        kind, body, _ = function.invoke(event(record("intermediate.crl")))
        check("an intermediate", kind == "response", body)
        check("its index", "CN=intermediate" in index_says("intermediate.crl", "show"),
              index_says("intermediate.crl", "show"))


def test_rollback():
    with Function([PREPROCESSOR], **BASE) as function:
        old, new = ROOT.crl(7), ROOT.crl(8, ["revoked"])
        put("back.crl", new)
        check("new", function.invoke(event(record("back.crl")))[0] == "response")
        made = newest("back.crl.idx")
        check("again", function.invoke(event(record("back.crl")))[0] == "response")
        put("back.crl", old)
        fails("an older list", function, event(record("back.crl")), "older")
        check("the index stays", newest("back.crl.idx") == made)
        # Nor by way of a list with which it is not compared.
        for name, crl, signer in (("another CA", INTERMEDIATE.crl(1), "intermediate"),
                                  ("a delta", data("delta.crl"), "root")):
            put("back.crl", crl, signer)
            fails(f"in its place: {name}", function, event(record("back.crl")), "delete that first")
            check(f"in its place: {name}: the index stays", newest("back.crl.idx") == made)
        STORE.put("lists/back.crl.crt", data("root.pem"))
        # Nor after what is there was spoilt, or made with another key: nothing says how new it was.
        STORE.put("lists/other-key.crl", new)
        STORE.put("lists/other-key.crl.crt", data("root.pem"))
        with Function([PREPROCESSOR], **{**BASE, "MTLSAUTH_INDEX_KEY": "ff" * 16}) as other:
            check("another key", other.invoke(event(record("other-key.crl")))[0] == "response")
        for name, there in (("garbage", b"garbage"), ("empty", b""), ("cut off", made[:-1]),
                            ("longer", made + b"\0"), ("of another key", newest("other-key.crl.idx"))):
            for crl in (old, new):
                STORE.put("lists/back.crl.idx", there)
                put("back.crl", crl)
                fails(f"{name} in the index's place", function, event(record("back.crl")),
                      "delete that first")
                check(f"{name}: it stays", newest("back.crl.idx") == there)
        del STORE.objects["lists/back.crl.idx"]
        check("after it was deleted", function.invoke(event(record("back.crl")))[0] == "response" and
              newest("back.crl.idx") == made)


def test_rollback_unknown():
    """An index that is there and cannot be opened now says nothing of how new it is: no older list
    takes its place."""
    put("unknown.crl", ROOT.crl(8, ["revoked"]))
    with Function([FAULTY], **BASE) as function:
        check("the index", function.invoke(event(record("unknown.crl")))[0] == "response")
    made = newest("unknown.crl.idx")
    put("unknown.crl", ROOT.crl(7))
    codes = (pathlib.Path(os.environ["MTLSAUTH_SOURCE"]) / "tests" / "codes.txt").read_text()
    for name in ("NOMEM", "IO", "CRYPTO"):
        code = re.search(rf"\bMTLSAUTH_ERR_{name}\b\W+(-\d+)", codes).group(1)
        with Function([FAULTY], FAULT_CRL_OPEN=code, **BASE) as function:
            fails(f"an index that cannot be opened: {name}", function, event(record("unknown.crl")),
                  "the index that is there")
        check(f"{name}: the index stays", newest("unknown.crl.idx") == made)


def test_init():
    for name, change, words in (
            ("no key", {"MTLSAUTH_INDEX_KEY": ""}, "MTLSAUTH_INDEX_KEY"),
            ("no truststore", {"MTLSAUTH_TRUSTSTORE": ""}, "MTLSAUTH_TRUSTSTORE"),
            ("http", {"MTLSAUTH_TRUSTSTORE": "http://host.invalid/x"}, "https:// or s3://"),
            ("a flag", {"MTLSAUTH_CACHE_JSON": "True"}, "one of false true"),
            ("a number", {"MTLSAUTH_MAX_MIB": "2000"}, "a number")):
        with Function([PREPROCESSOR], **{**BASE, **change}) as function:
            kind, body, _ = function.answer()
            check(f"init: {name}", kind == "init" and words in body["errorMessage"], body)


def test_authorizer():
    """From a list that is put into the bucket to a client that is denied."""
    put("all.crl", ROOT.crl(1))
    settings = {**BASE, "MTLSAUTH_INDEX": "s3://lists/all.crl.idx", "MTLSAUTH_REFRESH_SECONDS": "0",
                "MTLSAUTH_ALLOW": "dns:client.example.com"}
    revoked = rest_event(about("revoked"))

    def reason(function):
        return function.invoke(revoked)[1]["context"]["reason"]

    with Function([PREPROCESSOR], **BASE) as pre:
        check("index", pre.invoke(event(record("all.crl")))[0] == "response")
        with Function([AUTHORIZER], **settings) as function:
            check("not revoked yet", reason(function) == "MTLSAUTH_OK", function.log())
            put("all.crl", ROOT.crl(2, ["revoked"]))
            check("index 2", pre.invoke(event(record("all.crl")))[0] == "response")
            check("revoked", reason(function) == "MTLSAUTH_DENY_REVOKED")
            good = newest("all.crl.idx")
            broken = bytearray(good)
            broken[len(broken) // 2] ^= 1
            STORE.put("lists/all.crl.idx", bytes(broken))
            check("an index that was altered", reason(function) == "MTLSAUTH_DENY_REVOKED" and
                  '"source"' in function.log())
    with Function([AUTHORIZER], **{**settings, "MTLSAUTH_INDEX_KEY": "ff" * 16}) as function:
        check("another key", reason(function) == "MTLSAUTH_DENY_REVOCATION_UNKNOWN")


for test in (test_keys, test_refusals, test_log, test_signers, test_rollback, test_rollback_unknown,
             test_init, test_authorizer):
    test()
STORE.close()
WORK.cleanup()
TALLY.finish()
