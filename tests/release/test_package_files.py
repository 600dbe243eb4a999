"""RPM and deb put the bundle's files, and nothing else, into their place."""

import hashlib
import io
import stat
import subprocess
import tarfile
from pathlib import Path

import pytest

from tests.release.conftest import COMMITTED, Release, printed
from tools.release.packages import INSTALLED_IN

pytestmark = pytest.mark.system("the package index", "rpmbuild and dpkg")

ABOVE = {"opt": "drwxr-xr-x", "opt/autossl-doctor": "drwxr-xr-x", INSTALLED_IN: "drwxr-xr-x"}
Entry = tuple[str, str]


def in_bundle(release: Release) -> dict[str, Entry]:
    """Path, mode and SHA-256 of everything in the archive, as the packages must have it."""
    with tarfile.open(release.archive) as files:
        found = in_archive(files)
    return {str(Path(INSTALLED_IN, *Path(name).parts[1:])): entry for name, entry in found.items()}


def in_archive(files: tarfile.TarFile) -> dict[str, Entry]:
    """The same of an archive of tar."""
    found = {}
    for entry in files.getmembers():
        content = files.extractfile(entry)
        sha256 = hashlib.sha256(content.read()).hexdigest() if content else ""
        mode = entry.mode | (stat.S_IFDIR if entry.isdir() else stat.S_IFREG)
        found[entry.name.removeprefix("./")] = (stat.filemode(mode), sha256)
    return found


def test_the_deb_holds_the_bundle(release: Release) -> None:
    """The same files with the same modes, all of them root's, below /opt/autossl-doctor/release."""
    packed = subprocess.run(["dpkg-deb", "--fsys-tarfile", release.deb], capture_output=True, check=True, timeout=60)
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as files:
        found = in_archive(files)
        owners = {(entry.uid, entry.gid, entry.mtime) for entry in files.getmembers()}
    above = {name: (mode, "") for name, mode in ABOVE.items()}
    assert found == in_bundle(release) | above | {".": ("drwxr-xr-x", "")}
    assert owners == {(0, 0, COMMITTED)}


def test_the_rpm_holds_the_bundle(release: Release) -> None:
    """The same files with the same modes, all of them root's, and its own directory above; /opt is the system's."""
    wanted = "[%{FILENAMES} %{FILEMODES:perms} %{FILEDIGESTS} %{FILEUSERNAME} %{FILEGROUPNAME} %{FILEMTIMES}\n]"
    lines = printed(release.built, "rpm", "-qp", "--qf", wanted, str(release.rpm)).splitlines()
    rows = [line.split(" ") for line in lines]
    above = {name: (mode, "") for name, mode in ABOVE.items() if name != "opt"}
    assert {name.lstrip("/"): (mode, sha256) for name, mode, sha256, *_ in rows} == in_bundle(release) | above
    assert {tuple(row[3:]) for row in rows} == {("root", "root", str(COMMITTED))}


def test_both_are_for_the_processor_that_the_wheels_are_for(release: Release) -> None:
    """x86_64, by the name that each system has for it."""
    assert printed(release.built, "rpm", "-qp", "--qf", "%{ARCH}", str(release.rpm)) == "x86_64"
    assert printed(release.built, "dpkg-deb", "--field", str(release.deb), "Architecture") == "amd64\n"


def test_the_rpm_asks_for_nothing_that_old_systems_lack(release: Release) -> None:
    """What it needs of RPM itself is in that of EL 8 (4.14), and its files are packed with gzip."""
    needs = printed(release.built, "rpm", "-qp", "--requires", str(release.rpm)).splitlines()
    of_rpm = {need.partition("(")[2].partition(")")[0] for need in needs if need.startswith("rpmlib(")}
    assert of_rpm == {"CompressedFileNames", "FileDigests", "PayloadFilesHavePrefix", "RichDependencies"}
    assert printed(release.built, "rpm", "-qp", "--qf", "%{PAYLOADCOMPRESSOR}", str(release.rpm)) == "gzip"
