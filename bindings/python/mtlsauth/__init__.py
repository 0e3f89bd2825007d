# SPDX-License-Identifier: MIT
"""May this mTLS client in, and if not, why not? Bindings of libmtlsauth, through ctypes.

    import mtlsauth

    truststore = mtlsauth.Truststore.from_file("truststore.pem")
    policy = mtlsauth.Policy(allow=["dns:client.example.com"], revocation="off")
    decision = mtlsauth.Authorizer(truststore, policy).authorize(header, format="nginx")
    print("in" if decision else decision.message)

Objects may be used from any thread. Only a Policy, while it is changed, belongs to one thread.
"""
import ctypes as _ctypes

from . import _ffi
from ._authorizer import Authorizer, Refresh, accept_rollback, verify_path
from ._base import utf8 as _utf8
from ._cert import Certificate, Chain, Limits, San
from ._codes import Alias, Check, Code, CrlReason, CrlScope, CrlStatus, Depth, Evidence, Format, \
    Lint, OcspFlag, OcspStatus, Profile, SanType, Severity
from ._crl import Crl, CrlEntry, CrlResult, reason_name
from ._decision import Decision
from ._errors import ArgumentError, CancelledError, CryptoError, Error, FileError, LimitError, \
    MismatchError, NoMemoryError, NotFoundError, ParseError, RollbackError, ScopeError, \
    SignatureError, StaleError, UnsupportedError
from ._errors import check as _check
from ._ocsp import OcspEntry, OcspRequest, OcspResponse, OcspResult
from ._policy import Policy
from ._truststore import Finding, Report, Truststore
from ._values import integer as _integer
from ._values import text as _text

__version__ = ".".join(map(str, _ffi.VERSION))

__all__ = [
    "Alias", "ArgumentError", "Authorizer", "CancelledError", "Certificate", "Chain", "Check",
    "Code", "Crl", "CrlEntry", "CrlReason", "CrlResult", "CrlScope", "CrlStatus", "CryptoError",
    "Decision", "Depth", "Error", "Evidence", "FileError", "Finding", "Format", "LimitError",
    "Limits", "Lint", "MismatchError", "NoMemoryError", "NotFoundError", "OcspEntry", "OcspFlag",
    "OcspRequest", "OcspResponse", "OcspResult", "OcspStatus", "ParseError", "Policy", "Profile",
    "Refresh", "Report", "RollbackError", "San", "SanType", "ScopeError", "Severity",
    "SignatureError", "StaleError", "Truststore", "UnsupportedError", "accept_rollback",
    "code_from_name", "crypto_version", "library_version", "lint_name", "reason_name",
    "verify_path",
]


def library_version() -> str:
    """The version of the library that is running."""
    return _utf8(_ffi.lib.version())


def crypto_version() -> str:
    """The libcrypto that is running, as it names itself."""
    return _utf8(_ffi.lib.crypto_version())


def code_from_name(name: str) -> Code:
    """The code of a name as C has it, "MTLSAUTH_DENY_REVOKED"; NotFoundError for another."""
    code = _ctypes.c_int()
    _check(_ffi.lib.code_from_name(_text(name, "the name"), _ctypes.byref(code)))
    return Code.of(code.value)


def lint_name(code: int) -> str:
    """The name of a lint code, "EXPIRES_SOON"."""
    return _utf8(_ffi.lib.lint_name(_integer(code, "the code", -2 ** 31, 2 ** 31 - 1)))


# Exceptions and classes by the name under which they are imported.
for _name in __all__:
    if isinstance(globals()[_name], type):
        globals()[_name].__module__ = __name__
