"""Which website a tested name belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from autossl_doctor.model.host import Website
from autossl_doctor.model.names import visitor_base


def sort_by_website(names: Iterable[str], websites: Sequence[Website]) -> dict[str, list[str]]:
    """Give each tested name to one website of the account: by name, by its base, by the longest common end.

    What fits none goes to the account's first website, so that no failure is lost.
    """
    if len(websites) == 1:
        return {websites[0].name: list(names)}
    owners = {name: site.name for site in websites for name in site.names}
    owners.update((site.name, site.name) for site in websites)
    sorted_names: dict[str, list[str]] = {}
    for name in names:
        owner = owners.get(name) or owners.get(visitor_base(name)) or _closest(name, websites)
        sorted_names.setdefault(owner, []).append(name)
    return sorted_names


def _closest(name: str, websites: Sequence[Website]) -> str:
    fitting = [site.name for site in websites if site.name and name.endswith(f".{site.name}")]
    return max(fitting, key=len, default=websites[0].name)
