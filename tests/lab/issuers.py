"""The certificate authorities whose certificates stand on a lab host."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Issuer:
    """The name that signs a certificate; all that AutoSSL judges an issuer by (facts 7.4)."""

    organization: str
    common_name: str
    country: str = "US"

    @property
    def text(self) -> str:
        """The name as AutoSSL's log and the certificate index write it."""
        return f"C={self.country}, O={self.organization}, CN={self.common_name}"

    def made_by_autossl(self, lifetime: timedelta) -> bool:
        """Whether AutoSSL takes such a certificate for its own work and may replace it (facts 7.4)."""
        if "Let's Encrypt" in self.text:
            return True
        return self.common_name == CPANEL.common_name and lifetime <= timedelta(days=100)


LETS_ENCRYPT = Issuer("Let's Encrypt", "R11")
CPANEL = Issuer("cPanel, Inc.", "cPanel, Inc. Certification Authority")
COMMERCIAL = Issuer("GlobalSign nv-sa", "GlobalSign GCC R3 DV TLS CA 2020", "BE")
SELF_SIGNED = Issuer("Unknown", "self-signed")
"""A marker: the certificate names its own website as its issuer and is signed with its own key."""
