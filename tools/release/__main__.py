"""Builds the release of the last commit: python -m tools.release [DIRECTORY], by default dist.

The bundle, the RPM and the deb; the same commit gives the same bytes, wherever and whenever it is built with the locked
tools. The network is needed once, for wheels that are not in the cache (build/wheels) yet.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import tomllib
from pathlib import Path

import yaml
from packaging.utils import parse_wheel_filename

from tools.release import bundle, contents, packages, wheels
from tools.release.commit import left_out, take_out
from tools.release.program import UnavailableError, demand

CHECKOUT = Path(__file__).resolve().parents[2]
BUILD = CHECKOUT / "build"


def main(arguments: list[str]) -> int:
    """Build and say what was built; 64 for wrong usage, 69 with a reason where it cannot be built."""
    if len(arguments) > 1:
        print("usage: python -m tools.release [DIRECTORY]", file=sys.stderr)
        return 64
    # The modes of what is unpacked and of what is inside the wheel come from here, whatever git's settings are.
    os.umask(0o022)
    to = Path(*arguments) if arguments else CHECKOUT / "dist"
    BUILD.mkdir(exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(dir=BUILD, prefix="release-") as work:
            built = build(Path(work))
            to.mkdir(parents=True, exist_ok=True)
            made = [Path(shutil.copy(file, to)) for file in built]
        if left_out(CHECKOUT):
            print("This checkout has changes that are not committed; they are not in the release.", file=sys.stderr)
    except UnavailableError as reason:
        print(reason, file=sys.stderr)
        return 69
    sums = "".join(f"{wheels.digest(file)}  {file.name}\n" for file in made)
    (to / bundle.CHECKSUMS).write_text(sums, "utf-8")
    print(sums, end="")
    return 0


def build(work: Path) -> list[Path]:
    """The bundle, the RPM and the deb of the last commit, in a working directory."""
    demand("rpmbuild", "rpm (Debian, Ubuntu) or rpm-build (EL)")
    demand("dpkg-deb", "dpkg")
    commit = take_out(CHECKOUT, work / "source")
    project = tomllib.loads((commit.source / "pyproject.toml").read_text("utf-8"))["project"]
    own = wheels.build_own(commit, work)
    version = str(parse_wheel_filename(own.name)[1])
    fetched = wheels.fetch(commit.source / "requirements" / "runtime.txt", BUILD / "wheels")
    every = sorted([own, *fetched], key=lambda wheel: wheel.name)
    tree = work / f"{project['name']}-{version}"
    tree.mkdir()
    bundle.lay_out(commit, every, contents.describe(every, own, commit.moment), version, tree)
    archive = bundle.pack(tree, work, commit.moment)
    summary = yaml.safe_load((commit.source / "cpanel_plugin.yaml").read_text("utf-8"))["description"]
    about = packages.About(version, summary, project["description"], commit.moment)
    return [archive, packages.build_rpm(tree, about, work), packages.build_deb(tree, about, work)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
