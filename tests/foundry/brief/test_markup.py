"""Markup that other systems left in copy is refused by name, or read as a browser would; it is never printed."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from foundry.brief.brief import Brief
from foundry.brief.intake import parse
from foundry.brief.markup import clean_line, clean_markup, markup_in
from foundry.errors import Refusals
from tests.support.briefs import EXAMPLES

CLEANED = {
    "Fish &amp; chips": "Fish & chips",
    "Fish &amp;amp; chips": "Fish & chips",
    "Fish &amp chips": "Fish & chips",
    "10&nbsp%&nbspoff": "10\u00a0%\u00a0off",
    "Caf&eacute; &#8211; it&#8217;s here": "Café – it’s here",
    "10&nbsp;% off": "10\u00a0% off",
    "&#x1F525; Hot": "🔥 Hot",
    "<b>New</b> in town": "New in town",
    "<p>First line</p><p>Second line</p>": "First line\nSecond line",
    "Wake up<br/>radiant": "Wake up\nradiant",
    'See <a href="https://shop.example/a?b=1&amp;c=2">terms</a>': "See terms",
    "&lt;b&gt;Fish&lt;/b&gt; &amp;amp; chips": "Fish & chips",
    "Auf&shy;trag": "Auf\u00adtrag",
    "<cta>Shop now</cta>": "Shop now",
    "<![CDATA[Fish & chips]]>": "Fish & chips",
    "<!-- draft 3 -->Glow": "Glow",
    "<style>p {color: red}</style>Glow": "Glow",
    "{product.name} &mdash; {price}": "{product.name} — {price}",
    "<ul><li>Light</li><li>Warm</li></ul>": "Light\nWarm",
}
PLAIN = (
    "R&D for all", "AT&T; and friends", "5 < 6 and 7 > 2", "I <3 you", "a <-> b", "<NEW> this week", "Q&A;",
    "Tom & Jerry",    "x &copysign y", "2 &3", "«Salut» <Radiant>", "&", "<", "< b >", "{price} & more",
)  # fmt: skip


@pytest.mark.parametrize(("text", "right"), CLEANED.items(), ids=CLEANED)
def test_markup_is_found_and_read_as_a_browser_shows_it(text: str, right: str) -> None:
    assert markup_in(text)
    assert clean_markup(text) == right
    assert markup_in(right) == ()


@pytest.mark.parametrize("text", PLAIN)
def test_signs_that_people_write_are_no_markup(text: str) -> None:
    assert markup_in(text) == ()
    assert clean_markup(text) == text


def test_a_name_stays_on_one_line() -> None:
    assert clean_line("Radiance<br>Serum") == "Radiance Serum"


PARTS = (
    "&",
    "amp;",
    "lt;",
    "gt;",
    "#60;",
    "<",
    ">",
    "/",
    "b",
    "br",
    "script",
    "!--",
    "-->",
    "]]>",
    " ",
    "é",
    "&nbsp",
    "\n",
)


@given(st.lists(st.sampled_from(PARTS), max_size=40).map("".join))
def test_no_text_keeps_markup_once_it_is_cleaned(text: str) -> None:
    assert markup_in(clean_markup(text)) == ()
    if not markup_in(text):
        assert clean_markup(text) == text


def the_brief(**changes: Any) -> dict[str, Any]:
    raw = yaml.safe_load((EXAMPLES / "aurelle-spring-glow.yaml").read_text(encoding="utf-8"))
    locale = next(iter(raw["messages"]))
    raw["messages"] = {locale: {**raw["messages"][locale], "headline": "Fish &amp; <b>chips</b>"}}
    raw.pop("film", None)
    return {**raw, **changes}


def test_a_brief_with_markup_is_refused_with_the_marks_and_the_way_out() -> None:
    with pytest.raises(Refusals) as refused:
        parse(the_brief())
    (problem,) = refused.value.problems
    assert str(problem) == (
        "messages.en-US.headline: 'Fish &amp; <b>chips</b>' is refused: it holds markup that would be printed "
        "(&amp;, <b>, </b>); write plain text, or set `copy_markup: clean`"
    )


def test_a_brief_that_says_so_is_read_as_the_plain_one() -> None:
    cleaned, plain = parse(the_brief(copy_markup="clean")), the_brief()
    (locale,) = plain["messages"]
    plain["messages"][locale]["headline"] = "Fish & chips"
    assert cleaned.messages == parse(plain).messages


def test_names_of_products_and_subtitles_are_cleaned_too() -> None:
    raw = the_brief(copy_markup="clean")
    raw["products"][0]["name"] = "Salt &amp; Vinegar"
    raw["film"] = {"subtitles": {next(iter(raw["messages"])): [{"start": 0, "end": 2, "text": "Say <i>hi</i>"}]}}
    brief = Brief.model_validate(raw)
    assert brief.products[0].name == "Salt & Vinegar"
    assert brief.film is not None
    assert [line.text for lines in brief.film.subtitles.values() for line in lines] == ["Say hi"]


@pytest.mark.parametrize("field", ["name", "description", "category"])
def test_a_product_with_markup_is_refused(field: str) -> None:
    raw = the_brief()
    raw["messages"] = {"en-US": {"headline": "Glow"}}
    raw["products"][0][field] = "Salt &amp; Vinegar"
    with pytest.raises(Refusals, match=rf"products\[0\]\.{field}: .*it holds markup"):
        parse(raw)
