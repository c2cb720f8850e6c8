"""The seam meter finds steps at the borders of tiles in a stream of rows, however the stream is cut into strips."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from imaging.pixels.arrays import Pixels
from imaging.pixels.rows import Rows
from lab.evaluation.seams import SeamMeter

TILE = 64
EDGE = 3 * TILE


def noise(strength: float = 0.05) -> Pixels:
    return np.random.default_rng(3).normal(0.5, strength, (EDGE, EDGE, 3)).astype(np.float32)


def metered(pixels: Pixels, strip: int = 50) -> tuple[SeamMeter, Pixels]:
    """The meter after a picture has passed in strips, and what came out of the stream."""

    def strips() -> Iterator[Pixels]:
        for top in range(0, len(pixels), strip):
            yield pixels[top : top + strip]

    meter = SeamMeter()
    watched = meter.watch(Rows(pixels.shape[1], pixels.shape[0], 3, strips()))
    return meter, np.concatenate(list(watched.strips))


def test_the_stream_passes_unchanged() -> None:
    pixels = noise()
    _, passed = metered(pixels)
    assert np.array_equal(passed, pixels)


def test_every_step_between_rows_and_columns_is_measured_once() -> None:
    pixels = noise()
    meter, _ = metered(pixels)
    rows = np.abs(np.diff(pixels, axis=0)).mean(axis=(1, 2))
    columns = np.abs(np.diff(pixels, axis=1)).mean(axis=2).sum(axis=0)
    assert meter.rows == pytest.approx(rows.tolist(), rel=1e-5)
    assert meter.columns == pytest.approx(columns, rel=1e-5)


@pytest.mark.parametrize("strip", [1, 7, 64, 65, EDGE])
def test_the_size_of_the_strips_does_not_change_the_measure(strip: int) -> None:
    whole, _ = metered(noise(), EDGE)
    meter, _ = metered(noise(), strip)
    assert meter.rows == pytest.approx(whole.rows, rel=1e-5)
    assert meter.worst(TILE, TILE) == pytest.approx(whole.worst(TILE, TILE), rel=1e-5)


@pytest.mark.parametrize("axis", [0, 1])
def test_a_step_at_the_border_of_a_tile_stands_out_and_one_elsewhere_does_not(axis: int) -> None:
    pixels = noise()
    at_border = pixels.copy()
    np.moveaxis(at_border, axis, 0)[TILE:] += 0.3
    meter, _ = metered(at_border)
    assert meter.worst(TILE, TILE) > 2
    assert meter.elsewhere(TILE, TILE) < 1.2
    between = pixels.copy()
    np.moveaxis(between, axis, 0)[TILE + TILE // 2 :] += 0.3
    meter, _ = metered(between)
    assert meter.worst(TILE, TILE) < 1.2
    assert meter.elsewhere(TILE, TILE) > 2


def test_a_picture_of_one_colour_has_no_seam() -> None:
    meter, _ = metered(np.full((EDGE, EDGE, 3), 0.5, np.float32))
    assert (meter.worst(TILE, TILE), meter.elsewhere(TILE, TILE)) == (0, 0)


def test_a_picture_of_one_tile_has_no_border() -> None:
    meter, _ = metered(noise()[:TILE, :TILE])
    assert meter.worst(TILE, TILE) == 0
