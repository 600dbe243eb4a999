"""A world whose changes reach the disk at once: what a live run installs, visitors get."""

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from tests.lab.certificates import certificate_pem, combined_pem
from tests.lab.commands.hook_run import fire
from tests.lab.host_model import Host, ProblemRow
from tests.lab.issuers import Issuer
from tests.lab.log_line import iso
from tests.lab.panel.replacing import replace_file
from tests.lab.problems import DATABASE
from tests.lab.website_files import TLS, userdata
from tests.lab.website_model import KeyType
from tests.lab.websites import Installed, Website
from tests.lab.world import World


@dataclass(frozen=True, kw_only=True)
class Change:
    """Something that a run did, for those who outlive it."""

    servername: str
    installed: Installed | None = None
    cleared: tuple[str, ...] = ()
    """The names whose recorded problems are gone, or replaced by `rows`."""
    rows: tuple[ProblemRow, ...] = ()


def apply(change: Change, world: World) -> None:
    """Do to a world what a run did elsewhere."""
    if change.installed is not None:
        world.put(change.servername, change.installed)
    for name in change.cleared:
        world.problems.pop(name, None)
    for row in change.rows:
        world.problems[row.domain] = row


class LiveWorld(World):
    """The world inside a running check; whatever changes is written below `root` and told to `tell`."""

    def __init__(self, before: World, host: Host, root: Path, tell: Callable[[Change], None]) -> None:
        super().__init__(before.now)
        self.__dict__.update(before.__dict__)
        self._host = host
        self._root = root
        self._tell = tell

    def install(
        self, website: Website, *, names: tuple[str, ...], issuer: Issuer, key_type: KeyType, at: datetime
    ) -> None:
        """Put the certificate and its key on the disk, and the virtual host that serves them."""
        super().install(website, names=names, issuer=issuer, key_type=key_type, at=at)
        installed = self.installed(website)
        if installed is None:
            raise AssertionError("a world that remembers has just installed it")
        install_on_disk(self._root, self._host, website, installed)
        self._tell(Change(servername=website.servername, installed=installed))
        told = {"web_vhost_name": website.servername, "user": website.account.name}
        fire(self._root, "Whostmgr::AutoSSL::installssl", "post", told)

    def record(self, website: Website, failures: Mapping[str, str], at: datetime) -> None:
        """Write the failing names into the problems database; the website's other rows go."""
        super().record(website, failures, at)
        rows = [self.problems[name] for name in failures]
        record_on_disk(self._root, website.names, rows)
        self._tell(Change(servername=website.servername, cleared=website.names, rows=tuple(rows)))


def install_on_disk(root: Path, host: Host, website: Website, installed: Installed) -> None:
    """Write what AutoSSL leaves when it has installed a certificate (facts 8)."""
    folder = root / TLS / website.servername
    folder.mkdir(mode=0o755, exist_ok=True)
    whole = replace(installed, file="whole")
    certificates = certificate_pem(website.servername, whole)
    replace_file(folder / "combined", combined_pem(whole.key_type, certificates), 0o640)
    replace_file(folder / "certificates", certificates, 0o644)
    main = root / "var/cpanel/userdata" / website.account.name / "main"
    group = main.stat().st_gid
    replace_file(main.with_name(f"{website.servername}_SSL"), userdata(host, website, 443), 0o640, group)


def record_on_disk(root: Path, cleared: tuple[str, ...], rows: list[ProblemRow]) -> None:
    """Take the rows of some names out of the problems database and put others in (facts 4)."""
    insert = "INSERT INTO problems(domain, username, log, time, problem) VALUES (?, ?, ?, ?, ?)"
    with closing(sqlite3.connect(root / DATABASE, timeout=10)) as connection, connection:
        connection.executemany("DELETE FROM problems WHERE domain = ?", [(name,) for name in cleared])
        values = [(row.domain, row.username, iso(row.time), iso(row.time), row.problem) for row in rows]
        connection.executemany(insert, values)
