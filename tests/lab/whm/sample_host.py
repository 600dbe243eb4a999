"""A very small host for the tests of the WHM service: resellers with and without the privilege, and pages that tell."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.lab.commands.appconfig_record import APPS, DOCUMENT_ROOT
from tests.lab.commands.privileges import RESELLERS
from tests.lab.cpsrvd.sample_host import PASSWORDS, Browser, sample_tree, shell_page, write_file
from tests.lab.cpsrvd.settings import Settings
from tests.lab.whm.server import Whm

PRIVILEGE = "software-AutosslDoctor"
PAGE = "/cgi/autossl_doctor/index.cgi"
_RECORD = f"service=whostmgr\nurl={PAGE}\ndisplayname=AutoSSL Doctor\nentryurl=autossl_doctor/index.cgi\n"


@contextmanager
def whm_tree() -> Iterator[Path]:
    """The small host, on which alice is a reseller with the privilege, bob one without, and plain no reseller."""
    with sample_tree() as root:
        text = f"alice:list-accts,{PRIVILEGE}\nbob:list-accts\ngone:all\nbobby:all\n"
        write_file(root / RESELLERS, text)
        (root / APPS).mkdir(parents=True)
        register(root)
        write_file(root / "etc/userdatadomains", "shop.example: alice==root==main\nbob.example: bob==alice==main\n")
        yield root


def register(root: Path, name: str = "autossl_doctor", record: str = _RECORD, acls: str = PRIVILEGE) -> None:
    """Put a record where the command would; it counts when the server has started anew."""
    lines = f"name={name}\n{record}" + (f"acls={acls}\n" if acls else "")
    write_file(root / APPS / f"{name}.conf", lines, 0o600)


def marking_script(root: Path, url: str = PAGE, shown: str = "printf hello") -> Path:
    """A script that leaves a file behind when it runs; answers where."""
    mark = root / "tmp" / f"{Path(url).name}.ran"
    mark.parent.mkdir(exist_ok=True)
    mark.parent.chmod(0o1777)
    write_file(root / DOCUMENT_ROOT / url.lstrip("/"), shell_page(f": > '{mark}'; {shown}"), 0o755)
    return mark


class WhmBrowser(Browser):
    """A running WHM service and a visitor of it."""

    def __init__(self, whm: Whm, address: tuple[str, int]) -> None:
        super().__init__(address)
        self.whm = whm

    def page(self, url: str = PAGE, **headers: str) -> tuple[int, str]:
        """Status and text of a page, with the visitor's session."""
        answer = self.get(self.token + url, **headers)
        return answer.status, answer.text


@contextmanager
def running_whm(root: Path, settings: Settings | None = None) -> Iterator[WhmBrowser]:
    """The WHM service on a port of its own, over a tree, until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        whm = Whm(listening, root=root, users=PASSWORDS, settings=settings or Settings(trusted_uid=os.geteuid()))
        thread = threading.Thread(target=whm.serve_forever)
        thread.start()
        try:
            yield WhmBrowser(whm, listening.getsockname())
        finally:
            whm.close()
            thread.join()
