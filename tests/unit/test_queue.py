"""The pending queue: which orders wait, and the column that nobody reads."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autossl_doctor.collect.queue import DATABASE, read_queue
from autossl_doctor.host.files import HostPaths
from autossl_doctor.model.fact import Known, Unknown
from autossl_doctor.model.host import Order
from tests.lab import hosts
from tests.lab.hosts import Account, Certificate, Host, QueueRow, Run, Site, order

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
COLUMNS = "domain_set_name text, username text, csr text, key text, order_item_id text, request_time text"
ROW = ("shop.example", "alice", "request", hosts.CANARY, "88120931", "2026-11-22T08:01:12Z")
ORDER = Order("shop.example", "alice", datetime(2026, 11, 22, 8, 1, 12, tzinfo=UTC), "88120931")


def write(root: Path, columns: str, *rows: tuple[object, ...]) -> HostPaths:
    """A saved host whose queue has these columns and rows."""
    file = root / DATABASE[1:]
    file.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(f"CREATE TABLE requests({columns})")
        for row in rows:
            connection.execute(f"INSERT INTO requests VALUES ({','.join('?' * len(row))})", row)  # noqa: S608 - signs only
    return HostPaths(root)


def orders(host: HostPaths) -> dict[str, Order]:
    """The orders that wait, by website."""
    found = read_queue(host)
    assert isinstance(found, Known)
    assert found.source == DATABASE
    return dict(found.value)


def test_every_row_is_a_waiting_order(tmp_path: Path) -> None:
    """Website, account, time and number of an order are given; the website's name without its case."""
    second = ("Tea.Example", "bob", "", "", None, "2026-11-21T20:00:00.000Z")
    assert orders(write(tmp_path, COLUMNS, ROW, second)) == {
        "shop.example": ORDER,
        "tea.example": Order("tea.example", "bob", datetime(2026, 11, 21, 20, tzinfo=UTC), ""),
    }


def test_early_versions_called_the_website_otherwise(tmp_path: Path) -> None:
    """The column was `vhost_name` at first."""
    host = write(tmp_path, COLUMNS.replace("domain_set_name", "vhost_name"), ROW)
    assert orders(host) == {"shop.example": ORDER}


def test_no_file_means_no_queue(tmp_path: Path) -> None:
    """Let's Encrypt has none."""
    assert orders(HostPaths(tmp_path)) == {}


def test_an_empty_queue_has_no_orders(tmp_path: Path) -> None:
    """The file stays when the last order is gone."""
    assert orders(write(tmp_path, COLUMNS)) == {}


@pytest.mark.parametrize("time", [None, "", "yesterday", 17, b"\xff"])
def test_an_order_without_a_time_is_passed_over(tmp_path: Path, time: object) -> None:
    """Without its time nobody can say how long an order has waited; the others stay."""
    host = write(tmp_path, COLUMNS, ("odd.example", "bob", "", "", "1", time), ROW)
    assert orders(host) == {"shop.example": ORDER}


@pytest.mark.parametrize("content", [b"", b"no database", b"\0" * 4096])
def test_a_damaged_queue_is_unknown_and_named(tmp_path: Path, content: bytes) -> None:
    """A queue that cannot be read is not an empty one."""
    file = tmp_path / DATABASE[1:]
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    found = read_queue(HostPaths(tmp_path))
    assert isinstance(found, Unknown)
    assert (found.why, found.source) == ("damaged", DATABASE)


def test_another_layout_is_unknown(tmp_path: Path) -> None:
    """A table without the columns that are needed gives Unknown."""
    found = read_queue(write(tmp_path, "domain_set_name, username"))
    assert isinstance(found, Unknown)
    assert found.why == "damaged"


TRAP = """
ALTER TABLE requests RENAME TO hidden;
CREATE VIEW requests AS SELECT domain_set_name, username, csr, order_item_id, request_time,
    abs(-9223372036854775807 - length(domain_set_name) / length(domain_set_name)) AS key FROM hidden;
"""


@pytest.mark.parametrize("pending", [False, True], ids=["in place", "copied"])
def test_private_keys_are_not_read(tmp_path: Path, *, pending: bool) -> None:
    """A `key` that breaks whoever asks for it breaks nobody, and a queue without that column is as good."""
    host = write(tmp_path, COLUMNS, ROW)
    with closing(sqlite3.connect(tmp_path / DATABASE[1:], isolation_level=None)) as connection:
        if pending:
            connection.execute("PRAGMA journal_mode=wal")
        connection.executescript(TRAP)
        with pytest.raises(sqlite3.OperationalError, match="overflow"):
            connection.execute("SELECT key FROM requests").fetchall()
        assert orders(host) == {"shop.example": ORDER}
    without_key = (*ROW[:3], *ROW[4:])
    assert orders(write(tmp_path / "other", COLUMNS.replace("key text, ", ""), without_key)) == {"shop.example": ORDER}


def test_the_queue_of_a_built_host(tmp_path: Path) -> None:
    """A waiting order and one left over from an earlier time are given, and no key with them."""
    site = Site("shop.example", Account("alice"), certificate=Certificate(days_left=9), order=order.pending())
    old = QueueRow(
        domain_set_name="gone.example",
        username="bob",
        order_item_id="7",
        request_time=NOW - timedelta(days=400),
        last_poll_time=NOW - timedelta(days=399),
    )
    start = NOW - timedelta(hours=4)
    host = Host(
        now=NOW, provider="cPanel", version="11.110.0.55", sites=(site,), runs=(Run(start=start),), queue=(old,)
    )
    found = orders(HostPaths(hosts.build(host, tmp_path / "root")))
    assert set(found) == {"shop.example", "gone.example"}
    assert found["gone.example"].requested == NOW - timedelta(days=400)
    assert start <= found["shop.example"].requested <= NOW
    assert hosts.CANARY not in repr(found)
