# SPDX-License-Identifier: MIT
"""What is required of a path, of an identity and of its revocation status."""
import ctypes
import re
import threading
from contextlib import contextmanager
from typing import Any, Callable, Iterable, Iterator, List, Mapping, Optional, Sequence, Tuple, \
    Union

from ._base import Handle, Owner, copied, handle_of, made, wanted
from ._callbacks import TICK, Callback, ClockFunction, prepare
from ._cert import Limits, limits_handle
from ._codes import Depth, Evidence, Profile
from ._errors import check
from ._ffi import CLOCK, SHA256_LEN, lib
from ._truststore import Truststore
from ._values import Bytes, Seconds, Time, octets, seconds, seconds_of, switch, text, type_error, \
    unsigned

NO_CLOCK = CLOCK(0)
# What every matcher begins with, also where somebody writes it in capitals.
MATCHER_SHAPE = re.compile(r"!?[A-Za-z0-9-]+(\.[A-Za-z0-9.-]*)?:")
PolicyHandle = handle_of("policy")

Matchers = Union[str, Sequence[str]]
Rule = Union[str, Tuple[str, Matchers]]
Rules = Union[Iterable[Rule], Mapping[str, Matchers]]


def label_text(label: str, matchers: Sequence[str] = ()) -> bytes:
    """Not one that stands where a label was forgotten: as a label it would be no condition."""
    raw = text(label, "the label")
    if MATCHER_SHAPE.match(label) and label not in matchers:
        raise ValueError(f"the label {label!r} looks like a matcher: a label of your own comes "
                         "first, and then all that has to match")
    return raw


class Policy(Owner):
    """A profile, and what of it is set otherwise. Plain setters tighten; what loosens says so.

    allow   rules: a matcher ("dns:client.example.com"), which is its own label, or (label, matcher
            or list of matchers that must all hold); or a mapping of labels to them. A label that
            looks like a matcher is refused. Without a rule nobody is allowed; allow_any=True allows
            all for whom the truststore vouches
    block   matchers of clients that are denied before anything else is looked at

    It may be shared by threads while none changes it: a change while another thread uses it is a
    RuntimeError.
    """

    __slots__ = ("_clock", "_limits", "_mutex", "_profile", "_readers")

    def __init__(self, profile: Union[Profile, int, str] = Profile.API_GATEWAY, *,
                 allow: Rules = (), allow_any: Union[bool, str] = False,
                 block: Iterable[str] = (),
                 revocation: Union[Evidence, int, str, None] = None,
                 depth: Union[Depth, int, str] = Depth.LEAF,
                 time: Optional[Time] = None, clock: Optional[ClockFunction] = None,
                 clock_skew: Optional[Seconds] = None, limits: Optional[Limits] = None,
                 max_ca_certificates: Optional[int] = None, required_eku: Optional[str] = None,
                 partial_chain: Optional[bool] = None, crl_max_age: Optional[Seconds] = None,
                 ocsp_max_age: Optional[Seconds] = None) -> None:
        self._mutex = threading.RLock()
        self._readers = 0
        self._clock: Optional[Callback] = None
        self._limits: Optional[Handle] = None
        self._profile = Profile.take(profile)
        self._h = made(PolicyHandle, lib.policy_new, self._profile)
        if time is not None and clock is not None:
            raise ValueError("a time or a clock, not both")
        for setter, value in ((self.set_time, time), (self.set_clock, clock),
                              (self.set_clock_skew, clock_skew), (self.set_limits, limits),
                              (self.set_max_ca_certificates, max_ca_certificates),
                              (self.set_required_eku, required_eku),
                              (self.set_partial_chain, partial_chain),
                              (self.set_crl_max_age, crl_max_age),
                              (self.set_ocsp_max_age, ocsp_max_age)):
            if value is not None:
                setter(value)  # type: ignore[operator]
        if revocation is not None:
            self.set_revocation(revocation, depth)
        elif Depth.take(depth) is not Depth.LEAF:
            raise ValueError("depth says of which certificates revocation is asked: say that, too")
        if isinstance(block, str):
            raise type_error("block", "a list of matchers", block)
        for matcher in block:
            self.block(matcher)
        self._add_rules(allow)
        if allow_any is not False:
            self.allow_any("any" if allow_any is True else allow_any)

    def _add_rules(self, rules: Rules) -> None:
        if isinstance(rules, str):
            raise type_error("allow", "a list of rules", rules)
        listed: Iterable[Rule] = rules.items() if isinstance(rules, Mapping) else rules
        for number, rule in enumerate(listed, 1):
            if isinstance(rule, str):
                fits = rule.isascii() and rule.isprintable() and len(rule) <= 255
                self.allow(rule if fits else f"rule {number}", rule)
            elif isinstance(rule, tuple) and len(rule) == 2:
                matchers = (rule[1],) if isinstance(rule[1], str) else tuple(rule[1])
                self.allow(rule[0], *matchers)
            else:
                raise type_error("a rule", "a matcher or (label, matchers)", rule)

    @contextmanager
    def _reading(self) -> Iterator[Handle]:
        """The handle, while nobody may change what it stands for."""
        with self._mutex:
            self._readers += 1
        try:
            yield self._h
        finally:
            with self._mutex:
                self._readers -= 1

    @contextmanager
    def _asking(self) -> Iterator[Tuple[Handle, Optional[int]]]:
        """The same for a call that asks the clock, with ticks for raise_pending."""
        with self._reading() as rules:
            yield rules, None if self._clock is None else prepare()

    def _set(self, function: Callable[..., int], *arguments: Any) -> None:
        with self._mutex:
            if self._readers:
                raise RuntimeError("the policy is in use by another thread: make a new one")
            check(function(self._h, *arguments))

    def allow(self, label: str, *matchers: str) -> None:
        """Allows a client for which all of the matchers hold; tried in order. The label is what the
        decision says of the rule; one that looks like a matcher, and is none of these, is refused."""
        raw = [text(matcher, "a matcher") for matcher in matchers]
        array = (ctypes.c_char_p * len(raw))(*raw)
        self._set(lib.policy_allow, label_text(label, matchers), array, len(raw))

    def allow_rfc8705(self, label: str, member: str, value: str) -> None:
        """The same for the metadata of an OAuth client: tls_client_auth_san_dns and the like."""
        self._set(lib.policy_allow_rfc8705, text(label, "the label"), text(member, "the member"),
                  text(value, "the value"))

    def allow_any(self, label: str = "any") -> None:
        """Allows every client for whom the truststore vouches."""
        self._set(lib.policy_allow_any, label_text(label))

    def block(self, matcher: str) -> None:
        """Denies a client for which it holds, before anything else is looked at."""
        self._set(lib.policy_block, text(matcher, "a matcher"))

    def set_revocation(self, evidence: Union[Evidence, int, str],
                       depth: Union[Depth, int, str] = Depth.LEAF) -> None:
        """What has to say that a certificate is not revoked. It has to be said, OFF too."""
        self._set(lib.policy_set_revocation, Evidence.take(evidence), Depth.take(depth))

    def set_revocation_for_issuer(self, spki_sha256: Bytes,
                                  evidence: Union[Evidence, int, str]) -> None:
        """The same for what one key has issued: Certificate.spki_sha256 of its certificate."""
        key = octets(spki_sha256, "the digest of the key")
        if len(key) != SHA256_LEN:
            raise ValueError(f"the digest of the key has {SHA256_LEN} bytes, not {len(key)}")
        self._set(lib.policy_set_revocation_for_issuer, key, Evidence.take(evidence))

    def set_crl_max_age(self, age: Seconds) -> None:
        """A CRL is stale so long after its thisUpdate, whatever its nextUpdate says."""
        self._set(lib.policy_set_crl_max_age, seconds(age, "the age"))

    def set_ocsp_max_age(self, age: Seconds) -> None:
        """The same for an OCSP response."""
        self._set(lib.policy_set_ocsp_max_age, seconds(age, "the age"))

    def set_clock(self, clock: Optional[ClockFunction]) -> None:
        """Where the time comes from, asked once a decision, or another call that looks at the time,
        by the thread that makes it: a function that returns seconds since 1970, as time.time does,
        or a datetime with a zone. None: the system's. What it raises comes out of the call that
        asked, which decides nothing then; a CancelledError does where a signal handler raised just
        before the clock began."""
        held = None if clock is None else Callback(clock, "the clock")
        with self._mutex:
            if held is None:
                self._set(lib.policy_set_clock, NO_CLOCK, None)
            else:
                self._set(lib.policy_set_clock, TICK, held.number)
            self._clock = held

    def set_time(self, time: Time) -> None:
        """A fixed time."""
        with self._mutex:
            self._set(lib.policy_set_time, seconds_of(time, "the time"))
            self._clock = None

    def set_clock_skew(self, skew: Seconds) -> None:
        """How far clocks may be apart, an hour at most. It loosens by that much."""
        self._set(lib.policy_set_clock_skew, seconds(skew, "the skew"))

    def set_limits(self, limits: Optional[Limits]) -> None:
        """Within which an Authorizer reads chains, the defaults where none are said; what is in DER
        already it does not read, and denies over them."""
        handle = limits_handle(limits)
        with self._mutex:
            self._set(lib.policy_set_limits, handle)
            self._limits = handle

    def set_budget(self, signatures: int, steps: int, names: int) -> None:
        """What one path may cost."""
        self._set(lib.policy_set_budget, unsigned(signatures, "signatures"),
                  unsigned(steps, "steps"), unsigned(names, "names"))

    def set_max_ca_certificates(self, count: int) -> None:
        """How many CA certificates a path may have; more than the profile's is refused."""
        self._set(lib.policy_set_max_ca_certificates, unsigned(count, "the count"))

    def set_min_rsa_bits(self, bits: int) -> None:
        """The shortest RSA key that is taken."""
        self._set(lib.policy_set_min_rsa_bits, unsigned(bits, "bits"))

    def set_min_ec_bits(self, bits: int) -> None:
        """The shortest EC key that is taken."""
        self._set(lib.policy_set_min_ec_bits, unsigned(bits, "bits"))

    def set_min_hash_bits(self, bits: int) -> None:
        """The weakest digest that a signature may have, by its strength in bits."""
        self._set(lib.policy_set_min_hash_bits, unsigned(bits, "bits"))

    def set_required_eku(self, oid: str) -> None:
        """The extended key usage that a certificate must allow, dotted; clientAuth unless set."""
        self._set(lib.policy_set_required_eku, text(oid, "the OID"))

    def set_partial_chain(self, on: bool) -> None:
        """Is every certificate of the truststore an anchor?"""
        self._set(lib.policy_set_partial_chain, switch(on, "partial chain"))

    def require_certificate_policy(self, oid: str) -> None:
        """Adds to the user-initial-policy-set of RFC 5280 6.1.1, and turns explicit policy on: a path
        that states no policy is denied."""
        self._set(lib.policy_require_certificate_policy, text(oid, "the OID"))

    def set_explicit_policy(self, on: bool) -> None:
        """initial-explicit-policy of RFC 5280 6.1.1. False takes back what require_certificate_policy
        has turned on, and nothing else."""
        self._set(lib.policy_set_explicit_policy, switch(on, "explicit policy"))

    def set_inhibit_mapping(self, on: bool) -> None:
        """initial-policy-mapping-inhibit of RFC 5280 6.1.1."""
        self._set(lib.policy_set_inhibit_mapping, switch(on, "inhibit mapping"))

    def set_inhibit_any_policy(self, on: bool) -> None:
        """initial-any-policy-inhibit of RFC 5280 6.1.1."""
        self._set(lib.policy_set_inhibit_any_policy, switch(on, "inhibit any policy"))

    def set_insecure_min_rsa_bits(self, bits: int) -> None:
        """Shorter RSA keys than the profile takes."""
        self._set(lib.policy_set_insecure_min_rsa_bits, unsigned(bits, "bits"))

    def set_insecure_min_ec_bits(self, bits: int) -> None:
        """Shorter EC keys than the profile takes."""
        self._set(lib.policy_set_insecure_min_ec_bits, unsigned(bits, "bits"))

    def set_insecure_min_hash_bits(self, bits: int) -> None:
        """Weaker digests than the profile takes."""
        self._set(lib.policy_set_insecure_min_hash_bits, unsigned(bits, "bits"))

    def set_insecure_certificate_wildcards(self, on: bool) -> None:
        """Does a wildcard dNSName of a certificate match one label?"""
        self._set(lib.policy_set_insecure_certificate_wildcards, switch(on, "wildcards"))

    def set_insecure_skip_time(self, on: bool) -> None:
        """Are notBefore and notAfter left out?"""
        self._set(lib.policy_set_insecure_skip_time, switch(on, "skip time"))

    def set_insecure_revocation_grace(self, grace: Seconds) -> None:
        """Revocation data still counts so long after its nextUpdate."""
        self._set(lib.policy_set_insecure_revocation_grace, seconds(grace, "the grace"))

    def set_insecure_allow_unknown_revocation(self, on: bool) -> None:
        """Is a client allowed of whom no revocation data speaks? Stale data denies as before."""
        self._set(lib.policy_set_insecure_allow_unknown_revocation, switch(on, "allow unknown"))

    def set_insecure_crl_without_number(self, on: bool) -> None:
        """Is a CRL without cRLNumber taken? Nothing tells an older one from a newer one then."""
        self._set(lib.policy_set_insecure_crl_without_number, switch(on, "without number"))

    def set_insecure_max_ca_certificates(self, count: int) -> None:
        """More CA certificates in a path than the profile takes."""
        self._set(lib.policy_set_insecure_max_ca_certificates, unsigned(count, "the count"))

    def lint(self, truststore: Optional[Truststore] = None) -> List[str]:
        """Warnings about the rules."""
        store = None if truststore is None else wanted(truststore, Truststore, "truststore")._h
        with self._mutex:
            if self._readers:
                raise RuntimeError("the policy is in use by another thread: make a new one")
            return copied(lib.policy_lint(self._h, store)).splitlines()

    def __repr__(self) -> str:
        return "<Policy closed>" if self.closed else f"<Policy {self._profile}>"
