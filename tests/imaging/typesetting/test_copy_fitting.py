"""Copy is tried before a run: the longest words of each field, in every area, and slots may not overlap."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

from foundry.channel.placement import placements
from foundry.copy import Copy
from foundry.layout.files import layout_for
from foundry.layout.layout import Layout
from imaging.typesetting.copy_fitting import Fit, SlotsOverlap, find_misfits, fit_copies, widest_copies
from imaging.typesetting.logo import LogoDoesNotFit
from tests.support.briefs import BRIEF, a_tenant, admitted, product_picture

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


def test_the_longest_words_of_each_field_are_tried(tmp_path: Path) -> None:
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
