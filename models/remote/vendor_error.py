"""Vendors' error objects: code and message, and whether they come from a content policy or an empty account."""

from __future__ import annotations

from foundry.documents import load_json
from foundry.errors import FoundryError

NO_MONEY = ("insufficient_quota", "billing_hard_limit", "insufficient_credits", "quota_exceeded")
POLICY = ("content_policy", "moderation", "content_filter", "safety", "unsafe", "nsfw", "policy_violation")


def error_in_body(body: bytes) -> tuple[str, str]:
    """Return code and message of an answer's body; empty texts for a body that is no JSON."""
    try:
        return error_in(load_json(body, "answer"))
    except FoundryError:
        return "", ""


def error_in(content: object) -> tuple[str, str]:
    """Return code and message of a JSON value.

    It knows OpenAI's `error: {code, type, message}`, and Adobe's `error_code` and `message`.
    """
    if not isinstance(content, dict):
        return "", ""
    inner = next((content[name] for name in ("error", "errors") if content.get(name)), content)
    if isinstance(inner, list):
        inner = inner[0]
    if not isinstance(inner, dict):
        return str(inner), str(content.get("message", ""))
    code = next((str(inner[name]) for name in ("code", "error_code", "type") if inner.get(name)), "")
    return code, str(inner.get("message", ""))


def is_policy(code: str) -> bool:
    """Return whether the code is one of the vendor's content policy."""
    return any(word in code.lower() for word in POLICY)


def is_no_money(code: str) -> bool:
    """Return whether the code says that the account has no money or quota left."""
    return any(word in code.lower() for word in NO_MONEY)
