"""The files of the panel itself: version, schedule, settings, provider (facts 5 and 6)."""

import json
import os

from tests.lab.host_model import Host
from tests.lab.schedule import cron_text
from tests.lab.tree import Tree

CRON = "etc/cron.d/cpanel_autossl"
_TERMS = "https://letsencrypt.org/documents/LE-SA-v1.7-June-04-2026.pdf"


def write_panel_files(tree: Tree, host: Host) -> None:
    """Everything that does not depend on accounts."""
    tree.link("etc/localtime", f"/usr/share/zoneinfo/{host.zone}")
    _write_schedule(tree, host)
    tree.file("usr/local/cpanel/version", f"{host.version}\n")
    if host.provider is not None and host.provider_installed:
        module = f"usr/local/cpanel/Cpanel/SSL/Auto/Provider/{host.provider}.pm"
        tree.file(module, f"package Cpanel::SSL::Auto::Provider::{host.provider};\n1;\n")
    tree.file("var/cpanel/autossl.json", json.dumps(_settings(host)), 0o600)
    tree.file(
        "var/cpanel/cpanel.config",
        f"server_locale={host.server_locale}\nssl_default_key_type={host.server_key_type}\n",
    )
    tree.file("var/cpanel/server_locale", host.server_locale)
    tree.directory("var/cpanel/features")
    for name, features in host.feature_lists.items():
        tree.file(f"var/cpanel/features/{name}", "".join(f"{key}={on:d}\n" for key, on in features.items()))
    if host.nat is not None:
        tree.file("var/cpanel/cpnat", f"{host.nat.local} {host.nat.public}\n")


def _write_schedule(tree: Tree, host: Host) -> None:
    tree.directory("etc/cron.d")
    cron = cron_text(host)
    if cron is not None:
        tree.file(CRON, cron, host.cron_mode)
        if host.cron_owner is not None and os.geteuid() == 0:
            os.chown(tree.root / CRON, host.cron_owner, 0)
    tree.directory("usr/local/cpanel/bin")
    if host.autossl_check_mode is not None:
        tree.file("usr/local/cpanel/bin/autossl_check", "#!/bin/sh\n", host.autossl_check_mode)


def _settings(host: Host) -> dict[str, object]:
    """What autossl.json holds; terms are accepted for the provider that asks for it."""
    properties = {host.provider: {"terms_of_service_accepted": _TERMS}} if host.provider == "LetsEncrypt" else {}
    return {
        "_schema_version": 1,
        "provider": host.provider,
        "provider_properties": properties,
        "metadata": {"clobber_externally_signed": int(host.clobber_external), **host.metadata},
    }
