"""Rows of AutoSSL's recorded problems as people paste them: lines of a table, or one key a line."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from autossl_doctor.collect.problems import split_problem

METHOD = re.compile(r"(?:HTTP|DNS|MASTER) DCV: ")
_NAME = re.compile(r"(?<![\w.@-])(?:\*\.)?(?:[A-Za-z0-9_-]{1,63}\.){1,10}[A-Za-z][A-Za-z0-9-]{1,62}(?![\w@-])")
_CELL = re.compile(r'[,;|\t:]\s*(?P<quote>"?)(?P<problem>(?:HTTP|DNS|MASTER) DCV: )')
_BLANKS = re.compile(
    rf"\A[\s|*•-]*(?P<name>{_NAME.pattern})\s+(?:[—–-]\s+)?(?P<problem>(?:HTTP|DNS|MASTER) DCV: .+)\Z", re.DOTALL
)
_BEHIND_A_NAME = re.compile(
    rf"\A[\s|*•-]*(?P<name>{_NAME.pattern})\s*(?:\t|:\s|\s[—–-]\s)\s*(?P<rest>\S.*)\Z", re.DOTALL
)
_CELLS_BEHIND = re.compile(r'"?(?:\s*[,;|\t]\s*"?(?:\d{4}-\d\d-\d\d[T ][\d:.]{5,15}Z?|[\w.-]{0,64})"?){1,4}\s*\Z')
_FORMS = {
    "HTTP": "Local HTTP DCV error ({}): {}",
    "DNS": "Local DNS DCV error ({}): {}",
    "MASTER": "“AutoSSL” general error ({}): {}",
}
_KEY_AND_VALUE = re.compile(
    r"[\s-]*\"?(?:contents|problem|reason|failure_reason|error|message)\"?\s*(?::\s|=\s?)\s*(.+?),?\s*", re.DOTALL
)
_KEY_OF_NAME = re.compile(rf"[\s-]*[\"']?domain[\"']?\s*[:=]\s*[\"']?({_NAME.pattern})[\"']?,?\s*")
_KEY_OF_PROBLEM = re.compile(r"[\s-]*[\"']?(?:problem|failure_reason)[\"']?\s*[:=]")
_EDGES = "{}[],-* \t"
"""What a line holds that only parts one row from the next."""


def is_name(text: str) -> bool:
    """Tell whether a text is one name and nothing else."""
    return _NAME.fullmatch(text) is not None


def problem_messages(text: str, name: str = "") -> list[str]:
    """Say a recorded problem reason by reason; with the name that its row is about, as the log does."""
    parts = []
    for method, reason in split_problem(text):
        form = _FORMS.get(method) if name else None
        parts.append(form.format(name, reason) if form else f"{method} DCV: {reason}" if method else reason)
    return parts


def row_messages(line: str) -> list[str] | None:
    """Read a row of a table: a name somewhere before a recorded problem, with commas, bars or tabs around them.

    A sentence of AutoSSL before it, which may quote a website, is no part of a table.
    """
    blanks = _BLANKS.match(line)
    if blanks is not None:
        return problem_messages(_CELLS_BEHIND.sub("", blanks["problem"]).rstrip(), blanks["name"].lower())
    found = _CELL.search(line)
    if found is None or line.startswith("The ") or "“" in line[: found.start()]:
        return None
    problem, quote = line[found.start("problem") :], found.group("quote")
    if quote:
        problem = problem.replace('""', '"')
    problem = _CELLS_BEHIND.sub("", problem).rstrip()
    problem = problem.removesuffix('"') if quote else problem
    names = _NAME.findall(line[: found.start("problem")])
    return problem_messages(problem, names[0].lower() if names else "")


def behind_a_name(line: str) -> tuple[str, str] | None:
    """Part a line of a page into the name of a website and what stands behind it; None where it does not begin so."""
    found = _BEHIND_A_NAME.match(line)
    return None if found is None else (found["name"].lower(), found["rest"].strip())


def value_of(line: str) -> str | None:
    """Read one line of an answer in JSON or YAML, or of a listed row, whose beginning or end was not pasted."""
    found = _KEY_AND_VALUE.fullmatch(line)
    if found is None:
        return None
    value = found.group(1).strip()
    if value[:1] == '"':
        try:
            value = str(json.loads(value))
        except ValueError:
            value = value.strip('"')
    return value.strip("'").strip() or None


def text_of_json(line: str) -> str | None:
    """Read a line that is one text of JSON, as programs print a single field of many records."""
    if line[:1] != '"' or line.rstrip(",")[-1:] != '"':
        return None
    try:
        return str(json.loads(line.rstrip(",")))
    except ValueError:
        return None


def names_of_rows(lines: Sequence[str]) -> Mapping[int, str]:
    """Tell by its place in the text which name a recorded problem is about where rows have one key a line.

    The name stands before the problem or behind it; a row ends with an empty line, a bracket or another name.
    """
    names: dict[int, str] = {}
    waiting: list[int] = []
    name = ""
    for place, line in enumerate(lines):
        if not line.strip(_EDGES) or line.startswith("- "):
            waiting, name = [], ""
        if (found := _KEY_OF_NAME.fullmatch(line)) is not None:
            name = found[1].lower()
            names.update(dict.fromkeys(waiting, name))
            waiting = []
        elif _KEY_OF_PROBLEM.match(line) is None:
            continue
        elif name:
            names[place] = name
        else:
            waiting.append(place)
    return names
