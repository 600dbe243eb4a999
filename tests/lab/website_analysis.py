"""Phase 1, first half: what AutoSSL says about the certificate of each website (facts 1.3 and 7)."""

from collections.abc import Iterator

from tests.lab.log_line import Line
from tests.lab.run_setting import Candidate, RunSetting
from tests.lab.tls_state import State, TlsVerdict, expiry_type, is_external, judge
from tests.lab.websites import Installed, Website
from tests.lab.wording import KEY_LABELS, expiry, first_ten

_EXTERNAL = "CERTIFICATE_IS_EXTERNALLY_SIGNED: The certificate is neither self-signed nor from AutoSSL."
_EXCLUDED = "COMPLETELY_EXCLUDED: All domains are excluded from AutoSSL."
_FULL = (
    "CERTIFICATE_HAS_MAX_DOMAINS: The provider does not issue certificates that include more domains than "
    "the current certificate includes."
)


def website_lines(website: Website, setting: RunSetting, candidates: list[Candidate]) -> Iterator[Line]:
    """The lines of one website; one that needs a certificate and may have one joins `candidates`."""
    installed = setting.world.installed(website)
    wanted = setting.default_key_type(website.account)
    verdict = judge(website, installed, wanted, setting.provider, setting.clock.moment)
    yield Line(2, "out", f"Analyzing “{website.servername}” (website) …")
    yield from _limit_lines(website, installed, setting)
    yield from _exclusion_lines(website)
    yield Line(3, verdict.state.line_type, f"TLS Status: {verdict.state.label}")
    if verdict.state is State.KEY_MISMATCH and installed is not None:
        yield Line(4, "out", f"Default Key Type: {KEY_LABELS[wanted]}")
        yield Line(4, "out", f"Certificate’s Key Type: {KEY_LABELS[installed.key_type]}")
    if installed is not None and installed.file == "whole":
        moment = setting.clock.moment
        text = expiry(installed.not_after, moment)
        yield Line(3, expiry_type(installed, setting.provider, moment), text)
    for defect in verdict.defects:
        yield Line(3, "error", f"Defect: {defect}")
    if verdict.state is State.OK:
        return
    impediment = _impediment(website, installed, verdict, setting)
    if impediment is not None:
        yield Line(3, "out", f"Impediment: {impediment}")
        return
    external = is_external(installed)
    candidates.append(Candidate(website=website, installed=installed, verdict=verdict, external=external))


def _limit_lines(website: Website, installed: Installed | None, setting: RunSetting) -> Iterator[Line]:
    """Counts appear only where the website has more names than one certificate may hold."""
    limit = setting.provider.max_names
    if len(website.eligible) <= limit:
        return
    secured = 0 if installed is None else sum(map(installed.secures, website.eligible))
    yield Line(3, "out", f"Number of domains: {len(website.eligible):,}")
    yield Line(3, "out", f"Number of secured domains: {secured:,}")
    yield Line(3, "warn", f"Provider’s per-certificate domain count limit: {limit:,}")
    name = website.servername
    yield Line(
        3,
        "warn",
        f"“{setting.provider.display_name}” cannot secure all of “{name}”’s domains. "
        f"Remove domains from “{name}” to fix this.",
    )


def _exclusion_lines(website: Website) -> Iterator[Line]:
    for who, names in (("User", website.excluded), ("Provider", website.provider_excluded)):
        if names:
            noun = "domain" if len(names) == 1 else "domains"
            yield Line(3, "out", f"{who}-excluded {noun}: {len(names):,} ({first_ten(names)})")


def _impediment(website: Website, installed: Installed | None, verdict: TlsVerdict, setting: RunSetting) -> str | None:
    """The reason why AutoSSL does not even begin to validate the website's names."""
    if not website.eligible:
        return _EXCLUDED
    may_replace = setting.host.clobber_external and verdict.state is State.DEFECTIVE
    if is_external(installed) and not may_replace:
        return _EXTERNAL
    full = installed is not None and len(installed.covers) >= setting.provider.max_names
    if verdict.state is State.INCOMPLETE and full:
        return _FULL
    return None
