"""Writing in any script is found; it is read where the recogniser knows the script."""

from __future__ import annotations

import numpy as np
import pytest

from models.screening.text_regions import Region
from models.screening.writing import believed_words, find_writing, has_line_shape, writing_probability
from tests.support.drawings import NETWORKS, scene, written


def region(length: float, height: float, score: float) -> Region:
    return Region(np.array([[0, 0], [length, 0], [length, height], [0, height]], np.float64), score)


def test_upright_writing_is_read_as_level_writing_is() -> None:
    level = written("Summer sale", "Inter-SemiBold.ttf")
    turned = np.ascontiguousarray(np.rot90(level, -1))  # reads from top to bottom
    assert [one.words for one in find_writing(level, NETWORKS)] == ["Summer sale"]
    assert [one.words for one in find_writing(turned, NETWORKS)] == ["Summer sale"]


def test_the_probability_has_the_pictures_size_whatever_the_networks_multiple() -> None:
    assert writing_probability(scene()[:70, :101], NETWORKS).shape == (70, 101)


@pytest.mark.parametrize(
    ("words", "probability", "believed"),
    [("Sale", 0.9, "Sale"), (" Sale ", 0.7, "Sale"), ("Sale", 0.69, ""), ("a1", 0.99, ""), ("!?-.", 0.99, "")],
)
def test_a_reading_needs_three_letters_and_enough_certainty(words: str, probability: float, believed: str) -> None:
    assert believed_words(words, probability) == believed


@pytest.mark.parametrize(
    ("length", "height", "score", "line"),
    [
        (40, 12, 0.95, True),
        (12, 40, 0.95, True),
        (20, 12, 0.95, False),
        (60, 18, 0.95, False),
        (60, 18, 0.99, True),
        (90, 25, 0.99, False),
        (40, 12, 0.85, False),
    ],
)
def test_a_line_is_long_flat_and_surer_the_taller_it_is(length: float, height: float, score: float, line: bool) -> None:
    assert has_line_shape(region(length, height, score), 100) is line
