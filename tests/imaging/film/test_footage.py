"""Moments at which text over a clip is measured: inside the scene, from the text's entrance to its end."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from foundry.plan.shot import Box, MasterFacts
from imaging.film.footage import MOMENTS, facts_of_clip, text_moments
from tests.support.film_parts import a_take, an_entrance
from tests.support.set_films import a_film_card, a_set_clip


@given(
    start=st.integers(0, 500), length=st.integers(1, 400), cue=st.integers(0, 399), rate=st.sampled_from([24, 25, 30])
)
def test_moments_ascend_from_the_entrance_to_the_last_frame(start: int, length: int, cue: int, rate: int) -> None:
    cue = min(cue, length - 1)
    take = a_take(start, start + length, an_entrance(start=start + length - 1), an_entrance(start=start + cue))
    found = text_moments(take, Fraction(rate))
    assert len(found) == MOMENTS
    assert list(found) == sorted(found)
    assert (found[0], found[-1]) == (Fraction(cue, rate), Fraction(length - 1, rate))


def test_a_scene_without_text_is_looked_at_as_a_whole() -> None:
    assert text_moments(a_take(10, 34), Fraction(24))[0] == 0


def test_exact_rates_give_exact_moments() -> None:
    found = text_moments(a_take(0, 49, an_entrance(start=0)), Fraction(24000, 1001))
    assert found == tuple(Fraction(frame * 1001, 24000) for frame in (0, 12, 24, 36, 48))


def test_type_keeps_clear_of_a_product_that_a_film_in_a_set_brings_closer() -> None:
    master = MasterFacts(name="m", bucket="square", width_px=96, height_px=96, product_box=Box(400, 500, 600, 900))
    card = a_film_card(set={"film_samples": 2, "film_sizes": {"square": [48, 48]}})
    assert facts_of_clip(a_set_clip(card, "crane"), master).product_box == Box(400, 500, 600, 900)
    assert facts_of_clip(a_set_clip(card, "dolly"), master).product_box == Box(378, 456, 622, 944)
