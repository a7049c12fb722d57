"""Keys and certificates: the merchant's, and those the platform signs with, which may be rotated.

Law: made when first used and kept in memory, since making an RSA key takes 50 ms. A name always has the same key within one
process; across processes only serial numbers and ids repeat.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from threading import Lock, Thread

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID

from sandbox.clock import real_now

YEARS = timedelta(days=5 * 365)
ISSUER = "Tenpay.com Root CA"


MADE: dict[str, RSAPrivateKey] = {}
MAKING = Lock()
"""Keys are made in threads, too, and a name has one."""


def rsa_key(name: str) -> RSAPrivateKey:
    """The RSA-2048 key of that name."""
    with MAKING:
        if name not in MADE:
            MADE[name] = rsa.generate_private_key(65537, 2048)
        return MADE[name]


def make_ahead(merchant: str) -> None:
    """Begin to make the keys that `Keys.files` needs for a merchant's: OpenSSL makes them while Python does something else."""
    names = (merchant, "root", "platform-1", "platform-public")
    Thread(target=lambda: [rsa_key(name) for name in names], daemon=True).start()


@cache
def public_key(name: str) -> RSAPublicKey:
    """The public half of it; making one anew takes longer than verifying with it does."""
    return rsa_key(name).public_key()


@cache
def serial_of(name: str) -> str:
    """The serial number of a name's certificate: 40 upper-case hex digits, the first of them from 1 to 7."""
    digest = hashlib.sha256(name.encode()).hexdigest()[:40].upper()
    return f"{int(digest[0], 16) % 7 + 1}{digest[1:]}"


@cache
def certificate(name: str, owner: str) -> x509.Certificate:
    """The X.509 certificate of a name's key. Valid in real time, because SDKs compare it with theirs."""
    begin = datetime.fromtimestamp(real_now() // 1000, UTC) - timedelta(days=365)
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, ISSUER)])
    subject = x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Tenpay.com"), x509.NameAttribute(NameOID.COMMON_NAME, owner)]
    )
    built = x509.CertificateBuilder(issuer, subject, rsa_key(name).public_key(), int(serial_of(name), 16))
    return built.not_valid_before(begin).not_valid_after(begin + YEARS).sign(rsa_key("root"), SHA256())


def pem_certificate(name: str, owner: str) -> str:
    """The certificate as PEM."""
    return certificate(name, owner).public_bytes(Encoding.PEM).decode()


def pem_private(name: str) -> str:
    """The private key as PKCS#8 PEM, as the merchant platform hands it out."""
    return rsa_key(name).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def pem_public(name: str) -> str:
    """The public key as PEM."""
    return public_key(name).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@dataclass(frozen=True, slots=True)
class Signer:
    """A key of the platform's, under the serial number or id that its signatures carry."""

    serial: str
    name: str

    @property
    def key(self) -> RSAPrivateKey:
        """The private key."""
        return rsa_key(self.name)


@dataclass(slots=True)
class Keys:
    """One merchant's keys, by name. `platform` holds (from when, name) of the certificates, oldest first."""

    merchant: str
    owner: str
    public_key_id: str
    platform: list[tuple[int, str]] = field(default_factory=lambda: [(0, "platform-1")])

    @property
    def serial(self) -> str:
        """The merchant certificate's serial number."""
        return serial_of(self.merchant)

    @property
    def public(self) -> RSAPublicKey:
        """The merchant's public key, which its requests are verified with."""
        return public_key(self.merchant)

    def current(self, now: int) -> Signer:
        """The platform certificate that signs at `now`."""
        name = next(name for since, name in reversed(self.platform) if since <= now)
        return Signer(serial_of(name), name)

    def signer(self, asked: str, now: int) -> Signer:
        """Who signs for somebody that sent `Wechatpay-Serial: asked`: the public key when it was named, else a certificate."""
        if asked and asked == self.public_key_id:
            return Signer(self.public_key_id, "platform-public")
        return self.current(now)

    def readers(self, asked: str) -> list[RSAPrivateKey]:
        """The private keys that may read what was encrypted under the serial number or id `asked`; without one, all of them."""
        named = [(self.public_key_id, "platform-public"), *((serial_of(name), name) for _, name in self.platform)]
        return [rsa_key(name) for serial, name in named if asked in ("", serial)]

    def rotate(self, since: int) -> str:
        """A new platform certificate, listed from now on, signing from `since` on; its serial number."""
        name = f"platform-{len(self.platform) + 1}"
        self.platform.append((since, name))
        return serial_of(name)

    def files(self) -> dict[str, str]:
        """The PEM files that a merchant holds, by the kind of each."""
        platform = self.platform[-1][1]
        return {
            "private_key": pem_private(self.merchant),
            "cert": pem_certificate(self.merchant, self.owner),
            "platform_cert": pem_certificate(platform, "Tenpay.com sign"),
            "public_key": pem_public("platform-public"),
        }
