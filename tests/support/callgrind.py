# SPDX-License-Identifier: MIT
"""Instructions instead of seconds: the same on a busy machine."""
import os
import re
import shutil
import subprocess
import sys

from need import skip


def skip_without():
    if not shutil.which("valgrind"):
        skip("valgrind is missing")


def instructions(command, within=(), check=True, **environment):
    """Of one run under callgrind, or of what these functions do in it; ends the program when there is
    no such number, and, but for check, when the run fails."""
    done = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null",
                           *(f"--toggle-collect={function}" for function in within), *command],
                          capture_output=True, text=True, check=False,
                          env={**os.environ, **environment})
    found = re.search(r"Collected : (\d+)", done.stderr)
    if not found or int(found[1]) == 0 or (check and done.returncode != 0):
        sys.exit(f"{' '.join(command)}: {done.stdout}{done.stderr}")
    return int(found[1])
