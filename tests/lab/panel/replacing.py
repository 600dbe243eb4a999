"""Writes a file of the panel so that readers see the old content or the new, never a part of it."""

import os
from pathlib import Path


def replace_file(path: Path, content: str, mode: int, group: int | None = None) -> None:
    """Write beside the file, then rename; the group is that of an account, root stays the owner."""
    draft = path.with_name(f".{path.name}.new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        if group is not None and os.geteuid() == 0:
            os.fchown(descriptor, 0, group)
        os.fchmod(descriptor, mode)
        stream.write(content)
    draft.rename(path)
