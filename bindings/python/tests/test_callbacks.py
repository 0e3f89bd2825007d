# SPDX-License-Identifier: MIT
"""The clock of a policy: kept alive, and what it raises denies and comes out."""
import gc
import sys
import threading
import time
import weakref
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Callable, List

import pytest

import mtlsauth
from conftest import NOW, policy
from mtlsauth import Authorizer, Certificate, Chain, Code, Crl, Policy, Truststore
from mtlsauth._ffi import lib

Read = Callable[[str], bytes]


def test_clock(root: Truststore, read: Read) -> None:
    times: List[Any] = [NOW, NOW.timestamp() + 0.5, NOW + timedelta(days=20000)]
    authorizer = Authorizer(root, policy(clock=lambda: times.pop(0)))
    leaf = read("two-names.pem")
    assert authorizer.authorize(leaf) and authorizer.authorize(Chain.parse(leaf))
    assert authorizer.authorize(leaf).code is Code.DENY_EXPIRED
    assert times == []
    with pytest.raises(IndexError):
        authorizer.authorize(leaf)


class Broken(BaseException):
    pass


@pytest.mark.parametrize("returned, kind", [
    (Broken("here"), Broken), ("soon", TypeError), (None, TypeError), (1j, TypeError),
    (float("nan"), ValueError), (float("inf"), ValueError), (1e300, ValueError),
    (datetime(2024, 6, 1), ValueError), (2 ** 80, ValueError), (KeyboardInterrupt(),
                                                                KeyboardInterrupt)])
def test_broken_clock_decides_nothing(root: Truststore, read: Read, returned: Any,
                                      kind: type) -> None:
    def clock() -> Any:
        if isinstance(returned, BaseException):
            raise returned
        return returned

    rules = policy(clock=clock, revocation="off")
    rules.set_insecure_skip_time(True)
    authorizer = Authorizer(root, rules)
    leaf = Chain.parse(read("two-names.pem"))
    calls: List[Callable[[], Any]] = [
        lambda: authorizer.authorize(leaf), lambda: authorizer.authorize(read("two-names.pem")),
        lambda: authorizer.authorize_again(leaf),
        lambda: authorizer.authorize_der([leaf[0].der]),
        lambda: mtlsauth.verify_path(root, leaf, rules)]
    for call in calls:
        with pytest.raises(kind):
            call()
    # Nothing of it is left for the next call on this thread.
    assert Authorizer(root, policy()).authorize(leaf)


def test_broken_clock_of_the_statistics(root: Truststore, data: Path, read: Read) -> None:
    # The list that is put asks it once, whether what it follows is of the future.
    times: List[Any] = [NOW, NOW, Broken("here"), NOW, NOW]

    def clock() -> Any:
        now = times.pop(0)
        if isinstance(now, Broken):
            raise now
        return now

    authorizer = Authorizer(root, policy(clock=clock, revocation="crl"))
    authorizer.add_crl_file(data / "root.crl")
    assert authorizer.stats()["crls"][0]["age_seconds"] > 0
    with pytest.raises(Broken):
        authorizer.stats()
    assert authorizer.authorize(read("two-names.pem")) and authorizer.stats()["generation"] == 2


def at_entry(function: Callable[[], Any], raised: BaseException) -> Any:
    """What the function gives when something is raised before the first line of the first callback,
    as a signal handler does that Python runs there."""
    def profile(frame: Any, event: str, argument: Any) -> None:
        if event == "call" and frame.f_code.co_name in ("_tick", "_progress"):
            sys.setprofile(None)
            raise raised

    sys.setprofile(profile)
    try:
        return function()
    finally:
        sys.setprofile(None)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_clock_that_does_not_come_to_answer(root: Truststore, data: Path, read: Read) -> None:
    """ctypes forgets what was raised, and the library has some number for the time."""
    rules = policy(clock=lambda: NOW, revocation="crl")
    authorizer = Authorizer(root, rules)
    crl = Crl.load_file(data / "root.crl", root, rules)
    authorizer.put_crl(crl)
    leaf = Chain.parse(read("two-names.pem"))
    calls: List[Callable[[], Any]] = [
        lambda: authorizer.authorize(leaf), lambda: authorizer.authorize(read("expired.pem")),
        lambda: authorizer.authorize_again(leaf), lambda: authorizer.authorize_der([leaf[0].der]),
        lambda: mtlsauth.verify_path(root, leaf, rules), authorizer.stats,
        lambda: crl.check(leaf[0], root[0], rules)]
    for call in calls:
        with pytest.raises(mtlsauth.CancelledError, match="clock was interrupted"):
            at_entry(call, Broken())
        assert call() is not None
    for never_asked in (None, b"x"):
        assert not at_entry(lambda: authorizer.authorize(never_asked), Broken())  # pylint: disable=W0640
    # With another policy there may be no clock of ours to be asked.
    authorizer.set_policy(policy(revocation="crl"))
    assert authorizer.authorize(leaf) and authorizer.stats()
    authorizer.update(policy=rules)
    assert authorizer.authorize(leaf)
    with pytest.raises(mtlsauth.CancelledError):
        at_entry(lambda: authorizer.authorize(leaf), Broken())
    with pytest.raises(mtlsauth.ArgumentError):
        authorizer.set_policy(Policy())
    with pytest.raises(mtlsauth.CancelledError):
        at_entry(lambda: authorizer.authorize(leaf), Broken())


def test_policy_set_in_the_middle_of_another(root: Truststore, read: Read) -> None:
    """By a signal handler: whichever came last, its answers are believed."""
    authorizer = Authorizer(root, policy(clock=lambda: NOW))
    for outer, inner in ((policy(), policy(clock=lambda: NOW)),
                         (policy(clock=lambda: NOW), policy())):
        for before in (True, False):
            with authorizer._taking(outer) as rules:
                if before:
                    authorizer.set_policy(inner)
                assert lib.authorizer_set_policy(authorizer._h, rules) == 0
                if not before:
                    authorizer.set_policy(inner)
            assert authorizer.authorize(read("two-names.pem"))
    authorizer.set_policy(policy(clock=lambda: 1 // 0))
    with pytest.raises(ZeroDivisionError):
        authorizer.authorize(read("two-names.pem"))


def test_clock_without_stack(root: Truststore, read: Read) -> None:
    """At whatever depth, the answer is the right one, or there is none."""
    authorizer = Authorizer(root, policy(clock=lambda: NOW))
    leaf = Chain.parse(read("two-names.pem"))
    assert authorizer.authorize(leaf)

    def deep(levels: int) -> Any:
        return deep(levels - 1) if levels else authorizer.authorize(leaf)

    ends: "set[bool]" = set()
    for levels in range(sys.getrecursionlimit()):
        try:
            assert deep(levels)
            ends.add(True)
        except RecursionError:
            ends.add(False)
            if levels > sys.getrecursionlimit() - 20:
                break
    assert ends == {True, False}


def test_broken_clock_of_a_crl(root: Truststore, read: Read) -> None:
    crl = Crl.load(read("root.crl"), root, policy(revocation="crl"))
    cert = Certificate.parse(read("two-names.pem"))
    with pytest.raises(ZeroDivisionError):
        crl.check(cert, root[0], policy(clock=lambda: 1 // 0))


def test_clock_lives_as_long_as_it_may_be_asked(root: Truststore, read: Read) -> None:
    class Clock:
        def __call__(self) -> datetime:
            return NOW

    clock = Clock()
    gone = weakref.ref(clock)
    rules = policy(clock=clock)
    authorizer = Authorizer(root, rules)
    del clock, rules
    gc.collect()
    for _ in range(3):
        assert authorizer.authorize(read("two-names.pem"))
    authorizer.set_policy(policy())
    assert authorizer.authorize(read("two-names.pem"))
    del authorizer
    gc.collect()
    assert gone() is None


def test_refused_policies_take_no_clock_away(root: Truststore, read: Read) -> None:
    authorizer = Authorizer(root, policy(clock=lambda: NOW))
    for _ in range(100):
        refused = Policy(clock=lambda: NOW)  # says nothing of revocation
        with pytest.raises(mtlsauth.ArgumentError):
            authorizer.set_policy(refused)
        with pytest.raises(mtlsauth.ArgumentError):
            authorizer.update(root, refused)
    assert authorizer.authorize(read("two-names.pem")) and authorizer.generation == 1
    for _ in range(100):
        authorizer.set_policy(policy(clock=lambda: NOW))
    assert authorizer.authorize(read("two-names.pem"))


def test_clock_of_a_closed_policy(root: Truststore, read: Read) -> None:
    rules = policy(clock=lambda: NOW)
    authorizer = Authorizer(root, rules)
    rules.close()
    assert authorizer.authorize(read("two-names.pem"))


def test_clock_may_be_taken_away(root: Truststore, read: Read) -> None:
    rules = policy(clock=lambda: 1 // 0)
    rules.set_clock(None)
    assert Authorizer(root, rules).authorize(read("two-names.pem"))
    rules.set_clock(lambda: 1 // 0)
    rules.set_time(NOW)
    assert Authorizer(root, rules).authorize(read("two-names.pem"))


def test_clock_may_ask_the_library(root: Truststore, read: Read) -> None:
    inner = Authorizer(root, policy())
    leaf = read("two-names.pem")

    def clock() -> datetime:
        assert inner.authorize(leaf)
        with pytest.raises(mtlsauth.ParseError):
            Certificate.parse(b"x")
        return NOW

    assert Authorizer(root, policy(clock=clock)).authorize(leaf)


def test_policy_in_use_is_not_changed(root: Truststore, read: Read) -> None:
    entered, leave = threading.Event(), threading.Event()

    def clock() -> datetime:
        entered.set()
        assert leave.wait(30)
        return NOW

    rules = policy(clock=clock)
    leaf = Chain.parse(read("two-names.pem"))
    codes: List[Code] = []
    thread = threading.Thread(
        target=lambda: codes.append(mtlsauth.verify_path(root, leaf, rules).code))
    thread.start()
    assert entered.wait(30)
    try:
        with pytest.raises(RuntimeError, match="in use"):
            rules.block("dns:client.example.com")
        with pytest.raises(RuntimeError, match="in use"):
            rules.lint()
        # What is in use stays, whoever lets go of it.
        rules.close()
        leaf.close()
    finally:
        leave.set()
        thread.join()
    assert codes == [Code.OK]


def test_system_clock(root: Truststore, read: Read) -> None:
    authorizer = Authorizer(root, policy(clock=time.time))
    assert authorizer.authorize(read("expired.pem")).code is Code.DENY_EXPIRED
