"""Draws README's picture: what a terminal shows for the sample host.

python -m tests.lab.picture docs/images/diagnose.svg
"""

from __future__ import annotations

import contextlib
import os
import pty
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.text import Text

from tests.lab import hosts

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
SHOWN = ("old-harbor.example", "yamato-pottery.example")
WIDTH = 84
FRAME = """<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>.{unique_id}-matrix {{ font-family: monospace; font-size: {char_height}px; white-space: pre; }}
.{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: sans-serif; }}
{styles}</style>
<defs><clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/>
</clipPath>{lines}</defs>{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">{backgrounds}
<g class="{unique_id}-matrix" xml:space="preserve">{matrix}</g></g></svg>"""


def terminal_output(command: list[str]) -> str:
    """Run a command on a terminal of its own and give what it wrote there."""
    process, terminal = pty.fork()
    if process == 0:
        os.execv(command[0], command)  # noqa: S606 - the child is the command
    written = b""
    with contextlib.suppress(OSError):  # the terminal closes with its last program
        while part := os.read(terminal, 4096):
            written += part
    os.waitpid(process, 0)
    return written.decode().replace("\r\n", "\n")


def main() -> None:
    """Build the sample host, diagnose two of its websites, and draw the answer."""
    with tempfile.TemporaryDirectory() as directory:
        root = hosts.build(hosts.demo_host(NOW), Path(directory, "host"))
        shown: list[str] = []
        for domain in SHOWN:
            command = [sys.executable, "-m", "autossl_doctor", "diagnose", "--root", str(root), "--domain", domain]
            output = terminal_output([*command, "--now", NOW.isoformat(), "--lang", "en", "--reader", "owner"])
            shown.append(output.partition("\n\n")[2] if shown else output)
    with Path(os.devnull).open("w") as nowhere:
        console = Console(record=True, width=WIDTH, file=nowhere, force_terminal=True)
        console.print(Text.from_ansi("\n".join(shown)))
        console.save_svg(sys.argv[1], title="autossl-doctor diagnose", code_format=FRAME, unique_id="doctor")


if __name__ == "__main__":
    main()
