# SPDX-License-Identifier: MIT
"""What the tests share: the test data of the tree, a fixed time, and how to skip."""
import os
import subprocess
import sys
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Callable, NoReturn

import pytest

import mtlsauth

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests" / "support"))
from need import in_ci  # noqa: E402

LIBRARY = os.environ.get("MTLSAUTH_LIBRARY", "")
# Where the library was built: beside it are the test data and the runners of the C suite.
BUILD = Path(os.environ.get("MTLSAUTH_BUILD") or
             (Path(LIBRARY).resolve().parent.parent if LIBRARY else ROOT / "build"))
NOW = datetime(2024, 6, 1, tzinfo=timezone.utc)
# A sanitizer makes everything some five times slower, and keeps what was freed for a while.
SANITIZED = "asan" in os.environ.get("LD_PRELOAD", "")


def skip(reason: str) -> NoReturn:
    """Skips where something is missing; what CI has to have fails there."""
    if in_ci():
        pytest.fail(reason)
    pytest.skip(reason)


def vectors(name: str) -> Path:
    """A file of the vectors of others, which are not in the repository. Where it was said in which
    folder they are, they have to be there."""
    said = os.environ.get("MTLSAUTH_VECTORS")
    path = (Path(said) if said else ROOT.parent / "shared" / "conformance") / name
    why = f"{path} is not there: MTLSAUTH_VECTORS names their folder"
    if not path.is_file() and said:
        skip(why)
    elif not path.is_file():
        pytest.skip(why)
    return path


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of test certificates (tests/data/README.md)."""
    for folder in (os.environ.get("MTLSAUTH_TEST_DATA"), BUILD / "tests" / "data"):
        if folder and (Path(folder) / "root.pem").is_file():
            return Path(folder)
    folder = tmp_path_factory.mktemp("made") / "data"
    done = subprocess.run([str(ROOT / "tests" / "data" / "make.sh"), str(folder)], check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        skip(f"the test data cannot be made: {done.stdout[-500:]}")
    return folder


@pytest.fixture(scope="session")
def read(data: Path) -> Callable[[str], bytes]:
    return lambda name: (data / name).read_bytes()


@pytest.fixture(scope="session")
def root(data: Path) -> mtlsauth.Truststore:
    return mtlsauth.Truststore.from_file(data / "root.pem")


def policy(**settings: Any) -> mtlsauth.Policy:
    """One that allows the usual client at the usual time, where nothing else is said."""
    if "clock" not in settings:
        settings.setdefault("time", NOW)
    settings.setdefault("allow", ["dns:client.example.com"])
    settings.setdefault("revocation", "off")
    return mtlsauth.Policy(settings.pop("profile", "api_gateway"), **settings)


@pytest.fixture()
def authorizer(root: mtlsauth.Truststore) -> mtlsauth.Authorizer:
    return mtlsauth.Authorizer(root, policy())
