"""The same commit gives the same bytes, so that anybody can build a release again and compare the checksums."""

import os
import shutil
from pathlib import Path

import pytest

from tests.release.conftest import Release, build, git

pytestmark = pytest.mark.system("the package index", "rpmbuild and dpkg")


def bytes_of(directory: Path) -> dict[str, bytes]:
    """Every file of a directory."""
    return {path.name: path.read_bytes() for path in directory.iterdir()}


def test_another_clone_another_umask_and_another_zone_give_the_same_bytes(release: Release, tmp_path: Path) -> None:
    """Bundle, RPM, deb and their checksums do not tell where, when or by whom they were built."""
    clone = tmp_path / "somewhere" / "else"
    git(release.checkout, "clone", "--quiet", str(release.checkout), str(clone))
    (clone / "README.md").write_text("This was never committed.\n", "utf-8")
    (clone / "plugin" / "cpanel" / "stray.cgi").touch()
    strange = {
        "TZ": "Asia/Tokyo",
        "LC_ALL": "C",
        "HOME": str(tmp_path),
        "SOURCE_DATE_EPOCH": "1",
        "PYTHONHASHSEED": "7",
    }

    again = build(clone, umask=0o077, environment=strange)

    assert bytes_of(again) == bytes_of(release.built)
    assert len(bytes_of(again)) == 4


@pytest.mark.system("network namespaces")
def test_the_wheels_are_fetched_once(release: Release, tmp_path: Path) -> None:
    """The second build needs no network."""
    again = tmp_path / "again"
    shutil.copytree(release.checkout, again, symlinks=True)
    shutil.rmtree(again / "dist")

    assert bytes_of(build(again, "unshare", "--net", "--map-root-user")) == bytes_of(release.built)


def test_a_wheel_that_the_lock_does_not_name_ends_the_release(release: Release, tmp_path: Path) -> None:
    """A cache that somebody has changed is not shipped."""
    changed = tmp_path / "changed"
    shutil.copytree(release.checkout, changed, symlinks=True)
    [wheel] = (changed / "build" / "wheels").glob("*/cronsim-*.whl")
    wheel.write_bytes(wheel.read_bytes() + b" ")

    with pytest.raises(AssertionError, match=r"holds files that the lock does not name \(cronsim-"):
        build(changed)


def test_a_directory_without_git_is_told_so(release: Release, tmp_path: Path) -> None:
    """An unpacked bundle or a copy has no commit to take the times from: one sentence, and nothing is made."""
    copy = tmp_path / "copy"
    shutil.copytree(release.checkout, copy, ignore=shutil.ignore_patterns(".git", "build", "dist"))
    with pytest.raises(AssertionError, match="A release is built from a git checkout"):
        build(copy)
    assert not os.path.lexists(copy / "dist")
