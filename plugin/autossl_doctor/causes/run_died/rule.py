"""A run is gone without finishing."""

from __future__ import annotations

from autossl_doctor.model.evidence import HostEvidence, SiteEvidence
from autossl_doctor.model.finding import Answer, Argument, Evidence, Match, NoMatch
from autossl_doctor.model.log import Run
from autossl_doctor.model.moment import parse_moment


def judge_server(host: HostEvidence) -> Answer:
    """Match where the newest run over all accounts died."""
    if host.newest is None or host.newest[0].state != "died":
        return NoMatch()
    return _match(host.newest[0], {})


def judge(evidence: SiteEvidence) -> Answer:
    """Match where the website needs AutoSSL and the run that should have looked at it died before it did."""
    run = evidence.interrupted
    if run is None or not _needs_a_check(evidence):
        return NoMatch()
    args: dict[str, Argument] = {"site": evidence.website.name}
    if evidence.not_after is not None:
        args["not_after"] = evidence.not_after
    return _match(run, args)


def _needs_a_check(evidence: SiteEvidence) -> bool:
    certificate = evidence.certificate
    if evidence.reading is None or certificate is None or not evidence.is_valid():
        return True
    return certificate.not_after - evidence.host.now <= evidence.host.window


def _match(run: Run, args: dict[str, Argument]) -> Match:
    args = {**args, "started": run.started}
    if last_seen := parse_moment(run.last_at):
        args["last_seen"] = last_seen
    source = f"/var/cpanel/logs/autossl/{run.name}"
    return Match(args, (), "possible" if run.guessed else "likely", (Evidence(source, run.last_at or None, ""),))
