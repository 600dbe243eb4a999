"""The pending queue of the provider `cPanel` (facts 3)."""

from tests.lab.certificates import CANARY
from tests.lab.host_model import Host, QueueRow
from tests.lab.log_line import iso
from tests.lab.problems import Row, write_database
from tests.lab.queue_poller import last_poll
from tests.lab.tree import Tree
from tests.lab.world import World

DATABASE = "var/cpanel/autossl_queue_cpanel.sqlite"
_SCHEMA = """
CREATE TABLE requests(
    domain_set_name text PRIMARY KEY NOT NULL, username text NOT NULL, csr text NOT NULL, key text NOT NULL,
    order_item_id text NOT NULL, request_time text NOT NULL, last_poll_time text,
    dcv_methods text NOT NULL DEFAULT '', domain_set_type text NOT NULL DEFAULT '', domains text);
CREATE INDEX requests_username ON requests(username);
CREATE TABLE metadata(key text PRIMARY KEY, value text);
INSERT INTO metadata VALUES ('schema_version', '3');
"""
_INSERT = """
INSERT INTO requests(domain_set_name, username, csr, key, order_item_id, request_time, last_poll_time,
    dcv_methods, domain_set_type, domains) VALUES (?, ?, ?, ?, ?, ?, ?, 'http', 'web_vhost', ?)
"""


def write_queue(tree: Tree, host: Host, world: World) -> None:
    """Write the orders that still wait; a server that never had the provider `cPanel` has no such file."""
    rows = [*host.queue, *_waiting(host, world)]
    if rows or host.provider == "cPanel":
        write_database(tree, DATABASE, _SCHEMA, {_INSERT: [_row(row) for row in rows]})


def _waiting(host: Host, world: World) -> list[QueueRow]:
    return [
        QueueRow(
            domain_set_name=name,
            username=pending.website.account.name,
            order_item_id=pending.order_item_id,
            request_time=pending.ordered_at,
            last_poll_time=last_poll(pending.ordered_at, host.now),
            domains=pending.names,
        )
        for name, pending in world.queue.items()
    ]


def _row(row: QueueRow) -> Row:
    """Signing request and key are placeholders: nobody may read them, and a test looks for the canary."""
    request = "-----BEGIN CERTIFICATE REQUEST-----\nplaceholder\n-----END CERTIFICATE REQUEST-----\n"
    times = iso(row.request_time), iso(row.last_poll_time)
    return (
        row.domain_set_name,
        row.username,
        request,
        CANARY,
        row.order_item_id,
        *times,
        ",".join(row.domains),
    )
