"""Certificates that no system trusts."""

from __future__ import annotations

from pathlib import Path

import trustme


def certificate(name: str, folder: Path) -> Path:
    """Write the key, the certificate and the authority of a host of this name as one PEM file; return its path."""
    authority, path = trustme.CA(), folder / f"{name}.pem"
    authority.issue_cert(name).private_key_and_cert_chain_pem.write_to_path(str(path))
    authority.cert_pem.write_to_path(str(path), append=True)
    return path
