"""Root's side of the prober: leave a request, and take the answer once it is whole.

systemd starts the prober when the request changes. While the prober works on one request, a change of it may go
unnoticed: whoever asks reminds until the prober is at work. A new request takes the place of the former one, whose
prober ends as soon as it notices that its answer has been taken away.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from autossl_doctor.host.replacing import replace_file
from autossl_doctor.model.served import Served
from autossl_doctor.probe.records import (
    ANSWER_CAP,
    REQUEST_CAP,
    Request,
    Visit,
    askable,
    read_answer,
    read_request,
    write_done,
    write_request,
)

REQUEST = Path("/run/autossl-doctor/probe-request")
ANSWER = Path("/run/autossl-doctor/probe-answer")
LONGEST = timedelta(minutes=6)
"""After this the prober has been stopped, whatever it was doing (TimeoutStartSec of its unit)."""

_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def ask(sites: Iterable[Visit], request: Path = REQUEST, answer: Path = ANSWER) -> str:
    """Ask for visits to websites (name and address) and give the id of the request; "" if none can be visited.

    The answer gets a new, empty file first: systemd before version 240 cannot empty it, and a prober that is still
    running must not write into the answer to another request.
    """
    visits = askable(sites)
    if not visits:
        return ""
    identity = secrets.token_hex(16)
    replace_file(answer, b"")
    replace_file(request, write_request(Request(identity, visits)))
    return identity


def answers(identity: str, request: Path = REQUEST, answer: Path = ANSWER) -> tuple[Served, ...] | None:
    """Give what the prober saw, for that which was asked for; None as long as the answer to this id is not whole."""
    asked = read_request(_content(request, REQUEST_CAP))
    if asked is None or asked.id != identity:
        return None
    content = _content(answer, ANSWER_CAP)
    if not content.endswith(write_done(identity)):
        return None
    reply = read_answer(content, asked.visits)
    return reply.records if reply.done == identity else None


def remind(request: Path = REQUEST, answer: Path = ANSWER) -> bool:
    """Ask once more, as long as nothing is answered; True once the prober is at work.

    While the prober still ended its former work, systemd did not see that the request changed.
    """
    with suppress(OSError):
        if answer.stat().st_size:
            return True
        replace_file(request, _content(request, REQUEST_CAP))
    return False


def _content(path: Path, cap: int) -> bytes:
    """Read at most `cap` bytes; nothing where there is no regular file."""
    try:
        with os.fdopen(os.open(path, _READ), "rb") as stream:
            return stream.read(cap)
    except OSError:
        return b""
