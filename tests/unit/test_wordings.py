"""Every wording that AutoSSL has ever had: each is recognised, or listed here with the reason why it is not."""

import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

from autossl_doctor.collect.signatures.lexicon import lines, reasons, refusals

WORDINGS: dict[str, list[str]] = yaml.safe_load(Path(__file__).with_name("wordings.yaml").read_text("utf-8"))
MESSAGES = 347
NOT_RECOGNISED: dict[str, str] = {}
"""Messages that nothing claims on purpose, with the reason."""
OPENING = {"account.begin", "account.results", "website.begin", "website.results"}
SAID = [
    pytest.param(name, text, id=f"{name}:{number}")
    for name, texts in WORDINGS.items()
    for number, text in enumerate(texts)
]


def kinds(text: str) -> set[str]:
    """The signatures that claim a text, as a message or as the reason of a failed test."""
    return {found[0].id for book in (lines(), reasons(), refusals()) if (found := book.search(text)) is not None}


@pytest.mark.parametrize(("name", "text"), SAID)
def test_every_wording_is_recognised(name: str, text: str) -> None:
    """Old and new forms are claimed; one that is not is listed with its reason."""
    assert bool(kinds(text)) != (name in NOT_RECOGNISED)


def test_every_message_has_a_wording() -> None:
    """The list is complete, and every id has at least one sample without gaps."""
    assert len(WORDINGS) == MESSAGES
    assert all(WORDINGS.values())
    assert not [text for texts in WORDINGS.values() for text in texts if re.search(r"\{\w+\}|<\w+\|", text)]
    assert set(NOT_RECOGNISED) <= set(WORDINGS)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("run.provider", "run.provider"),
        ("run.disabled", "run.disabled"),
        ("run.already_running", "run.running"),
        ("user.suspended", "account.suspended"),
        ("user.no_feature.old", "account.no_feature"),
        ("run.user_complete.old", "account.end"),
        ("legacy.checking", "account.begin"),
        ("legacy.no_ssl", "status.defective"),
        ("legacy.faulty2", "status.defective"),
        ("legacy.partial2", "status.incomplete"),
        ("legacy.valid", "status.ok"),
        ("legacy.external", "impediment.external"),
        ("legacy.all_failed", "impediment.total"),
        ("legacy.unsecured_failed", "impediment.unsecured"),
        ("legacy.secured_failed", "impediment.secured"),
        ("legacy.defer", "notice.deferred"),
        ("notice.deferred", "notice.deferred"),
        ("sectigo.queue_site", "order.queued"),
        ("sectigo.already_queued", "order.waiting"),
        ("install.success", "install.done"),
        ("http.reason.no_ip.old", "dns.no_address"),
        ("http.reason.inner.refused", "http.no_answer"),
        ("http.reason.inner.tls", "http.tls"),
        ("http.reason.inner.too_large", "http.content"),
        ("http.reason.status_elsewhere", "dns.elsewhere"),
        ("http.reason.content_elsewhere", "dns.elsewhere"),
        ("http.reason.fetch_cached", "http.no_answer"),
    ],
)
def test_a_wording_means_what_it_should(name: str, kind: str) -> None:
    """The messages that verdicts rest on have the meaning that the facts give them, in every form."""
    for text in WORDINGS[name]:
        assert kind in kinds(text), text


def test_no_meaning_takes_everything() -> None:
    """Messages are told apart: only those that say nothing share one signature in great number."""
    shared = Counter(kind for texts in WORDINGS.values() for kind in kinds(texts[0]))
    for kind, count in shared.items():
        signature = next(
            (each for book in (lines(), reasons(), refusals()) for each in book.signatures if each.id == kind), None
        )
        assert signature is not None
        assert count <= 25 or signature.does == "nothing", kind


@pytest.mark.parametrize("name", sorted(WORDINGS))
def test_only_headers_open_a_scope(name: str) -> None:
    """What is no header of an account or website is never taken for one."""
    headers = {
        "user.analyzing",
        "run.processing_user",
        "analyze.website",
        "analyze.dynamic_dns",
        "post.analyzing",
        "legacy.checking",
    }
    for text in WORDINGS[name]:
        assert name in headers or not kinds(text) & OPENING
