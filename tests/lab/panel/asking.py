"""How the parts of the stand-in ask one another: one question and one answer over a Unix socket of root's own."""

from collections.abc import Callable
from contextlib import closing
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from typing import Any

PLACE = Path("/run/autossl-doctor-lab")
"""Inside the stand-in; from outside it is below /proc/<pid>/root."""
QUEUE, SERVICES = "queue", "services"


def ask(place: Path, whom: str, verb: str, **given: object) -> Any:
    """Ask a part of the stand-in to do something; what it answers with an exception is raised here."""
    with closing(Client(str(place / whom), family="AF_UNIX")) as connection:
        connection.send((verb, given))
        answer = connection.recv()
    if isinstance(answer, Exception):
        raise answer
    return answer


class Door:
    """The place where a part of the stand-in is asked; `fileno` tells its loop when somebody stands there."""

    def __init__(self, place: Path, whom: str) -> None:
        self.path = place / whom
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._listener = Listener(str(self.path), family="AF_UNIX", backlog=64)
        # There is no public way to the socket, and waiting for it together with others needs its number.
        self._number: int = self._listener._listener._socket.fileno()  # type: ignore[attr-defined] # noqa: SLF001

    def fileno(self) -> int:
        """The number of the listening socket."""
        return self._number

    def serve_one(self, answer: Callable[[str, dict[str, object]], object]) -> None:
        """Let one visitor ask; trouble with the question is the visitor's."""
        with closing(self._listener.accept()) as connection:
            self._answer(connection, answer)

    @staticmethod
    def _answer(connection: "Connection[Any, Any]", answer: Callable[[str, dict[str, object]], object]) -> None:
        try:
            verb, given = connection.recv()
            try:
                said = answer(verb, given)
            except Exception as trouble:  # noqa: BLE001 - it goes to the one who asked
                said = trouble
            connection.send(said)
        except (OSError, EOFError):
            return
