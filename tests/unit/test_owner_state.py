"""What the page knows of its account: the report, the last click and the progress, each of them perhaps damaged."""

import json
import os
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autossl_doctor.actions.standing import digest
from autossl_doctor.causes.texts import Texts
from autossl_doctor.entry import owner_situation
from autossl_doctor.entry.owner_situation import excluded_names, missing_features, refused_verbs, situation
from autossl_doctor.entry.owner_state import OwnerState, read_state
from autossl_doctor.host.liveapi import Reply
from autossl_doctor.present.owner.view import Click, Live
from tests.unit.owner_tree import (
    MAIL,
    NOW,
    SITE,
    STARTDATE,
    UID,
    WWW,
    Panel,
    Tree,
    finding,
    report,
    tree,
    visitor,
    website,
)

__all__ = ["tree"]

TEXTS = Texts()
EMPTY = OwnerState(NOW)


def seen() -> OwnerState:
    """What the page reads at this moment."""
    return read_state(visitor(), TEXTS, NOW)


# --- the report


def test_a_report_is_read(tree: Tree) -> None:
    """The account's websites come with their findings, in order, and the age of the report."""
    deferred = finding("renewal_deferred", MAIL, act_by="2026-11-30T00:00:00Z")
    server = finding("cron_missing")
    sites = [website(SITE, finding("unknown_problem", SITE), deferred), website("b.example")]
    tree.write("report.json", report(sites=sites, server_findings=[server]))
    state = seen()
    assert state.trouble == ""
    assert state.generated_at == datetime(2026, 11, 26, 2, 59, tzinfo=UTC)
    assert list(state.findings) == [SITE, "b.example"]
    assert [found.cause for found in state.findings[SITE]] == ["unknown_problem", "renewal_deferred"]
    assert state.findings[SITE][1].act_by == datetime(2026, 11, 30, tzinfo=UTC)
    assert [found.cause for found in state.server_findings] == ["cron_missing"]
    assert [site["site"] for site in state.sites] == [SITE, "b.example"]


def test_an_account_without_websites_has_a_report(tree: Tree) -> None:
    """A report about nothing is a report."""
    tree.write("report.json", report(sites=[]))
    assert seen() == EMPTY._replace(generated_at=datetime(2026, 11, 26, 2, 59, tzinfo=UTC))


def test_without_a_report_the_page_says_so(tree: Tree) -> None:
    """Nobody looked at the account yet: no directory, or an empty one."""
    (tree.reports / "report.json").unlink()
    assert seen() == EMPTY._replace(trouble="no_report")
    (tree.reports / "form.key").unlink()
    tree.reports.rmdir()
    assert seen() == EMPTY._replace(trouble="no_report")


@pytest.mark.parametrize("changes", [{"account": "other"}, {"uid": UID + 1}, {"startdate": STARTDATE - 1}])
def test_a_report_of_somebody_else_is_as_good_as_none(tree: Tree, changes: dict[str, Any]) -> None:
    """A former owner's report is not shown, and not mentioned either."""
    tree.write("report.json", report(**changes))
    assert seen() == EMPTY._replace(trouble="no_report")


@pytest.mark.parametrize("field", ["account", "uid", "startdate"])
@pytest.mark.parametrize("value", [None, True, "", [], {}, 1.5])
def test_an_owner_that_is_no_owner_is_somebody_else(tree: Tree, field: str, value: object) -> None:
    """Values of other types do not stand for the account's."""
    tree.write("report.json", report(**{field: value}))
    assert seen() == EMPTY._replace(trouble="no_report")


DAMAGED: dict[str, Any] = {
    "nothing": b"",
    "half": json.dumps(report()).encode()[:-20],
    "no UTF-8": b'{"schema":1,"account":"\xff"}',
    "a list": [report()],
    "a text": "report",
    "another schema": report(schema=2),
    "no schema": {key: value for key, value in report().items() if key != "schema"},
    "deep": b"[" * 100_000,
    "sites no list": report(sites={}),
    "no server findings": report(server_findings=None),
    "a site that is a text": report(sites=["shop.example"]),
    "a site without a name": report(sites=[{"findings": []}]),
    "a name that is a list": report(sites=[website() | {"site": [SITE]}]),
    "no findings": report(sites=[website() | {"findings": []}]),
    "findings no list": report(sites=[website() | {"findings": 5}]),
    "an unknown cause": report(sites=[website(SITE, finding("not_invented_yet"))]),
    "a cause that is a path": report(sites=[website(SITE, finding("../healthy"))]),
    "a cause that is a list": report(sites=[website(SITE, finding() | {"cause": ["healthy"]})]),
    "a broken argument": report(sites=[website(SITE, finding("key_type_mismatch", args={"not_after": "soon"}))]),
    "an unknown server cause": report(server_findings=[finding("not_invented_yet")]),
    "a moment that is a number": report(generated_at=5),
    "no moment": {key: value for key, value in report().items() if key != "generated_at"},
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED.keys())
def test_a_damaged_report_is_said_to_be_damaged(tree: Tree, content: object) -> None:
    """A report that cannot be understood is not shown in part."""
    tree.write("report.json", content)
    assert seen() == EMPTY._replace(trouble="damaged")


ESCAPES: dict[str, Any] = {
    "a cause that is null": report(sites=[website(SITE, finding() | {"cause": None})]),
    "a cause too long for a file": report(sites=[website(SITE, finding("a" * 300))]),
    "arguments no object": report(sites=[website(SITE, finding() | {"args": []})]),
    "an endless duration": report(sites=[website(SITE, finding("pending_too_long", args={"usual": 10**20}))]),
    "a moment without a zone": report(sites=[website(SITE, finding() | {"act_by": "2026-12-01T00:00:00"})]),
    "a moment out of all calendars": report(generated_at="someday"),
    "a site without a renewal": report(sites=[{"site": SITE, "findings": [finding()]}]),
    "a name that is a number": report(sites=[website() | {"site": 5}]),
}


@pytest.mark.parametrize("content", ESCAPES.values(), ids=ESCAPES.keys())
def test_other_damage_is_damage_too(tree: Tree, content: object) -> None:
    """What would break the page later, or breaks the reading now, is a damaged report."""
    tree.write("report.json", content)
    assert seen().trouble == "damaged"


@pytest.mark.parametrize("place", ["report.json", "directory"])
def test_links_and_fifos_are_no_reports(tree: Tree, place: str) -> None:
    """Something else in the place of a report is not opened, does not hold the page up, and is not believed."""
    path = tree.reports / "report.json"
    if place == "directory":
        moved = tree.reports.rename(tree.state / "elsewhere")
        tree.reports.symlink_to(moved)
        assert seen().trouble in ("no_report", "damaged")
        return
    moved = path.rename(tree.state / "moved.json")
    path.symlink_to(moved)
    assert seen().trouble == "damaged"
    path.unlink()
    os.link(moved, path)
    assert seen().trouble == "damaged"
    path.unlink()
    os.mkfifo(path)
    assert seen().trouble == "damaged"


def test_where_the_group_is_shared_the_page_says_so(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """A report that only root may read means that others share the account's group."""
    real = os.open

    def refuse(path: Any, *rest: Any, **named: Any) -> int:
        if path == "report.json":
            raise PermissionError(13, "no")
        return real(path, *rest, **named)

    monkeypatch.setattr(os, "open", refuse)
    assert seen() == EMPTY._replace(trouble="shared_group")
    assert tree.reports.is_dir()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.binary(max_size=60), st.integers(0, 400), st.integers(0, 60))
def test_no_damage_of_the_bytes_breaks_the_page(tree: Tree, dirt: bytes, at: int, length: int) -> None:
    """A report in which some bytes were replaced is whole, damaged or nobody's."""
    content = json.dumps(report()).encode()
    tree.write("report.json", content[:at] + dirt + content[at + length :])
    assert seen().trouble in ("", "damaged", "no_report")


# --- the last click

CLICKED = {"schema": 1, "verb": "retry", "site": SITE, "at": "2026-11-26T02:55:00Z", "before": "abc"}
CLICK = Click("retry", SITE, datetime(2026, 11, 26, 2, 55, tzinfo=UTC))


def test_the_last_click_is_read(tree: Tree) -> None:
    """The page knows what was asked for, when, and how the website stood."""
    tree.note(CLICKED)
    state = seen()
    assert (state.click, state.before) == (CLICK, "abc")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"{",
        b"[" * 1000,
        b" " * 2000,
        [],
        "retry",
        {},
        CLICKED | {"verb": "delete"},
        CLICKED | {"verb": None},
        CLICKED | {"verb": ["retry"]},
        CLICKED | {"site": 5},
        CLICKED | {"site": None},
        CLICKED | {"at": "now"},
        CLICKED | {"at": None},
        CLICKED | {"at": 1_764_000_000},
        CLICKED | {"at": "0001-01-01T00:00:00Z"},
        CLICKED | {"at": "9999-12-31T23:59:59-14:00"},
        CLICKED | {"padding": "x" * 2000},
    ],
    ids=lambda content: repr(content)[-40:],
)
def test_a_note_that_is_none_is_no_click(tree: Tree, content: object) -> None:
    """The account may write anything into its note; what is no click is forgotten."""
    tree.note(content)
    state = seen()
    assert (state.click, state.before, state.trouble) == (None, "", "")


@pytest.mark.parametrize("before", [None, 5, ["abc"], {}])
def test_a_note_with_an_odd_digest_matches_nothing(tree: Tree, before: object) -> None:
    """A digest that is no text is a text that no website has."""
    tree.note(CLICKED | {"before": before})
    state = seen()
    assert state.click == CLICK
    assert state.before != digest(state.findings[SITE][0])


def test_links_and_fifos_are_no_notes(tree: Tree) -> None:
    """Something else in the place of the note does not hold the page up."""
    (tree.inbox / "lock").symlink_to(tree.write("note.json", CLICKED))
    assert seen().click is None
    (tree.inbox / "lock").unlink()
    os.mkfifo(tree.inbox / "lock")
    assert seen().click is None


# --- the progress

RUNNING = {
    "schema": 1,
    "site": SITE,
    "step": "order",
    "since": "2026-11-26T02:56:00Z",
    "ended": None,
    "main": None,
}
SINCE = datetime(2026, 11, 26, 2, 56, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "live"),
    [
        ({}, Live(SITE, "order", SINCE, None)),
        ({"ended": "2026-11-26T02:58:00Z"}, Live(SITE, "order", SINCE, SINCE + timedelta(minutes=2))),
        ({"ended": ""}, Live(SITE, "order", SINCE, None)),
    ],
)
def test_the_progress_is_read(tree: Tree, changes: dict[str, Any], live: Live) -> None:
    """The page knows how far the check is, since when, and whether it has ended."""
    tree.write("live.json", RUNNING | changes)
    assert seen().live == live


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff{",
        b'{"since": "\xff"}',
        b"{}",
        b" " + json.dumps(RUNNING).encode(),
        b"{" + b" " * 70_000 + b"}",
        RUNNING | {"since": "now"},
        RUNNING | {"since": None},
        RUNNING | {"since": 5},
        RUNNING | {"ended": 5},
        {key: value for key, value in RUNNING.items() if key != "step"},
        {key: value for key, value in RUNNING.items() if key != "site"},
        {key: value for key, value in RUNNING.items() if key != "ended"},
    ],
    ids=lambda content: repr(content)[:40],
)
def test_a_progress_that_is_none_is_left_out(tree: Tree, content: object) -> None:
    """A progress that cannot be understood is as good as none, and the report is still shown."""
    tree.write("live.json", content)
    state = seen()
    assert (state.live, state.trouble) == (None, "")


@pytest.mark.parametrize(
    "content",
    [
        b'{"since":' * 6000,
        RUNNING | {"site": 5},
        RUNNING | {"step": ["order"]},
        RUNNING | {"step": None},
        RUNNING | {"ended": "yesterday"},
    ],
    ids=["deep", "site", "step", "no step", "ended"],
)
def test_a_progress_of_other_types_is_left_out(tree: Tree, content: object) -> None:
    """A website that is no text, a step that is none, or an end that is no moment is no progress."""
    tree.write("live.json", content)
    assert seen().live is None


def test_the_progress_of_a_former_owner_is_left_out(tree: Tree) -> None:
    """What was written before the account began is not this account's."""
    path = tree.write("live.json", RUNNING)
    os.utime(path, (STARTDATE - 5, STARTDATE - 5))
    assert seen().live is None


# --- what decides about a click


def facts(state: OwnerState, verb: str = "retry", panel: Panel | None = None, **who: Any) -> Any:
    """The situation of a click about the website."""
    return situation(visitor(**who), state, verb, SITE, panel or Panel(), TEXTS)  # type: ignore[arg-type]  # stands in


def test_a_quiet_account_is_open(tree: Tree) -> None:
    """Nothing stands against a click where nothing runs and nothing was clicked."""
    found = facts(seen())
    assert (found.has_report, found.has_site, found.failing) == (True, True, True)
    assert (found.running, found.lacks, found.autossl_off) == (False, "", False)
    assert (found.started, found.finished, found.limit_until) == (None, None, None)
    assert found.finding == digest(seen().findings[SITE][0])
    assert tree.records() == []


def test_a_website_of_somebody_else_has_no_situation(tree: Tree) -> None:
    """A name that is not in the report is no website, even where the report of a name near to it is."""
    state = seen()
    for site in ("other.example", "", SITE.upper(), f"{SITE}.", WWW):
        assert not situation(visitor(), state, "retry", site, Panel(), TEXTS).has_site  # type: ignore[arg-type]  # stands in
    assert tree.records() == []


@pytest.mark.parametrize(
    ("live", "runs"),
    [
        (Live(SITE, "check", NOW, None), True),
        (Live("b.example", "visitors", NOW - timedelta(minutes=14), None), True),
        (Live(SITE, "check", NOW - timedelta(minutes=15), None), False),
        (Live(SITE, "queued", NOW, None), False),
        (Live(SITE, "order", NOW - timedelta(minutes=5), NOW), False),
    ],
)
def test_a_check_that_is_followed_runs_until_it_ends(tree: Tree, live: Live, runs: bool) -> None:  # noqa: FBT001 - the expected answer
    """A step beyond the queue runs; an ended one, and one that nobody seems to follow any more, does not."""
    panel = Panel({"is_autossl_check_in_progress": Reply(1, 1)})
    assert facts(seen()._replace(live=live), panel=panel).running is runs
    assert "is_autossl_check_in_progress" not in dict(panel.calls), "the report is young enough"
    assert tree.records() == []


@pytest.mark.parametrize(
    ("reply", "runs"),
    [
        (Reply(1, 1), True),
        (Reply(1, "1"), True),
        (Reply(1, 0), False),
        (Reply(1, "0"), False),
        (Reply(1, None), False),
        (Reply(), False),
    ],
)
def test_for_an_old_report_the_panel_is_asked(tree: Tree, reply: Reply, runs: bool) -> None:  # noqa: FBT001 - the expected answer
    """A report older than a quarter of an hour does not know what runs now."""
    old = seen()._replace(generated_at=NOW - owner_situation.FRESH)
    assert facts(old, panel=Panel({"is_autossl_check_in_progress": reply})).running is runs
    assert tree.records() == []


def test_a_click_and_its_end_belong_together(tree: Tree) -> None:
    """An end before the click is an earlier check's; the digest counts for the clicked website only."""
    ended = Live(SITE, "visitors", SINCE, SINCE + timedelta(minutes=2))
    state = seen()._replace(click=CLICK, before="abc", live=ended)
    assert (facts(state).started, facts(state).finished, facts(state).finding_before) == (CLICK.at, ended.ended, "abc")
    later = state._replace(click=CLICK._replace(at=NOW, site="b.example"))
    assert (facts(later).started, facts(later).finished, facts(later).finding_before) == (NOW, None, "")
    assert tree.records() == []


def test_only_offered_names_may_be_excluded(tree: Tree) -> None:
    """Names of findings that have the button, but never the website's own, and none of other findings."""
    found = [finding("unknown_problem", SITE, "ftp.shop.example"), finding("renewal_deferred", SITE, MAIL, WWW)]
    tree.write("report.json", report(sites=[website(SITE, *found)]))
    assert facts(seen(), "exclude").choices == {MAIL, WWW}
    assert facts(seen(), "include").choices == frozenset()
    assert facts(seen(), "retry").choices == frozenset()


def test_only_excluded_names_may_be_included(tree: Tree) -> None:
    """What the panel says is excluded may be included again; odd rows are left out."""
    rows = [{"excluded_domain": MAIL}, {"excluded_domain": 5}, {"other": WWW}, "x", None]
    panel = Panel({"get_autossl_excluded_domains": Reply(1, rows)})
    assert facts(seen(), "include", panel).choices == {MAIL}
    assert excluded_names(panel) == (MAIL,)  # type: ignore[arg-type]  # stands in
    for reply in (Reply(0, rows), Reply(None, rows), Reply(1, {"excluded_domain": MAIL}), Reply(1, None)):
        closed = Panel({"get_autossl_excluded_domains": reply})
        assert excluded_names(closed) is None  # type: ignore[arg-type]  # stands in
        assert facts(seen(), "include", closed).choices == frozenset()
    assert tree.records() == []


def test_each_button_needs_its_features(tree: Tree) -> None:
    """A feature that the account lacks closes the buttons that need it, and no answer counts as lacking."""
    lacking = missing_features(Panel(lacks=frozenset(("sslmanager",))))  # type: ignore[arg-type]  # stands in
    assert lacking == {"sslmanager"}
    closed = {verb: why for verb, why in refused_verbs(visitor(), seen(), lacking).items() if why}
    assert closed == {"save_key_type": "feature"}
    silent = missing_features(Panel({"has_feature": Reply()}))  # type: ignore[arg-type]  # stands in
    assert silent == {"autossl", "sslinstall", "sslmanager"}
    closed = {verb: why for verb, why in refused_verbs(visitor(), seen(), silent).items() if why}
    assert set(closed) == {"retry", "save_key_type", "exclude", "include"}
    assert tree.records() == []


def test_a_switched_off_autossl_closes_every_button_but_looking(tree: Tree) -> None:
    """The server's finding closes the buttons; the panel is asked for each click all the same."""
    tree.write("report.json", report(server_findings=[finding("autossl_disabled")]))
    assert facts(seen()).autossl_off
    open_verbs = [verb for verb, why in refused_verbs(visitor(), seen(), frozenset()).items() if not why]
    assert open_verbs == ["look"]
