"""One run of a script as its account, from the request to the answer."""

import contextlib
import threading
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path

from tests.lab.cpsrvd import answer, identity, languages, process
from tests.lab.cpsrvd.calls import Call, Functions
from tests.lab.cpsrvd.documents import DOCUMENT_ROOT, Script
from tests.lab.cpsrvd.environment import environment
from tests.lab.cpsrvd.front_door import Visitor
from tests.lab.cpsrvd.functions import PageRun
from tests.lab.cpsrvd.liveapi import LiveApi
from tests.lab.cpsrvd.logs import Logs
from tests.lab.cpsrvd.request import Request
from tests.lab.cpsrvd.response import Response, refused
from tests.lab.cpsrvd.settings import Body, Settings

_FIXED_TEXT = "The page failed. The server's error log says more."


class Runner:
    """Starts scripts; several at the same time."""

    def __init__(
        self,
        root: Path,
        functions: Functions,
        *,
        sockets: Path,
        logs: Logs,
        record: Callable[[Call], None],
        closing: threading.Event,
    ) -> None:
        """Keep what every run needs."""
        self._root, self._functions, self._sockets = root, functions, sockets
        self._logs, self._record, self._closing = logs, record, closing

    def run(self, request: Request, visitor: Visitor, script: Script, settings: Settings) -> Response:
        """Run the script and judge its answer."""
        return judged(self._process(request, visitor, script, settings), script.url, self._logs)

    def _process(self, request: Request, visitor: Visitor, script: Script, settings: Settings) -> process.Ended:
        account = visitor.account
        with contextlib.ExitStack() as stack:
            socket: str | None = None
            if script.live:
                page = PageRun(self._root, account, languages.choose(self._root, request, account), visitor.token)
                live = LiveApi(
                    page,
                    self._functions,
                    directory=self._sockets,
                    settings=settings,
                    logs=self._logs,
                    record=self._record,
                )
                socket = str(stack.enter_context(live).socket)
            variables = environment(
                request,
                script,
                account,
                document_root=str(self._root / DOCUMENT_ROOT),
                token=visitor.token,
                password_canary=settings.password_canary,
                socket=socket,
            )
            if script.program is not None:
                # The panel renders in itself, so this is nothing that a page could see.
                variables["STAND_IN_LOCALE"] = languages.choose(self._root, request, account).locale
            return process.run(
                script.program or script.file,
                body=reaching(request.body, settings.body),
                variables=variables,
                become=identity.become(account),
                directory=settings.working_directory or script.file.parent,
                settings=settings,
                closing=self._closing,
            )


def judged(ended: process.Ended, url: str, logs: Logs) -> Response:
    """The answer that the output of a run means; what is wrong with it is told in the error log only."""
    logs.stderr(ended.stderr)
    if ended.trouble is not None:
        logs.trouble(f"{url}: {ended.trouble}")
        return refused(HTTPStatus.INTERNAL_SERVER_ERROR, _FIXED_TEXT)
    if ended.exit_status != 0:
        logs.trouble(f"{url}: ended with status {ended.exit_status}")
    try:
        return answer.parse(ended.output)
    except answer.BadAnswerError as error:
        logs.trouble(f"{url}: bad answer: {error}")
        return refused(HTTPStatus.INTERNAL_SERVER_ERROR, _FIXED_TEXT)


def reaching(body: bytes, mode: Body) -> bytes:
    """What reaches the script's standard input."""
    return {Body.WHOLE: body, Body.HALF: body[: len(body) // 2], Body.NONE: b""}[mode]
