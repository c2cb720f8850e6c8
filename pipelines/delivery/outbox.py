"""The outbox in a tenant's store: one record for each slot at each target, which only the holder of a lease changes.

`deliveries/<target>/records/<scope>/ab/<slot>.json`: a hash of the scope, so that the records of one scope are listed
without the others, and the slot's id, whose first two digits make the folder.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from pydantic import TypeAdapter, ValidationError

from foundry.delivery.receipt import Attempt, Delivered, State
from foundry.delivery.slot import Slot
from foundry.errors import BadInput
from foundry.names import digest
from foundry.store.at_once import map_at_once
from foundry.store.lease import Lease
from foundry.store.object_store import CorruptObject, NoSuchObject, ObjectStore

VERSION = 1
DAMAGED = "damaged"
"""The step of an attempt of which nothing is known."""
log = logging.getLogger("foundry.delivery")


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


def record_name(target: str, slot: Slot) -> str:
    """Return the object name of a slot's record."""
    return f"{_folder(target, slot.scope)}{slot.id[:2]}/{slot.id}.json"


def _folder(target: str, scope: str) -> str:
    """Return the prefix of the names of all records of a target, of one scope alone where it is given."""
    mark = f"{digest('delivery-scope', scope=scope)[:16]}/" if scope else ""
    return f"{target_folder(target)}/records/{mark}"


def read_delivered(own: ObjectStore, target: str, slot: Slot) -> Delivered | None:
    """Return the record of a slot at a target; None if it has none."""
    try:
        return parse_delivered(own.get(record_name(target, slot)))
    except NoSuchObject:
        return None


def each_name(own: ObjectStore, target: str, scope: str = "") -> Iterator[str]:
    """Yield the object names of a target's records, of one scope alone where it is given, streamed and always in order.

    Stores list what is below a prefix in the order of names, or of folders and then of names.
    """
    return own.list(_folder(target, scope))


def slot_of_name(name: str) -> str:
    """Return the slot's id in the object name of a record."""
    return name.rpartition("/")[2].removesuffix(".json")


def each_delivered(own: ObjectStore, target: str, scope: str = "") -> Iterator[Delivered]:
    """Yield the records of a target, of one scope alone where it is given, always in the same order.

    A few dozen are in memory at a time. One that was damaged is left out: a delivery of its scope writes it anew.
    """
    found = map_at_once(lambda name: read_named(own, name), each_name(own, target, scope))
    return (record for record in found if record is not None)


def read_named(own: ObjectStore, name: str) -> Delivered | None:
    """Return the record with an object name; None if it is not there, or was damaged."""
    try:
        return parse_delivered(own.get(name))
    except NoSuchObject:
        return None
    except (BadInput, CorruptObject) as error:
        log.warning("%s: %s", name, error)
        return None


def read_each(own: ObjectStore, target: str, slots: Iterable[Slot]) -> list[Delivered | None]:
    """Return the record of each slot, None where there is none; several requests run at once.

    A damaged record stands as an attempt of which nothing is known: the target is asked before anything is sent.
    """
    asked = {record_name(target, slot): slot for slot in slots}
    try:
        found = own.fetch([*asked])
    except CorruptObject:
        found = [_bytes_of(own, name) for name in asked]
    return [
        None if data is None else _parse_or_ask(data, target, slot)
        for data, slot in zip(found, asked.values(), strict=True)
    ]


def _bytes_of(own: ObjectStore, name: str) -> bytes | None:
    try:
        return own.get(name)
    except NoSuchObject:
        return None
    except CorruptObject:
        return b""


def _parse_or_ask(data: bytes, target: str, slot: Slot) -> Delivered:
    try:
        return parse_delivered(data)
    except BadInput as error:
        log.warning("the record of slot %s at target %s %s", slot.id, target, error.what)
        unknown = Attempt(asset="", content="", metadata="", step=DAMAGED)
        return Delivered(target=target, slot=slot, state=State.OPEN, attempt=unknown)


def parse_delivered(data: bytes) -> Delivered:
    """Return a record from its bytes; BadInput if they are none."""
    try:
        stored = _form().validate_json(data)
    except ValidationError as error:
        raise BadInput(
            "record of a delivery", "cannot be read; deliver its campaign again, which writes it anew"
        ) from error
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
