"""A task done as somebody who is not root, for tests about what permissions allow."""

import os
import pickle
import signal
import traceback
import warnings
from collections.abc import Callable
from typing import TypeVar

Answer = TypeVar("Answer")
NOBODY = 65_534
PATIENCE = 30


def as_ordinary_user(task: Callable[[], Answer]) -> Answer:
    """Do the task in a child of another user where the tests run as root, else right here."""
    if os.geteuid() != 0:
        return task()
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        # The threads of pytest-xdist only wait for messages; the child does not need them.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        _answer_and_exit(task, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        content = pipe.read()
    _, status = os.waitpid(child, 0)
    assert status == 0, "the child failed; its standard error says why"
    answer: Answer = pickle.loads(content)  # noqa: S301 - the child's own words
    return answer


def _answer_and_exit(task: Callable[[], object], writing: int) -> None:
    """Become nobody, do the task, send its answer and end without pytest's farewell."""
    status = 1
    try:
        signal.alarm(PATIENCE)
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
        with os.fdopen(writing, "wb") as pipe:
            pickle.dump(task(), pipe)
        status = 0
    except BaseException:  # noqa: BLE001 - it ends in the next line, whatever happened
        traceback.print_exc()
    finally:
        os._exit(status)
