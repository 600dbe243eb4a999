"""Begins a new cause: its folder with data, words in both languages and cases, every part of it still to be written.

    make cause ID=http_teapot

What is to be written is marked with REPLACE; as long as one of these words is left the tests fail.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

TEMPLATES = Path(__file__).parent
CAUSES = TEMPLATES.parents[1] / "plugin" / "autossl_doctor" / "causes"
FILES = ("cause.yaml", "text.yaml", "cases.yaml")
_ID = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)+")
LONGEST = 40
NEXT = """Made {folder} with {files}.
Next:
  1. cases.yaml: write down what must be said, in a match, a near miss and a pasted text.
  2. A signature, where AutoSSL's words are not known yet: plugin/autossl_doctor/collect/signatures, with lines that
     must and must not match.
  3. cause.yaml, and rule.py where judgement is needed (docs/causes.md).
  4. text.yaml: both languages, both readers (whole sentences, who must act, what to do).
  5. .venv/bin/python -m tests.readme, then make test. A REPLACE that is left fails the tests."""


def main(arguments: list[str], causes: Path = CAUSES) -> int:
    """Make the folder; 64 for a name that is none or is taken."""
    identity = arguments[0] if len(arguments) == 1 else ""
    if not _ID.fullmatch(identity) or len(identity) > LONGEST:
        print("Give an id of two or more words, such as: make cause ID=http_teapot", file=sys.stderr)
        return 64
    folder = causes / identity
    try:
        folder.mkdir()
    except FileExistsError:
        print(f"{folder} is there already.", file=sys.stderr)
        return 64
    for name in FILES:
        text = (TEMPLATES / name).read_text("utf-8").replace("NEW_CAUSE", identity)
        (folder / name).write_text(text, "utf-8")
    print(NEXT.format(folder=folder, files=", ".join(FILES)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
