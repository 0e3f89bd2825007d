#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""lambda_authorizer.py PROGRAM: the Lambda authorizer under a runtime API, with the events of all
shapes. Lists come from files here; lambda_sources.py has those of an object store."""
import json
import os
import statistics
import sys
import tempfile

from lambda_api import (DATA, HTTP_ARN, ROOT_ARN, SHAPES, Ca, Function, Tally, about, data,
                        http1_event, http2_event, rest_event, token_event)
from servers import sanitized

PROGRAM = sys.argv[1]
WORK = tempfile.TemporaryDirectory()
TALLY = Tally()
check = TALLY.check


def work(name, content=None):
    path = os.path.join(WORK.name, name)
    if content is not None:
        with open(path + ".new", "wb") as file:
            file.write(content)
        os.rename(path + ".new", path)
    return path


CA = Ca()
BASE = {"MTLSAUTH_TRUSTSTORE": f"{DATA}/root.pem", "MTLSAUTH_ALLOW": "dns:client.example.com",
        "MTLSAUTH_CRL": work("root.crl", CA.crl(1, ["revoked"])), "MTLSAUTH_REFRESH_SECONDS": "0"}


def start(**more):
    return Function([PROGRAM], **{**BASE, **more})


def policy(name, answer, effect, reason, arn, principal=None):
    """An IAM policy of the form that API Gateway takes, and nothing else."""
    kind, body, _ = answer
    if not check(name, kind == "response", answer):
        return
    check(name, set(body) == {"principalId", "policyDocument", "context"}, body)
    check(name, body["policyDocument"] == {"Version": "2012-10-17", "Statement": [
        {"Action": "execute-api:Invoke", "Effect": effect, "Resource": arn}]}, body)
    check(name, body["context"].get("reason") == reason, body)
    check(name, all(isinstance(value, (str, int, bool)) for value in body["context"].values()), body)
    check(name, isinstance(body["principalId"], str) and body["principalId"], body)
    check(name, principal is None or body["principalId"] == principal, body)


def test_shapes():
    good, revoked = about("two-names"), about("revoked")
    with start() as function:
        for shape, (event, arn) in SHAPES.items():
            answer = function.invoke(event(good))
            policy(f"{shape} good", answer, "Allow", "MTLSAUTH_OK", arn, "dns:client.example.com")
            check(f"{shape} context", answer[1]["context"]["identity"] == "dns:client.example.com" and
                  answer[1]["context"]["label"] == "dns:client.example.com" and
                  len(answer[1]["context"]["thumbprint"]) == 43, answer)
            check(f"{shape} log", function.last()["event"] == shape and
                  "BEGIN CERTIFICATE" not in function.log(), function.log())
            policy(f"{shape} revoked", function.invoke(event(revoked)), "Deny",
                   "MTLSAUTH_DENY_REVOKED", arn)
            policy(f"{shape} no certificate", function.invoke(event(None)), "Deny",
                   "MTLSAUTH_DENY_NO_CERTIFICATE", arn, "unidentified")
            for name, code in (("expired", "EXPIRED"), ("other-ca-client", "ISSUER_NOT_FOUND"),
                               ("self-signed", "SELF_SIGNED"), ("uri", "IDENTITY"),
                               ("sha1", "WEAK_SIGNATURE"), ("nul-cn", "BAD_NAME")):
                policy(f"{shape} {name}", function.invoke(event({"clientCertPem":
                       data(name + ".pem").decode()})), "Deny", "MTLSAUTH_DENY_" + code, arn)
            policy(f"{shape} garbage", function.invoke(event({"clientCertPem": "hello"})), "Deny",
                   "MTLSAUTH_DENY_MALFORMED", arn)
            policy(f"{shape} a number", function.invoke(event({"clientCertPem": 42})), "Deny",
                   "MTLSAUTH_DENY_MALFORMED", arn)
        answer = function.invoke(token_event())
        policy("TOKEN", answer, "Deny", "TOKEN_EVENT_HAS_NO_CERTIFICATE", ROOT_ARN)


def test_cross_check():
    good = about("two-names")
    serial = good["serialNumber"]
    dates = good["validity"]
    cases = [
        # name, what is changed, allowed, what the log says is contradicted
        ("as it is", {}, True, ""),
        ("the other order", {"issuerDN": ",".join(reversed(good["issuerDN"].split(",")))}, True, ""),
        ("decimal", {"serialNumber": str(int(serial.replace(":", ""), 16))}, True, ""),
        ("without colons, upper case", {"serialNumber": serial.replace(":", "").upper()}, True, ""),
        ("another serial", {"serialNumber": serial[:-1] + ("1" if serial[-1] != "1" else "2")},
         False, "serialNumber"),
        ("a serial of words", {"serialNumber": "one"}, False, "serialNumber"),
        ("an empty serial", {"serialNumber": ""}, False, "serialNumber"),
        ("a serial that is no text", {"serialNumber": 5}, False, "serialNumber"),
        ("a long serial", {"serialNumber": "1" * 500}, False, "serialNumber"),
        ("no serial", {"serialNumber": None}, True, ""),
        ("another beginning", {"validity": {**dates, "notBefore": "Aug  5 09:36:04 2021 GMT"}}, False,
         "validity.notBefore"),
        ("another end", {"validity": {**dates, "notAfter": "Dec 31 23:59:58 2049 GMT"}}, False,
         "validity.notAfter"),
        ("a date of another form", {"validity": {**dates, "notAfter": "2049-12-31T23:59:59Z"}}, False,
         "validity.notAfter"),
        ("no dates", {"validity": None}, True, ""),
        ("dates that are no text", {"validity": {"notBefore": {}}}, False, "validity.notBefore"),
        ("another subject", {"subjectDN": "CN=admin"}, True, "subjectDN"),
        ("another issuer", {"issuerDN": "CN=Another CA"}, True, "issuerDN"),
        ("a subject of many parts", {"subjectDN": "CN=a," * 100}, True, "subjectDN"),
    ]
    with start() as function:
        for name, change, allowed, contradiction in cases:
            answer = function.invoke(rest_event({**good, **change}))
            policy(f"cross-check: {name}", answer, "Allow" if allowed else "Deny",
                   "MTLSAUTH_OK" if allowed else "EVENT_CONTRADICTS_CERTIFICATE", ROOT_ARN)
            check(f"cross-check: {name}: log", function.last()["contradiction"] == contradiction,
                  function.last())


def each_null(event, path=()):
    """The event once for each of its fields, with null there."""
    for name, value in event.items():
        yield path + (name,), {**event, name: None}
        if isinstance(value, dict):
            for where, inner in each_null(value, path + (name,)):
                yield where, {**event, name: inner}


def test_odd_events():
    good = about("two-names")
    with start() as function:
        for shape, (event, arn) in SHAPES.items():
            for where, odd in each_null(event(good)):
                kind, body, _ = function.invoke(odd)
                vital = {"type", "version", "methodArn", "routeArn", "requestContext", "identity",
                         "authentication", "clientCert", "clientCertPem"}
                # Without a version it is the event of a REST API, as far as anyone can tell.
                if shape == "HTTP-1.0":
                    vital -= {"type", "version"}
                elif shape == "HTTP-2.0":
                    vital.remove("type")
                if where[-1] in vital:
                    denied = kind == "error" or (kind == "response" and body["policyDocument"][
                        "Statement"][0]["Effect"] == "Deny")
                    check(f"{shape} {where} null", denied, body)
                else:
                    policy(f"{shape} {where} null", (kind, body, None), "Allow", "MTLSAUTH_OK", arn)
        errors = {
            "no JSON": b"not json", "empty": b"", "half": json.dumps(rest_event(good)).encode()[:500],
            "an array": b"[]", "a string": b'"x"', "no event": b"{}", "null": b"null",
            "NUL": b'{"type":"REQUEST\\u0000"}', "not UTF-8": b'{"type":"REQUEST","x":"\xff"}',
            "lone surrogate": b'{"type":"REQUEST","x":"\\ud800"}',
            "a name twice": b'{"type":"REQUEST","type":"TOKEN"}', "deep": b'{"a":' * 100000,
            "another version": json.dumps({**http2_event(good), "version": "3.0"}).encode(),
            "a version that is a number": json.dumps({**http2_event(good), "version": 2.0}).encode(),
            "another type": json.dumps({**rest_event(good), "type": "OTHER"}).encode(),
        }
        for name, body in errors.items():
            kind, said, error_type = function.invoke(body)
            check(f"event: {name}", kind == "error" and error_type == "Authorizer.InvalidEvent" and
                  said["errorType"] == error_type and said["errorMessage"] and
                  said["stackTrace"] == [], (kind, said))
        kind, said, error_type = function.invoke(json.dumps(
            {**rest_event(good), "body": "x" * (6 << 20)}).encode())
        check("oversized", kind == "error" and error_type == "Runtime.EventNotRead" and
              "larger than" in said["errorMessage"], (kind, said))
        query = {**rest_event(good), "queryStringParameters": {"q": "a\0b"}}
        policy("a NUL in the query", function.invoke(query), "Allow", "MTLSAUTH_OK", ROOT_ARN)
        large = {**rest_event(good), "body": "ü€😀" * 100000, "headers": {"näme": "日本\u0001\"\\"}}
        policy("large, of all characters", function.invoke(large), "Allow", "MTLSAUTH_OK", ROOT_ARN)
        large = json.dumps(large, ensure_ascii=False).encode()
        policy("the same in UTF-8", function.invoke(large), "Allow", "MTLSAUTH_OK", ROOT_ARN)
        check("limit of a certificate", function.invoke(rest_event(
            {"clientCertPem": good["clientCertPem"] * 5000}))[1]["context"]["reason"] ==
            "MTLSAUTH_DENY_LIMIT")


def test_arn():
    good = about("two-names")
    cases = [
        ("512", ROOT_ARN + "x" * (512 - len(ROOT_ARN)), None),
        ("513", ROOT_ARN + "x" * (513 - len(ROOT_ARN)),
         ROOT_ARN + "x" * (511 - len(ROOT_ARN)) + "*"),
        ("between characters", ROOT_ARN + "x" * (510 - len(ROOT_ARN)) + "ü" * 100,
         ROOT_ARN + "x" * (510 - len(ROOT_ARN)) + "*"),
        ("1600", ROOT_ARN + "x" * (1600 - len(ROOT_ARN)), ROOT_ARN + "x" * (511 - len(ROOT_ARN)) + "*"),
        ("stars", ROOT_ARN + "/*/**", ROOT_ARN + "/?/??"),
        ("characters", ROOT_ARN + '/ü/日本/"\\', None),
    ]
    with start() as function:
        for name, arn, resource in cases:
            policy(f"ARN: {name}", function.invoke(rest_event(good, arn)), "Allow", "MTLSAUTH_OK",
                   resource or arn)
        for name, arn in (("1601", ROOT_ARN + "x" * (1601 - len(ROOT_ARN))), ("none", None),
                          ("empty", ""), ("a star", "*"), ("another", "arn:aws:s3:::bucket"),
                          ("a NUL", ROOT_ARN + "\0x"),
                          ("a number", 5)):
            policy(f"ARN: {name}", function.invoke(http2_event(good, arn)), "Deny",
                   "EVENT_HAS_NO_USABLE_ARN", "*")


def test_simple():
    good, revoked = about("two-names"), about("revoked")
    with start(MTLSAUTH_SIMPLE_RESPONSE="true") as function:
        kind, body, _ = function.invoke(http2_event(good))
        check("simple", kind == "response" and set(body) == {"isAuthorized", "context"} and
              body["isAuthorized"] is True and body["context"]["identity"], body)
        kind, body, _ = function.invoke(http2_event(revoked))
        check("simple denied", body["isAuthorized"] is False and
              body["context"]["reason"] == "MTLSAUTH_DENY_REVOKED", body)
        check("simple without ARN", function.invoke(http2_event(good, None))[1]["isAuthorized"] is False)
        policy("1.0 has no simple form", function.invoke(http1_event(good)), "Allow", "MTLSAUTH_OK",
               HTTP_ARN)
    for value in ("False", "yes", "2"):
        with start(MTLSAUTH_SIMPLE_RESPONSE=value) as function:
            check(f"simple: {value}", function.answer()[0] == "init")
    with start(MTLSAUTH_SIMPLE_RESPONSE="false") as function:
        policy("not simple", function.invoke(http2_event(good)), "Allow", "MTLSAUTH_OK", HTTP_ARN)


def test_runtime_answers():
    good = about("two-names")
    with start() as function:
        function.statuses = [413]
        check("413", function.invoke(rest_event(good))[0] == "response")
        kind, body, error_type = function.answer()
        check("413 becomes an error", kind == "error" and error_type == "Runtime.ResponseTooLarge", body)
        function.statuses = [403]
        check("403", function.invoke(rest_event(good))[0] == "response")
        policy("and on", function.invoke(rest_event(good)), "Allow", "MTLSAUTH_OK", ROOT_ARN)
        function.statuses = [500]
        function.invoke(rest_event(good))
        check("500 ends it", function.answer()[0] == "nothing" and function.process.wait(20) == 1)
    with start() as function:
        function.events.put((b"{}", "../../init", 0))
        check("a request id that is a path", function.answer()[:2] == ("nothing", 1))


def test_init():
    cases = [
        ("no truststore", {"MTLSAUTH_TRUSTSTORE": ""}, "MTLSAUTH_TRUSTSTORE"),
        ("missing truststore", {"MTLSAUTH_TRUSTSTORE": work("absent")}, "No such file"),
        ("garbage truststore", {"MTLSAUTH_TRUSTSTORE": f"{DATA}/garbage.pem"}, "MTLSAUTH_ERR_PARSE"),
        ("ftp", {"MTLSAUTH_TRUSTSTORE": "ftp://host/x"}, "MTLSAUTH_TRUSTSTORE"),
        ("http", {"MTLSAUTH_TRUSTSTORE": "http://host.invalid/x"}, "https:// (without"),
        ("no list", {"MTLSAUTH_CRL": ""}, "MTLSAUTH_REVOCATION"),
        ("a list that is not looked at", {"MTLSAUTH_REVOCATION": "off"}, "MTLSAUTH_REVOCATION"),
        ("revocation", {"MTLSAUTH_REVOCATION": "CRL"}, "one of off crl"),
        ("depth", {"MTLSAUTH_REVOCATION_DEPTH": "deep"}, "one of leaf chain"),
        ("profile", {"MTLSAUTH_PROFILE": "aws"}, "one of api-gateway"),
        ("refresh", {"MTLSAUTH_REFRESH_SECONDS": "-1"}, "a number"),
        ("nobody", {"MTLSAUTH_ALLOW": ""}, "nobody is allowed"),
        ("no matcher", {"MTLSAUTH_ALLOW": "client"}, "--allow"),
        ("rules", {"MTLSAUTH_RULES": work("absent")}, "No such file"),
        ("a path that is no UTF-8", {"MTLSAUTH_RULES": "/no/\udce9\n"}, "/no/?\n"),
        ("index without key", {"MTLSAUTH_INDEX": work("x.idx")}, "MTLSAUTH_INDEX_KEY"),
        ("short key", {"MTLSAUTH_INDEX_KEY": "ab" * 15}, "16 to 64 octets"),
        ("odd key", {"MTLSAUTH_INDEX_KEY": "xy" * 16}, "hexadecimal"),
        ("S3 without credentials", {"MTLSAUTH_TRUSTSTORE": "s3://bucket/key"}, "AWS_ACCESS_KEY_ID"),
        ("too many", {"MTLSAUTH_CRL": ",".join(["/x"] * 64)}, "64 of them"),
    ]
    for name, change, words in cases:
        with start(**change) as function:
            kind, body, error_type = function.answer()
            check(f"init: {name}", kind == "init" and error_type == "Authorizer.InitError" and
                  body["errorType"] == error_type and words in body["errorMessage"], body)
            check(f"init: {name}: ends", function.process.wait(20) == 1)


def test_log():
    """What a path holds is a line of printable ASCII all the same, also where it is no UTF-8."""
    with start(MTLSAUTH_CRL="/no/\udce9\x1b{}") as function:
        answer = function.invoke(rest_event(about("two-names")))
        check("log", answer[1]["context"]["reason"] == "MTLSAUTH_DENY_REVOCATION_UNKNOWN", answer)
        function.invoke(b"x")
        check("log: printable", function.log().replace("\n", "").isprintable(), function.log())
        lines = [json.loads(line) for line in function.log().splitlines()]
    check("log: a missing list", lines[0].get("source") == "/no/?\x1b{}" and lines[0]["error"], lines)
    check("log: an error", lines[-1].get("errorType") == "Authorizer.InvalidEvent", lines)


def test_settings():
    good, uri = about("two-names"), about("uri")
    rules = work("rules", b"allow web uri:spiffe://acme.example/ns/prod/sa/web\n")
    with start(MTLSAUTH_RULES=rules) as function:
        answer = function.invoke(rest_event(uri))
        policy("rules", answer, "Allow", "MTLSAUTH_OK", ROOT_ARN,
               "uri:spiffe://acme.example/ns/prod/sa/web")
        check("label", answer[1]["context"]["label"] == "web", answer)
        policy("rules and --allow", function.invoke(rest_event(good)), "Allow", "MTLSAUTH_OK", ROOT_ARN)
    with start(MTLSAUTH_CRL="", MTLSAUTH_REVOCATION="off", MTLSAUTH_ALLOW_ANY="1") as function:
        policy("off", function.invoke(rest_event(about("revoked"))), "Allow", "MTLSAUTH_OK", ROOT_ARN)
        policy("any", function.invoke(rest_event(uri)), "Allow", "MTLSAUTH_OK", ROOT_ARN)
    both = work("intermediate.crl", Ca("intermediate").crl(1)) + ",\n " + BASE["MTLSAUTH_CRL"]
    client = about("client")
    with start(MTLSAUTH_TRUSTSTORE=f"{DATA}/bundle.pem", MTLSAUTH_CRL=both,
               MTLSAUTH_REVOCATION_DEPTH="chain") as function:
        policy("chain", function.invoke(rest_event(client)), "Allow", "MTLSAUTH_OK", ROOT_ARN)
        policy("chain: leaf", function.invoke(rest_event(good)), "Allow", "MTLSAUTH_OK", ROOT_ARN)
    with start(MTLSAUTH_TRUSTSTORE=f"{DATA}/bundle.pem", MTLSAUTH_CRL=both.split(",", maxsplit=1)[0],
               MTLSAUTH_REVOCATION_DEPTH="chain") as function:
        policy("chain, one list missing", function.invoke(rest_event(client)), "Deny",
               "MTLSAUTH_DENY_REVOCATION_UNKNOWN", ROOT_ARN)


def resident(function):
    with open(f"/proc/{function.process.pid}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_warm():
    """1,000 invocations of one process: no wrong answer, no growth; the time that one takes."""
    good, revoked = about("two-names"), about("revoked")
    with start(MTLSAUTH_REFRESH_SECONDS="3600") as function:
        wrong, after_warm_up = 0, 0
        for i in range(1000):
            bad = i % 10 == 9
            kind, body, _ = function.invoke(rest_event(revoked if bad else good))
            effect = body["policyDocument"]["Statement"][0]["Effect"] if kind == "response" else kind
            wrong += effect != ("Deny" if bad else "Allow")
            if i == 200:
                after_warm_up = resident(function)
        check("1,000 invocations", wrong == 0, f"{wrong} wrong")
        grown = resident(function) - after_warm_up
        if not sanitized(PROGRAM):
            check("flat", grown < 512 * 1024, f"{grown} octets more after 800 invocations")
        lines = [json.loads(line) for line in function.log().splitlines() if '"micros"' in line]
        micros = [line["micros"] for line in lines if line["answer"] == "Allow"]
        print(f"a warm invocation, from the event's octets to the answer's, without fetches and the "
              f"two HTTP requests of the runtime API: median {statistics.median(micros):.0f} us, "
              f"99 % within {sorted(micros)[len(micros) * 99 // 100]} us, first {micros[0]} us. "
              f"The public sample takes 24 us, for the look into its dict alone: no path, no "
              f"signature of the list, no identity.")


if __name__ == "__main__":
    for test in (test_shapes, test_cross_check, test_odd_events, test_arn, test_simple,
                 test_runtime_answers, test_init, test_log, test_settings, test_warm):
        test()
    WORK.cleanup()
    TALLY.finish()
