"""Deltas: what changed in the feed that is given back, in batches of the size that Meta's API takes.

For Meta a batch is the body of a call of `items_batch`. For Google it is a small feed of the same format, and the ids
of items that ended are listed beside it. The index is written last: a folder without one is not finished.
Source: developers.facebook.com, Catalog Batch API, send product updates.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from foundry.catalog.catalog import Catalog
from foundry.catalog.destinations import destinations
from foundry.catalog.giving.forms import Form
from foundry.catalog.runs import catalog_folder
from foundry.store.at_once import remove_each
from foundry.store.object_store import ObjectStore

RUNS_KEPT = 30
"""The runs whose deltas stay in the store."""
LISTS = frozenset({"additional_image_link"})


@dataclass(frozen=True)
class Deltas:
    """What was written: the name of the index, "" for none, and the counts."""

    index: str = ""
    updated: int = 0
    deleted_ids: tuple[str, ...] = ()


def deltas_folder(catalog: str, run: str) -> str:
    """Return the folder of the deltas of a run."""
    return f"{catalog_folder(catalog)}/feed/deltas/{run}"


def write_deltas(
    own: ObjectStore,
    catalog: Catalog,
    run: str,
    form: Form,
    names: Sequence[str],
    changed: Iterator[dict[str, Any]],
    deleted: Sequence[str],
) -> Deltas:
    """Write the batches of a run, then their index; return what was written."""
    folder, size = deltas_folder(catalog.id, run), destinations()[form.destination].batch_items
    write = _write_meta if form.destination == "meta" else _write_google
    batches = list(write(_Batches(own, folder, form, tuple(names), size, catalog.name), changed, deleted))
    updated = sum(each["updated"] for each in batches)
    index = {"catalog": catalog.id, "run": run, "format": form.name, "updated": updated, "deleted": len(deleted)}
    with own.replacing(f"{folder}/index.json") as file:
        file.write_text(json.dumps({**index, "batches": batches}, indent=1) + "\n", encoding="utf-8")
    _forget_old(own, catalog.id)
    return Deltas(f"{folder}/index.json", updated, tuple(deleted))


@dataclass(frozen=True)
class _Batches:
    """Where batches go, and their form."""

    own: ObjectStore
    folder: str
    form: Form
    names: tuple[str, ...]
    size: int
    title: str

    def put(self, number: int, suffix: str, data: bytes, updated: int, deleted: int) -> dict[str, Any]:
        """Write a batch; return its entry in the index."""
        name = f"{self.folder}/{number:05d}{suffix}"
        with self.own.replacing(name) as file:
            file.write_bytes(data)
        return {"name": name, "updated": updated, "deleted": deleted}


def _write_meta(to: _Batches, changed: Iterator[dict[str, Any]], deleted: Sequence[str]) -> Iterator[dict[str, Any]]:
    requests = _meta_requests(to, changed, deleted)
    number = 0
    while some := list(islice(requests, to.size)):
        number += 1
        body = {"item_type": "PRODUCT_ITEM", "allow_upsert": True, "requests": some}
        gone = sum(each["method"] == "DELETE" for each in some)
        data = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        yield to.put(number, ".json", data, len(some) - gone, gone)


def _meta_requests(to: _Batches, changed: Iterator[dict[str, Any]], deleted: Sequence[str]) -> Iterator[dict[str, Any]]:
    for texts in changed:
        fitted = to.form.fit(texts)
        columns = {name: fitted[name].to_pylist() for name in to.names}
        for values in zip(*columns.values(), strict=True):
            row = dict(zip(columns, values, strict=True))
            yield {"method": "UPDATE", "data": _meta_data(to, row)}
    for item in deleted:
        yield {"method": "DELETE", "data": {"id": item}}


def _meta_data(to: _Batches, row: dict[str, str | None]) -> dict[str, Any]:
    """Return the fields of one item. A list of addresses is there even where it is empty, so that it is cleared."""
    data: dict[str, Any] = {}
    for name, value in row.items():
        if name in LISTS:
            data[to.form.names[name]] = [each.replace("%2C", ",") for each in value.split(",")] if value else []
        elif value is not None:
            data[to.form.names[name]] = value
    return data


def _write_google(to: _Batches, changed: Iterator[dict[str, Any]], deleted: Sequence[str]) -> Iterator[dict[str, Any]]:
    number = 0
    for texts in _in_sizes(changed, to.size):
        number += 1
        names = {name: to.form.names[name] for name in to.names}
        fitted = to.form.fit(texts)
        lines = to.form.lines({name: fitted[name] for name in to.names}, names)
        begin = to.form.begin(list(names.values()), to.title)
        data = (begin + "".join(lines.to_pylist()) + to.form.end).encode()
        yield to.put(number, to.form.suffix, data, len(lines), 0)
    left = iter(deleted)
    while some := list(islice(left, to.size)):
        number += 1
        yield to.put(number, ".removed.txt", "".join(f"{item}\n" for item in some).encode(), 0, len(some))


def _in_sizes(changed: Iterator[dict[str, Any]], size: int) -> Iterator[dict[str, Any]]:
    """Yield the rows again in tables of `size` rows, the last with fewer."""
    import pyarrow as pa

    left: list[dict[str, Any]] = []
    rows = 0
    for texts in changed:
        left.append(texts)
        rows += len(texts["id"])
        if rows >= size:
            whole = {name: pa.concat_arrays([each[name] for each in left]) for name in left[0]}
            for at in range(0, rows - size + 1, size):
                yield {name: column.slice(at, size) for name, column in whole.items()}
            rest = rows % size
            left = [{name: column.slice(rows - rest) for name, column in whole.items()}] if rest else []
            rows = rest
    if rows:
        yield {name: pa.concat_arrays([each[name] for each in left]) for name in left[0]}


def _forget_old(own: ObjectStore, catalog: str) -> None:
    """Remove the deltas of all runs but the last ones."""
    folder = deltas_folder(catalog, "")
    runs = sorted({name.removeprefix(folder).split("/")[0] for name in own.list(folder)})
    remove_each(own, [name for run in runs[:-RUNS_KEPT] for name in own.list(f"{folder}{run}/")])
