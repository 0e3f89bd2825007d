# SPDX-License-Identifier: MIT
"""Wrong types, None, closed objects and huge input: an exception of Python, never a crash."""
import copy
import ctypes
import gc
import inspect
import pickle
from pathlib import Path
from typing import Any, Callable, Dict, List

import pytest

import mtlsauth
from conftest import policy
from mtlsauth import Authorizer, Certificate, Chain, Code, Crl, Decision, OcspRequest, \
    OcspResponse, Policy, Truststore

Read = Callable[[str], bytes]
WRONG: List[Any] = [None, 0, -1, 2 ** 70, 1.5, True, object(), [], {}, "", "\0", "\ud800", b"",
                    b"\xff" * 70000, lambda: None, Certificate, float("nan")]


@pytest.fixture()
def things(data: Path, read: Read, root: Truststore) -> Dict[str, Any]:
    cert = Certificate.parse(read("two-names.pem"))
    rules = policy(revocation="crl")
    return {"cert": cert, "chain": Chain.parse(read("chain.pem")),
            "limits": mtlsauth.Limits(names=5), "policy": rules,
            "truststore": Truststore.from_file(data / "root.pem"),
            "crl": Crl.load_file(data / "root.crl", root, rules),
            "request": OcspRequest(cert, root[0]), "authorizer": Authorizer(root, rules),
            "decision": Authorizer(root, rules).authorize(read("two-names.pem")),
            "response": OcspResponse.parse(b"\x30\x03\x0a\x01\x03")}


def members(thing: Any) -> List[str]:
    return [name for name in dir(type(thing)) if not name.startswith("_")
            and name not in ("close", "closed", "allowed", "code")]


def arguments(function: Callable[..., Any], value: Any) -> List[Any]:
    return [value for parameter in inspect.signature(function).parameters.values()
            if parameter.default is parameter.empty
            and parameter.kind is not parameter.KEYWORD_ONLY]


def is_of_class(thing: Any, name: str) -> bool:
    return isinstance(inspect.getattr_static(type(thing), name), (classmethod, staticmethod))


def test_closed_objects_raise(things: Dict[str, Any]) -> None:
    for thing in things.values():
        assert not thing.closed
        with thing as entered:
            assert entered is thing
        thing.close()
        assert thing.closed and repr(thing) == f"<{type(thing).__name__} closed>"
        with pytest.raises(ValueError, match="closed"):
            thing.__enter__()
        for name in members(thing):
            if is_of_class(thing, name):
                continue
            with pytest.raises((ValueError, TypeError)):
                value = getattr(thing, name)
                assert callable(value), name
                value(*arguments(value, b"x"))
        specials: List[Any] = [len, list, lambda thing: thing[0], lambda thing: 1 in thing]
        for special in specials:
            with pytest.raises((ValueError, TypeError)):
                special(thing)
    assert bool(things["decision"]) is False or things["decision"].allowed


def test_closed_arguments_raise(things: Dict[str, Any], root: Truststore, read: Read) -> None:
    for thing in things.values():
        thing.close()
    cert, crl, rules = (things[name] for name in ("cert", "crl", "policy"))
    good = Certificate.parse(read("two-names.pem"))
    authorizer = Authorizer(root, policy())
    calls: List[Callable[[], Any]] = [
        lambda: Authorizer(things["truststore"], policy()), lambda: Authorizer(root, rules),
        lambda: authorizer.authorize(things["chain"]), lambda: authorizer.put_crl(crl),
        lambda: authorizer.set_policy(rules), lambda: authorizer.authorize_again(things["chain"]),
        lambda: authorizer.set_truststore(things["truststore"]),
        lambda: crl.check(cert, cert, rules),
        lambda: OcspRequest(good, cert), lambda: Crl.load(read("root.crl"), cert, policy()),
        lambda: Crl.load(read("root.crl"), root, rules), lambda: cert == good,
        lambda: mtlsauth.verify_path(root, things["chain"], policy()),
        lambda: mtlsauth.accept_rollback("/tmp", crl),
        lambda: Chain.parse(read("chain.pem"), "pem", things["limits"])]
    for call in calls:
        with pytest.raises(ValueError, match="closed"):
            call()
    assert authorizer.generation == 1 and authorizer.authorize(read("two-names.pem"))


def test_wrong_types_raise(things: Dict[str, Any]) -> None:
    """Every method, with each wrong value in each place."""
    harmless = (ValueError, TypeError, AttributeError, LookupError, OverflowError, mtlsauth.Error)
    taken = 0
    for thing in things.values():
        for name in members(thing):
            if not callable(inspect.getattr_static(type(thing), name)) \
                    and not is_of_class(thing, name):
                continue
            method = getattr(thing, name)
            for value in WRONG:
                try:
                    method(*arguments(method, value))
                    taken += 1
                except harmless:
                    pass
                try:
                    method(*([value] * 9))
                except harmless:
                    pass
    assert taken > 0
    kinds: List[Any] = [Authorizer, Policy, OcspRequest, Certificate, Chain, Crl, Truststore,
                        OcspResponse]
    for kind in kinds:
        for value in WRONG:
            try:
                kind(*([value] * (1 if kind is Policy else 2)))
            except harmless:
                pass


def test_one_thing_is_not_taken_for_another(things: Dict[str, Any], root: Truststore) -> None:
    authorizer = things["authorizer"]
    for name, thing in things.items():
        for method, right in (("put_crl", "crl"), ("set_policy", "policy"), ("remove_crl", "crl"),
                              ("set_truststore", "truststore"), ("authorize_again", "chain"),
                              ("set_intermediates", "chain"), ("authorize", "chain")):
            if name != right:
                with pytest.raises(TypeError):
                    getattr(authorizer, method)(thing)
        if name != "truststore":
            with pytest.raises(TypeError):
                Authorizer(thing, things["policy"])
        if name != "policy":
            with pytest.raises(TypeError):
                Authorizer(root, thing)
    assert authorizer.generation == 1


def test_one_enum_is_not_taken_for_another(things: Dict[str, Any]) -> None:
    calls: List[Callable[[], Any]] = [
        lambda: policy().set_revocation(mtlsauth.Depth.LEAF, mtlsauth.Evidence.CRL),
        lambda: Policy(revocation=mtlsauth.Depth.LEAF), lambda: Policy(mtlsauth.Evidence.CRL),
        lambda: Chain.parse(b"x", mtlsauth.Profile.ALB),
        lambda: things["truststore"].lint(mtlsauth.Alias.ALB),
        lambda: things["authorizer"].authorize(b"x", mtlsauth.Profile.STRICT)]
    for call in calls:
        with pytest.raises(TypeError, match="is needed, not"):
            call()


def test_no_copy_shares_a_handle(things: Dict[str, Any]) -> None:
    for thing in things.values():
        copiers: List[Any] = [copy.copy, copy.deepcopy, pickle.dumps]
        for copying in copiers:
            with pytest.raises(TypeError, match="cannot be copied"):
                copying(thing)


@pytest.mark.parametrize("kind", [Certificate, Chain, Truststore, Crl, OcspResponse])
def test_made_by_class_methods_only(kind: Any) -> None:
    for arguments in ((), (b"x",), ("x", "y")):
        with pytest.raises(TypeError, match="class methods: .*(parse|from_pem)"):
            kind(*arguments)
    hollow = kind.__new__(kind)
    assert hollow.closed
    with pytest.raises(ValueError, match="closed"):
        hollow._h  # pylint: disable=pointless-statement


def test_messages_say_what_is_wanted(authorizer: Authorizer, root: Truststore, data: Path) -> None:
    calls: List[Any] = [
        (lambda: authorizer.authorize(5),  # type: ignore[arg-type]
         "the client has to be a Chain, bytes, str or None, not int"),
        (lambda: authorizer.authorize(b"x", "ngnix"), "'ngnix' is not one of auto, .*, nginx-old"),
        (lambda: Crl.load_file(data / "root.crl", "root.pem", policy()),  # type: ignore[arg-type]
         "issuer has to be a Certificate or a Truststore, not str"),
        (lambda: policy(clock_skew="1"), "the skew has to be a timedelta or int, not str"),
        (lambda: policy(time="now"), "the time has to be a datetime or a number of seconds"),
        (lambda: Truststore.from_pem(None), "data has to be bytes or str"),  # type: ignore
        (lambda: root["x"], "the index has to be int, not str")]  # type: ignore[call-overload]
    for call, words in calls:
        with pytest.raises((TypeError, ValueError), match=words):
            call()


def test_huge_input(authorizer: Authorizer) -> None:
    huge = bytes(100 * 1024 * 1024)
    with pytest.raises(mtlsauth.LimitError):
        Chain.parse(huge, "pem")
    with pytest.raises(mtlsauth.LimitError):
        Truststore.from_pem(huge)
    with pytest.raises(mtlsauth.Error):
        OcspResponse.parse(huge)
    with pytest.raises(mtlsauth.Error):
        Crl.parse(huge, max_bytes=1024)
    assert authorizer.authorize(huge, "nginx").code is Code.DENY_LIMIT
    with pytest.raises(mtlsauth.Error):
        policy(allow=["dns:" + 10 ** 6 * "x"])
    with pytest.raises(mtlsauth.Error):
        policy(allow=[("x", ["dns:a.example"] * 1000)])


def test_error_says_which_call_failed(data: Path) -> None:
    """The sentence is of this call, whatever destructors and collections do meanwhile."""
    class Careless:
        """Fails a call of its own when it is collected."""

        def __init__(self) -> None:
            self.me = self

        def __del__(self) -> None:
            try:
                Certificate.parse(b"careless")
            except mtlsauth.Error:
                pass

    before = gc.get_threshold()
    gc.collect()
    gc.freeze()  # what is there by now need not be looked at again
    try:
        # A collection at the first allocation of the call, at the second, ...
        for number in range(1, 200):
            gc.collect()
            gc.disable()
            Careless()
            gc.set_threshold(gc.get_count()[0] + number, 1, 1)
            gc.enable()
            with pytest.raises(mtlsauth.FileError) as caught:
                Truststore.from_file(data / f"nothing-{number}.pem")
            assert f"nothing-{number}.pem" in caught.value.message
            assert caught.value.code is Code.ERR_IO
    finally:
        gc.enable()
        gc.set_threshold(*before)
        gc.unfreeze()


def test_handles_are_made_after_the_sentence_was_read(
        root: Truststore, data: Path, read: Callable[[str], bytes],
        monkeypatch: pytest.MonkeyPatch) -> None:
    """What runs while the object for a handle is made may fail a call of its own."""
    from mtlsauth import _authorizer, _base, _cert, _crl, _ocsp
    from mtlsauth._ffi import lib

    def careless(kind: Any) -> Any:
        class Careless(kind):  # type: ignore[misc]
            __slots__ = ()

            def __new__(cls, value: int) -> Any:
                with pytest.raises(mtlsauth.ParseError):
                    Certificate.parse(b"careless")
                return kind(value)

        return Careless

    authorizer = Authorizer(root, policy())
    denied = authorizer.authorize_der([b"nonsense"]).message
    cert, rules = Certificate.parse(read("two-names.pem")), policy(revocation="crl")
    crl = Crl.load_file(data / "root.crl", root, rules)
    for module, name in ((_cert, "ChainHandle"), (_crl, "CrlHandle"), (_ocsp, "ResultHandle"),
                         (_authorizer, "ReportHandle")):
        monkeypatch.setattr(module, name, careless(getattr(module, name)))
    with pytest.raises(mtlsauth.FileError, match="/nowhere"):
        _base.made(careless(_base.handle_of("truststore")), lib.truststore_load_file, b"/nowhere",
                   None)
    assert authorizer.authorize_der([b"nonsense"]).message == denied
    with pytest.raises(mtlsauth.ParseError) as caught:
        Chain.from_der([b"nonsense"])
    assert caught.value.message == denied
    with pytest.raises(mtlsauth.FileError, match="/nowhere"):
        Crl.load_file("/nowhere", root, rules)
    out = ctypes.c_void_p()
    for broken, call in (("authorizer_refresh", authorizer.refresh),
                         ("ocsp_check", lambda: OcspResponse._own(crl._h).check(
                             cert, root[0], rules))):
        monkeypatch.setattr(lib, broken, lambda *_: lib.truststore_load_file(
            ctypes.byref(out), b"/nowhere", None))
        with pytest.raises(mtlsauth.FileError, match="/nowhere"):
            call()


def test_exceptions_by_code() -> None:
    from mtlsauth import _errors
    failed = [code for code in Code if code < 0]
    assert set(_errors.CLASSES) == {int(code) for code in failed}
    for code in failed:
        raised = _errors.error(int(code))
        assert raised.code is code and type(raised) is _errors.CLASSES[int(code)]
        assert str(raised) == raised.message
        assert type(raised).__name__ in mtlsauth.__all__
    assert type(_errors.error(-4711)) is mtlsauth.Error
    assert issubclass(mtlsauth.ParseError, ValueError) and issubclass(mtlsauth.FileError, OSError)


def test_failed_call_leaves_the_authorizer_as_it_was(root: Truststore, read: Read) -> None:
    authorizer = Authorizer(root, policy())
    with pytest.raises(mtlsauth.ArgumentError):
        authorizer.set_policy(Policy())
    assert authorizer.generation == 1 and authorizer.authorize(read("two-names.pem"))


def test_decision_is_false_unless_allowed(authorizer: Authorizer, read: Read) -> None:
    decision = authorizer.authorize(read("expired.pem"))
    decision.close()
    assert not decision
    assert not Decision()
