"""What is promised in one place is kept in the others: Pythons, processor, C library, and the names of the files."""

import re
import tomllib

import yaml

from tests.release.conftest import ROOT
from tools.release import wheels

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
SYSTEMS = yaml.safe_load((ROOT / "cpanel_plugin.yaml").read_text("utf-8"))["systems"]
RELEASE = ROOT / "tools" / "release"


def test_the_same_pythons_everywhere() -> None:
    """The wheels, the package's classifiers and what RPM and deb ask for name the same versions of Python."""
    classified = [line.rpartition(" ")[2] for line in PROJECT["classifiers"] if re.search(r":: 3\.\d+$", line)]
    rpm = re.findall(r"\bpython(3\.\d+)\b", (RELEASE / "package.spec").read_text("utf-8"))
    deb = re.findall(r"\bpython(3\.\d+)-venv\b", (RELEASE / "control").read_text("utf-8"))
    assert classified == rpm == deb == list(wheels.PYTHONS)
    assert SYSTEMS["python"] == wheels.PYTHONS[0]


def test_the_wheels_are_for_the_systems_of_the_manifest() -> None:
    """The oldest C library that the installer accepts is the newest that a wheel may need."""
    assert SYSTEMS["glibc"] == f"2.{wheels.GLIBC}"
    assert {platform.rpartition("x86_64")[1] for platform in wheels.PLATFORMS} == {SYSTEMS["architecture"]}


def test_the_readme_names_the_files_that_are_built() -> None:
    """Each of the four files, under the name that it gets."""
    readme = (ROOT / "README.md").read_text("utf-8")
    for name in ("VERSION.tar.gz", "VERSION-1.x86_64.rpm"):
        assert f"`autossl-doctor-{name}`" in readme
    assert "`autossl-doctor_VERSION_amd64.deb`" in readme
    assert "`SHA256SUMS`" in readme
