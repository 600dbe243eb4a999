"""What a website is called where its owner reads: the addon domain, not the name that the panel keeps it by."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from autossl_doctor.model.finding import Argument, Finding
from autossl_doctor.model.names import shown_name


class Naming:
    """Gives the names to show; what is compared, sent and stored keeps the panel's own names."""

    def __init__(self, sites: Iterable[Mapping[str, Any]]) -> None:
        shown = {site["site"]: shown_name(site["site"], site["domains"]) for site in sites}
        self._known = {name: known for name, known in shown.items() if name != known}

    def of(self, name: str) -> str:
        """Give the name that a person knows; it may bear a label such as `www.` in front."""
        if not self._known:
            return name
        label, _, rest = name.partition(".")
        return self._known.get(name) or (f"{label}.{self._known[rest]}" if rest in self._known else name)

    def finding(self, finding: Finding, types: Mapping[str, str]) -> Finding:
        """Give a finding with the names that its owner knows.

        A name that alone is in trouble is named as it is, because its twin has no trouble that could be told of it.
        """
        if not self._known:
            return finding
        args: dict[str, Argument] = dict(finding.args)
        said = set()
        for arg, value in finding.args.items():
            if types.get(arg, "").startswith("domain") and isinstance(value, str):
                shown = self.of(value)
                if arg == "site" or not finding.domains or shown in finding.domains:
                    args[arg] = shown
                    said |= {shown} if arg != "site" and shown != value else set()
        for arg, value in finding.args.items():
            if isinstance(value, tuple):
                kept = tuple(name for name in self.known(value) if name not in said)
                args[arg] = kept
                if args.get("count") == len(value):
                    args["count"] = len(kept)
        return finding._replace(args=args)

    def known(self, names: Collection[str]) -> tuple[str, ...]:
        """Leave away the panel's own name where the name that the owner knows stands beside it."""
        return tuple(name for name in names if (shown := self.of(name)) == name or shown not in names)


def belongs(name: str, domains: Collection[str]) -> bool:
    """Tell whether a name is one of a website's domains or, like `mail.`, one that stands before one of them."""
    label, _, rest = name.partition(".")
    return name in domains or (label != "*" and rest in domains)
