"""Contact sheets: what is asked for each picture, and the pictures side by side."""

from __future__ import annotations

import numpy as np

from foundry.sets.files import shipped_sets
from models.sets.ask import Area
from models.sets.contact_sheet import GAP_PX, SheetOrder, contact_sheet, usual_colours
from models.sets.product.standing import Standing

PALETTES = (("#FF0000", "#00FF00", "#0000FF"), ("#101010", "#202020", "#303030"))


def an_order() -> SheetOrder:
    stand = Standing(Area(left=0.3, top=0.4, right=0.7, bottom=0.9))
    podium = shipped_sets()["podium"]
    return SheetOrder(set_file=podium, palettes=PALETTES, standing=stand, size=(60, 80), seeds=(4, 5, 6))


def test_palettes_and_lights_are_rows_and_seeds_are_columns() -> None:
    asks = list(an_order().asks())
    assert [ask.seed for ask in asks[:6]] == [4, 5, 6, 4, 5, 6]
    assert [ask.light for ask in asks[:6]] == ["left"] * 3 + ["right"] * 3
    assert {(ask.wall, ask.floor, ask.accent) for ask in asks[6:]} == {PALETTES[1]}
    assert len(asks) == 12


def test_a_sheet_shows_every_picture_whole_with_its_colours_below() -> None:
    pictures = [(ask, np.full((80, 60, 3), number / 20, np.float32)) for number, ask in enumerate(an_order().asks())]
    sheet = contact_sheet(pictures, columns=3)
    assert sheet.size == (3 * (60 + GAP_PX) + GAP_PX, 4 * (80 + 18 + GAP_PX) + GAP_PX)
    middles = [sheet.getpixel((GAP_PX + 30 + at % 3 * 66, GAP_PX + 40 + at // 3 * 104)) for at in range(12)]
    assert middles == [(round(number / 20 * 255),) * 3 for number in range(12)]
    assert sheet.getpixel((GAP_PX + 5, GAP_PX + 89)) == (255, 0, 0)


def test_a_set_that_nobody_gave_colours_has_its_own_or_its_scenes() -> None:
    podium = shipped_sets()["podium"].model_copy(update={"colours": None, "scene": "snow"})
    assert usual_colours(podium)[1] == "#F6F5F2"
    own = ("#111111", "#222222", "#333333")
    assert usual_colours(podium.model_copy(update={"colours": own})) == own
    assert all(colour.startswith("#") for colour in usual_colours(podium.model_copy(update={"scene": None})))
