"""Runs joined into films decode to the very pictures that each run decodes to alone."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from imaging.film.encoding.film_format import CannotFilm
from imaging.film.encoding.segments import CannotJoin, EncodedRun, can_join, decode_run, encode_run, join, key_frames
from imaging.film.encoding.writer import FilmFormat
from tests.support.moving_pictures import a_spec, fingerprints, pan, probed, readers

JOINED = {
    "h264": a_spec(group=8),
    "hevc": a_spec("hevc", bits=10, group=8),
    "av1": a_spec("av1", bits=10, group=8),
    "vp9": a_spec("vp9", "webm", group=8),
    "prores": a_spec("prores", "mov"),
}


def run_of(spec: FilmFormat, count: int, start: int = 0) -> EncodedRun:
    return encode_run(spec, pan(spec, count, start), count)


def pixels(frames: Any) -> list[str]:
    return [hashlib.sha256(frame.to_ndarray().tobytes()).hexdigest() for frame in frames]


def joined(*runs: EncodedRun) -> bytes:
    sink = io.BytesIO()
    join(runs, sink)
    return sink.getvalue()


def decoded(data: bytes) -> list[str]:
    import av

    with av.open(io.BytesIO(data)) as source:
        return pixels(source.decode(video=0))


@pytest.mark.parametrize("kind", JOINED)
def test_joined_runs_decode_to_the_same_pictures_as_each_alone(kind: str):
    spec = JOINED[kind]
    runs = [run_of(spec, 11), run_of(spec, 7, 40), run_of(spec, 2, 60), run_of(spec, 9, 11)]
    alone = [picture for run in runs for picture in pixels(decode_run(run))]
    assert len(alone) == 29
    assert decoded(joined(*runs)) == alone


@pytest.mark.parametrize("kind", JOINED)
class TestAnotherDecoder:
    pytestmark = readers

    def test_sees_the_same_pictures_joined_and_alone(self, kind: str, tmp_path: Path):
        spec = JOINED[kind]
        runs = [run_of(spec, 11), run_of(spec, 7, 40), run_of(spec, 9, 11)]
        alone: list[str] = []
        for number, run in enumerate(runs):
            (tmp_path / f"{number}").write_bytes(joined(run))
            alone += fingerprints(tmp_path / f"{number}")
        (tmp_path / "whole").write_bytes(joined(*runs))
        assert len(alone) == 27
        assert fingerprints(tmp_path / "whole") == alone
        (stream,) = probed(tmp_path / "whole")["streams"]
        assert (stream["avg_frame_rate"], stream["start_time"]) == ("25/1", "0.000000")


@pytest.mark.parametrize("kind", JOINED)
def test_films_of_two_locales_share_every_byte_of_what_they_share(kind: str):
    spec = JOINED[kind]
    opening, german, arabic, end = run_of(spec, 8), run_of(spec, 6, 30), run_of(spec, 6, 50), run_of(spec, 8, 8)
    one, other = joined(opening, german, end), joined(opening, arabic, end)
    assert one != other
    assert decoded(one)[:8] == decoded(other)[:8]
    assert decoded(one)[14:] == decoded(other)[14:]


@pytest.mark.parametrize("kind", JOINED)
def test_a_run_is_the_same_every_time(kind: str):
    assert run_of(JOINED[kind], 9).digest == run_of(JOINED[kind], 9).digest


def test_narrow_frames_make_the_same_run_ten_times():
    spec = a_spec(width_px=300, height_px=250)
    frames = list(pan(spec, 12))
    assert len({encode_run(spec, frames, 12).digest for _ in range(10)}) == 1


@pytest.mark.parametrize("kind", ["h264", "av1"])
def test_another_process_makes_the_same_run(kind: str):
    module = "tests.imaging.film.encoding.test_segments"
    code = f"from {module} import JOINED, run_of\nprint(run_of(JOINED[{kind!r}], 9).digest)"
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, timeout=120)
    assert other.stdout.decode().split()[-1] == run_of(JOINED[kind], 9).digest


def test_runs_of_other_settings_are_not_joined():
    with pytest.raises(CannotJoin, match="run 1 has other headers"):
        join([run_of(a_spec(), 4), run_of(a_spec(width_px=128), 4)], io.BytesIO())


def test_headers_of_another_encoder_version_are_not_joined():
    run = dataclasses.replace(run_of(a_spec(), 4), headers=b"\x01\x02")
    with pytest.raises(CannotJoin, match="other headers than the one that made"):
        join([run], io.BytesIO())


def test_nothing_is_not_joined():
    with pytest.raises(CannotJoin, match="no runs"):
        join([], io.BytesIO())


@pytest.mark.parametrize(("codec", "container"), [("gif", "gif"), ("webp", "webp")])
def test_animated_pictures_are_made_whole(codec: str, container: str):
    spec = a_spec(codec, container)
    assert not can_join(spec)
    with pytest.raises(CannotFilm, match="make the film whole"):
        encode_run(spec, pan(spec, 4), 4)


@pytest.mark.parametrize(("count", "group"), [(2, 50), (3, 2), (50, 50), (51, 50), (120, 50)])
def test_h264_runs_hold_an_even_number_of_closed_groups(count: int, group: int):
    keys = sorted(key_frames(a_spec(group=group), count))
    assert len(keys) % 2 == 0
    assert keys[0] == 0
    assert max(after - before for before, after in zip(keys, [*keys[1:], count], strict=True)) <= group


def test_neighbouring_key_pictures_of_joined_h264_differ_in_their_id():
    spec = a_spec(group=8)
    ids = [
        idr_pic_id(picture.data)
        for run in (run_of(spec, 5), run_of(spec, 9))
        for picture in run.pictures
        if picture.key
    ]
    assert ids == [0, 1, 0, 1]


def test_a_run_of_one_frame_is_refused_for_h264():
    with pytest.raises(CannotFilm, match="two frames or more"):
        run_of(a_spec(), 1)


def test_a_run_with_other_frames_than_announced_is_refused():
    spec = a_spec()
    with pytest.raises(CannotFilm, match="5 frames came, 6 were announced"):
        encode_run(spec, pan(spec, 5), 6)


def test_a_joined_film_is_held_to_the_limits_of_the_whole():
    from imaging.film.encoding.container import FilmTooLarge

    run = run_of(a_spec(), 10)
    whole = a_spec(max_bytes=2000, seconds=Fraction(1))
    with pytest.raises(FilmTooLarge):
        join([run, run], io.BytesIO(), spec=whole)


def idr_pic_id(data: bytes) -> int:
    """Of the first IDR slice of an Annex B picture: three numbers, frame_num in four bits, the id."""
    at = next(
        place for place in range(len(data) - 4) if data[place : place + 3] == b"\0\0\1" and data[place + 3] & 31 == 5
    )
    bits = "".join(f"{byte:08b}" for byte in data[at + 4 : at + 20])

    def exp_golomb(start: int) -> tuple[int, int]:
        zeros = bits.index("1", start) - start
        return int(bits[start + zeros : start + 2 * zeros + 1], 2) - 1, start + 2 * zeros + 1

    place = 0
    for _ in range(3):
        _, place = exp_golomb(place)
    return exp_golomb(place + FRAME_NUM_BITS)[0]


FRAME_NUM_BITS = 4
