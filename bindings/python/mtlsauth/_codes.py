# SPDX-License-Identifier: MIT
# Made by tools/make_codes.py from tests/codes.txt: not to be edited.
"""The constants of the library, by the names that its headers give them."""
from enum import IntFlag

from ._enum import CodeEnum, NumberEnum


class SanType(NumberEnum):
    """enum mtlsauth_san_type"""

    DNS = 1
    URI = 2
    IP = 3
    EMAIL = 4
    UPN = 5
    DIRNAME = 6
    RID = 7
    OTHER = 8


class Format(NumberEnum):
    """enum mtlsauth_format"""

    AUTO = 0
    PEM = 1
    DER = 2
    NGINX = 3
    NGINX_OLD = 4
    ALB = 5
    HAPROXY = 6
    TRAEFIK = 7
    RFC9440 = 8
    XFCC = 9


class Check(IntFlag):
    """enum mtlsauth_check"""

    BLOCK_LIST = 1
    PATH = 2
    ALGORITHMS = 4
    TIME = 8
    USAGE = 16
    IDENTITY = 32
    REVOCATION = 64


class Code(CodeEnum):
    """enum mtlsauth_code"""

    OK = 0
    ERR_ARGUMENT = -1
    ERR_NOMEM = -2
    ERR_IO = -3
    ERR_PARSE = -4
    ERR_LIMIT = -5
    ERR_SIGNATURE = -6
    ERR_STALE = -7
    ERR_ROLLBACK = -8
    ERR_SCOPE = -9
    ERR_UNSUPPORTED = -10
    ERR_NOT_FOUND = -11
    ERR_MISMATCH = -12
    ERR_CRYPTO = -13
    ERR_CANCELLED = -14
    DENY_NO_CERTIFICATE = 1
    DENY_MALFORMED = 2
    DENY_BLOCKED = 3
    DENY_ISSUER_NOT_FOUND = 4
    DENY_SELF_SIGNED = 5
    DENY_UNTRUSTED_ROOT = 6
    DENY_BAD_SIGNATURE = 7
    DENY_WEAK_SIGNATURE = 8
    DENY_WEAK_KEY = 9
    DENY_NOT_YET_VALID = 10
    DENY_EXPIRED = 11
    DENY_CHAIN_TOO_LONG = 12
    DENY_NOT_A_CA = 13
    DENY_PATH_LENGTH = 14
    DENY_NAME_CONSTRAINTS = 15
    DENY_KEY_USAGE = 16
    DENY_EXTENDED_KEY_USAGE = 17
    DENY_CRITICAL_EXTENSION = 18
    DENY_CERTIFICATE_POLICY = 19
    DENY_PROFILE = 20
    DENY_BAD_NAME = 21
    DENY_LIMIT = 22
    DENY_BUDGET = 23
    DENY_IDENTITY = 24
    DENY_REVOKED = 25
    DENY_REVOCATION_UNKNOWN = 26
    DENY_REVOCATION_STALE = 27
    DENY_INTERNAL = 28
    DENY_NOT_EVALUATED = 29


class Alias(NumberEnum):
    """enum mtlsauth_alias"""

    API_GATEWAY = 1
    ALB = 2


class Profile(NumberEnum):
    """enum mtlsauth_profile"""

    API_GATEWAY = 1
    ALB = 2
    STRICT = 3


class Evidence(NumberEnum):
    """enum mtlsauth_evidence"""

    OFF = 1
    CRL = 2
    OCSP = 3
    CRL_OR_OCSP = 4
    CRL_AND_OCSP = 5


class Depth(NumberEnum):
    """enum mtlsauth_depth"""

    LEAF = 1
    CHAIN = 2


class Severity(NumberEnum):
    """enum mtlsauth_severity"""

    INFO = 1
    WARNING = 2
    ERROR = 3


class Lint(NumberEnum):
    """enum mtlsauth_lint"""

    EXPIRED = 1
    NOT_YET_VALID = 2
    EXPIRES_SOON = 3
    NOT_A_CA = 4
    KEY_CERT_SIGN_MISSING = 5
    WEAK_KEY = 6
    WEAK_SIGNATURE = 7
    CURVE = 8
    VERSION = 9
    DUPLICATE = 10
    SAME_SUBJECT = 11
    ISSUER_MISSING = 12
    PATH_TOO_LONG = 13
    PATH_LENGTH = 14
    SERIAL = 15
    LIMIT = 16
    PRIVATE_KEY = 17
    OTHER_BLOCK = 18
    TRAILING_TEXT = 19
    BAD_SIGNATURE = 20
    PROFILE = 21
    BAD_NAME = 22
    NOT_LOADED = 23
    ROLLBACK = 24
    REMOVED = 25


class CrlReason(NumberEnum):
    """enum mtlsauth_crl_reason"""

    NONE = -1
    UNSPECIFIED = 0
    KEY_COMPROMISE = 1
    CA_COMPROMISE = 2
    AFFILIATION_CHANGED = 3
    SUPERSEDED = 4
    CESSATION_OF_OPERATION = 5
    CERTIFICATE_HOLD = 6
    REMOVE_FROM_CRL = 8
    PRIVILEGE_WITHDRAWN = 9
    AA_COMPROMISE = 10


class CrlStatus(NumberEnum):
    """enum mtlsauth_crl_status"""

    GOOD = 1
    REVOKED = 2
    UNKNOWN = 3
    STALE = 4


class CrlScope(IntFlag):
    """enum mtlsauth_crl_scope_bit"""

    USER = 1
    CA = 2
    ATTRIBUTE = 4
    INDIRECT = 8
    REASONS = 16
    POINT = 32
    DELTA = 64


class OcspStatus(NumberEnum):
    """enum mtlsauth_ocsp_status"""

    GOOD = 1
    REVOKED = 2
    UNKNOWN = 3


class OcspFlag(IntFlag):
    """enum mtlsauth_ocsp_flag"""

    SHA256 = 1
    NONCE = 2
    NONCE_REQUIRED = 4


class UpdateFlag(IntFlag):
    """enum mtlsauth_update_flag"""

    NO_INTERMEDIATES = 1
