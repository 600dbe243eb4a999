"""The only place where the lab writes files: contents, modes and times below one root."""

import os
from datetime import datetime
from pathlib import Path


class Tree:
    """A growing host tree. Times follow the host's clock, so that two builds of one host are equal."""

    def __init__(self, root: Path, moment: datetime, *, empty: bool = True) -> None:
        """Begin a tree: a root that holds files already is refused, so that no build mixes with another."""
        root.mkdir(parents=True, exist_ok=True)
        if empty and any(root.iterdir()):
            raise FileExistsError(f"{root} is not empty")
        self.root = root
        self._moment = moment
        self._directories: dict[str, None] = {"": None}

    def path(self, name: str) -> Path:
        """Where a file of the host lies; its directories are made as ordinary ones."""
        parent = os.path.dirname(name)  # noqa: PTH120 - a hundred thousand times; Path is slow here
        if parent not in self._directories:
            self.directory(parent)
        return self.root / name

    def directory(self, name: str, mode: int = 0o755) -> None:
        """Make a directory and those above it, or give one that is there its mode."""
        parent = os.path.dirname(name)  # noqa: PTH120 - as above
        if parent not in self._directories:
            self.directory(parent)
        path = self.root / name
        path.mkdir(exist_ok=True)
        path.chmod(mode)
        self._directories[name] = None

    def file(self, name: str, content: str | bytes, mode: int = 0o644, moment: datetime | None = None) -> None:
        """Write a file of its own inode with exactly this mode, whatever the umask."""
        data = content.encode(errors="surrogateescape") if isinstance(content, str) else content
        path = self.path(name)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, mode)
        with os.fdopen(descriptor, "wb") as stream:
            os.fchmod(descriptor, mode)
            stream.write(data)
        self.touch(name, moment)

    def link(self, name: str, target: str, moment: datetime | None = None) -> None:
        """Make a symbolic link; it may dangle."""
        self.path(name).symlink_to(target)
        self.touch(name, moment)

    def remove(self, name: str) -> None:
        """Take a file away again."""
        (self.root / name).unlink(missing_ok=True)

    def touch(self, name: str, moment: datetime | None = None) -> None:
        """Give a file its time: the given one, else the host's present moment."""
        seconds = (moment or self._moment).timestamp()
        os.utime(self.root / name, (seconds, seconds), follow_symlinks=False)

    def finish(self) -> None:
        """Give the directories their times, when nothing is added to them any more."""
        for name in self._directories:
            self.touch(name)
