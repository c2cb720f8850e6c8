"""The report of a catalog's run."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from foundry.catalog.products import Change
from foundry.catalog.rows import FeedFacts, RowFault, Tally
from foundry.catalog.run_book import read_run, write_run
from foundry.catalog.runs import GateFinding, RunRecord, RunState, RunWork
from foundry.store.object_store import LocalStore, ObjectStore
from pipelines.catalog.report import PICTURE_BYTES, PRODUCTS_SHOWN, ReportWork, ShownProduct, write_report
from pipelines.catalog.results import first_of_each
from tests.support.catalog_records import a_file, a_product, a_product_record, a_run_record
from tests.support.chromium import opened

HOSTILE = '<img src=x onerror="alert(1)">"\'</title><script>alert(2)</script>'
ARABIC = "حقيبة جلدية مصنوعة يدويًا"
GERMAN = "Zusammenklappbare Reisegepäckaufbewahrungstasche"


@pytest.fixture
def own(tmp_path: Path) -> ObjectStore:
    return LocalStore(tmp_path).for_tenant("aurelle")


def a_thumbnail(colour: str) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (320, 320), colour).save(stream, "WEBP")
    return stream.getvalue()


def a_change(own: ObjectStore, number: int, change: Change = Change.CHANGED, name: str = "Mug") -> ShownProduct:
    old, new = a_file(number, "old"), a_file(number, "new")
    own.put_once(old.thumbnail, a_thumbnail("#aa8866"))
    own.put_once(new.thumbnail, a_thumbnail("#6688aa"))
    before = (old,) if change is Change.CHANGED else ()
    record = a_product_record(number, product=a_product(number, name=name), files=(new,), before=before)
    return ShownProduct(change, record, ("price",))


def a_run(**other: Any) -> RunRecord:
    fault = RowFault(row=7, id="M7", code="missing_price", attribute="price", what="the price is missing; write one")
    tally = Tally(rows=1_000, usable=990, set_aside=10, codes={"missing_price": 10}, examples=[fault])
    return a_run_record(**{"tally": tally, "changes": {"changed": 3, "unchanged": 980}, **other})


def page_of(own: ObjectStore, record: RunRecord, shown: Any = ()) -> str:
    name = write_report(ReportWork(own=own, record=record, name="Mugs", tenant_name="Aurelle", shown=shown))
    return own.get(name).decode()


def test_a_report_says_what_changed_why_and_what_it_cost_beside_the_run_before(own: ObjectStore) -> None:
    write_run(own, a_run(run="20261129T013000Z", changes={"changed": 55, "unchanged": 900}))
    work = RunWork(files_made=6, files_kept=40, cost_usd="0.0123", waiting=2)
    text = page_of(own, a_run(work=work, withdrawn=1), [a_change(own, 1, name=GERMAN)])
    assert "3 products asked for new files; 6 files made for $0.0123." in text
    assert "2 products left for the next run by the budget." in text
    assert re.search(r"Changed</th><td class=\"number\">3</td><td class=\"number soft\">55<", text)
    assert "the price is missing; write one" in text
    assert text.count("data:image/webp;base64,") == 2
    assert "beside the run of 29 Nov 2026, 01:30 UTC" in text


def test_the_first_report_has_nothing_to_stand_beside(own: ObjectStore) -> None:
    text = page_of(own, a_run())
    assert "the first run" in text
    assert "beside the run of" not in text


def test_a_run_of_single_rows_does_not_stand_beside_one_of_a_whole_feed(own: ObjectStore) -> None:
    write_run(own, a_run(run="20261129T013000Z", feed=FeedFacts(kind="google-tsv", rows=1_000, size_bytes=90_000)))
    record = a_run(tally=Tally(rows=1, usable=1), changes={"changed": 1}, feed=FeedFacts(kind="google-json", rows=1))
    text = page_of(own, record)
    assert "single rows" in text
    assert "beside the run of" not in text
    write_run(own, record)
    later = a_run(run="20261201T013000Z", feed=FeedFacts(kind="google-tsv", rows=1_000, size_bytes=90_000))
    assert "beside the run of 29 Nov 2026" in page_of(own, later)


def test_a_run_that_was_stopped_says_by_what(own: ObjectStore) -> None:
    gate = GateFinding(gate="bad_rows", measured="7 %", limit="5 %", stops=True, what="7 % of the rows are set aside")
    text = page_of(own, a_run(state=RunState.STOPPED, gates=(gate,), changes={}))
    assert "Nothing was made, published or withdrawn. 7 % of the rows are set aside." in text
    assert 'class="stops"' in text


def test_a_product_that_could_not_be_made_is_named_with_its_reason(own: ObjectStore) -> None:
    fault = RowFault(
        row=1_204, id="sku-7", code="picture_unusable", attribute="", what="picture has 3 bytes; send it whole"
    )
    record = a_run(unmade={"picture_unusable": 1}, unmade_examples=(fault,))
    write_run(own, record)
    assert read_run(own, record.catalog, record.run).unmade_examples == (fault,)
    text = page_of(own, record)
    assert "<summary>The products</summary>" in text
    assert "picture has 3 bytes; send it whole" in text
    assert "1,204" in text


def test_texts_of_feeds_stay_texts(own: ObjectStore) -> None:
    fault = RowFault(row=1, id=HOSTILE, code="html_in_title", attribute="title", what=HOSTILE)
    record = a_run(
        tally=Tally(rows=1, set_aside=1, codes={HOSTILE: 1}, examples=[fault]),
        unmade={HOSTILE: 1},
        unmade_examples=(fault,),
    )
    text = page_of(own, record, [a_change(own, 1, name=HOSTILE)])
    assert "<script" not in text
    assert "<img src=x" not in text


def test_a_report_of_a_hundred_thousand_changes_is_small_and_reads_each_once(own: ObjectStore) -> None:
    few = [a_change(own, number) for number in range(PRODUCTS_SHOWN)]
    seen = 0

    def many() -> Iterator[ShownProduct]:
        nonlocal seen
        for number in range(100_000):
            seen += 1
            yield few[number % PRODUCTS_SHOWN]

    text = page_of(own, a_run(changes={"changed": 100_000}), many())
    assert seen == 100_000
    assert f"the first {PRODUCTS_SHOWN} of 100,000" in text
    assert len(text) < PICTURE_BYTES + 500_000


def test_previews_beyond_the_limit_of_a_page_are_left_out_and_links_stay(own: ObjectStore) -> None:
    change = a_change(own, 1)
    large = replace(change.record.files[0], thumbnail="thumbnails/large.webp")
    own.put_once(large.thumbnail, bytes(PICTURE_BYTES + 1))
    text = page_of(own, a_run(), [replace(change, record=replace(change.record, files=(large,)))])
    assert "no preview" in text
    assert f"../../../../{large.address}" in text


@pytest.mark.browser
def test_a_report_reads_well_on_a_phone_and_asks_the_network_for_nothing(own: ObjectStore) -> None:
    for day in range(1, 30):
        state = RunState.STOPPED if day == 12 else RunState.FINISHED
        write_run(own, a_run(run=f"202611{day:02d}T013000Z", state=state, changes={"changed": day * 7}))
    shown = [
        a_change(own, 1, name=ARABIC),
        a_change(own, 2, name=GERMAN),
        a_change(own, 3, Change.NEW, name=HOSTILE),
        a_change(own, 4, Change.GONE, name="M" * 200),
    ]
    record = a_run(changes={"changed": 2, "new": 1, "gone": 1}, objects={"docs": "catalogs/autumn/docs/index.html"})
    name = write_report(ReportWork(own=own, record=record, name=ARABIC, tenant_name="Aurelle", shown=shown))
    with opened(Path(own.address(name)), width=360) as (page, noise):
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        assert page.evaluate("[...document.images].every(each => each.complete && each.naturalWidth === 320)")
        assert page.evaluate("document.querySelectorAll('svg .changed').length") == 29 + 1
        bars = "[...document.querySelectorAll('.frame svg')].every(each => each.getBoundingClientRect().width > 300)"
        assert page.evaluate(bars)
        assert page.evaluate("getComputedStyle(document.querySelector('.cards h3')).direction") == "rtl"
        assert noise == []


def test_no_more_records_are_read_than_a_report_shows() -> None:
    touched = {f"mug-{number}": (Change.NEW, ()) for number in range(500)} | {"gone": (Change.GONE, ())}
    few = dict(first_of_each(touched, PRODUCTS_SHOWN))
    assert len(few) == PRODUCTS_SHOWN + 1
    assert "gone" in few
