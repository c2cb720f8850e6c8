"""The evaluation page in a real browser, from disk: worst first, filters, zoom, two versions side by side."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lab.evaluation.evaluate import Options, evaluate
from models.registry import card
from models.registry.evidence import evidence_folder
from tests.support import chromium
from tests.support.evaluating import RenderingHandler, a_card, measured_screening

pytestmark = pytest.mark.browser

PROMPTS, SEEDS = 4, 2


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two versions of one card; the second draws a studio sweep for a podium and an arch."""
    registry = tmp_path_factory.mktemp("registry")
    for version, wrong in (("1", ()), ("2", ("round podium", "arched niche"))):
        model = a_card(registry, version=version, sizes={"square": [96, 96]}, title="Tiny </title> & random")
        options = Options(
            made_on=f"2026-01-0{version}", seeds=SEEDS, prompts=PROMPTS, timed=1, pairs=2, work=registry / "work"
        )
        evaluate(model, RenderingHandler(wrong), measured_screening(card("measured", "screen")), options)
    return evidence_folder(model) / "report.html"


@pytest.fixture
def page(report: Path) -> Iterator[tuple[Any, list[str]]]:
    with chromium.opened(report) as shown:
        yield shown


def visible(opened: Any) -> Any:
    return opened.locator("article:not([hidden])")


def test_the_worst_comes_first_and_filters_narrow(page: tuple[Any, list[str]]) -> None:
    opened, noise = page
    assert opened.title() == "Tiny </title> & random · evaluation of tiny@2"
    assert "Does not pass: prompts" in opened.locator(".verdict").inner_text()
    assert visible(opened).count() == PROMPTS
    worst = visible(opened).first
    assert worst.get_attribute("data-scene") in ("podium", "arch")
    assert "sweep, not" in worst.inner_text()
    opened.click("text=In the set's order")
    assert visible(opened).first.get_attribute("data-order") == "0"
    opened.check("#wrong")
    assert set(visible(opened).evaluate_all("rows => rows.map(row => row.dataset.wrong > 0)")) == {True}
    opened.uncheck("#wrong")
    opened.select_option("#scene", "podium")
    assert visible(opened).count() == 1
    assert opened.locator("#count").inner_text() == f"1 of {PROMPTS} prompts"
    assert noise == []


def test_pictures_load_zoom_and_stand_beside_the_version_before(page: tuple[Any, list[str]]) -> None:
    opened, noise = page
    first = visible(opened).first
    images = first.locator("img")
    assert images.count() == 2 * SEEDS
    first.scroll_into_view_if_needed()
    opened.wait_for_function(
        "[...document.querySelector('article').querySelectorAll('img')].every(i => i.naturalWidth)"
    )
    opened.uncheck("#beside")
    assert first.locator("img:visible").count() == SEEDS
    opened.check("#beside")
    first.locator("button").first.focus()
    opened.keyboard.press("Enter")
    assert opened.locator("#z-at").inner_text() == f"1 of {2 * SEEDS * PROMPTS}"
    assert "Nearest colours" in opened.locator("#z-facts").inner_text()
    opened.keyboard.press("ArrowLeft")
    assert opened.locator("#z-at").inner_text() == f"{2 * SEEDS * PROMPTS} of {2 * SEEDS * PROMPTS}"
    opened.keyboard.press("Escape")
    assert opened.locator("dialog[open]").count() == 0
    assert noise == []


def test_everything_shown_has_words_for_those_who_do_not_see_it(page: tuple[Any, list[str]]) -> None:
    opened, _ = page
    grid = "document.querySelectorAll('.grid img')"
    assert opened.evaluate(f"[...{grid}].every(image => image.alt.length > 20)")
    assert opened.evaluate("[...document.querySelectorAll('th')].every(head => head.scope)")
    assert opened.evaluate("[...document.querySelectorAll('button')].every(b => b.innerText.trim() || b.ariaLabel)")
    opened.keyboard.press("Tab")
    assert opened.evaluate("document.activeElement.getAttribute('href')") == "#pictures"


def test_the_page_names_nothing_outside_its_folder(report: Path) -> None:
    text = report.read_text()
    assert 'src="http' not in text
    assert 'href="http' not in text
    assert "data:image" not in text
    assert report.stat().st_size < 200_000
