"""Damages a file of a saved host, as full disks, torn copies, bad memory and bad people do, and puts it right again."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

SPARSE = 3 << 30
"""Larger than anything that a host keeps; on the disk it takes no room."""


class Damage:
    """Damages one tree in many ways; the same seed damages in the same way."""

    def __init__(self, root: Path, seed: int) -> None:
        self._root = root
        self._dice = random.Random(seed)  # noqa: S311 - damage that can be repeated
        self._files = sorted(path for path in root.rglob("*") if path.is_symlink() or path.is_file())
        self._ways: Mapping[str, Callable[[Path, bytes], None]] = {
            "gone": lambda _path, _content: None,
            "empty": lambda path, _content: _write(path, b""),
            "torn": self._torn,
            "bits": self._bits,
            "noise inside": self._inserted,
            "noise": lambda path, content: _write(path, self._dice.randbytes(len(content) or 100)),
            "zeros": lambda path, content: _write(path, bytes(len(content) or 100)),
            "lines garbled": self._garbled,
            "directory": lambda path, _content: path.mkdir(),
            "pipe": lambda path, _content: os.mkfifo(path),
            "link nowhere": lambda path, _content: path.symlink_to("/nowhere/at/all"),
            "link away": lambda path, _content: path.symlink_to("/etc/passwd"),
            "link to itself": lambda path, _content: path.symlink_to(path.name),
            "sparse": lambda path, _content: _sparse(path),
            "no rights": self._locked,
            "other file": self._other,
        }

    @contextmanager
    def done(self, aside: Path) -> Iterator[str]:
        """Damage one to four files, tell which and how, and put everything back at the end."""
        kept: list[tuple[Path, Path]] = []
        told = []
        try:
            for number, path in enumerate(self._dice.sample(self._files, self._dice.randint(1, 4))):
                content = b"" if path.is_symlink() else path.read_bytes()
                saved = aside / str(number)
                path.rename(saved)
                kept.append((path, saved))
                way = self._dice.choice(sorted(self._ways))
                self._ways[way](path, content)
                told.append(f"{path.relative_to(self._root)}: {way}")
            yield ", ".join(told)
        finally:
            for path, saved in kept:
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                saved.replace(path)

    def _torn(self, path: Path, content: bytes) -> None:
        _write(path, content[: self._dice.randint(0, len(content))])

    def _bits(self, path: Path, content: bytes) -> None:
        turned = bytearray(content or b"x")
        for _ in range(self._dice.randint(1, 40)):
            turned[self._dice.randrange(len(turned))] ^= 1 << self._dice.randrange(8)
        _write(path, bytes(turned))

    def _inserted(self, path: Path, content: bytes) -> None:
        place = self._dice.randint(0, len(content))
        _write(path, content[:place] + self._dice.randbytes(self._dice.randint(1, 5000)) + content[place:])

    def _garbled(self, path: Path, content: bytes) -> None:
        """Put strange letters into some lines; each stays one line."""
        lines = content.split(b"\n")
        for _ in range(self._dice.randint(1, 30)):
            place = self._dice.randrange(len(lines))
            noise = self._dice.randbytes(12).replace(b"\n", b"?")
            middle = self._dice.randint(0, len(lines[place]))
            lines[place] = lines[place][:middle] + noise + lines[place][middle:]
        _write(path, b"\n".join(lines))

    def _locked(self, path: Path, content: bytes) -> None:
        _write(path, content)
        path.chmod(0)

    def _other(self, path: Path, _content: bytes) -> None:
        """Put another file's content there."""
        other = self._dice.choice([each for each in self._files if not each.is_symlink() and each.is_file()])
        _write(path, other.read_bytes())


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def _sparse(path: Path) -> None:
    with path.open("wb") as stream:
        stream.truncate(SPARSE)
