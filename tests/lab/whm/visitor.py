"""Who asks the WHM service, and as whom the scripts of WHM run."""

from dataclasses import dataclass
from pathlib import Path

from tests.lab.commands.appconfig_record import AUTHENTICATED
from tests.lab.commands.privileges import Privileges, of
from tests.lab.cpsrvd import identity
from tests.lab.cpsrvd.accounts import Account, find

ROOT = "root"
_ROOT = Account(ROOT, 0, 0, "/root", "/bin/bash", suspended=False, settings={})


@dataclass(frozen=True)
class WhmVisitor:
    """Root or a reseller who may pass, and the path that is wanted without the token."""

    name: str
    token: str
    """The security token with its slash, or nothing for a visitor who came with `Authorization`."""
    path: str
    privileges: Privileges


def may_log_in(root: Path, name: str) -> bool:
    """Whether it is root, or a reseller whose account is there and not suspended."""
    if name == ROOT:
        return True
    account = find(root, name)
    if account is None or account.suspended or identity.trouble_with(account):
        return False
    return of(root, name).reseller


def run_as(root: Path, user: str, visitor: WhmVisitor) -> Account | None:
    """The account of a record's `user=`; None: there is none."""
    name = visitor.name if user == AUTHENTICATED else user
    return _ROOT if name == ROOT else find(root, name)
