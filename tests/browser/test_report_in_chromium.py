"""The report in a real browser, from disk: it loads, filters, groups, zooms, and asks the network for nothing."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from foundry.manifest import CheckRecord, DeadLetter, ManifestRecord
from pipelines.campaign.report_page import RunFigures, write_report
from tests.support import chromium
from tests.support.briefs import a_tenant

pytestmark = pytest.mark.browser

CHECK = CheckRecord("contrast", True, "at least 7:1", "4.5:1")
RECORD = ManifestRecord(
    asset="a" * 32, address="renditions/aa/x.jpg", file_name="x.jpg", thumbnail="t", tenant="aurelle", campaign="c",
    campaign_name="C", brief="b", regions=("US",), audience="", product="serum", product_name="Serum",
    product_picture=None, scene="silk", prompt="Silk", negative_prompt="", caption="silk", locale="en-US",
    headline="Wake <script>alert(1)</script> up", subheadline="", call_to_action="Shop", offer="", price="$1",
    legal="", placement="meta/story", channel="meta", family="story", placement_digest="p", layout="l@1",
    layout_digest="l", brand_digest="b", width_px=108, height_px=192, format="jpeg", quality=90, size_bytes=1000,
    crc32c="AAAA", shot="s", master="masters/m.png", bucket="story", mirrored=False, alternative=0, seed=1,
    attempts=1, model="backdrop", model_version="1", weights_sha256="w" * 32, upscaler="u@1", screen="m@1",
    shot_checks=(CHECK,), checks=(CHECK,), cost_usd="0.0001", embargo=None, expiry=None, priority=5,
)  # fmt: skip
FIGURES = RunFigures(
    campaign="c",
    campaign_name="Campaign </title>",
    tenant_name="Brand",
    variants_total=60,
    made=60,
    reused=0,
    failed=1,
    shots_total=4,
    shots_drawn=4,
    cost_usd="0.01",
    cost_if_new_usd="0.02",
    size_bytes=10_000,
    model="backdrop",
    seconds=3.0,
)


def webp(_: str = "") -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (54, 96), "#aa5533").save(stream, "WEBP")
    return stream.getvalue()


def a_report(folder: Path, count: int = 60, shown: int = 3_000) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (108, 192), "#aa5533").save(folder / "x.jpg")
    records = [
        replace(RECORD, asset=f"{n:032x}", locale=("en-US", "ar-EG", "ja-JP")[n % 3], product_name=f"Product {n % 2}")
        for n in range(count)
    ]
    letters = [DeadLetter("render", "copy_does_not_fit", "k", "<b>too long</b>")]
    write_report(
        folder / "report.html", figures=FIGURES, records=records, letters=letters, thumbnail=webp,
        link=lambda _: "x.jpg", palette=a_tenant().brand.palette, shown=shown,
    )  # fmt: skip
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
    opened.wait_for_function("document.getElementById('z-image').naturalWidth === 108")
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


def test_the_page_is_bounded_and_names_nothing_outside(tmp_path: Path) -> None:
    text = a_report(tmp_path, count=40, shown=10).read_text()
    assert "30 more assets are not shown here" in text
    assert text.count("data:image/webp") == 10
    assert 'src="http' not in text
    assert 'href="http' not in text
    assert a_report(tmp_path / "again", count=40, shown=10).read_text() == text
