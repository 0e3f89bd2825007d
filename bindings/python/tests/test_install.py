# SPDX-License-Identifier: MIT
"""The package as pip installs it: without a network, into an environment of its own."""
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import mtlsauth
from conftest import LIBRARY, ROOT, skip


def must(folder: Path, *command: str, **variables: str) -> str:
    env = {key: value for key, value in os.environ.items()
           if key not in ("PYTHONPATH", "LD_PRELOAD")}
    done = subprocess.run(command, env={**env, **variables}, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False, cwd=folder)
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_pip_install(tmp_path: Path) -> None:
    missing = [name for name in ("pip", "setuptools", "wheel")
               if importlib.util.find_spec(name) is None]
    if missing:
        skip(f"there is no {', '.join(missing)} (Debian: python3-pip, -setuptools, -wheel)")
    if not LIBRARY:
        skip("MTLSAUTH_LIBRARY does not say where the library was built")
    # pip leaves build/ and egg-info in the folder that it builds.
    source = tmp_path / "python"
    shutil.copytree(ROOT / "bindings" / "python", source,
                    ignore=shutil.ignore_patterns("__pycache__", "build", "*.egg-info"))
    environment = tmp_path / "venv"
    must(tmp_path, sys.executable, "-m", "venv", "--system-site-packages", "--without-pip",
         str(environment))
    python = str(environment / "bin" / "python")
    must(tmp_path, python, "-m", "pip", "install", "--quiet", "--no-index", "--no-build-isolation",
         str(source), PIP_DISABLE_PIP_VERSION_CHECK="1")
    variables = {"MTLSAUTH_LIBRARY": str(Path(LIBRARY).resolve()),
                 "LD_PRELOAD": os.environ.get("LD_PRELOAD", "")}
    said = must(tmp_path, python, "-c", "import mtlsauth, importlib.metadata as m, os; "
                "print(mtlsauth.__file__, m.version('mtlsauth'), mtlsauth.library_version(), "
                "sorted(os.listdir(os.path.dirname(mtlsauth.__file__))))", **variables)
    assert said.startswith(str(environment)) and "py.typed" in said
    assert f" {mtlsauth.__version__} {mtlsauth.library_version()} " in said
