"""What every part of the simulation of one run needs to know."""

from dataclasses import dataclass, field

from tests.lab.chance import letters
from tests.lab.check_model import Check
from tests.lab.host_model import Host
from tests.lab.log_line import RunClock
from tests.lab.providers import Provider
from tests.lab.run_model import Run
from tests.lab.tls_state import TlsVerdict
from tests.lab.website_model import Account, KeyType
from tests.lab.websites import Installed, Website
from tests.lab.world import World

_TEST_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
BatchOfAccounts = list[tuple[Account, list[Website]]]


@dataclass(frozen=True, kw_only=True)
class RunSetting:
    """One run: its host, its provider, its clock and the world that it changes."""

    host: Host
    run: Run
    run_name: str
    provider: Provider
    clock: RunClock
    world: World

    def default_key_type(self, account: Account) -> KeyType:
        """The key type that the account wants at this moment of the run."""
        chosen = account.key_type
        if account.key_type_age is not None and self.clock.moment < self.host.now - account.key_type_age:
            chosen = "system"
        return self.host.server_key_type if chosen in {None, "system"} else chosen  # type: ignore[return-value]

    def finds_suspended(self, account: Account) -> bool:
        """Whether the account is suspended at this moment of the run."""
        ago = account.suspended_ago
        return account.suspended and (ago is None or self.clock.moment >= self.host.now - ago)

    def has_feature(self, account: Account) -> bool:
        """Whether the account may use AutoSSL: by override, the list `disabled`, its own list (facts 5)."""
        if account.feature_override is not None:
            return account.feature_override
        lists = self.host.feature_lists
        wanted = lists.get(account.feature_list, {}).get("autossl", True)
        return lists.get("disabled", {}).get("autossl", True) and wanted

    def fill(self, text: str, website: Website, name: str) -> str:
        """A text of `check_outcomes` with its placeholders filled for one name."""
        if "{" not in text:
            return text
        provider, account = self.provider, website.account
        token = letters(provider.token_alphabet, 32, self.host.seed, self.run_name, name) + provider.token_suffix
        zone = zone_of(website, name)
        folder = f"{document_root(website)}/{provider.challenge_folder}"
        record = "_cpanel-dcv-test-record"
        values = {
            "{name}": name,
            "{zone}": zone,
            "{url}": f"http://{name}/{provider.challenge_folder}/{token}",
            "{secure}": f"https://{name}/{provider.challenge_folder}/{token}",
            "{path}": f"{folder}/{token}",
            "{folder}": folder,
            "{provider}": provider.display_name,
            "{limit}": str(provider.max_redirects),
            "{record}": f"{record}.{zone}",
            "{value}": f"{record}={letters(_TEST_LETTERS, 64, self.run_name, account.name, zone)}",
        }
        for placeholder, value in values.items():
            text = text.replace(placeholder, value)
        return text


@dataclass(kw_only=True)
class NameResult:
    """How far one name has come in this run, and the reasons that stopped it."""

    check: Check
    dropped: bool = False
    """Unmanaged or forbidden by CAA: not validated, and never recorded."""
    http: str | None = None
    dns: str | None = None
    master: str | None = None
    queued_for_dns: bool = False
    passed: bool = False

    @property
    def problem(self) -> str | None:
        """The row for the problems database; None: nothing to record (facts 4)."""
        if self.passed or self.dropped:
            return None
        if self.master is not None:
            return f"MASTER DCV: {self.master}"
        reasons = [("DNS", self.dns), ("HTTP", self.http)]
        return "; ".join(f"{method} DCV: {reason}" for method, reason in reasons if reason is not None)


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A website for which AutoSSL wants a new certificate, with what the checks of its names said."""

    website: Website
    installed: Installed | None
    verdict: TlsVerdict
    external: bool
    results: dict[str, NameResult] = field(default_factory=dict)


def zone_of(website: Website, name: str) -> str:
    """The DNS zone that holds a name: that of the website's own domain where the name is below it."""
    domain = website.site.domain
    if name == domain or name.endswith(f".{domain}"):
        return website.main_domain if website.site.kind == "sub" else domain
    return name.removeprefix("www.")


def document_root(website: Website) -> str:
    """The folder that the website shows."""
    home = f"/home/{website.account.name}"
    return f"{home}/public_html" if website.site.kind == "main" else f"{home}/{website.site.domain}"
