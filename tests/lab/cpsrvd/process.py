"""Runs one script with limits, and lets nothing of it outlive the page."""

import contextlib
import os
import resource
import selectors
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from tests.lab.cpsrvd.identity import Become
from tests.lab.cpsrvd.settings import Settings

_PIECE = 64 * 1024
_LOOK_UP = 0.2
"""How often, in seconds, a waiting run looks whether the server is being closed."""
_PRLIMIT = "/usr/bin/prlimit"


@dataclass(frozen=True)
class Ended:
    """How a run ended: its output, and what went wrong around it (None if nothing did)."""

    output: bytes
    stderr: bytes
    exit_status: int | None
    trouble: str | None = None


@dataclass(frozen=True)
class _Sink:
    """A pipe that is read up to a limit."""

    name: str
    limit: int
    content: bytearray = field(default_factory=bytearray)


def run(
    script: Path,
    *,
    body: bytes,
    variables: Mapping[str, str],
    become: Become,
    directory: Path,
    settings: Settings,
    closing: threading.Event,
) -> Ended:
    """Run the script to its end, its time-out or its limits, then kill whatever is left of its process group."""
    try:
        process = subprocess.Popen(
            [*_limits(settings), str(script)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=directory,
            env=dict(variables),
            umask=settings.umask,
            start_new_session=True,
            bufsize=0,
            **become,
        )
    except (OSError, ValueError) as error:
        return Ended(b"", b"", None, f"could not be started: {error}")
    output, stderr = _Sink("output", settings.largest_output), _Sink("standard error", settings.largest_stderr)
    with process:
        try:
            trouble = _feed_and_read(process, body, (output, stderr), time.monotonic() + settings.seconds, closing)
        finally:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
    return Ended(bytes(output.content), bytes(stderr.content), process.returncode, trouble)


def _limits(settings: Settings) -> list[str]:
    """The command before the script: limits are set by a program of the system, before the script's first step."""
    wanted = {
        "as": (resource.RLIMIT_AS, settings.memory),
        "cpu": (resource.RLIMIT_CPU, settings.cpu_seconds),
        "fsize": (resource.RLIMIT_FSIZE, settings.largest_file),
        "core": (resource.RLIMIT_CORE, 0),
    }
    return [_PRLIMIT, *(f"--{name}={_at_most(kind, limit)}" for name, (kind, limit) in wanted.items()), "--"]


def _at_most(kind: int, limit: int) -> int:
    """The limit, or what this process has itself if that is less: an ordinary user cannot raise it."""
    own = resource.getrlimit(kind)[1]
    return limit if own == resource.RLIM_INFINITY else min(limit, own)


def _feed_and_read(
    process: subprocess.Popen[bytes],
    body: bytes,
    sinks: tuple[_Sink, _Sink],
    deadline: float,
    closing: threading.Event,
) -> str | None:
    """Hand over the body and collect both outputs until the script has ended; answers what went wrong."""
    with selectors.DefaultSelector() as selector:
        _register(selector, process, sinks)
        left = memoryview(body)
        if not body:
            _close(selector, process.stdin)
        while selector.get_map():
            if closing.is_set():
                return "the server is being closed"
            if time.monotonic() > deadline:
                return "the time is up"
            for key, _events in selector.select(_LOOK_UP):
                if key.data is None:
                    left = _write(key.fd, left)
                    if not left:
                        _close(selector, process.stdin)
                    continue
                trouble = _read(selector, key)
                if trouble:
                    return trouble
    try:
        process.wait(timeout=max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        return "the time is up"
    return None


def _register(selector: selectors.BaseSelector, process: subprocess.Popen[bytes], sinks: tuple[_Sink, _Sink]) -> None:
    for pipe, sink in zip((process.stdout, process.stderr), sinks, strict=True):
        if pipe is not None:
            selector.register(pipe, selectors.EVENT_READ, sink)
    if process.stdin is not None:
        os.set_blocking(process.stdin.fileno(), False)
        selector.register(process.stdin, selectors.EVENT_WRITE, None)


def _write(descriptor: int, left: memoryview) -> memoryview:
    """Write what the pipe takes; a script that does not want its input gets no more."""
    try:
        return left[os.write(descriptor, left[:_PIECE]) :]
    except BlockingIOError:
        return left
    except BrokenPipeError:
        return left[:0]


def _read(selector: selectors.BaseSelector, key: selectors.SelectorKey) -> str | None:
    sink: _Sink = key.data
    piece = os.read(key.fd, _PIECE)
    if not piece:
        selector.unregister(key.fileobj)
        return None
    sink.content.extend(piece)
    if len(sink.content) > sink.limit:
        del sink.content[sink.limit :]
        return f"its {sink.name} is too large"
    return None


def _close(selector: selectors.BaseSelector, pipe: IO[bytes] | None) -> None:
    if pipe is not None:
        selector.unregister(pipe)
        with contextlib.suppress(BrokenPipeError):
            pipe.close()
