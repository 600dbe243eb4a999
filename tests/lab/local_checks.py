"""Phase 1, second half: management, CAA, the local HTTP test and local authority (facts 1.3 and 10)."""

from collections.abc import Iterator
from itertools import zip_longest

from tests.lab.log_line import Line
from tests.lab.run_setting import Candidate, NameResult, RunSetting, zone_of
from tests.lab.websites import Website
from tests.lab.wording import DCV, count

Names = list[tuple[Website, str, NameResult]]


def check_lines(candidates: list[Candidate], setting: RunSetting) -> Iterator[Line]:
    """The checks of every name that needs a certificate; fills the candidates' results.

    Nothing is left to do for the account where no result survives: AutoSSL "cannot increase" its coverage.
    """
    names: Names = []
    for candidate in candidates:
        website = candidate.website
        for name in website.eligible:
            result = NameResult(check=website.check(name, setting.clock.moment))
            candidate.results[name] = result
            names.append((website, name, result))
    yield Line(2, "out", "Attempting to ensure the existence of necessary CAA records …")
    yield Line(3, "out", "No CAA records were created.")
    yield from _admission_lines(names, setting)
    left = [entry for entry in names if not entry[2].dropped]
    if not left:
        yield Line(2, "out", f"AutoSSL cannot increase “{names[0][0].account.name}”’s SSL coverage.")
        return
    yield from _http_lines(left, setting)
    yield from _authority_lines(left, setting)


def _admission_lines(names: Names, setting: RunSetting) -> Iterator[Line]:
    """Management and CAA: both look-ups are sent at once, so their answers may come mixed."""
    number, display = len(names), setting.provider.display_name
    whose = "domain’s" if number == 1 else "domains’"
    caa_header = Line(
        2,
        "out",
        f"Verifying “{display}”’s authorization on {count(number)} via DNS CAA records …",
    )
    management = list(_management_lines(names, setting))
    caa = list(_caa_lines(names, setting))
    yield Line(2, "out", f"Verifying {number:,} {whose} management status …")
    if not setting.run.interleaved:
        yield from (*management, caa_header, *caa)
        return
    early = len(management) // 2
    yield from (*management[:early], caa_header)
    for answers in zip_longest(caa, management[early:]):
        yield from (answer for answer in answers if answer is not None)


def _management_lines(names: Names, setting: RunSetting) -> Iterator[Line]:
    for website, name, result in names:
        if result.check.unmanaged is None:
            yield Line(3, "out", f"“{name}” is managed.")
        else:
            result.dropped = True
            yield Line(3, "error", setting.fill(result.check.unmanaged, website, name))
    managed = sum(result.check.unmanaged is None for _, _, result in names)
    total = count(len(names))
    if managed == len(names):
        yield Line(3, "out", f"All of this user’s {total} are managed.")
        return
    whose = f"for only {managed:,} of this user’s {total}" if managed else f"for any of this user’s {total}"
    can = "can" if managed else "cannot"
    yield Line(
        3,
        "out",
        f"AutoSSL {can} confirm management status {whose}. "
        f"AutoSSL cannot secure any domain without confirming its management status.",
    )


def _caa_lines(names: Names, setting: RunSetting) -> Iterator[Line]:
    for website, name, result in names:
        check = result.check
        if check.caa_error is not None:
            yield Line(3, "warn", setting.fill(check.caa_error, website, name))
        if check.caa_forbidden is None:
            yield Line(3, "out", f"CA authorized: “{name}”")
        else:
            result.dropped = True
            yield Line(3, "error", setting.fill(check.caa_forbidden, website, name))
    allowed = sum(result.check.caa_forbidden is None for _, _, result in names)
    display, total = setting.provider.display_name, count(len(names))
    if allowed:
        text = f"“{display}” is authorized to issue certificates for {allowed:,} of this user’s {total}."
    else:
        text = f"DNS CAA records forbid “{display}” from issuing certificates for any of this user’s {total}."
    yield Line(3, "out", text)


def _http_lines(names: Names, setting: RunSetting) -> Iterator[Line]:
    tested = [entry for entry in names if not entry[1].startswith("*.")]
    if not tested:
        yield Line(2, "out", f"No domains need HTTP {DCV}.")
        return
    yield Line(2, "out", f"Performing HTTP {DCV} on {count(len(tested))} …")
    limit = setting.provider.max_redirects
    for website, name, result in tested:
        check, source = result.check, setting.fill("{url}", website, name)
        for hop, target in enumerate(check.redirects, start=1):
            filled = setting.fill(target, website, name)
            yield Line(3, "out", f"Redirection #{hop} ({name}): {source} → {filled}")
            source = filled
        reason = check.http
        if len(check.redirects) > limit:
            yield Line(3, "out", f"AutoSSL provider’s redirect limit: {limit}")
            reason = "Excess DCV HTTP redirection" if limit else "“{provider}” forbids DCV HTTP redirections."
        if reason is None:
            result.passed = True
            yield Line(3, "out", f"Local HTTP DCV OK: {name}")
        else:
            text = setting.fill(reason, website, name)
            result.http = text
            if check.recorded_as is not None:
                result.http = setting.fill(check.recorded_as, website, name)
            yield Line(3, "warn", f"Local HTTP DCV error ({name}): {text}")


def _authority_lines(names: Names, setting: RunSetting) -> Iterator[Line]:
    """Names that failed over HTTP, and wildcards, may still pass by a record in a zone of this server."""
    failed = [entry for entry in names if not entry[2].passed]
    if failed:
        yield Line(2, "out", f"Verifying local authority for {count(len(failed))} …")
    zones = set()
    for website, name, result in failed:
        check = result.check
        if check.authority_error is not None:
            result.dns = setting.fill(check.authority_error, website, name)
            yield Line(3, "error", result.dns)
        elif check.authority:
            result.queued_for_dns = True
            zones.add(zone_of(website, name))
            yield Line(3, "out", f"Local authority confirmed: “{name}”")
        else:
            result.dns = f"No local authority: “{name}”"
            yield Line(3, "out", result.dns)
    queued = sum(result.queued_for_dns for _, _, result in failed)
    if queued:
        zone_count = count(len(zones), "zone", "zones")
        yield Line(2, "out", f"Enqueueing {count(queued)} ({zone_count}) for local DNS DCV …")
    else:
        yield Line(2, "out", "No local DNS DCV is necessary.")
