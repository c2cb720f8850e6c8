"""The report in a real browser, from disk: it loads, filters, groups, zooms, and asks the network for nothing."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from foundry.letter_figures import count_letters
from foundry.manifest import DeadLetter
from foundry.rates import Expected
from foundry.spent import NOTHING_SPENT, Spent, StepTime
from pipelines.campaign.report_page import PageFacts, Refused, RunFigures, write_small_report
from pipelines.planning.quote import Quote
from tests.support import chromium
from tests.support.briefs import a_tenant
from tests.support.report_records import RECORD

pytestmark = pytest.mark.browser

FIGURES = RunFigures(
    campaign="c",
    campaign_name="Campaign </title>",
    tenant_name="Brand",
    variants_total=60,
    made=60,
    reused=0,
    finished=59,
    shots_total=4,
    shots_drawn=4,
    cost_usd="0.01",
    cost_if_new_usd="0.02",
    size_bytes=10_000,
    model="backdrop",
    seconds=3.0,
    estimated_seconds=50.0,
)


def webp() -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (54, 96), "#aa5533").save(stream, "WEBP")
    return stream.getvalue()


def a_report(folder: Path, count: int = 60, spent: Spent = NOTHING_SPENT, address: str = "x.jpg") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (108, 192), "#aa5533").save(folder / "x.jpg")
    records = [
        replace(
            RECORD, asset=f"{n:032x}", locale=("en-US", "ar-EG", "ja-JP")[n % 3], product_name=f"Product {n % 2}",
            headline="Wake <script>alert(1)</script> up", address=address, spent=spent,
        )
        for n in range(count)
    ]  # fmt: skip
    letters = (DeadLetter("render", "copy_does_not_fit", "k", "<b>too long</b>"),)
    facts = PageFacts(
        figures=replace(FIGURES, spent=spent),
        refused=Refused(figures=count_letters(letters), samples=letters),
        palette=a_tenant().brand.palette,
        root="",
    )
    write_small_report(folder / "report.html", facts, [(record, webp()) for record in records])
    return folder / "report.html"


@pytest.fixture
def page(tmp_path: Path) -> Iterator[tuple[Any, list[str]]]:
    with chromium.opened(a_report(tmp_path / "report")) as shown:
        yield shown


def test_people_can_filter_group_and_zoom(page: tuple[Any, list[str]]) -> None:
    opened, noise = page
    assert opened.locator("#count").inner_text() == "60 of 60"
    assert opened.locator("main h2").count() == 1
    opened.select_option("#f-locale", "ja-JP")
    assert opened.locator("#count").inner_text() == "20 of 60"
    opened.click("text=By product")
    assert opened.locator("main h2").count() == 2
    opened.locator(".asset").first.click()
    assert opened.locator("dialog[open]").count() == 1
    assert "Wake <script>" in opened.locator("#z-facts").inner_text()
    assert opened.locator("#z-at").inner_text() == "1 of 20"
    opened.keyboard.press("ArrowRight")
    assert opened.locator("#z-at").inner_text() == "2 of 20"
    opened.keyboard.press("ArrowLeft")
    opened.keyboard.press("ArrowLeft")
    assert opened.locator("#z-at").inner_text() == "20 of 20"
    chromium.wait_until(opened, "document.getElementById('z-image').naturalWidth === 108")
    opened.keyboard.press("Escape")
    opened.fill("#search", "nothing like it")
    assert "Nothing matches" in opened.locator("main").inner_text()
    assert noise == []


def test_text_from_outside_stays_text(page: tuple[Any, list[str]]) -> None:
    opened, noise = page
    assert opened.title() == "Campaign </title> · Brand"
    assert opened.locator(".failures td b").count() == 0
    assert "<b>too long</b>" in opened.locator(".failures").inner_text()
    assert noise == []


def test_a_film_plays_and_a_file_that_no_browser_shows_has_its_thumbnail(tmp_path: Path) -> None:
    (tmp_path / "x.tiff").write_bytes(b"II*\0")
    with chromium.opened(a_report(tmp_path, address="x.mp4")) as (opened, _):
        opened.locator(".asset").first.click()
        assert opened.locator("#z-film").is_visible()
        assert opened.locator("#z-film").get_attribute("src") == "x.mp4"
        assert not opened.locator("#z-image").is_visible()
    with chromium.opened(a_report(tmp_path, address="x.tiff")) as (opened, _):
        opened.locator(".asset").first.click()
        chromium.wait_until(opened, "document.getElementById('z-image').naturalWidth === 54")


def test_what_was_measured_stands_beside_the_estimate(tmp_path: Path) -> None:
    spent = Spent(steps=(StepTime("draw", 42_000_000, 3_000_000), StepTime("render", 0, 500)), model_calls=7)
    with chromium.opened(a_report(tmp_path, spent=spent)) as (opened, noise):
        tiles = opened.locator(".tiles").inner_text()
        assert "42.0 s" in tiles
        assert "50.0 s estimated if all were new" in tiles
        opened.click("text=Measured, step by step")
        assert opened.locator(".spent tbody tr").first.inner_text().split() == ["draw", "42.0", "s", "3.0", "s"]
        opened.locator(".asset").first.click()
        assert "42.0 s accelerator, 3.0 s processor" in opened.locator("#z-facts").inner_text()
    assert noise == []


def test_what_was_measured_stands_beside_the_quote_of_the_run(tmp_path: Path) -> None:
    quote = Quote(
        accelerator_s=Expected(40, 4), processor_s=Expected(200), vendor_usd=Expected(), campaigns=1
    )  # fmt: skip
    figures = replace(FIGURES, spent=Spent(steps=(StepTime("draw", 42_000_000, 190_000_000),)), quote=quote)
    write_small_report(tmp_path / "report.html", PageFacts(figures=figures), [(RECORD, webp())])
    text = (tmp_path / "report.html").read_text()
    assert '<dd>42.0 s</dd><dd class="note">measured; this run was quoted 40.0 s ± 2.0 s</dd>' in text
    assert '<dd>3.2 min</dd><dd class="note">measured; this run was quoted 3.3 min</dd>' in text


def test_the_page_names_nothing_outside_and_is_the_same_again(tmp_path: Path) -> None:
    text = a_report(tmp_path, count=40).read_text()
    assert text.count("data:image/webp") == 40
    assert 'src="http' not in text
    assert 'href="http' not in text
    assert a_report(tmp_path / "again", count=40).read_text() == text
