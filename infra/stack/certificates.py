"""A certificate authority of this stack's own, and a certificate for its broker on 127.0.0.1; for tests only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any


def write_certificates(folder: Path) -> None:
    """Write ca.pem, and broker.pem (key, certificate, authority) readable by this user alone; once."""
    if (folder / "broker.pem").exists():
        return
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    folder.mkdir(parents=True, exist_ok=True)
    authority_key, authority = _signed("campaign-foundry local stack", None)
    key, certificate = _signed("127.0.0.1", (authority_key, authority))
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    chain = certificate.public_bytes(Encoding.PEM) + authority.public_bytes(Encoding.PEM)
    (folder / "ca.pem").write_bytes(authority.public_bytes(Encoding.PEM))
    (folder / "broker.pem").touch(mode=0o600)
    (folder / "broker.pem").write_bytes(secret + chain)


def _signed(name: str, issuer: tuple[Any, Any] | None) -> tuple[Any, Any]:
    """A key and its certificate for 30 days, by an authority or, without one, by itself as an authority."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer[1].subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
    )
    if issuer:
        names = [x509.IPAddress(ip_address("127.0.0.1")), x509.DNSName("localhost")]
        built = built.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return key, built.sign(issuer[0] if issuer else key, hashes.SHA256())
