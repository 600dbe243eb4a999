"""The keys of the lab's certificates: always the same, worth nothing, and not stored anywhere.

Libraries make RSA keys from true chance only, but equal hosts need equal certificates. So each prime is a
published hash plus the small distance to the next prime, found once and written down here.
"""

from functools import cache
from hashlib import shake_256

from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tests.lab.website_model import KeyType

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

EXPONENT = 65_537
_DISTANCES = {
    ("leaf", 2048): (114, 396),
    ("leaf", 4096): (1512, 1394),
    ("intermediate", 2048): (70, 74),
    ("root", 2048): (98, 110),
}


@cache
def rsa_key(purpose: str, bits: int) -> rsa.RSAPrivateKey:
    """The lab's RSA key for a purpose: `leaf`, `intermediate` or `root`."""
    p, q = rsa_primes(purpose, bits)
    d = pow(EXPONENT, -1, (p - 1) * (q - 1))
    public = rsa.RSAPublicNumbers(EXPONENT, p * q)
    numbers = rsa.RSAPrivateNumbers(
        p, q, d, rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q), public
    )
    # Checking the primes takes longer than all the rest; a test does it.
    return numbers.private_key(unsafe_skip_rsa_key_validation=True)


def rsa_primes(purpose: str, bits: int) -> tuple[int, int]:
    """The two primes of a key."""
    distances = _DISTANCES[purpose, bits]
    return _prime(purpose, bits, "p", distances[0]), _prime(purpose, bits, "q", distances[1])


def _prime(purpose: str, bits: int, which: str, distance: int) -> int:
    label = f"autossl-doctor lab {purpose} rsa-{bits} {which}"
    start = int.from_bytes(shake_256(label.encode()).digest(bits // 16))
    # The two highest bits make the product exactly as long as wanted.
    return (start | 1 | 3 << (bits // 2 - 2)) + distance


@cache
def leaf_key(key_type: KeyType) -> PrivateKey:
    """The key of every website with that key type."""
    if key_type == "rsa-4096":
        return rsa_key("leaf", 4096)
    if key_type == "rsa-2048":
        return rsa_key("leaf", 2048)
    curve = ec.SECP256R1() if key_type == "ecdsa-prime256v1" else ec.SECP384R1()
    secret = int.from_bytes(shake_256(f"autossl-doctor lab leaf {key_type}".encode()).digest(31))
    return ec.derive_private_key(secret, curve)
