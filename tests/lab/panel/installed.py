"""The product as its installer leaves it: the built package below /opt, the page files and units in their places."""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from importlib import metadata
from pathlib import Path

from tests.lab.panel.needed_packages import PACKAGE, compile_all, copy, fingerprint_of_needed, gather_needed

ROOT = Path(__file__).resolve().parents[3]
SOURCES = ("plugin", "setup.py", "pyproject.toml")
PROGRAM = "/opt/autossl-doctor"
NEUTRAL = Path("/opt/lab-python")
"""Where the stand-in shows the interpreter's files if they lie below a directory that accounts may not enter."""
_A_DAY = 86_400
_MADE = re.compile(r"__pycache__|\.pyc$|\.egg-info")
_PAGES = "usr/local/cpanel/base/frontend/jupiter"
_BUILD = "import runpy, sys; sys.argv[1:] = ['-q', 'build_py', '--build-lib', sys.argv[1]]; runpy.run_path('setup.py')"


def interpreter_home() -> Path:
    """The directory of the interpreter, as accounts see it inside the stand-in."""
    prefix = Path(sys.base_prefix)
    open_to_all = all(path.stat().st_mode & 0o005 == 0o005 for path in (prefix, *prefix.parents))
    return prefix if open_to_all else NEUTRAL


def built(cache: Path) -> Path:
    """The directory to be shown as /opt/autossl-doctor; made once for one state of the sources."""
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        former = os.umask(0o022)
        try:
            packages = fingerprint_of_needed()
            needed = _once(cache, f"needed-{packages}", gather_needed)
            return _once(cache, f"product-{_fingerprint()}-{packages}", lambda draft: _build(draft, needed))
        finally:
            os.umask(former)


def _once(cache: Path, name: str, make: Callable[[Path], None]) -> Path:
    """Make a directory if it is not there yet; what has not been made for a day goes then."""
    made = cache / name
    if made.exists():
        return made
    for former in (*cache.glob(f"{name.partition('-')[0]}-*"), *cache.glob("draft-*")):
        if former.stat().st_mtime < time.time() - _A_DAY:
            shutil.rmtree(former)
    draft = Path(tempfile.mkdtemp(dir=cache, prefix="draft-"))
    make(draft)
    draft.chmod(0o755)
    draft.rename(made)
    return made


def put_into(tree: Path) -> None:
    """The small files that an installer puts beside the program, each with its own mode."""
    from autossl_doctor.entry.installing.manifest import read_manifest  # noqa: PLC0415 - the lab's commands need none

    manifest = read_manifest(ROOT)
    for file in manifest.files:
        if not file.place.startswith(PROGRAM):
            copy(ROOT / file.source, tree / file.place.lstrip("/"), file.mode)
    _write(tree / manifest.feature_file.lstrip("/"), manifest.feature)
    icon = "description=>AutoSSL Doctor,feature=>autossl_doctor,file=>autossl_doctor,group=>security\n"
    _write(tree / _PAGES / "dynamicui/dynamicui_autossl_doctor.conf", icon)


def _build(directory: Path, needed: Path) -> None:
    """A virtual environment is four entries; pip stays out, and so does everything that only tests need."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    environment = directory / "venv"
    packages = environment / "lib" / version / "site-packages"
    packages.parent.mkdir(parents=True)
    # Hard links: the needed packages stand on the disk once, however often the product is built.
    shutil.copytree(needed, packages, copy_function=os.link)
    packages.chmod(0o755)
    (environment / "bin").mkdir()
    (environment / "lib64").symlink_to("lib")
    _put_interpreter(environment / "bin/python3", version)
    (environment / "bin/python").symlink_to("python3")
    home = (
        f"home = {interpreter_home()}/bin\ninclude-system-site-packages = false\nversion = {sys.version.split()[0]}\n"
    )
    _write(environment / "pyvenv.cfg", home)
    subprocess.run([sys.executable, "-c", _BUILD, packages], cwd=ROOT, check=True, capture_output=True)
    for script in metadata.distribution(PACKAGE).entry_points.select(group="console_scripts"):
        _write(environment / "bin" / script.name, _script(script.module, script.attr), 0o755)
    compile_all(packages / "autossl_doctor")


def _put_interpreter(place: Path, version: str) -> None:
    """A link; where the interpreter's files are shown elsewhere, a copy that looks there for its own library.

    Left as it is, the program would take the library of the system's Python, which may be of another version.
    """
    former, shown = f"{sys.base_prefix}/lib\0".encode(), f"{NEUTRAL}/lib\0".encode()
    program = Path(sys.base_prefix) / "bin" / version
    if interpreter_home() != NEUTRAL or len(shown) > len(former):
        place.symlink_to(interpreter_home() / "bin" / version)
    else:
        place.write_bytes(program.read_bytes().replace(former, shown.ljust(len(former), b"\0")))
        place.chmod(0o755)


def _script(module: str, function: str) -> str:
    start = f"import sys\nfrom {module} import {function}\nsys.exit({function}())\n"
    return f"#!{PROGRAM}/venv/bin/python3 -I\n{start}"


def _write(path: Path, text: str, mode: int = 0o644) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)


def _fingerprint() -> str:
    digest = hashlib.sha256(f"{sys.version} {interpreter_home()} {os.geteuid()}".encode())
    for path in _sources():
        state = path.stat()
        digest.update(f"{path} {state.st_mtime_ns} {state.st_size}\n".encode())
    return digest.hexdigest()[:16]


def sources_fingerprint(names: Iterable[str]) -> str:
    """The state of the package's sources and of some other files, in short."""
    digest = hashlib.sha256()
    for path in _sources((*SOURCES, *names)):
        state = path.stat()
        digest.update(f"{path} {state.st_mtime_ns} {state.st_size}\n".encode())
    return digest.hexdigest()[:16]


def _sources(names: Iterable[str] = SOURCES) -> Iterator[Path]:
    for name in names:
        for path in sorted([ROOT / name, *(ROOT / name).rglob("*")]):
            if path.is_file() and not _MADE.search(str(path)):
                yield path
