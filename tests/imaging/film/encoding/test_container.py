"""Files are written whole or not at all, and measured against their format's limits."""

from __future__ import annotations

import io
import pickle
import stat
from pathlib import Path

import pytest

from imaging.film.encoding.container import FilmTooLarge, TooFewBits, check_size, write_whole
from tests.support.moving_pictures import a_spec


def test_a_path_appears_whole_when_the_block_ends(tmp_path: Path) -> None:
    sink = tmp_path / "film.mp4"
    with write_whole(sink, "mp4") as scratch:
        scratch.write_bytes(b"film")
        assert scratch.parent == tmp_path
        assert scratch.suffix == ".mp4"
        assert not sink.exists()
    assert sink.read_bytes() == b"film"
    assert stat.S_IMODE(sink.stat().st_mode) == 0o644
    assert list(tmp_path.iterdir()) == [sink]


def test_a_file_that_is_there_is_replaced_only_by_a_whole_one(tmp_path: Path) -> None:
    sink = tmp_path / "film.mp4"
    sink.write_bytes(b"earlier")

    def fail() -> None:
        with write_whole(sink, "mp4") as scratch:
            scratch.write_bytes(b"half")
            raise OSError("the encoder broke")

    with pytest.raises(OSError, match="encoder broke"):
        fail()
    assert sink.read_bytes() == b"earlier"
    assert list(tmp_path.iterdir()) == [sink]


def test_a_stream_gets_the_file_behind_what_it_holds() -> None:
    sink = io.BytesIO(b"head")
    sink.seek(4)
    with write_whole(sink, "webm") as scratch:
        scratch.write_bytes(b"film")
    assert sink.getvalue() == b"headfilm"


class Clogged(io.BytesIO):
    """Takes four bytes more, then is full."""

    def write(self, data: bytes) -> int:  # type: ignore[override]
        super().write(bytes(data)[:4])
        raise OSError(28, "No space left on device")


def test_a_stream_that_fails_half_way_is_set_back() -> None:
    sink = Clogged(b"head")
    sink.seek(4)
    with pytest.raises(OSError, match="No space left"), write_whole(sink, "webm") as scratch:
        scratch.write_bytes(b"a whole film")
    assert sink.getvalue() == b"head"


@pytest.fixture
def a_file(tmp_path: Path) -> Path:
    path = tmp_path / "film.mp4"
    path.write_bytes(bytes(1000))
    return path


def test_a_file_within_its_limits_passes(a_file: Path) -> None:
    check_size(a_file, a_spec(), 900, 25)
    check_size(a_file, a_spec(most_bits_per_second=7200, least_bits_per_second=7200), 900, 25)


def test_bytes_over_the_limit_are_named(a_file: Path) -> None:
    with pytest.raises(FilmTooLarge, match="takes 1000 bytes; the limit is 999"):
        check_size(a_file, a_spec("gif", "gif", max_bytes=999), 900, 25)


def test_the_pictures_rate_is_measured_over_the_films_length(a_file: Path) -> None:
    with pytest.raises(FilmTooLarge, match="takes 7200 bits per second; the limit is 7000"):
        check_size(a_file, a_spec(most_bits_per_second=7000), 900, 25)
    with pytest.raises(TooFewBits, match="takes 3600 bits per second; the channel wants 7000 at least"):
        check_size(a_file, a_spec(least_bits_per_second=7000), 900, 50)


@pytest.mark.parametrize("refusal", [FilmTooLarge(2, 1), FilmTooLarge(2, 1, "bits per second"), TooFewBits(1, 2)])
def test_refusals_survive_pickling(refusal: FilmTooLarge | TooFewBits) -> None:
    assert str(pickle.loads(pickle.dumps(refusal))) == str(refusal)
