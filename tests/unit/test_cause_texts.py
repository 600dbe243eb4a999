"""The texts of causes, one at a time: all of them load, nothing else does, and the build says the same."""

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from autossl_doctor.causes import texts as module
from autossl_doctor.causes.texts import COMPILED, Texts, compile_to

CAUSES = Path(module.__file__).parent
IDS = sorted(folder.parent.name for folder in CAUSES.glob("*/text.yaml"))
TYPES = {"domain", "domains", "ip", "moment", "duration", "count", "url", "quote", "text"}


@cache
def source(cause: str) -> dict[str, Any]:
    """What the folder of a cause says, read afresh."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text: dict[str, Any] = yaml.load((CAUSES / cause / "text.yaml").read_text("utf-8"), Loader=loader)  # noqa: S506 - the safe loader in C
    about = yaml.load((CAUSES / cause / "cause.yaml").read_text("utf-8"), Loader=loader)  # noqa: S506 - as above
    return text | {"stage": about.get("stage", "")}


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the build writes."""
    directory = tmp_path_factory.mktemp("causes")
    compile_to(str(directory))
    return directory


@pytest.mark.parametrize("cause", IDS)
def test_every_cause_has_its_texts(cause: str) -> None:
    """A page finds both languages, the owner's sentences, the types of the arguments and the step where it stands."""
    text = Texts()[cause]
    assert text == source(cause)
    assert {kind.removesuffix("?") for kind in text["args"].values()} <= TYPES
    for language in ("en", "ja"):
        owner = text[language]["owner"]
        assert owner["title"]
        assert all("say" in step for step in owner["steps"])
    assert isinstance(text["stage"], str)


@pytest.mark.parametrize("cause", IDS)
def test_the_build_says_the_same(compiled: Path, monkeypatch: pytest.MonkeyPatch, cause: str) -> None:
    """An installed page reads from JSON what a checkout reads from YAML, to the letter."""
    expected = source(cause)
    assert json.loads((compiled / cause / COMPILED).read_text("utf-8")) == expected
    monkeypatch.setattr(module, "_HERE", str(compiled))
    assert Texts()[cause] == expected


def test_the_build_writes_causes_and_nothing_else(compiled: Path) -> None:
    """Each cause has one compiled file, and no other folder has one."""
    written = {str(path.relative_to(compiled)) for path in compiled.rglob("*") if path.is_file()}
    assert written == {f"{cause}/{COMPILED}" for cause in IDS}


def test_an_installed_page_reads_no_yaml(compiled: Path) -> None:
    """Where the compiled texts are, the reader of YAML is not even loaded."""
    code = f"""
import sys
sys.path.insert(0, {str(CAUSES.parents[1])!r})
from autossl_doctor.causes import texts
texts._HERE = {str(compiled)!r}
found = texts.Texts()
assert all(found[cause]["en"] for cause in {IDS!r})
assert "yaml" not in sys.modules and "pathlib" not in sys.modules
"""
    subprocess.run([sys.executable, "-IS", "-c", code], check=True, timeout=30)


HOSTILE = [
    "",
    "unknown",
    ".",
    "..",
    "../x",
    "../causes/healthy",
    "a/b",
    "healthy/",
    "/healthy",
    "./healthy",
    "healthy/../healthy",
    "__init__",
    "__pycache__",
    "texts",
    "catalogue",
    "Healthy",
    "healthy\n",
    "healthy\0",
    "healthy ",
    "healthy.yaml",
    "text.yaml",
    "ｈｅａｌｔｈｙ",
    "設定",
    "\udcff",
    "-healthy",
    "{healthy}",
    "a" * 200,
]


@pytest.mark.parametrize("cause", HOSTILE, ids=lambda cause: repr(cause[:20]))
def test_what_is_no_cause_is_a_missing_key(cause: str) -> None:
    """An id from a damaged report, or one that is a path, has no texts and reads no file of others."""
    found = Texts()
    with pytest.raises(KeyError):
        found[cause]
    assert cause not in found
    assert found.get(cause) is None
    assert list(found) == []


@pytest.mark.parametrize("cause", ["a" * 300, None, 5], ids=["longer than a file name", "null", "number"])
def test_an_absurd_id_is_a_missing_key_too(cause: Any) -> None:
    """An id that is longer than a file name may be, or no text at all, is as unknown as every other."""
    with pytest.raises((KeyError, TypeError)):
        Texts()[cause]


@given(st.text(max_size=60))
def test_only_causes_are_found(cause: str) -> None:
    """Whatever is asked for, a text comes for a cause's id only."""
    assert (cause in Texts()) is (cause in IDS)


def test_texts_are_read_once() -> None:
    """What was read is kept; what was not asked for is not read."""
    found = Texts()
    assert found["healthy"] is found["healthy"]
    assert list(found) == ["healthy"]
    assert len(found) == 1
