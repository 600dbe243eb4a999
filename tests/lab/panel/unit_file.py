"""Reads systemd's unit files, as far as the stand-in's service manager obeys them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_SPANS = {
    "usec": 1e-6, "us": 1e-6, "msec": 1e-3, "ms": 1e-3,
    "seconds": 1, "second": 1, "sec": 1, "s": 1, "": 1,
    "minutes": 60, "minute": 60, "min": 60, "m": 60,
    "hours": 3600, "hour": 3600, "hr": 3600, "h": 3600,
    "days": 86_400, "day": 86_400, "d": 86_400, "weeks": 604_800, "week": 604_800, "w": 604_800,
}  # fmt: skip
_SPAN = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*([a-z]*)")
SANDBOX = re.compile(
    "Protect|Private|Restrict|System[Cc]all|Capabilit|Ambient|NoNew|Lock|Memory|Read(Only|Write)|Inaccessible|"
    "IPAddress|RemoveIPC|Keyring|ProcSubset|Device|Limit|Tasks|CPU|IO|Nice|OOM|Secure|Bind|Temporary"
)
"""The directives that only make a service's room smaller: the stand-in remembers them and does no more."""

Values = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Unit:
    """One unit: its name and, per section, every value of each directive in order."""

    name: str
    sections: Mapping[str, Values]

    @property
    def kind(self) -> str:
        """`service`, `socket`, `path` or `timer`."""
        return self.name.rpartition(".")[2]

    @property
    def service(self) -> str:
        """The service that the unit starts."""
        own = self.kind.capitalize()
        named = self.last("Unit" if own != "Socket" else "Service", own)
        return named or f"{self.name.rpartition('.')[0]}.service"

    @property
    def enabled(self) -> bool:
        """Whether an installer's `systemctl enable` has something to do."""
        return bool(self.sections.get("Install"))

    def all(self, directive: str, section: str | None = None) -> tuple[str, ...]:
        """Every value of a directive."""
        return self.sections.get(section or self.kind.capitalize(), {}).get(directive, ())

    def last(self, directive: str, section: str | None = None, default: str = "") -> str:
        """The value that counts, where a directive has only one."""
        return (self.all(directive, section) or (default,))[-1]

    def yes(self, directive: str) -> bool:
        """Whether a directive is switched on."""
        return self.last(directive).lower() in {"yes", "true", "1", "on"}

    def mode(self, directive: str, default: int) -> int:
        """A file mode."""
        value = self.last(directive)
        return int(value, 8) if value else default

    @property
    def sandbox(self) -> dict[str, str]:
        """What the unit forbids its service."""
        own = self.sections.get("Service", {})
        return {key: " ".join(values) for key, values in own.items() if SANDBOX.match(key)}


def read_unit(path: Path) -> Unit:
    """Read a unit file; an empty value forgets those before it, a line that ends with a backslash goes on."""
    sections: dict[str, dict[str, tuple[str, ...]]] = {}
    section: dict[str, tuple[str, ...]] = {}
    text = re.sub(r"\s*\\\n\s*", " ", path.read_text(encoding="utf-8"))
    for raw in text.splitlines():
        line = raw.strip()
        if not line or line[0] in "#;":
            continue
        if line.startswith("["):
            section = sections.setdefault(line.strip("[]"), {})
            continue
        key, _, value = line.partition("=")
        key, value = key.strip(), value.strip()
        section[key] = (*section.get(key, ()), value) if value else ()
    return Unit(path.name, sections)


def seconds(span: str) -> float:
    """A span of time: `5min 20s`, `1h`, `30`."""
    return sum(float(number) * _SPANS[unit] for number, unit in _SPAN.findall(span))
