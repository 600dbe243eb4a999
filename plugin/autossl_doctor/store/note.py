"""What an account noted in its lock about its last click, read without holding the lock: looking changes nothing."""

from __future__ import annotations

import json
import os
from typing import Any

from autossl_doctor.store.layout import LOCK, RECORD_CAP, STATE, inbox_directory
from autossl_doctor.store.opening import open_directory, read_regular


def read_note(uid: int, *, state: str = STATE) -> dict[str, Any] | None:
    """Give the note of the last click; None where there is none that can be read."""
    directory = open_directory(inbox_directory(uid, state))
    if isinstance(directory, str):
        return None
    try:
        content = read_regular(LOCK, directory, owner=uid, cap=RECORD_CAP)
    finally:
        os.close(directory)
    if isinstance(content, str):
        return None
    try:
        note = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return note if isinstance(note, dict) else None
