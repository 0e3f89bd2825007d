# SPDX-License-Identifier: MIT
"""A reader of the public headers: each function with its types as ctypes has them."""
import ctypes
import glob
import os
import re
from typing import Any, Dict, List, Tuple

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__)))))
INCLUDE = os.path.join(ROOT, "include", "mtlsauth")

INTEGERS = {"int": ctypes.c_int, "unsigned": ctypes.c_uint, "size_t": ctypes.c_size_t,
            "int64_t": ctypes.c_int64, "uint64_t": ctypes.c_uint64}


def without_comments(text: str) -> str:
    text = re.sub(r"/\*.*?\*/|//[^\n]*", " ", text, flags=re.S)
    return re.sub(r"^\s*#(?:[^\n]*\\\n)*[^\n]*", "", text, flags=re.M)


def texts() -> Dict[str, str]:
    """The public headers of functions that are exported; openssl.h is static inline."""
    found = {}
    for path in sorted(glob.glob(os.path.join(INCLUDE, "*.h"))):
        if os.path.basename(path) != "openssl.h":
            with open(path, encoding="utf-8") as file:
                found[os.path.basename(path)] = without_comments(file.read())
    return found


def ctype(declared: str, callbacks: Dict[str, Any]) -> Any:
    """The type of a parameter or a result: "const char *name", "size_t *len"."""
    pointers = declared.count("*") + declared.count("[")
    words = [word for word in re.findall(r"\w+", re.sub(r"\[[^]]*\]", "", declared))
             if word != "const"]
    base = " ".join(words[:2]) if words[:2] == ["unsigned", "char"] else words[0]
    if base in callbacks and pointers == 0:
        return callbacks[base]
    if pointers == 0:
        return None if base == "void" else INTEGERS[base]
    if base == "char":
        return ctypes.c_char_p if pointers == 1 else ctypes.POINTER(ctypes.c_char_p)
    if base in INTEGERS:
        assert pointers == 1, declared
        return ctypes.POINTER(INTEGERS[base])
    # void, octets, a handle
    assert base in ("void", "unsigned char") or base.startswith("mtlsauth_"), declared
    return ctypes.c_void_p if pointers == 1 else ctypes.POINTER(ctypes.c_void_p)


def functions(callbacks: Dict[str, Any]) -> Dict[str, Tuple[List[Any], Any, bool]]:
    """name -> (types of the parameters, type of the result, has it to be checked)."""
    found = {}
    for header, text in texts().items():
        for declaration in re.findall(r"\bMTLSAUTH_API\b([^;]*);", text):
            checked = "MTLSAUTH_MUST_CHECK" in declaration
            declaration = " ".join(declaration.replace("MTLSAUTH_MUST_CHECK", "").split())
            match = re.fullmatch(r"(.*?)\b(mtlsauth_\w+)\s*\((.*)\)", declaration)
            assert match, f"{header}: {declaration}"
            result, name, parameters = match.groups()
            types = [] if parameters.strip() == "void" else [
                ctype(parameter, callbacks) for parameter in parameters.split(",")]
            found[name] = (types, ctype(result, callbacks), checked)
    return found


def numbers() -> Dict[str, int]:
    """The #define'd numbers of the headers that are written out."""
    found = {}
    for path in sorted(glob.glob(os.path.join(INCLUDE, "*.h"))):
        with open(path, encoding="utf-8") as file:
            for name, number in re.findall(r"^#define (MTLSAUTH_\w+) (\d+)\s*$", file.read(),
                                           flags=re.M):
                found[name] = int(number)
    return found
