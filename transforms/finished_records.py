"""Records of finished objects, written last, with what was spent on the object."""

from __future__ import annotations

from typing import TypeVar

from foundry.manifest import MasterRecord, RenditionRecord, as_json
from foundry.metering.leftovers import leave_over, left_over
from foundry.plan.clip import ClipRecord
from foundry.store.object_store import ObjectStore

Record = TypeVar("Record", MasterRecord, RenditionRecord, ClipRecord)


def write_finished(record: Record, name: str, own: ObjectStore, stage: str, tenant: str) -> bool:
    """Write a record once, under the object name given; the next object pays for the writing.

    Return False where another worker has made the same object meanwhile: what was spent here is then in no record, so
    the next object of the stage pays for that too.
    """
    with left_over(stage, tenant, "write"):
        written = own.put_once(name, as_json(record).encode())
    if not written:
        leave_over(stage, tenant, record.spent)
    return written
