"""The matrix page in a real browser, from disk: filters narrow it, and every picture is there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import chromium
from tests.support.layout_matrix import Wanted, write_matrix
from tests.support.specimens import Masters

pytestmark = pytest.mark.browser

WANTED = Wanted(("northpeak",), ("rectangle", "mobile-banner"), ("en-US", "he-IL", "ja-JP"), 1)
DECODED = """async () => {
    const pictures = [...document.images];
    pictures.forEach(picture => picture.loading = "eager");
    await Promise.all(pictures.map(picture => picture.decode()));
    return pictures.map(picture => picture.naturalWidth);
}"""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("matrix")
    write_matrix(target, WANTED, Masters())
    return target / "index.html"


@pytest.fixture
def page(written: Path) -> Iterator[tuple[Any, list[str]]]:
    with chromium.opened(written) as shown:
        yield shown


def shown(opened: Any) -> str:
    return str(opened.locator("#shown").inner_text())


def test_the_filters_narrow_the_page(page: tuple[Any, list[str]]) -> None:
    opened, noise = page
    assert "6 cells" in opened.locator("h1").inner_text()
    assert shown(opened) == "3 shown"
    opened.select_option("#family", "")
    assert shown(opened) == "6 shown"
    opened.select_option("#locale", "he-IL")
    opened.select_option("#layout", "rectangle-panel")
    assert shown(opened) == "1 shown"
    assert opened.locator("figcaption").inner_text().startswith("he-IL")
    opened.check("#wrong")
    assert shown(opened) == "0 shown"
    assert noise == []


def test_no_picture_is_broken_and_each_says_its_headline(page: tuple[Any, list[str]]) -> None:
    opened, noise = page
    opened.select_option("#family", "")
    widths = opened.evaluate(DECODED)
    assert len(widths) == 6
    assert min(widths) >= 200
    spoken = opened.locator("figure img").evaluate_all("all => all.map(one => one.alt)")
    assert "Out before the sun" in spoken
    assert noise == []
