# SPDX-License-Identifier: MIT
"""Every source can be read by Python 3.9, and holds for mypy --strict (Debian: mypy)."""
import ast
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from conftest import ROOT, SANITIZED, skip

SOURCES = sorted((ROOT / "bindings" / "python").glob("*/*.py"))


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_syntax_of_python_3_9(source: Path) -> None:
    ast.parse(source.read_text(encoding="utf-8"), str(source), feature_version=(3, 9))


@pytest.mark.skipif(SANITIZED, reason="the same without a sanitizer")
def test_types(tmp_path: Path) -> None:
    """All that is named in pyproject.toml, strictly."""
    mypy = shutil.which("mypy", path="/usr/bin")
    if mypy is None:
        skip("mypy is not there (Debian: mypy)")
    env = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run([mypy, "--cache-dir", str(tmp_path)], cwd=ROOT / "bindings" / "python",
                          env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False)
    assert done.returncode == 0, done.stdout
    assert "no issues found in" in done.stdout
