"""Names as hashes of canonical inputs: the same input has the same name, a changed input another one.

Canonical JSON follows RFC 8785 in spirit: keys sorted, no white space, UTF-8, text in Unicode normal form C. Floats are
refused, because writers print them differently: use integers, or decimals as strings.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated

from pydantic import StringConstraints

SLUG = r"^[a-z0-9][a-z0-9._-]{0,62}$"
Slug = Annotated[str, StringConstraints(pattern=SLUG)]
"""An id in object names: lower-case letters and digits, then also dots, underscores and hyphens; at most 63."""
CardName = Annotated[
    str, StringConstraints(max_length=140, pattern=r"^[a-z0-9][a-z0-9._-]{0,62}(@[A-Za-z0-9][A-Za-z0-9._+-]{0,62})?$")
]
"""The name of a model card as people write it: `id`, or `id@version`."""
_SLUG = re.compile(SLUG.removeprefix("^").removesuffix("$"))


def is_slug(value: object) -> bool:
    """Return whether a value is text that a field of the type Slug takes."""
    return isinstance(value, str) and bool(_SLUG.fullmatch(value))


def variable_prefix(kind: str, tenant: str) -> str:
    """Return the beginning of the names of environment variables that hold a tenant's own secrets of one kind."""
    return f"{kind}_{re.sub('[^A-Z0-9]+', '_', tenant.upper())}__"


def canonical(value: object) -> object:
    """Return `value` with texts in NFC and maps with sorted keys; TypeError for a value without canonical text."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, Mapping):
        return {str(key): canonical(value[key]) for key in sorted(value, key=str)}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [canonical(item) for item in value]
    raise TypeError(f"a name is made of text, whole numbers, booleans, null, lists and maps; got {value!r}")


def canonical_json(value: object) -> str:
    """Return the canonical JSON text of `value`."""
    return json.dumps(canonical(value), ensure_ascii=False, separators=(",", ":"))


def sorted_json(value: object) -> str:
    """Return free metadata as JSON with sorted keys. Unlike the inputs of names it may hold floats and dates."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)


def campaign_folder(campaign: str) -> str:
    """Return the folder, within a tenant's store, of a campaign's manifest, events and report."""
    return f"campaigns/{campaign}"


def campaign_source(tenant: str, campaign: str) -> str:
    """Return the source of a campaign's events (the `source` attribute of CloudEvents 1.0).

    Without a campaign, it is that of a tenant, of whose brief no more is known.
    """
    return f"/tenants/{tenant}/campaigns/{campaign}" if campaign else f"/tenants/{tenant}"


def digest(kind: str, **inputs: object) -> str:
    """Return 32 lower-case hex digits (128 bits of SHA-256) of `kind` and its inputs."""
    text = canonical_json({"kind": kind, **inputs})
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def digest_of_many(kind: str, many: str, items: Iterable[object], **inputs: object) -> str:
    """Return the `digest` of inputs of which one, called `many`, is a list so long that it is never held as text."""
    whole = {"kind": kind, **inputs}
    before = {key: value for key, value in whole.items() if key < many}
    after = {key: value for key, value in whole.items() if key > many}
    opened, closed = canonical_json(before)[:-1], canonical_json(after)[1:]
    hashed = hashlib.sha256(f"{opened}{',' if before else ''}{json.dumps(many)}:[".encode())
    for at, item in enumerate(items):
        hashed.update(f"{',' if at else ''}{canonical_json(item)}".encode())
    hashed.update(f"]{',' if after else ''}{closed}".encode())
    return hashed.hexdigest()[:32]


def sha256_file(path: Path) -> str:
    """Return the SHA-256 of a file, as 64 hex digits. The file is read in blocks."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def seed_of(name: str, attempt: int = 0) -> int:
    """Return the 31-bit seed that belongs to `name`; each redraw attempt has its own."""
    return int.from_bytes(hashlib.sha256(f"{name}/{attempt}".encode()).digest()[:4], "big") >> 1
