"""Encoders' options: deterministic, held to a limit, and with the mastering data in each one's own notation."""

from __future__ import annotations

import pickle
from fractions import Fraction

import pytest

from imaging.film.encoding.codecs import ENCODERS, HEADROOM, EncoderMissing, cap, encoder_of, join_options, options
from imaging.film.encoding.film_format import ANIMATED, FilmFormat, Mastering
from tests.support.moving_pictures import a_spec

PAIRS = [("h264", "mp4"), ("hevc", "mp4"), ("av1", "mp4"), ("vp9", "webm"), ("prores", "mov")]


def parameters(spec: FilmFormat) -> dict[str, str]:
    """The private options of x264, x265 or SVT."""
    (text,) = [value for name, value in options(spec).items() if name.endswith("-params")]
    return dict(part.split("=", 1) for part in text.split(":"))


@pytest.mark.parametrize(("codec", "container"), PAIRS)
def test_a_final_film_is_better_and_slower_than_a_draft(codec: str, container: str) -> None:
    draft, final = (options(a_spec(codec, container, effort=effort)) for effort in ("draft", "final"))
    if codec == "prores":
        assert draft == final
    else:
        assert int(final["crf"]) < int(draft["crf"])
        assert draft != final


@pytest.mark.parametrize("codec", ["h264", "hevc", "av1"])
def test_groups_are_closed_and_no_encoder_uses_threads_of_its_own(codec: str) -> None:
    found = parameters(a_spec(codec))
    expected = {
        "h264": {"open-gop": "0", "scenecut": "0", "stitchable": "1"},
        "hevc": {"open-gop": "0", "pools": "none", "frame-threads": "1", "keyint": "50", "min-keyint": "50"},
        "av1": {"lp": "1", "keyint": "50", "irefresh-type": "2"},
    }[codec]
    assert {name: found.get(name) for name in expected} == expected


def test_a_limit_is_told_with_room_for_the_container() -> None:
    spec = a_spec(most_bits_per_second=1_000_000, seconds=Fraction(10))
    assert cap(spec) == (int(1_000_000 * HEADROOM), int(1_000_000 * HEADROOM * 0.5))
    assert cap(a_spec(most_bits_per_second=1_000_000, seconds=Fraction(60))) == (940_000, 940_000)
    assert cap(a_spec(most_bits_per_second=1_000_000, capped_bits_per_second=700_000)) == (700_000, 700_000)
    assert cap(a_spec()) is None


@pytest.mark.parametrize(
    ("codec", "container", "name", "value"),
    [("h264", "mp4", "maxrate", "940000"), ("vp9", "webm", "maxrate", "940000")],
)
def test_constant_quality_is_capped(codec: str, container: str, name: str, value: str) -> None:
    found = options(a_spec(codec, container, most_bits_per_second=1_000_000))
    assert "crf" in found
    assert found[name] == value


def test_caps_of_hevc_and_av1_are_in_thousands_of_bits() -> None:
    assert parameters(a_spec("hevc", most_bits_per_second=1_000_000))["vbv-maxrate"] == "940"
    assert parameters(a_spec("av1", most_bits_per_second=1_000_000))["mbr"] == "940"


@pytest.mark.parametrize(("codec", "container"), PAIRS[:4])
def test_a_target_rate_replaces_quality(codec: str, container: str) -> None:
    found = options(a_spec(codec, container, target_bits_per_second=800_000))
    assert found["b"] == "800000"
    assert "crf" not in found


@pytest.mark.parametrize(("least", "target", "rate"), [(1_000_000, None, "1100000"), (1_000_000, 2_000_000, "2000000")])
def test_h264_is_filled_up_to_a_channels_least_rate(least: int, target: int | None, rate: str) -> None:
    spec = a_spec(least_bits_per_second=least, target_bits_per_second=target)
    assert {options(spec)[name] for name in ("b", "maxrate", "minrate", "bufsize")} == {rate}
    assert parameters(spec)["filler"] == "1"


def test_a_least_rate_is_not_filled_above_the_ceiling() -> None:
    spec = a_spec(least_bits_per_second=1_000_000, most_bits_per_second=1_050_000)
    assert options(spec)["b"] == "1050000"


def test_mastering_data_is_in_each_encoders_own_notation() -> None:
    hevc, av1 = (parameters_of(codec) for codec in ("hevc", "av1"))
    assert "master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1)" in hevc
    assert "max-cll=1000,400" in hevc
    assert "G(0.26500,0.69000)" in av1
    assert "L(1000.0000,0.0001)" in av1
    assert "content-light=1000,400" in av1


def parameters_of(codec: str) -> str:
    spec = a_spec(codec, bits=10, transfer="pq", mastering=Mastering())
    return next(value for name, value in options(spec).items() if name.endswith("-params"))


def test_options_are_joined_in_their_order() -> None:
    assert join_options({"b": "1", "a": "x"}) == "b=1:a=x"


def test_each_codec_has_an_encoder_with_a_known_licence() -> None:
    assert {name for name, encoder in ENCODERS.items() if encoder.licence.startswith("GPL")} == {"h264", "hevc"}
    for codec in ENCODERS:
        container = {"vp9": "webm", "prores": "mov", "gif": "gif", "webp": "webp"}.get(codec, "mp4")
        assert encoder_of(a_spec(codec, container)) == ENCODERS[codec].name
    assert set(ANIMATED) <= set(ENCODERS)


def test_an_encoder_that_is_missing_is_named_and_survives_pickling() -> None:
    refusal = EncoderMissing("h264", "libx264")
    assert str(refusal).startswith("h264 is made with libx264, which this FFmpeg was built without")
    assert str(pickle.loads(pickle.dumps(refusal))) == str(refusal)
