"""The bundle installs on a machine that has no network, with each Python that it is made for."""

import os
import subprocess
from pathlib import Path

import pytest

from tests import needs
from tests.release.conftest import Release

INSTALL = """
set -eu
if "$1" -c 'import socket; socket.create_connection(("192.0.2.1", 443), timeout=5)' 2>/dev/null; then exit 9; fi
"$1" -m venv "$2"
"$2/bin/pip" install --quiet --no-index --find-links wheelhouse --require-hashes --requirement requirements/runtime.txt
"$2/bin/pip" install --quiet --no-index --no-deps wheelhouse/autossl_doctor-*.whl
"$2/bin/pip" check
cd /
"$2/bin/autossl-doctor" --version
echo 'HTTP DCV: “shop.example” does not resolve to any IP addresses on the internet.' |
    "$2/bin/autossl-doctor" explain --lang ja
"""


@pytest.mark.point(14)
@pytest.mark.system("the package index", "rpmbuild and dpkg", "network namespaces")
@pytest.mark.parametrize(
    "version",
    [pytest.param(version, marks=pytest.mark.system(f"Python {version}")) for version in ("3.11", "3.12", "3.13")],
)
def test_every_hash_is_found_in_the_wheelhouse(release: Release, tmp_path: Path, version: str) -> None:
    """With the network off pip finds every package and its hash in the bundle, and the program runs."""
    python = needs.python(version)
    assert python is not None
    # Neither settings of this machine's pip nor the checkout may help.
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHON"))}
    ended = subprocess.run(
        ["unshare", "--net", "--map-root-user", "sh", "-c", INSTALL, "sh", str(python), str(tmp_path / "venv")],
        cwd=release.tree,
        env=clean | {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_CACHE_DIR": "1", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        check=False,
        text=True,
        timeout=300,
    )
    # What is found wrong in a text is 1, as on the command line.
    assert ended.returncode in {0, 1}, ended.stderr
    assert "No broken requirements found." in ended.stdout
    assert "autossl-doctor " in ended.stdout
    assert "shop.example" in ended.stdout.rpartition("autossl-doctor ")[2]
