"""Whether an account's page works: a child that has become the account starts it and loads what it loads.

No session is made for a customer: the page itself is started without one and has to close itself; its modules, its
report and its template are then loaded as the same account.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

from autossl_doctor.entry.installing.around import Around, StepError
from autossl_doctor.host.people import Owner
from autossl_doctor.store.layout import REPORT, STATE, report_directory

PAGE_CHECK = "autossl_doctor.entry.installing.page_check"
PYTHON = "/opt/autossl-doctor/venv/bin/python3"
CLOSED = "Status: 403"
PATIENCE = 60
LONGEST = 300


def candidate(owners: Iterable[Owner], state: str = STATE) -> Owner | None:
    """Choose an account that has a report which it can read; None where there is none."""
    usable = (owner for owner in owners if owner.uid and not owner.shared)
    return next(
        (owner for owner in sorted(usable) if Path(report_directory(owner.uid, state), REPORT).exists()),
        None,
    )


def try_page(around: Around, owners: Iterable[Owner]) -> str:
    """Try the page as an account; give whose, or "" where there is nobody to try it with."""
    owner = candidate(owners)
    if owner is None:
        return ""
    pages = [file.place for file in around.manifest.files if file.place.endswith(".live.cgi")]
    for page in pages:
        answer = _as_account(owner, [page])
        if not answer.startswith(CLOSED):
            raise StepError("page", account=owner.account, said=_last(answer))
    answer = _as_account(owner, [PYTHON, "-I", "-m", PAGE_CHECK])
    if answer.strip() != "good":
        raise StepError("page", account=owner.account, said=_last(answer))
    return owner.account


def _as_account(owner: Owner, command: Sequence[str]) -> str:
    """Run a program as an account alone, in an empty environment; give what it says."""
    try:
        ended = subprocess.run(  # noqa: S603 - the product's own files, by their absolute paths
            command,
            user=owner.uid,
            group=owner.gid,
            extra_groups=(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={"PATH": "/usr/bin:/bin"},
            cwd="/",
            umask=0o077,
            timeout=PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return ended.stdout.decode("utf-8", "replace")


def _last(answer: str) -> str:
    """Give its last words: the account may have had a hand in them, so they are short and do nothing to a terminal."""
    words = answer.strip().rpartition("\n")[2][:LONGEST]
    return "".join(sign if sign.isprintable() else "?" for sign in words) or "no answer"
