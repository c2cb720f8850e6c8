"""Films are written whole, as their format says, with the same bytes every time."""

from __future__ import annotations

import errno
import io
import subprocess
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from imaging.film.encoding.codecs import EncoderMissing
from imaging.film.encoding.container import FilmTooLarge, TooFewBits
from imaging.film.encoding.film_format import CannotFilm, Mastering
from imaging.film.encoding.floor import BelowFloor
from imaging.film.encoding.rate_search import encode_within
from imaging.film.encoding.segments import encode_run, join
from imaging.film.encoding.writer import FilmFormat, FilmWriter
from tests.support.moving_pictures import a_spec, first_frame, pan, probed, readers

KINDS = {
    "h264": a_spec("h264"),
    "h264 mov": a_spec("h264", "mov"),
    "hevc": a_spec("hevc", bits=10),
    "av1": a_spec("av1", bits=10),
    "av1 webm": a_spec("av1", "webm"),
    "vp9": a_spec("vp9", "webm"),
    "prores": a_spec("prores", "mov"),
}
SAYS = {
    "h264": ("h264", "High", "avc1", "yuv420p"),
    "h264 mov": ("h264", "High", "avc1", "yuv420p"),
    "hevc": ("hevc", "Main 10", "hvc1", "yuv420p10le"),
    "av1": ("av1", "Main", "av01", "yuv420p10le"),
    "av1 webm": ("av1", "Main", "[0][0][0][0]", "yuv420p"),
    "vp9": ("vp9", "Profile 0", "[0][0][0][0]", "yuv420p"),
    "prores": ("prores", "HQ", "apch", "yuv422p10le"),
}


def film(spec: FilmFormat, count: int = 12, **more: Any) -> bytes:
    sink = io.BytesIO()
    with FilmWriter(sink, spec, **more) as writer:
        for frame in pan(spec, count):
            writer.add(frame)
    return sink.getvalue()


def filmed(sink: Any, frames: Iterator[Any], spec: FilmFormat | None = None) -> None:
    with FilmWriter(sink, spec or a_spec()) as writer:
        for frame in frames:
            writer.add(frame)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_frames_make_the_same_bytes(kind: str):
    assert film(KINDS[kind]) == film(KINDS[kind])


@pytest.mark.parametrize("kind", KINDS)
class TestFfprobeFinds:
    pytestmark = readers

    def test_what_the_format_says(self, kind: str, tmp_path: Path):
        file = tmp_path / "film"
        file.write_bytes(film(KINDS[kind]))
        (stream,) = probed(file)["streams"]
        found = tuple(stream[key] for key in ("codec_name", "profile", "codec_tag_string", "pix_fmt"))
        assert found == SAYS[kind]
        assert (stream["width"], stream["height"], stream["sample_aspect_ratio"]) == (96, 64, "1:1")
        assert (stream["r_frame_rate"], stream["avg_frame_rate"]) == ("25/1", "25/1")
        assert int(stream["nb_read_frames"]) == 12
        assert float(stream["start_time"]) == 0
        colours = {key: stream[key] for key in ("color_range", "color_space", "color_transfer", "color_primaries")}
        assert colours == {
            "color_range": "tv",
            "color_space": "bt709",
            "color_transfer": "bt709",
            "color_primaries": "bt709",
        }
        assert stream.get("field_order", "progressive") in ("progressive", "unknown")

    def test_no_dates_and_no_names_of_programs(self, kind: str, tmp_path: Path):
        file = tmp_path / "film"
        file.write_bytes(film(KINDS[kind]))
        found = probed(file)
        tags = {**found["format"].get("tags", {}), **found["streams"][0].get("tags", {})}
        assert "creation_time" not in tags
        assert tags.get("encoder", "Lavf") == "Lavf"


@pytest.mark.parametrize("kind", ["h264", "hevc", "prores"])
def test_iso_files_begin_with_their_index_and_have_no_edit_list(kind: str):
    data = film(KINDS[kind])
    assert 0 < data.index(b"moov") < data.index(b"mdat")
    assert b"elst" not in data


@pytest.mark.parametrize("rate", [Fraction(24000, 1001), Fraction(30000, 1001), Fraction(60)])
def test_rates_are_constant_and_exact(rate: Fraction):
    import av

    with av.open(io.BytesIO(film(a_spec(rate=rate)))) as source:
        stream = source.streams.video[0]
        assert stream.average_rate == rate
        times = [frame.pts * stream.time_base for frame in source.decode(stream)]
    assert times == [number / rate for number in range(12)]


class TestHighDynamicRange:
    pytestmark = readers

    @pytest.mark.parametrize("codec", ["hevc", "av1"])
    def test_pq_tells_its_colour_and_its_screen(self, codec: str, tmp_path: Path):
        file = tmp_path / "film.mp4"
        file.write_bytes(film(a_spec(codec, bits=10, transfer="pq", mastering=Mastering())))
        frame = first_frame(file)
        assert (frame["color_transfer"], frame["color_primaries"]) == ("smpte2084", "bt2020")
        told = {entry["side_data_type"]: entry for entry in frame["side_data_list"]}
        assert told["Content light level metadata"]["max_content"] == 1000
        top, bottom = map(int, told["Mastering display metadata"]["max_luminance"].split("/"))
        assert top / bottom == 1000

    def test_hlg_tells_its_colour(self, tmp_path: Path):
        file = tmp_path / "film.mp4"
        file.write_bytes(film(a_spec("hevc", bits=10, transfer="hlg")))
        assert first_frame(file)["color_transfer"] == "arib-std-b67"


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_a_limit_of_bytes_is_met(codec: str):
    free = len(film(a_spec(codec, bits=10 if codec == "hevc" else 8), 50))
    spec = a_spec(codec, bits=10 if codec == "hevc" else 8, max_bytes=int(free * 0.6), seconds=Fraction(2), floor=0.5)
    assert len(encode_within(spec, lambda told: film(told, 50))) <= spec.max_bytes


@pytest.mark.parametrize(("codec", "container"), [("av1", "mp4"), ("vp9", "webm")])
def test_soft_caps_are_met_by_search(codec: str, container: str):
    free = len(film(a_spec(codec, container), 50))
    spec = a_spec(codec, container, max_bytes=int(free * 0.6), seconds=Fraction(2), floor=0.5)
    assert len(encode_within(spec, lambda told: film(told, 50))) <= spec.max_bytes


def test_a_film_that_its_limit_blurs_is_refused():
    spec = a_spec(most_bits_per_second=12_000)
    with pytest.raises(BelowFloor) as refusal:
        encode_within(spec, lambda told: film(told, 50))
    assert "the floor is 0.9" in str(refusal.value)


def test_a_film_that_fits_nowhere_is_refused():
    with pytest.raises(FilmTooLarge) as refusal:
        film(a_spec(max_bytes=1500, seconds=Fraction(2)), 50)
    assert "the limit is 1500" in str(refusal.value)


def test_h264_is_filled_up_to_a_least_rate():
    data = film(a_spec(least_bits_per_second=2_000_000), 50)
    assert len(data) * 8 / 2 >= 2_000_000


def test_a_least_rate_is_kept_by_short_runs_that_are_joined():
    spec = a_spec(least_bits_per_second=2_000_000)
    sink = io.BytesIO()
    join([encode_run(spec, pan(spec, 5, 5 * number), 5) for number in range(10)], sink)
    assert len(sink.getvalue()) * 8 / 2 >= 2_000_000


def test_an_encoder_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch):
    import av

    monkeypatch.setattr(av, "codecs_available", av.codecs_available - {"libx264"})
    with pytest.raises(EncoderMissing, match="made with libx264, which this FFmpeg was built without"):
        film(a_spec(), 2)


def test_importing_loads_no_encoder():
    modules = "writer, segments, audio, mixing, sound_file, loudness, subtitles, animated, rate_search"
    code = f"import sys; from imaging.film.encoding import {modules}; sys.exit('av' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=120, check=False).returncode == 0


def test_a_least_rate_that_is_not_reached_is_refused():
    with pytest.raises(TooFewBits, match="wants 9000000 at least"):
        film(a_spec("vp9", "webm", least_bits_per_second=9_000_000))


class FullDisk(io.BytesIO):
    """Takes the first 300 bytes."""

    def write(self, data: Any) -> int:
        if self.tell() + len(data) > 300:
            super().write(bytes(data)[: 300 - self.tell()])
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(data)


def test_a_broken_sink_raises_and_keeps_nothing():
    sink = FullDisk()
    with pytest.raises(OSError, match="No space"):
        filmed(sink, pan(a_spec(), 6))
    assert sink.getvalue() == b""


def test_an_error_while_frames_are_made_leaves_no_file(tmp_path: Path):
    def broken() -> Iterator[Any]:
        yield from pan(a_spec(), 3)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        filmed(tmp_path / "film.mp4", broken())
    assert list(tmp_path.iterdir()) == []


def test_a_film_on_disk_appears_whole(tmp_path: Path):
    spec, file = a_spec(), tmp_path / "film.mp4"
    with FilmWriter(file, spec) as writer:
        for frame in pan(spec, 6):
            assert not file.exists()
            writer.add(frame)
    assert file.read_bytes() == film(spec, 6)
    assert list(tmp_path.iterdir()) == [file]


def test_frames_of_another_size_are_refused():
    with pytest.raises(CannotFilm, match="frame 0 is 96 × 64 yuv420p; the film takes 128 × 64"):
        filmed(io.BytesIO(), pan(a_spec(), 1), a_spec(width_px=128))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"codec": "vp9", "container": "mp4"}, "mp4 does not hold vp9"),
        ({"width_px": 97}, "make both edges even"),
        ({"bits": 10}, "h264 with 10 bits"),
        ({"rate": Fraction(120)}, "the limit is 4096 pixels an edge at 60"),
        ({"transfer": "pq"}, "PQ with 8 bits"),
        ({"max_bytes": 1000}, "give `seconds`"),
    ],
)
def test_a_format_that_no_encoder_makes_is_refused(changes: dict[str, Any], sentence: str):
    with pytest.raises(CannotFilm) as refusal:
        a_spec(**changes)
    assert sentence in str(refusal.value)


def test_a_film_of_no_frames_is_refused():
    with pytest.raises(CannotFilm, match="no frames"):
        film(a_spec(), 0)
