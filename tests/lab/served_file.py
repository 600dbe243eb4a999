"""What the doctor remembers of its looks from outside: a file of its own, written here by the contract alone."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from tests.lab.account_files import Accounts
from tests.lab.certificates import certificate_pem
from tests.lab.host_model import Host
from tests.lab.tree import Tree
from tests.lab.website_model import Look
from tests.lab.websites import Website
from tests.lab.world import World

SERVED = "var/lib/autossl-doctor/served.json"


def write_served(tree: Tree, host: Host, accounts: Accounts, world: World) -> None:
    """The file of looks; without any look there is none."""
    websites = [website for ours in accounts.values() for website in ours]
    records = [record for website in websites for record in _records(host, website, world)]
    if records:
        tree.directory("var/lib/autossl-doctor", 0o711)
        tree.file(SERVED, json.dumps({"schema": 1, "served": records}), 0o600)


def _records(host: Host, website: Website, world: World) -> Iterator[dict[str, str]]:
    for look in website.site.looks:
        record = {
            "site": website.servername,
            "address": look.address or host.address,
            "at": _moment(host.now - look.ago),
            "outcome": look.outcome,
        }
        shown = _shown(host, look, website, world) if look.outcome == "served" else {}
        yield {**record, "fingerprint": "", "validity": "", "not_after": "", "issuer": ""} | shown


def _shown(host: Host, look: Look, website: Website, world: World) -> dict[str, str]:
    fingerprint = sha256(f"another certificate of {website.servername}".encode()).hexdigest()
    installed = world.installed(website)
    if look.same and installed is not None:
        leaf = x509.load_pem_x509_certificate(certificate_pem(website.servername, installed).encode())
        fingerprint = leaf.fingerprint(SHA256()).hex()
    if look.shown == "unreadable":
        return {"fingerprint": fingerprint, "validity": look.shown}
    not_after = _moment(host.now + timedelta(days=look.days_left))
    return {"fingerprint": fingerprint, "validity": look.shown, "not_after": not_after, "issuer": look.issuer}


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
