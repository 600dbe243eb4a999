"""Beginning a cause: the folder can be loaded, is complete but for its words, and cannot be left half written."""

from importlib.resources import files
from pathlib import Path

import pytest
import yaml

from autossl_doctor.causes.catalogue import read_folders
from autossl_doctor.host.identity import LANGUAGES
from tools.new_cause.__main__ import FILES, main

CAUSES = Path(str(files("autossl_doctor.causes")))


def test_a_begun_cause_can_be_loaded_and_has_all_its_parts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is a cause in both languages with cases of its own, and what is to be done next is said."""
    assert main(["http_teapot"], tmp_path) == 0
    data = read_folders(tmp_path)["http_teapot"]
    assert set(LANGUAGES) <= set(data["text"])
    cases = yaml.safe_load((tmp_path / "http_teapot" / "cases.yaml").read_text("utf-8"))
    assert [case["expect"]["main"] for case in cases] == ["http_teapot", "http_forbidden", "http_teapot"]
    assert "cases.yaml" in capsys.readouterr().out


@pytest.mark.parametrize("words", [[], ["teapot"], ["../x_y"], ["Http_Teapot"], ["a_b", "c_d"], ["a_" + "b" * 60]])
def test_a_bad_id_makes_nothing(words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An id is two or more plain words; anything else is refused with an example."""
    assert main(words, tmp_path) == 64
    assert list(tmp_path.iterdir()) == []
    assert "http_teapot" in capsys.readouterr().err


def test_a_cause_is_not_overwritten(tmp_path: Path) -> None:
    """The second call leaves the folder as it is."""
    main(["http_teapot"], tmp_path)
    (tmp_path / "http_teapot" / "cause.yaml").write_text("mine", "utf-8")
    assert main(["http_teapot"], tmp_path) == 64
    assert (tmp_path / "http_teapot" / "cause.yaml").read_text("utf-8") == "mine"


@pytest.mark.parametrize("folder", [entry for entry in CAUSES.iterdir() if entry.is_dir()], ids=lambda path: path.name)
def test_no_cause_is_left_half_written(folder: Path) -> None:
    """Every word that the template asks to replace has been replaced."""
    for name in FILES:
        path = folder / name
        assert not path.is_file() or "REPLACE" not in path.read_text("utf-8"), path
