"""The files about accounts and their domains (facts 8)."""

import json
from collections.abc import Iterator

from tests.lab.host_model import Host
from tests.lab.run_setting import document_root
from tests.lab.tree import Tree
from tests.lab.website_model import Account
from tests.lab.websites import Website

Accounts = dict[Account, list[Website]]
DomainRow = tuple[str, list[str]]


def write_account_files(tree: Tree, host: Host, accounts: Accounts) -> None:
    """The lists of all domains below etc/, and each account's users file and cache."""
    for account, websites in accounts.items():
        write_account(tree, host, account, websites)
    write_domain_lists(tree, host, accounts)


def write_account(tree: Tree, host: Host, account: Account, websites: list[Website]) -> None:
    """One account's users file and cache."""
    own = dict(domain_rows(host, websites))
    tree.file(f"var/cpanel/users/{account.name}", _users_file(host, account, own), 0o640)
    tree.directory(f"var/cpanel/userdata/{account.name}", 0o750)
    tree.file(f"var/cpanel/userdata/{account.name}/cache.json", json.dumps(own), 0o640)
    if account.suspended:
        tree.file(f"var/cpanel/suspended/{account.name}", "", 0o644)


def write_domain_lists(tree: Tree, host: Host, accounts: Accounts) -> None:
    """The lists of all domains."""
    rows: dict[str, list[str]] = {}
    owners, mains = [], []
    for account, websites in accounts.items():
        rows |= dict(domain_rows(host, websites))
        owners.append(f"{account.name}: {account.owner}\n")
        mains.append((websites[0].main_domain, account.name))
    ordered = sorted(rows.items())
    tree.file("etc/userdatadomains", "".join(f"{name}: {'=='.join(row)}\n" for name, row in ordered), 0o640)
    tree.file("etc/userdatadomains.json", json.dumps(dict(ordered)), 0o640)
    users = "".join(f"{name}: {row[0]}\n" for name, row in ordered)
    tree.file("etc/userdomains", f"*: nobody\n{users}", 0o640)
    mains.sort()
    tree.file("etc/trueuserdomains", "".join(f"{domain}: {user}\n" for domain, user in mains), 0o640)
    tree.file("etc/trueuserowners", "".join(owners))
    addresses = "".join(f"{host.address}: {domain}\n" for domain, _ in mains)
    tree.file("etc/domainips", f"#domainips v1\n{addresses}")


def domain_rows(host: Host, websites: list[Website]) -> Iterator[DomainRow]:
    """Each domain of an account with its ten fields; an addon domain's parent is the ServerName behind it."""
    for website in websites:
        domain, servername, main = website.site.domain, website.servername, website.main_domain
        kind = website.site.kind
        yield domain, _row(host, website, kind, servername if kind == "addon" else main)
        if kind == "addon":
            yield servername, _row(host, website, "sub", main)
        for parked in website.site.parked:
            yield parked, _row(host, website, "parked", servername)


def _row(host: Host, website: Website, kind: str, parent: str) -> list[str]:
    account, ip = website.account, host.address
    root = document_root(website)
    return [account.name, account.owner, kind, parent, root, f"{ip}:80", f"{ip}:443", "", "1", "ea-php83"]


def _users_file(host: Host, account: Account, rows: dict[str, list[str]]) -> str:
    """The account's settings; the main domain is `DNS`, the others are numbered."""
    main, *others = rows
    lines = [
        "# cPanel -- If you edit this file, run /scripts/updateuserdomains afterwards.",
        f"USER={account.name}",
        f"DNS={main}",
        *(f"DNS{number}={domain}" for number, domain in enumerate(others, start=1)),
        f"IP={host.address}",
        f"OWNER={account.owner}",
        f"FEATURELIST={account.feature_list}",
        f"LOCALE={account.locale}",
        f"STARTDATE={account.start_date}",
        "PLAN=std",
    ]
    if account.key_type is not None:
        lines.append(f"SSL_DEFAULT_KEY_TYPE={account.key_type}")
    if account.feature_override is not None:
        lines.append(f"FEATURE-AUTOSSL={account.feature_override:d}")
    if account.suspended:
        lines.append("SUSPENDED=1")
        if account.suspended_ago is not None:
            lines.append(f"SUSPENDTIME={int((host.now - account.suspended_ago).timestamp())}")
    if account.demo:
        lines.append("DEMO=1")
    if account.uid is not None:
        lines.append(f"UID={account.uid}")
    return "\n".join(lines) + "\n"
