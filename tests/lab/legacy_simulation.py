"""The same run in the sentences of versions 58 to 72, which old servers still write.

Those versions had no phases: each website was judged, checked over HTTP and ordered in one go. Their indents
are not known; the lab uses two levels.
"""

from collections.abc import Iterable, Iterator

from tests.lab.log_line import Line
from tests.lab.run_setting import BatchOfAccounts, RunSetting
from tests.lab.tls_state import State, TlsVerdict, is_external, judge
from tests.lab.website_model import Account
from tests.lab.websites import Installed, Website
from tests.lab.wording import DCV, count, first_ten, listed, short_date


def legacy_lines(batches: Iterable[BatchOfAccounts], setting: RunSetting) -> Iterator[Line]:
    """All lines of a run in the old wording."""
    yield Line(0, "out", f"This system has AutoSSL set to use “{setting.provider.display_name}”.")
    for batch in batches:
        for account, websites in batch:
            yield from _account_lines(account, websites, setting)


def _account_lines(account: Account, websites: list[Website], setting: RunSetting) -> Iterator[Line]:
    if account.suspended:
        yield Line(1, "out", f"“{account.name}” is suspended.", ends_account=True)
        return
    if not setting.has_feature(account):
        text = f"“{account.name}” does not have the required features: autossl"
        yield Line(0, "out", text, ends_account=True)
        return
    yield Line(0, "out", f"Checking websites for “{account.name}” …")
    for website in websites:
        yield from _website_lines(website, setting)
    text = f"The system has completed the AutoSSL check for “{account.name}”."
    yield Line(0, "out", text, ends_account=True)


def _website_lines(website: Website, setting: RunSetting) -> Iterator[Line]:
    installed = setting.world.installed(website)
    # Those versions knew no default key type, so none can differ.
    wanted = "rsa-2048" if installed is None else installed.key_type
    verdict = judge(website, installed, wanted, setting.provider, setting.clock.moment)
    yield Line(1, "out", _state_text(website, installed, verdict))
    if website.excluded:
        noun, these = ("domain", "this domain") if len(website.excluded) == 1 else ("domains", "these domains")
        yield Line(
            1,
            "warn",
            f"The certificate for the website “{website.servername}” will not contain the {noun} "
            f"{first_ten(website.excluded)} because the current configuration excludes {these}.",
        )
    if verdict.state is State.OK or not website.eligible:
        return
    if is_external(installed):
        text = "AutoSSL will ignore this website because this server’s AutoSSL did not provide the certificate for it."
        yield Line(1, "out", text)
        return
    yield from _renewal_lines(website, installed, verdict, setting)


def _state_text(website: Website, installed: Installed | None, verdict: TlsVerdict) -> str:
    start = f"The website “{website.servername}”, owned by “{website.account.name}”, has "
    obtain = "AutoSSL will attempt to obtain a new certificate and install it."
    if installed is None:
        return f"{start}no SSL certificate. {obtain}"
    if verdict.defects:
        codes = ", ".join(defect.partition(":")[0] for defect in verdict.defects)
        return f"{start}a faulty SSL certificate ({codes}). {obtain}"
    missing = [name for name in website.eligible if not installed.secures(name)]
    if verdict.state is State.INCOMPLETE and missing:
        noun = "domain" if len(missing) == 1 else "domains"
        more = f"additional SSL coverage may be possible for the {noun} {listed(missing)}."
        return f"{start}a valid SSL certificate, but {more}"
    return f"{start}a valid SSL certificate."


def _renewal_lines(
    website: Website, installed: Installed | None, verdict: TlsVerdict, setting: RunSetting
) -> Iterator[Line]:
    passed: list[str] = []
    failed: list[str] = []
    for name in website.eligible:
        reason = website.check(name, setting.clock.moment).http
        (passed if reason is None else failed).append(name)
        if reason is not None:
            text = setting.fill(reason, website, name)
            yield Line(1, "warn", f"The domain “{name}” failed domain control validation: {text}")
    vhost = website.servername
    if not passed:
        yield Line(
            1,
            "out",
            f"All of “{vhost}”’s domains failed domain control validation. AutoSSL will skip this website.",
        )
        return
    lost = [] if installed is None else [name for name in failed if installed.secures(name)]
    if lost and verdict.state is not State.DEFECTIVE:
        yield Line(
            1,
            "warn",
            f"AutoSSL will defer the renewal of “{vhost}”’s certificate because {count(len(lost))} "
            f"({first_ten(lost)}) that the current certificate secures failed {DCV}. "
            f"The certificate expires on {_end(installed)}.",
        )
        return
    yield Line(1, "out", f"The system will attempt to renew the SSL certificate for ({vhost}: {' '.join(passed)}).")
    setting.world.install(
        website,
        names=tuple(passed),
        issuer=setting.provider.issuer,
        key_type=verdict.default_key_type,
        at=setting.clock.moment,
    )
    text = f"The system has installed a new certificate onto “{website.account.name}”’s website “{vhost}”."
    yield Line(1, "success", text)


def _end(installed: Installed | None) -> str:
    """How the deferral's last words, which no source gives in full, name the certificate's end."""
    return "-" if installed is None else f"{short_date(installed.not_after)} UTC"
