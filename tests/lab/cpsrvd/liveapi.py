"""The LiveAPI socket of one page run: one connection, in order, as the account."""

import contextlib
import os
import shutil
import socket
import struct
import tempfile
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.lab.cpsrvd import wire
from tests.lab.cpsrvd.calls import Call, Functions, Result, refusal
from tests.lab.cpsrvd.functions import PageRun, do, envelope
from tests.lab.cpsrvd.identity import can_switch
from tests.lab.cpsrvd.logs import Logs
from tests.lab.cpsrvd.settings import Misbehaviour, Settings

_UAPI = ("uapi", "3", 3)
_CREDENTIALS = struct.Struct("3i")
_FAREWELL = 2.0


class LiveApi:
    """Serves a page run from the moment it is entered until it is left."""

    def __init__(
        self,
        run: PageRun,
        functions: Functions,
        *,
        directory: Path,
        settings: Settings,
        logs: Logs,
        record: Callable[[Call], None],
    ) -> None:
        """Make the socket: 0600, the account's, in a directory that only the account and root can enter."""
        self._run, self._functions, self._settings, self._logs, self._record = run, functions, settings, logs, record
        self._directory = Path(tempfile.mkdtemp(dir=directory))
        self.socket = self._directory / "liveapi"
        self._listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listening.bind(str(self.socket))
        self.socket.chmod(0o600)
        if can_switch():
            for path in (self.socket, self._directory):
                os.chown(path, run.account.uid, run.account.gid)
        self._stop = threading.Event()
        self._connection: socket.socket | None = None
        self._thread = threading.Thread(target=self._serve, name="LiveAPI", daemon=True)

    def __enter__(self) -> Self:
        """Listen."""
        self._listening.listen(1)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the connection and take the socket away."""
        self._stop.set()
        for waiting in (self._connection, self._listening):
            if waiting is not None:
                with contextlib.suppress(OSError):
                    waiting.shutdown(socket.SHUT_RDWR)
        self._thread.join(_FAREWELL)
        self._listening.close()
        shutil.rmtree(self._directory, ignore_errors=True)

    def _serve(self) -> None:
        """Take the one connection, close the door behind it, and answer until somebody ends it."""
        connection = self._accept()
        self._listening.close()
        if connection is None:
            return
        with connection:
            self._connection = connection
            try:
                self._converse(connection)
            except wire.WireError as error:
                self._logs.trouble(f"LiveAPI of {self._run.account.name}: {error}")
            except OSError:
                # The page went away in the middle of an answer: its own affair.
                return

    def _accept(self) -> socket.socket | None:
        while not self._stop.is_set():
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return None
            credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
            _pid, uid, _gid = _CREDENTIALS.unpack(credentials)
            if uid == self._run.account.uid:
                return connection
            self._logs.trouble(f"LiveAPI of {self._run.account.name}: uid {uid} is somebody else")
            connection.close()
        return None

    def _converse(self, connection: socket.socket) -> None:
        reader = wire.Reader(connection)
        enabled = False
        while (request := reader.request()) is not None:
            if request == wire.SHUTDOWN:
                connection.sendall(wire.PROLOG + b"<cpanelresult></cpanelresult>")
                return
            if request == wire.ENABLE:
                if not reader.nothing_waits():
                    raise wire.WireError("the page did not wait for the answer to the first request")
                enabled, name = True, "enable"
                payload: dict[str, object] = {"cpaneljson": {"enable": "1"}}
            elif enabled:
                name, payload = self._act(wire.action(request))
            else:
                raise wire.WireError("a call before JSON was enabled")
            mode = self._mode(name)
            content = wire.answer(payload, mode, self._settings)
            if not wire.send(connection, content, mode, self._settings, self._stop):
                return
        raise wire.WireError("the page closed the connection without a shutdown")

    def _mode(self, name: str) -> Misbehaviour:
        """Which misbehaviour this answer gets: the chosen one if it is for all calls or for this one."""
        chosen = self._settings.misbehaves_on
        wanted = chosen == name or (not chosen and name != "enable")
        return self._settings.misbehaviour if wanted else Misbehaviour.NONE

    def _act(self, asked: dict[str, object]) -> tuple[str, dict[str, object]]:
        """Do one action; answers the function's name and the JSON of its result."""
        call, trouble = self._call(asked)
        self._record(call)
        result = refusal(trouble) if trouble else self._do(call)
        return call.name, envelope(call, result, wrapped=self._settings.wrapped)

    def _call(self, asked: dict[str, object]) -> tuple[Call, str | None]:
        """The call that an action means, and why it is not done (None if it is)."""
        account = self._run.account
        args = asked.get("args", {})
        # UAPI knows no true and false: type() and not isinstance(), for a Python bool is an int.
        usable = isinstance(args, dict) and all(type(value) in {str, int, float} for value in args.values())
        given = {name: str(value) for name, value in args.items()} if isinstance(args, dict) and usable else {}
        call = Call(account.name, account.uid, str(asked.get("module", "")), str(asked.get("func", "")), given)
        if not usable:
            return call, "The arguments are no object of plain values."
        if asked.get("reqtype") != "exec" or asked.get("apiversion") not in _UAPI:
            return call, "The stand-in does UAPI calls only."
        return call, None

    def _do(self, call: Call) -> Result:
        """Do a call; a function that crashes costs its own answer and leaves its trace in the error log."""
        try:
            return do(self._run, call, self._functions)
        except Exception:  # noqa: BLE001 - somebody else's function
            self._logs.stderr(traceback.format_exc().encode())
            return refusal(f"The function “{call.name}” failed.")
