"""The outbox in a tenant's store: one record for each slot at each target, which only the holder of a lease changes.

`deliveries/<target>/records/ab/<slot>.<scope>.json`: the slot's id, whose first two digits make the folder, and eight
digits of its scope's hash, by which the records of a scope are told without reading the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from pydantic import TypeAdapter, ValidationError

from foundry.delivery.receipt import Delivered
from foundry.delivery.slot import Slot
from foundry.errors import BadInput
from foundry.names import digest
from foundry.store.at_once import map_at_once
from foundry.store.lease import Lease
from foundry.store.object_store import CorruptObject, NoSuchObject, ObjectStore

FOLDERS = tuple(f"{number:02x}" for number in range(256))
VERSION = 1


@dataclass(frozen=True, kw_only=True)
class _Stored:
    """A record as it is stored. token: of the lease under which it was written."""

    version: int
    token: int
    record: Delivered


@cache
def _form() -> TypeAdapter[_Stored]:
    return TypeAdapter(_Stored)


def target_folder(target: str) -> str:
    """Return the folder of a target, within the tenant's store."""
    return f"deliveries/{target}"


def lease_name(target: str) -> str:
    """Return the object name of the lease under which a target's records are changed."""
    return f"{target_folder(target)}/lease.json"


def scope_mark(scope: str) -> str:
    """Return the digits that the records of a scope bear in their names."""
    return digest("delivery-scope", scope=scope)[:8]


def record_name(target: str, slot: Slot) -> str:
    """Return the object name of a slot's record."""
    return f"{target_folder(target)}/records/{slot.id[:2]}/{slot.id}.{scope_mark(slot.scope)}.json"


def read_delivered(own: ObjectStore, target: str, slot: Slot) -> Delivered | None:
    """Return the record of a slot at a target; None if it has none."""
    try:
        return parse_delivered(own.get(record_name(target, slot)))
    except NoSuchObject:
        return None


def find_delivered(own: ObjectStore, target: str, slot_id: str) -> Delivered | None:
    """Return the record of the slot with an id; None if there is none, or for a text that is no slot's id."""
    if len(slot_id) != 32 or not set(slot_id) <= set("0123456789abcdef"):
        return None
    name = next(iter(own.list(f"{target_folder(target)}/records/{slot_id[:2]}/{slot_id}.")), None)
    return parse_delivered(own.get(name)) if name else None


def each_name(own: ObjectStore, target: str, folder: str, scope: str = "") -> Iterator[str]:
    """Yield the object names of the records in one of `FOLDERS`, of one scope alone where it is given."""
    ends = f".{scope_mark(scope)}.json" if scope else ".json"
    return (name for name in own.list(f"{target_folder(target)}/records/{folder}/") if name.endswith(ends))


def slot_of_name(name: str) -> str:
    """Return the slot's id in the object name of a record."""
    return name.rpartition("/")[2][:32]


def each_delivered(own: ObjectStore, target: str, scope: str = "") -> Iterator[Delivered]:
    """Yield the records of a target, of one scope alone where it is given, in the order of their slots' ids.

    A few dozen are in memory at a time. BadInput for a record that cannot be read.
    """
    names = (name for folder in FOLDERS for name in sorted(each_name(own, target, folder, scope)))
    return map_at_once(lambda name: parse_delivered(own.get(name)), names)


def read_each(own: ObjectStore, target: str, slots: Iterable[Slot]) -> list[Delivered | None]:
    """Return the record of each slot, None where there is none; several requests run at once."""
    found = own.fetch([record_name(target, slot) for slot in slots])
    return [None if data is None else parse_delivered(data) for data in found]


def parse_delivered(data: bytes) -> Delivered:
    """Return a record from its bytes; BadInput if they are none."""
    try:
        stored = _form().validate_json(data)
    except ValidationError as error:
        raise BadInput("record of a delivery", "cannot be read; restore it from a backup of the store") from error
    return stored.record


def write_delivered(record: Delivered, lease: Lease) -> None:
    """Replace the record of a slot, unless a later holder of the target's lease has done so: then LeaseLost."""
    stored = _Stored(version=VERSION, token=lease.token, record=record)
    lease.replace(record_name(record.target, record.slot), _form().dump_json(stored) + b"\n", _token_in)


def _token_in(data: bytes) -> int:
    try:
        return _form().validate_json(data).token
    except (ValidationError, CorruptObject):
        return 0
