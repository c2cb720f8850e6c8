"""A shard's rows as Parquet: the same rows, in one group, found by their asset without reading the rest."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from foundry.manifest import ManifestRecord, as_json
from foundry.manifest_parquet import ROWS_AT_ONCE, find_row, row_table
from foundry.store.object_store import LocalStore
from foundry.store.sections import SectionReader
from tests.foundry.test_manifest import a_record


def a_shard(file: Path, rows: int) -> list[ManifestRecord]:
    """Write that many rows, which differ in their asset's id and prompt."""
    alike = a_record(ManifestRecord)
    records = [replace(alike, asset=f"{number:032x}", prompt=f"{number} " * 40) for number in range(rows)]
    with row_table(file) as table:
        for record in records:
            table.add(json.loads(as_json(record)))
    return records


@pytest.mark.parametrize("rows", [0, 1, ROWS_AT_ONCE, 2 * ROWS_AT_ONCE + 1])
def test_a_shard_holds_its_rows_in_one_group(tmp_path: Path, rows: int) -> None:
    records = a_shard(tmp_path / "shard.parquet", rows)
    table = pq.read_table(tmp_path / "shard.parquet", page_checksum_verification=True)
    assert table.column_names == [field.name for field in fields(ManifestRecord)]
    assert table.to_pylist() == [json.loads(as_json(record)) for record in records]
    assert pq.ParquetFile(tmp_path / "shard.parquet").num_row_groups == 1


def test_the_same_rows_are_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "other"):
        a_shard(tmp_path / name, 1500)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


class Counting(SectionReader):
    """Counts the bytes that are read."""

    read_bytes = 0

    def read(self, size: int = -1) -> bytes:
        data = super().read(size)
        self.read_bytes += len(data)
        return data


def reader(store: LocalStore) -> Counting:
    return Counting(store, "shard.parquet", store.path("shard.parquet").stat().st_size)


def test_a_row_is_found_by_its_asset_and_one_that_is_not_there_costs_one_column(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    records = a_shard(tmp_path / "shard.parquet", 3000)
    for at in (0, 1234, 2999):
        assert find_row(reader(store), records[at].asset) == json.loads(as_json(records[at]))
    missing = reader(store)
    assert find_row(missing, "f" * 32) is None
    assert missing.read_bytes < 80_000 + 3000 * 34  # the footer, and the ids


def test_a_page_that_was_changed_is_no_row(tmp_path: Path) -> None:
    records = a_shard(tmp_path / "shard.parquet", 3000)
    file = tmp_path / "shard.parquet"
    data = bytearray(file.read_bytes())
    column = pq.ParquetFile(file).metadata.row_group(0).column(0)
    data[column.data_page_offset + column.total_compressed_size // 2] ^= 1
    file.write_bytes(data)
    with pytest.raises((OSError, pa.ArrowException)):
        find_row(reader(LocalStore(tmp_path)), records[5].asset)
