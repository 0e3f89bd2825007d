# SPDX-License-Identifier: MIT
"""ASGI middleware: authorises by the header in which a proxy hands the client's certificate over.

    app = MtlsMiddleware(app, authorizer)                            # nginx on this machine
    app = MtlsMiddleware(app, authorizer, "Client-Cert", "rfc9440", {"10.0.0.5"})

nginx:  proxy_set_header X-SSL-Client-Cert $ssl_client_escaped_cert;

Whoever can reach this server without the proxy can write the header. So it is read only from the
addresses in proxies, the proxy has to overwrite what a client has sent under that name, and a
header that comes twice is refused.

So this middleware has to see the address of the connection. Run uvicorn with --no-proxy-headers: by
default (--proxy-headers) it puts there what X-Forwarded-For says. The proxy is not known by its
address then, and whoever uvicorn believes (--forwarded-allow-ips) can write the proxy's. An
application that wants the client's address has uvicorn's ProxyHeadersMiddleware inside of this
one: MtlsMiddleware(ProxyHeadersMiddleware(app), authorizer).

A decision takes some microseconds, or some hundred for a chain that was not seen before: no reason
to leave the event loop. Authorizer.refresh() is one.
"""
import logging
from typing import Any, Awaitable, Callable, Container, Dict

import mtlsauth

Scope = Dict[str, Any]
Receive = Callable[[], Awaitable[Dict[str, Any]]]
Send = Callable[[Dict[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
log = logging.getLogger(__name__)


class MtlsMiddleware:
    """Lets through who is allowed; the app finds the decision in scope["mtlsauth.decision"]."""

    def __init__(self, app: App, authorizer: mtlsauth.Authorizer,
                 header: str = "X-SSL-Client-Cert", format: str = "nginx",
                 proxies: Container[str] = frozenset({"127.0.0.1", "::1"})) -> None:
        if isinstance(proxies, str):
            # "" and "1" are in "10.0.0.5", too.
            raise TypeError("proxies is a set of addresses")
        self.app = app
        self.authorizer = authorizer
        self.header = header.lower().encode("ascii")
        self.format = mtlsauth.Format.take(format)
        self.proxies = proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        peer = (scope.get("client") or ("",))[0]
        values = [value for name, value in scope["headers"] if name.lower() == self.header]
        if peer not in self.proxies or len(values) > 1:
            log.warning("%s is not the proxy, or sent the header %d times", peer, len(values))
            await self.refuse(scope, send, 403, "forbidden")
            return
        try:
            decision = self.authorizer.authorize(values[0] if values else b"", self.format)
        except mtlsauth.Error:
            log.exception("no decision could be made")
            await self.refuse(scope, send, 503, "try again later")
            return
        if not decision:
            log.warning("denied: %s", decision.json)
            await self.refuse(scope, send, 403, decision.client_message)
            return
        await self.app({**scope, "mtlsauth.decision": decision}, receive, send)

    @staticmethod
    async def refuse(scope: Scope, send: Send, status: int, words: str) -> None:
        if scope["type"] == "websocket":
            # Before it was accepted: the server answers the handshake with 403.
            await send({"type": "websocket.close", "code": 1008})
            return
        body = words.encode() + b"\n"
        await send({"type": "http.response.start", "status": status, "headers": [
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"content-length", str(len(body)).encode()), (b"cache-control", b"no-store")]})
        await send({"type": "http.response.body", "body": body})
