"""The feature distance is zero for equal pictures and grows with the strength of a distortion."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageFilter

from lab.evaluation.feature_distance import EDGE, feature_distance
from lab.evaluation.photographs import photograph


@pytest.fixture(scope="module")
def picture() -> np.ndarray:
    return photograph("coffee.png")[:EDGE, :EDGE]


def blurred(picture: np.ndarray, radius: float) -> np.ndarray:
    eight = Image.fromarray((picture * 255).astype(np.uint8))
    return np.asarray(eight.filter(ImageFilter.GaussianBlur(radius)), np.float32) / 255


def test_equal_pictures_have_no_distance(picture: np.ndarray) -> None:
    assert feature_distance(picture, picture) == 0


def test_stronger_blur_is_farther_away_and_the_distance_is_symmetric(picture: np.ndarray) -> None:
    distances = [feature_distance(picture, blurred(picture, radius)) for radius in (1, 2, 4)]
    assert distances == sorted(distances)
    assert 0 < distances[0] < 0.5 * distances[2]
    assert feature_distance(blurred(picture, 2), picture) == pytest.approx(distances[1], rel=1e-5)


def test_what_is_left_beside_the_squares_does_not_count(picture: np.ndarray) -> None:
    wide = np.concatenate([picture, np.zeros((EDGE, 100, 3), np.float32)], axis=1)
    other = np.concatenate([picture, np.ones((EDGE, 100, 3), np.float32)], axis=1)
    assert feature_distance(wide, other) == 0
