"""Whether a click may start something: every reason against it, which one is said first, and its exact limits."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from autossl_doctor.actions.decide import PATIENCE, Asked, Decision, Situation, decide, standing
from autossl_doctor.actions.ledger import Wait
from autossl_doctor.actions.standing import digest, is_switched_off, limit_until, names_to_exclude
from autossl_doctor.actions.verbs import (
    EXCLUDE,
    FEATURES,
    INCLUDE,
    LOOK,
    NAMES_NAMES,
    RETRY,
    SAVE_KEY_TYPE,
    STARTS_A_CHECK,
    VERBS,
)
from autossl_doctor.model.finding import Finding
from autossl_doctor.store import layout

NOW = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
SITE, NAME = "shop.example", "mail.shop.example"
OPEN = Situation(now=NOW, choices=frozenset((NAME,)))
ASKED: Mapping[str, Asked] = {
    RETRY: Asked(RETRY, SITE),
    SAVE_KEY_TYPE: Asked(SAVE_KEY_TYPE, SITE),
    EXCLUDE: Asked(EXCLUDE, SITE, (NAME,), confirmed=True),
    INCLUDE: Asked(INCLUDE, SITE, (NAME,)),
    LOOK: Asked(LOOK, SITE),
}
FAILED_AS_BEFORE = {
    "started": NOW - timedelta(hours=1),
    "finished": NOW - timedelta(minutes=50),
    "failing": True,
    "finding": "f",
    "finding_before": "f",
}


def test_every_verb_is_known_everywhere() -> None:
    """The buttons of the page are the verbs that root accepts in an inbox, and each has its features."""
    assert set(VERBS) == set(layout.VERBS) == set(ASKED) == set(FEATURES)
    assert set(VERBS) - {LOOK} == STARTS_A_CHECK
    assert FEATURES[LOOK] == ()
    assert all("autossl" in FEATURES[verb] for verb in STARTS_A_CHECK)


@pytest.mark.parametrize("verb", VERBS)
def test_every_button_works_where_nothing_stands_against_it(verb: str) -> None:
    """On an ordinary account with a report each click goes through."""
    assert decide(ASKED[verb], OPEN) == Decision("go")
    assert decide(ASKED[verb], OPEN).go


# --- each reason, and which comes first

REASONS: Mapping[str, tuple[dict[str, object], dict[str, object]]] = {
    "demo": ({"demo": True}, {}),
    "suspended": ({"suspended": True}, {}),
    "no_report": ({"has_report": False}, {}),
    "autossl_off": ({"autossl_off": True}, {}),
    "feature": ({"lacks": "autossl"}, {}),
    "refused": ({"choices": frozenset()}, {}),
    "confirm": ({}, {"confirmed": False}),
    "running": ({"running": True}, {}),
    "just_started": ({"started": NOW - SECOND}, {}),
    "ca_limit": ({"limit_until": NOW + SECOND}, {}),
    "ledger_limit": ({"ledger": Wait("orders", NOW + SECOND)}, {}),
    "nothing_changed": (FAILED_AS_BEFORE, {}),
}
WARNINGS = ("ledger_limit", "nothing_changed")
OF_NAMES = {"refused", "confirm"}
ORDER = tuple(REASONS)


def where(*reasons: str, verb: str = RETRY) -> tuple[Asked, Situation]:
    """A click and a situation in which these reasons hold."""
    asked, situation = ASKED[verb], OPEN
    for reason in reversed(reasons):
        around, click = REASONS[reason]
        situation, asked = situation._replace(**around), asked._replace(**click)  # type: ignore[arg-type]  # a table
    return asked, situation


@pytest.mark.parametrize("reason", ORDER)
@pytest.mark.parametrize("verb", [RETRY, SAVE_KEY_TYPE])
def test_each_reason_alone_is_said(verb: str, reason: str) -> None:
    """A single reason is the answer; those about names do not concern buttons without names."""
    answer = decide(*where(reason, verb=verb))
    assert answer.answer == ("go" if reason in OF_NAMES else reason)
    assert answer.go is (reason in OF_NAMES)
    assert answer.insist is (reason in WARNINGS)
    assert answer.until == (NOW + SECOND if reason in ("ca_limit", "ledger_limit") else None)


@pytest.mark.parametrize("reason", ORDER)
@pytest.mark.parametrize("verb", sorted(NAMES_NAMES))
def test_each_reason_alone_is_said_for_names(verb: str, reason: str) -> None:
    """Leaving names out changes what is ordered, so that no warning counts; including needs no question."""
    open_anyway = reason in WARNINGS or (reason == "confirm" and verb == INCLUDE)
    assert decide(*where(reason, verb=verb)).answer == ("go" if open_anyway else reason)


@pytest.mark.parametrize(("first", "second"), list(combinations(ORDER, 2)))
def test_the_first_reason_in_order_is_said(first: str, second: str) -> None:
    """Where two reasons hold, the one that says more about the account is the answer."""
    verb = EXCLUDE if OF_NAMES & {first, second} else RETRY
    asked, situation = where(first, second, verb=verb)
    if {first, second} == {"just_started", "nothing_changed"}:
        # Both speak of the last check: it cannot be unfinished and have failed.
        return
    assert decide(asked, situation).answer == first


def test_all_reasons_at_once_fall_one_by_one() -> None:
    """Taking the reasons away from the front gives them all in their order."""
    said = []
    for at in range(len(ORDER)):
        asked, situation = where(*ORDER[at:], verb=EXCLUDE)
        said.append(decide(asked, situation).answer)
    assert said == [*ORDER[: -len(WARNINGS)], *["go"] * len(WARNINGS)]


@pytest.mark.parametrize("reason", ["demo", "suspended", "no_report", "autossl_off", "feature"])
def test_a_closed_account_is_told_why_although_no_website_is_known(reason: str) -> None:
    """Without a report there are no websites either; the visitor still hears the true reason."""
    asked, situation = where(reason)
    assert decide(asked, situation._replace(has_site=False)).answer == reason


@pytest.mark.parametrize("verb", ["", "Retry", "retry ", "delete", "go", "look\n", "set_default_key_type"])
def test_an_unknown_verb_is_refused(verb: str) -> None:
    """Only the five verbs exist."""
    assert decide(Asked(verb, SITE), OPEN) == Decision("refused")


@pytest.mark.parametrize("verb", VERBS)
def test_a_website_of_somebody_else_is_refused(verb: str) -> None:
    """A click about a website that is not in the account's report does nothing, whatever else is said."""
    asked = ASKED[verb]._replace(anyway=True, confirmed=True)
    assert decide(asked, OPEN._replace(has_site=False)) == Decision("refused")


# --- names


@pytest.mark.parametrize("verb", sorted(NAMES_NAMES))
@pytest.mark.parametrize(
    "names",
    [(), ("",), (SITE,), (NAME, SITE), (NAME, ""), (NAME.upper(),), (f" {NAME}",), (f"{NAME},{SITE}",), ("*",)],
)
def test_only_offered_names_are_taken(verb: str, names: tuple[str, ...]) -> None:
    """One name outside the offered ones refuses the whole click, confirmed or not; so does none at all."""
    for confirmed in (True, False):
        assert decide(Asked(verb, SITE, names, confirmed=confirmed, anyway=True), OPEN) == Decision("refused")


def test_excluding_is_asked_twice() -> None:
    """The first click gets the second question; only the confirmed one goes."""
    first = Asked(EXCLUDE, SITE, (NAME,))
    assert decide(first, OPEN) == Decision("confirm")
    assert decide(first._replace(anyway=True), OPEN) == Decision("confirm")
    assert decide(first._replace(confirmed=True), OPEN).go


# --- times


@pytest.mark.parametrize(
    ("ago", "answer"),
    [
        (timedelta(0), "just_started"),
        (SECOND, "just_started"),
        (PATIENCE - SECOND, "just_started"),
        (PATIENCE, "go"),
        (PATIENCE + SECOND, "go"),
        (timedelta(days=400), "go"),
        (-SECOND, "go"),
        (-timedelta(days=400), "go"),
    ],
)
@pytest.mark.parametrize("verb", sorted(STARTS_A_CHECK))
def test_a_check_that_did_not_appear_may_be_asked_for_again(verb: str, ago: timedelta, answer: str) -> None:
    """Ten minutes a click is enough; afterwards, or where the clock was put back, the next one counts."""
    assert decide(ASKED[verb], OPEN._replace(started=NOW - ago)).answer == answer


@pytest.mark.parametrize(
    ("after", "answer"),
    [(-timedelta(hours=1), "just_started"), (-SECOND, "just_started"), (SECOND, "go"), (timedelta(minutes=4), "go")],
)
def test_only_the_end_of_the_last_check_opens_the_button_again(after: timedelta, answer: str) -> None:
    """The end of an earlier check is not the end of the one that was just asked for."""
    started = NOW - timedelta(minutes=5)
    assert decide(ASKED[RETRY], OPEN._replace(started=started, finished=started + after)).answer == answer


def test_a_check_cannot_have_ended_in_the_second_in_which_it_was_asked_for() -> None:
    """Moments are whole seconds: an end at the very moment of the click is an earlier check's."""
    started = NOW - timedelta(minutes=5)
    assert decide(ASKED[RETRY], OPEN._replace(started=started, finished=started)).answer == "just_started"


@pytest.mark.parametrize(
    ("left", "answer"), [(timedelta(days=9), "ca_limit"), (SECOND, "ca_limit"), (timedelta(0), "go"), (-SECOND, "go")]
)
@pytest.mark.parametrize("anyway", [True, False])
def test_a_limit_of_the_ca_holds_until_its_end(left: timedelta, answer: str, anyway: bool) -> None:  # noqa: FBT001 - both are tried
    """Before the end no insisting helps; at the end the button is open."""
    decision = decide(ASKED[RETRY]._replace(anyway=anyway), OPEN._replace(limit_until=NOW + left))
    assert decision == Decision(answer, NOW + left if answer == "ca_limit" else None)


# --- what this server saw of the CA's limits


@pytest.mark.parametrize(
    ("left", "answer"),
    [(timedelta(days=9), "ledger_limit"), (SECOND, "ledger_limit"), (timedelta(0), "go"), (-SECOND, "go")],
)
@pytest.mark.parametrize("verb", [RETRY, SAVE_KEY_TYPE])
def test_the_ledger_warns_until_its_end(verb: str, left: timedelta, answer: str) -> None:
    """Before the end the page warns and says until when; at the end the button is open. Who insists may try."""
    situation = OPEN._replace(ledger=Wait("same_names", NOW + left))
    warned = answer == "ledger_limit"
    assert decide(ASKED[verb], situation) == Decision(answer, NOW + left if warned else None, insist=warned)
    assert decide(ASKED[verb]._replace(anyway=True), situation).go


def test_a_pause_that_the_ledger_counted_has_no_end() -> None:
    """A pause does not end by itself, so that nothing is said of a time; the count may still be wrong."""
    situation = OPEN._replace(ledger=Wait("paused", None))
    assert decide(ASKED[RETRY], situation) == Decision("ledger_limit", None, insist=True)


@pytest.mark.parametrize(("left", "answer"), [(SECOND, "ca_limit"), (timedelta(0), "go"), (-SECOND, "go")])
@pytest.mark.parametrize("until", [None, NOW + timedelta(days=1)])
def test_the_ca_s_own_word_wins(left: timedelta, answer: str, until: datetime | None) -> None:
    """Where the CA has named a moment, the ledger says nothing: neither before it nor after."""
    situation = OPEN._replace(limit_until=NOW + left, ledger=Wait("orders", until))
    assert decide(ASKED[RETRY], situation).answer == answer


# --- nothing changed


@pytest.mark.parametrize("verb", [RETRY, SAVE_KEY_TYPE])
def test_who_insists_may_try_anyway(verb: str) -> None:
    """After the same failure as before the page says so, offers to try anyway, and keeps its word."""
    situation = OPEN._replace(**FAILED_AS_BEFORE)  # type: ignore[arg-type]  # a table
    assert decide(ASKED[verb], situation) == Decision("nothing_changed", insist=True)
    assert decide(ASKED[verb]._replace(anyway=True), situation).go


@pytest.mark.parametrize(
    "change",
    [
        {"finding": "g"},
        {"finding_before": ""},
        {"failing": False},
        {"started": None},
        {"finished": None},
        {"finished": NOW - timedelta(hours=2)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_something_changed(change: dict[str, object]) -> None:
    """Another finding, no failure, or no finished check of the account's own: a try is worth it."""
    situation = OPEN._replace(**(FAILED_AS_BEFORE | change))  # type: ignore[arg-type]  # a table
    assert decide(ASKED[RETRY], situation).go


@pytest.mark.parametrize("reason", ["running", "just_started", "ca_limit", "demo", "suspended", "feature"])
def test_insisting_opens_nothing_else(reason: str) -> None:
    """To try anyway answers warnings only."""
    asked, situation = where(reason)
    assert decide(asked._replace(anyway=True, confirmed=True), situation).answer == reason


# --- twenty clicks


def test_twenty_clicks_start_one() -> None:
    """Each click sees what the one before left; only the first starts a check."""
    started, answers = None, []
    for number in range(20):
        now = NOW + number * SECOND
        decision = decide(ASKED[VERBS[number % 4]], OPEN._replace(now=now, started=started))
        answers.append(decision.answer)
        started = now if decision.go else started
    assert answers == ["go"] + ["just_started"] * 19


def test_a_click_each_minute_through_a_whole_story() -> None:
    """Queued, running, ended with the same failure: one start, then the warning, then a new finding opens it."""
    said = []
    for minute in range(20):
        now, started = NOW + timedelta(minutes=minute), NOW
        ended = NOW + timedelta(minutes=6)
        situation = OPEN._replace(
            now=now,
            started=started if minute else None,
            running=2 <= minute < 6,
            finished=ended if now >= ended else None,
            failing=True,
            finding="http" if minute < 10 else "dns",
            finding_before="http" if minute else "",
        )
        said.append(decide(ASKED[RETRY], situation).answer)
    assert said == ["go", "just_started", *["running"] * 4, *["nothing_changed"] * 4, *["go"] * 10]


# --- for all situations

MOMENTS = st.sampled_from([NOW + number * timedelta(minutes=1) for number in (-90, -11, -10, -9, -1, 0, 1, 90)])
MAYBE = st.none() | MOMENTS
NAMES = st.lists(st.sampled_from([NAME, "www.shop.example", SITE, ""]), max_size=3)
FINDINGS = st.sampled_from(["", "f", "g"])
CLICKS = st.builds(
    Asked,
    verb=st.sampled_from([*VERBS, "delete"]),
    site=st.just(SITE),
    names=NAMES.map(tuple),
    confirmed=st.booleans(),
    anyway=st.booleans(),
)
FLAG = st.sampled_from([False, False, False, True])
SITUATIONS = st.builds(
    Situation,
    now=st.just(NOW),
    has_report=FLAG.map(lambda flag: not flag),
    has_site=FLAG.map(lambda flag: not flag),
    demo=FLAG,
    suspended=FLAG,
    lacks=st.sampled_from(["", "", "autossl"]),
    autossl_off=FLAG,
    running=FLAG,
    started=MAYBE,
    finished=MAYBE,
    limit_until=MAYBE,
    ledger=st.none() | st.builds(Wait, st.just("orders"), MAYBE),
    failing=st.booleans(),
    finding=FINDINGS,
    finding_before=FINDINGS,
    choices=NAMES.map(frozenset),
)


@given(CLICKS, SITUATIONS)
def test_a_click_goes_only_if_nothing_stands_against_it(asked: Asked, situation: Situation) -> None:
    """In every situation, going means that no reason holds, and not going that the named one does."""
    started, finished = situation.started, situation.finished
    assume(started is None or started != finished)
    after = started is not None and finished is not None and finished >= started
    fresh = started is not None and timedelta(0) <= NOW - started < PATIENCE
    checks = asked.verb != LOOK
    by_names = asked.verb in NAMES_NAMES
    warns = checks and not by_names and not asked.anyway
    ledger = situation.ledger
    same = situation.failing and after and situation.finding == situation.finding_before
    holds = {
        "demo": situation.demo,
        "suspended": situation.suspended,
        "no_report": not situation.has_report,
        "autossl_off": situation.autossl_off and checks,
        "feature": bool(situation.lacks),
        "refused": asked.verb not in VERBS
        or not situation.has_site
        or (by_names and not (asked.names and set(asked.names) <= situation.choices)),
        "confirm": asked.verb == EXCLUDE and not asked.confirmed,
        "running": situation.running and checks,
        "just_started": fresh and not after and checks,
        "ca_limit": situation.limit_until is not None and situation.limit_until > NOW and checks,
        "ledger_limit": situation.limit_until is None
        and ledger is not None
        and (ledger.until is None or ledger.until > NOW)
        and warns,
        "nothing_changed": same and warns,
    }
    decision = decide(asked, situation)
    assert decision.go is not any(holds.values())
    assert decision.go or holds[decision.answer]
    assert decision.insist is (decision.answer in WARNINGS)


@given(SITUATIONS, st.booleans())
def test_looking_again_is_always_allowed_unless_the_account_is_closed(situation: Situation, anyway: bool) -> None:  # noqa: FBT001 - both are tried
    """Looking starts nothing: a running check, limits and failures do not matter, nor does AutoSSL being off."""
    situation = situation._replace(has_site=True)
    closed = standing(situation, LOOK)
    assert decide(ASKED[LOOK]._replace(anyway=anyway), situation).answer == (closed or "go")
    assert closed in ("", "demo", "suspended", "no_report", "feature")


# --- what findings mean for the buttons


def finding(cause: str = "http_forbidden", *domains: str, **args: object) -> Finding:
    """A finding of this cause."""
    return Finding(cause, "owner", "warning", "certain", domains, args)  # type: ignore[arg-type]  # of every type


def test_the_websites_own_name_is_never_offered() -> None:
    """Only the other names of a finding may be left out."""
    assert names_to_exclude(SITE, finding("x", SITE, NAME, "www.shop.example")) == (NAME, "www.shop.example")


def test_the_latest_end_of_a_limit_counts() -> None:
    """Of several limits the last end is meant; findings of other causes, and limits without an end, have none."""
    ends = (NOW, NOW + SECOND)
    limits = [finding("ca_rate_limited", until=end) for end in ends]
    others = [finding("renewal_deferred", until=NOW + timedelta(days=9)), finding("ca_rate_limited")]
    assert limit_until([*limits, *others]) == NOW + SECOND
    assert limit_until(others) is None
    assert limit_until([finding("ca_rate_limited", until="tomorrow")]) is None


def test_only_the_switch_of_the_server_means_off() -> None:
    """AutoSSL is off where the finding of that name says so."""
    assert is_switched_off([finding("healthy"), finding("autossl_disabled")])
    assert not is_switched_off([finding("feature_off"), finding("cron_missing")])


def test_a_digest_changes_with_what_is_wrong_and_not_with_the_time() -> None:
    """The same trouble seen later, counted higher or in another order of names is the same trouble."""
    same = finding("http_forbidden", "a.example", "b.example", status="403", seen=NOW, tries=3)
    later = finding("http_forbidden", "b.example", "a.example", tries=4, seen=NOW + SECOND, status="403")
    assert digest(same) == digest(later)
    others = [
        finding("http_not_found", "a.example", "b.example", status="403"),
        finding("http_forbidden", "a.example", status="403"),
        finding("http_forbidden", "a.example", "b.example", status="401"),
        finding("http_forbidden", "a.example", "b.example"),
    ]
    assert len({digest(same), *map(digest, others)}) == 5
