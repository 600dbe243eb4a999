"""The `txt` twin of a log: depth by tabs, messages over several lines, and content that pretends to be lines."""

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from autossl_doctor.collect.runs.reading import RunReader
from autossl_doctor.collect.runs.records import Record
from autossl_doctor.collect.runs.textlog import joined_content, read_text
from autossl_doctor.collect.signatures.lexicon import lines, reasons
from autossl_doctor.model.log import RunReading
from tests.lab import hosts
from tests.lab.hosts import Account, Certificate, Host, Run, Site, check
from tests.lab.reading import run_directories

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
AT = "2026-11-20T02:17:05Z"
PREVIEW = 128
"""AutoSSL quotes at most so many signs of what a website answered (facts 10, log-messages)."""
MARK = "MARK"


def read(text: str) -> list[Record]:
    """The records of a text."""
    return [record for batch in read_text(text.split("\n")) for record in batch]


def say(text: str) -> RunReading:
    """What a text log says."""
    return RunReader("txt", lines(), reasons()).read(read_text(text.split("\n")))


@pytest.mark.parametrize(("gap", "indent"), [(" ", 0), ("\t", 1), ("\t\t", 2), ("\t\t\t\t", 4), ("\t" * 8, 8)])
def test_the_depth_is_the_number_of_tabs(gap: str, indent: int) -> None:
    """A single space stands at level 0, a tab for each further level."""
    assert read(f"[{AT}]{gap}TLS Status: OK\n") == [Record(AT, "out", indent, "TLS Status: OK", 1)]


def test_fractions_of_a_second_are_accepted() -> None:
    """Times may carry fractions."""
    (record,) = read("[2026-11-20T02:17:05.000Z] x")
    assert record.timestamp == "2026-11-20T02:17:05.000Z"


def test_a_message_goes_on_in_the_next_lines() -> None:
    """What has no time of its own belongs to the message before it; numbers are those of the first lines."""
    found = read(f"[{AT}]\tone\n two\n\n\tthree\n[{AT}] four\n")
    assert [(record.number, record.indent, record.contents) for record in found] == [
        (1, 1, "one\n two\n\tthree"),
        (5, 0, "four"),
    ]


def test_what_stands_before_the_first_time_is_no_message() -> None:
    """A text that begins in the middle of a message has no place for that half."""
    assert [record.contents for record in read(f"half a message\n[{AT}] whole")] == ["whole"]


@pytest.mark.parametrize(
    "line",
    ["", f"[{AT}]x", f"[{AT}]", f" [{AT}] x", "[2026-11-20 02:17:05] x", "[2026-11-20T02:17:05] x", f"({AT}) x"],
)
def test_what_is_no_stamp_opens_no_message(line: str) -> None:
    """Only the exact form of AutoSSL's stamp begins a message."""
    assert read(line) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("TLS Status: OK", "out"),
        ("Local HTTP DCV error (a.example): x", "warn"),
        ("AutoSSL cannot proceed at this time.", "warn"),
        ("CA forbidden: “a.example”", "warn"),
        ("Success!", "out"),
    ],
)
def test_trouble_is_told_by_its_words(text: str, kind: str) -> None:
    """The text log does not say how bad a message is."""
    assert [record.type for record in read(f"[{AT}] {text}")] == [kind]


def failure(content: str) -> str:
    """The message about a file that held something else."""
    return (
        f"Local HTTP DCV error (a.example): The content “{content}” of the DCV (Domain Control Validation) file, "
        "as accessed at “http://a.example/x”, did not match the expected value."
    )


FORGED = [
    f"\n[{AT}] Processing “victim”’s local DCV results …\n[{AT}]\tTLS Status: OK\n",
    f"a” of the DCV b\n[{AT}] Processing “victim”’s local DCV results …",
    f"\n[{AT}]\tThe system has completed “victim”’s AutoSSL check.",
    f"” of the DCV \n[{AT}]\t“victim” is suspended.\n” of the DCV ",
    f"The content “\n[{AT}]\tAnalyzing “victim”’s domains …",
    f"\r\n[{AT}]\tAnalyzing “victim”’s domains …\r",
    f'" of the DCV \n\n\n[{AT}] Analyzing 9 users …',
    "\n" * PREVIEW,
]


@pytest.mark.parametrize("content", FORGED)
def test_quoted_content_stays_one_message(content: str) -> None:
    """Lines that a website puts into its answer belong to the one message that quotes it."""
    found = read(f"[{AT}]\t\t\t{failure(content)}\n[{AT}]\t\t\tTLS Status: OK\n")
    assert len(found) == 2
    assert found[0].contents.replace("\r", "") == failure(content).replace("\r", "")
    assert found[1].number == 2 + content.count("\n")


def test_a_quotation_without_an_end_takes_nothing_along() -> None:
    """Where the closing words are missing, the next lines are messages of their own."""
    found = read(f"[{AT}]\tThe content “abc\n" + f"[{AT}]\tTLS Status: OK\n" * 5)
    assert [record.contents for record in found] == ["The content “abc", *["TLS Status: OK"] * 5]


def test_of_a_quotation_without_an_end_lines_without_a_time_are_not_believed() -> None:
    """In a pasted text a website's own lines may stand behind a quotation whose end was not copied."""
    cut = ["The content “<html>", "This system has AutoSSL disabled.", "x" * 140, "TLS Status: OK"]
    assert [text for _, text in joined_content(cut)] == ["\n".join(cut[:3]), cut[3]]


@pytest.mark.parametrize("end", ["” of\nthe DCV file", "” of the\nDCV file", "”\nof the DCV file"])
def test_a_quotation_ends_also_where_a_mail_program_broke_the_words_behind_it(end: str) -> None:
    """What the website wrote stays in the message, and what follows is a message of its own."""
    text = f"The content “a\nTLS Status: OK{end}\nTLS Status: Defective"
    said = [message for _, message in joined_content(text.split("\n"))]
    assert said[0].startswith("The content “a\nTLS Status: OK”")
    assert "TLS Status: OK" not in said
    assert said[-1] == "TLS Status: Defective"


def test_a_closing_far_away_is_none() -> None:
    """Closing words behind the longest possible quotation belong to another message."""
    opening = f"[{AT}]\tThe content “abc"
    between = f"[{AT}]\tLooking for potential NAT problems …\n" * 4
    assert len(read(f"{opening}\n{between}[{AT}]\tx” of the DCV y\n")) == 6


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A text log in which alice's website answers MARK, between two other accounts."""
    sites = tuple(
        Site(
            f"{user}.example",
            Account(user),
            service_names=(),
            certificate=Certificate(days_left=10),
            checks={"*": check.content(MARK) if user == "alice" else check.no_address()},
        )
        for user in ("aaron", "alice", "victim")
    )
    host = Host(now=NOW, sites=sites, runs=(Run(start=NOW.replace(hour=2), files="txt"),))
    root = hosts.build(host, tmp_path_factory.mktemp("textlog"))
    text = (run_directories(root)[-1] / "txt").read_text(encoding="utf-8")
    assert text.count(MARK) == 2
    return text


def test_the_text_log_says_the_same(template: str) -> None:
    """Nothing in a run's text log is unrecognised, and every account is finished."""
    reading = say(template)
    assert reading.unrecognised.lines == 0
    assert {name: account.finished for name, account in reading.accounts.items()} == {
        "aaron": True,
        "alice": True,
        "victim": True,
    }
    assert {fact.kind for fact in reading.accounts["alice"].names["alice.example"]} == {"http.content"}


STAMPS = [f"[{AT}]", "[2026-11-22T02:00:30Z]", "[2026-11-22T23:59:59Z]"]
TOKENS = [
    "\n",
    "\r\n",
    "\t",
    " ",
    "“",
    "”",
    '"',
    "” of the DCV ",
    "The content “",
    "Analyzing “victim”’s domains …",
    "Processing “victim”’s local DCV results …",
    "“victim” is suspended.",
    "The system has completed “victim”’s AutoSSL check.",
    "Analyzing 9 users …",
    "x",
    *(f"\n{stamp} " for stamp in STAMPS),
    *(f"\n{stamp}\t" for stamp in STAMPS),
]


@given(
    content=st.lists(st.one_of(st.sampled_from(TOKENS), st.text(max_size=3))).map(
        lambda parts: "".join(parts)[:PREVIEW]
    )
)
@example(content=FORGED[0][:PREVIEW])
@example(content=FORGED[3][:PREVIEW])
def test_what_a_website_answers_never_changes_another_account(template: str, content: str) -> None:
    """Whatever alice's website puts into its answer, the other accounts and the run read as before."""
    plain, forged = say(template), say(template.replace(MARK, content))
    for name in ("aaron", "victim"):
        left, right = plain.accounts[name], forged.accounts[name]
        assert (left.finished, left.finished_at, left.names.keys()) == (
            right.finished,
            right.finished_at,
            right.names.keys(),
        )
        assert [fact.kind for facts in left.names.values() for fact in facts] == [
            fact.kind for facts in right.names.values() for fact in facts
        ]
        assert left.websites.keys() == right.websites.keys()
        assert [fact.kind for fact in left.facts] == [fact.kind for fact in right.facts]
    assert forged.accounts.keys() == plain.accounts.keys()
    assert forged.announced == plain.announced
    assert [fact.kind for fact in forged.facts] == [fact.kind for fact in plain.facts]


@given(text=st.one_of(st.text(max_size=200), st.lists(st.sampled_from(TOKENS + STAMPS)).map("".join)))
def test_no_text_raises(text: str) -> None:
    """Any text is a list of records, in order, each with the number of its first line."""
    numbers = [record.number for record in read(text)]
    assert numbers == sorted(set(numbers))
    assert all(1 <= number <= text.count("\n") + 1 for number in numbers)
