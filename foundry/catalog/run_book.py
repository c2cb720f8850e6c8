"""Records of runs in a tenant's store."""

from __future__ import annotations

from functools import cache

from pydantic import TypeAdapter, ValidationError

from foundry.catalog.runs import RunRecord, catalog_folder, run_folder
from foundry.errors import BadInput
from foundry.store.object_store import ObjectStore, each_fetched


@cache
def _form() -> TypeAdapter[RunRecord]:
    return TypeAdapter(RunRecord)


def run_name(catalog: str, run: str) -> str:
    """Return the object name of a run's record."""
    return f"{run_folder(catalog, run)}/run.json"


def begin_run(own: ObjectStore, record: RunRecord) -> bool:
    """Write the record of a run that begins; False, and nothing is written, if there is a run of this name already."""
    return own.put_once(run_name(record.catalog, record.run), _form().dump_json(record))


def write_run(own: ObjectStore, record: RunRecord) -> None:
    """Replace the record of a run in one step. `own` is the tenant's store."""
    with own.replacing(run_name(record.catalog, record.run)) as file:
        file.write_bytes(_form().dump_json(record, indent=1))


def read_run(own: ObjectStore, catalog: str, run: str) -> RunRecord:
    """Return the record of a run; NoSuchObject if there is none, BadInput if it cannot be read."""
    return _read(own.get(run_name(catalog, run)), run)


def latest_runs(own: ObjectStore, catalog: str, most: int) -> list[RunRecord]:
    """Return the records of at most `most` runs, the newest first by the moment for which they were due."""
    names = sorted(own.matching(f"{catalog_folder(catalog)}/runs/*/run.json"), reverse=True)[:most]
    found = zip(names, each_fetched(own, names), strict=True)
    return [_read(data, name.split("/")[-2]) for name, data in found if data is not None]


def _read(data: bytes, run: str) -> RunRecord:
    try:
        return _form().validate_json(data)
    except ValidationError as error:
        raise BadInput(f"run {run}", "its record cannot be read; the same version wrote none like it") from error
