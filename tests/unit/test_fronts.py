"""What stands in front of a pasted line does not change what the line says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autossl_doctor.collect.fronts import unquoted, without_front, without_speaker
from autossl_doctor.collect.signatures.lexicon import lines, reasons

AT = "2026-11-22T03:05:44Z"
FRONTS = [
    "3:05:44 AM",
    "3:05:44\u202fAM",
    "3:05 AM WARN",
    "3:05:44 a.m.",
    "午前3:05:44 WARN",
    "03:05:44",
    "[03:05:44]",
    "[3:05:44 AM]",
    "03:05:44.123",
    "03:05:44 |",
    "03:05:44 -",
    "2026-11-22 03:05:44",
    "2026-11-22 03:05:44,123 WARNING:",
    "[2026-11-22 03:05:44]",
    "[2026-11-22 03:05:44 +0900]",
    "[2026-11-22 03:05:44 +0900] warn [autossl_check]",
    "2026/11/22 03:05:44",
    "2026-11-22 03:05:44 UTC:",
    "2026-11-22T03:05:44+09:00",
    f"{AT}",
    f"[{AT}]\t\t\t",
    f"[{AT}] [WARN]",
    "11/22/2026 3:05:44 AM",
    "11/22/26, 3:05 AM",
    "22.11.2026 03:05:44",
    "[22/Nov/2026:03:05:44 +0900]",
    "22 Nov 2026 03:05:44",
    "Nov 22, 2026 3:05:44 AM",
    "Sun Nov 22 03:05:44 2026",
    "[Sun Nov 22 03:05:44.123456 2026]",
    "2026年11月22日 3:05:44",
    "Nov 22 03:05:44",
    "Nov 22 03:05:44 cp3 autossl[811]:",
    "Nov  2 03:05:44 web01.hoster.example autossl_check:",
    "Nov 22 03:05:44 CP3 autossl[811]:",
    "Nov 22 03:05:44 autossl_check[811]: WARN",
    "2026-11-22T03:05:44+0900 cp3 autossl[811]:",
    "ERROR",
    "[warn]",
    "Error:",
    "Warning\t",
    "WARN [3:05:44 AM]",
    "API failure:",
    f"/var/cpanel/logs/autossl/{AT}/txt:[{AT}]\t\t",
    "txt:12:",
    "  17\t",
    "17.",
]
MESSAGES = [
    "Local HTTP DCV error (a.example): “a.example” does not resolve to any IP addresses on the internet.",
    "TLS Status: Ready for Renewal",
    "Analyzing “alice”’s domains …",
    "“alice” is suspended.",
    "DNS DCV: No local authority: “a.example”",
    "a.example: AutoSSL reduced SSL coverage",
    "203.0.113.9 (10.0.0.9): OK",
    "Certificate expiry: 12/9/26, 3:12 AM UTC (19.04 days from now)",
    '{"contents":"TLS Status: OK"}',
]


@pytest.mark.parametrize("message", MESSAGES)
@pytest.mark.parametrize("front", FRONTS)
def test_a_front_is_taken_away(front: str, message: str) -> None:
    """Clocks, machines, programs, levels and file names leave the whole message."""
    assert without_front(f"{front} {message}").text == message


@pytest.mark.parametrize(
    ("line", "at", "severity"),
    [
        (f"[{AT}] ERROR x", AT, "error"),
        (f"{AT} x", AT, "out"),
        ("3:05:44 AM WARN x", "", "warn"),
        ("Success: x", "", "success"),
        ("[Error] x", "", "error"),
        ("die [autossl_check] x", "", "error"),
        ("Info: x", "", "out"),
    ],
)
def test_time_and_severity_are_kept(line: str, at: str, severity: str) -> None:
    """AutoSSL's own time stamp is in UTC; any other clock may be of any zone, and tells nothing."""
    found = without_front(line)
    assert (found.text, found.at, found.severity, found.begins) == ("x", at, severity, True)


SAMPLES = [line for book in (lines(), reasons()) for signature in book.signatures for line in signature.match]


@pytest.mark.parametrize("message", SAMPLES)
def test_no_message_loses_its_own_beginning(message: str) -> None:
    """What AutoSSL says is never taken for a front of it."""
    assert without_front(message).text == message.strip()


@pytest.mark.parametrize(
    "speaker", ["Taro:", "Taro Yamada:", "<taro>", "<@taro> ", "see:", "エラー：", "Fehlermeldung:"]
)
def test_who_says_it_is_taken_away(speaker: str) -> None:
    """People quote messages in talks, and announce them."""
    found = without_speaker(f"{speaker} ERROR TLS Status: OK")
    assert found is not None
    assert (found.text, found.severity) == ("TLS Status: OK", "error")


@pytest.mark.parametrize("text", ["TLS Status", "“a”: b", "a (b): c", "1: b", "http://a.example", "a\nb: c", "Taro:"])
def test_what_is_no_speaker_stays(text: str) -> None:
    """Quotations, brackets and addresses are nobody's name."""
    found = without_speaker(text)
    assert found is None or found.text == "//a.example"


@given(text=st.text(max_size=80))
def test_any_line_is_read(text: str) -> None:
    """Whatever a line is, its end is what remains."""
    assert text.strip().endswith(without_front(text).text)


def test_marks_of_quoted_mails_are_taken_away() -> None:
    """Each line of a quoted mail begins with its mark, or with several."""
    assert unquoted("> a\n>> b\n> > c\n>\nd > e\r> f") == "a\nb\nc\n\nd > e\rf"
