"""What the records of a store say was spent."""

from __future__ import annotations

import json
from pathlib import Path

from foundry.spent import Spent, add_spent, spent_from_json
from foundry.store.object_store import LocalStore

PAID = ("masters", "clips", "renditions", "thumbnails", "records")
"""The folders of a tenant whose objects' writing is paid by a record."""


def spent_by_record(root: Path) -> dict[str, Spent]:
    """The amounts of each master, clip and file, by the name of its record."""
    store = LocalStore(root)
    names = [name for name in store.list() if name.split("/")[1] in PAID and name.endswith(".json")]
    return {name: spent_from_json(json.loads(store.get(name)).get("spent")) for name in names}


def refuse_what_is_not_paid_once(root: Path) -> None:
    """Fail if a record says nothing of what was spent, or all together say more than was written."""
    spent = spent_by_record(root)
    assert spent
    assert [name for name, amounts in spent.items() if not amounts.processor_us] == []
    store = LocalStore(root)
    stored = sum(len(store.get(name)) for name in store.list() if name.split("/")[1] in PAID)
    assert 0 < add_spent(spent.values()).bytes_written <= stored
