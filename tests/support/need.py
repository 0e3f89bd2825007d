# SPDX-License-Identifier: MIT
"""What a test needs and a machine may not have: there it is skipped, but CI has to have all of it."""
import os
import sys
from typing import NoReturn


def in_ci() -> bool:
    return bool(os.environ.get("CI"))


def skip(why: str) -> NoReturn:
    """Ends the program: as skipped, in CI as failed."""
    print("FAIL: CI has to have all:" if in_ci() else "skipped:", why, flush=True)
    sys.exit(1 if in_ci() else 77)
