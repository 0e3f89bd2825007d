# SPDX-License-Identifier: MIT
"""May this client in, and if not, why not?"""
import ctypes
import json
import threading
from contextlib import contextmanager
from typing import Any, Callable, Dict, Iterable, Iterator, List, NamedTuple, Optional, Union, cast

from ._base import Handle, Owner, handle_of, made, wanted
from ._callbacks import Callback, prepare, raise_pending
from ._cert import Certificate, Chain, FormatLike, parse_ders, parse_parts
from ._codes import Code, Format, UpdateFlag
from ._crl import Crl
from ._decision import Decision, decided, take_handle
from ._errors import Error, check, failure
from ._ffi import SHA256_LEN, lib
from ._policy import Policy
from ._truststore import Report, ReportHandle, Truststore
from ._values import Bytes, Data, Path, octets, octets_or_text, path

AuthorizerHandle = handle_of("authorizer")

# Bound once: each name looked up costs a call some nanoseconds.
_authorize = lib.authorize
_authorize_text = lib.authorize_text
_AUTO = Format.AUTO

# A decision that is under way may still ask the clock of a policy that was replaced.
_POLICIES_KEPT = 64

# What is found out before the time is looked at.
_WITHOUT_TIME = (Code.DENY_NO_CERTIFICATE, Code.DENY_MALFORMED, Code.DENY_LIMIT, Code.DENY_INTERNAL)


class Refresh(NamedTuple):
    """What came of looking at the files: OK or the code of the first that failed, whether there is
    a new generation, and a finding for each file that is not well."""

    code: Code
    changed: bool
    report: Report


class _Taken:
    """A policy that was taken: the last generation that did not have it, and the first of which that
    is certain."""

    __slots__ = ("before", "after", "clock")

    def __init__(self, before: int, clock: Optional[Callback]) -> None:
        self.before, self.after = before, 2 ** 64
        self.clock = clock


def _issuer(issuer: Optional[Certificate]) -> Optional[Handle]:
    return None if issuer is None else wanted(issuer, Certificate, "issuer")._h


class Authorizer(Owner):
    """A truststore and a policy, which answer from any number of threads at once.

    Setters build the next generation and put it in place; a decision under way ends with the one
    that it began with. The policy is copied: changing it later changes nothing here.
    """

    __slots__ = ("_clocked", "_limits", "_mutex", "_taken")
    _clocked: bool
    _limits: Optional[Handle]
    _taken: List[_Taken]

    def __init__(self, truststore: Truststore, policy: Policy) -> None:
        store = wanted(truststore, Truststore, "truststore")._h
        self._mutex = threading.RLock()
        self._taken, self._clocked, self._limits = [], False, None
        with self._taking(policy) as rules:
            self._h = made(AuthorizerHandle, lib.authorizer_new, store, rules)

    @contextmanager
    def _taking(self, policy: Policy) -> Iterator[Handle]:
        """Has the policy's clock live as long as somebody here may ask it: from before the policy
        is taken, and no longer than now if it is refused."""
        with wanted(policy, Policy, "policy")._reading() as rules, self._mutex:
            taken = _Taken(self.generation if self._taken else 0, policy._clock)
            self._taken.append(taken)
            clocked, self._clocked = self._clocked, self._clocked or taken.clock is not None
            try:
                yield rules
            except Error:
                self._taken.remove(taken)
                self._clocked = clocked
                raise
            for nested in self._taken[self._taken.index(taken) + 1:]:
                # By a signal handler, in the middle of this: which came last is not certain.
                nested.after = taken.after
            if self._taken[-1] is taken:
                taken.after = self.generation
            self._limits = policy._limits
            del self._taken[:-_POLICIES_KEPT]

    def _asks(self, generation: int) -> bool:
        """Is it certain that who decided with that generation has asked a clock of ours?"""
        for taken in reversed(self._taken):
            if generation > taken.before:
                return generation >= taken.after and taken.clock is not None
        return False

    def authorize(self, client: Union[Chain, Data, None],
                  format: FormatLike = _AUTO) -> Decision:
        """Decides about one client.

        client  a Chain; or what a proxy put into a header, then format names what that proxy
                sends; None: it presented nothing

        What does not parse is a denial. An exception is a failure of this call: it decides
        nothing.
        """
        handle = take_handle()
        ticks = prepare() if self._clocked else None
        if type(client) is not bytes:
            if isinstance(client, Chain):
                return self._finish(handle, _authorize(self._h, client._h, handle), ticks)
            if client is None:
                return self._finish(handle, _authorize(self._h, None, handle), ticks)
            client = octets_or_text(client, "the client", "a Chain, bytes, str or None")
        if type(format) is not Format:
            format = Format.take(format)
        return self._finish(handle, _authorize_text(self._h, client, len(client), format, handle),
                            ticks)

    def _finish(self, handle: Any, code: int, ticks: Optional[int]) -> Decision:
        if code < 0 or self._clocked:
            failed = failure(code)
            if code in _WITHOUT_TIME or not self._asks(lib.decision_generation(handle)):
                ticks = None
            raise_pending(failed, ticks)
        return decided(handle, code)

    def authorize_parts(self, certificate: Optional[str],
                        chain: Optional[str] = None) -> Decision:
        """The same for the two headers of RFC 9440, Client-Cert and Client-Cert-Chain."""
        if certificate is None or certificate == "":
            return self.authorize(None)
        return self._authorize_parsed(*parse_parts(certificate, chain, self._limits))

    def authorize_der(self, ders: Iterable[Bytes]) -> Decision:
        """The same for certificates in DER, leaf first, as a TLS library has them."""
        listed = list(ders) if not isinstance(ders, (bytes, bytearray, memoryview, str)) else ders
        if not listed:
            return self.authorize(None)
        return self._authorize_parsed(*parse_ders(listed))

    def _authorize_parsed(self, failed: Optional[Error], chain: Any) -> Decision:
        handle = take_handle()
        if failed is not None:
            why = failed.message.encode("utf-8")
            return self._finish(
                handle, lib.authorize_unparsed(self._h, int(failed.code), why, handle), None)
        ticks = prepare() if self._clocked else None
        return self._finish(handle, _authorize(self._h, chain, handle), ticks)

    def authorize_again(self, chain: Optional[Chain]) -> Decision:
        """The same for a resumed TLS session, whose ticket kept the leaf alone."""
        handle = take_handle()
        presented = None if chain is None else wanted(chain, Chain, "chain")._h
        ticks = prepare() if self._clocked else None
        return self._finish(handle, lib.authorize_again(self._h, presented, handle), ticks)

    def _change(self, function: Callable[..., int], *arguments: Any) -> None:
        if self._clocked:
            prepare()
        try:
            check(function(self._h, *arguments))
        finally:
            self._settle()

    def _settle(self) -> None:
        if self._clocked:
            raise_pending()

    def set_intermediates(self, chain: Optional[Chain]) -> None:
        """Candidates for the middle of a path, for clients that send the leaf alone."""
        self._change(lib.authorizer_set_intermediates,
                     None if chain is None else wanted(chain, Chain, "chain")._h)

    def set_truststore(self, truststore: Truststore) -> None:
        """Puts another truststore in the place of the one before."""
        self._change(lib.authorizer_set_truststore,
                     wanted(truststore, Truststore, "truststore")._h)

    def set_policy(self, policy: Policy) -> None:
        """Puts another policy in the place of the one before, with its rules and block list. One that
        does not take a CRL in use is refused: put a better list first, or remove that one."""
        with self._taking(policy) as rules:
            check(lib.authorizer_set_policy(self._h, rules))

    def update(self, truststore: Optional[Truststore] = None, policy: Optional[Policy] = None,
               intermediates: Optional[Chain] = None, no_intermediates: bool = False) -> None:
        """Several of them in one generation; None keeps what is there, no_intermediates takes the
        intermediates away."""
        store = None if truststore is None else wanted(truststore, Truststore, "truststore")._h
        middle = None if intermediates is None else wanted(intermediates, Chain, "intermediates")._h
        flags = int(UpdateFlag.NO_INTERMEDIATES) if no_intermediates else 0
        if policy is None:
            self._change(lib.authorizer_update, store, None, middle, flags)
            return
        with self._taking(policy) as rules:
            check(lib.authorizer_update(self._h, store, rules, middle, flags))

    def add_truststore_file(self, name: Path) -> None:
        """A file of CA certificates, loaded now and looked at again by refresh()."""
        self._change(lib.authorizer_add_truststore_file, path(name))

    def add_crl_file(self, name: Path, issuer: Optional[Certificate] = None) -> None:
        """A file with one CRL, loaded now and looked at again by refresh(). Its signer is looked
        for in the truststore where none is given."""
        self._change(lib.authorizer_add_crl_file, path(name), _issuer(issuer))

    def add_crl_dir(self, name: Path, issuer: Optional[Certificate] = None) -> None:
        """The same for each file of a folder."""
        self._change(lib.authorizer_add_crl_dir, path(name), _issuer(issuer))

    def refresh(self) -> Refresh:
        """Looks at the files that were added and puts what has changed into use, as one generation.

        A file that failed is no exception: what it had before serves on, and the report names it.
        May take seconds: call it from a thread that has the time.
        """
        changed, out = ctypes.c_int(), ctypes.c_void_p()
        code = lib.authorizer_refresh(self._h, ctypes.byref(changed), ctypes.byref(out))
        failed = failure(code)
        handle = ReportHandle(out.value or 0)
        if failed is not None and not handle:
            raise failed
        return Refresh(Code.of(code), changed.value == 1,
                       Report._of(handle) if handle else Report())

    def stats(self) -> Dict[str, Any]:
        """What it has done and what it holds: answers by code, the lists and their ages."""
        needed, room = ctypes.c_size_t(), 4096
        while True:
            buffer = ctypes.create_string_buffer(room)
            ticks = prepare() if self._clocked else None
            code = lib.authorizer_stats_json(self._h, buffer, room, ctypes.byref(needed))
            failed = failure(code)
            said = json.loads(buffer.value) if failed is None else {"generation": 0}
            if self._clocked:
                raise_pending(None, ticks if self._asks(said["generation"]) else None)
            if failed is None:
                return cast(Dict[str, Any], said)
            if code != Code.ERR_LIMIT or needed.value <= room:
                raise failed
            # Another thread may put one more list into use meanwhile.
            room = needed.value + 1024

    def set_state_dir(self, name: Path) -> None:
        """Keeps in a folder which CRLs were accepted: an older one is refused after a restart."""
        self._change(lib.authorizer_set_state_dir, path(name))

    def put_crl(self, crl: Crl) -> None:
        """Puts a verified list into use, in the place of the one before."""
        self._change(lib.authorizer_put_crl, wanted(crl, Crl, "crl")._h)

    def remove_crl(self, crl: Crl) -> None:
        """Takes the list of the same issuer and distribution point away."""
        self._change(lib.authorizer_remove_crl, wanted(crl, Crl, "crl")._h)

    def put_ocsp_response(self, data: Bytes) -> None:
        """Keeps a response, in DER, from a responder or a cache that nobody trusts: each decision
        verifies it."""
        raw = octets(data)
        self._change(lib.authorizer_put_ocsp_response, raw, len(raw))

    def save_ocsp(self, name: Path) -> None:
        """Writes the responses that are kept into a folder, which nobody has to trust."""
        self._change(lib.authorizer_save_ocsp, path(name))

    def load_ocsp(self, name: Path) -> Report:
        """Takes them from there; a finding for each file that was passed over."""
        out = ctypes.c_void_p()
        self._change(lib.authorizer_load_ocsp, path(name), ctypes.byref(out))
        return Report._of(ReportHandle(out.value or 0))

    @property
    def generation(self) -> int:
        """One more with every change. Time changes an answer, too, and not this number: a connection
        that lives on asks again before each request."""
        return int(lib.authorizer_generation(self._h))

    @property
    def session_context(self) -> bytes:
        """A digest of all that decides, to set as the session id context of TLS."""
        out = ctypes.create_string_buffer(SHA256_LEN)
        check(lib.authorizer_session_context(self._h, out))
        return out.raw

    def __repr__(self) -> str:
        return "<Authorizer closed>" if self.closed else \
            f"<Authorizer generation {self.generation}>"


def verify_path(truststore: Truststore, chain: Optional[Chain], policy: Policy) -> Decision:
    """Is there a path to the truststore? No authorization: its code may be OK, and the decision is
    never true."""
    handle = take_handle()
    store = wanted(truststore, Truststore, "truststore")._h
    presented = None if chain is None else wanted(chain, Chain, "chain")._h
    with wanted(policy, Policy, "policy")._asking() as (rules, ticks):
        code = lib.path_verify(store, presented, rules, handle)
        failed = failure(code)
    raise_pending(failed, None if code in _WITHOUT_TIME else ticks)
    return decided(handle, code, allows=False)


def accept_rollback(state_dir: Path, crl: Crl) -> None:
    """An operator's way back to an older CRL. Nothing that runs unattended should call it."""
    check(lib.state_accept_rollback(path(state_dir), wanted(crl, Crl, "crl")._h))
