"""The data files of the collecting room: what the build makes of them says the same."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from autossl_doctor.collect import own_data

FOLDER = Path(own_data.__file__).parent
NAMES = sorted(str(source.relative_to(FOLDER).with_suffix("")) for source in FOLDER.rglob("*.yaml"))


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with everything that the build writes."""
    directory = tmp_path_factory.mktemp("compiled")
    own_data.compile_to(directory)
    return directory


def test_there_are_data_files() -> None:
    """Signatures and the addresses of proxies, at least."""
    assert {"proxies", "signatures/run", "signatures/reasons"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_an_installed_copy_reads_the_same(name: str, compiled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """JSON knows fewer types than YAML: nothing may be lost on the way, and no YAML is read."""
    edited = own_data.read_own_data(name)
    assert edited
    monkeypatch.setattr(own_data, "_FOLDER", str(compiled))
    monkeypatch.setattr(yaml, "load", None)
    assert own_data.read_own_data(name) == edited
