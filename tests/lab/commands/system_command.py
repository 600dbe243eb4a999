"""dnf, apt-get and sendmail: nothing is done, everything is written down, standard input too.

Package managers fail, for the stand-in has no network; a test may tell them to succeed, and which links appear then
(`{"code": 0, "links": {"/usr/bin/python3.12": "/usr/bin/python3.11"}}`).
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from tests.lab.commands.call_record import behaviour_of, record

_NO_NETWORK = {
    "dnf": (1, "Error: Failed to download metadata for repo 'baseos': no network"),
    "apt-get": (100, "E: Unable to fetch some archives: no network"),
    "sendmail": (0, ""),
}


def main(command: str, arguments: Sequence[str]) -> int:
    """Write the call down, and behave as told."""
    mail = sys.stdin.buffer.read().decode(errors="backslashreplace") if command == "sendmail" else ""
    code, words = _NO_NETWORK[command]
    told = behaviour_of(command)
    code, words = int(str(told.get("code", code))), str(told.get("stderr", "" if "code" in told else words))
    links = told.get("links", {})
    if code == 0 and isinstance(links, dict):
        for name, target in links.items():
            Path(name).unlink(missing_ok=True)
            Path(name).symlink_to(str(target))
    record(command, arguments, code=code, stdin=mail)
    if words:
        sys.stderr.write(words + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
