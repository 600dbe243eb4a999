"""Noticing that accounts came or went: a hook of the panel wakes the follower, which looks for itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from autossl_doctor.entry.following.jobs import Log, Refreshes
from autossl_doctor.host.files import HostPaths
from autossl_doctor.host.people import USERS, Owner
from autossl_doctor.model.fact import Known
from autossl_doctor.store.inbox import Inboxes
from autossl_doctor.store.reports import Reports


class Accounts:
    """Drops what belonged to accounts that are gone, and has new ones judged.

    Looks only where the panel's directory of accounts has changed: on a large server the list takes a second.
    """

    def __init__(
        self,
        host: HostPaths,
        reports: Reports,
        inboxes: Inboxes,
        refreshes: Refreshes,
        find_owners: Callable[[], Mapping[str, Owner]],
        log: Log,
    ) -> None:
        self._host = host
        self._reports = reports
        self._inboxes = inboxes
        self._refreshes = refreshes
        self._find_owners = find_owners
        self._log = log
        self._changed: float | None = None

    def look(self) -> None:
        """Compare the accounts with the reports, if there may be a difference."""
        facts = self._host.facts(USERS)
        if not isinstance(facts, Known) or facts.value.changed == self._changed:
            return
        owners = self._find_owners()
        if not owners:
            return  # a list that cannot be read is no reason to drop anything
        self._changed = facts.value.changed
        uids = frozenset(owner.uid for owner in owners.values())
        removed = self._reports.remove_gone(uids)
        self._inboxes.remove_gone(uids)
        if removed:
            self._log(f"{removed} reports of accounts that are gone were removed")
        # A name or a number that is used again belongs to another account since another day.
        have = {(uid, head.account, head.startdate) for uid, head, _ in self._reports.heads() if head is not None}
        new = (name for name, owner in owners.items() if (owner.uid, name, owner.startdate) not in have)
        self._refreshes.want_later(sorted(new))
