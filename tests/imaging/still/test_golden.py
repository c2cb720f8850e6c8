"""Layouts look as they did when somebody looked at them."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageChops

from tests.imaging.still.golden_pictures import FOLDER, Case, cases, change, drawn, kept, show

CASES = {case.name: case for case in cases()}


@pytest.mark.parametrize("name", CASES)
def test_a_layout_looks_as_it_did(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    accept = f"python -m tests.imaging.still.accept_golden {name}"
    assert case.file.is_file(), f"there is no golden picture of {name}; look at it, then: {accept}"
    golden, today = kept(case), drawn(case)
    found = change(golden, today)
    if not found.tolerable:
        page = show(case, golden, today, tmp_path)
        pytest.fail(f"{name}: {found}. Both are shown in {page}. If it is meant: {accept}")


def test_there_is_no_golden_picture_of_a_layout_that_is_gone() -> None:
    assert sorted(file.stem for file in FOLDER.glob("*.webp")) == sorted(CASES)


def test_the_golden_pictures_stay_small() -> None:
    assert sum(file.stat().st_size for file in FOLDER.glob("*.webp")) < 3_000_000


def a_case() -> Case:
    return CASES["square-stage-aurelle-en-US"]


def test_type_that_moves_by_a_hundredth_of_the_frame_is_a_change_and_both_are_shown(tmp_path: Path) -> None:
    case = a_case()
    golden = kept(case)
    moved = ImageChops.offset(golden, 0, golden.height // 100)
    assert not change(golden, moved).tolerable
    page = show(case, golden, moved, tmp_path)
    shown = {name: (tmp_path / f"{case.name}-{name}.png") for name in ("golden", "today", "difference")}
    assert all(file.name in page.read_text() for file in shown.values())
    with Image.open(shown["difference"]) as difference:
        assert difference.getextrema()[1] > 200


def test_another_colour_or_size_is_a_change_and_coding_noise_is_none() -> None:
    golden = kept(a_case())
    red, green, blue = golden.split()
    assert not change(golden, Image.merge("RGB", (blue, green, red))).tolerable
    assert not change(golden, golden.resize((golden.width, golden.height - 1))).tolerable
    assert change(golden, Image.eval(golden, lambda level: min(level + 1, 255))).tolerable
