"""AutoSSL's judgement of an installed certificate (facts 7.1 to 7.4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from tests.lab.issuers import SELF_SIGNED
from tests.lab.log_line import LineType
from tests.lab.providers import Provider
from tests.lab.website_model import KeyType
from tests.lab.websites import Installed, Website

ALMOST_EXPIRED = timedelta(days=3)
_VERIFY = "OPENSSL_VERIFY: The certificate chain failed OpenSSL’s verification"
_NO_SSL = "NO_SSL: No SSL certificate is installed."
_FILE = "/var/cpanel/ssl/apache_tls/{servername}/combined"
_FILE_DEFECTS = {
    "missing": f"MISSING_CERTIFICATE: The certificate does not exist at the expected filesystem path ({_FILE}).",
    "empty": f"EMPTY_CERTIFICATE: The certificate file ({_FILE}) is empty. This may indicate filesystem corruption.",
    "corrupt": f"INVALID_CERTIFICATE: The certificate file ({_FILE}) is corrupted.",
}


class State(Enum):
    """The status of a website's certificate, with the words and the kind of the log line."""

    DEFECTIVE = ("Defective", "error")
    KEY_MISMATCH = ("Default Key Type Mismatch", "out")
    RENEWAL = ("Ready for Renewal", "out")
    INCOMPLETE = ("Incomplete", "out")
    OK = ("OK", "success")

    def __init__(self, label: str, line_type: LineType) -> None:
        self.label = label
        self.line_type: LineType = line_type


@dataclass(frozen=True)
class TlsVerdict:
    """What AutoSSL thinks of a website's certificate, and the default key type that it compared with."""

    state: State
    defects: tuple[str, ...]
    default_key_type: KeyType


def judge(
    website: Website,
    installed: Installed | None,
    default_key_type: KeyType,
    provider: Provider,
    moment: datetime,
) -> TlsVerdict:
    """The state that hits first: defect, key type, renewal window, missing name, else OK."""
    defects = tuple(_defects(website, installed, moment))
    state = State.OK
    if installed is None or defects:
        state = State.DEFECTIVE
    elif installed.key_type != default_key_type:
        state = State.KEY_MISMATCH
    elif installed.not_after - moment < timedelta(days=provider.days_to_replace):
        state = State.RENEWAL
    elif not all(map(installed.secures, website.eligible)):
        state = State.INCOMPLETE
    return TlsVerdict(state, defects, default_key_type)


def _defects(website: Website, installed: Installed | None, moment: datetime) -> Sequence[str]:
    if installed is None:
        return [_NO_SSL]
    if installed.file != "whole":
        return [_FILE_DEFECTS[installed.file].format(servername=website.servername)]
    found = []
    if installed.not_after <= moment:
        found.append(f"{_VERIFY} (0:10:CERT_HAS_EXPIRED).")
    elif installed.not_after - moment < ALMOST_EXPIRED:
        found.append("ALMOST_EXPIRED: The certificate will expire very soon.")
    if installed.issuer == SELF_SIGNED:
        found.append(f"{_VERIFY} (0:18:DEPTH_ZERO_SELF_SIGNED_CERT).")
    return [*found, *installed.defects]


def is_external(installed: Installed | None) -> bool:
    """Whether somebody else's certificate is installed, which AutoSSL leaves alone (facts 7.4)."""
    if installed is None or installed.issuer == SELF_SIGNED:
        return False
    return not installed.issuer.made_by_autossl(installed.not_after - installed.not_before)


def expiry_type(installed: Installed, provider: Provider, moment: datetime) -> LineType:
    """The kind of the line about the certificate's end: it gets louder as the end comes nearer."""
    left = installed.not_after - moment
    if left < ALMOST_EXPIRED:
        return "error"
    return "warn" if left < timedelta(days=provider.days_to_replace) else "out"
