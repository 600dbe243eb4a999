"""README's list of causes, made from the causes themselves.

python -m tests.readme        writes it anew
"""

from __future__ import annotations

import re
from pathlib import Path

from autossl_doctor.causes.catalogue import load
from autossl_doctor.explain.interface import Interface
from autossl_doctor.explain.words import Writer

README = Path(__file__).parents[1] / "README.md"
BEGIN, END = "<!-- causes -->\n", "<!-- /causes -->"


def table() -> str:
    """The table, a row for each cause in the order of the catalogue."""
    catalogue, words = load(), Interface("en")
    writer = Writer(catalogue.texts, "en", "owner", "UTC")
    rows = ["| Cause | Who must act | Title |", "|---|---|---|"]
    for cause in catalogue.causes:
        title = re.sub(r"\{(\w+)\}", r"*\1*", writer.templates(cause.id).title)
        rows.append(f"| `{cause.id}` | {words.say('who', cause.who)} | {title} |")
    return "\n".join(rows) + "\n"


def with_table(text: str) -> str:
    """README with the table of today in it."""
    before, _, rest = text.partition(BEGIN)
    return before + BEGIN + table() + END + rest.partition(END)[2]


if __name__ == "__main__":
    README.write_text(with_table(README.read_text("utf-8")), "utf-8")
