"""The files about each website: its userdata, its excluded names and its certificate (facts 5 and 8)."""

import json
from datetime import timedelta

from tests.lab.account_files import Accounts
from tests.lab.certificates import certificate_pem, combined_pem
from tests.lab.host_model import Host
from tests.lab.run_setting import document_root
from tests.lab.tree import Tree
from tests.lab.website_model import full_name
from tests.lab.websites import Installed, Website
from tests.lab.world import World

TLS = "var/cpanel/ssl/apache_tls"
EXCLUDES = "var/cpanel/ssl/autossl/excludes"


def write_website_files(tree: Tree, host: Host, accounts: Accounts, world: World) -> None:
    """Everything that stands on the disk for the websites, after the last run."""
    tree.directory(TLS, 0o711)
    tree.directory(EXCLUDES, 0o711)
    for account, websites in accounts.items():
        folder = f"var/cpanel/userdata/{account.name}"
        tree.file(f"{folder}/main", _main_userdata(websites), 0o640)
        excluded: list[str] = []
        for website in websites:
            installed = world.installed(website)
            tree.file(f"{folder}/{website.servername}", userdata(host, website, 80), 0o640)
            if installed is not None:
                tree.file(f"{folder}/{website.servername}_SSL", userdata(host, website, 443), 0o640)
                _write_certificate(tree, host, website, installed)
            excluded += website.excluded
        if excluded:
            text = json.dumps({"excluded_domains": excluded})
            tree.file(f"{EXCLUDES}/{account.name}.json", text, 0o640)


def write_own_userdata(tree: Tree, host: Host, websites: list[Website]) -> None:
    """The userdata of an account whose websites have no certificates yet."""
    folder = f"var/cpanel/userdata/{websites[0].account.name}"
    tree.file(f"{folder}/main", _main_userdata(websites), 0o640)
    for website in websites:
        tree.file(f"{folder}/{website.servername}", userdata(host, website, 80), 0o640)


def _write_certificate(tree: Tree, host: Host, website: Website, installed: Installed) -> None:
    # CAs date a certificate back by an hour, so it was installed an hour after its beginning.
    folder = f"{TLS}/{website.servername}"
    moment = min(installed.not_before + timedelta(hours=1), host.now)
    tree.directory(folder)
    if installed.file == "missing":
        return
    certificates, combined = "", ""
    if installed.file == "corrupt":
        certificates = combined = "-----BEGIN CERTIFICATE-----\nthis is no certificate\n"
    elif installed.file == "whole":
        certificates = certificate_pem(website.servername, installed)
        combined = combined_pem(installed.key_type, certificates)
    tree.file(f"{folder}/certificates", certificates, 0o644, moment)
    tree.file(f"{folder}/combined", combined, 0o640, moment)


def _main_userdata(websites: list[Website]) -> str:
    main, *others = websites
    addons = {other.site.domain: other.servername for other in others if other.site.kind == "addon"}
    subs = [other.servername for other in others]
    parked = [domain for website in websites for domain in website.site.parked]
    lines = ["---", f"main_domain: {main.main_domain}"]
    lines += (
        ["addon_domains:", *(f"  {domain}: {name}" for domain, name in addons.items())]
        if addons
        else ["addon_domains: {}"]
    )
    lines += _yaml_list("parked_domains", parked) + _yaml_list("sub_domains", subs)
    return "\n".join(lines) + "\n"


def _yaml_list(key: str, items: list[str]) -> list[str]:
    return [f"{key}:", *(f"  - {item}" for item in items)] if items else [f"{key}: []"]


def userdata(host: Host, website: Website, port: int) -> str:
    """A virtual host; its serveralias holds the owner's names, service names are served unlisted."""
    user, domain = website.account.name, website.site.domain
    services = {full_name(domain, name) for name in website.site.service_names}
    aliases = [name for name in website.names if name != website.servername and name not in services]
    return (
        "---\n"
        f"servername: '{website.servername}'\n"
        f"serveralias: '{' '.join(aliases)}'\n"
        f"documentroot: {document_root(website)}\n"
        f"user: {user}\n"
        f"group: {user}\n"
        f"homedir: /home/{user}\n"
        f"ip: {host.address}\n"
        f"port: {port}\n"
    )
