"""Starting cpsrvd anew: everybody is logged out, and only now is it known which applications are registered."""

from tests.lab.commands.call_record import record
from tests.lab.panel.asking import PLACE, ask


def restart_cpsrvd() -> None:
    """Ask the panel that stands here to start anew; where none does, it is only written down."""
    try:
        ask(PLACE, "cpsrvd", "restart")
    except (FileNotFoundError, ConnectionRefusedError):
        record("cpsrvd", ["restart"], standing=False)
        return
    record("cpsrvd", ["restart"], standing=True)
