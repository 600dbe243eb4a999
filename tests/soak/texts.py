"""What is made of noise: as pasted text, and as the log of a run. Nothing may break, and nothing may seem healthy."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache

from autossl_doctor.causes.catalogue import Catalogue, load
from autossl_doctor.collect.host import websites_of_logs
from autossl_doctor.collect.pasted import read_pasted
from autossl_doctor.collect.runs.reading import RunReader
from autossl_doctor.collect.runs.records import decode_lines
from autossl_doctor.collect.signatures.lexicon import lines, reasons
from autossl_doctor.diagnose.report import diagnose
from autossl_doctor.model.fact import Fact, Known
from autossl_doctor.model.host import HostReading
from autossl_doctor.model.log import Run, RunReading
from autossl_doctor.model.report import Report
from tests.soak.noise import HEALTHY, Noise

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
STARTED = datetime(2026, 11, 20, 2, 17, tzinfo=UTC)
_HEADER = (
    (0, "AutoSSL’s configured provider is “Let’s Encrypt™”."),
    (0, "Analyzing 1 user …"),
    (1, "Analyzing “alice”’s domains …"),
    (2, "Analyzing “shop.example” (website) …"),
)


@cache
def catalogue() -> Catalogue:
    """All causes, loaded once."""
    return load()


def complaints(source: Noise, text: Sequence[str]) -> list[str]:
    """Judge one text in both ways and tell what must not be."""
    pasted = "\n".join(source.dressed(line) for line in text)
    found = [f"pasted: {each}" for each in _wrong(diagnose(read_pasted(pasted, NOW, "UTC"), catalogue().causes))]
    found += [f"log: {each}" for each in _wrong(diagnose(_as_run(source, text), catalogue().causes))]
    return [f"{each}\n{pasted[:2000]}" for each in found]


def _as_run(source: Noise, text: Sequence[str]) -> HostReading:
    rows: list[object] = [
        {"timestamp": "2026-11-20T02:17:00Z", "type": "out", "indent": indent, "contents": said}
        for indent, said in _HEADER
    ]
    rows += [source.record(line) for line in text]
    block = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode("utf-8", "replace")
    reading = RunReader("json", lines(), reasons()).read([decode_lines(block)])
    run = Run("2026-11-20T02:17:00Z", STARTED, "*", "LetsEncrypt", "finished")
    runs: Fact[tuple[tuple[Run, RunReading], ...]] = Known(((run, reading),), "json")
    return HostReading(NOW, "UTC", runs=runs, websites=websites_of_logs(runs) or Known(()))


def _wrong(report: Report) -> list[str]:
    """Tell which websites seem healthy, and which rules broke."""
    wrong = [f"{site.site!r} seems {site.main.cause}" for site in report.sites if site.main.cause in HEALTHY]
    gaps = {gap.why for site in report.sites for gap in site.could_not_check if gap.fact == "rule"}
    return wrong + [f"a rule broke: {why}" for why in sorted(gaps)]
