"""A certificate authority for tests, and a certificate that it signed for a server on 127.0.0.1."""

from __future__ import annotations

from pathlib import Path

import trustme
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key


def write_certificates(folder: Path) -> None:
    """Write ca.pem and broker.pem (key, certificate, authority; readable by this user alone), unless they are there.

    Kafka reads a key in PEM only in PKCS 8.
    """
    if (folder / "broker.pem").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    server = authority.issue_cert("127.0.0.1", "localhost")
    key = load_pem_private_key(server.private_key_pem.bytes(), None)
    chain = b"".join(part.bytes() for part in (*server.cert_chain_pems, authority.cert_pem))
    (folder / "broker.pem").touch(mode=0o600)
    (folder / "broker.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + chain)
