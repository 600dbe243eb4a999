"""Writes everything that is made from cpanel_plugin.yaml: python -m tools.manifest."""

import sys
from pathlib import Path

from tools.manifest.writing import write_all

TOP = Path(__file__).resolve().parents[2]

if __name__ == "__main__":
    for path in write_all(TOP):
        sys.stdout.write(f"written: {path.relative_to(TOP)}\n")
