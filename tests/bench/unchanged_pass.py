"""One process: looks whether there is anything new for the memory; `imports` only imports the same."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from autossl_doctor.entry.remembering.remembering import Remembering
from autossl_doctor.host.clock import now
from autossl_doctor.host.files import HostPaths
from autossl_doctor.store.state import State


def main() -> None:
    """Look, and print how many logs are new."""
    new = 0
    if sys.argv[1] != "imports":
        state = State(sys.argv[2], owner=os.geteuid())
        memory = Remembering(state)
        new = memory.behind(HostPaths(Path(sys.argv[1])), now())
        memory.close()
        state.close()
    print(json.dumps({"new": new}))


if __name__ == "__main__":
    main()
