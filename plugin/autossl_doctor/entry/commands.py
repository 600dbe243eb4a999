"""What each command does: read, judge, put into words, print, and answer with an exit status."""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from autossl_doctor.causes.catalogue import Catalogue, load
from autossl_doctor.collect.encodings import decoded
from autossl_doctor.collect.host import Wanted, read_host
from autossl_doctor.collect.languages.locale import DirectoryOfLanguages, ServerLanguage
from autossl_doctor.collect.pasted import read_pasted
from autossl_doctor.collect.schedule import read_zone
from autossl_doctor.diagnose.report import diagnose as judge
from autossl_doctor.entry.request import FINE, NOT_JUDGED, TROUBLE, Request, print_json, print_lines, refuse
from autossl_doctor.explain.interface import Interface
from autossl_doctor.explain.words import Reader, Writer
from autossl_doctor.host.clock import now as present
from autossl_doctor.host.files import HostPaths
from autossl_doctor.host.identity import LANGUAGES, is_root, wants_no_color
from autossl_doctor.host.memory import without_collector
from autossl_doctor.model.fact import Known
from autossl_doctor.model.finding import SEVERITIES, Finding
from autossl_doctor.model.host import HostReading
from autossl_doctor.model.report import Report
from autossl_doctor.present import as_json
from autossl_doctor.present.as_text import TextView
from autossl_doctor.present.paint import Paint
from autossl_doctor.store.layout import DATABASE, STATE

PASTED_CAP = 64 * 1024 * 1024
FALLBACK = "unknown_problem"
_UNJUDGED = ("no_verdict", "outside")
READERS: tuple[Reader, ...] = ("owner", "admin")


def diagnose(request: Request) -> int:
    """Judge the websites of a live or saved host."""
    try:
        host = HostPaths(request.root)
    except OSError as error:
        return refuse(
            f"{request.root}: {error.strerror}. Give the directory that holds etc, usr and var of the saved host."
        )
    if not host.saved and not host.exists("/usr/local/cpanel"):
        return refuse(Interface(request.language).say("no_panel"), NOT_JUDGED)
    catalogue = load()
    moment = request.now or (None if host.saved else present())
    with without_collector():
        wanted = Wanted(request.account, request.domain)
        reading = _remembered(host, read_host(host, moment, wanted, present))
        host.close()
        report = _asked(judge(reading, catalogue.causes, consume=True), wanted)
    writer, view = _views(request, catalogue, report.zone)
    if request.as_json:
        print_json(as_json.report(report, writer))
    else:
        name = request.domain or request.account
        if name and not report.sites and isinstance(reading.websites, Known):
            print_lines([Interface(request.language).say("no_such_site", name=name)])
        print_lines(view.report(report, by_cause=request.by_cause))
    return _status(report, asked=bool(request.domain or request.account))


def _remembered(host: HostPaths, reading: HostReading) -> HostReading:
    """Put what the memory knows to what was read, where there is one that may be read."""
    if not (host.saved or is_root()) or not host.exists(f"{STATE}/{DATABASE}"):
        return reading
    from autossl_doctor.entry.remembering.recalled import recall, with_memory

    return with_memory(host, reading, recall(host, reading.now))


def _asked(report: Report, wanted: Wanted) -> Report:
    """Keep what was asked for; the log's own words about the whole server may be another account's."""
    if not wanted.account and not wanted.domain:
        return report
    sites = tuple(site for site in report.sites if wanted.takes(site.account, (site.site, *site.domains)))
    quiet = tuple(
        finding._replace(args={"reason": "unrecognised"}, evidence=()) if finding.cause == FALLBACK else finding
        for finding in report.server_findings
    )
    return replace(report, sites=sites, server_findings=quiet)


def explain(request: Request) -> int:
    """Explain a pasted text."""
    language: DirectoryOfLanguages | None = None
    if request.locale_dir is not None:
        try:
            language = DirectoryOfLanguages(request.locale_dir)
        except OSError as error:
            return refuse(f"{request.locale_dir}: {error.strerror}. Give a directory with files such as ja.yaml.")
    try:
        text = _read_input(request.file)
    except OSError as error:
        return refuse(f"{request.file}: {error.strerror}.")
    catalogue = load()
    host = HostPaths()
    zone = read_zone(host)
    named = zone.value if isinstance(zone, Known) else "UTC"
    reading = read_pasted(text, present(), named, language or ServerLanguage(host))
    report = judge(reading, catalogue.causes)
    server = list(report.server_findings)
    sites = _sites_findings(report)
    found = [finding for findings in sites for finding in findings]
    main = sorted((findings[0] for findings in sites if findings), key=_loudness)
    findings = [
        *server,
        *main,
        *(finding for finding in found if not any(finding is first for first in main)),
    ]
    if not findings:
        findings = [_outside() if reading.outside else _no_verdict()]
    recognised = sum(run.recognised for _, run in reading.runs.value) if isinstance(reading.runs, Known) else 0
    writer, view = _views(request, catalogue, named)
    if request.as_json:
        print_json(as_json.explanation(findings, recognised, report.unrecognised, reading.outside, writer))
    else:
        print_lines(view.explanation(findings, recognised, report.unrecognised, reading.outside))
    if not recognised or all(finding.args.get("reason") in _UNJUDGED for finding in findings):
        return NOT_JUDGED
    return TROUBLE if _has_trouble(findings) else FINE


def _sites_findings(report: Report) -> list[list[Finding]]:
    """Give what was found about each website, but for what would be said twice.

    Trouble of the server is told once: what it does to each website brings no evidence of its own. What stands without
    a website is not judged by itself where anything else is.
    """
    told = {finding.cause for finding in report.server_findings}
    sites = [[each for each in site.findings if each.evidence or each.cause not in told] for site in report.sites]
    if len(sites) > 1 or told:
        sites = [[each for each in findings if not _is_silent(each)] for findings in sites]
    return sites


def _is_silent(finding: Finding) -> bool:
    return finding.cause == FALLBACK and finding.args.get("reason") == "no_verdict" and "site" not in finding.args


def _no_verdict() -> Finding:
    return Finding(FALLBACK, "host", "warning", "possible", args={"reason": "no_verdict"})


def _outside() -> Finding:
    """Say that a text is about the panel's own certificates: no website is judged by it."""
    return Finding(FALLBACK, "host", "notice", "possible", args={"reason": "outside"})


def causes(request: Request) -> int:
    """List the causes with their texts."""
    catalogue = load()
    if request.as_json:
        writers = {
            language: {reader: Writer(catalogue.texts, language, reader, "UTC") for reader in READERS}
            for language in LANGUAGES
        }
        print_json(as_json.causes(catalogue.causes, writers))
        return FINE
    writer = Writer(catalogue.texts, request.language, request.reader, "UTC")
    width = max(len(cause.id) for cause in catalogue.causes)
    print_lines(f"{cause.id:{width}}  {writer.templates(cause.id).title}" for cause in catalogue.causes)
    return FINE


def _views(request: Request, catalogue: Catalogue, zone: str) -> tuple[Writer, TextView]:
    writer = Writer(catalogue.texts, request.language, request.reader, zone)
    paint = Paint(sys.stdout, plain=wants_no_color())
    return writer, TextView(writer, Interface(request.language), zone, paint)


def _read_input(name: str) -> str:
    """Read what was pasted; Windows editors put a byte-order mark before it."""
    if name == "-":
        if sys.stdin is None:
            raise OSError(errno.EBADF, "standard input is closed")
        content = sys.stdin.buffer.read(PASTED_CAP)
    else:
        with Path(name).open("rb") as stream:
            content = stream.read(PASTED_CAP)
    return decoded(content)


def _status(report: Report, *, asked: bool) -> int:
    findings = [*report.server_findings, *(finding for site in report.sites for finding in site.findings)]
    if _has_trouble(findings):
        return TROUBLE
    if any(site.renewal == "unknown" for site in report.sites) or (
        not report.sites and (asked or report.could_not_check)
    ):
        return NOT_JUDGED
    return FINE


def _has_trouble(findings: Iterable[Finding]) -> bool:
    return any(finding.severity in ("critical", "warning") for finding in findings)


def _loudness(finding: Finding) -> int:
    return SEVERITIES.index(finding.severity)
