"""Signatures of uploads.

Source: https://cloudinary.com/documentation/authentication_signatures, version 2: a `&` within a parameter is written
as `%26`, so that no value can smuggle a further parameter into what is signed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping


def signed(parameters: Mapping[str, str], api_key: str, secret: str) -> tuple[tuple[str, str], ...]:
    """Return parameters with key and signature. Empty ones are left out, as they are not signed."""
    sent = {name: text for name, text in parameters.items() if text}
    told = "&".join(sorted(f"{name}={text}".replace("&", "%26") for name, text in sent.items()))
    signature = hashlib.sha256(f"{told}{secret}".encode()).hexdigest()
    return (*sorted(sent.items()), ("api_key", api_key), ("signature", signature))
