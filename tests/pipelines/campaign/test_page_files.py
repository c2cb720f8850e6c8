"""The page files of a large report: what they hold, what they cost, and that nothing in them can leave its string."""

from __future__ import annotations

import json
import tracemalloc
from dataclasses import asdict, replace
from itertools import cycle, islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundry.manifest import ManifestRecord
from pipelines.campaign.page_files import FACETS, PageFiles, column_width
from pipelines.campaign.report_page import SHOWN_FIELDS
from tests.support.page_files import facet_rows, page_rows, read_script, sorted_scripts
from tests.support.report_records import RECORD, synthetic_records


def written(records: list[ManifestRecord], **sizes: int) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    files = PageFiles(found.__setitem__, **sizes)
    for record in records:
        files.add(record)
    files.finish()
    assert files.rows == len(records)
    return found


def test_every_record_and_every_facet_comes_back() -> None:
    records = list(synthetic_records(9, scenes=3, placements=4, locales=3))
    scripts = written(records, rows_per_column=100, rows_per_page=70).values()
    assert [list(row) for row in page_rows(scripts)] == [list(SHOWN_FIELDS)] * len(records)
    wanted = json.loads(json.dumps([asdict(record) for record in records]))
    assert page_rows(scripts) == [{name: row[name] for name in SHOWN_FIELDS} for row in wanted]
    facets = [dict(zip((facet.key for facet in FACETS), row, strict=True)) for row in facet_rows(scripts)]
    assert [row["product"] for row in facets] == [(record.product, record.product_name) for record in records]
    for key, field in (("scene", "scene"), ("locale", "locale"), ("placement", "placement"), ("shape", "bucket")):
        assert [row[key][0] for row in facets] == [getattr(record, field) for record in records]


def test_headlines_and_beginnings_of_ids_come_back() -> None:
    records = list(synthetic_records(20, scenes=1, placements=2, locales=3))
    found = []
    for head, columns in sorted_scripts(written(records, rows_per_column=50).values(), "texts"):
        codes = np.frombuffer(columns, f"<u{head['width']}", head["rows"])
        ids = np.frombuffer(columns, "<u4", head["rows"], head["rows"] * head["width"])
        found += [(head["headlines"][code], f"{number:08x}") for code, number in zip(codes, ids, strict=True)]
    assert found == [(record.headline, record.asset[:8]) for record in records]


@given(st.lists(st.text(max_size=40), min_size=1, max_size=20))
@settings(max_examples=25, deadline=None)
def test_no_text_leaves_the_string_of_its_script(texts: list[str]) -> None:
    hostile = [*texts, '");alert(1);("', "</script><script>alert(1)</script>", "\u2028\u2029'\"\\`${x}"]
    records = [
        replace(RECORD, product=text, product_name=text, headline=text, scene=text, prompt=text) for text in hostile
    ]
    scripts = written(records).values()
    assert len([read_script(script) for script in scripts]) == 3
    assert [row["prompt"] for row in page_rows(scripts)] == hostile


def test_equal_records_give_equal_files_and_a_changed_one_changes_its_own() -> None:
    records = list(synthetic_records(10, scenes=1, placements=5, locales=2))
    first = written(records, rows_per_page=20)
    assert written(records, rows_per_page=20) == first
    records[45] = replace(records[45], price="$2")
    again = written(records, rows_per_page=20)
    assert [name[:9] for name in sorted(again.keys() - first.keys())] == ["page-0002"]


def test_memory_does_not_grow_with_the_files() -> None:
    some = list(synthetic_records(3, scenes=1, placements=5, locales=2))

    def peak(count: int) -> int:
        tracemalloc.start()
        files = PageFiles(lambda name, data: None, rows_per_column=100, rows_per_page=20)
        for record in islice(cycle(some), count):
            files.add(record)
        files.finish()
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(200)
    assert peak(1_600) < 2 * peak(200)


@pytest.mark.parametrize(("values", "width"), [(1, 1), (256, 1), (257, 2), (65_536, 2), (65_537, 4)])
def test_a_code_is_as_wide_as_it_must_be(values: int, width: int) -> None:
    assert column_width(values) == width
