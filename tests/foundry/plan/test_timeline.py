"""Timelines: beats become whole frames, and the end is exact."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from foundry.channel.placement import Motion
from foundry.easing import ease
from foundry.plan.timeline import Template, exact_rate, film_templates, fit_template, join_spans, timeline_for
from tests.support.small_films import SMALL, a_template


@pytest.mark.parametrize("name", film_templates())
@pytest.mark.parametrize("rate", ["23.976", "24", "25", "29.97", "30", "60"])
@pytest.mark.parametrize("bpm", [60, 97, 128])
def test_scenes_follow_one_another_and_fill_the_film(name: str, rate: str, bpm: int) -> None:
    template = a_template(name)
    made = fit_template(template, exact_rate(Decimal(rate)), template.seconds, bpm)
    assert made.takes[0].start == 0
    assert made.takes[-1].stop == made.frames
    assert all(one.stop == two.start for one, two in zip(made.takes, made.takes[1:], strict=False))
    assert all(take.start <= cue.start < take.stop for take in made.takes for cue in take.cues)
    assert abs(made.seconds - Fraction(template.seconds)) <= Fraction(1, 2) / made.frame_rate


def test_cuts_fall_on_the_beats_of_the_music() -> None:
    made = fit_template(a_template(), Fraction(30), Decimal(15), 128)
    beat = Fraction(60, 128) * 30
    for take in made.takes[1:]:
        nearest = round(take.start / beat) * beat
        assert abs(take.start - nearest) <= Fraction(1, 2)


def test_ntsc_rates_are_exact() -> None:
    assert exact_rate(Decimal("23.976")) == Fraction(24000, 1001)
    assert exact_rate(Decimal("29.97")) == Fraction(30000, 1001)
    assert exact_rate(Decimal("12.5")) == Fraction(25, 2)


def test_a_slot_gets_the_template_whose_length_is_nearest() -> None:
    def slot(shortest: str, longest: str, codec: str = "h264") -> str:
        motion = Motion.model_validate({"seconds": (shortest, longest), "rates": ("30",), "codecs": (codec,)})
        return timeline_for(SMALL, motion).template

    assert slot("3", "90") == "story-15s@1"
    assert slot("1", "6") == "bumper-6s@1"
    assert slot("1", "30", "gif") == "loop-6s@1"


def test_a_slot_of_one_length_is_filled_exactly() -> None:
    motion = Motion(seconds=(Decimal(10), Decimal(10)), rates=(Decimal(25),), codecs=("h264",))
    assert timeline_for(SMALL, motion).frames == 250


def test_the_digest_follows_what_is_seen() -> None:
    template = a_template()
    slower = Template.model_validate({**template.model_dump(), "bpm": 90})
    rate, seconds = Fraction(30), Decimal(15)
    assert fit_template(template, rate, seconds, 96).digest == fit_template(template, rate, seconds, 96).digest
    assert fit_template(template, rate, seconds, 96).digest != fit_template(slower, rate, seconds, 90).digest


def test_copy_shows_in_less_than_half_of_a_film() -> None:
    made = fit_template(a_template(), Fraction(30), Decimal(15), 96)
    shown = sum(stop - start for start, stop in made.type_spans())
    assert shown < made.frames * 0.5


def test_runs_that_touch_are_one() -> None:
    assert join_spans([(5, 9), (0, 3), (3, 4), (8, 12)]) == ((0, 4), (5, 12))


def test_easing_is_that_of_css() -> None:
    assert ease("linear", 0.25) == pytest.approx(0.25, abs=1e-6)
    assert ease("ease", 0.5) == pytest.approx(0.8024, abs=1e-3)  # CSS Easing 1: cubic-bezier(0.25, 0.1, 0.25, 1)
    assert ease("ease-in-out", 0.5) == pytest.approx(0.5, abs=1e-6)
    assert ease("cubic-bezier(0.16, 1, 0.3, 1)", 0.0) == 0
    assert ease("cubic-bezier(0.16, 1, 0.3, 1)", 1.0) == 1


@pytest.mark.parametrize("name", ["swing", "cubic-bezier(2, 0, 0, 1)", "cubic-bezier(0, 0, 1)"])
def test_what_is_no_curve_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"easing|time does not run"):
        ease(name, 0.5)
