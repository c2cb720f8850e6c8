"""The search for a quality: the lowest that reaches the likeness, within a limit where there is one, in few files."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imaging.still.encoding.likeness import HardTiles, Levels, ReferencePicture, chroma_loss, hard_tiles
from imaging.still.encoding.lossy import CODECS, Codec
from imaging.still.encoding.search import FLOOR, MOST_FILES, TARGET, Search, _secant
from imaging.still.encoding.sheet import Tags
from tests.support.scenes import advert, grey_photo, noise

RUNGS = (40, 50, 60, 70, 80, 90)
TAGS = Tags(b"<xmp/>", b"icc")

SHARES = st.floats(0, 1, allow_subnormal=False)


@dataclass
class Coarse:
    """A codec that rounds levels to a step by its quality and writes them as they are, padded to a known size."""

    bytes_at_full: int = 10_000
    written: list[int] = field(default_factory=list)

    def codec(self, **changes: object) -> Codec:
        usual = {"name": "coarse", "rungs": RUNGS, "guess": 70, "calm": 50, "most": 90}
        return Codec(write=self.write, read=self.read, **{**usual, **changes})  # type: ignore[arg-type]

    def write(self, pixels: Levels, quality: int, _fine: bool, tags: Tags | None) -> bytes:
        if tags is not None:
            self.written.append(quality)
        step = max(1, (100 - quality) // 2)
        rounded = np.minimum(pixels.astype(np.int32) // step * step + step // 2, 255).astype(np.uint8)
        head = np.array(pixels.shape, np.uint32).tobytes()
        size = int(self.bytes_at_full * math.exp((quality - 100) / 25)) if tags else 0
        return head + rounded.tobytes() + bytes(size)

    def read(self, data: bytes) -> Levels:
        height, width, channels = np.frombuffer(data[:12], np.uint32)
        size = int(height * width * channels)
        return np.frombuffer(data[12 : 12 + size], np.uint8).reshape(int(height), int(width), int(channels))


def a_search(coarse: Coarse, **changes: object) -> Search:
    return Search(coarse.codec(**changes), np.asarray(advert(300, 240)), TAGS)


def likeness_at(search: Search, quality: int) -> float:
    data = search.codec.write(search.pixels, quality, True, None)
    return ReferencePicture(search.pixels).likeness(search.codec.read(data))


def test_without_a_limit_the_lowest_rung_that_reaches_the_target_is_written_once() -> None:
    coarse = Coarse()
    search = a_search(coarse)
    found = search.within(10**9)
    wanted = next((quality for quality in RUNGS if quality >= 50 and likeness_at(search, quality) >= TARGET), 90)
    assert found.quality == wanted
    assert coarse.written == [wanted]


@pytest.mark.parametrize("guess", RUNGS)
def test_where_the_search_starts_changes_nothing(guess: int) -> None:
    found = a_search(Coarse(), guess=guess).within(10**9)
    assert found.quality == a_search(Coarse()).within(10**9).quality


def test_no_file_is_written_above_the_formats_highest_quality_or_below_its_calm_one() -> None:
    assert a_search(Coarse(), most=60).within(10**9).quality <= 60
    assert a_search(Coarse(), calm=90).within(10**9).quality == 90


@pytest.mark.parametrize("share", [0.95, 0.8, 0.7])
def test_a_limit_is_met_in_few_files_above_the_floor(share: float) -> None:
    coarse = Coarse(bytes_at_full=300_000)
    free = a_search(coarse).within(10**9)
    coarse.written.clear()
    found = a_search(coarse).within(int(len(free.data) * share))
    assert len(coarse.written) <= MOST_FILES
    assert found.quality < free.quality
    assert len(found.data) <= len(free.data) * share or found.likeness >= FLOOR


def test_a_limit_that_nothing_meets_gives_the_smallest_acceptable_file() -> None:
    coarse = Coarse()
    found = a_search(coarse).within(10)
    assert len(found.data) > 10
    assert found.likeness >= FLOOR
    assert len(coarse.written) <= MOST_FILES


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 60), st.integers(2, 40), st.integers(100, 10_000), st.floats(1.01, 20), SHARES)
def test_the_secant_stays_strictly_between_its_ends(low: int, apart: int, size: int, rise: float, share: float) -> None:
    large = int(size * rise) + 1
    limit = int(size + share * (large - size))
    found = _secant((low, size), (low + apart, large), limit)
    assert low < found < low + apart


def test_the_secant_meets_a_size_that_grows_evenly_in_its_logarithm() -> None:
    sizes = {quality: round(1_000 * math.exp(quality / 20)) for quality in range(101)}
    assert _secant((40, sizes[40]), (80, sizes[80]), sizes[63]) in (62, 63)


def test_colour_keeps_its_size_where_halving_it_shows() -> None:
    for image, fine in ((advert(), True), (grey_photo(), False)):
        assert Search(CODECS["jpeg"], np.asarray(image), TAGS).fine is fine
    assert chroma_loss(np.asarray(grey_photo())) == 0


def test_small_pictures_are_measured_whole_and_large_ones_on_sixteen_tiles() -> None:
    small, large = np.asarray(advert(200, 200)), np.asarray(advert(640, 512))
    assert hard_tiles(small) == HardTiles(())
    assert HardTiles(()).of(small) is small
    tiles = hard_tiles(large)
    assert len(tiles.corners) == len(set(tiles.corners)) == 16
    assert all(x % 64 == y % 64 == 0 for x, y in tiles.corners)
    assert tiles.of(large).shape == (128, 512, 3)


def test_the_hardest_tiles_are_those_with_structure() -> None:
    pixels = np.full((512, 640, 3), 128, np.uint8)
    pixels[64:192, 64:192] = np.asarray(noise(128, 128))
    assert {(64, 64), (128, 64), (64, 128), (128, 128)} <= set(hard_tiles(pixels).corners)
