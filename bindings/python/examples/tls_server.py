#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""An HTTPS server on the ssl module that authorises the client's certificate.

    tls_server.py --cert server.pem --key server.key --truststore ca.pem \
        --allow dns:client.example.com [--intermediates middle.pem] [--port 8443]

The ssl module has no callback for the check of a certificate, so two checks are made. OpenSSL
verifies the chain in the handshake, against the same truststore that is loaded here; then the
authorizer decides about it, with the rules, the profile and the revocation lists that OpenSSL does
not know. Before Python 3.13 the ssl module gives the leaf alone of what the client sent. So
intermediates have to be in the truststore (they are no anchors there), or in --intermediates, where
those of a client that sends them are not seen. A resumed session has the leaf alone from 3.13 on,
too; intermediates of paths that were verified before are remembered for it (authorize_again).

The client is decided about before each request, also on a connection that lives on: lists and rules
change meanwhile, and certificates and lists come to their end without any change. A resumed TLS
session is decided about like a new one.
"""
import argparse
import json
import logging
import socket
import ssl
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, List, Optional

import mtlsauth

log = logging.getLogger("tls_server")
HANDSHAKE_SECONDS = 10


def presented(connection: ssl.SSLSocket) -> List[bytes]:
    """The certificates of the peer in DER, leaf first: all that it sent where ssl can tell."""
    if hasattr(connection, "get_unverified_chain"):  # Python 3.13
        sent = list(connection.get_unverified_chain() or [])
        if sent:
            return sent
        # A resumed session: its ticket has kept the leaf alone.
    leaf = connection.getpeercert(binary_form=True)
    return [] if leaf is None else [leaf]


def decide(authorizer: mtlsauth.Authorizer, connection: ssl.SSLSocket) -> mtlsauth.Decision:
    """All checks, on a resumed session with the intermediates that are remembered."""
    ders = presented(connection)
    if not connection.session_reused:
        return authorizer.authorize_der(ders)
    try:
        chain = mtlsauth.Chain.from_der(ders)
    except mtlsauth.Error:
        return authorizer.authorize_der(ders)  # none, or one that does not parse: a denial
    return authorizer.authorize_again(chain)


class Handler(BaseHTTPRequestHandler):
    """Answers with who the client is."""

    protocol_version = "HTTP/1.1"
    server: "Server"

    def setup(self) -> None:
        # Here, and not in accept(): a client that says nothing holds up its own thread alone.
        self.request.settimeout(HANDSHAKE_SECONDS)
        self.request.do_handshake()
        super().setup()

    def do_GET(self) -> None:  # pylint: disable=invalid-name
        decision = decide(self.server.authorizer, self.connection)
        if decision:
            self.answer(200, {"identity": decision.identity, "label": decision.label})
        else:
            log.warning("denied: %s", decision.json)
            self.close_connection = True
            self.answer(403, {"error": decision.client_message})

    def answer(self, status: int, said: Any) -> None:
        body = json.dumps(said).encode() + b"\n"
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        log.info(format, *args)


class Server(ThreadingHTTPServer):
    """TLS on each connection; the handshake is made on the thread of the connection."""

    daemon_threads = True

    def __init__(self, address: Any, context: ssl.SSLContext,
                 authorizer: mtlsauth.Authorizer) -> None:
        self.context = context
        self.authorizer = authorizer
        super().__init__(address, Handler)

    def get_request(self) -> Any:
        connection, address = super().get_request()
        return self.context.wrap_socket(connection, server_side=True,
                                        do_handshake_on_connect=False), address

    def shutdown_request(self, request: Any) -> None:
        try:
            request.settimeout(1)
            request.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        self.close_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        log.warning("%s: %s", client_address, sys.exc_info()[1])


def make_context(cert: str, key: str, truststore: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(cert, key)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(truststore)
    return context


def make_authorizer(arguments: argparse.Namespace) -> mtlsauth.Authorizer:
    truststore = mtlsauth.Truststore.from_file(arguments.truststore)
    policy = mtlsauth.Policy(allow=arguments.allow, revocation="crl" if arguments.crl else "off")
    for warning in policy.lint(truststore):
        log.warning("%s", warning)
    authorizer = mtlsauth.Authorizer(truststore, policy)
    if arguments.intermediates:
        authorizer.set_intermediates(mtlsauth.Chain.from_file(arguments.intermediates))
    for path in arguments.crl:
        authorizer.put_crl(mtlsauth.Crl.load_file(path, truststore, policy))
    return authorizer


def main(argv: Optional[List[str]] = None) -> None:
    parser = argparse.ArgumentParser(description="HTTPS for clients that are allowed in")
    for name in ("cert", "key", "truststore"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--intermediates")
    parser.add_argument("--allow", action="append", required=True)
    parser.add_argument("--crl", action="append", default=[])
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8443)
    arguments = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO)
    context = make_context(arguments.cert, arguments.key, arguments.truststore)
    with Server((arguments.host, arguments.port), context,
                make_authorizer(arguments)) as server:
        print(f"https://{arguments.host}:{server.server_port}/", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
