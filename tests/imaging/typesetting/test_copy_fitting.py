"""Copy is tried before a run: whatever is not proven to have room, in every area, and slots may not overlap."""

from __future__ import annotations

import pickle
import tempfile
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundry.channel.placement import placements
from foundry.copy import Copy
from foundry.errors import Refusals
from foundry.layout.files import layout_for
from foundry.layout.layout import Layout
from imaging.typesetting.copy_fitting import MOST_REFUSED, Fit, SlotsOverlap, find_misfits, fit_copies, widest_copies
from imaging.typesetting.logo import LogoDoesNotFit
from imaging.typesetting.setting import CopyDoesNotFit
from tests.support.briefs import BRIEF, WIDE_COPY, a_tenant, admitted, not_tried, product_picture

SQUARE = placements()["meta/feed-square"]
STYLES = {field: {"size": ["note", "display"], "lines": 2} for field in ("headline", "legal", "offer")}


def a_layout(**changes: Any) -> Layout:
    blocks = {"copy": {"area": [100, 100, 900, 400], "slots": ["headline"]}}
    return Layout.model_validate(
        {"id": "test", "version": 1, "family": "square", "styles": STYLES, "blocks": blocks, **changes}
    )


def fits(layout: Layout, *copies: Copy) -> list[Fit]:
    return list(fit_copies(layout, SQUARE, a_tenant(), [("en-US", copy) for copy in copies]))


def test_every_copy_gets_its_own_fit() -> None:
    found = fits(a_layout(), Copy(headline="Short"), Copy(headline="W" * 60), Copy(headline="Short again"))
    assert [fit.refusal is None for fit in found] == [True, False, True]
    assert {(fit.layout, fit.placement, fit.locale) for fit in found} == {("test", SQUARE.name, "en-US")}


def test_slots_of_two_blocks_that_lie_on_each_other_are_the_layouts_fault() -> None:
    blocks = {
        "copy": {"area": [100, 100, 900, 400], "slots": ["headline"]},
        "terms": {"area": [100, 100, 900, 400], "slots": ["legal"]},
    }
    (found,) = fits(a_layout(blocks=blocks), Copy(headline="Wake up radiant", legal="Terms"))
    assert isinstance(found.refusal, SlotsOverlap)
    assert "in layout test, headline lies on legal. Move one of their areas" in str(found.refusal)
    assert str(pickle.loads(pickle.dumps(found.refusal))) == str(found.refusal)


def test_a_logo_without_room_is_refused_once_and_not_for_every_copy() -> None:
    found = fits(a_layout(logo={"area": [100, 100, 110, 110]}), Copy(headline="One"), Copy(headline="Two"))
    assert [type(fit.refusal) for fit in found] == [LogoDoesNotFit]


def test_the_area_with_the_least_room_decides_what_gives_way() -> None:
    areas = [[100, 100, 900, 500], [100, 100, 900, 150]]
    layout = a_layout(blocks={"copy": {"areas": areas, "slots": ["offer", "headline"]}})
    copy = Copy(headline="Wake up radiant", offer="20% off everything")
    assert [fit.dropped for fit in fits(layout, copy)] == [("offer",)]
    wide = a_layout(blocks={"copy": {"area": areas[0], "slots": ["offer", "headline"]}})
    assert [fit.dropped for fit in fits(wide, copy)] == [()]


def test_the_widest_words_of_each_field_are_found(tmp_path: Path) -> None:
    product = BRIEF["products"][0]
    products = [{**product, "id": f"p{at}", "name": "N" * (at + 1), "picture": f"p{at}.png"} for at in range(6)]
    for each in products:
        product_picture(tmp_path / each["picture"])
    messages = {"en-US": {"headline": "Meet {product.name}", "call_to_action": "Shop now"}}
    plan = admitted(tmp_path, products=products, messages=messages).plan
    layout = layout_for(placements()["google/half-page"], plan.tenant)
    tried = [copy.headline for _, copy in widest_copies(plan, layout)]
    assert tried[:3] == ["Meet NNNNNN", "Meet NNNNN", "Meet NNNN"]
    assert len(tried) == len(set(tried))


def test_a_plan_that_fits_has_no_misfits(tmp_path: Path) -> None:
    assert list(find_misfits(admitted(tmp_path).plan)) == []


def named(names: list[str], **changes: Any) -> dict[str, Any]:
    """Changes of the test brief: products of these names, which are all that a file says."""
    products = [{"id": f"p{at:03d}", "name": name, "picture": "serum.png"} for at, name in enumerate(names)]
    return {"products": products, "messages": {"de-DE": {"headline": "{product.name}"}}, **changes}


def test_a_short_name_of_wide_letters_is_refused_among_longer_names(tmp_path: Path) -> None:
    with pytest.raises(Refusals) as refused:
        admitted(tmp_path, **WIDE_COPY)
    (only,) = refused.value.problems
    assert isinstance(only, CopyDoesNotFit)
    assert only.text == "W" * 29


WORDS = st.sampled_from(
    ("W" * 9, "iiiiiiiiii", "Velvet", "of", "Feuchtigkeit", "SPF 30", "字字字", "Crème", "W" * 22, "-")
)


@settings(max_examples=5, deadline=None)
@given(st.lists(st.lists(WORDS, min_size=1, max_size=5).map(" ".join), min_size=9, max_size=14, unique=True))
def test_of_a_brief_that_passes_every_copy_can_be_set_and_of_another_one_cannot(names: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        plan = not_tried(Path(folder), **named(names, placements=["google/leaderboard", "google/skyscraper"])).plan
    misfits = list(find_misfits(plan))
    fits = [
        fit.refusal
        for cell in chain.from_iterable(plan.cells.values())
        for at in range(len(names))
        for fit in fit_copies(
            cell.layout, cell.placement, plan.tenant, [("de-DE", plan.copy(at, "de-DE", cell.layout.fields)[0])]
        )
    ]
    assert {str(refusal) for refusal in fits if refusal} == {str(refusal) for refusal in misfits}


def test_no_more_is_tried_once_enough_copies_are_refused(tmp_path: Path) -> None:
    wide = [f"{'W' * 30}{at}" for at in range(MOST_REFUSED + 500)]
    plan = not_tried(tmp_path, **named(wide, placements=["google/leaderboard"])).plan
    *single, last = find_misfits(plan)
    assert len(single) == MOST_REFUSED - 1
    assert isinstance(last, Refusals)
    assert last.stopped
