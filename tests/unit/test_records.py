"""Records of a `json` log: one for each line, whatever the line holds."""

import json
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from autossl_doctor.collect.runs import records
from autossl_doctor.collect.runs.records import UNREADABLE, Record, read_json
from autossl_doctor.host.files import HostPaths
from autossl_doctor.model.fact import Known, Unknown

AT = "2026-11-20T02:17:05Z"
GOOD = b'{"timestamp":"2026-11-20T02:17:05Z","type":"out","indent":0,"pid":1,"partial":0,"contents":"x"}'
KNOWN = Record(AT, "out", 0, "x")


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> HostPaths:
    """A saved host with room for one log."""
    return HostPaths(tmp_path_factory.mktemp("records"))


def read(host: HostPaths, content: bytes, chunk: int = 1 << 16) -> list[Record]:
    """All records of a log with this content, read in pieces of `chunk` bytes."""
    assert host.root
    (host.root / "json").write_bytes(content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(records, "CHUNK", chunk)
        opened = read_json(host, "/json")
        assert isinstance(opened, Known)
        return [record for batch in opened.value for record in batch]


def test_keys_come_in_any_order(host: HostPaths) -> None:
    """Perl writes the keys of a record in the order of a hash."""
    content = (
        b'{"contents":"x","indent":2,"partial":0,"pid":30121,"timestamp":"2026-11-20T02:17:05Z","type":"warn"}\n'
        b'{"type":"success","pid":1,"contents":"y","source":null,"timestamp":"2026-11-20T02:17:06.000Z","indent":"3"}\n'
    )
    assert read(host, content) == [
        Record(AT, "warn", 2, "x"),
        Record("2026-11-20T02:17:06.000Z", "success", 3, "y"),
    ]


@pytest.mark.parametrize("kind", ["out", "success", "warn", "error", "failure", "something new"])
def test_every_type_is_kept(host: HostPaths, kind: str) -> None:
    """The documented types, the `failure` of the API's documentation, and types of later versions."""
    content = json.dumps({"timestamp": AT, "type": kind, "indent": 1, "contents": "x"}).encode() + b"\n"
    assert read(host, content) == [Record(AT, kind, 1, "x")]


@pytest.mark.parametrize("torn", [GOOD[:-1], GOOD[:40], b"{", b'{"timestamp":"20', b"\xe2\x80"])
def test_a_torn_last_line_is_not_counted(host: HostPaths, torn: bytes) -> None:
    """A record that is still being written, or that a full disk cut off, is no line yet."""
    assert read(host, GOOD + b"\n" + torn) == [KNOWN]


def test_a_whole_last_line_without_its_end_counts(host: HostPaths) -> None:
    """A record that is complete but for the line break is a record."""
    assert read(host, GOOD + b"\n" + GOOD) == [KNOWN, KNOWN]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (b"not json", "not json"),
        (b"[]", "[]"),
        (b"17", "17"),
        (b'"text"', '"text"'),
        (b"null", "null"),
        (GOOD[:-1], GOOD[:-1].decode()),
        (GOOD[:30] + GOOD, (GOOD[:30] + GOOD).decode()),
        (b"\xff\xfe", "\ufffd\ufffd"),
    ],
)
def test_a_line_that_is_no_record_is_kept_as_unreadable(host: HostPaths, line: bytes, shown: str) -> None:
    """What is no record is shown as it is, in its place between the others."""
    assert read(host, b"\n".join((GOOD, line, GOOD, b""))) == [
        KNOWN,
        Record(type=UNREADABLE, contents=shown),
        KNOWN,
    ]


@pytest.mark.parametrize(
    ("contents", "shown"),
    [("null", "null"), ("{}", "{}"), ('{"error":"odd"}', '{"error":"odd"}'), ('["odd",1]', '["odd",1]'), ("17", "17")],
)
def test_contents_that_are_no_text_stay_visible(host: HostPaths, contents: str, shown: str) -> None:
    """An exception object that was logged is shown as JSON and never taken for a message."""
    line = f'{{"timestamp":"{AT}","type":"error","indent":3,"contents":{contents}}}\n'
    assert read(host, line.encode()) == [Record(AT, UNREADABLE, 3, shown)]


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ('"indent":"2"', Record(AT, "out", 2, "x")),
        ('"indent":null', Record(AT, "out", 0, "x")),
        ('"indent":[1]', Record(AT, "out", 0, "x")),
        ('"indent":"two"', Record(AT, "out", 0, "x")),
        ('"type":null', Record(AT, "out", 0, "x")),
        ('"type":7', Record(AT, "7", 0, "x")),
        ('"source":{"file":"x"}', Record(AT, "out", 0, "x")),
    ],
)
def test_a_field_of_another_kind_costs_only_itself(host: HostPaths, field: str, expected: Record) -> None:
    """A number as text, a null or an unknown key does not make a record unreadable."""
    assert read(host, f'{{"timestamp":"{AT}","contents":"x",{field}}}\n'.encode()) == [expected]


def test_invalid_utf8_costs_one_sign(host: HostPaths) -> None:
    """Bytes that a web server sent in another encoding are replaced; the record stays."""
    line = GOOD.replace(b'"x"', b'"caf\xe9 \xff\xe2\x80"')
    assert read(host, line + b"\n" + GOOD + b"\n") == [Record(AT, "out", 0, "caf\ufffd \ufffd\ufffd"), KNOWN]


def test_every_line_is_a_record_in_its_place(host: HostPaths) -> None:
    """The place of a record is the number of its line, also behind blank and bad lines."""
    content = b"\n".join((b"", GOOD, b"   ", b"bad", b"\r", GOOD, b""))
    found = read(host, content)
    assert len(found) == 6
    assert [place for place, record in enumerate(found, start=1) if record == KNOWN] == [2, 6]


def test_a_line_may_end_as_on_windows(host: HostPaths) -> None:
    """A carriage return before the line break does no harm."""
    assert read(host, GOOD + b"\r\n" + GOOD + b"\r\n") == [KNOWN, KNOWN]


@pytest.mark.parametrize("chunk", range(1, 13))
def test_a_border_in_the_middle_of_a_sign_does_no_harm(host: HostPaths, chunk: int) -> None:
    """A piece of the file may end inside a sign of several bytes or between two lines."""
    line = GOOD.replace(b'"x"', '"“日本” 🔒 …"'.encode())
    assert read(host, (line + b"\n") * 3, chunk) == [Record(AT, "out", 0, "“日本” 🔒 …")] * 3


def test_a_long_line_is_read(host: HostPaths) -> None:
    """A line of many pieces is one record."""
    line = GOOD.replace(b'"x"', b'"' + b"y" * 500_000 + b'"')
    assert [len(record.contents) for record in read(host, line + b"\n" + GOOD + b"\n")] == [500_000, 1]


@pytest.mark.parametrize("end", [b"", b"\n"], ids=["without end", "with end"])
def test_a_line_of_two_mebibytes_is_one_line(host: HostPaths, end: bytes) -> None:
    """Something endless in place of a record is shown shortened and does not raise."""
    found = read(host, b"x" * (2 << 20) + end)
    assert found
    assert {record.type for record in found} == {UNREADABLE}
    assert max(len(record.contents) for record in found) <= 500


@pytest.mark.parametrize("end", [b"", b"\n"], ids=["without end", "with end"])
def test_a_line_of_three_mebibytes_counts_once(host: HostPaths, end: bytes) -> None:
    """Every line is counted, and none twice: the lines behind it keep their numbers."""
    content = b"x" * (3 << 20) + end
    assert len(read(host, content)) == 1
    if end:
        assert read(host, content + GOOD + b"\n")[1:] == [KNOWN]


def test_deep_nesting_is_unreadable(host: HostPaths) -> None:
    """A record with thousands of brackets in `source` is a bad line, not the end of the reader."""
    line = b'{"contents":"x","source":' + b"[" * 100_000 + b"]" * 100_000 + b"}\n"
    assert len(read(host, line + GOOD + b"\n")) == 2


def test_an_endless_number_is_no_indent(host: HostPaths) -> None:
    """A text of digits that is longer than Python converts counts like any other bad indent."""
    line = b'{"contents":"x","indent":"' + b"7" * 5_000 + b'"}\n'
    assert [record.contents for record in read(host, line)] == ["x"]


def test_an_empty_file_has_no_records(host: HostPaths) -> None:
    """A run that has just begun has written nothing yet."""
    assert read(host, b"") == []


def test_a_log_that_cannot_be_opened_is_unknown(tmp_path: Path) -> None:
    """No file and a link in its place give their reasons."""
    (tmp_path / "json").symlink_to("txt")
    host = HostPaths(tmp_path)
    assert read_json(host, "/json") == Unknown("is_a_link", "/json")
    assert read_json(host, "/nothing") == Unknown("missing", "/nothing")


PIECES = st.sampled_from(
    [
        GOOD,
        b'{"contents":null}',
        b'{"indent":"x"}',
        b'{"type":{}}',
        b"{}",
        b"[",
        b"\n",
        b"\r\n",
        b'"',
        b"\\",
        b"\xe2\x80\x9c",
        b"\xe2\x80",
        b"\xff",
        b"\0",
        b" ",
        b'"\\ud800"',
        b'{"contents":"\\ud800"}',
        b'{"timestamp":1,"contents":"y"}',
        b'{"indent":1e999,"contents":"y"}',
        b'{"indent":123456789012345678901234567890,"contents":"y"}',
    ]
)
CONTENTS = st.one_of(
    st.binary(max_size=200), st.lists(st.one_of(PIECES, st.binary(max_size=4)), max_size=30).map(b"".join)
)


@given(content=CONTENTS, chunk=st.integers(1, 50))
@example(content=b"\n\n\n", chunk=1)
@example(content=GOOD + b"\n\xff", chunk=3)
def test_no_bytes_raise_and_no_line_counts_twice(host: HostPaths, content: bytes, chunk: int) -> None:
    """Whatever a file holds, there are at most as many records as lines, and pieces make no difference."""
    found = read(host, content, chunk)
    assert found == read(host, content)
    lines = content.count(b"\n")
    torn = content.rpartition(b"\n")[2].strip()
    assert len(found) == lines or (torn and len(found) == lines + 1)


@given(texts=st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=8))
def test_every_text_comes_back(host: HostPaths, texts: list[str]) -> None:
    """A message is read as it was written, with all its quotation marks and line breaks."""
    rows = [json.dumps({"timestamp": AT, "contents": text}, ensure_ascii=False) for text in texts]
    content = "".join(f"{row}\n" for row in rows).encode()
    assert [record.contents for record in read(host, content)] == texts
