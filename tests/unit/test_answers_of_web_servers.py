"""What the readings add to the plain words of a failed check: redirects, names, and what a cause makes of them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from autossl_doctor.causes.catalogue import load
from autossl_doctor.collect.pasted import read_pasted
from autossl_doctor.collect.runs.reasons import classify
from autossl_doctor.collect.signatures.lexicon import reasons
from autossl_doctor.diagnose.report import diagnose
from autossl_doctor.model.cause import Cause
from autossl_doctor.model.report import Report

FILE = "http://a.example/.well-known/acme-challenge/X"
SERVER_ERRORS = 99


def redirected(target: str, status: int = 404) -> str:
    """AutoSSL's reason where a redirect led to an error."""
    return (
        f"The system queried for a temporary file at “{target}”, which was redirected from “{FILE}”. The web server "
        f"responded with the following error: {status} (x). A DNS (Domain Name System) or web server "
        "misconfiguration may exist."
    )


def judged(text: str, causes: tuple[Cause, ...] | None = None) -> Report:
    """What is said about a pasted text."""
    return diagnose(read_pasted(text, datetime(2026, 11, 22, tzinfo=UTC), "UTC"), causes or load().causes)


@pytest.mark.parametrize(
    ("target", "kind"),
    [
        ("https://a.example/.well-known/acme-challenge/X", "http.status"),
        ("https://A.example:443/.well-known/acme-challenge/X", "http.status"),
        ("https://a.example:8443/.well-known/acme-challenge/X", "http.status_redirected"),
        ("https://a.example/.well-known/acme-challenge/x", "http.status_redirected"),
        ("https://a.example/.well-known/acme-challenge/X?", "http.status_redirected"),
        ("https://www.a.example/.well-known/acme-challenge/X", "http.status_redirected"),
        ("https://a.example@b.example/.well-known/acme-challenge/X", "http.status_redirected"),
        ("https://a.example/", "http.status_redirected"),
        ("https://a.example", "http.status_redirected"),
    ],
)
def test_a_redirect_that_changes_the_scheme_alone_is_none(target: str, kind: str) -> None:
    """Name and path tell whether the check still was about the same file."""
    assert classify(reasons(), {"domain": "a.example", "reason": redirected(target)})[0] == kind


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_behind_redirects_is_one_too_many(status: int) -> None:
    """AutoSSL follows as far as it may; what it then still gets is a redirect."""
    assert classify(reasons(), {"reason": redirected("https://a.example/1", status)})[0] == "http.redirect_limit"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("DNS DCV: No local authority: “a.example”; HTTP DCV: Excess DCV HTTP redirection", "a.example"),
        (
            "Redirection #1 (a.example): http://a.example/x → http://b.example/x\nExcess DCV HTTP redirection",
            "a.example",
        ),
        ("Local HTTP DCV OK: a.example\nExcess DCV HTTP redirection", None),
        ("Excess DCV HTTP redirection", None),
    ],
)
def test_a_reason_without_a_name_belongs_to_the_one_beside_it(text: str, name: str | None) -> None:
    """The name stands in the same line, or in the line of the redirect before; else nobody knows it."""
    found = [finding for site in judged(text).sites for finding in site.findings]
    (limit,) = [finding for finding in found if finding.cause == "http_redirect_limit"]
    assert limit.args.get("domain") == name


def test_a_span_of_values_stands_for_each_of_them() -> None:
    """Every server error is one, without a list of them."""
    cause = next(cause for cause in load().causes if cause.id == "http_server_error")
    assert {"500", "508", "521", "598"} <= cause.where["status"]
    assert len(cause.where["status"]) == SERVER_ERRORS


def test_a_refinement_that_crashes_costs_only_itself() -> None:
    """The plain symptom stands, and the report says what broke."""

    def broken(*_: Any) -> Any:
        raise ValueError("broken")

    causes = tuple(
        Cause(**{**{name: getattr(cause, name) for name in Cause.__slots__}, "refine": broken})
        if cause.id == "http_no_answer"
        else cause
        for cause in load().causes
    )
    text = f"The system failed to fetch the DCV file at “{FILE}” because of an error: Connection refused."
    (site,) = judged(text, causes).sites
    assert [finding.cause for finding in site.findings] == ["http_no_answer"]
    assert "ending" not in site.findings[0].args
    assert any("broken" in gap.why for gap in site.could_not_check)


def test_what_a_website_wrote_is_shown_in_part_and_harmless() -> None:
    """A page chooses no more than a hint, and its words are cut and hold no control signs."""
    page = "\x1b[31m<b>password</b> of the DCV\u202e" + "x" * 200
    text = f"The content “{page}” of the DCV file, as accessed at “{FILE}”, did not match the expected value."
    (site,) = judged(text).sites
    args = site.findings[0].args
    assert args["shows"] == "login"
    assert str(args["words"]).startswith("[31m<b>password</b>")
    assert str(args["words"]).isprintable()
    assert len(str(args["words"])) < len(page)


@pytest.mark.parametrize(
    "target", ["https://[::1", "https://<b>.example/", "https://xn--/", "https:///x", "data:text/html,x"]
)
def test_an_odd_destination_names_no_other_site(target: str) -> None:
    """Only a plain name is told as the site that a redirect leads to."""
    (site,) = judged(f"WARN Local HTTP DCV error (a.example): {redirected(target)}").sites
    assert site.findings[0].cause == "http_redirected_away"
    assert "other_site" not in site.findings[0].args
