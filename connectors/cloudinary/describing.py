"""What is said of a file in Cloudinary's fields: contextual and structured metadata, and tags."""

from __future__ import annotations

from collections.abc import Mapping

from connectors.cloudinary.resource import ASSET, CONTENT, MD5, SLOT, md5_of
from connectors.target.outgoing import Outgoing

LONGEST_VALUE, LONGEST_TAG = 1_000, 200
STRUCTURED = "metadata:"
"""The beginning of names of fields that fill structured metadata; what follows is the external id of the field."""


def tag_of(tenant: str) -> str:
    """Return the tag that all assets of a tenant have, by which they are listed."""
    return f"campaign-foundry-{tenant}"


def described(file: Outgoing, tenant: str) -> dict[str, str]:
    """Return the parameters of an upload that say what the file is.

    The Media Library shows `caption` as title and `alt` as description.
    """
    facts = file.metadata
    own = {SLOT: file.slot.id, ASSET: file.asset, CONTENT: file.content.sha256, MD5: md5_of(file.content)}
    context = {"caption": facts.title, "alt": facts.alt_text, "locale": facts.locale, "campaign": facts.campaign}
    named = {name: text for name, text in file.fields.items() if not name.startswith(STRUCTURED)}
    structured = {
        name.removeprefix(STRUCTURED): text for name, text in file.fields.items() if name.startswith(STRUCTURED)
    }
    tags = [tag_of(tenant), *(_tag(word) for word in facts.keywords)]
    return {
        "context": _pairs({**context, **named, **own}),
        "metadata": _pairs(structured),
        "tags": ",".join(dict.fromkeys(filter(None, tags))),
    }


def _pairs(fields: Mapping[str, str]) -> str:
    return "|".join(f"{_escaped(name)}={_escaped(_cut(text))}" for name, text in fields.items() if name and text)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"


def _escaped(text: str) -> str:
    """Return a text in which the marks between pairs mean themselves.

    The documentation says nothing of the mark that escapes them, so a slash stands in its place.
    """
    return text.replace("\\", "/").replace("=", "\\=").replace("|", "\\|")


def _tag(word: str) -> str:
    return " ".join(word.replace(",", " ").split())[:LONGEST_TAG]
