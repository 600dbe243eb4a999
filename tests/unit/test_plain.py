"""Findings as plain data on the disk: what is written reads back the same, and damage is noticed."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autossl_doctor.model import plain
from autossl_doctor.model.finding import CONFIDENCES, SEVERITIES, Argument, Evidence, Finding
from autossl_doctor.model.host import Certificate
from autossl_doctor.model.plain_finding import finding_from
from autossl_doctor.model.report import CouldNotCheck, SiteVerdict

NOTICED = (KeyError, TypeError, ValueError)
"""What a reader of reports is prepared for."""

ZONES = st.sampled_from([UTC, timezone(timedelta(hours=9)), timezone(-timedelta(hours=3, minutes=30))])
MOMENTS = st.datetimes(datetime(1980, 1, 2), datetime(2999, 12, 30), timezones=ZONES).map(  # noqa: DTZ001 - the zone comes with it
    lambda moment: moment.replace(microsecond=0)
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
DURATIONS = st.integers(-(10**9), 10**10).map(lambda seconds: timedelta(seconds=seconds))
BY_TYPE: Mapping[str, st.SearchStrategy[Argument]] = {
    "domain": TEXTS,
    "domains": st.lists(TEXTS, max_size=4).map(tuple),
    "ip": TEXTS,
    "moment": MOMENTS,
    "duration": DURATIONS,
    "count": st.integers(-(10**12), 10**12),
    "url": TEXTS,
    "quote": TEXTS,
    "text": TEXTS,
}
TYPES = {f"a_{kind}": kind for kind in BY_TYPE} | {f"maybe_{kind}": f"{kind}?" for kind in BY_TYPE}
ARGUMENTS = st.fixed_dictionaries({}, optional={name: BY_TYPE[kind.removesuffix("?")] for name, kind in TYPES.items()})
STAMPS = st.none() | MOMENTS.map(plain.moment)
FINDINGS = st.builds(
    Finding,
    cause=st.sampled_from(["http_forbidden", "healthy"]),
    who=st.sampled_from(["owner", "host", "dns", "ca", "nobody"]),
    severity=st.sampled_from(SEVERITIES),
    confidence=st.sampled_from(CONFIDENCES),
    domains=st.lists(TEXTS, max_size=3).map(tuple),
    args=ARGUMENTS,
    act_by=st.none() | MOMENTS,
    evidence=st.lists(st.builds(Evidence, TEXTS, STAMPS, TEXTS), max_size=2).map(tuple),
)


def through_json(item: Finding) -> Any:
    """What stands in the report's file."""
    return json.loads(json.dumps(plain.finding(item)))


SAMPLE = Finding(
    cause="http_forbidden",
    who="owner",
    severity="warning",
    confidence="certain",
    domains=("shop.example",),
    args={"at": datetime(2026, 11, 26, 3, 0, tzinfo=UTC), "tries": 3, "since": timedelta(hours=1), "status": "403"},
    act_by=datetime(2026, 12, 1, tzinfo=UTC),
    evidence=(Evidence("run.json", "2026-11-26T03:00:00Z", "403 Forbidden"),),
)
SAMPLE_TYPES = {"at": "moment?", "tries": "count", "since": "duration?", "status": "text"}


# --- there and back


@given(FINDINGS)
def test_a_finding_reads_back_as_it_was(item: Finding) -> None:
    """Every type of argument survives the file, at the same moment in every zone."""
    again = finding_from(through_json(item), TYPES)
    assert again == item
    assert {name: type(value) for name, value in again.args.items()} == {
        name: type(value) for name, value in item.args.items()
    }


@given(FINDINGS)
def test_what_is_written_is_the_same_when_it_is_written_again(item: Finding) -> None:
    """Reading and writing once more changes not a letter."""
    once = through_json(item)
    assert through_json(finding_from(once, TYPES)) == once


def test_a_finding_is_written_in_the_words_of_the_contract() -> None:
    """Moments end in Z, durations are whole seconds, counts are integers, and there are no sentences."""
    assert through_json(SAMPLE) == {
        "cause": "http_forbidden",
        "who": "owner",
        "severity": "warning",
        "confidence": "certain",
        "domains": ["shop.example"],
        "args": {"at": "2026-11-26T03:00:00Z", "tries": 3, "since": 3600, "status": "403"},
        "act_by": "2026-12-01T00:00:00Z",
        "evidence": [{"source": "run.json", "at": "2026-11-26T03:00:00Z", "text": "403 Forbidden"}],
    }


def test_an_argument_without_a_value_is_left_out() -> None:
    """A null is as good as nothing."""
    data = through_json(SAMPLE)
    data["args"]["status"] = None
    assert "status" not in finding_from(data, SAMPLE_TYPES).args


def test_an_argument_of_an_unknown_name_is_a_text() -> None:
    """A report of a newer doctor may hold arguments that the page's texts do not know."""
    data = through_json(SAMPLE)
    data["args"] |= {"new": 5, "names": ["a", 1]}
    args = finding_from(data, SAMPLE_TYPES).args
    assert (args["new"], args["names"]) == ("5", ("a", "1"))


@given(st.datetimes(timezones=ZONES, min_value=datetime(1980, 1, 2), max_value=datetime(2999, 12, 30)))  # noqa: DTZ001 - the zone comes with it
def test_a_moment_is_utc_in_whole_seconds(value: datetime) -> None:
    """Whatever zone a moment came in, it is written as UTC."""
    text = plain.moment(value)
    assert text.endswith("Z")
    assert datetime.fromisoformat(text) == value.replace(microsecond=0)


@given(TEXTS | st.none())
def test_no_time_stamp_of_a_log_breaks_the_writing(at: str | None) -> None:
    """A stamp that is none is left out."""
    written = plain.utc(at)
    assert written is None or written.endswith("Z")


@pytest.mark.parametrize(
    ("at", "written"),
    [
        ("2026-11-26T12:00:00+09:00", "2026-11-26T03:00:00Z"),
        ("2026-11-26 03:00:00", "2026-11-26T03:00:00Z"),
        ("2026-11-26T03:00:00.9Z", "2026-11-26T03:00:00Z"),
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31T23:59:59-14:00", None),
        ("yesterday", None),
        ("", None),
        (None, None),
    ],
)
def test_a_time_stamp_is_brought_into_one_form(at: str | None, written: str | None) -> None:
    """Stamps with and without a zone are one form; those outside all calendars are none."""
    assert plain.utc(at) == written


# --- websites


def test_a_website_is_written_with_its_main_finding_first() -> None:
    """The verdict holds its main finding twice: by itself and at the head of the list."""
    day = datetime(2026, 11, 26, tzinfo=UTC)
    leaf = Certificate("A CA", day, day + timedelta(days=90), "rsa-2048", ("shop.example",), fingerprint="ab")
    verdict = SiteVerdict(
        "shop", "shop.example", ("shop.example",), "warned", "failing", (SAMPLE, SAMPLE), ("www.shop.example",), leaf,
        (CouldNotCheck("dns", "no_network"),),
    )  # fmt: skip
    written = json.loads(json.dumps(plain.site(verdict)))
    assert written["main"] == written["findings"][0] == through_json(SAMPLE)
    assert written["certificate"] == {
        "issuer": "A CA",
        "not_before": "2026-11-26T00:00:00Z",
        "not_after": "2027-02-24T00:00:00Z",
        "key_type": "rsa-2048",
        "covers": ["shop.example"],
    }
    assert written["could_not_check"] == [{"fact": "dns", "why": "no_network"}]
    assert plain.site(verdict._replace(certificate=None))["certificate"] is None


# --- damage


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
FIELDS = sorted(through_json(SAMPLE))


@pytest.mark.parametrize("field", FIELDS)
def test_a_missing_field_is_noticed(field: str) -> None:
    """Every field of a finding is needed."""
    data = through_json(SAMPLE)
    del data[field]
    with pytest.raises(KeyError):
        finding_from(data, SAMPLE_TYPES)


@pytest.mark.parametrize(
    "changes",
    [
        {"args": {"at": "yesterday"}},
        {"args": {"at": 5}},
        {"args": {"at": ["2026-11-26T03:00:00Z"]}},
        {"args": {"tries": "many"}},
        {"args": {"tries": []}},
        {"args": {"tries": float("nan")}},
        {"args": {"since": "1 hour"}},
        {"args": {"since": {}}},
        {"args": {"since": float("nan")}},
        {"act_by": "soon"},
        {"act_by": 5},
        {"domains": None},
        {"domains": 5},
        {"evidence": [1]},
        {"evidence": [{}]},
        {"evidence": ["text"]},
        {"evidence": None},
    ],
    ids=str,
)
def test_damage_is_noticed(changes: dict[str, Any]) -> None:
    """A value that is none of its type is noticed as one of the three that readers are prepared for."""
    with pytest.raises(NOTICED):
        finding_from(through_json(SAMPLE) | changes, SAMPLE_TYPES)


@pytest.mark.parametrize("data", [None, 5, "finding", [], ["args"], True])
def test_what_is_no_object_is_noticed(data: Any) -> None:
    """A finding that is no object at all is noticed in the same way."""
    with pytest.raises(NOTICED):
        finding_from(data, SAMPLE_TYPES)


@pytest.mark.parametrize(
    "changes",
    [
        {"args": []},
        {"args": None},
        {"args": "text"},
        {"args": {"since": 10**20}},
        {"args": {"since": float("inf")}},
        {"args": {"tries": float("inf")}},
    ],
    ids=str,
)
def test_no_damage_raises_anything_else(changes: dict[str, Any]) -> None:
    """Arguments that are no object and numbers beyond all measure are noticed like other damage."""
    with pytest.raises(NOTICED):
        finding_from(through_json(SAMPLE) | changes, SAMPLE_TYPES)


@pytest.mark.parametrize(
    "changes",
    [
        {"args": {"at": "2026-11-26T03:00:00"}},
        {"args": {"at": "2026-11-26"}},
        {"act_by": "2026-12-01"},
        {"domains": "shop.example"},
        {"cause": 5},
        {"who": "somebody"},
        {"severity": None},
        {"confidence": ["certain"]},
    ],
    ids=str,
)
def test_what_would_break_the_page_later_is_noticed(changes: dict[str, Any]) -> None:
    """A moment without a zone cannot be compared, and an unknown severity has no place: both are damage."""
    with pytest.raises(NOTICED):
        finding_from(through_json(SAMPLE) | changes, SAMPLE_TYPES)


@given(st.sampled_from(FIELDS), JSON)
def test_no_other_value_of_a_field_raises_anything_else(field: str, value: Any) -> None:
    """Whatever stands in a field, a finding comes of it or damage is noticed; the known escapes stand above."""
    try:
        finding_from(through_json(SAMPLE) | {field: value}, SAMPLE_TYPES)
    except NOTICED:
        pass
    except AttributeError:
        assert field == "args"
        assert not isinstance(value, dict)


@given(st.sampled_from(sorted(SAMPLE_TYPES)), JSON)
def test_no_value_of_an_argument_raises_anything_else(name: str, value: Any) -> None:
    """The same holds for each argument."""
    data = through_json(SAMPLE)
    data["args"][name] = value
    try:
        finding_from(data, SAMPLE_TYPES)
    except NOTICED:
        pass
    except OverflowError:
        assert isinstance(value, (int, float))
