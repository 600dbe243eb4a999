"""How far AutoSSL has come for an account, as the account's own page reads it.

The page asks every two seconds while something runs: this module imports nothing that costs time.
"""

from __future__ import annotations

import os

from autossl_doctor.store.layout import LIVE, LIVE_CAP, ROOT, STATE, report_directory
from autossl_doctor.store.opening import open_directory, open_regular, read_capped


def load_live(uid: int, startdate: int, *, state: str = STATE, owner: int = ROOT) -> bytes | None:
    """Give `live.json` of an account word for word; None where nothing is under way or it cannot be believed.

    What was written before the account began (`startdate`, seconds since 1970) is the former owner's of a re-used id.
    """
    directory = open_directory(report_directory(uid, state))
    if isinstance(directory, str):
        return None
    try:
        descriptor = open_regular(LIVE, directory, owner)
    finally:
        os.close(directory)
    if isinstance(descriptor, str):
        return None
    try:
        content = read_capped(descriptor, LIVE_CAP) if os.fstat(descriptor).st_mtime >= startdate else ""
    finally:
        os.close(descriptor)
    return content if isinstance(content, bytes) and content.startswith(b"{") else None
