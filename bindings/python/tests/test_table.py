# SPDX-License-Identifier: MIT
"""The table of functions and the constants are what the library has."""
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import mtlsauth
import prototypes
from conftest import LIBRARY, ROOT, skip
from mtlsauth import _ffi

PACKAGE = Path(mtlsauth.__file__).parent
CALLBACKS = {"mtlsauth_clock": _ffi.CLOCK, "mtlsauth_crl_progress": _ffi.PROGRESS}
TABLE = {name: (argtypes, restype) for name, argtypes, restype in _ffi.FUNCTIONS}


def exported() -> "set[str]":
    text = prototypes.without_comments((ROOT / "lib" / "mtlsauth.map").read_text())
    return set(re.findall(r"^\s*(mtlsauth_\w+);", text, flags=re.M))


def test_table_has_no_name_twice() -> None:
    assert len(TABLE) == len(_ffi.FUNCTIONS)


def test_every_export_is_bound_or_has_a_reason() -> None:
    assert len(exported()) > 150
    assert set(TABLE) | set(_ffi.NOT_BOUND) == exported()
    assert not set(TABLE) & set(_ffi.NOT_BOUND)
    assert all(len(reason) > 20 for reason in _ffi.NOT_BOUND.values())


def test_types_are_those_of_the_headers() -> None:
    declared = prototypes.functions(CALLBACKS)
    assert set(declared) == exported()
    for name, (argtypes, restype) in TABLE.items():
        arguments, result, checked = declared[name]
        assert list(argtypes) == arguments, name
        assert (restype is _ffi.CHECKED) == checked, name
        if not checked:
            assert restype is result, name


@pytest.mark.parametrize("declaration, wanted", [
    ("const char *name", "c_char_p"), ("const char **out", "LP_c_char_p"),
    ("const char *const parts[]", "LP_c_char_p"), ("mtlsauth_cert **out", "LP_c_void_p"),
    ("const mtlsauth_cert *cert", "c_void_p"), ("size_t len", "c_ulong"),
    ("unsigned char out[MTLSAUTH_SHA256_LEN]", "c_void_p"), ("unsigned count", "c_uint"),
    ("const size_t lens[]", "LP_c_ulong"), ("int64_t *date", "LP_c_long"),
])
def test_reader_of_headers(declaration: str, wanted: str) -> None:
    assert prototypes.ctype(declaration, {}).__name__ == wanted


def test_text_that_is_copied() -> None:
    for name in _ffi.COPIED:
        arguments, restype = TABLE[name]
        assert restype is _ffi.CHECKED and arguments[-1] is _ffi.TEXT_OUT
        assert _ffi.TEXT_OUT not in arguments[:-1] and name in _ffi.SHORT
    assert all(TABLE[name][1] is _ffi.CHECKED for name in _ffi.SHORT)


def test_callbacks_are_those_of_the_headers() -> None:
    text = " ".join(" ".join(prototypes.texts().values()).split())
    assert "typedef int64_t (*mtlsauth_clock)(void *arg);" in text
    assert ("typedef int (*mtlsauth_crl_progress)(uint64_t done, uint64_t total, void *arg);"
            in text)
    assert set(re.findall(r"\(\*(mtlsauth_\w+)\)", text)) == set(CALLBACKS)


def test_every_bound_function_is_used() -> None:
    sources = " ".join(path.read_text() for path in PACKAGE.glob("*.py")
                       if path.name != "_ffi.py")
    freed = {f"mtlsauth_{noun}_free" for noun in re.findall(r'handle_of\("(\w+)"\)', sources)}
    used = {"mtlsauth_" + name for name in re.findall(r"\blib\.(\w+)", sources)} | freed
    assert set(TABLE) - used == {"mtlsauth_version_number",  # asked by _ffi itself
                                 "mtlsauth_decision_allowed",  # the code of the call says it
                                 "mtlsauth_decision_code", "mtlsauth_decision_reset"}
    assert used <= set(TABLE)


def test_numbers_are_those_of_the_headers() -> None:
    numbers = prototypes.numbers()
    assert _ffi.VERSION == tuple(numbers[f"MTLSAUTH_VERSION_{part}"]
                                 for part in ("MAJOR", "MINOR", "PATCH"))
    assert _ffi.SONAME == f"libmtlsauth.so.{numbers['MTLSAUTH_SOVERSION']}"
    assert _ffi.SHA256_LEN == numbers["MTLSAUTH_SHA256_LEN"]
    assert _ffi.OCSP_URL_LEN == numbers["MTLSAUTH_OCSP_URL_LEN"]
    assert _ffi.CRL_MAX_SERIAL == numbers["MTLSAUTH_CRL_MAX_SERIAL"]


def generator() -> Any:
    path = PACKAGE.parent / "tools" / "make_codes.py"
    if not path.is_file():
        path = ROOT / "bindings" / "python" / "tools" / "make_codes.py"
    spec = importlib.util.spec_from_file_location("make_codes", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_codes_are_what_the_generator_makes() -> None:
    made = generator().module()
    assert (PACKAGE / "_codes.py").read_text() == made, "run tools/make_codes.py"


def test_codes_are_those_of_the_headers() -> None:
    """The list's headings, from which the classes are made, say the right enum."""
    listed = generator().read(str(ROOT / "tests" / "codes.txt"))
    found = {}
    for text in prototypes.texts().values():
        for enum, body in re.findall(r"\benum\s+(\w+)\s*\{([^}]*)\}", text):
            found[enum] = {name: int(number) for name, number in
                           re.findall(r"(MTLSAUTH_\w+)\s*=\s*(-?\d+)", body)}
    assert {enum: dict(members) for enum, members in listed.items()} == found


def test_code_names() -> None:
    for code in mtlsauth.Code:
        assert code.symbol == "MTLSAUTH_" + code.name
        assert mtlsauth.code_from_name(code.symbol) is code
        assert code.text and (code.remedy or code >= 0)
    assert mtlsauth.Code.DENY_REVOKED.alias(mtlsauth.Alias.ALB) == "ClientCertCrlHit"
    assert mtlsauth.Code.DENY_REVOKED.alias("alb") == "ClientCertCrlHit"
    assert mtlsauth.Code.ERR_IO.alias(mtlsauth.Alias.ALB) is None
    for wrong, kind in ((17, ValueError), (2 ** 70, ValueError), ("elb", ValueError),
                        (None, TypeError)):
        with pytest.raises(kind):
            mtlsauth.Code.ERR_IO.alias(wrong)  # type: ignore[arg-type]
    assert mtlsauth.Code.DENY_EXPIRED.openssl == 10
    assert mtlsauth.lint_name(mtlsauth.Lint.EXPIRES_SOON) == "EXPIRES_SOON"
    with pytest.raises(mtlsauth.NotFoundError):
        mtlsauth.code_from_name("MTLSAUTH_DENY_WHATEVER")


def test_codes_print_as_names() -> None:
    code = mtlsauth.Code.DENY_REVOKED
    assert f"{code}" == f"{code!s}" == str(code) == "%s" % code == "DENY_REVOKED"
    assert f"{code:>14}" == "  DENY_REVOKED" and f"{code:d}" == str(int(code)) == "%d" % code
    assert json.dumps({"code": code}) == json.dumps({"code": int(code)})
    assert str(mtlsauth.Code.of(4711)) == "UNKNOWN_4711"
    assert repr(code) == f"<Code.DENY_REVOKED: {code:d}>"
    assert str(mtlsauth.Format.NGINX_OLD) == "NGINX_OLD"


def test_number_of_a_newer_library() -> None:
    code = mtlsauth.Code.of(4711)
    assert code == 4711 and code.name == "UNKNOWN_4711" and isinstance(code, mtlsauth.Code)
    assert code.symbol == "MTLSAUTH_UNKNOWN"


def run(library: str, **more: str) -> "subprocess.CompletedProcess[str]":
    env = {**os.environ, "MTLSAUTH_LIBRARY": library, "PYTHONPATH": str(PACKAGE.parent), **more}
    if not library:
        del env["MTLSAUTH_LIBRARY"]
    return subprocess.run(
        [sys.executable, "-c", "import mtlsauth; print(mtlsauth.library_version())"], env=env,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)


def test_import_finds_the_library_by_its_soname() -> None:
    if not LIBRARY:
        skip("MTLSAUTH_LIBRARY does not say where the library was built")
    folder = str(Path(LIBRARY).resolve().parent)
    done = run("", LD_LIBRARY_PATH=folder)
    assert (done.returncode, done.stdout.strip()) == (0, mtlsauth.library_version())


@pytest.mark.parametrize("library, words", [
    ("/nowhere/libmtlsauth.so.1", "ImportError: libmtlsauth cannot be loaded"),
    ("libc.so.6", "ImportError: libc.so.6 is not libmtlsauth"),
])
def test_import_says_what_is_wrong(library: str, words: str) -> None:
    done = run(library)
    assert done.returncode == 1 and words in done.stdout


def test_import_refuses_another_version(tmp_path: Path) -> None:
    compiler = shutil.which("cc")
    if compiler is None:
        skip("no C compiler to make another library with")
    source, library = tmp_path / "other.c", tmp_path / "libother.so"
    for number, words in ((9001002, "is libmtlsauth 9.1.2, and this package needs 1.0.0"),
                          (1000000, "is another libmtlsauth than this package was written for")):
        source.write_text(f"int mtlsauth_version_number(void) {{ return {number}; }}\n")
        subprocess.run([str(compiler), "-shared", "-fPIC", str(source), "-o", str(library)],
                       check=True)
        done = run(str(library))
        assert done.returncode == 1 and words in done.stdout, done.stdout


@pytest.mark.parametrize("number, good", [
    (1000000, True), (1000001, True), (1001000, True), (1999999, True), (2000000, False),
    (0, False), (1000, False), (999999, False),
])
def test_versions_that_are_taken(number: int, good: bool) -> None:
    if good:
        _ffi.check_version(number, "it")
    else:
        with pytest.raises(ImportError, match="this package needs"):
            _ffi.check_version(number, "it")


def test_versions_agree() -> None:
    assert mtlsauth.__version__ == ".".join(map(str, _ffi.VERSION))
    text = (ROOT / "bindings" / "python" / "pyproject.toml").read_text()
    assert 'dynamic = ["version"]' in text or f'version = "{mtlsauth.__version__}"' in text
    assert mtlsauth.crypto_version().startswith("OpenSSL ")


def test_public_names() -> None:
    for name in mtlsauth.__all__:
        public = getattr(mtlsauth, name)
        assert public.__doc__ and public.__module__.split(".")[0] == "mtlsauth", name
        for member, value in vars(public).items() if isinstance(public, type) else ():
            if not member.startswith("_") and (isinstance(value, (property, classmethod))
                                               or callable(value)):
                assert getattr(public, member).__doc__, f"{name}.{member}"
    assert sorted(mtlsauth.__all__) == mtlsauth.__all__
