"""Phase 2: AutoSSL weighs the local results, asks the CA to validate, and decides (facts 1.3 and 7.3)."""

from collections.abc import Iterator, Sequence

from tests.lab.log_line import Line
from tests.lab.run_setting import Candidate, RunSetting, zone_of
from tests.lab.tls_state import State
from tests.lab.wording import count, first_ten

TOTAL = "TOTAL_DCV_FAILURE: Every domain failed DCV."
SECURED = "SECURED_DOMAIN_DCV_FAILURE: One or more currently-secured domains failed DCV."
UNSECURED = "NO_UNSECURED_DOMAIN_PASSED_DCV: Every unsecured domain failed DCV."


def dns_lines(candidates: Sequence[Candidate], setting: RunSetting) -> Iterator[Line]:
    """The results of the DNS test, which was made for all accounts of the batch together."""
    for candidate in candidates:
        for name, result in candidate.results.items():
            if not result.queued_for_dns:
                continue
            if result.check.dns is None:
                result.passed = True
                zone = zone_of(candidate.website, name)
                via = "" if zone == name else f" (via {zone})"
                yield Line(1, "out", f"Local DNS DCV OK: {name}{via}")
            else:
                result.dns = setting.fill(result.check.dns, candidate.website, name)
                yield Line(1, "error", f"Local DNS DCV error ({name}): {result.dns}")


def decision_lines(candidate: Candidate, setting: RunSetting, requested: list[Candidate]) -> Iterator[Line]:
    """The decision about one website; one that gets a certificate joins `requested`. Records its problems."""
    website, results = candidate.website, candidate.results
    yield Line(1, "out", f"Analyzing “{website.servername}”’s DCV results …")
    impediment = _impediment(candidate)
    if impediment is None:
        if not setting.provider.queues_orders:
            yield from _ca_lines(candidate, setting)
        impediment = _impediment(candidate)
    failures = {name: result.problem for name, result in results.items()}
    recorded = {name: problem for name, problem in failures.items() if problem is not None}
    setting.world.record(website, recorded, setting.clock.moment)
    if impediment is not None:
        yield Line(2, "error", f"Impediment: {impediment}")
        return
    if candidate.external and candidate.installed is not None:
        yield Line(2, "warn", "Replacing an externally-signed certificate …")
        yield Line(2, "out", f"Issuer: {candidate.installed.issuer.text}")
    omitted = passed_names(candidate)[setting.provider.max_names :]
    if omitted:
        noun = "Domain" if len(omitted) == 1 else "Domains"
        text = f"omitted because of the per-certificate domain limit: {len(omitted):,} ({first_ten(omitted)})"
        yield Line(2, "warn", f"{noun} {text}")
    yield Line(2, "out", "AutoSSL will request a new certificate.")
    requested.append(candidate)


def passed_names(candidate: Candidate) -> list[str]:
    """The names that may stand on the new certificate."""
    return [name for name, result in candidate.results.items() if result.passed]


def _impediment(candidate: Candidate) -> str | None:
    """A defective certificate is replaced if one name passes; others only if no secured name is lost."""
    passed = passed_names(candidate)
    if not passed:
        return TOTAL
    installed = candidate.installed
    if candidate.verdict.state is State.DEFECTIVE or installed is None:
        return None
    if any(installed.secures(name) and not result.passed for name, result in candidate.results.items()):
        return SECURED
    if candidate.verdict.state is State.INCOMPLETE and all(map(installed.secures, passed)):
        return UNSECURED
    return None


def _ca_lines(candidate: Candidate, setting: RunSetting) -> Iterator[Line]:
    """The CA's own validation of the names that passed here, name by name."""
    display = setting.provider.display_name
    for name in passed_names(candidate):
        result = candidate.results[name]
        texts = []
        for method, text in result.check.ca_errors:
            filled = setting.fill(text, candidate.website, name)
            texts.append(filled)
            label = "general" if method == "general" else f"{method} DCV"
            kind = Line(2, "warn" if method == "HTTP" else "error", f"“{display}” {label} error ({name}): {filled}")
            yield kind
        if result.check.ca_passes:
            by_dns = result.queued_for_dns or bool(texts)
            yield Line(2, "success", f"“{display}” {'DNS' if by_dns else 'HTTP'} DCV OK: {name}")
        else:
            result.passed = False
            result.master = " ".join(texts)


def publishing_lines(candidates: Sequence[Candidate]) -> Iterator[Line]:
    """The DNS changes of a whole batch, between its two phases."""
    zones = {
        zone_of(candidate.website, name)
        for candidate in candidates
        for name, result in candidate.results.items()
        if result.queued_for_dns
    }
    if zones:
        zone_count = count(len(zones), "zone", "zones")
        yield Line(0, "out", f"Publishing DNS changes for local DNS DCV ({zone_count}) …")
        yield Line(0, "out", "Querying DNS to confirm DCV changes …")
