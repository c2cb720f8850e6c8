"""Reports in a store: the form that fits the size, page files beside it, and what becomes of older ones."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from foundry.letter_figures import LetterFigures
from foundry.manifest import as_json
from foundry.manifest_index import ManifestIndex, ManifestReplaced, ShardEntry, ShardFile
from foundry.row_figures import add_figures, figures_of
from foundry.store.object_store import LocalStore, crc32c
from pipelines.campaign.report import write_report
from pipelines.campaign.report_page import PageFacts, RunFigures
from tests.support.page_files import page_rows
from tests.support.report_records import synthetic_records

FIGURES = RunFigures(
    campaign="c", campaign_name="C", tenant_name="Brand", variants_total=1, made=1, reused=0, finished=1, shots_total=1,
    shots_drawn=1, cost_usd="0.01", cost_if_new_usd="0.02", size_bytes=10_000, model="backdrop",
)  # fmt: skip
FACTS = PageFacts(figures=FIGURES)


def put(own: LocalStore, name: str, data: bytes) -> ShardFile:
    own.put_once(name, data)
    return ShardFile(name, len(data), crc32c(data))


def a_manifest(own: LocalStore, products: int, plan: str = "p1", thumbnail: bytes = b"RIFF") -> ManifestIndex:
    """A manifest of 10 files a product, in one shard."""
    records = list(synthetic_records(products, scenes=1, placements=5, locales=2))
    lines = put(own, f"campaigns/c/manifest/{plan}/lines.jsonl", "".join(as_json(r) + "\n" for r in records).encode())
    for record in records:
        own.put_once(record.thumbnail, thumbnail)
    figures = add_figures(map(figures_of, records))
    shard = ShardEntry(
        first=0, orders=1, figures=figures, refused=LetterFigures(), parquet=lines, lines=lines, events=lines
    )  # fmt: skip
    return ManifestIndex(
        tenant="aurelle", campaign="c", plan=plan, rows=len(records), failed=0, cost_usd=Decimal(0),
        size_bytes=figures.size_bytes, shards=(shard,),
    )  # fmt: skip


@pytest.fixture
def own(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path).for_tenant("aurelle")


def page_files(own: LocalStore) -> set[str]:
    return set(own.list("campaigns/c/report/"))


def test_a_small_campaign_has_one_page_that_holds_everything(own: LocalStore) -> None:
    write_report(own, a_manifest(own, products=60), FACTS)
    page = own.get("campaigns/c/report.html").decode()
    assert page.count("data:image/webp;base64,UklGRg==") == 600
    assert page_files(own) == set()


def test_a_small_campaign_of_heavy_thumbnails_has_page_files(own: LocalStore) -> None:
    write_report(own, a_manifest(own, products=12, thumbnail=bytes(60_000)), FACTS)
    assert len(own.get("campaigns/c/report.html")) < 100_000
    assert len(page_files(own)) == 3


def test_a_large_campaign_has_a_page_and_page_files_of_all_its_records(own: LocalStore) -> None:
    write_report(own, a_manifest(own, products=61), FACTS)
    page = own.get("campaigns/c/report.html").decode()
    assert "data:image" not in page.split("</head>")[1]
    files = page_files(own)
    assert len(files) == 4
    assert all(name.rpartition("-")[2].removesuffix(".js") in page for name in files)
    assert '"folder":"report/p1/"' in page
    rows = page_rows(own.get(name) for name in files)
    assert [row["file_name"] for row in rows] == [
        record.file_name for record in synthetic_records(61, scenes=1, placements=5, locales=2)
    ]


def test_the_page_of_ten_times_as_many_files_is_hardly_larger(own: LocalStore) -> None:
    sizes = []
    for products in (61, 610):
        write_report(own, a_manifest(own, products, plan=f"p{products}"), FACTS)
        sizes.append(len(own.get("campaigns/c/report.html")))
    assert sizes[1] < sizes[0] + 500


def test_page_files_of_an_older_plan_are_removed_once_the_new_page_is_there(own: LocalStore) -> None:
    write_report(own, a_manifest(own, products=61), FACTS)
    old = page_files(own)
    write_report(own, a_manifest(own, products=62, plan="p2"), FACTS)
    new = page_files(own)
    assert new
    assert not old & new
    write_report(own, a_manifest(own, products=5, plan="p3"), FACTS)
    assert page_files(own) == set()


def test_a_report_that_breaks_off_leaves_the_old_one_whole(own: LocalStore) -> None:
    write_report(own, a_manifest(own, products=61), FACTS)
    page, old = own.get("campaigns/c/report.html"), page_files(own)
    broken = a_manifest(own, products=160, plan="p2")
    other = replace(broken.shards[0], lines=replace(broken.shards[0].lines, crc32c="AAAAAA=="))
    with pytest.raises(ManifestReplaced):
        write_report(own, replace(broken, shards=(*broken.shards, other)), FACTS)
    assert own.get("campaigns/c/report.html") == page
    assert old <= page_files(own)


def test_the_same_report_is_written_again_to_the_byte(own: LocalStore) -> None:
    index = a_manifest(own, products=61)
    write_report(own, index, FACTS)
    page, files = own.get("campaigns/c/report.html"), page_files(own)
    write_report(own, index, FACTS)
    assert (own.get("campaigns/c/report.html"), page_files(own)) == (page, files)
