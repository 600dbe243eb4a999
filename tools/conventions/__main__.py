"""Writes docs/conventions.md: each point of the conventions with the tests that prove it.

    make conventions

A test compares the page with what this would write.
"""

from __future__ import annotations

from pathlib import Path

from tools.conventions.page import page

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    """Write the page."""
    (ROOT / "docs" / "conventions.md").write_text(page(ROOT / "tests"), "utf-8")


if __name__ == "__main__":
    main()
