"""The two logs of the server, below usr/local/cpanel/logs."""

import re
import threading
import time
from pathlib import Path

_TOKEN = re.compile(r"cpsess[0-9]{10}")
_MASK = "cpsess##########"


class Logs:
    """Appends whole lines; the security token never reaches them through the stand-in itself."""

    def __init__(self, root: Path) -> None:
        """Use the directory of cPanel's logs below a root, and make it where it is missing."""
        directory = root / "usr/local/cpanel/logs"
        directory.mkdir(parents=True, exist_ok=True)
        self.access = directory / "access_log"
        self.error = directory / "error_log"
        self._lock = threading.Lock()

    def visit(self, client: str, user: str, line: str, status: int) -> None:
        """One line for each request. The real log holds the token; here a token in a log is always a leak."""
        shown = _TOKEN.sub(_MASK, line).encode("ascii", "backslashreplace").decode()
        shown = "".join(letter if letter.isprintable() else f"\\x{ord(letter):02x}" for letter in shown)
        quoted = shown.replace('"', "\\x22")
        self._append(self.access, f'{client} - {user or "-"} [{_now()}] "{quoted}" {status}\n'.encode())

    def trouble(self, text: str) -> None:
        """A line of the server's own in the error log."""
        shown = _TOKEN.sub(_MASK, text).replace("\n", "\\n").replace("\r", "\\r")
        self._append(self.error, f"[{_now()}] warn [cpsrvd] {shown}\n".encode(errors="backslashreplace"))

    def stderr(self, content: bytes) -> None:
        """What a script wrote to its standard error, unchanged: tests look for secrets in it."""
        if content:
            self._append(self.error, content if content.endswith(b"\n") else content + b"\n")

    def _append(self, path: Path, content: bytes) -> None:
        with self._lock, path.open("ab") as stream:
            path.chmod(0o600)
            stream.write(content)


def _now() -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S +0000", time.gmtime())
