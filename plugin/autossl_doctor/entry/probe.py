"""The prober: a request on standard input, the answer on standard output. Runs as a user who may do nothing else."""

from __future__ import annotations

import os
import sys
from typing import BinaryIO

from autossl_doctor.probe.records import REQUEST_CAP, read_request, write_done, write_record
from autossl_doctor.probe.visits import Prober

FINE, BAD_DATA = 0, 65


def main(asked: BinaryIO | None = None, answer: BinaryIO | None = None, prober: Prober | None = None) -> int:
    """Make the visits that are asked for and write a record of each, then the last line."""
    asked, answer = asked or sys.stdin.buffer, answer or sys.stdout.buffer
    request = read_request(asked.read(REQUEST_CAP + 1))
    if request is None:
        sys.stderr.write("autossl-doctor: the request to the prober has not the form that it must have\n")
        return BAD_DATA
    for served in (prober or Prober()).visit_all(request.visits, wanted=lambda: is_wanted(answer)):
        answer.write(write_record(served))
        # Whoever waits sees that the work has begun.
        answer.flush()
    answer.write(write_done(request.id))
    answer.flush()
    return FINE


def is_wanted(answer: BinaryIO) -> bool:
    """Tell whether anybody still waits for the answer: its file is taken away for the sake of another request."""
    try:
        return os.fstat(answer.fileno()).st_nlink > 0
    except OSError:
        return True


if __name__ == "__main__":
    raise SystemExit(main())
