"""One entry of UAPI `SSL::installed_hosts`, with the fields that are documented (facts 9.2)."""

from tests.lab.host_model import Host
from tests.lab.issuers import SELF_SIGNED
from tests.lab.providers import provider_named
from tests.lab.run_setting import document_root
from tests.lab.websites import Installed, Website


def described(host: Host, website: Website, installed: Installed) -> dict[str, object]:
    """A website and the certificate that stands on it."""
    names = list(website.names)
    return {
        "servername": website.servername,
        "fqdns": names,
        "domains": names,
        "docroot": document_root(website),
        "ip": host.address,
        "is_primary_on_ip": 0,
        "needs_sni": 1,
        "mail_sni_status": 1,
        "certificate": _certificate(host, website, installed),
    }


def _certificate(host: Host, website: Website, installed: Installed) -> dict[str, object]:
    own = installed.issuer == SELF_SIGNED
    automatic = not own and installed.issuer.made_by_autossl(installed.not_after - installed.not_before)
    provider = provider_named(host.provider) if host.provider is not None and automatic else None
    elliptic = installed.key_type.startswith("ecdsa-")
    return {
        "id": f"{website.servername.replace('.', '_')}_{int(installed.not_after.timestamp())}",
        "domains": list(installed.covers),
        "not_before": int(installed.not_before.timestamp()),
        "not_after": int(installed.not_after.timestamp()),
        "is_self_signed": int(own),
        "is_autossl": int(automatic),
        "auto_ssl_provider": provider.module if provider else None,
        "auto_ssl_provider_display_name": provider.display_name if provider else None,
        "issuer.commonName": installed.issuer.common_name,
        "issuer.organizationName": installed.issuer.organization,
        "subject.commonName": website.servername,
        "key_algorithm": "id-ecPublicKey" if elliptic else "rsaEncryption",
        "modulus_length": None if elliptic else int(installed.key_type.partition("-")[2]),
        "ecdsa_curve_name": installed.key_type.partition("-")[2] if elliptic else None,
        "signature_algorithm": "sha256WithRSAEncryption",
        "validation_type": "dv",
    }
