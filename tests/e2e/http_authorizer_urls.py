#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""http_authorizer_urls.py HTTP_AUTHORIZER: truststore and lists from http, https and S3, and what of a
location is said."""
import re
import signal

from http_authorizer_common import (BASE, CAS, GOOD, PROGRAM, Authorizer, escaped, refuses,
                                    run_tests)
from servers import DATA, PATIENCE, WORK, Files, in_ci, make_crl, until


def test_urls():
    """Truststore and lists from URLs: a new one is taken, what is broken or missing changes nothing."""
    crl = make_crl(WORK / "url.crl", 1)
    with Files({"/cas.pem": CAS.read_bytes(), "/list": crl.read_bytes()}) as files:
        options = ["--allow", "dns:client.example.com", "--format", "nginx", "--revocation", "crl",
                   "--truststore", files.url + "/cas.pem", "--crl", files.url + "/list"]
        with Authorizer(PROGRAM, *options, "--refresh", "1") as authorizer:
            assert authorizer.status(GOOD) == 200
            files.content["/list"] = make_crl(crl, 2, "two-names").read_bytes()
            assert authorizer.reload()["event"] == "refresh"
            assert authorizer.status(GOOD) == 403
            files.content["/list"] = make_crl(crl, 3).read_bytes()
            until("the timer", lambda: authorizer.status(GOOD) == 200)
            files.content["/list"] = make_crl(crl, 4, "two-names").read_bytes()
            until("the timer", lambda: authorizer.status(GOOD) == 403)
            for broken in (b"", b"nonsense", files.content["/list"][:200], None):
                files.content["/list"] = broken
                assert authorizer.reload()["event"] == "refresh failed", broken
                assert authorizer.last()["decision"]["name"] == "MTLSAUTH_DENY_REVOKED"
            files.content["/list"] = make_crl(crl, 5).read_bytes()
            assert authorizer.reload()["event"] == "refresh"
            assert authorizer.status(GOOD) == 200
            looks = dict(re.findall(r'^mtlsauth_source_looks_total\{result="(\w+)"\} (\d+)$',
                                    authorizer.get("/metrics")[2], re.M))
            assert all(int(looks[name]) > 0 for name in ("loaded", "unchanged", "failed")), looks
        files.content["/list"] = None
        with Authorizer(PROGRAM, *options) as authorizer:
            assert authorizer.event("not loaded") is not None
            assert authorizer.status(GOOD) == 403
        del files.content["/cas.pem"]
        refuses("/cas.pem", *options)
        refuses("https://", *options[:-1], "ftp://127.0.0.1/list")


def test_rules_wait_for_truststore():
    """New rules stay away as long as the truststore behind its URL does."""
    rules = WORK / "rules"
    rules.write_text("allow first dns:client.example.com\n")
    crl = make_crl(WORK / "waiting.crl", 1)
    with Files({"/cas.pem": CAS.read_bytes(), "/list": crl.read_bytes()}) as files:
        with Authorizer(PROGRAM, "--rules", rules, "--format", "nginx", "--revocation", "crl",
                        "--truststore", files.url + "/cas.pem", "--crl", files.url + "/list",
                        "--refresh", "0") as authorizer:
            def label():
                return authorizer.get(headers=[GOOD])[1]["X-Mtls-Label"]
            rules.write_text("allow second dns:client.example.com\n")
            for broken in (b"nonsense", None):
                files.content["/cas.pem"] = broken
                event = authorizer.reload()
                assert event["event"] == "refresh failed" and "/cas.pem: " in event["detail"], event
                assert "rules and intermediates stay" in event["detail"], event
                assert label() == "first"
            files.content["/cas.pem"] = CAS.read_bytes() + (DATA / "other-root.pem").read_bytes()
            files.content["/list"] = None
            event = authorizer.reload()
            assert event["event"] == "refresh failed" and "stay" not in event["detail"], event
            assert label() == "second", "a list is no reason to wait"


def test_folder_that_comes_later():
    """A folder that is not mounted at the start is one from when it is there, without a restart."""
    folder = WORK / "mounted"
    crl = make_crl(WORK / "for-folder.crl", 1, "revoked")
    with Files({"/cas.pem": CAS.read_bytes()}) as files:
        with Authorizer(PROGRAM, "--allow", "dns:client.example.com", "--format", "nginx",
                        "--revocation", "crl", "--truststore", files.url + "/cas.pem", "--crl", folder,
                        "--refresh", "1") as authorizer:
            assert str(folder) in authorizer.event("not loaded")["detail"], authorizer.lines
            assert authorizer.status(GOOD) == 403
            folder.mkdir()
            (folder / "broken.crl").write_text("nonsense")
            until("the timer", lambda: any("broken.crl" in e.get("detail", "")
                                           for e in authorizer.read_log()))
            (folder / "broken.crl").write_bytes(crl.read_bytes())
            until("the timer", lambda: authorizer.status(GOOD) == 200)
            (folder / "next.crl").write_bytes(make_crl(crl, 2, "two-names").read_bytes())
            until("the timer", lambda: authorizer.status(GOOD) == 403)
            assert authorizer.last()["decision"]["name"] == "MTLSAUTH_DENY_REVOKED"
            assert authorizer.reload()["event"] == "refresh"


def test_https():
    """Over TLS, by a CA of choice; the lists need no trust in it, the truststore does."""
    crl = make_crl(WORK / "https.crl", 1, "revoked")
    with Files({"/cas.pem": CAS.read_bytes(), "/list": crl.read_bytes()}, tls=True) as files:
        options = ["--allow", "dns:client.example.com", "--format", "nginx", "--revocation", "crl",
                   "--truststore", files.url + "/cas.pem", "--crl", files.url + "/list"]
        with Authorizer(PROGRAM, *options, "--ca-file", DATA / "root.pem") as authorizer:
            assert authorizer.status(GOOD) == 200
            assert authorizer.status(("X-SSL-Client-Cert", escaped("revoked"))) == 403
        for more in ([], ["--ca-file", DATA / "other-root.pem"]):
            refuses("certificate", *options, *more)


def test_secrets_of_urls():
    """Neither a query nor a password is ever in the log, whatever goes wrong."""
    crl = make_crl(WORK / "secret.crl", 1)
    with Files({"/cas.pem": CAS.read_bytes(), "/list": crl.read_bytes()}) as files:
        options = ["--allow", "dns:client.example.com", "--format", "nginx", "--revocation", "crl",
                   "--truststore", files.url + "/cas.pem?token=hush"]
        with Authorizer(PROGRAM, *options, "--crl", files.url + "/list?token=hush") as authorizer:
            assert authorizer.status(GOOD) == 200
            for broken in (b"nonsense", make_crl(crl, 0).read_bytes(), None):
                files.content["/list"] = broken
                event = authorizer.reload()
                assert event["event"] == "refresh failed", event
                assert files.url + "/list: " in event["detail"], event
            assert "hush" not in "".join(authorizer.lines) + authorizer.said()
        secret = files.url.replace("//", "//user:hush@")
        # Who is on the way would say who is trusted.
        for host in ("cas.example.com", "127.0.0.1.example.com", "localhost.example.com", "127.0.0.1@a"):
            refuses("this machine alone", *options, "--crl", files.url + "/list", "--truststore",
                    f"http://{host}/cas.pem")
        for more in (["--crl", secret + "/list"], ["--crl", "ftp://user:hush@a/list"],
                     ["--crl", files.url + "/list", "--truststore", secret + "/cas.pem"]):
            refuses("without a user name", *options, *more, never="hush")
        refuses("no ocsp-host allows it", *BASE, "--format", "nginx", "--revocation", "ocsp",
                "--ocsp-host", "127.0.0.1", "--ocsp-url", secret + "/?hush", never="hush")


def test_s3():
    """Truststore and list from a bucket: signed, asked for by ETag, an older one refused and counted."""
    try:
        import s3_server
    except ImportError as error:
        assert not in_ci(), f"python3-botocore is missing: {error}"
        print(f"skipped: python3-botocore is missing: {error}")
        return
    store = s3_server.Store()
    store.put("bucket/cas.pem", CAS.read_bytes())
    store.put("bucket/a b+ü.crl", make_crl(WORK / "s3.crl", 1).read_bytes())
    options = ["--allow", "dns:client.example.com", "--format", "nginx", "--revocation", "crl",
               "--truststore", "s3://bucket/cas.pem", "--crl", "s3://bucket/a b+ü.crl"]
    environment = s3_server.environment(store.endpoint)
    refuses("SignatureDoesNotMatch", *options,
            environment={**environment, "AWS_SECRET_ACCESS_KEY": "wrong"})
    with Authorizer(PROGRAM, *options, environment=environment) as authorizer:
        assert authorizer.status(GOOD) == 200, authorizer.last()
        store.put("bucket/a b+ü.crl", make_crl(WORK / "s3.crl", 2, "two-names").read_bytes())
        assert authorizer.reload()["event"] == "refresh"
        assert authorizer.status(GOOD) == 403
        store.put("bucket/a b+ü.crl", make_crl(WORK / "s3.crl", 1).read_bytes())
        event = authorizer.reload()
        assert event["event"] == "refresh failed" and "ROLLBACK" in event["detail"], event
        assert authorizer.status(GOOD) == 403
        assert "mtlsauth_rollbacks_refused_total 1" in authorizer.get("/metrics")[2]
        assert any("If-None-Match" in headers for _, _, headers in store.requests)
        store.down = True
        assert authorizer.reload()["event"] == "refresh failed"
        assert authorizer.last()["decision"]["name"] == "MTLSAUTH_DENY_REVOKED"
    store.close()


def test_end_while_it_fetches():
    """A server that hangs does not keep the program from its end."""
    crl = make_crl(WORK / "hang.crl", 1)
    with Files({"/cas.pem": CAS.read_bytes(), "/list": crl.read_bytes()}) as files:
        with Authorizer(PROGRAM, "--allow", "dns:client.example.com", "--format", "nginx",
                        "--revocation", "crl", "--truststore", files.url + "/cas.pem",
                        "--crl", files.url + "/list") as authorizer:
            files.held.clear()
            files.asked.clear()
            authorizer.process.send_signal(signal.SIGHUP)
            assert files.asked.wait(PATIENCE)
            assert authorizer.status(GOOD) == 200
            authorizer.process.send_signal(signal.SIGTERM)
            event = until("its end", lambda: authorizer.event("refresh failed"))
            assert "about to end" in event["detail"], f"it waits for all that the server takes: {event}"
            assert authorizer.stop() == 0, authorizer.said()
        files.held.set()


run_tests(dict(globals()))
