"""All that a store holds, for comparing one with another."""

from __future__ import annotations

from pathlib import Path

from foundry.store.object_store import LocalStore, ObjectStore


def contents(store: ObjectStore) -> dict[str, bytes]:
    """Object name → bytes."""
    return {name: store.get(name) for name in store.list()}


def objects(root: Path) -> dict[str, bytes]:
    """The same of a store in a folder."""
    return contents(LocalStore(root))
