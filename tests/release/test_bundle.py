"""What the bundle holds, and what it must not hold."""

import hashlib
import json
import re
import stat
import sys
import tarfile
import zipfile
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.tags import Tag, compatible_tags, cpython_tags
from packaging.utils import canonicalize_name, parse_wheel_filename

import autossl_doctor
from tests.release.conftest import COMMITTED, ROOT, Release, printed

pytestmark = pytest.mark.system("the package index", "rpmbuild and dpkg")

OWN = f"autossl_doctor-{autossl_doctor.__version__}-py3-none-any.whl"
LOCK = (ROOT / "requirements" / "runtime.txt").read_text("utf-8")
LOCKED = set(re.findall(r"^([a-z0-9-]+)==", LOCK, re.MULTILINE))
GLIBC_2_28 = [f"manylinux_2_{minor}_x86_64" for minor in range(28, 16, -1)] + ["manylinux2014_x86_64"]


def wheels(release: Release) -> list[Path]:
    """The files of the wheelhouse."""
    return sorted((release.tree / "wheelhouse").iterdir())


def fitting(python: tuple[int, int]) -> set[Tag]:
    """The tags that this Python takes on a server with glibc 2.28."""
    return {*cpython_tags(python, platforms=GLIBC_2_28), *compatible_tags(python, platforms=GLIBC_2_28)}


@pytest.mark.point(2)
def test_the_checksums_verify_and_leave_nothing_out(release: Release) -> None:
    """sha256sum finds every file as it was, and every file but the list itself is in the list."""
    checked = printed(release.tree, "sha256sum", "--check", "--strict", "SHA256SUMS")
    listed = {line.rpartition(": ")[0] for line in checked.splitlines()}
    there = {str(path.relative_to(release.tree)) for path in release.tree.rglob("*") if path.is_file()}
    assert listed == there - {"SHA256SUMS"}


def test_what_lies_beside_the_archive_verifies(release: Release) -> None:
    """The checksums of the three files that are published."""
    checked = printed(release.built, "sha256sum", "--check", "--strict", "SHA256SUMS")
    assert checked.count(": OK") == len(list(release.built.iterdir())) - 1 == 3


def test_everything_that_is_installed_is_in_it(release: Release) -> None:
    """The installer and every file beside the package that it copies, just as they are in the checkout."""
    there = {path.relative_to(release.tree) for path in release.tree.rglob("*") if path.is_file()}
    of_plugin = {path for path in there if path.parts[0] == "plugin"}
    committed = printed(release.checkout, "git", "ls-files", "plugin")
    files = {Path(line) for line in committed.splitlines()}
    assert of_plugin == {path for path in files if path.parts[1] != "autossl_doctor"}
    assert {path for path in there if path.parts[0] not in {"plugin", "wheelhouse"}} == {
        Path(name)
        for name in (
            "CHANGELOG.md",
            "LICENSE",
            "README.md",
            "SHA256SUMS",
            "VERSION",
            "cpanel_plugin.yaml",
            "install.sh",
            "requirements/runtime.txt",
            "sbom.cdx.json",
            "uninstall.sh",
        )
    }
    for path in of_plugin | {Path("install.sh"), Path("requirements/runtime.txt")}:
        assert (release.tree / path).read_bytes() == (release.checkout / path).read_bytes()


def test_the_version_is_that_of_the_package(release: Release) -> None:
    """Its directory, its line and its wheel name the version that the package has."""
    assert (release.tree / "VERSION").read_text("utf-8") == f"{autossl_doctor.__version__}\n"
    assert release.tree.name == f"autossl-doctor-{autossl_doctor.__version__}"
    assert [wheel.name for wheel in wheels(release) if wheel.name.startswith("autossl_doctor-")] == [OWN]


def test_every_wheel_is_one_of_the_lock(release: Release) -> None:
    """No wheel but the product's own has a hash that is not in the lock."""
    strangers = [w.name for w in wheels(release) if hashlib.sha256(w.read_bytes()).hexdigest() not in LOCK]
    assert strangers == [OWN]


@pytest.mark.parametrize("python", [(3, 11), (3, 12), (3, 13)], ids=["3.11", "3.12", "3.13"])
def test_each_python_finds_one_wheel_of_each_package(release: Release, python: tuple[int, int]) -> None:
    """Nothing is left to be built on a server with glibc 2.28, and pip has no choice."""
    tags = fitting(python)
    names = [wheel.name for wheel in wheels(release)]
    found = sorted(parse_wheel_filename(name)[0] for name in names if parse_wheel_filename(name)[3] & tags)
    assert found == sorted({canonicalize_name(name) for name in LOCKED} | {"autossl-doctor"})


@pytest.mark.point(14)
def test_nothing_is_for_another_machine(release: Release) -> None:
    """No source archives, and no compiled code for another system, processor, Python or newer glibc."""
    used = set[Tag]().union(*(fitting((3, minor)) for minor in (11, 12, 13)))
    useless = [wheel.name for wheel in wheels(release) if not parse_wheel_filename(wheel.name)[3] & used]
    assert useless == []


def test_the_own_wheel_is_compiled(release: Release) -> None:
    """The installed copy reads no YAML and compiles no page: catalogue, words and templates are in the wheel."""
    with zipfile.ZipFile(release.tree / "wheelhouse" / OWN) as wheel:
        names = wheel.namelist()
    assert "autossl_doctor/causes/catalogue.json" in names
    assert any(re.fullmatch(r"autossl_doctor/present/web/compiled/tmpl_\w+\.py", name) for name in names)
    assert not [name for name in names if "__pycache__" in name]


def test_the_list_of_contents_names_exactly_the_wheels(release: Release) -> None:
    """It keeps to the published schema, and names each wheel with its hash, licence and what it needs."""
    text = (release.tree / "sbom.cdx.json").read_text("utf-8")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    contents = json.loads(text)
    hashes = {part["bom-ref"]: part["hashes"] for part in contents["components"]}
    assert hashes == {
        wheel.name: [{"alg": "SHA-256", "content": hashlib.sha256(wheel.read_bytes()).hexdigest()}]
        for wheel in wheels(release)
    }
    assert [part["name"] for part in contents["components"] if not part.get("licenses")] == []
    needs = {entry["ref"]: entry.get("dependsOn", []) for entry in contents["dependencies"]}
    assert len([ref for ref in needs[OWN] if ref.startswith("msgspec-")]) == 3
    assert needs[f"autossl-doctor-{autossl_doctor.__version__}"] == [OWN]


@pytest.mark.point(20)
def test_every_licence_comes_with_its_text(release: Release) -> None:
    """Whoever passes the bundle on passes the licences on: each wheel has its own inside."""
    without = []
    for path in wheels(release):
        with zipfile.ZipFile(path) as wheel:
            if not any(re.search(r"\.dist-info/.*(LICEN[CS]E|COPYING)", name) for name in wheel.namelist()):
                without.append(path.name)
    assert without == []


def test_files_have_one_owner_one_time_and_plain_modes(release: Release) -> None:
    """Unpacked by root nothing belongs to a stranger, nothing can be written by others, nothing is a link."""
    with tarfile.open(release.archive) as files:
        entries = files.getmembers()
    assert {(entry.uid, entry.gid, entry.uname, entry.gname) for entry in entries} == {(0, 0, "root", "root")}
    assert {entry.mtime for entry in entries} == {COMMITTED}
    assert {oct(entry.mode) for entry in entries if entry.isdir()} == {"0o755"}
    assert {oct(entry.mode) for entry in entries if entry.isfile()} == {"0o644", "0o755"}
    assert all(entry.isdir() or entry.isfile() for entry in entries)
    assert [Path(entry.name) for entry in entries] == sorted(Path(entry.name) for entry in entries)
    executable = {entry.name.rpartition("/")[2] for entry in entries if entry.isfile() and entry.mode & stat.S_IXUSR}
    assert {"install.sh", "uninstall.sh", "index.live.cgi"} <= executable
    assert not [name for name in executable if name.endswith((".whl", ".md", ".txt", ".json", ".service"))]


def test_the_packing_says_no_name_and_no_time(release: Release) -> None:
    """Gzip's header has no flags, so no file name, and its time is zero."""
    header = release.archive.read_bytes()[:8]
    assert (header[:3], header[3], header[4:]) == (b"\x1f\x8b\x08", 0, bytes(4))


def test_it_does_not_tell_where_it_was_built(release: Release) -> None:
    """No path of the builder and no host that wheels were fetched from is in the bundle's own files."""
    settings = printed(release.checkout, sys.executable, "-m", "pip", "config", "list")
    hosts = {urlsplit(url.strip("'")).hostname or "" for url in re.findall(r"https?://[^\s']+", settings)}
    private = {str(release.checkout.parent), str(ROOT), *(hosts - {""}), "files.pythonhosted.org"}
    own = {path: path.read_bytes() for path in release.tree.rglob("*") if path.is_file() and path.suffix != ".whl"}
    with zipfile.ZipFile(release.tree / "wheelhouse" / OWN) as wheel:
        own |= {Path(OWN, name): wheel.read(name) for name in wheel.namelist()}
    packages = {path: path.read_bytes() for path in (release.rpm, release.deb)}
    told = [(str(path), word) for path, data in (own | packages).items() for word in private if word.encode() in data]
    assert told == []
