"""The life of an installation on a server, compared file by file: installed, repaired, upgraded, removed."""

import json
from pathlib import Path

import pytest

from autossl_doctor.entry.installing.manifest import read_manifest
from tests.install.server import COMMAND, THEME
from tests.lab.panel.entered import StandingPanel

ROOT = Path(__file__).resolve().parents[2]
MANIFEST = read_manifest(ROOT)
PAGE = f"{THEME}/autossl_doctor/index.live.cgi"
NEEDS = ("root and layered files", "the package index")

pytestmark = [pytest.mark.system(*NEEDS)]


def status(panel: StandingPanel) -> dict[str, object]:
    """What `status` says."""
    answer = panel.run([COMMAND, "status", "--format", "json"])
    said: dict[str, object] = json.loads(answer.stdout)
    return said | {"exit": answer.returncode}
