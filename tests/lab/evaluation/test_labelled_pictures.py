"""Edits of the labelled set change what they say and nothing else, deterministically."""

from __future__ import annotations

import numpy as np
import pytest

from lab.evaluation import labelled_pictures as labelled
from lab.evaluation.scaling import Picture, luma
from lab.evaluation.screen_cases import LOGOS


@pytest.fixture(scope="module")
def picture() -> Picture:
    chance = np.random.default_rng(4)
    return chance.integers(60, 200, (160, 200, 3), dtype=np.uint8)


def test_a_phrase_changes_some_pixels_and_its_place_varies(picture: Picture) -> None:
    phrase = ("Inter-SemiBold.ttf", "Sale")
    one, other = (labelled.with_phrase(picture, phrase, (28, 1.0, 0), at) for at in (0, 1))
    changed = (one != picture).any(axis=2)
    assert 0.001 < changed.mean() < 0.2
    assert not np.array_equal(one, other)
    assert np.array_equal(one, labelled.with_phrase(picture, phrase, (28, 1.0, 0), 0))


@pytest.mark.parametrize(("level", "letters"), [(30, 255), (220, 0)])
def test_letters_are_white_on_dark_and_black_on_bright(level: int, letters: int) -> None:
    plain = np.full((100, 160, 3), level, np.uint8)
    written = labelled.with_phrase(plain, ("Inter-SemiBold.ttf", "Sale"), (28, 1.0, 0), 0)
    assert letters in written
    assert set(written.flatten().tolist()) >= {level, letters}


def test_opacity_weakens_the_letters(picture: Picture) -> None:
    phrase = ("Inter-SemiBold.ttf", "Sale")
    strong, weak = (labelled.with_phrase(picture, phrase, (28, opacity, 0), 0) for opacity in (1.0, 0.15))
    away = [np.abs(one.astype(int) - picture.astype(int)).max() for one in (strong, weak)]
    assert away[1] < 0.3 * away[0]


@pytest.mark.skipif(not LOGOS, reason="the example tenants are not installed")
def test_a_logo_lies_in_the_lower_right_corner(picture: Picture) -> None:
    marked = labelled.with_logo(picture, LOGOS[0], 60)
    rows, columns = np.nonzero((marked != picture).any(axis=2))
    assert columns.min() >= 200 - 60 - 12
    assert columns.max() < 200 - 12
    assert rows.max() < 160 - 12


def test_blur_lowers_contrast_and_keeps_the_mean(picture: Picture) -> None:
    soft = labelled.blur(picture, 3)
    assert luma(soft).std() < 0.3 * luma(picture).std()
    assert luma(soft).mean() == pytest.approx(luma(picture).mean(), abs=0.01)


@pytest.mark.parametrize("levels", [2, 12, 40])
def test_a_posterised_picture_has_few_levels(levels: int, picture: Picture) -> None:
    assert len(np.unique(labelled.posterise(picture, levels))) <= levels


def test_a_seam_raises_the_right_part_by_its_step(picture: Picture) -> None:
    seamed = labelled.with_seam(picture, 6).astype(int) - picture
    assert set(seamed[:, :80].flatten().tolist()) == {0}
    assert set(seamed[:, 80:].flatten().tolist()) == {6}


def test_exposure_moves_every_level_and_clips_at_the_ends(picture: Picture) -> None:
    assert labelled.expose(picture, 7).min() == 255
    assert labelled.expose(picture, -7).max() == 0
    assert np.array_equal(labelled.expose(picture, 1).astype(int) - picture, np.full(picture.shape, 32))


def test_skin_tones_keep_the_order_of_lightness() -> None:
    ramp = np.repeat(np.arange(0, 250, 10, dtype=np.uint8)[None, :, None], 3, axis=2)
    toned = labelled.with_skin_tones(ramp)
    assert (np.diff(toned[0, :, 0].astype(int)) > 0).all()
    assert (toned[..., 0] > toned[..., 2]).all()


@pytest.mark.parametrize("edit", [*labelled.EDITS, *labelled.SLIGHT])
def test_an_edit_keeps_the_size_and_changes_the_picture(edit: str, picture: Picture) -> None:
    change = {**labelled.EDITS, **labelled.SLIGHT}[edit]
    edited = labelled.apply_edit(picture, change)
    assert edited.shape == picture.shape
    assert not np.array_equal(edited, picture)


def test_the_middle_of_a_picture_becomes_a_square(picture: Picture) -> None:
    from PIL import Image

    wide = np.zeros((100, 300, 3), np.uint8)
    wide[:, 100:200] = 255
    assert set(labelled.square(Image.fromarray(wide), 100).flatten().tolist()) == {255}


def test_renders_and_photographs_of_the_set_are_good_pictures() -> None:
    assert [case.faulty for case in labelled.renders(4)] == [False] * 4
    photographs = labelled.photographs()
    assert set(photographs) == set(labelled.PHOTOGRAPHS)
    assert {pixels.shape for pixels in photographs.values()} == {(512, 512, 3)}
