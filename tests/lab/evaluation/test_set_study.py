"""Sets are studied in rendered pictures, and the page of all of them goes on where it was stopped."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from foundry.sets.files import shipped_sets
from foundry.sets.set_file import SetFile
from lab.evaluation.set_gallery import cells, draw_missing, keep, page
from lab.evaluation.set_study import SetCase, SetStudy
from tests.support.sets import PLAIN, renderer


def a_bottle() -> Image.Image:
    pixels = np.zeros((90, 60, 4), np.uint8)
    pixels[10:80, 10:50] = (10, 90, 200, 255)
    return Image.fromarray(pixels)


def test_a_study_measures_colours_and_a_cutouts_own_pixels() -> None:
    case = SetCase(SetFile.model_validate(PLAIN), ("#D8C3B4", "#C9BCAA", "#B4695F"), "left", 1, ("#123456",) * 3)
    found = SetStudy(renderer(), a_bottle(), (48, 60), 4).study(case)
    assert found.refused == ""
    assert set(found.distances) == {"floor", "accent"}
    assert max(found.distances.values()) < min(found.by_chance.values())
    assert found.product <= 1
    assert found.picture.shape == (60, 48, 3)


def test_pictures_that_are_there_are_not_drawn_again_and_the_page_holds_them(tmp_path: Path) -> None:
    podium = shipped_sets()["podium"]
    wanted = list(cells(podium, 40, 1))
    assert len({cell.name for cell in wanted}) == 18
    assert {cell.name for cell in cells(podium, 40, 2)}.isdisjoint(cell.name for cell in wanted)
    for cell in wanted[1:]:
        keep(np.full((40, 32, 3), 0.5, np.float32), tmp_path / f"{cell.name}.webp")
    assert draw_missing(wanted, tmp_path, most=0) == 1
    text = page({"podium": wanted[1:]}, tmp_path)
    assert text.count("data:image/webp;base64,") == 17
    assert "its own, light from the right, seed 2" in text
