"""Chromium as a second judge: where it would break the copy of every locale, and how wide it draws the headline."""

from __future__ import annotations

import html
import json

import pytest

from foundry.fonts import font_chain
from foundry.locales import is_rtl
from imaging.typesetting.lettering import Style, measure
from imaging.typesetting.lettering.breaking import breaks
from tests.support.chromium import opened
from tests.support.copies import COPIES

pytestmark = pytest.mark.browser
SIZE = 64
# In one pixel of width every piece between two breaks has a line of its own: a character lower than the one before it.
LINES = """() => [...document.querySelectorAll('p')].map(p => {
  const node = p.firstChild, found = []; let last = null, at = 0;
  for (const c of node.data) {
    const range = document.createRange(); range.setStart(node, at); range.setEnd(node, at + c.length);
    const box = range.getClientRects()[0];
    if (c.trim() && box) { if (last !== null && box.top > last + 20) found.push(at); last = box.top; }
    at += c.length;
  }
  return found;
})"""
WIDTHS = "() => [...document.querySelectorAll('span')].map(s => s.getBoundingClientRect().width)"


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[list[int]], list[float]]:
    """Chromium's breaks of every text, then its widths of the headlines, in the order of COPIES."""
    page = tmp_path_factory.mktemp("page") / "lines.html"
    page.write_text(_page(), encoding="utf-8")
    with opened(page) as (browser, noise):
        browser.evaluate("() => document.fonts.ready.then(() => null)")
        found = browser.evaluate(LINES), browser.evaluate(WIDTHS)
        assert noise == []
    return found


def _page() -> str:
    body, css = (
        [],
        [f"p, span {{ font-size: {SIZE}px; line-height: 2; margin: 0 }} p {{ width: 1px; text-wrap: wrap }}"],
    )
    for locale, texts in COPIES.items():
        names = []
        for face in font_chain("Inter", "regular", locale):
            names.append(f"'{face.path.stem}'")
            css.append(f"@font-face {{ font-family: {names[-1]}; src: url({json.dumps(face.path.as_uri())}) }}")
        css.append(f":lang({locale}) {{ font-family: {', '.join(names)} }}")
        attributes = f'lang="{locale}" dir="{"rtl" if is_rtl(locale) else "ltr"}"'
        body += [f"<p {attributes}>{html.escape(text)}</p>" for text in texts]
        body.append(f'<div><span {attributes} style="white-space: nowrap">{html.escape(texts[0])}</span></div>')
    return f"<!doctype html><meta charset=utf-8><style>{chr(10).join(dict.fromkeys(css))}</style>{chr(10).join(body)}"


@pytest.mark.parametrize("locale", COPIES)
def test_we_break_only_where_chromium_does(judged: tuple[list[list[int]], list[float]], locale: str) -> None:
    at = 3 * list(COPIES).index(locale)
    for text, allowed in zip(COPIES[locale], judged[0][at : at + 3], strict=True):
        ours = {one.at for one in breaks(text, locale)}
        assert sorted(text[max(0, at - 5) : at] + "|" + text[at : at + 5] for at in ours - set(allowed)) == []


@pytest.mark.parametrize("locale", COPIES)
def test_headlines_are_as_wide_as_in_chromium(judged: tuple[list[list[int]], list[float]], locale: str) -> None:
    wanted = judged[1][list(COPIES).index(locale)]
    line = measure(COPIES[locale][0], Style("Inter", "regular", SIZE, is_rtl(locale), locale))
    assert line.width == pytest.approx(wanted, rel=0.02)


def test_the_judge_forbids_most_places(judged: tuple[list[list[int]], list[float]]) -> None:
    for index, locale in enumerate(COPIES):
        allowed, places = len(judged[0][3 * index + 1]), len(COPIES[locale][1])
        assert 0 < allowed < places * (0.9 if locale[:2] in ("zh", "ja", "ko") else 0.25)
