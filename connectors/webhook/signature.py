"""Signatures of events, by which a receiver knows who sent them, unchanged and just now.

Source: Standard Webhooks 1.0, https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac

PREFIX = "whsec_"
LEAST_BYTES, MOST_BYTES = 24, 64


class NoWebhookSecret(Exception):
    """A value that is no secret of a webhook; the text says what is wrong, without the value."""


def key_of(secret: str) -> bytes:
    """Return the key in a secret: `whsec_` and 24 to 64 bytes in base64; NoWebhookSecret for anything else."""
    if not secret.startswith(PREFIX):
        raise NoWebhookSecret(f"does not begin with {PREFIX}")
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise NoWebhookSecret(f"is no base64 after {PREFIX}") from None
    if not LEAST_BYTES <= len(key) <= MOST_BYTES:
        raise NoWebhookSecret(f"holds {len(key)} bytes; the limits are {LEAST_BYTES} and {MOST_BYTES}")
    return key


def signed_headers(event_id: str, timestamp: int, body: bytes, key: bytes) -> dict[str, str]:
    """Return the headers of an event. timestamp: of this try, in seconds since 1970."""
    content = f"{event_id}.{timestamp}.".encode() + body
    signature = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode("ascii")
    return {"webhook-id": event_id, "webhook-timestamp": str(timestamp), "webhook-signature": f"v1,{signature}"}
