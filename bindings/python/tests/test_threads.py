# SPDX-License-Identifier: MIT
"""Many threads on one authorizer, writers among them, and memory that stays flat."""
import base64
import gc
import json
import operator
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any, Callable, Dict, List, Tuple

import pytest

import mtlsauth
from conftest import NOW, ROOT, SANITIZED, policy
from mtlsauth import Authorizer, Certificate, Chain, Code, Crl, Decision, OcspRequest, \
    OcspResponse, Policy, Truststore

Read = Callable[[str], bytes]


def run(*workers: Callable[[], None]) -> None:
    failures: List[BaseException] = []

    def guarded(worker: Callable[[], None]) -> None:
        try:
            worker()
        except BaseException as raised:  # pylint: disable=broad-except
            failures.append(raised)

    threads = [threading.Thread(target=guarded, args=(worker,)) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures


def test_readers_and_writers(root: Truststore, data: Path, read: Read) -> None:
    rules = policy(revocation="crl")
    authorizer = Authorizer(root, rules)
    lists = [Crl.load_file(data / name, root, rules) for name in ("root.crl", "root-newer.crl")]
    authorizer.put_crl(lists[0])
    expected = {"two-names.pem": Code.OK, "revoked.pem": Code.DENY_REVOKED,
                "uri.pem": Code.DENY_IDENTITY}
    texts = {name: read(name) for name in expected}
    done = threading.Event()

    def reader() -> None:
        kept: List[Any] = []
        for _ in range(60):
            for name, code in expected.items():
                decision = authorizer.authorize(texts[name], "pem")
                assert decision.code is code and bool(decision) is (code == 0)
                kept.append((decision, decision.message))
                kept[:] = kept[-5:]
                assert all(old.message == message for old, message in kept)
        done.set()

    def writer() -> None:
        authorizer.put_crl(lists[1])
        while not done.is_set():
            authorizer.set_policy(rules)
            authorizer.set_truststore(root)
            authorizer.set_intermediates(None)

    run(reader, reader, reader, reader, writer)


def test_close_on_another_thread(root: Truststore, read: Read) -> None:
    """A call under way ends well; a later one says that the object is closed."""
    for _ in range(20):
        authorizer = Authorizer(root, policy())
        chain = Chain.parse(read("two-names.pem"))
        begin = threading.Barrier(3)

        def asks() -> None:
            begin.wait()
            for _ in range(20):
                try:
                    assert authorizer.authorize(chain)  # pylint: disable=cell-var-from-loop
                except ValueError as closed:
                    assert "closed" in str(closed)

        def closes() -> None:
            begin.wait()
            chain.close()  # pylint: disable=cell-var-from-loop
            authorizer.close()  # pylint: disable=cell-var-from-loop

        run(asks, asks, closes)


Say = Callable[[Any], Any]


def kinds(root: Truststore, data: Path,
          read: Read) -> "Dict[str, Tuple[Callable[[], Any], Dict[str, Say]]]":
    """How a thing of each kind is made, and what it is asked beside its properties."""
    case = json.loads((ROOT / "tests/conformance/ocsp/own.json").read_text())["testcases"][0]
    der, pem, lists, key = (read(name) for name in
                            ("two-names.der", "chain.pem", "root.crl", "two-names.key"))
    answer = base64.b64decode("".join(case["ocsp_response"].splitlines()[1:-1]))
    cert, issuer = Certificate.parse(case["certificate"]), Certificate.parse(case["issuer"])
    authorizer, rules = Authorizer(root, policy()), policy(revocation="crl")
    unknown = Authorizer(root, policy(revocation="ocsp"))
    return {
        "certificate": (lambda: Certificate.parse(der), {"key": lambda c: c.match_key(key),
                                                         "equal": lambda c: c == cert}),
        "chain": (lambda: Chain.parse(pem), {"all": list, "last": lambda chain: chain[-1]}),
        "truststore": (lambda: Truststore.from_file(data / "root.pem"),
                       {"all": list, "lint": lambda store: store.lint(now=NOW).json}),
        "crl": (lambda: Crl.load(lists, root, rules), {
            "all": list, "in": lambda crl: [serial in crl for serial in range(5)],
            "check": lambda crl: crl.check(cert, root[0], rules).status}),
        "decision": (lambda: authorizer.authorize(pem), {"urls": lambda d: d.crl_urls()}),
        "denial": (lambda: unknown.authorize(der), {
            "request": lambda d: d.ocsp_request()[0].der}),
        "policy": (lambda: policy(allow=["subject.CN:x"]), {
            "lint": lambda rules: rules.lint(root),
            "path": lambda rules: mtlsauth.verify_path(root, Chain.parse(pem), rules).code}),
        "request": (lambda: OcspRequest(cert, issuer), {
            "url": lambda request: request.url("http://x.example/")}),
        "response": (lambda: OcspResponse.parse(answer), {"check": lambda response: response.check(
            cert, issuer, Policy("strict", time=case["verify_time_unix"]))}),
        "authorizer": (lambda: Authorizer(root, policy()), {
            "authorize": lambda authorizer: authorizer.authorize(pem).identity,
            "der": lambda authorizer: authorizer.authorize_der([der]).path,
            "stats": lambda authorizer: sorted(authorizer.stats()),
            "refresh": lambda authorizer: authorizer.refresh().changed}),
    }


def at_step(number: int, function: Callable[[], Any], act: Callable[[], None]) -> Any:
    """What the function gives when something is done before its number-th step inside of the
    package, where another thread could have done it; and whether there was such a step."""
    package, left = os.path.dirname(mtlsauth.__file__), number

    def tracer(frame: Any, event: str, argument: Any) -> Any:
        nonlocal left
        if not frame.f_code.co_filename.startswith(package):
            return None
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        if event == "opcode":
            if left == 0:
                act()
            left -= 1
        return tracer

    before = sys.gettrace()
    sys.settrace(tracer)
    try:
        return function(), left < 0
    except ValueError as closed:
        assert "closed" in str(closed)
        return None, left < 0
    finally:
        sys.settrace(before)


@pytest.mark.parametrize("kind", ["certificate", "chain", "truststore", "crl", "decision", "denial",
                                  "policy", "request", "response", "authorizer"])
def test_closed_at_each_step(kind: str, root: Truststore, data: Path, read: Read) -> None:
    """What a call has found is not freed before it is copied."""
    make, others = kinds(root, data, read)[kind]
    with make() as sample:
        questions: Dict[str, Say] = {
            name: operator.attrgetter(name) for name in dir(type(sample))
            if isinstance(getattr(type(sample), name), property) and name != "closed"}
        questions.update(others)
        expected = {name: repr(ask(sample)) for name, ask in questions.items()}
    steps = 0
    for name, ask in questions.items():
        number, more = 0, True
        while more:
            thing = make()

            def close() -> None:
                thing.close()  # pylint: disable=cell-var-from-loop
                make().close()  # memory that was freed is written to

            said, more = at_step(number, lambda: repr(ask(thing)), close)  # pylint: disable=W0640
            assert said in (None, expected[name]), name
            number += 3 if SANITIZED else 1
        steps += number
    assert steps > 5 * len(questions)


class Cycle:
    """Uses a thing when the collector finds it, in whatever order it goes."""

    def __init__(self, thing: Any, ask: Say, said: "List[Any]") -> None:
        self.me, self.thing, self.ask, self.said = self, thing, ask, said

    def __del__(self) -> None:
        self.said.append(self.ask(self.thing))


@pytest.mark.parametrize("kind", ["certificate", "chain", "truststore", "crl", "decision", "denial",
                                  "policy", "request", "response", "authorizer"])
def test_collected_in_a_cycle(kind: str, root: Truststore, data: Path, read: Read) -> None:
    """Nothing is freed, or filled again, while another finaliser of the cycle can use it."""
    make, _ = kinds(root, data, read)[kind]
    asks: Dict[str, Say] = {
        "certificate": lambda cert: cert.sha256_hex, "decision": lambda decision: decision.json,
        "denial": lambda denial: denial.ocsp_request()[0].der, "crl": list, "chain": len,
        "truststore": lambda store: store.sha256_hex, "policy": lambda rules: rules.lint(root),
        "request": lambda request: request.der, "response": lambda response: response.der,
        "authorizer": lambda authorizer: authorizer.authorize(read("two-names.pem")).json}
    ask, said = asks[kind], []  # type: Say, List[Any]
    expected, bystanders = ask(make()), []
    gc.collect()
    gc.freeze()  # what is there by now need not be looked at again
    try:
        for _ in range(5):
            for _ in range(5):
                Cycle(make(), ask, said)
            gc.collect()
            # What was left behind is in use again.
            bystanders = [make() for _ in range(20)]
            assert all(repr(ask(thing)) == repr(expected) for thing in bystanders)
    finally:
        gc.unfreeze()
    assert len(said) == 25 and all(repr(word) == repr(expected) for word in said)


def test_signal_handler_reads_the_same(root: Truststore, read: Read) -> None:
    """In the middle of it: no thread waits for itself, nor reads what the handler has replaced."""
    rules = policy(allow=["subject.CN:x", "dns:client.example.com"])
    decision = Authorizer(root, rules).authorize(read("two-names.pem"))
    heard: "set[str]" = set()
    often = 0

    def say() -> str:
        return decision.json + "\n".join(rules.lint(root))

    def handler(number: int, frame: Any) -> None:
        nonlocal often
        often += 1
        try:
            heard.add(say())
        except RuntimeError as busy:
            heard.add(str(busy))

    expected = say()
    before = signal.signal(signal.SIGALRM, handler)
    try:
        for number in range(200):
            # One after the other: a handler that is slower than its timer would never end.
            wanted = often + 1
            signal.setitimer(signal.ITIMER_REAL, 0.0001 + number * 1e-6)
            while often < wanted:
                assert say() == expected
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert expected in heard and all(word == expected or "in use" in word for word in heard)


def test_one_decision_read_by_many(authorizer: Authorizer, read: Read) -> None:
    decision = authorizer.authorize(read("two-names.pem"))
    before = decision.json

    def reads() -> None:
        for _ in range(200):
            assert decision.json == before and decision.identity == "dns:client.example.com"
            assert len(decision.path) == 2

    run(reads, reads, reads)


def test_errors_belong_to_their_thread(data: Path) -> None:
    def fails(number: int) -> Callable[[], None]:
        def worker() -> None:
            for _ in range(200):
                with pytest.raises(mtlsauth.FileError) as caught:
                    Truststore.from_file(data / f"nothing-{number}")
                assert f"nothing-{number}" in str(caught.value)
        return worker

    run(*(fails(number) for number in range(4)))


def resident() -> int:
    """Kilobytes of memory that the process has."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024


@pytest.mark.skipif(SANITIZED, reason="a sanitizer keeps what was freed")
def test_memory_stays_flat(root: Truststore, data: Path, read: Read) -> None:
    authorizer = Authorizer(root, policy(clock=lambda: 1717200000))
    rules = policy(revocation="crl")
    crl = Crl.load_file(data / "root.crl", root, rules)
    header, pem, der, lists = (read("header.nginx"), read("chain.pem"), read("two-names.der"),
                               read("root.crl"))
    kept: List[Decision] = []

    def denied() -> None:
        assert not authorizer.authorize(b"x" * 50, "pem")

    chain = Chain.parse(pem)

    def cheap() -> None:
        cert = Certificate.parse(der)
        assert cert.san and cert.serial_number not in crl
        denied()
        decision = authorizer.authorize(chain)
        assert decision.code is Code.OK and decision.identity and authorizer.generation

    def fails() -> None:
        try:
            Certificate.parse(b"no certificate")
        except mtlsauth.ParseError as error:
            assert error.message

    def dear() -> None:
        decision = authorizer.authorize(header, "nginx")
        assert decision and decision.path[0].subject and decision.to_dict()
        kept.append(decision)
        del kept[:-100]
        assert Chain.parse(pem)[1].is_ca
        Crl.parse(lists, progress=lambda done, total: None).close()
        Authorizer(root, policy(clock=lambda: 1717200000)).close()
        assert root.lint(now=1717200000).json

    for step, cycles in ((cheap, 100000), (fails, 100000), (dear, 3000)):
        for _ in range(cycles // 10):
            step()
        before = resident()
        for _ in range(cycles):
            step()
        grown = resident() - before
        assert grown < 1024, f"{grown} KiB more after {cycles} cycles of {step.__name__}"
