"""Server-wide choices: provider, default key type, version of the panel (facts, section 5)."""

from __future__ import annotations

import re

import msgspec

from autossl_doctor.host.files import HostPaths
from autossl_doctor.model.fact import Fact, Known, Unknown
from autossl_doctor.model.host import Settings

AUTOSSL = "/var/cpanel/autossl.json"
CONFIG = "/var/cpanel/cpanel.config"
VERSION = "/usr/local/cpanel/version"
SHIPPED = "/usr/local/cpanel/Cpanel/SSL/Auto/Provider"
CUSTOM = "/var/cpanel/perl/Cpanel/SSL/Auto/Provider"
_MODULE = re.compile(r"\w{1,64}", re.ASCII)
DEFAULT_KEY_TYPE = "rsa-2048"


def read_settings(host: HostPaths) -> Settings:
    """Read what the server's administrator chose."""
    version = host.read_text(VERSION, 200)
    provider = _provider(host)
    return Settings(
        provider=provider,
        key_type=_key_type(host),
        version=Known(version.value.strip(), VERSION) if isinstance(version, Known) else version,
        module=_module(host, provider.value) if isinstance(provider, Known) else Unknown("not_given"),
    )


def _provider(host: HostPaths) -> Fact[str]:
    """Give the provider's module name; "" where AutoSSL is switched off. Without the file the defaults hold."""
    content = host.read_bytes(AUTOSSL)
    if isinstance(content, Unknown):
        return content
    try:
        settings = msgspec.json.decode(content.value)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        return Unknown("damaged", AUTOSSL, str(error)[:200])
    if not isinstance(settings, dict):
        return Unknown("damaged", AUTOSSL)
    provider = settings.get("provider")
    if provider is not None and not isinstance(provider, str):
        return Unknown("damaged", AUTOSSL, "the provider is no text")
    return Known(provider or "", AUTOSSL)


def _module(host: HostPaths, provider: str) -> Fact[bool]:
    """Tell whether a provider's module is in one of the two places; unknown where the place of the panel's own is."""
    if _MODULE.fullmatch(provider) is None:
        return Unknown("not_given")
    shipped = host.list_directory(SHIPPED)
    if isinstance(shipped, Unknown):
        return shipped
    file = f"{provider}.pm"
    return Known(file in shipped.value or host.exists(f"{CUSTOM}/{file}"), f"{SHIPPED}/{file}")


def _key_type(host: HostPaths) -> Fact[str]:
    content = host.read_text(CONFIG)
    if isinstance(content, Unknown):
        return content
    return Known(read_pairs(content.value).get("ssl_default_key_type") or DEFAULT_KEY_TYPE, CONFIG)


def read_pairs(text: str) -> dict[str, str]:
    """Read `key=value` lines; comments and anything else are passed over."""
    pairs = {}
    for line in text.split("\n"):
        key, sign, value = line.partition("=")
        if sign and not key.startswith("#"):
            pairs[key.strip()] = value.strip()
    return pairs


def is_switched_on(host: HostPaths, path: str, feature: str) -> Fact[bool | None]:
    """Tell what a feature list says about a feature; Known(None) where the list does not name it."""
    content = host.read_text(path)
    if isinstance(content, Unknown):
        return content
    value = read_pairs(content.value).get(feature)
    return Known(None if value is None else value != "0", path)
