"""All that a store holds, for comparing one with another."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from foundry.store.object_store import LocalStore, ObjectStore

MEASURED = ("spent", "rates")
"""Keys of records and figures that hold measurements, which no two runs have in common."""
OF_MEASURED = ("size_bytes", "crc32c")
"""Keys that say how long files with measurements are, and what their checksums are."""


def contents(store: ObjectStore) -> dict[str, bytes]:
    """Object name → bytes, but for what was measured: the JSON and the tables that hold it are compared without it."""
    return {name: without_spent(name, store.get(name)) for name in store.list()}


def objects(root: Path) -> dict[str, bytes]:
    """The same of a store in a folder."""
    return contents(LocalStore(root))


def without_spent(name: str, data: bytes) -> bytes:
    """The bytes of an object without what was measured."""
    if name.endswith(".parquet"):
        rows = pq.read_table(io.BytesIO(data)).to_pylist()
        return json.dumps([_strip(row) for row in rows], default=str).encode()
    if not name.endswith((".json", ".jsonl")):
        return data
    texts = data.splitlines() if name.endswith(".jsonl") else [data]
    lines = [_strip(json.loads(text)) for text in texts]
    if name.endswith("/manifest.json"):
        lines = [
            {**line, "shards": [_without(shard, OF_MEASURED) for shard in line.get("shards", ())]} for line in lines
        ]
    return "\n".join(json.dumps(line, ensure_ascii=False) for line in lines).encode()


def _strip(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _strip(each) for key, each in value.items() if key not in MEASURED}
    return [_strip(each) for each in value] if isinstance(value, list) else value


def _without(value: dict[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: each for key, each in value.items() if key not in keys}
