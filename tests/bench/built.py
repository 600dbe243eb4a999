"""The package as a server runs it: built, with its causes, signatures and words compiled."""

from __future__ import annotations

import compileall
import os
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
_BUILD = "import runpy, sys; sys.argv[1:] = ['-q', 'build_py', '--build-lib', sys.argv[1]]; runpy.run_path('setup.py')"


def use_built_package(directory: Path) -> None:
    """Build the checkout into a directory, and let every program that is started from here on import it from there."""
    subprocess.run([sys.executable, "-c", _BUILD, directory], cwd=REPOSITORY, check=True, capture_output=True)
    compileall.compile_dir(directory, quiet=1)
    os.environ["PYTHONPATH"] = str(directory)
