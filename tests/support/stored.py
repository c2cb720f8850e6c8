"""All that a store holds, for comparing one with another."""

from __future__ import annotations

import hashlib
import io
import json
import re
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from foundry.store.object_store import LocalStore, ObjectStore

MEASURED = ("spent", "rates", "made_for")
"""Keys of records and figures that no two runs need have in common: measurements, and which campaign came first."""
CONTENT = re.compile(r"(?<=/\d{5})-[0-9a-f]{16}(?=\.(?:parquet|jsonl)$)|(?<=/shots)-[0-9a-f]{16}(?=\.jsonl$)")
"""The part of the names of a manifest's shards that is the hash of their content."""


def contents(store: ObjectStore) -> dict[str, bytes]:
    """Object name → content, but for what was measured: the JSON and the tables that hold it are compared without it.

    Other files stand as their size and hash, so that a test that fails can be read.
    """
    return {CONTENT.sub("", name): without_spent(name, store.get(name)) for name in store.list()}


def objects(root: Path) -> dict[str, bytes]:
    """The same of a store in a folder."""
    return contents(LocalStore(root))


def without_spent(name: str, data: bytes) -> bytes:
    """The bytes of an object without what was measured."""
    if name.endswith(".parquet"):
        rows = pq.read_table(io.BytesIO(data)).to_pylist()
        return json.dumps([_strip(row) for row in rows], default=str).encode()
    if not name.endswith((".json", ".jsonl")):
        return f"{len(data)} bytes, SHA-256 {hashlib.sha256(data).hexdigest()}".encode()
    if name.endswith(".json"):
        value = _strip(json.loads(data))
        return json.dumps(_index(value) if name.endswith("/manifest.json") else value, ensure_ascii=False).encode()
    lines = [_strip(json.loads(line)) for line in data.splitlines()]
    return "\n".join(json.dumps(line, ensure_ascii=False) for line in lines).encode()


def _index(value: dict[str, Any]) -> dict[str, Any]:
    """A manifest's index without what depends on the content of its shards."""
    return {**value, **{key: _files(value[key]) for key in ("shards", "shot_letters", "shot_events")}}


def _files(value: Any) -> Any:
    if isinstance(value, list):
        return [_files(each) for each in value]
    if not isinstance(value, dict):
        return value
    if "name" in value and "crc32c" in value:
        return CONTENT.sub("", value["name"])
    return {key: _files(each) for key, each in value.items()}


def _strip(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _strip(each) for key, each in value.items() if key not in MEASURED}
    return [_strip(each) for each in value] if isinstance(value, list) else value
