"""A release bundle of the sources as they are now, for tests that install it; made once for one state of them."""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.lab.panel.installed import ROOT, sources_fingerprint
from tools.manifest.writing import write_all
from tools.release import bundle, wheels
from tools.release.commit import Commit

CACHE = ROOT / "build/lab"
WHEELS = ROOT / "build/wheels"
_MADE = shutil.ignore_patterns("__pycache__", "*.pyc", "*.egg-info", "build")
_SOURCES = (*bundle.FILES, "pyproject.toml", "setup.py")

Change = Callable[[Path], None]
"""What is done to the sources before they are built: another version, a page in WHM."""


def release_of(name: str, change: Change | None = None) -> Path:
    """The directory of a release; `name` tells those with changes apart."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock-release").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = CACHE / f"release-{name}-{sources_fingerprint(_SOURCES)}"
        if not made.exists():
            for former in CACHE.glob(f"release-{name}-*"):
                shutil.rmtree(former)
            former_mask = os.umask(0o022)
            try:
                _make(made, change)
            finally:
                os.umask(former_mask)
    return made


def with_version(version: str) -> Change:
    """The same sources under another version."""

    def change(sources: Path) -> None:
        for path, before in (
            (sources / "cpanel_plugin.yaml", "version: "),
            (sources / "plugin/autossl_doctor/__init__.py", '__version__ = "'),
        ):
            text = path.read_text(encoding="utf-8")
            former = text.partition(before)[2].split()[0].strip('"')
            path.write_text(text.replace(f"{before}{former}", f"{before}{version}", 1), encoding="utf-8")
        write_all(sources)

    return change


def _make(made: Path, change: Change | None) -> None:
    with tempfile.TemporaryDirectory(dir=CACHE, prefix="draft-") as work:
        sources = Path(work, "sources")
        sources.mkdir()
        shutil.copytree(ROOT / "plugin", sources / "plugin", ignore=_MADE)
        for name in _SOURCES:
            (sources / name).parent.mkdir(exist_ok=True)
            shutil.copy(ROOT / name, sources / name)
        if change is not None:
            change(sources)
        fetched = wheels.fetch(sources / "requirements/runtime.txt", WHEELS)
        version = subprocess.run(
            [sys.executable, "-c", "import autossl_doctor; print(autossl_doctor.__version__)"],
            cwd=sources,
            env=os.environ | {"PYTHONPATH": str(sources / "plugin")},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        commit = Commit(sources, moment=1_780_000_000)
        own = wheels.build_own(commit, Path(work, "own"))
        for left in (sources / "build", *sources.glob("plugin/*.egg-info")):
            shutil.rmtree(left, ignore_errors=True)
        tree = Path(work, "tree")
        tree.mkdir()
        bundle.lay_out(commit, [own, *fetched], "{}\n", version, tree)
        tree.rename(made)
