"""`autossl-doctor repair`: puts right whatever is missing. The same steps make the first installation (install.sh)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from autossl_doctor import __version__
from autossl_doctor.entry.installing.around import RELEASE, Around, StepError, run_program
from autossl_doctor.entry.installing.installation import Installation, Outcome
from autossl_doctor.entry.installing.manifest import read_manifest
from autossl_doctor.entry.installing.turn import turn
from autossl_doctor.entry.request import FINE, INTERNAL, NOT_JUDGED, USAGE, Request, print_json, print_lines, refuse
from autossl_doctor.explain.interface import Interface
from autossl_doctor.host.files import HostPaths
from autossl_doctor.host.identity import is_root
from autossl_doctor.host.people import find_owners

MISSING = 69


def repair(request: Request) -> int:
    """Go through all steps; one that fails ends it, and the next run goes on there."""
    words = Interface(request.language, "installing")
    if not is_root():
        return refuse(words.say("root_only"), USAGE)
    if not HostPaths().exists("/usr/local/cpanel"):
        return refuse(words.say("no_panel"), NOT_JUDGED)
    try:
        release = Path(RELEASE)
        around = Around(read_manifest(release), release, run_program)
    except (OSError, ValueError, KeyError, TypeError) as error:
        return refuse(words.say("no_release", release=RELEASE, said=str(error)), MISSING)
    with turn() as taken:
        if not taken:
            return refuse(words.say("locked"), MISSING)
        done: dict[str, Outcome] = {}
        try:
            for line in go_through(Installation(around, lambda: find_owners().values()), words, done):
                if not request.as_json:
                    print_lines([line])
        except StepError as failure:
            return _tell_failure(request, words, done, failure)
    if request.as_json:
        print_json(_as_plain(done))
    elif request.installation:
        print_lines(closing(around, words, package=request.package))
    else:
        print_lines([words.say("in_place")])
    return FINE


def go_through(installation: Installation, words: Interface, done: dict[str, Outcome]) -> Iterator[str]:
    """Do one step after the other; each is told before, and what came of it afterwards."""
    if installation.restarts_panel:
        yield words.say("restarts_panel")
    for name, step in installation.steps.items():
        yield f"* {words.say('steps', name)}"
        try:
            done[name] = step()
        except StepError as failure:
            failure.step = name
            raise
        yield "  " + words.say("outcomes", done[name].said, **done[name].about)


def closing(around: Around, words: Interface, *, package: bool = False) -> Iterator[str]:
    """What was done, where to click, and how to remove it."""
    manifest = around.manifest
    yield ""
    yield words.say("closing", "done", version=manifest.version)
    remove = "remove_package" if package else "remove"
    for part in ("page", "no_whm" if manifest.whm is None else "whm", "command", "updates", remove):
        yield words.say("closing", part, url=manifest.cpanel["url"], release=RELEASE, feature=manifest.feature_label)


def _tell_failure(request: Request, words: Interface, done: dict[str, Outcome], failure: StepError) -> int:
    why = words.say("failures", failure.why, **failure.about)
    if request.as_json:
        print_json(_as_plain(done) | {"failed": {"step": failure.step, "why": failure.why, "about": failure.about}})
    sys.stdout.flush()
    return refuse(words.say("step_failed", step=words.say("steps", failure.step), why=why), INTERNAL)


def _as_plain(done: dict[str, Outcome]) -> dict[str, Any]:
    steps = [{"step": name, "did": outcome.said, **outcome.about} for name, outcome in done.items()]
    return {"schema": 1, "version": __version__, "steps": steps}
