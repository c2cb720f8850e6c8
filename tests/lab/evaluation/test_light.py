"""The lit side is the brighter one."""

from __future__ import annotations

import numpy as np
import pytest

from lab.evaluation.light import asymmetry, light_side
from tests.support.evaluation_answers import two_colours


def test_the_lit_side_is_the_brighter_one() -> None:
    assert light_side(two_colours("#DCC7A6", "#A3A5A8", light=(1.0, 0.4))) == "left"
    assert light_side(two_colours("#DCC7A6", "#A3A5A8", light=(0.4, 1.0))) == "right"
    assert light_side(two_colours("#DCC7A6", "#A3A5A8")) == "top"
    picture = two_colours("#DCC7A6", "#A3A5A8", light=(1.0, 0.5))
    assert asymmetry(np.ascontiguousarray(picture[:, ::-1])) == pytest.approx(-asymmetry(picture), abs=1e-4)
