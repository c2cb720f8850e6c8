"""A service account's key that is good for nothing but signing in tests."""

from __future__ import annotations

import json
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat


def key_file(folder: Path) -> Path:
    """A fresh key in Google's JSON form."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    path = folder / "key.json"
    told = {"type": "service_account", "project_id": "tests", "private_key_id": "1", "private_key": text,
            "client_email": "tests@tests.iam.gserviceaccount.com", "client_id": "1",
            "token_uri": "http://127.0.0.1:9/token"}  # fmt: skip
    path.write_text(json.dumps(told))
    return path
