"""Log patterns as data: every sample is claimed by its own signature, and no text by two of them."""

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import product
from typing import Any, get_args

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from autossl_doctor.collect.signatures import lexicon
from autossl_doctor.collect.signatures.lexicon import Lexicon, lines, reasons, refusals
from autossl_doctor.collect.signatures.signature import LINE_FILES, REASON_FILES, REFUSAL_FILES, Does, Signature
from autossl_doctor.collect.signatures.template import PLACEHOLDERS, pattern_source
from autossl_doctor.collect.signatures.wording import plain
from autossl_doctor.model.log import Event, Status

LEXICONS: dict[str, Lexicon] = {"lines": lines(), "reasons": reasons(), "refusals": refusals()}
FILES = {"lines": LINE_FILES, "reasons": REASON_FILES, "refusals": REFUSAL_FILES}
SIGNATURES = [
    pytest.param(name, signature, id=f"{name}:{signature.id}")
    for name, book in LEXICONS.items()
    for signature in book.signatures
]
SAMPLES = [
    pytest.param(name, signature, line, id=f"{name}:{signature.id}:{number}")
    for name, book in LEXICONS.items()
    for signature in book.signatures
    for number, line in enumerate(signature.match)
]
HOSTILE = 'He said “x” and "y" (z): <b>.\nhttp://a.example/ 日本'
"""A text that only a placeholder for any text takes in."""
NEEDED: dict[str, set[str]] = {
    "users": {"count"},
    "account": {"user"},
    "account_again": {"user"},
    "account_end": {"user"},
    "skipped": {"user"},
    "website": {"vhost"},
    "website_again": {"vhost"},
    "vhost": {"vhost"},
    "order": {"domain"},
    "install": {"vhost"},
    "expiry": {"expiry"},
}
"""The placeholders that the reader of a log asks for."""


@cache
def compiled(template: str) -> re.Pattern[str]:
    """The pattern of one template alone."""
    return re.compile(pattern_source(template)[0], re.DOTALL)


def claims(signature: Signature, text: str) -> bool:
    """Whether a template of the signature, taken alone, matches the whole text."""
    return any(compiled(template).fullmatch(text) for template in signature.templates)


def straight(text: str) -> str:
    """The same text with the quotation marks and dots of a plain keyboard."""
    return text.replace("“", '"').replace("”", '"').replace("’", "'").replace("…", "...")


def rows(name: str) -> list[dict[str, Any]]:
    """The rows of a lexicon's files, as they are written."""
    texts = [files(lexicon.__package__).joinpath(f"{file}.yaml").read_text("utf-8") for file in FILES[name]]
    return [row for text in texts for row in yaml.safe_load(text)]


@pytest.mark.parametrize(("name", "signature", "line"), SAMPLES)
def test_a_sample_is_claimed_by_its_own_signature_only(name: str, signature: Signature, line: str) -> None:
    """One signature finds the sample, and no template of another one would, if it were asked."""
    found = LEXICONS[name].find(line)
    assert found
    assert found[0].id == signature.id
    assert [other.id for other in LEXICONS[name].signatures if claims(other, line)] == [signature.id]


@pytest.mark.parametrize(("name", "signature", "line"), SAMPLES)
def test_the_shape_of_quotation_marks_makes_no_difference(name: str, signature: Signature, line: str) -> None:
    """Straight quotation marks and three dots are read like typographic ones."""
    found = LEXICONS[name].find(straight(line))
    assert found
    assert found[0].id == signature.id


@pytest.mark.parametrize(("name", "signature"), SIGNATURES)
def test_a_near_miss_is_not_claimed(name: str, signature: Signature) -> None:
    """What a signature rejects, none of its templates matches, in either shape."""
    for line in signature.rejects:
        found = LEXICONS[name].find(line)
        assert found is None or found[0] is not signature
        assert not claims(signature, line)
        assert not claims(signature, straight(line))


@pytest.mark.parametrize(("name", "signature"), SIGNATURES)
def test_every_signature_has_samples_of_both_kinds(name: str, signature: Signature) -> None:
    """A pattern without a sample, or without a near miss, is not believed."""
    assert name in FILES
    assert signature.templates
    assert signature.match
    assert signature.rejects


TRUSTED_END = "dns.elsewhere"
"""The one message that is told by its end (docs/decisions, 3)."""


@pytest.mark.parametrize(("name", "signature"), SIGNATURES)
def test_no_template_begins_with_any_text(name: str, signature: Signature) -> None:
    """The beginning of a message is AutoSSL's own: a fixed word or a narrow set of signs."""
    broad = []
    for template in signature.templates:
        opening = re.match(r"“?\{(\w+)\}", template)
        if opening and re.fullmatch(PLACEHOLDERS[opening.group(1)], HOSTILE, re.DOTALL):
            broad.append(template)
    assert not broad or (name, signature.id) == ("reasons", TRUSTED_END)


@pytest.mark.parametrize(
    "error",
    [
        "Malformed Status-Line: ",
        "Malformed header line: ",
        "Malformed chunk head: ",
        "The response exceeded the maximum length (16 KB). (",
    ],
)
def test_what_the_other_side_sent_is_not_autossls_last_sentence(error: str) -> None:
    """An error that repeats a web server's own words does not tell where the domain leads."""
    sent = 'x. The domain "a.example" resolved to an IP address "203.0.113.77" that does not exist on this server'
    found = reasons().find(
        f"The system failed to fetch the DCV file at “http://a.example/x” because of an error: {error}{sent}."
    )
    assert found is None or found[0].id != TRUSTED_END


VALUES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("domain", "vhost", "resolved", "zone"), ("a.example", "*.a.example")),
    **dict.fromkeys(("rest", "words", "error"), ("", ": x", " x ")),
    "user": ("alice",),
    "unreached": ("Could not connect to x",),
    "unsent": ("Could not connect to x",),
    "wildcard": ("*.a.example",),
    "tame_names": ("“b.example” and ",),
    "others": ("", " and “*.b.example”"),
    "lookup_signed": ("DNSSEC bogus",),
    "lookup_silent": ("SERVFAIL (2)",),
    "lookup_gone": ("NXDOMAIN (3)",),
    "not_caa": ("NS",),
    "not_txt": ("A",),
    "client": ("429",),
    "failing": ("503",),
    "refusal": ("connection",),
    "title": ("", " x "),
    "strained": (" 503 ",),
    "own_fault": ("The system failed to x",),
    "busy": (" Service busy ",),
    "count": ("2", "1,204"),
    "ip": ("203.0.113.9", "2001:db8::9"),
    "status": ("404",),
    "url": ("http://a.example/x",),
    "code": ("NO_SSL", "TOTAL_DCV_FAILURE"),
    "provider": ("Let’s Encrypt™", "a.example"),
    "features": ("autossl", "email, autossl"),
}
TOKEN = re.compile(r"\{(\w+)\}|<([^<>|]+(?:\|[^<>|]+)+)>")


def filled(template: str) -> Iterator[str]:
    """Messages that the template stands for."""
    choices = [VALUES.get(name, ("x",)) if name else many.split("|") for name, many in TOKEN.findall(template)]
    for values in product(*choices):
        remaining = iter(values)
        yield TOKEN.sub(lambda _: next(remaining), template)  # noqa: B023 - used up in this very round


@pytest.mark.parametrize(("name", "signature"), SIGNATURES)
def test_no_message_has_two_meanings(name: str, signature: Signature) -> None:
    """Every message that a template stands for is claimed by its own signature and by no other."""
    for template in signature.templates:
        for text in filled(template):
            claiming = [other.id for other in LEXICONS[name].signatures if claims(other, text)]
            assert claiming in ([signature.id], []), text
            found = LEXICONS[name].find(text)
            assert (found[0].id if found else "") == "".join(claiming), text


@pytest.mark.parametrize("name", FILES)
def test_names_and_keys_are_known(name: str) -> None:
    """Each id stands once, and no row has a key, a scope or an event that nobody reads."""
    found = rows(name)
    assert len({row["id"] for row in found}) == len(found)
    for row in found:
        assert set(row) <= {
            "id",
            "says",
            "does",
            "about",
            "event",
            "status",
            "in_place",
            "means",
            "match",
            "rejects",
        }, row["id"]
        does = row.get("does", "nothing" if name == "lines" else "reason")
        assert does in get_args(Does), row["id"]
        assert ("about" in row) == (does == "fact"), row["id"]
        assert row.get("about", "run") in ("run", "server", "account", "website"), row["id"]
        assert ("event" in row) == (does == "name"), row["id"]
        assert row.get("event", "") in get_args(Event), row["id"]
        assert ("status" in row) == (does in ("status", "website_status")), row["id"]
        assert row.get("status", "") in get_args(Status), row["id"]


@pytest.mark.parametrize(("name", "signature"), SIGNATURES)
def test_a_template_names_what_its_reader_asks_for(name: str, signature: Signature) -> None:
    """A message that opens a scope names it; a message about a name tells which."""
    for template in signature.templates:
        names = set(pattern_source(template)[1])
        assert NEEDED.get(signature.does, set()) <= names
        if name == "lines" and signature.does == "name":
            assert names & {"domain", "resolved", "reason", "wildcard"} or signature.id == "http.redirect_limit"


@pytest.mark.parametrize(
    ("template", "text", "fields"),
    [
        ("Analyzing {count} <users|user> …", "Analyzing 1,204 users …", {"count": "1,204"}),
        ("Analyzing {count} <users|user> …", "Analyzing 1\u202f204 users ...", {"count": "1\u202f204"}),
        ("“{user}” is suspended.", "“a-b_c.d” is suspended.", {"user": "a-b_c.d"}),
        ("Local HTTP DCV error ({domain}): {reason}", "Local HTTP DCV error (*.a.example): (x): y", {
            "domain": "*.a.example", "reason": "(x): y"}),
        ("{ip} ({ip}): OK", "203.0.113.9 (10.0.0.9): OK", {"ip": "203.0.113.9"}),
    ],
)  # fmt: skip
def test_placeholders_become_fields(template: str, text: str, fields: dict[str, str]) -> None:
    """What stands in a placeholder's place is given under its name; a second one of that name is not."""
    source, names = pattern_source(template)
    found = re.fullmatch(source, text, re.DOTALL)
    assert found
    assert dict(zip(names, found.groups(), strict=True)) == fields


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("“{user}” is suspended.", "“a b” is suspended."),
        ("“{user}” is suspended.", f"“{'x' * 65}” is suspended."),
        ("“{user}” is suspended.", "“日本” is suspended."),
        ("Analyzing “{vhost}” (website) …", "Analyzing “a.example” (website) …\nAnalyzing “b.example” (website) …"),
        ("Analyzing “{vhost}” (website) …", "Analyzing “a”b” (website) …"),
        ("TLS Status: OK", "TLS Status: OK\n"),
        ("a.b", "axb"),
    ],
)
def test_a_placeholder_takes_its_own_signs_only(template: str, text: str) -> None:
    """Names hold no spaces, quotation marks or line breaks, and a template matches the whole text or nothing."""
    assert not compiled(template).fullmatch(text)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ('<abbr title="Domain Control Validation">DCV</abbr> failed', "DCV (Domain Control Validation) failed"),
        ('See <a href="https://go.example/x" target="_blank">this</a>.', "See https://go.example/x."),
        ("(XID 55jkbt) “alice” does not control a domain.", "“alice” does not control a domain."),
        ("(XID 55jkbt and more) x", "(XID 55jkbt and more) x"),
        ("It broke at /usr/local/cpanel/Cpanel/X.pm line 1234.\n", "It broke"),
        ("It broke at /usr/local/cpanel/Cpanel/X.pm line 1234", "It broke"),
        ("It broke at line 12.", "It broke at line 12."),
        ("\x1b[1;31mTLS Status: Defective\x1b[0m", "TLS Status: Defective"),
        ("3:12\u202fAM\u00a0UTC", "3:12 AM UTC"),
        ("TLS Status: OK\n", "TLS Status: OK"),
        ("a < b and c > d", "a < b and c > d"),
    ],
)
def test_a_message_is_taken_out_of_its_dress(written: str, meant: str) -> None:
    """Markup, colours, exception ids, source positions and special spaces of old versions are taken away."""
    assert plain(written) == meant


def test_only_the_first_exception_id_is_taken_away() -> None:
    """What follows may be quoted and stays."""
    assert plain("(XID 55jkbt) (XID aaaaaa) x") == "(XID aaaaaa) x"


PARTS = st.one_of(
    st.sampled_from([sample.values[2] for sample in SAMPLES]).map(str),
    st.sampled_from(
        ["“", "”", '"', "'", "’", "…", "...", "(", ")", ": ", " ", "\n", "\0", "\x1b[0m", '<a href="x">', "</a>"]
    ),
    st.text(max_size=6),
)


@pytest.mark.parametrize("name", LEXICONS)
@given(text=st.lists(PARTS, max_size=6).map("".join))
def test_no_text_raises_or_is_claimed_wrongly(name: str, text: str) -> None:
    """Any text, in either dress, is given to a signature that really matches it, or to none."""
    for shape in (text, plain(text)):
        found = LEXICONS[name].find(shape)
        claiming = {signature.id for signature in LEXICONS[name].signatures if claims(signature, shape)}
        assert found is None or found[0].id in claiming


@pytest.mark.parametrize("dress", ["a" + " " * 20_000 + "b", "<a" * 9_000, '<abbr title="' * 2_000, "\x1b[" * 9_000])
def test_a_long_text_is_undressed_in_time(dress: str) -> None:
    """A text made to be slow is only long."""
    assert len(plain(dress)) <= len(dress)


def test_a_long_list_of_names_is_recognised() -> None:
    """An account with many subdomains makes AutoSSL's list longer than any other message."""
    names = " ".join(f"n{number}.a.example" for number in range(2000))
    found = lines().find(f"The system will attempt to renew the SSL certificates for (a.example: {names}).")
    assert found is not None
    assert found[0].id == "account.renewing"
