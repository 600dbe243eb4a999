"""One process: judges a large server's accounts, or one of them again, or follows a run over all for an account.

python -m tests.bench.follow_run all|one|follow ROOT STATE MOMENT
"""

from __future__ import annotations

import json
import sys
from datetime import datetime, timedelta
from pathlib import Path

from autossl_doctor.entry.following.follower import Around, Follower
from autossl_doctor.entry.refresh import People, refresh
from autossl_doctor.host.files import HostPaths
from autossl_doctor.host.people import Owner
from autossl_doctor.model.moment import parse_moment
from autossl_doctor.model.plain import moment
from autossl_doctor.store.click import leave
from tests.unit.followed_host import Clock, Ended, FakeProber
from tests.unit.store_places import ME, MY_GROUP, folder, state_in

ACCOUNTS = 3_000


def owners() -> dict[str, Owner]:
    """Give the accounts of the server; the last one belongs to whoever measures."""
    names = [f"u{number:07}" for number in range(1, ACCOUNTS + 1)]
    uids = [*range(10_000, 10_000 + ACCOUNTS - 1), ME]
    return {name: Owner(name, uid, MY_GROUP, 1_700_000_000) for name, uid in zip(names, uids, strict=True)}


def judge(root: Path, state: Path, clock: Clock, account: str) -> dict[str, object]:
    """Write the reports of all, or one account's; tell how many."""
    known = owners()
    done = refresh(HostPaths(root), state_in(state), clock, account, People(known.get, lambda: known))
    return {"written": done.written}


def follow(root: Path, state: Path, clock: Clock) -> dict[str, object]:
    """Follow the newest run, which is alive, for the last account, until all that stands in its log has been read.

    The clock stands just before the run: the account has asked, and then it began.
    """
    known = owners()
    asking = list(known.values())[-1]
    by_uid = {owner.uid: owner.account for owner in known.values()}
    record = {"schema": 1, "verb": "retry", "site": f"site{ACCOUNTS:07}.example", "names": [], "at": moment(clock())}
    assert leave(ME, record, state=str(state)) is None
    place, prober = state_in(state), FakeProber()
    around = Around(
        HostPaths(root),
        place,
        clock,
        prober,
        lambda _: Ended(0),
        lambda _: None,
        find_owner=known.get,
        account_of=lambda uid: by_uid.get(uid, ""),
        find_owners=lambda: known,
    )
    follower = Follower(around)
    follower.look(woken=True, read=True)
    clock.pass_by(timedelta(minutes=2))
    follower.look()
    while not follower.pause:
        follower.look()
    live = folder(state, asking.uid) / "live.json"
    follower.look()
    return {"step": json.loads(live.read_text("utf-8"))["step"] if live.exists() else ""}


def main() -> None:
    """Do one of the three and print what came of it."""
    what, root, state, said = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4]
    now = parse_moment(said)
    assert isinstance(now, datetime)
    clock = Clock(now)
    if what == "follow":
        answer = follow(root, state, clock)
    else:
        answer = judge(root, state, clock, list(owners())[-1] if what == "one" else "")
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
