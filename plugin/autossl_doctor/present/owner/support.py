"""The message for support: what is known about one website, in both languages, as plain text to copy.

It holds nothing of other accounts, and nothing that opens a door: the report has no tokens and no passwords.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from autossl_doctor.explain.interface import Interface
from autossl_doctor.explain.values import readable_domain
from autossl_doctor.explain.words import Writer
from autossl_doctor.model.finding import Evidence, Finding
from autossl_doctor.present.owner.coverage import at, in_utc
from autossl_doctor.present.owner.desk import PLACE, Desk
from autossl_doctor.present.owner.ink import clean

LANGUAGES = ("en", "ja")
EVIDENCE = 8
LONGEST = 600


class Secretary:
    """Writes messages for support; made once per page."""

    def __init__(self, desk: Desk) -> None:
        self._view = desk.view
        self._naming = desk.naming
        order = sorted(LANGUAGES, key=lambda language: language != desk.view.language)
        self._pens = [
            (Interface(language, PLACE), Writer(desk.view.texts, language, "owner", "UTC")) for language in order
        ]

    def message(self, site: Mapping[str, Any], findings: tuple[Finding, ...]) -> str:
        """Write the message about a website."""
        parts = ["\n".join(self._told(words, writer, site, findings)) for words, writer in self._pens]
        log = "\n".join(_log(findings))
        if log:
            parts.append(f"{' / '.join(words.say('support_log') for words, _ in self._pens)}\n{log}")
        return "\n\n".join(parts)

    def server(self, finding: Finding) -> str:
        """Write the message about what troubles the whole server."""
        return "\n\n".join("\n".join(self._told_of_server(words, writer, finding)) for words, writer in self._pens)

    def trouble(self, trouble: str) -> str:
        """Write the message where there is no report."""
        return "\n\n".join(
            words.say("trouble_send", trouble, account=clean(self._view.account)) for words, _ in self._pens
        )

    def _told(
        self, words: Interface, writer: Writer, site: Mapping[str, Any], findings: tuple[Finding, ...]
    ) -> Iterator[str]:
        name = clean(site["site"])
        readable = readable_domain(clean(self._naming.of(site["site"])))
        both = name if readable == name else f"{readable} ({name})"
        yield words.say("support_heading", site=both, at=self._generated())
        yield words.say("support_account", account=clean(self._view.account))
        yield words.say("visitors", site["visitors"])
        held = site["certificate"]
        if held:
            dates = {key: in_utc(at(held[key])) for key in ("not_before", "not_after")}
            yield words.say("support_certificate", issuer=clean(held["issuer"]), **dates)
        for number, finding in enumerate(findings):
            yield ""
            yield from self._finding(words, writer, finding, whole=number == 0)

    def _told_of_server(self, words: Interface, writer: Writer, finding: Finding) -> Iterator[str]:
        yield words.say("support_server", at=self._generated())
        yield words.say("support_account", account=clean(self._view.account))
        yield ""
        yield from self._finding(words, writer, finding, whole=True)

    def _finding(self, words: Interface, writer: Writer, finding: Finding, *, whole: bool) -> Iterator[str]:
        """Give a finding's title, its meaning where it is the main one, and what is asked of others."""
        said = writer.words(self._naming.finding(finding, self._view.texts[finding.cause]["args"]))
        yield clean(said.title)
        if whole:
            yield clean(said.what)
        for reader, text in said.send.items():
            yield f"{words.say('support_send', reader)} {clean(text)}"

    def _generated(self) -> str:
        generated = self._view.generated_at
        return in_utc(generated) if generated is not None else "?"


def _log(findings: tuple[Finding, ...]) -> Iterator[str]:
    """Give the log's own words about this website, each once."""
    seen: dict[Evidence, None] = dict.fromkeys(item for finding in findings for item in finding.evidence)
    for item in list(seen)[:EVIDENCE]:
        yield clean(" ".join(part for part in (item.at or "", short(item.source), item.text[:LONGEST]) if part))


def short(source: str) -> str:
    """Give the end of a path: what tells one log from another."""
    return "/".join(source.rsplit("/", 2)[-2:])
