"""What a film may take, worked out from its placement's limits."""

from __future__ import annotations

import pickle
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from foundry.channel.placement import placements
from imaging.film.encoding.audio import TELEVISION, track_for
from imaging.film.encoding.film_format import HOLDS, CannotFilm, as_rate, formats_for
from tests.imaging.film.encoding.test_audio import a_motion
from tests.support.moving_pictures import a_spec


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


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"container": "webm"}, "webm does not hold h264 here; webm takes vp9 or av1."),
        ({"width_px": 95}, "95 × 64 pixels: chroma is kept for every second pixel; make both edges even."),
        ({"width_px": 4098}, "4098 × 64 at 25 frames per second; the limit is 4096 pixels an edge at 60 frames"),
        ({"rate": Fraction(120)}, "96 × 64 at 120 frames per second; the limit is"),
        ({"bits": 10}, "h264 with 10 bits; 10 bits go into hevc, av1, prores."),
        ({"transfer": "pq"}, "PQ with 8 bits; PQ and HLG need 10 bits."),
        ({"max_bytes": 1000}, "a limit of bytes without a length; give `seconds` with `max_bytes`."),
    ],
)
def test_what_no_encoder_makes_is_refused_with_the_way_out(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(CannotFilm) as refused:
        a_spec(**changes)
    assert str(refused.value).startswith(sentence)
    assert str(pickle.loads(pickle.dumps(refused.value))) == str(refused.value)


def test_animated_pictures_may_have_odd_edges_and_bytes_without_a_length() -> None:
    assert a_spec("gif", "gif", width_px=95, max_bytes=1000).pixel_format == "rgb24"


@pytest.mark.parametrize(
    ("codec", "container", "bits", "pixel_format"),
    [
        ("h264", "mp4", 8, "yuv420p"), ("hevc", "mp4", 10, "yuv420p10le"), ("prores", "mov", 10, "yuv422p10le"),
        ("webp", "webp", 8, "rgb24"),
    ],
)  # fmt: skip
def test_frames_come_in_the_format_of_the_codec(codec: str, container: str, bits: int, pixel_format: str) -> None:
    assert a_spec(codec, container, bits=bits).pixel_format == pixel_format


def test_the_ceiling_is_the_lower_of_both_limits() -> None:
    assert a_spec().ceiling is None
    assert a_spec(most_bits_per_second=500_000).ceiling == 500_000
    assert a_spec(max_bytes=100_000, seconds=Fraction(4)).ceiling == 200_000
    assert a_spec(max_bytes=100_000, seconds=Fraction(4), most_bits_per_second=150_000).ceiling == 150_000


def test_sound_takes_its_bytes_from_the_pictures() -> None:
    spec = a_spec(max_bytes=100_000, seconds=Fraction(4))
    assert spec.beside(160_000).max_bytes == 20_000
    assert a_spec().beside(160_000) == a_spec()
    with pytest.raises(CannotFilm, match="alone takes the 100000 bytes of the film; shorten the film"):
        spec.beside(200_000)


def test_a_group_lasts_two_seconds_if_nothing_else_is_asked() -> None:
    assert (a_spec().group, a_spec(rate=Fraction(30000, 1001)).group, a_spec(group=12).group) == (50, 60, 12)


@pytest.mark.parametrize(("said", "exact"), [("23.976", "24000/1001"), ("59.94", "60000/1001"), ("25", "25")])
def test_rates_of_television_are_exact(said: str, exact: str) -> None:
    assert as_rate(Decimal(said)) == Fraction(exact)


def test_every_film_placement_has_a_format_that_its_channel_takes() -> None:
    filmed = [placement for placement in placements().values() if placement.motion]
    assert len(filmed) > 10
    for placement in filmed:
        assert placement.motion is not None
        spec = formats_for(placement, Fraction(placement.motion.seconds[0]))
        assert spec.container in placement.formats
        assert spec.codec in placement.motion.codecs
        assert spec.codec in HOLDS[spec.container]
        assert (spec.width_px, spec.height_px) == placement.size


def test_a_placement_for_stills_and_a_codec_without_a_container_are_refused() -> None:
    still = placements()["google/leaderboard"]
    with pytest.raises(CannotFilm, match="is for still pictures; choose one with `motion`"):
        formats_for(still, Fraction(6))
    film = next(placement for placement in placements().values() if placement.motion and "mp4" in placement.formats)
    odd = film.model_copy(update={"formats": ("gif",)})
    with pytest.raises(CannotFilm, match="name a codec and a container that go together"):
        formats_for(odd, Fraction(6))
