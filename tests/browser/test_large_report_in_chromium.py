"""The report of many files in a real browser, from disk and from a server: filters over all, pages, details."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from foundry.manifest import ManifestRecord
from pipelines.campaign.large_report import write_large_report
from pipelines.campaign.report_page import PageFacts, RunFigures
from tests.support import chromium
from tests.support.briefs import a_tenant
from tests.support.report_records import synthetic_records, write_pictures

pytestmark = pytest.mark.browser

FIGURES = RunFigures(
    campaign="c", campaign_name="Spring", tenant_name="Brand", variants_total=2160, made=2160, reused=0, finished=2160,
    shots_total=60, shots_drawn=60, cost_usd="0.01", cost_if_new_usd="0.02", size_bytes=10_000, model="backdrop",
)  # fmt: skip
HOSTILE = '"><img src=x onerror=alert(1)></script><script>alert(1)</script>'


def a_large_report(root: Path, records: Iterable[ManifestRecord]) -> Path:
    """A report in a store's layout, with pictures."""
    folder = root / "campaigns" / "c"
    beside = folder / "report" / "p1"
    beside.mkdir(parents=True)
    write_pictures(root, 2)
    some = (
        replace(record, thumbnail=f"{record.thumbnail[:-7]}{at % 2:02d}.webp", address=f"renditions/{at % 2:02d}.jpg")
        for at, record in enumerate(records)
    )
    facts = PageFacts(figures=FIGURES, palette=a_tenant().brand.palette)
    write_large_report(
        folder / "report.html", facts, some, "report/p1/", lambda name, data: void((beside / name).write_bytes(data))
    )
    return folder / "report.html"


def void(_: object) -> None:
    """Return nothing."""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """2,160 files: 60 products × 2 scenes × 3 placements × 6 locales."""
    return a_large_report(tmp_path_factory.mktemp("large"), synthetic_records(60, scenes=2, placements=3, locales=6))


@contextmanager
def listed(at: Path | str, **size: int) -> Iterator[tuple[Any, list[str]]]:
    with chromium.opened(at, **size) as (page, noise):
        settle(page)
        yield page, noise


def settle(page: Any) -> None:
    page.wait_for_selector("#sheet[aria-busy=false]")


def count(page: Any) -> str:
    settle(page)
    return page.locator("#count").inner_text()


def numbers(page: Any, facet: str) -> dict[str, str]:
    """The counts beside the choices of a facet."""
    box = page.locator("fieldset", has=page.locator("legend", has_text=facet))
    names = box.locator(".choice .name").evaluate_all("all => all.map(e => e.firstChild.textContent)")
    return dict(zip(names, box.locator(".choice .number").all_inner_texts(), strict=True))


def test_filters_count_over_all_files_and_narrow_each_other(report: Path) -> None:
    with listed(report) as (page, noise):
        assert count(page) == "2,160 of 2,160"
        assert numbers(page, "Placement") == dict.fromkeys(("meta/landscape", "meta/square", "meta/story"), "720")
        page.get_by_label("ja-JP").check()
        assert count(page) == "360 of 2,160"
        assert set(numbers(page, "Placement").values()) == {"120"}
        assert set(numbers(page, "Locale").values()) == {"360"}
        page.get_by_label("de-DE").check()
        page.get_by_label("silk").check()
        assert count(page) == "360 of 2,160"
        page.get_by_role("button", name="Remove Locale ja-JP").click()
        assert count(page) == "180 of 2,160"
        page.get_by_role("button", name="Clear all").click()
        assert count(page) == "2,160 of 2,160"
        assert page.locator("fieldset legend").all_inner_texts() == [
            "PRODUCT",
            "SCENE",
            "LOCALE",
            "PLACEMENT",
            "SHAPE",
            "LAYOUT",
        ]
        assert noise == []


def test_a_facet_of_many_values_is_searched_and_works_by_keyboard(report: Path) -> None:
    with listed(report) as (page, noise):
        assert page.locator("option").count() == 0
        box = page.get_by_role("combobox", name="Find a value of Product")
        box.focus()
        page.keyboard.type("ser")
        found = page.get_by_role("option").all_inner_texts()
        assert ["Serum" in text for text in found] == [True] * 6 + [False] * 6, "Cleansers come after Serums"
        assert box.get_attribute("aria-expanded") == "true"
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        chosen = page.locator(f"#{box.get_attribute('aria-activedescendant')} .name").evaluate(
            "e => e.firstChild.textContent"
        )
        page.keyboard.press("Enter")
        assert count(page) == "36 of 2,160"
        assert page.get_by_role("button", name=f"Remove Product {chosen}").is_visible()
        box.fill("")
        page.keyboard.press("ArrowDown")
        assert page.get_by_role("option").count() == 30
        assert "30 more" in page.locator(".rest").inner_text()
        page.keyboard.press("Escape")
        assert page.get_by_role("option").count() == 0
        box.fill("nothing like it")
        assert "Nothing is called that" in page.locator(".rest").inner_text()
        assert noise == []


def test_words_ids_and_file_names_find_files_of_all_pages(report: Path) -> None:
    wanted = list(synthetic_records(60, scenes=2, placements=3, locales=6))[1_777]
    with listed(report) as (page, noise):
        for text, found in (
            ("réveillez-vous", 360), ("REVEILLEZ serum", 36), (wanted.file_name, 1), (wanted.asset, 1),
            (wanted.asset[:8], 1), ("meta/story ja-jp", 120), ("nothing like it", 0), ("", 2_160),
        ):  # fmt: skip
            page.fill("#search", text)
            chromium.wait_until(page, f"document.getElementById('count').textContent.startsWith('{found:,} of')")
        page.fill("#search", wanted.asset)
        chromium.wait_until(page, "document.getElementById('count').textContent.startsWith('1 of')")
        settle(page)
        page.locator(".asset").click()
        assert wanted.file_name in page.locator("#z-facts").inner_text()
        assert noise == []


def test_pages_are_turned_and_only_their_thumbnails_are_loaded(report: Path) -> None:
    with listed(report) as (page, noise):
        assert page.locator(".asset").count() == 60
        assert page.evaluate("document.images.length") == 61
        chromium.wait_until(page, "[...document.images].slice(0, 5).every(image => image.naturalWidth > 0)")
        page.click("text=By locale")
        settle(page)
        page.get_by_role("button", name="Next").last.click()
        settle(page)
        assert "page=2" in page.url
        page.get_by_label("Page", exact=True).fill("36")
        page.keyboard.press("Enter")
        settle(page)
        assert page.locator("main h2").inner_text().startswith("pt-BR")
        assert "continued" in page.locator("main h2").inner_text()
        assert page.get_by_role("button", name="Next").last.is_disabled()
        page.locator(".asset").last.click()
        page.wait_for_selector("dialog[open]")
        assert page.locator("#z-at").inner_text() == "2,160 of 2,160"
        page.keyboard.press("ArrowRight")
        chromium.wait_until(page, "document.getElementById('z-at').textContent === '1 of 2,160'")
        chromium.wait_until(page, "document.getElementById('z-image').naturalWidth === 1080")
        kept = page.url
        assert noise == []
    with listed(kept) as (page, noise):
        assert page.get_by_label("Page", exact=True).input_value() == "36"
        assert noise == []


def test_text_from_outside_stays_text(tmp_path: Path) -> None:
    records = (
        replace(
            record, product_name=f"{HOSTILE} {record.product}", headline=HOSTILE, scene=HOSTILE, locale="x\u2028'\""
        )
        for record in synthetic_records(70, scenes=1, placements=5, locales=2)
    )
    with listed(a_large_report(tmp_path, records)) as (page, noise):
        assert page.locator("main .asset").count() == 60
        assert page.evaluate("document.scripts.length") == 2
        assert page.locator("img[src=x]").count() == 0
        page.get_by_role("combobox").first.fill("onerror")
        assert HOSTILE in page.get_by_role("option").first.inner_text()
        page.keyboard.press("Enter")
        settle(page)
        assert HOSTILE in page.locator(".chip").inner_text()
        page.locator(".asset").first.click()
        page.wait_for_selector("dialog[open]")
        assert HOSTILE in page.locator("#z-facts").inner_text()
        assert noise == []


def test_a_phone_shows_the_filters_over_the_list(report: Path) -> None:
    with listed(report, width=390, height=844) as (page, noise):
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        shapes = page.locator(".asset img").evaluate_all(
            "all => all.map(e => e.width / e.height / e.style.getPropertyValue('--r'))"
        )
        assert all(abs(shape - 1) < 0.05 for shape in shapes), "no tile is squeezed"
        assert not page.get_by_label("ja-JP").is_visible()
        page.get_by_role("button", name="Filters").click()
        page.get_by_label("ja-JP").check()
        page.get_by_role("button", name="Show 360 assets").click()
        assert page.get_by_role("button", name="Filters (1)").is_visible()
        assert not page.get_by_label("ja-JP", exact=False).first.is_visible()
        page.get_by_role("button", name="Filters (1)").click()
        page.keyboard.press("Escape")
        assert page.evaluate("document.activeElement.id") == "filters"
        assert noise == []


def test_a_web_server_serves_it_as_a_disk_does(report: Path) -> None:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Log nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=report.parents[2])) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        home = f"http://127.0.0.1:{server.server_port}/"
        with listed(f"{home}campaigns/c/report.html") as (page, noise):
            page.get_by_label("ja-JP").check()
            assert count(page) == "360 of 2,160"
            chromium.wait_until(page, "[...document.images].slice(0, 5).every(image => image.naturalWidth > 0)")
            assert [line for line in noise if not line.startswith(home)] == []
        server.shutdown()


def test_a_page_without_its_files_says_what_is_missing(tmp_path: Path) -> None:
    page_file = a_large_report(tmp_path, synthetic_records(70, scenes=1, placements=5, locales=2))
    for file in (page_file.parent / "report" / "p1").glob("facets-*"):
        file.unlink()
    with listed(page_file) as (page, _):
        assert "report/p1/facets-0000-" in page.locator("main").inner_text()
        assert "is missing. Keep the folder beside this page" in page.locator("main").inner_text()
