"""What root and the prober say to each other: exact forms, caps, and root's distrust."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autossl_doctor.model.served import (
    LONGEST_ISSUER,
    OUTCOMES,
    VALIDITIES,
    Served,
    from_file,
    from_lines,
    from_record,
    merged,
    to_file,
    to_lines,
    to_record,
)
from autossl_doctor.probe.records import (
    LINE_CAP,
    MOST_SITES,
    Request,
    Visit,
    askable,
    read_answer,
    read_request,
    write_done,
    write_record,
    write_request,
)

ID, OTHER_ID = "0123456789abcdef" * 2, "f" * 32
AT = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
VISIT: Visit = ("shop.example", "192.0.2.10")
SERVED = Served(*VISIT, AT, "served", "ab" * 32, "valid", AT + timedelta(days=30), "Let's Encrypt, R11")
REFUSED = Served(*VISIT, AT, "refused")

moments = st.datetimes(datetime(1980, 1, 1), datetime(2999, 12, 31), timezones=st.just(UTC)).map(  # noqa: DTZ001 - aware
    lambda moment: moment.replace(microsecond=0)
)
sites = st.from_regex(r"[a-z0-9]{1,20}(\.[a-z0-9]{1,20}){1,3}", fullmatch=True)
addresses = st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)).map(str)
printable = st.text(max_size=LONGEST_ISSUER).filter(str.isprintable)
failed = st.builds(Served, sites, addresses, moments, st.sampled_from([word for word in OUTCOMES if word != "served"]))
shown = st.builds(
    Served,
    sites,
    addresses,
    moments,
    st.just("served"),
    st.binary(min_size=32, max_size=32).map(bytes.hex),
    st.sampled_from([word for word in VALIDITIES if word not in ("", "unreadable")]),
    moments,
    printable,
)
anything = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=30)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=10), inner, max_size=3)),
    max_leaves=6,
)


def line(data: object) -> bytes:
    """A line of JSON as anybody might write it."""
    return json.dumps(data).encode() + b"\n"


# --- records


@given(served=st.one_of(failed, shown))
def test_a_record_comes_back_as_it_was(served: Served) -> None:
    """What the prober writes about a visit is what root reads."""
    written = write_record(served)
    assert len(written) <= LINE_CAP
    reply = read_answer(written + write_done(ID), [(served.site, served.address)])
    assert (reply.records, reply.damaged, reply.done) == ((served,), 0, ID)


@pytest.mark.parametrize(
    "change",
    [
        {"site": "Shop.example"},
        {"site": "shop.example."},
        {"site": "-shop.example"},
        {"site": "*.shop.example"},
        {"site": "shop.example\n"},
        {"site": "../../etc"},
        {"site": "a" * 64 + ".example"},
        {"site": ".".join(["a" * 60] * 5)},
        {"site": "bäckerei.example"},
        {"site": ""},
        {"site": ["shop.example"]},
        {"address": "192.0.2.10 "},
        {"address": "shop.example"},
        {"address": "fe80::1%eth0"},
        {"address": 3_221_226_026},
        {"at": "2026-11-22T12:30:00+00:00"},
        {"at": "2026-11-22T12:30:00.5Z"},
        {"at": "2026-13-22T12:30:00Z"},
        {"at": "1601-01-01T00:00:00Z"},
        {"at": "9999-12-31T23:59:59Z"},
        {"at": "２０２６-11-22T12:30:00Z"},
        {"at": None},
        {"outcome": "fine"},
        {"outcome": "Served"},
        {"outcome": ["served"]},
        {"fingerprint": "AB" * 32},
        {"fingerprint": "ab" * 31},
        {"fingerprint": ""},
        {"validity": ""},
        {"validity": "valid "},
        {"validity": {"valid": 1}},
        {"validity": "unreadable"},
        {"not_after": ""},
        {"not_after": "never"},
        {"not_after": 1_800_000_000},
        {"issuer": "x" * (LONGEST_ISSUER + 1)},
        {"issuer": "Honest \u202egnihtemos"},
        {"issuer": "two\nlines"},
        {"issuer": "\x1b[2J"},
        {"issuer": "\ud800"},
        {"issuer": "zero\u200bwidth"},
        {"issuer": None},
        {"outcome": "refused"},
        {"more": ""},
    ],
    ids=str,
)
def test_a_record_with_a_field_of_another_form_is_none(change: dict[str, Any]) -> None:
    """One odd field, one too many, or fields that do not go together, and root does not take it."""
    assert from_record(to_record(SERVED) | change) is None
    reply = read_answer(line(to_record(SERVED) | change) + write_done(ID), [VISIT])
    assert (reply.records, reply.damaged, reply.done) == ((), 1, ID)


@pytest.mark.parametrize("name", sorted(to_record(SERVED)))
def test_a_record_without_one_of_its_fields_is_none(name: str) -> None:
    """Nothing is filled in for what is missing."""
    record = to_record(SERVED)
    del record[name]
    assert from_record(record) is None


@pytest.mark.parametrize("name", ["fingerprint", "validity", "not_after", "issuer"])
def test_a_failed_visit_shows_no_certificate(name: str) -> None:
    """A record of a refusal that brings along something about a certificate is none."""
    assert from_record(to_record(REFUSED)) == REFUSED
    assert from_record(to_record(REFUSED) | {name: to_record(SERVED)[name]}) is None


def test_markup_is_just_text() -> None:
    """Printable signs are kept as they are: who shows them must make them harmless."""
    issuer = "<b onmouseover='x()'>CA</b> & {{7*7}}"
    assert from_record(to_record(SERVED) | {"issuer": issuer}) == Served(
        *VISIT, AT, "served", SERVED.fingerprint, "valid", SERVED.not_after, issuer
    )


@given(content=st.one_of(anything, st.dictionaries(st.sampled_from(sorted(to_record(SERVED))), anything)))
def test_no_record_raises(content: object) -> None:
    """Whatever stands in the place of a record, it is none, and nothing breaks."""
    assert from_record(content) is None


# --- answers


def test_only_what_was_asked_for_counts_and_only_once() -> None:
    """Other websites, other addresses and second opinions are damaged lines."""
    elsewhere = [
        Served("bank.example", VISIT[1], AT, "refused"),
        Served(VISIT[0], "198.51.100.7", AT, "refused"),
    ]
    content = b"".join(map(write_record, [*elsewhere, REFUSED, SERVED])) + write_done(ID)
    reply = read_answer(content, [VISIT])
    assert (reply.records, reply.damaged, reply.done) == ((REFUSED,), 3, ID)


def test_nothing_counts_after_the_last_line() -> None:
    """What follows the end of an answer is not looked at."""
    reply = read_answer(write_done(ID) + write_record(SERVED), [VISIT])
    assert (reply.records, reply.done) == ((), ID)


@pytest.mark.parametrize(
    "last",
    [
        b"",
        write_done(ID)[:-1],
        line({"done": ID}),
        line({"done": ID, "schema": 2}),
        line({"done": ID, "schema": True}),
        line({"done": ID, "schema": 1.0}),
        line({"done": ID, "schema": 1, "more": 1}),
        line({"done": [ID], "schema": 1}),
        line({"done": ID.upper(), "schema": 1}),
    ],
)
def test_an_answer_without_its_last_line_is_not_done(last: bytes) -> None:
    """A line that is torn, or only looks like the last one, ends nothing."""
    reply = read_answer(write_record(SERVED) + last, [VISIT])
    assert reply.records == (SERVED,)
    assert reply.done == ""


@pytest.mark.parametrize(
    "odd",
    [
        b"\n",
        b"\xff\xfe\n",
        b"[" * 2000 + b"\n",
        b"1" * 2000 + b"\n",
        b"NaN\n",
        b'{"a":' * 300 + b"\n",
        line("x" * LINE_CAP),
        write_record(SERVED)[:-2] + b" " * LINE_CAP + b"}\n",
        bytes(100) + b"\n",
    ],
)
def test_an_odd_line_costs_only_itself(odd: bytes) -> None:
    """Lines that are too long, too deep or no JSON at all are counted, and the others are read."""
    reply = read_answer(odd + write_record(SERVED) + write_done(ID), [VISIT])
    assert (reply.records, reply.damaged, reply.done) == ((SERVED,), 1, ID)


@given(content=st.lists(st.one_of(st.binary(max_size=60), anything.map(line), st.just(write_record(SERVED)))))
def test_no_answer_raises(content: list[bytes]) -> None:
    """Whatever the prober writes, at most one record comes of the one visit that was asked for."""
    reply = read_answer(b"\n".join(content), [VISIT])
    assert len(reply.records) <= 1


# --- requests


@given(visits=st.lists(st.tuples(sites, addresses), max_size=5))
def test_a_request_comes_back_as_it_was(visits: list[Visit]) -> None:
    """What root asks is what the prober reads."""
    asked = Request(ID, tuple(visits))
    assert read_request(write_request(asked)) == asked


@pytest.mark.parametrize(
    "change",
    [
        {"id": "short"},
        {"id": 7},
        {"schema": 2},
        {"schema": True},
        {"sites": {}},
        {"sites": [{"site": "shop.example"}]},
        {"sites": [{"site": "shop.example", "address": "192.0.2.10", "port": 22}]},
        {"sites": [{"site": "../x", "address": "192.0.2.10"}]},
        {"sites": [{"site": "shop.example", "address": "localhost"}]},
        {"sites": ["shop.example"]},
        {"sites": [{"site": "shop.example", "address": "192.0.2.10"}] * (MOST_SITES + 1)},
        {"more": 1},
    ],
    ids=lambda change: str(change)[:60],
)
def test_a_request_of_another_form_is_none(change: dict[str, Any]) -> None:
    """The prober does nothing at all for a request that is not exactly one."""
    said = json.loads(write_request(Request(ID, (VISIT,))))
    assert read_request(json.dumps(said).encode()) == Request(ID, (VISIT,))
    assert read_request(json.dumps(said | change).encode()) is None


@given(content=st.one_of(st.binary(max_size=60), anything.map(line)))
def test_no_request_raises(content: bytes) -> None:
    """Whatever stands on standard input, it is a request or it is not."""
    assert read_request(content) is None


def test_what_cannot_be_asked_for_is_left_out() -> None:
    """Wildcards, odd names, missing addresses and repetitions are dropped; more than the cap is cut off."""
    odd = [("*.shop.example", "192.0.2.10"), ("", "192.0.2.10"), ("shop.example", ""), VISIT, VISIT]
    assert askable(odd) == (VISIT,)
    many = [(f"site-{number}.example", "192.0.2.10") for number in range(MOST_SITES + 5)]
    assert len(askable(many)) == MOST_SITES


# --- what root keeps


def later(served: Served, hours: int) -> Served:
    """The same visit, some hours later."""
    return Served(*VISIT, AT + timedelta(hours=hours), *to_parts(served))


def to_parts(served: Served) -> tuple[Any, ...]:
    """What was seen at a visit, without where and when."""
    return served.outcome, served.fingerprint, served.validity, served.not_after, served.issuer


def test_the_newest_visit_counts_and_a_failed_one_undoes_nothing() -> None:
    """Of each website the last visit stays, and the last one that showed a certificate."""
    first, second, third = SERVED, later(SERVED, 1), later(REFUSED, 2)
    known = merged({}, [first])
    assert known == {"shop.example": (first,)}
    known = merged(known, [second])
    assert known == {"shop.example": (second,)}
    known = merged(known, [third])
    assert known == {"shop.example": (third, second)}
    assert merged(known, [later(REFUSED, 3)]) == {"shop.example": (later(REFUSED, 3), second)}
    assert merged(known, [later(SERVED, 4)]) == {"shop.example": (later(SERVED, 4),)}


def test_of_lines_the_wanted_and_whole_ones_are_read() -> None:
    """What is torn, has another form or is about another website is left out."""
    other = Served("gone.example", VISIT[1], AT, "refused")
    content = to_lines([other, SERVED])
    assert list(from_lines(content)) == [other, SERVED]
    assert list(from_lines(content[:-9], {"shop.example"})) == []
    assert list(from_lines(b"\xff{\n[1]\n" + content, {"shop.example"})) == [SERVED]


@given(records=st.lists(st.one_of(failed, shown), max_size=5))
def test_the_file_comes_back_as_it_was(records: list[Served]) -> None:
    """What root keeps is what it reads."""
    known = merged({}, records)
    kept = [served for group in known.values() for served in group]
    assert from_file(to_file(kept)) == known
    assert from_file(to_file(kept), ()) == {}


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{}", b'{"schema":2,"served":[]}', b'{"schema":1,"served":{}}', b"\xff", b"[" * 100_000],
)
def test_a_file_of_another_form_is_none(content: bytes) -> None:
    """A torn or foreign file is not taken for an empty one."""
    assert from_file(content) is None


@given(records=st.lists(anything, max_size=4))
def test_no_file_raises(records: list[object]) -> None:
    """Whatever stands among the records of a saved host, the good one is found."""
    content = line({"schema": 1, "served": [*records, {"site": [], "at": {}}, to_record(SERVED)]})
    assert from_file(content) == {"shop.example": (SERVED,)}
    assert from_file(content) == {"shop.example": (SERVED,)}
