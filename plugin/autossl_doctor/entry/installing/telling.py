"""What `status` says about the installation, in words and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from autossl_doctor.entry.installing.around import RELEASE, Around, run_program
from autossl_doctor.entry.installing.condition import Condition, read_condition
from autossl_doctor.entry.installing.condition import as_plain as condition_as_plain
from autossl_doctor.entry.installing.manifest import read_manifest
from autossl_doctor.explain.interface import Interface

MOST_NAMED = 20


def look(release: str = RELEASE) -> Condition | str:
    """Look at the installation; or say why there is no release to compare it with."""
    try:
        manifest = read_manifest(Path(release))
    except (OSError, ValueError, KeyError, TypeError) as error:
        return getattr(error, "strerror", None) or str(error)
    return read_condition(Around(manifest, Path(release), run_program))


def is_wrong(found: Condition | str) -> bool:
    """Tell whether something about the installation is not as it should be."""
    return isinstance(found, str) or bool(found.findings)


def as_plain(found: Condition | str) -> dict[str, Any]:
    """Give it as the JSON of the command line."""
    if isinstance(found, str):
        return {"findings": [{"id": "no_release", "about": [RELEASE, found]}]}
    return condition_as_plain(found)


def told(found: Condition | str, language: str) -> Iterator[str]:
    """Give it in words: what is there, then what is wrong and what helps."""
    words = Interface(language, "installing")
    if isinstance(found, str):
        yield words.say("no_release", release=RELEASE, said=found)
        return
    yield words.say("status_version", version=found.version)
    answers = {"feature": found.feature, "icon": found.icon, "hooks": found.hooks}
    for name, there in answers.items():
        yield words.say(f"status_{name}", {True: "yes", False: "no", None: "unknown"}[there])
    yield words.say("status_whm_page", {True: "yes", False: "no", None: "none"}[found.whm_page])
    enabled, active = (sum(state) for state in zip(*found.units.values(), strict=True))
    yield words.say("status_units", all=len(found.units), enabled=enabled, active=active)
    for name, about in found.findings:
        more = words.say("more", count=len(about) - MOST_NAMED) if len(about) > MOST_NAMED else ""
        named = ", ".join(filter(None, (*about[:MOST_NAMED], more)))
        yield words.say("status_findings", name, names=named, count=len(about))
