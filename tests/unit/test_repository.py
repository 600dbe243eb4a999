"""The repository keeps its promises: versions, locks, commands, and no trace of anybody's machine."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

import autossl_doctor

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def tracked_files() -> list[Path]:
    """Every file that is, or would be, part of the repository."""
    git = ["git", "-c", f"safe.directory={ROOT}"]
    listing = subprocess.run(
        [*git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    names = [name for name in listing.stdout.split("\0") if name]
    return [path for path in (ROOT / name for name in names) if path.is_file() and not path.is_symlink()]


def packages_named(requirements: list[str]) -> set[str]:
    """The names of `name>=1` requirements, in the form that lock files use."""
    names = [re.split(r"[^A-Za-z0-9._-]", requirement)[0] for requirement in requirements]
    return {name.lower().replace("_", "-") for name in names}


def pinned_in(lock: Path) -> set[str]:
    """The names that a lock file pins to one version."""
    return set(re.findall(r"^([a-z0-9.-]+)==\S+ \\$", lock.read_text(encoding="utf-8"), re.MULTILINE))


def run(*command: str, path: str = os.environ["PATH"]) -> subprocess.CompletedProcess[str]:
    """Run one of the repository's commands from its top directory, finding programs on the given path."""
    environment = os.environ | {"PATH": path}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False, text=True, timeout=60)


def test_the_version_is_the_same_everywhere() -> None:
    """Package, manifest and the newest numbered heading of the changelog agree on the version."""
    manifest = yaml.safe_load((ROOT / "cpanel_plugin.yaml").read_text(encoding="utf-8"))
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## \[(\d[^\]]*)\]", changelog, re.MULTILINE)
    assert manifest["version"] == autossl_doctor.__version__
    assert headings[0] == autossl_doctor.__version__


def test_the_manifest_tells_the_truth() -> None:
    """What the manifest says of licence, name and Python is what the package says."""
    manifest = yaml.safe_load((ROOT / "cpanel_plugin.yaml").read_text(encoding="utf-8"))
    assert manifest["name"] == PROJECT["name"]
    assert manifest["license"] == PROJECT["license"]
    assert f">={manifest['systems']['python']}" == PROJECT["requires-python"]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_pins_every_package_with_hashes(lock: Path) -> None:
    """Every package has one version and at least one hash, and nothing says where it was fetched from."""
    text = lock.read_text(encoding="utf-8")
    logical_lines = text.replace("\\\n", " ").splitlines()
    requirements = [line for line in logical_lines if line and not line.lstrip().startswith("#")]
    assert requirements
    for requirement in requirements:
        assert re.match(r"[a-z0-9.-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", requirement), requirement
    assert not re.search(r"https?:|file:/|--(extra-)?index-url|--find-links|--trusted-host", text)


def test_the_locks_hold_what_the_package_asks_for() -> None:
    """A dependency added to pyproject.toml without `make lock` is noticed."""
    extras = PROJECT["optional-dependencies"]
    runtime = packages_named(PROJECT["dependencies"])
    assert runtime <= pinned_in(ROOT / "requirements/runtime.txt")
    assert runtime | packages_named(extras["demo"]) <= pinned_in(ROOT / "requirements/demo.txt")
    assert runtime | packages_named(extras["dev"]) <= pinned_in(ROOT / "requirements/dev.txt")


def test_the_locks_agree_with_each_other() -> None:
    """The demonstration and the tests share .venv, so a package has the same version in both locks."""

    def lines(name: str) -> set[str]:
        text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
        return set(re.findall(r"^([a-z0-9.-]+==\S+) \\$", text, re.MULTILINE))

    assert lines("runtime.txt") <= lines("demo.txt") <= lines("dev.txt")


def commands_in(markdown: str) -> list[list[str]]:
    """The commands in the fenced shell blocks of a page, split into words, without prompts and comments."""
    blocks = re.findall(r"^```(?:sh|bash|shell|console)\n(.*?)^```", markdown, re.MULTILINE | re.DOTALL)
    lines = [line.removeprefix("$ ").split("#")[0].strip() for block in blocks for line in block.splitlines()]
    return [line.split() for line in lines if line]


def test_the_commands_of_the_readme_exist() -> None:
    """Every make target, script and command of autossl-doctor that a README shows is there."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    readmes = sorted(ROOT.glob("README*.md"))
    commands = [words for readme in readmes for words in commands_in(readme.read_text(encoding="utf-8"))]
    assert ["./install.sh", "--demo"] in commands
    assert ["make", "test"] in commands
    for program, *arguments in commands:
        if program == "make":
            assert set(arguments) <= targets, arguments
        elif program.startswith("./"):
            assert (ROOT / program).is_file(), program
        elif program.endswith("autossl-doctor") and arguments and not arguments[0].startswith("-"):
            offered = run(str(Path(sys.executable).with_name("autossl-doctor")), "--help").stdout
            assert re.search(rf"\b{re.escape(arguments[0])}\b", offered), arguments[0]


def test_the_makefile_explains_every_target() -> None:
    """`make help` lists each target with a description."""
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    listed = run("make", "--no-print-directory", "help")
    assert listed.returncode == 0
    for target in targets:
        assert re.search(rf"^make {target} +\S", listed.stdout, re.MULTILINE), target


@pytest.mark.parametrize("script", ["install.sh", "uninstall.sh"])
def test_help_is_printed(script: str) -> None:
    """Both scripts explain themselves and change nothing."""
    answer = run(f"./{script}", "--help")
    assert answer.returncode == 0
    assert answer.stdout.startswith(f"Usage: ./{script}")


@pytest.mark.parametrize(
    "words",
    [
        ["./install.sh", "--wizard"],
        ["./install.sh", "demo"],
        ["./install.sh", "--demo", "--lang"],
        ["./install.sh", "--demo", "--lang", "fr"],
        ["./uninstall.sh", "--all"],
    ],
    ids=" ".join,
)
def test_wrong_usage_answers_64(words: list[str]) -> None:
    """A mistyped option is named on standard error, with the usage, and nothing is done."""
    answer = run(*words)
    assert answer.returncode == 64
    assert answer.stdout == ""
    assert "Usage:" in answer.stderr


@pytest.mark.skipif(Path("/usr/local/cpanel/version").exists(), reason="this machine has cPanel")
def test_without_cpanel_there_is_nothing_to_install() -> None:
    """One sentence says that this machine has no cPanel & WHM and names --demo."""
    answer = run("./install.sh")
    assert answer.returncode == 69
    assert answer.stderr.count("\n") == 1
    assert "no cPanel & WHM" in answer.stderr
    assert "--demo" in answer.stderr


@pytest.mark.parametrize(
    ("there", "sentence"),
    [
        ([], "git and Python 3.11 or newer with venv are missing"),
        (["git"], "Python 3.11 or newer with venv is missing"),
        (["python3 is good"], "git is missing"),
        (["git", "python3 is old"], "Python 3.11 or newer with venv is missing"),
        (["git", "python3 is bare"], "its venv module is not"),
        (["git", "python3 is early"], "is a pre-release of Python"),
    ],
    ids=str,
)
def test_the_demonstration_names_what_is_missing(tmp_path: Path, there: list[str], sentence: str) -> None:
    """Without git or a fitting Python one sentence says what to install, and nothing is made."""
    for tool in ("basename", "cat", "cksum", "dirname", "id"):
        (tmp_path / tool).symlink_to(shutil.which(tool) or tool)
    for program in there:
        name, _, judgement = program.partition(" is ")
        (tmp_path / name).write_text(f"#!/bin/sh\necho {judgement}\n", encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    answer = run("./install.sh", "--demo", path=str(tmp_path))
    assert answer.returncode == 69
    assert answer.stderr.count("\n") == 1
    assert sentence in answer.stderr
    assert answer.stdout == ""


def test_every_test_says_what_it_shows() -> None:
    """Each test function has a docstring whose first line is a sentence."""
    silent = []
    for path in sorted((ROOT / "tests").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                first_line = (ast.get_docstring(node) or "").partition("\n")[0]
                if not first_line.endswith("."):
                    silent.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}")
    assert silent == []


def test_no_file_holds_a_path_of_somebodys_machine() -> None:
    """No line names a directory that only one developer's machine has."""
    # Written in pieces, or this file would be the first to fail.
    private = re.compile(rf"(?<![\w./-])/{'work'}/|/tmp/{'bash'}_jobs")
    found = []
    for path in tracked_files():
        text = path.read_bytes().decode("utf-8", errors="ignore")
        for number, line in enumerate(text.splitlines(), start=1):
            if private.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}")
    assert found == []
