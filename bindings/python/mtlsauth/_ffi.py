# SPDX-License-Identifier: MIT
"""The shared object, and what each of its functions takes and gives."""
import ctypes
import os
from typing import Any, Dict, Tuple, cast

# What this package was written for: checked against the library when it is loaded.
VERSION = (1, 0, 0)
SONAME = "libmtlsauth.so.1"

NO_TIME = -(2 ** 63)
SHA256_LEN = 32
OCSP_URL_LEN = 256
CRL_MAX_SERIAL = 64

INT, UINT, SIZE = ctypes.c_int, ctypes.c_uint, ctypes.c_size_t
INT64, UINT64 = ctypes.c_int64, ctypes.c_uint64
TEXT, PTR = ctypes.c_char_p, ctypes.c_void_p
INT_OUT, SIZE_OUT, INT64_OUT = ctypes.POINTER(INT), ctypes.POINTER(SIZE), ctypes.POINTER(INT64)
TEXT_OUT, PTR_OUT = ctypes.POINTER(TEXT), ctypes.POINTER(PTR)
CLOCK = ctypes.CFUNCTYPE(INT64, PTR)
PROGRESS = ctypes.CFUNCTYPE(INT, UINT64, UINT64, PTR)

# A result that has to be looked at: an int, a code. These calls let other threads run meanwhile.
# The others are getters, shorter than it takes to hand the interpreter over.
CHECKED = "checked"

# (name, types of the arguments, type of the result), in the order of the headers.
FUNCTIONS: Tuple[Tuple[str, Tuple[Any, ...], Any], ...] = (
    ("mtlsauth_authorizer_new", (PTR_OUT, PTR, PTR), CHECKED),
    ("mtlsauth_authorizer_free", (PTR,), None),
    ("mtlsauth_authorizer_set_intermediates", (PTR, PTR), CHECKED),
    ("mtlsauth_authorizer_set_truststore", (PTR, PTR), CHECKED),
    ("mtlsauth_authorizer_set_policy", (PTR, PTR), CHECKED),
    ("mtlsauth_authorizer_update", (PTR, PTR, PTR, PTR, UINT), CHECKED),
    ("mtlsauth_authorizer_add_truststore_file", (PTR, TEXT), CHECKED),
    ("mtlsauth_authorizer_add_crl_file", (PTR, TEXT, PTR), CHECKED),
    ("mtlsauth_authorizer_add_crl_dir", (PTR, TEXT, PTR), CHECKED),
    ("mtlsauth_authorizer_refresh", (PTR, INT_OUT, PTR_OUT), CHECKED),
    ("mtlsauth_authorizer_put_crl", (PTR, PTR), CHECKED),
    ("mtlsauth_authorizer_set_state_dir", (PTR, TEXT), CHECKED),
    ("mtlsauth_state_accept_rollback", (TEXT, PTR), CHECKED),
    ("mtlsauth_authorizer_remove_crl", (PTR, PTR), CHECKED),
    ("mtlsauth_authorizer_put_ocsp_response", (PTR, PTR, SIZE), CHECKED),
    ("mtlsauth_authorizer_save_ocsp", (PTR, TEXT), CHECKED),
    ("mtlsauth_authorizer_load_ocsp", (PTR, TEXT, PTR_OUT), CHECKED),
    ("mtlsauth_authorize", (PTR, PTR, PTR), CHECKED),
    ("mtlsauth_authorize_text", (PTR, PTR, SIZE, INT, PTR), CHECKED),
    ("mtlsauth_authorize_unparsed", (PTR, INT, TEXT, PTR), CHECKED),
    ("mtlsauth_authorize_again", (PTR, PTR, PTR), CHECKED),
    ("mtlsauth_authorizer_generation", (PTR,), UINT64),
    ("mtlsauth_authorizer_session_context", (PTR, PTR), CHECKED),
    ("mtlsauth_authorizer_stats_json", (PTR, TEXT, SIZE, SIZE_OUT), CHECKED),
    ("mtlsauth_limits_new", (PTR_OUT,), CHECKED),
    ("mtlsauth_limits_free", (PTR,), None),
    ("mtlsauth_limits_set_certificate_bytes", (PTR, SIZE), CHECKED),
    ("mtlsauth_limits_set_chain_bytes", (PTR, SIZE), CHECKED),
    ("mtlsauth_limits_set_chain_certificates", (PTR, SIZE), CHECKED),
    ("mtlsauth_limits_set_names", (PTR, SIZE), CHECKED),
    ("mtlsauth_limits_set_truststore_bytes", (PTR, SIZE), CHECKED),
    ("mtlsauth_limits_set_truststore_certificates", (PTR, SIZE), CHECKED),
    ("mtlsauth_cert_parse", (PTR_OUT, PTR, SIZE), CHECKED),
    ("mtlsauth_cert_load_file", (PTR_OUT, TEXT), CHECKED),
    ("mtlsauth_cert_ref", (PTR,), PTR),
    ("mtlsauth_cert_free", (PTR,), None),
    ("mtlsauth_cert_der", (PTR, SIZE_OUT), PTR),
    ("mtlsauth_cert_subject", (PTR,), TEXT),
    ("mtlsauth_cert_issuer", (PTR,), TEXT),
    ("mtlsauth_cert_serial", (PTR, SIZE_OUT), PTR),
    ("mtlsauth_cert_serial_hex", (PTR,), TEXT),
    ("mtlsauth_cert_subject_key_id_hex", (PTR,), TEXT),
    ("mtlsauth_cert_authority_key_id_hex", (PTR,), TEXT),
    ("mtlsauth_cert_not_before", (PTR,), INT64),
    ("mtlsauth_cert_not_after", (PTR,), INT64),
    ("mtlsauth_cert_is_ca", (PTR,), INT),
    ("mtlsauth_cert_version", (PTR,), INT),
    ("mtlsauth_cert_key_text", (PTR,), TEXT),
    ("mtlsauth_cert_signature_text", (PTR,), TEXT),
    ("mtlsauth_cert_san_count", (PTR,), SIZE),
    ("mtlsauth_cert_san", (PTR, SIZE, INT_OUT, TEXT_OUT), CHECKED),
    ("mtlsauth_cert_sha256", (PTR,), PTR),
    ("mtlsauth_cert_sha256_hex", (PTR,), TEXT),
    ("mtlsauth_cert_spki_sha256", (PTR,), PTR),
    ("mtlsauth_cert_spki_sha256_hex", (PTR,), TEXT),
    ("mtlsauth_cert_thumbprint", (PTR,), TEXT),
    ("mtlsauth_cert_thumbprint_equal", (PTR, TEXT), INT),
    ("mtlsauth_cert_matches_key", (PTR, PTR, SIZE, INT_OUT, TEXT_OUT), CHECKED),
    ("mtlsauth_cert_matches", (PTR, TEXT, INT_OUT), CHECKED),
    ("mtlsauth_chain_parse", (PTR_OUT, PTR, SIZE, INT, PTR), CHECKED),
    ("mtlsauth_chain_load_file", (PTR_OUT, TEXT, INT, PTR), CHECKED),
    ("mtlsauth_chain_parse_parts", (PTR_OUT, TEXT_OUT, SIZE, PTR), CHECKED),
    ("mtlsauth_chain_from_der", (PTR_OUT, PTR_OUT, SIZE_OUT, SIZE), CHECKED),
    ("mtlsauth_chain_count", (PTR,), SIZE),
    ("mtlsauth_chain_cert", (PTR, SIZE), PTR),
    ("mtlsauth_chain_free", (PTR,), None),
    ("mtlsauth_crl_options_new", (PTR_OUT,), CHECKED),
    ("mtlsauth_crl_options_free", (PTR,), None),
    ("mtlsauth_crl_options_set_max_bytes", (PTR, UINT64), CHECKED),
    ("mtlsauth_crl_options_set_max_entries", (PTR, UINT64), CHECKED),
    ("mtlsauth_crl_options_set_max_serial", (PTR, SIZE), CHECKED),
    ("mtlsauth_crl_options_set_progress", (PTR, PROGRESS, PTR), CHECKED),
    ("mtlsauth_crl_parse", (PTR_OUT, PTR, SIZE, PTR), CHECKED),
    ("mtlsauth_crl_load", (PTR_OUT, PTR, SIZE, PTR, PTR, PTR), CHECKED),
    ("mtlsauth_crl_load_file", (PTR_OUT, TEXT, PTR, PTR, PTR), CHECKED),
    ("mtlsauth_crl_load_from_truststore", (PTR_OUT, PTR, SIZE, PTR, PTR, PTR), CHECKED),
    ("mtlsauth_crl_load_file_from_truststore", (PTR_OUT, TEXT, PTR, PTR, PTR), CHECKED),
    ("mtlsauth_crl_free", (PTR,), None),
    ("mtlsauth_crl_find", (PTR, PTR, SIZE, INT_OUT, INT64_OUT, INT_OUT), CHECKED),
    ("mtlsauth_crl_check", (PTR, PTR, PTR, PTR, INT_OUT, INT64_OUT, INT_OUT), CHECKED),
    ("mtlsauth_crl_is_verified", (PTR,), INT),
    ("mtlsauth_crl_issuer", (PTR,), TEXT),
    ("mtlsauth_crl_number", (PTR, SIZE_OUT), PTR),
    ("mtlsauth_crl_number_hex", (PTR,), TEXT),
    ("mtlsauth_crl_base_number", (PTR, SIZE_OUT), PTR),
    ("mtlsauth_crl_this_update", (PTR,), INT64),
    ("mtlsauth_crl_next_update", (PTR,), INT64),
    ("mtlsauth_crl_count", (PTR,), SIZE),
    ("mtlsauth_crl_sha256", (PTR,), PTR),
    ("mtlsauth_crl_sha256_hex", (PTR,), TEXT),
    ("mtlsauth_crl_issuer_key", (PTR,), PTR),
    ("mtlsauth_crl_signature_text", (PTR,), TEXT),
    ("mtlsauth_crl_distribution_point", (PTR,), TEXT),
    ("mtlsauth_crl_scope", (PTR,), UINT),
    ("mtlsauth_crl_reasons", (PTR,), UINT),
    ("mtlsauth_crl_base_number_hex", (PTR,), TEXT),
    ("mtlsauth_crl_memory", (PTR,), SIZE),
    ("mtlsauth_crl_serial_at", (PTR, SIZE, PTR, SIZE, SIZE_OUT, INT64_OUT, INT_OUT), CHECKED),
    ("mtlsauth_crl_save", (PTR, TEXT, PTR, SIZE), CHECKED),
    ("mtlsauth_crl_open_file", (PTR_OUT, TEXT, PTR, SIZE), CHECKED),
    ("mtlsauth_crl_open", (PTR_OUT, PTR, SIZE, PTR, SIZE), CHECKED),
    ("mtlsauth_crl_reason_name", (INT,), TEXT),
    ("mtlsauth_decision_new", (PTR_OUT,), CHECKED),
    ("mtlsauth_decision_reset", (PTR,), None),
    ("mtlsauth_decision_free", (PTR,), None),
    ("mtlsauth_decision_code", (PTR,), INT),
    ("mtlsauth_decision_allowed", (PTR,), INT),
    ("mtlsauth_decision_depth", (PTR,), INT),
    ("mtlsauth_decision_message", (PTR,), TEXT),
    ("mtlsauth_decision_client_message", (PTR,), TEXT),
    ("mtlsauth_decision_label", (PTR,), TEXT),
    ("mtlsauth_decision_identity", (PTR,), TEXT),
    ("mtlsauth_decision_valid_until", (PTR,), INT64),
    ("mtlsauth_decision_revoked_at", (PTR,), INT64),
    ("mtlsauth_decision_revocation_reason", (PTR,), INT),
    ("mtlsauth_decision_crl_number", (PTR,), TEXT),
    ("mtlsauth_decision_stale_since", (PTR,), INT64),
    ("mtlsauth_decision_revoked_by", (PTR,), TEXT),
    ("mtlsauth_decision_checks", (PTR,), UINT),
    ("mtlsauth_decision_generation", (PTR,), UINT64),
    ("mtlsauth_decision_truststore_sha256", (PTR,), TEXT),
    ("mtlsauth_decision_path_count", (PTR,), SIZE),
    ("mtlsauth_decision_path_cert", (PTR, SIZE), PTR),
    ("mtlsauth_decision_ocsp_request", (PTR, PTR_OUT, TEXT_OUT), CHECKED),
    ("mtlsauth_decision_crl_url", (PTR, SIZE, SIZE), TEXT),
    ("mtlsauth_decision_json", (PTR, TEXT_OUT), CHECKED),
    ("mtlsauth_code_name", (INT,), TEXT),
    ("mtlsauth_code_text", (INT,), TEXT),
    ("mtlsauth_code_remedy", (INT,), TEXT),
    ("mtlsauth_code_from_name", (TEXT, INT_OUT), CHECKED),
    ("mtlsauth_code_alias", (INT, INT), TEXT),
    ("mtlsauth_code_openssl", (INT,), INT),
    ("mtlsauth_last_error", (), TEXT),
    ("mtlsauth_ocsp_request_new", (PTR_OUT, PTR, PTR, UINT), CHECKED),
    ("mtlsauth_ocsp_request_free", (PTR,), None),
    ("mtlsauth_ocsp_request_add", (PTR, PTR, PTR), CHECKED),
    ("mtlsauth_ocsp_request_der", (PTR, SIZE_OUT), PTR),
    ("mtlsauth_ocsp_request_http_get_url", (PTR, TEXT, TEXT, SIZE), CHECKED),
    ("mtlsauth_ocsp_request_nonce", (PTR, SIZE_OUT), PTR),
    ("mtlsauth_cert_ocsp_url", (PTR, TEXT, SIZE), CHECKED),
    ("mtlsauth_ocsp_response_parse", (PTR_OUT, PTR, SIZE), CHECKED),
    ("mtlsauth_ocsp_response_load_file", (PTR_OUT, TEXT), CHECKED),
    ("mtlsauth_ocsp_response_free", (PTR,), None),
    ("mtlsauth_ocsp_response_der", (PTR, SIZE_OUT), PTR),
    ("mtlsauth_ocsp_response_status", (PTR,), INT),
    ("mtlsauth_ocsp_response_status_name", (PTR,), TEXT),
    ("mtlsauth_ocsp_response_produced_at", (PTR,), INT64),
    ("mtlsauth_ocsp_response_count", (PTR,), SIZE),
    ("mtlsauth_ocsp_response_entry",
     (PTR, SIZE, PTR_OUT, SIZE_OUT, INT_OUT, INT64_OUT, INT64_OUT),
     CHECKED),
    ("mtlsauth_ocsp_check", (PTR, PTR, PTR, PTR, PTR, PTR_OUT), CHECKED),
    ("mtlsauth_ocsp_result_free", (PTR,), None),
    ("mtlsauth_ocsp_result_status", (PTR,), INT),
    ("mtlsauth_ocsp_result_revoked_at", (PTR,), INT64),
    ("mtlsauth_ocsp_result_reason", (PTR,), INT),
    ("mtlsauth_ocsp_result_this_update", (PTR,), INT64),
    ("mtlsauth_ocsp_result_next_update", (PTR,), INT64),
    ("mtlsauth_ocsp_result_produced_at", (PTR,), INT64),
    ("mtlsauth_ocsp_result_valid_until", (PTR,), INT64),
    ("mtlsauth_path_verify", (PTR, PTR, PTR, PTR), CHECKED),
    ("mtlsauth_policy_new", (PTR_OUT, INT), CHECKED),
    ("mtlsauth_policy_free", (PTR,), None),
    ("mtlsauth_policy_set_max_ca_certificates", (PTR, UINT), CHECKED),
    ("mtlsauth_policy_set_min_rsa_bits", (PTR, UINT), CHECKED),
    ("mtlsauth_policy_set_min_ec_bits", (PTR, UINT), CHECKED),
    ("mtlsauth_policy_set_min_hash_bits", (PTR, UINT), CHECKED),
    ("mtlsauth_policy_set_required_eku", (PTR, TEXT), CHECKED),
    ("mtlsauth_policy_set_partial_chain", (PTR, INT), CHECKED),
    ("mtlsauth_policy_require_certificate_policy", (PTR, TEXT), CHECKED),
    ("mtlsauth_policy_set_explicit_policy", (PTR, INT), CHECKED),
    ("mtlsauth_policy_set_inhibit_mapping", (PTR, INT), CHECKED),
    ("mtlsauth_policy_set_inhibit_any_policy", (PTR, INT), CHECKED),
    ("mtlsauth_policy_set_clock", (PTR, CLOCK, PTR), CHECKED),
    ("mtlsauth_policy_set_time", (PTR, INT64), CHECKED),
    ("mtlsauth_policy_set_clock_skew", (PTR, INT64), CHECKED),
    ("mtlsauth_policy_set_budget", (PTR, UINT, UINT, UINT), CHECKED),
    ("mtlsauth_policy_set_limits", (PTR, PTR), CHECKED),
    ("mtlsauth_policy_set_revocation", (PTR, INT, INT), CHECKED),
    ("mtlsauth_policy_set_revocation_for_issuer", (PTR, PTR, INT), CHECKED),
    ("mtlsauth_policy_set_crl_max_age", (PTR, INT64), CHECKED),
    ("mtlsauth_policy_allow", (PTR, TEXT, TEXT_OUT, SIZE), CHECKED),
    ("mtlsauth_policy_allow_rfc8705", (PTR, TEXT, TEXT, TEXT), CHECKED),
    ("mtlsauth_policy_allow_any", (PTR, TEXT), CHECKED),
    ("mtlsauth_policy_block", (PTR, TEXT), CHECKED),
    ("mtlsauth_policy_set_insecure_min_rsa_bits", (PTR, UINT), CHECKED),
    ("mtlsauth_policy_set_insecure_min_ec_bits", (PTR, UINT), CHECKED),
    ("mtlsauth_policy_set_insecure_min_hash_bits", (PTR, UINT), CHECKED),
    ("mtlsauth_policy_set_insecure_certificate_wildcards", (PTR, INT), CHECKED),
    ("mtlsauth_policy_set_insecure_skip_time", (PTR, INT), CHECKED),
    ("mtlsauth_policy_set_ocsp_max_age", (PTR, INT64), CHECKED),
    ("mtlsauth_policy_set_insecure_revocation_grace", (PTR, INT64), CHECKED),
    ("mtlsauth_policy_set_insecure_allow_unknown_revocation", (PTR, INT), CHECKED),
    ("mtlsauth_policy_set_insecure_crl_without_number", (PTR, INT), CHECKED),
    ("mtlsauth_policy_set_insecure_max_ca_certificates", (PTR, UINT), CHECKED),
    ("mtlsauth_policy_lint", (PTR, PTR, TEXT_OUT), CHECKED),
    ("mtlsauth_truststore_parse", (PTR_OUT, PTR, SIZE, PTR), CHECKED),
    ("mtlsauth_truststore_load_file", (PTR_OUT, TEXT, PTR), CHECKED),
    ("mtlsauth_truststore_free", (PTR,), None),
    ("mtlsauth_truststore_count", (PTR,), SIZE),
    ("mtlsauth_truststore_cert", (PTR, SIZE), PTR),
    ("mtlsauth_truststore_sha256", (PTR,), PTR),
    ("mtlsauth_truststore_sha256_hex", (PTR,), TEXT),
    ("mtlsauth_truststore_lint", (PTR, INT64, INT, PTR_OUT), CHECKED),
    ("mtlsauth_report_free", (PTR,), None),
    ("mtlsauth_report_count", (PTR,), SIZE),
    ("mtlsauth_report_finding", (PTR, SIZE, SIZE_OUT, INT_OUT, INT_OUT, TEXT_OUT), CHECKED),
    ("mtlsauth_report_json", (PTR,), TEXT),
    ("mtlsauth_lint_name", (INT,), TEXT),
    ("mtlsauth_version_number", (), INT),
    ("mtlsauth_version", (), TEXT),
    ("mtlsauth_crypto_version", (), TEXT),
)

# Checked, and yet getters: what they keep in the object is made by one thread at a time.
SHORT = ("mtlsauth_decision_json", "mtlsauth_decision_ocsp_request", "mtlsauth_policy_lint")

# Of these, the ones whose last argument is a text that the next call on the same object replaces.
# It is their result instead, copied before a signal handler or another thread can make that call;
# None where memory has run out, the only failure that they have with an object that is there.
COPIED = ("mtlsauth_decision_json", "mtlsauth_policy_lint")

_COUNTED = "objects of Python share a handle by Python's own count of references"
_NAMED = "members of the enums of Python have names, and are found by them"

# What is exported and not called from here, and why. What <mtlsauth/openssl.h> has is not exported:
# it is inline, of types of OpenSSL.
NOT_BOUND: Dict[str, str] = {
    "mtlsauth_authorizer_ref": _COUNTED,
    "mtlsauth_chain_ref": _COUNTED,
    "mtlsauth_crl_status_name": _NAMED,
    "mtlsauth_format_from_name": _NAMED,
    "mtlsauth_ocsp_status_name": _NAMED,
    "mtlsauth_profile_from_name": _NAMED,
    "mtlsauth_crl_ref": _COUNTED,
    "mtlsauth_ocsp_response_ref": _COUNTED,
    "mtlsauth_truststore_ref": _COUNTED,
}


class Library:
    """The functions, by their names without "mtlsauth_"."""

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"mtlsauth_{name} is not in the table of functions")


def check_version(number: int, where: str) -> None:
    """Raises ImportError for a library that this package cannot be used with."""
    major, minor, patch = number // 1000000, number // 1000 % 1000, number % 1000
    if major != VERSION[0] or (minor, patch) < VERSION[1:]:
        raise ImportError(
            f"{where} is libmtlsauth {major}.{minor}.{patch}, and this package needs "
            f"{'.'.join(map(str, VERSION))} or a later {VERSION[0]}: install the two "
            "of one version, or name another library in MTLSAUTH_LIBRARY")


def load(where: str) -> Library:
    """Loads the library and types its functions."""
    try:
        waiting = ctypes.CDLL(where)
    except OSError as error:
        raise ImportError(f"libmtlsauth cannot be loaded: {error}. Install it, or name its shared "
                          "object in MTLSAUTH_LIBRARY") from error
    # The same object; calls through it keep the interpreter's lock.
    short = ctypes.PyDLL(where, handle=waiting._handle)
    try:
        number = short["mtlsauth_version_number"]
    except AttributeError as error:
        raise ImportError(f"{where} is not libmtlsauth: {error}") from error
    number.argtypes, number.restype = (), INT
    check_version(cast(int, number()), where)
    library = Library()
    for name, argtypes, restype in FUNCTIONS:
        waits = (restype is CHECKED or restype is None) and name not in SHORT
        try:
            function = (waiting if waits else short)[name]
        except AttributeError as error:
            raise ImportError(f"{where} is another libmtlsauth than this package was written "
                              f"for: {error}") from error
        function.argtypes = argtypes
        function.restype = INT if restype is CHECKED else restype
        bound: Any = function
        if name in COPIED:
            given = tuple((1,) for _ in argtypes[1:])
            bound = ctypes.PYFUNCTYPE(INT, *argtypes)((name, short), (*given, (2,)))
        setattr(library, name[len("mtlsauth_"):], bound)
    return library


lib = load(os.environ.get("MTLSAUTH_LIBRARY") or SONAME)
