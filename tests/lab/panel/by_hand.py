"""Lets a host before an installation stand, to try an installer and look at the result in a browser; needs root.

python -m tests.lab.panel.by_hand [--system ubuntu-24.04] [--port N] [COMMAND ...]

The command, if there is one, runs inside as root (`sh /path/install.sh`). Then the host stands until Ctrl-C; what has
changed on it is told at the end.
"""

import argparse
import signal
import sys
import tempfile
from pathlib import Path

from tests.lab.panel import namespace
from tests.lab.panel.before_installation import ROOT_PASSWORD, SYSTEMS, host_before_installation
from tests.lab.panel.standing import PASSWORD
from tests.lab.panel.tree_state import changes

_ENDINGS = {signal.SIGINT, signal.SIGTERM}


def main() -> int:
    """Stand until somebody ends it."""
    parser = argparse.ArgumentParser(prog="by_hand", description=__doc__.splitlines()[0])
    parser.add_argument("--system", choices=sorted(SYSTEMS), default="almalinux-9")
    parser.add_argument("--port", type=int, default=0, help="the port of the cPanel service; default: a free one")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    given = parser.parse_args()
    if not namespace.is_root():
        print("A host before an installation needs root.", file=sys.stderr)
        return 69
    with (
        tempfile.TemporaryDirectory() as folder,
        host_before_installation(Path(folder), system=given.system, port=given.port) as panel,
    ):
        if given.command:
            done = panel.run(given.command, patience=1800)
            print(done.stdout, end="")
            print(done.stderr, end="", file=sys.stderr)
            print(f"The command ended with status {done.returncode}.")
        print(f"\ncPanel: {panel.url} (alice, bob, carol, dora: {PASSWORD})")
        print(f"WHM:    {panel.whm_url} (root: {ROOT_PASSWORD}; rita, rob, rex: {PASSWORD})")
        print(f"Inside: nsenter --target {panel.process} --mount --net\nCtrl-C ends it.", flush=True)
        signal.pthread_sigmask(signal.SIG_BLOCK, _ENDINGS)
        signal.sigwait(_ENDINGS)
        for path, (before, after) in changes(panel).items():
            print(f"{'new ' if not before else 'gone' if not after else 'else'} {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
