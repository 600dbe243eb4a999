"""The panels of the browser tests: one for all accounts where there is root, else one for each."""

import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tests.browser.manners import QUICK
from tests.browser.residents import residents
from tests.lab.host_model import Host
from tests.lab.panel.entered import StandingPanel
from tests.lab.panel.namespace import is_root
from tests.lab.panel.standing import standing_panel

DOCTOR = "/opt/autossl-doctor/venv/bin/autossl-doctor"


def present() -> datetime:
    """The machine's time in whole seconds."""
    return datetime.fromtimestamp(int(time.time()), UTC)


@dataclass
class Houses:
    """Opens a panel when its first visitor comes, and keeps it."""

    directory: Path
    stack: ExitStack
    panels: dict[str, StandingPanel] = field(default_factory=dict)

    def open(self, name: str, host: Host, **settings: object) -> StandingPanel:
        """A panel by its name, with a fresh report for every account."""
        if name not in self.panels:
            directory = self.directory / name
            directory.mkdir(parents=True)
            given: Mapping[str, object] = {"manner": QUICK} | settings
            panel = self.stack.enter_context(standing_panel(host, directory, **given))  # type: ignore[arg-type]
            done = panel.run([DOCTOR, "refresh"])
            assert done.returncode == 0, done.stderr
            self.panels[name] = panel
        return self.panels[name]

    def of(self, account: str) -> StandingPanel:
        """The panel at which one of the residents logs in."""
        if is_root():
            return self.open("all", residents(present()))
        return self.open(account, residents(present(), account), only=account)
