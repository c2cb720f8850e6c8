"""Records: written and read back without loss, also those of before a field existed; the same rows as Parquet."""

from __future__ import annotations

import json
from dataclasses import MISSING, asdict, fields
from typing import Any, get_type_hints

import pytest

from foundry.manifest import (
    Attempt,
    CheckRecord,
    DeadLetter,
    ManifestRecord,
    MasterRecord,
    RenditionRecord,
    ViewRecord,
    as_json,
    letter_from_json,
    manifest_from_json,
    master_from_json,
    rendition_from_json,
    view_from_json,
)
from foundry.plan.clip import ClipRecord, clip_from_json
from foundry.spent import Spent, StepTime

CHECK = CheckRecord("sharpness", True, "0.9", "0.5")


def value_of(kind: Any, name: str) -> Any:
    """A value of a field's type that tells the fields apart."""
    text = str(kind)
    if kind in (int, bool):
        return len(name) if kind is int else len(name) % 2 == 0
    if kind is Spent:
        return Spent(steps=(StepTime("draw", 5, 7),), model_calls=2, bytes_written=len(name))
    if "CheckRecord" in text:
        return (CHECK,)
    if "Attempt" in text:
        return (Attempt(1, False, (CHECK,)), Attempt(2, True, ()))
    if "tuple[int, int, int, int]" in text:
        return (1, 2, 3, len(name))
    return (name, "ü") if "tuple[str" in text else f"{name} ü"


def a_record(kind: type[Any]) -> Any:
    """A record with a value in every field."""
    hints = get_type_hints(kind)
    return kind(**{field.name: value_of(hints[field.name], field.name) for field in fields(kind)})


READERS = {
    MasterRecord: master_from_json,
    ClipRecord: clip_from_json,
    ViewRecord: view_from_json,
    RenditionRecord: rendition_from_json,
    ManifestRecord: manifest_from_json,
    DeadLetter: letter_from_json,
}


@pytest.mark.parametrize("kind", READERS)
def test_a_record_is_read_back_as_it_was_written(kind: type[Any]) -> None:
    record = a_record(kind)
    assert READERS[kind](as_json(record)) == record
    assert READERS[kind](as_json(record).encode()) == record


@pytest.mark.parametrize("kind", READERS)
def test_a_record_is_one_line_in_the_order_of_its_fields(kind: type[Any]) -> None:
    text = as_json(a_record(kind))
    assert "\n" not in text
    assert list(json.loads(text)) == [field.name for field in fields(kind)]


@pytest.mark.parametrize("kind", READERS)
def test_records_of_before_a_field_existed_are_read_with_its_default(kind: type[Any]) -> None:
    record = a_record(kind)
    later = [field for field in fields(kind) if field.default is not MISSING]
    newer = {field.name for field in later}
    older = {key: value for key, value in asdict(record).items() if key not in newer}
    read = READERS[kind](json.dumps(older))
    assert newer
    assert all(getattr(read, field.name) == field.default for field in later)


def test_a_master_without_a_product_has_no_box() -> None:
    raw = {**asdict(a_record(MasterRecord)), "product_box": None}
    assert master_from_json(json.dumps(raw)).product_box is None
