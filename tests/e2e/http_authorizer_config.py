#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""http_authorizer_config.py HTTP_AUTHORIZER: its options, from a file, the environment and the command
line, and where it listens."""
import shlex
import socket
import subprocess

from http_authorizer_common import (BASE, CAS, GOOD, NGINX, PROGRAM, Authorizer, refuses,
                                    run_tests)
from servers import DATA, WORK


def test_configuration():
    """A file, the environment on top of it, flags on top of both."""
    file = WORK / "conf"
    file.write_text("# comment\n\n  format   nginx\ntruststore /nowhere\nrevocation off\n"
                    "allow dns:file.example.com\nallow dns:more.example.com\nreason-header yes\n"
                    "header X-File\n")
    environment = {"MTLSAUTH_HTTP_CONFIG": str(file), "MTLSAUTH_HTTP_TRUSTSTORE": str(CAS),
                   "MTLSAUTH_HTTP_ALLOW": "dns:a.example.com\n\n dns:client.example.com \n",
                   "MTLSAUTH_HTTP_HEADER": "X-Environment", "MTLSAUTH_HTTP_REASON_HEADER": "no"}

    def answers(*options, name="X-Environment", env=environment):
        with Authorizer(PROGRAM, *options, environment=env) as authorizer:
            status, headers, _ = authorizer.get(headers=[(name, GOOD[1])])
            return status, headers.get("X-Mtls-Reason")

    assert answers() == (200, None)
    assert answers("--header", "X-Flag", name="X-Flag") == (200, None)
    assert answers("--header", "X-Flag") == (403, None)
    assert answers("--reason-header") == (200, "MTLSAUTH_OK")
    assert answers("--allow", "dns:flag.example.com") == (403, None)
    # The file alone: its truststore is missing, its rules are others, its switch is on.
    only_file = {"MTLSAUTH_HTTP_CONFIG": str(file)}
    refuses("/nowhere", environment=only_file)
    assert answers("--truststore", CAS, name="X-File", env=only_file) == \
        (403, "MTLSAUTH_DENY_IDENTITY")
    assert answers("--truststore", CAS, "--reason-header=no", name="X-File", env=only_file) == \
        (403, None)
    other = WORK / "other"
    other.write_text(file.read_text().replace("X-File", "X-Other"))
    assert answers("--config", other, "--truststore", CAS, name="X-Other", env=only_file) == \
        (403, "MTLSAUTH_DENY_IDENTITY")
    refuses("no option 'typo'", environment={"MTLSAUTH_HTTP_TYPO": "x"})
    # Both of them, as it is written: never one or the other.
    refuses("matcher 'dns:a.example.com dns:client.example.com'", environment={
        **environment, "MTLSAUTH_HTTP_ALLOW": "dns:a.example.com dns:client.example.com"})
    assert answers(env={**environment, "MTLSAUTH_HTTP_ALLOW":
                        "dns:a.example.com,dns:client.example.com"}) == (403, None)
    refuses("'yes' or 'no', not 'False!'", environment={"MTLSAUTH_HTTP_REASON_HEADER": "False!"})
    other.write_text("format nginx\ntypo x\n")
    refuses("line 2: there is no option 'typo'", "--config", other)
    other.write_text("block dns:a\0.example.com\n")
    refuses("line 1: a NUL byte", "--config", other)
    # A value would have them in it, and a block list would say nothing.
    refuses("a second matcher", environment={
        **environment, "MTLSAUTH_HTTP_ALLOW": "dns:a.example.com,!subject.O:a !subject.O:b"})
    for line, says in (("block subject.CN:a   # left in May", "line 2: '#' behind a blank"),
                       ("reason-header # for nginx", "line 2: '#' behind a blank"),
                       ("block subject.CN:a subject.CN:b", "a second matcher"),
                       ('block subject.CN:"a"', "the quotes"),
                       ("# a comment\rblock subject.CN:a", "line 2: a carriage return inside")):
        other.write_text(f"format nginx\n{line}\nrevocation off\n")
        refuses(says, *BASE, "--config", other)
    other.write_text("format nginx\r\n# a comment\r\nblock subject.CN:a#b\r\n")
    assert answers(*BASE, "--revocation", "off", "--config", other, name=GOOD[0], env={}) == \
        (200, None)
    refuses("/nowhere", "--config", "/nowhere")
    refuses("is a number", *NGINX, "--refresh", "-1")
    refuses("0 would answer nobody", *NGINX, "--connections", "0")
    refuses("'extra' is no option", *NGINX, "extra")
    refuses("it has to be said", *BASE, "--format", "nginx")
    refuses("format", *BASE, "--revocation", "off")
    refuses("profile", *NGINX, "--profile", "none")
    refuses("crl", *BASE, "--format", "nginx", "--revocation", "crl", "--crl", "/nowhere")
    # Lists are looked up in the truststore alone.
    refuses("is not in the truststore", "--truststore", DATA / "root.pem", "--intermediates",
            DATA / "intermediate.pem", "--allow", "dns:client.example.com", "--format", "nginx",
            "--revocation", "crl", "--crl", DATA / "intermediate.crl")
    refuses("nobody is allowed", "--truststore", CAS, "--format", "nginx", "--revocation", "off",
            "--block", "dns:a.example.com")
    for revocation in ("crl", "crl-and-ocsp"):
        refuses("no list is named", *BASE, "--format", "nginx", "--revocation", revocation)
    refuses("no list is looked at", *NGINX, "--crl", "/nowhere")
    for option in (("--ocsp-host", "a"), ("--ocsp-url", "http://a"), ("--ocsp-dir", "/nowhere")):
        refuses("no responder is asked", *NGINX, *option)
    done = subprocess.run([PROGRAM, "--help"], capture_output=True, text=True, check=True)
    assert "--require-bound-token" in done.stdout
    assert "/healthz" in done.stdout and "/livez" in done.stdout


def test_blocks_add_up():
    """What denies is never taken away by a place that is higher: it adds to it."""
    file, name = WORK / "blocks", "MTLSAUTH_HTTP_BLOCK"
    file.write_text("block dns:a.example.com\nblock dns:client.example.com\n")

    def status(*options, **environment):
        with Authorizer(PROGRAM, *NGINX, *options, environment=environment) as authorizer:
            return authorizer.status(GOOD)

    other, this = "dns:b.example.com", "dns:client.example.com"
    assert status("--block", other, **{name: other}) == 200
    assert status("--config", file) == 403
    assert status("--config", file, "--block", other) == 403
    assert status("--config", file, **{name: other}) == 403
    assert status("--block", other, "--block", other, **{name: f"{other} {this}"}) == 403
    assert status("--block", this, **{name: other}) == 403


def alone():
    """The program in a network of its own, in which nobody else comes in; None where that is forbidden."""
    path = WORK / "alone"
    path.write_text(f'#!/bin/sh\nexec unshare --map-root-user --net {shlex.quote(PROGRAM)} "$@"\n')
    path.chmod(0o755)
    done = subprocess.run([path, "--help"], capture_output=True, check=False)
    return path if done.returncode == 0 else None


def test_where_it_listens():
    """Others than this machine come in only where that was said."""
    refuses("--allow-remote", *NGINX, "--listen", "0.0.0.0:0")
    refuses("--allow-remote", *NGINX, "--listen", "[::]:0")
    refuses("127.0.0.1:9180", *NGINX, "--listen", "localhost:0")
    refuses("127.0.0.1:9180", *NGINX, "--listen", "127.0.0.1:65536")
    # Said so, it tries: the address is nobody's (RFC 5737).
    refuses("Cannot assign", *NGINX, "--allow-remote", "--listen", "192.0.2.1:0")
    program = alone()
    if program is None:
        print("no network of its own: nothing listens at 0.0.0.0")
    else:
        with Authorizer(program, *NGINX, "--allow-remote", listen="0.0.0.0:0") as authorizer:
            assert authorizer.place.startswith("0.0.0.0:"), authorizer.place
    path = WORK / "socket"
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(path))
    left.close()
    with Authorizer(PROGRAM, *NGINX, listen=f"unix:{path}") as authorizer:
        assert path.stat().st_mode & 0o777 == 0o660
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(str(path))
            s.sendall(f"GET /authorize HTTP/1.0\r\nX-SSL-Client-Cert: {GOOD[1]}\r\n\r\n".encode())
            assert b" 200 " in s.recv(100)
        refuses("in use", *NGINX, "--listen", f"unix:{path}")
        assert path.exists()
    assert not path.exists()
    path.write_text("a file")
    refuses("in use", *NGINX, "--listen", f"unix:{path}")
    assert path.read_text() == "a file"


run_tests(dict(globals()))
