# SPDX-License-Identifier: MIT
"""WSGI middleware: authorises by the header in which a proxy hands the client's certificate over.

    app = MtlsMiddleware(app, authorizer)                            # nginx on this machine
    app = MtlsMiddleware(app, authorizer, "Client-Cert", "rfc9440", {"10.0.0.5"})

nginx:  proxy_set_header X-SSL-Client-Cert $ssl_client_escaped_cert;

Whoever can reach this server without the proxy can write the header. So it is read only from the
addresses in proxies, and the proxy has to overwrite what a client has sent under that name; and,
as WSGI makes "_" of "-", X_SSL_Client_Cert, too (nginx drops names with an underscore unless told
otherwise).

So this middleware has to see the address of the connection, and stands outside of Werkzeug's
ProxyFix, which puts there what X-Forwarded-For says: MtlsMiddleware(ProxyFix(app), authorizer).
Inside of it, the proxy is not known by its address, and whoever reaches this server without the
proxy can write the proxy's.
"""
import logging
from typing import Any, Callable, Container, Dict, Iterable, List, Tuple

import mtlsauth

Environ = Dict[str, Any]
App = Callable[[Environ, Any], Iterable[bytes]]
log = logging.getLogger(__name__)


class MtlsMiddleware:
    """Lets through who is allowed; the app finds the decision in environ["mtlsauth.decision"]."""

    def __init__(self, app: App, authorizer: mtlsauth.Authorizer,
                 header: str = "X-SSL-Client-Cert", format: str = "nginx",
                 proxies: Container[str] = frozenset({"127.0.0.1", "::1"})) -> None:
        if isinstance(proxies, str):
            # "" and "1" are in "10.0.0.5", too.
            raise TypeError("proxies is a set of addresses")
        self.app = app
        self.authorizer = authorizer
        self.variable = "HTTP_" + header.upper().replace("-", "_")
        self.format = mtlsauth.Format.take(format)
        self.proxies = proxies

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        environ.pop("mtlsauth.decision", None)
        if environ.get("REMOTE_ADDR") not in self.proxies:
            log.warning("%s is not the proxy", environ.get("REMOTE_ADDR"))
            return self.refuse(start_response, "403 Forbidden", "forbidden")
        try:
            decision = self.authorizer.authorize(environ.get(self.variable, ""), self.format)
        except mtlsauth.Error:
            log.exception("no decision could be made")
            return self.refuse(start_response, "503 Service Unavailable", "try again later")
        if not decision:
            log.warning("denied: %s", decision.json)
            return self.refuse(start_response, "403 Forbidden", decision.client_message)
        environ["mtlsauth.decision"] = decision
        return self.app(environ, start_response)

    @staticmethod
    def refuse(start_response: Any, status: str, words: str) -> List[bytes]:
        body = words.encode() + b"\n"
        headers: List[Tuple[str, str]] = [("Content-Type", "text/plain; charset=utf-8"),
                                          ("Content-Length", str(len(body))),
                                          ("Cache-Control", "no-store")]
        start_response(status, headers)
        return [body]
