"""The pending queue of the Sectigo provider: certificates that were ordered and have not arrived (facts, section 3).

The `key` column holds private keys and is never read.
"""

from __future__ import annotations

from collections.abc import Mapping

from autossl_doctor.host.databases import Row, query
from autossl_doctor.host.files import HostPaths
from autossl_doctor.model.fact import Fact, Known, Unknown
from autossl_doctor.model.host import Order
from autossl_doctor.model.moment import parse_moment

DATABASE = "/var/cpanel/autossl_queue_cpanel.sqlite"


def read_queue(host: HostPaths) -> Fact[Mapping[str, Order]]:
    """Give the pending orders by website. No file means no queue: Let's Encrypt has none."""
    rows = _rows(host, "domain_set_name")
    if isinstance(rows, Unknown) and "no such column" in rows.detail:
        rows = _rows(host, "vhost_name")  # the early name of the column
    if isinstance(rows, Unknown):
        return Known({}, DATABASE) if rows.why == "missing" else rows
    orders = {}
    for name, username, requested, number in rows.value:
        moment = parse_moment(str(requested))
        if moment is not None:
            website = str(name).lower()
            orders[website] = Order(website, str(username), moment, str(number or ""))
    return Known(orders, DATABASE)


def _rows(host: HostPaths, column: str) -> Fact[list[Row]]:
    return query(host, DATABASE, f"SELECT {column}, username, request_time, order_item_id FROM requests")  # noqa: S608
