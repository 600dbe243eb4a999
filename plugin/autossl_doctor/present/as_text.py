"""Reports as text for people: the main sentence first, then who must act, the steps, and what was seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from rich.cells import cell_len

from autossl_doctor.explain.interface import Interface
from autossl_doctor.explain.values import moment, names
from autossl_doctor.explain.words import Writer
from autossl_doctor.model.finding import SEVERITIES, Evidence, Finding
from autossl_doctor.model.log import Unrecognised
from autossl_doctor.model.report import CouldNotCheck, Report, SiteVerdict
from autossl_doctor.present.harmless import harmless
from autossl_doctor.present.paint import Paint
from autossl_doctor.present.wrap import WIDTH, wrap

EVIDENCE = 2
WORDS = 400
SAMPLES = 3
LISTED = 20
OWN = frozenset(("site", "domain", "mail", "url", "account", "words", "source"))
"""Arguments that every website has of its own."""
LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
ALIKE = 60
"""Two messages that end alike are the same words in two places."""
INDENT = 2


class TextView:
    """Writes a report for a terminal of 80 columns."""

    def __init__(self, writer: Writer, interface: Interface, zone: str, paint: Paint) -> None:
        self._writer = writer
        self._words = interface
        self._zone = zone
        self._paint = paint
        self._now = LONG_AGO

    def report(self, report: Report, *, by_cause: bool = False) -> Iterator[str]:
        """Give the lines of a whole report, the worst first."""
        self._now = report.generated_at
        at = moment(report.generated_at, self._words.language, self._zone)
        count = self._words.say("summary_sites", count=len(report.sites))
        yield self._paint.strong(f"{self._words.say('heading', at=at)}  {count}")
        server = {finding.cause for finding in report.server_findings}

        def is_told(site: SiteVerdict) -> bool:
            """A website told about a server-wide cause has no evidence of its own."""
            return site.main.cause in server and not site.main.evidence

        if report.server_findings:
            yield ""
            yield self._paint.strong(self._words.say("server"))
            for finding in report.server_findings:
                yield from self.finding(finding)
        troubled = sorted((site for site in report.sites if _is_loud(site)), key=_urgency)
        alone = [site for site in troubled if not is_told(site)]
        if by_cause:
            yield from self._by_cause(alone)
        else:
            for site in alone:
                yield ""
                yield from self.site(site)
        yield from self._short_list([site for site in troubled if is_told(site)])
        yield from self._fine([site for site in report.sites if not _is_loud(site)])
        if not report.sites:
            yield from ("", self._words.say("nothing_found"))
        yield from self.could_not_check(report)
        yield from self.unrecognised(report.unrecognised)

    def site(self, site: SiteVerdict) -> Iterator[str]:
        """Give the lines of one website."""
        yield from self._headline(site)
        yield from self.finding(site.main)
        yield from wrap(self._until(site), INDENT)
        if site.uncovered:
            covered = self._words.say("uncovered", names=names(site.uncovered, self._words.language))
            yield from wrap(covered, INDENT)
        yield from self._others(site)

    def _others(self, site: SiteVerdict) -> Iterator[str]:
        """Give the titles of what else was found on a website."""
        for number, finding in enumerate(site.findings[1:]):
            if not number:
                yield " " * INDENT + self._paint.dim(self._words.say("also"))
            title = self._writer.words(finding).title
            label = self._words.say("severity", finding.severity)
            yield from wrap(f"[{label}] {title}", 2 * INDENT, 3 * INDENT)

    def _headline(self, site: SiteVerdict) -> Iterator[str]:
        """Give severity and name, and behind them, or below if there is no room, how the website stands."""
        parts = [self._words.say("visitors", site.visitors), self._words.say("renewal", site.renewal)]
        state = " · ".join(parts)
        account = f" ({site.account})" if site.account else ""
        name = harmless(names([site.site], self._words.language) + account)
        label = self._words.say("severity", site.main.severity)
        first = f"{self._paint.severity(label, site.main.severity)}  {self._paint.strong(name)}"
        if cell_len(f"[{label}]  {name}  {state}") <= WIDTH:
            yield f"{first}  {self._paint.dim(state)}"
            return
        yield first
        yield from (self._paint.dim(line) for line in wrap(state, INDENT))

    def finding(self, finding: Finding) -> Iterator[str]:
        """Give the lines of one finding: title, meaning, who, steps, evidence."""
        words = self._writer.words(finding)
        for line in wrap(words.title, INDENT):
            yield self._paint.strong(line)
        for text in (words.what, words.why):
            yield from wrap(text, INDENT)
        if finding.who != "nobody":
            yield from wrap(self._words.say("who_must_act", who=self._words.say("who", finding.who)), INDENT)
        if finding.act_by:
            by = self._words.say("act_by", at=moment(finding.act_by, self._words.language, self._zone))
            yield from wrap(by, INDENT)
        for number, step in enumerate(words.steps, 1):
            yield from wrap(f"{number}. {step.say}", 2 * INDENT, 2 * INDENT + 3)
        yield from self._evidence(finding.evidence)
        for reader, text in words.send.items():
            yield " " * INDENT + self._paint.dim(self._words.say("send", reader))
            yield from wrap(text, 2 * INDENT)

    def _evidence(self, evidence: Sequence[Evidence]) -> Iterator[str]:
        shown = [item for item in evidence if item.source][:EVIDENCE]
        if not shown:
            return
        yield " " * INDENT + self._paint.dim(self._words.say("evidence"))
        for item in shown:
            yield from (self._paint.dim(line) for line in wrap(f"{_stamp(item)}{item.source}", 2 * INDENT))
            if item is not shown[0] and item.text[-ALIKE:] == shown[0].text[-ALIKE:]:
                continue
            text = item.text if len(item.text) <= WORDS else item.text[:WORDS] + " …"
            yield from (self._paint.dim(line) for line in wrap(text, 3 * INDENT))

    def _short_list(self, sites: Sequence[SiteVerdict]) -> Iterator[str]:
        """Give one line for each website that only a server-wide cause troubles."""
        if sites:
            yield ""
        for site in sites:
            yield from self._headline(site)
            yield from wrap(self._until(site), INDENT)
            yield from self._others(site)

    def _until(self, site: SiteVerdict) -> str:
        if site.certificate is None:
            return self._words.say("certificate_none") if site.visitors == "warned" else ""
        if site.certificate.self_signed:
            return self._words.say("certificate_placeholder")
        at = moment(site.certificate.not_after, self._words.language, self._zone)
        ended = site.certificate.not_after <= self._now
        return self._words.say("certificate_ended" if ended else "certificate_until", at=at)

    def _by_cause(self, sites: Sequence[SiteVerdict]) -> Iterator[str]:
        groups: dict[tuple[str, ...], list[SiteVerdict]] = {}
        for site in sites:
            groups.setdefault(_alike(site), []).append(site)
        for (cause, *_), members in sorted(groups.items(), key=lambda item: (_urgency(item[1][0]), -len(item[1]))):
            yield ""
            count = self._words.say("by_cause", count=len(members))
            yield f"{self._paint.strong(count)}  {self._paint.dim(cause)}"
            yield from self.finding(members[0].main)
            listed = ", ".join(names([site.site], self._words.language) for site in members[:LISTED])
            yield from wrap(listed, 2 * INDENT)
            yield from self._more(len(members))

    def _fine(self, sites: Sequence[SiteVerdict]) -> Iterator[str]:
        if not sites:
            return
        yield ""
        yield self._paint.strong(self._words.say("sites_fine", count=len(sites)))
        for site in sites[:LISTED]:
            label = self._words.say("severity", site.main.severity)
            title, *others = wrap(self._writer.words(site.main).title, INDENT + cell_len(f"[{label}]  "), 3 * INDENT)
            yield " " * INDENT + f"{self._paint.severity(label, site.main.severity)}  {title.lstrip()}"
            yield from others
            yield from wrap(self._until(site), 3 * INDENT)
        yield from self._more(len(sites))

    def _more(self, total: int) -> Iterator[str]:
        if total > LISTED:
            yield " " * 2 * INDENT + self._words.say("more", count=total - LISTED)

    def could_not_check(self, report: Report) -> Iterator[str]:
        """Give the lines about what nobody could look at, each reason once."""
        missing: dict[CouldNotCheck, None] = dict.fromkeys(report.could_not_check)
        for site in report.sites:
            missing.update(dict.fromkeys(site.could_not_check))
        if not missing:
            return
        yield ""
        yield self._words.say("could_not_check")
        by_fact: dict[str, list[str]] = {}
        for item in missing:
            by_fact.setdefault(item.fact, []).append(item.why)
        for fact, reasons in by_fact.items():
            text = f"{self._words.say('facts', fact)}: {reasons[0]}"
            if len(reasons) > 1:
                text += f" ({self._words.say('more', count=len(reasons) - 1)})"
            yield from wrap(text, INDENT, 2 * INDENT)

    def unrecognised(self, item: Unrecognised) -> Iterator[str]:
        """Give the lines about messages that no signature knows."""
        if not item.lines:
            return
        yield ""
        yield self._words.say("unrecognised" if item.samples else "unrecognised_only", count=item.lines)
        different = {sample[:ALIKE]: sample for sample in reversed(item.samples)}
        for sample in list(reversed(different.values()))[:SAMPLES]:
            yield from wrap(sample[:WORDS], INDENT)

    def explanation(
        self, findings: Iterable[Finding], recognised: int, unrecognised: Unrecognised, outside: Iterable[str] = ()
    ) -> Iterator[str]:
        """Give the lines of the answer to a pasted text: the first finding whole, the others by their titles."""
        for number, finding in enumerate(findings):
            if not number:
                yield self._paint.severity(self._words.say("severity", finding.severity), finding.severity)
                yield from self.finding(finding)
                continue
            label = self._words.say("severity", finding.severity)
            yield from wrap(f"[{label}] {self._writer.words(finding).title}", INDENT, 2 * INDENT)
        yield ""
        for subject in outside:
            yield from wrap(self._words.say("outside", subject))
        yield self._words.say("recognised", count=recognised)
        yield from self.unrecognised(unrecognised)


def _stamp(item: Evidence) -> str:
    """Give the time as the log writes it, so that one can search for it."""
    return f"{item.at} " if item.at else ""


def _is_loud(site: SiteVerdict) -> bool:
    """Tell whether somebody should read about a website: trouble, a warning to visitors, or nothing known."""
    trouble = any(finding.severity in ("critical", "warning") for finding in site.findings)
    return trouble or site.visitors == "warned" or site.renewal == "unknown"


def _urgency(site: SiteVerdict) -> tuple[int, bool, float, str]:
    act_by = site.main.act_by
    worst = min(SEVERITIES.index(finding.severity) for finding in site.findings)
    warned = site.visitors != "warned"
    return worst, warned, act_by.timestamp() if act_by else 0.0, site.site


def _alike(site: SiteVerdict) -> tuple[str, ...]:
    """Give what websites must share to be told about together: cause, visitors, and what is said beside the names."""
    said = (f"{name}={value}" for name, value in site.main.args.items() if isinstance(value, str) and name not in OWN)
    return site.main.cause, site.visitors, *sorted(said)
