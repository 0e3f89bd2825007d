#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes mtlsauth/_codes.py from tests/codes.txt, the list of the public constants.

make_codes.py          writes the module
make_codes.py --print  prints it
"""
import os
import re
import sys
from typing import Dict, List, Tuple

PACKAGE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "mtlsauth")
LIST = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(PACKAGE))),
                    "tests", "codes.txt")

# Where neither the class nor the prefix of its members follows from the name of the enum.
CLASSES = {"mtlsauth_code": "Code", "mtlsauth_crl_scope_bit": "CrlScope"}
PREFIXES = {"mtlsauth_code": "MTLSAUTH_", "mtlsauth_crl_scope_bit": "MTLSAUTH_CRL_SCOPE_",
            "mtlsauth_ocsp_status": "MTLSAUTH_OCSP_", "mtlsauth_ocsp_flag": "MTLSAUTH_OCSP_",
            "mtlsauth_san_type": "MTLSAUTH_SAN_", "mtlsauth_update_flag": "MTLSAUTH_UPDATE_"}
# Combined with |.
FLAGS = {"mtlsauth_check", "mtlsauth_crl_scope_bit", "mtlsauth_ocsp_flag", "mtlsauth_update_flag"}

HEAD = '''\
# SPDX-License-Identifier: MIT
# Made by tools/make_codes.py from tests/codes.txt: not to be edited.
"""The constants of the library, by the names that its headers give them."""
from enum import IntFlag

from ._enum import CodeEnum, NumberEnum
'''


def read(path: str) -> Dict[str, List[Tuple[str, int]]]:
    """The constants by enum, in the order of the list."""
    enums: Dict[str, List[Tuple[str, int]]] = {}
    current = None
    with open(path, encoding="utf-8") as file:
        for line in file:
            found = re.match(r"# enum (\w+)", line)
            if found:
                current = enums.setdefault(found.group(1), [])
            elif line.strip() and not line.startswith("#"):
                name, number = line.split()
                if current is None:
                    raise SystemExit(f"{path}: {name} stands above the first '# enum'")
                current.append((name, int(number)))
    return enums


def class_of(enum: str) -> str:
    return CLASSES.get(enum) or "".join(
        part.capitalize() for part in enum.replace("mtlsauth_", "", 1).split("_"))


def module() -> str:
    text = [HEAD]
    enums = read(LIST)
    for enum, members in enums.items():
        prefix = PREFIXES.get(enum, enum.upper() + "_")
        kind = ("CodeEnum" if enum == "mtlsauth_code" else
                "IntFlag" if enum in FLAGS else "NumberEnum")
        text.append(f"\n\nclass {class_of(enum)}({kind}):\n    \"\"\"enum {enum}\"\"\"\n\n")
        for name, number in members:
            if not name.startswith(prefix):
                raise SystemExit(f"{LIST}: {name} of enum {enum} does not begin with {prefix}")
            text.append(f"    {name[len(prefix):]} = {number}\n")
    return "".join(text)


def main() -> None:
    if sys.argv[1:] == ["--print"]:
        sys.stdout.write(module())
    else:
        with open(os.path.join(PACKAGE, "_codes.py"), "w", encoding="utf-8") as file:
            file.write(module())


if __name__ == "__main__":
    main()
