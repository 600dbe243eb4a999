"""Pasted texts with their right answers: `explain` names the cause first, and never one that would mislead."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from autossl_doctor.entry.cli import main
from tests.causes import damaged_lexicons
from tests.causes.situations import catalogue

HERE = Path(__file__).parent
FILES = (
    "explain-blind.jsonl",
    "explain-blind-2.jsonl",
    "explain-blind-3.jsonl",
    "explain-blind-4.jsonl",
    "explain-own.jsonl",
    "explain-languages.jsonl",
)
DAMAGED = "locale-broken"
"""A directory that a test writes for itself."""
FALLBACK = "unknown_problem"
NOT_JUDGED = 2
MOST_MISSES = 0.03
HEALTHY_CAUSES = ("healthy", "not_due_yet", "renewed")

KNOWN_MISSES: dict[str, str] = {}
"""Cases whose first finding is wrong in this version, with the reason; at most three of a hundred."""


@dataclass(frozen=True)
class Case:
    """A pasted text, the right first finding, others that are right too, and those that would mislead."""

    id: str
    text: str
    expect: str
    accept: tuple[str, ...]
    forbid: tuple[str, ...]
    locale: str = ""

    @property
    def right(self) -> set[str]:
        """Every right answer; where this version lacks the cause, saying so is right."""
        known = {cause.id for cause in catalogue().causes}
        honest = set() if self.expect in known else {FALLBACK}
        return {self.expect, *self.accept} | honest


def cases() -> list[Case]:
    """Every case of all files. A text may be given in pieces, each with the number of its repetitions."""
    found = []
    for name in FILES:
        for line in (HERE / name).read_text("utf-8").splitlines():
            case = json.loads(line)
            text = case["text"]
            text = text if isinstance(text, str) else "".join(piece * times for piece, times in text)
            right, wrong = tuple(case["accept"]), tuple(case["forbid"])
            found.append(Case(case["id"], text, case["expect"], right, wrong, case.get("locale") or ""))
    return found


CASES = cases()


@pytest.fixture(autouse=True)
def one_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    """The causes are read once for all cases."""
    monkeypatch.setattr("autossl_doctor.entry.commands.load", catalogue)


def marked(case: Case) -> Any:
    """A case under its own name, expected to fail where it is a known miss."""
    reason = KNOWN_MISSES.get(case.id)
    return pytest.param(case, id=case.id, marks=[pytest.mark.xfail(strict=True, reason=reason)] if reason else [])


def explain(case: Case, directory: Path, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, str]:
    """The exit status and what is printed about a case."""
    path = directory / "pasted"
    path.write_bytes(case.text.encode("utf-8", "surrogateescape"))
    if case.locale:
        more = (*more, "--locale-dir", str(HERE / case.locale))
        if case.locale == DAMAGED:
            more = (*more[:-1], str(damaged_lexicons.write(directory / str(len(list(directory.iterdir()))))))
    status = main(["explain", str(path), *more])
    printed = capsys.readouterr()
    assert printed.err == ""
    return status, printed.out


@pytest.mark.parametrize("case", [marked(case) for case in CASES])
def test_the_first_finding_is_right(case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The verdict is the expected cause or one that is right too, and none of those that mislead."""
    _, printed = explain(case, tmp_path, capsys, "--format", "json")
    first = json.loads(printed)["findings"][0]["cause"]
    assert first in case.right
    assert first not in case.forbid


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_every_answer_is_honest_and_whole(case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Also a known miss never says that all is well; each finding has its words, and the status agrees with them."""
    for language in ("en", "ja"):
        status, printed = explain(case, tmp_path, capsys, "--format", "json", "--lang", language)
        answer = json.loads(printed)
        findings = answer["findings"]
        if not case.right & set(HEALTHY_CAUSES):
            assert findings[0]["cause"] not in HEALTHY_CAUSES
        if {finding["cause"] for finding in findings} == {FALLBACK}:
            assert {finding["confidence"] for finding in findings} == {"possible"}
        if not answer["recognised"] or {finding["args"].get("reason") for finding in findings} <= {
            "no_verdict",
            "outside",
        }:
            assert status == NOT_JUDGED
        else:
            assert status == int(any(finding["severity"] in ("critical", "warning") for finding in findings))
        for finding in findings:
            text = finding["text"]
            assert all([text["title"], text["what"], text["why"], text["steps"]])
            assert finding["confidence"] in ("likely", "possible")
            assert all(seen["source"].startswith("pasted text") for seen in finding["evidence"])


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("case", [case for case in CASES if "hostile" in case.id], ids=lambda case: case.id)
def test_hostile_texts_do_not_steer_the_terminal(
    case: Case, language: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever stands in a pasted text, what is printed holds no control signs and no turned text."""
    _, printed = explain(case, tmp_path, capsys, "--lang", language)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", printed)


KEYS = [case for case in CASES if "PRIVATE KEY" in case.text.replace("\0", "") or "-k-" in case.id]


@pytest.mark.parametrize("case", KEYS, ids=lambda case: case.id)
def test_nothing_of_a_key_is_printed(case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """However a key comes into a text, no piece of it is said again, not even with blanks between its letters."""
    for form in ("text", "json"):
        _, printed = explain(case, tmp_path, capsys, "--format", form)
        letters = re.sub(r"\s|\\u0000", "", printed)
        assert "MIIEvQ" not in letters
        assert "SECRET" not in letters


def test_known_misses_are_few_and_real() -> None:
    """At most three of a hundred cases are known misses, and each of them is a case."""
    assert set(KNOWN_MISSES) <= {case.id for case in CASES}
    assert len(KNOWN_MISSES) <= MOST_MISSES * len(CASES)


def test_the_cases_are_well_formed() -> None:
    """Ids are unique, and no answer is right and misleading at the same time."""
    assert len({case.id for case in CASES}) == len(CASES)
    for case in CASES:
        assert not case.right & set(case.forbid), case.id
        for cause in (case.expect, *case.accept, *case.forbid):
            assert re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", cause), case.id


def test_every_cause_that_a_log_can_show_has_a_case() -> None:
    """Each cause of this version is the right answer to some text, unless a text alone can never show it."""
    only_on_a_host = {
        "cron_malformed",
        "cron_missing",
        "run_overdue",
        "run_died",
        "first_check_pending",
        "pending_too_long",
        "renewed_not_served",
    }
    shown = {case.expect for case in CASES}
    assert {cause.id for cause in catalogue().causes} - shown - only_on_a_host == set()
