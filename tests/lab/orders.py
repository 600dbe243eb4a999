"""Phase 2, the end of an account: orders at the CA and the installation of what it issues (facts 1.3, 3)."""

from collections.abc import Iterator, Sequence

from tests.lab.chance import chance
from tests.lab.local_results import passed_names
from tests.lab.log_line import Line
from tests.lab.run_setting import Candidate, RunSetting
from tests.lab.wording import DCV, count, listed
from tests.lab.world import PendingOrder

RUN_STOPS = Line(
    0, "error", "AutoSSL cannot proceed at this time. Its next run will continue where this process stopped."
)
"""The last line of a run that met a limit of the CA's account; the accounts behind it are not looked at."""


def order_lines(requested: Sequence[Candidate], setting: RunSetting) -> Iterator[Line]:
    """The certificates that an account asks for; `RUN_STOPS` is the last line where a limit ends the run."""
    if not requested:
        return
    noun = "certificate" if len(requested) == 1 else "certificates"
    items = listed(
        [f"({candidate.website.servername}: {' '.join(_names(candidate, setting))})" for candidate in requested]
    )
    yield Line(1, "out", f"The system will attempt to renew the SSL {noun} for {items}.")
    for number, candidate in enumerate(requested, start=1):
        if setting.provider.queues_orders:
            yield from _queued_lines(candidate, setting)
            continue
        yield from _direct_lines(candidate, setting, number)
        if candidate.website.site.order.stage == "run_stops":
            yield RUN_STOPS
            return


def _names(candidate: Candidate, setting: RunSetting) -> tuple[str, ...]:
    return tuple(passed_names(candidate)[: setting.provider.max_names])


def _direct_lines(candidate: Candidate, setting: RunSetting, number: int) -> Iterator[Line]:
    """Let's Encrypt: ordered, issued and installed within the run."""
    website, names = candidate.website, _names(candidate, setting)
    yield Line(1, "out", f"Certificate #{number}: {_titled(names)}")
    order = website.site.order
    text = order.text.replace("{name}", website.servername).replace("{account}", website.account.name)
    if order.stage in {"refused", "run_stops"}:
        yield Line(2, "out", "Creating certificate order …")
        yield Line(2, order.type, text)
        return
    if order.stage in {"pending", "dropped"}:
        raise ValueError(f"{setting.provider.display_name} lets no order wait")
    whole = len(names) == len(candidate.results)
    made = f"Reusing certificate order from {DCV} …" if whole else "Creating certificate order …"
    yield Line(2, "out", made)
    yield Line(2, "out", f"Installing “{website.servername}”’s new certificate …")
    if order.stage == "not_installed":
        yield Line(3, order.type, text)
        return
    setting.world.install(
        website,
        names=names,
        issuer=setting.provider.issuer,
        key_type=candidate.verdict.default_key_type,
        at=setting.clock.moment,
    )
    yield Line(3, "success", "Success!")


def _titled(names: Sequence[str]) -> str:
    shortest = min(names, key=lambda name: (len(name), name))
    if len(names) == 1:
        return f"“{shortest}” only"
    if len(names) == 2:
        return f"“{names[0]}” and “{names[1]}”"
    return f"“{shortest}” and {count(len(names) - 1, 'other domain', 'other domains')}"


def _queued_lines(candidate: Candidate, setting: RunSetting) -> Iterator[Line]:
    """Sectigo: the order is sent once and then waits for the poller."""
    website, provider = candidate.website, setting.provider.display_name
    name, account = website.servername, website.account.name
    if name in setting.world.queue:
        yield Line(
            2,
            "out",
            f"The “{provider}” provider’s AutoSSL queue already contains a certificate request for "
            f"“{account}”’s website “{name}”.",
        )
        return
    order = website.site.order
    if order.stage == "refused":
        yield Line(2, order.type, order.text.replace("{name}", name).replace("{account}", account))
        return
    setting.world.let_wait(
        PendingOrder(
            website=website,
            order=order,
            order_item_id=str(88_000_000 + chance(setting.run_name, name).randrange(1_000_000)),
            ordered_at=setting.clock.moment,
            names=_names(candidate, setting),
            key_type=candidate.verdict.default_key_type,
            run=setting.run,
            run_name=setting.run_name,
        )
    )
    yield Line(2, "success", f"The cPanel Store received “{name}”’s certificate order.")
