"""What a film may take, worked out from its placement's limits."""

from __future__ import annotations

from fractions import Fraction

import pytest

from foundry.channel.placement import placements
from imaging.film.encoding.audio import TELEVISION, track_for
from imaging.film.encoding.writer import formats_for
from tests.imaging.film.encoding.test_audio import a_motion


@pytest.mark.parametrize("name", ["meta/story-film", "snap/single-film"])
def test_a_limit_beyond_what_encoders_count_to_is_none(name: str) -> None:
    placement = placements()[name]
    spec = formats_for(placement, Fraction(6))
    assert placement.max_bytes * 8 / 6 > 2**31 - 1 or (spec.ceiling or 0) < 2**31
    assert spec.ceiling is None or spec.ceiling < 2_000_000_000


def test_sound_has_the_least_rate_that_the_channel_asks_for() -> None:
    track = track_for(a_motion(audio="required", least_audio_bits_per_second=256_000), "mp4", Fraction(1), None)
    assert track is not None
    assert track.bits_per_second == 256_000 > TELEVISION
