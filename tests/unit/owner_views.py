"""Views of the owner's page for tests, and a reader that takes a page apart."""

from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

from autossl_doctor.actions.verbs import VERBS
from autossl_doctor.causes.catalogue import load
from autossl_doctor.model.finding import Evidence, Finding
from autossl_doctor.present.owner.page import render
from autossl_doctor.present.owner.view import OwnerView

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
END = datetime(2027, 1, 3, 15, 30, tzinfo=UTC)
"""In Tokyo it is already the fourth of January."""
CAUSES = load().texts
FORM = "0123456789abcdef" * 4
VOID = frozenset(("br", "circle", "input", "link", "path", "use"))
NAMES = ("mail.shop.example", "shop.example")

HEALTHY = Finding("healthy", "nobody", "ok", "certain", args={"site": "shop.example", "not_after": END, "count": 2})
ELSEWHERE = Finding(
    "dns_points_elsewhere",
    "dns",
    "critical",
    "certain",
    domains=("shop.example",),
    args={"domain": "shop.example", "actual_ip": "198.51.100.70", "server_ip": "192.0.2.10"},
    act_by=NOW + timedelta(days=4),
    evidence=(Evidence("/var/cpanel/logs/autossl/2026-11-22T11:17:00Z/json:12", "2026-11-22T11:19:25Z", "resolves"),),
)
DEFERRED = Finding(
    "renewal_deferred",
    "owner",
    "warning",
    "certain",
    domains=NAMES,
    args={"site": "shop.example", "holding": NAMES, "count": 2, "drop_at": NOW + timedelta(days=5), "not_after": END},
    act_by=NOW + timedelta(days=5),
)
STOPPED = Finding("cron_missing", "host", "critical", "certain", args={"last_run": NOW - timedelta(days=9)})
ALL_EXCLUDED = Finding("all_domains_excluded", "owner", "notice", "certain", domains=NAMES)


def site(name: str = "shop.example", **changes: Any) -> dict[str, Any]:
    """A website of the report: safe, with nothing to do."""
    return {
        "account": "shop",
        "site": name,
        "domains": [name, f"mail.{name}"],
        "visitors": "safe",
        "renewal": "idle",
        "uncovered": [],
        "certificate": {
            "issuer": "Let's Encrypt, R11",
            "not_before": "2026-10-05T15:30:00Z",
            "not_after": "2027-01-03T15:30:00Z",
            "key_type": "rsa-2048",
            "covers": [name, f"mail.{name}"],
        },
        "could_not_check": [],
        **changes,
    }


def view(*sites: tuple[dict[str, Any], Finding], stages: dict[str, str] | None = None, **changes: Any) -> OwnerView:
    """A visit: websites with their main findings; `stages` says where on the track a cause stands."""
    texts = {cause: {**text, "stage": (stages or {}).get(cause, "")} for cause, text in CAUSES.items()}
    values: dict[str, Any] = {
        "account": "shop",
        "language": "en",
        "zone": "Asia/Tokyo",
        "now": NOW,
        "trouble": "",
        "generated_at": NOW - timedelta(minutes=2),
        "server_findings": (),
        "sites": tuple(item for item, _ in sites),
        "findings": {item["site"]: (finding,) for item, finding in sites},
        "texts": texts,
        "refused": dict.fromkeys(VERBS, ""),
        "forms": dict.fromkeys(VERBS, FORM),
        "excluded": (),
        "live": None,
        "click": None,
        "notice": "",
        "notice_until": None,
        "anyway": None,
        **changes,
    }
    return OwnerView(**values)


class Element:
    """An element of a page with what stands in it."""

    def __init__(self, tag: str, attributes: dict[str, str]) -> None:
        self.tag = tag
        self.attributes = attributes
        self.inside: list[Element | str] = []

    @property
    def text(self) -> str:
        """All words in it, with single spaces."""
        parts = [part if isinstance(part, str) else part.text for part in self.inside]
        return " ".join(" ".join(parts).split())

    def all(self, tag: str = "", css: str = "", **attributes: str) -> list["Element"]:
        """The elements in it with this tag, class and attributes, in the order of the page."""
        found: list[Element] = []
        for part in self.inside:
            if isinstance(part, str):
                continue
            fits = (not tag or part.tag == tag) and (not css or css in part.attributes.get("class", "").split())
            if fits and all(part.attributes.get(name.replace("_", "-")) == value for name, value in attributes.items()):
                found.append(part)
            found += part.all(tag, css, **attributes)
        return found

    @property
    def shape(self) -> list[Any]:
        """Tags and the names of attributes, without any words."""
        return [self.tag, sorted(self.attributes), [part.shape for part in self.inside if isinstance(part, Element)]]


class Page(HTMLParser):
    """Reads a block of the page and insists that it is well formed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.root = Element("", {})
        self._open = [self.root]
        self.feed(html)
        self.close()
        assert len(self._open) == 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        element = Element(tag, {name: value or "" for name, value in attrs})
        assert len(element.attributes) == len(attrs), "an attribute stands twice"
        self._open[-1].inside.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take an element that closes itself."""
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        """Close the element that was opened last."""
        assert self._open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        """Take words."""
        self._open[-1].inside.append(data)

    def forms(self, verb: str) -> list[Element]:
        """The forms that send a verb."""
        return [form for form in self.root.all("form") if verb in fields(form).get("verb", ())]


def fields(form: Element) -> dict[str, list[str]]:
    """What a form sends."""
    sent: dict[str, list[str]] = {}
    for field in form.all("input"):
        sent.setdefault(field.attributes["name"], []).append(field.attributes["value"])
    return sent


def show(*sites: tuple[dict[str, Any], Finding], **changes: Any) -> Page:
    """The page of a visit, taken apart."""
    return Page(render(view(*sites, **changes)))
