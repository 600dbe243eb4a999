"""What each word that RPM or dpkg may hand over leads to, called in the package's own scripts."""

import subprocess
from pathlib import Path

import pytest

from tests.release.machine import on_machine, small_deb, small_rpm

pytestmark = pytest.mark.system("mount and network namespaces", "rpmbuild and dpkg")

NOTHING = ""
INSTALL, REMOVE, PURGE = "install.sh --package of 1.9.0", "uninstall.sh --package of 1.9.0", "no data"
OF_DPKG = [
    ("preinst install", NOTHING),
    ("preinst install 1.8.0", NOTHING),
    ("preinst upgrade 1.8.0", NOTHING),
    ("preinst abort-upgrade 1.10.0", NOTHING),
    ("postinst configure", INSTALL),
    ("postinst configure 1.8.0", INSTALL),
    ("postinst abort-upgrade 1.10.0", NOTHING),
    ("postinst abort-remove", INSTALL),
    ("postinst abort-remove in-favour other 1.0", INSTALL),
    ("postinst abort-deconfigure in-favour other 1.0", NOTHING),
    ("prerm remove", REMOVE),
    ("prerm remove in-favour other 1.0", REMOVE),
    ("prerm upgrade 1.10.0", NOTHING),
    ("prerm failed-upgrade 1.8.0", NOTHING),
    ("prerm deconfigure in-favour other 1.0", NOTHING),
    ("postrm remove", NOTHING),
    ("postrm purge", PURGE),
    ("postrm upgrade 1.10.0", NOTHING),
    ("postrm disappear other 1.0", NOTHING),
    ("postrm failed-upgrade 1.8.0", NOTHING),
    ("postrm abort-install", NOTHING),
    ("postrm abort-upgrade 1.8.0", NOTHING),
]
OF_RPM = [
    ("PREIN 1", NOTHING),
    ("PREIN 2", NOTHING),
    ("POSTIN 1", INSTALL),
    ("POSTIN 2", INSTALL),
    ("PREUN 0", REMOVE),
    ("PREUN 1", NOTHING),
    ("POSTUN 0", NOTHING),
    ("POSTUN 1", NOTHING),
]
CALL = """
mkdir -p /opt/autossl-doctor /var/lib/autossl-doctor
cp -a "$2" /opt/autossl-doctor/release
script=$1
shift 2
sh "$script" "$@"
[ -e /var/lib/autossl-doctor ] || echo "no data"
[ ! -e /var/lib/record ] || cat /var/lib/record
"""


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts as they are in the packages, each in a file with the name that its system gives it."""
    work = tmp_path_factory.mktemp("scripts")
    subprocess.run(["dpkg-deb", "--control", small_deb("1.9.0", work), work / "of"], check=True, timeout=60)
    package = small_rpm("1.9.0", work)
    for moment in ("PREIN", "POSTIN", "PREUN", "POSTUN"):
        asked = ["rpm", "-qp", "--qf", f"%{{{moment}}}", str(package)]
        text = subprocess.run(asked, check=True, capture_output=True, timeout=60).stdout
        (work / "of" / moment).write_bytes(text)
    return work


@pytest.mark.parametrize(("words", "expected"), OF_DPKG + OF_RPM)
def test_each_moment(scripts: Path, words: str, expected: str) -> None:
    """Set up after the files, undo before a real removal, forget on purge, and otherwise keep still."""
    script, *arguments = words.split()
    tree = scripts / "rpm-1.9.0" / "1.9.0"
    ended = on_machine(CALL, scripts / "of" / script, tree, *map(Path, arguments))
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.strip() == expected


def test_both_systems_get_the_same_text(scripts: Path) -> None:
    """The scripts differ in nothing but the moment, which stands in the last line."""
    texts = [path.read_text("utf-8").removeprefix("#!/bin/sh\n").strip() for path in (scripts / "of").iterdir()]
    bodies = {text.rpartition("\n")[0] for text in texts if "What RPM and dpkg run around the files" in text}
    assert len(bodies) == 1
    assert len([text for text in texts if "What RPM and dpkg run around the files" in text]) == 8


def test_the_text_has_no_percent_sign(scripts: Path) -> None:
    """RPM would take it for the beginning of a macro, in one of the two packages only."""
    assert "%" not in (scripts / "of" / "postinst").read_text("utf-8")
