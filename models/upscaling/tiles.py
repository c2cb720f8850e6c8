"""Enlargement of a stream of rows in tiles that are exact: each includes the margin that its pixels depend on.

A tile at the picture's edge is cut at the edge, so that the network pads there as it would for the whole picture.
Tiles therefore need no blending: they equal the result of the untiled network, but for the last bits of floats. On the
CPU, as many tiles of a band are enlarged at once as there are cores for, each by the card's number of threads: the
bytes do not depend on the number of cores.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from foundry.metering.payers import carried
from foundry.metering.steps import step
from imaging.pixels.arrays import Pixels
from imaging.pixels.rows import Rows, RowWindow
from imaging.pixels.threads import cores, fix_threads
from models.upscaling.learned_upscaler import LearnedUpscaler

TILE_ROWS, TILE_COLUMNS = 128, 256
SMALLEST_TILE = 16


@dataclass(frozen=True)
class _Tile:
    """The rows and columns of a band that a tile fills; rows count from the band's first row, which may be margin."""

    top: int
    bottom: int
    left: int
    right: int

    def halves(self) -> tuple[_Tile, _Tile]:
        """Return the tile cut in two across its longer side."""
        if self.bottom - self.top > self.right - self.left:
            middle = (self.top + self.bottom) // 2
            return _Tile(self.top, middle, self.left, self.right), _Tile(middle, self.bottom, self.left, self.right)
        middle = (self.left + self.right) // 2
        return _Tile(self.top, self.bottom, self.left, middle), _Tile(self.top, self.bottom, middle, self.right)


def enlarge_in_tiles(rows: Rows, upscaler: LearnedUpscaler, scale: int) -> Rows:
    """Return the stream `scale` times as wide and high; peak memory is a few bands of TILE_ROWS."""
    return Rows(rows.width * scale, rows.height * scale, rows.channels, _bands(rows, upscaler, scale))


def _bands(rows: Rows, upscaler: LearnedUpscaler, scale: int) -> Iterator[Pixels]:
    window, lefts = RowWindow(rows), range(0, rows.width, TILE_COLUMNS)
    each, at_once = upscaler.card.cpu_threads, min(_tiles_at_once(upscaler), len(lefts))
    fill = carried(_fill_measured)
    with ThreadPoolExecutor(at_once, "tile", fix_threads, (upscaler.device, each)) as pool:
        for top in range(0, rows.height, TILE_ROWS):
            bottom = min(top + TILE_ROWS, rows.height)
            first, last = max(0, top - upscaler.margin), min(rows.height, bottom + upscaler.margin)
            band = window.span(first, last)
            enlarged = np.empty(((bottom - top) * scale, rows.width * scale, rows.channels), np.float32)
            tiles = [_Tile(top - first, bottom - first, x, min(x + TILE_COLUMNS, rows.width)) for x in lefts]
            for done in [pool.submit(fill, enlarged, band, tile, upscaler, scale) for tile in tiles]:
                done.result()
            yield enlarged


def _tiles_at_once(upscaler: LearnedUpscaler) -> int:
    return max(cores() // upscaler.card.cpu_threads, 1) if upscaler.device == "cpu" else 1


def _fill_measured(enlarged: Pixels, band: Pixels, tile: _Tile, upscaler: LearnedUpscaler, scale: int) -> None:
    with step("upscale", wide=True):
        _fill(enlarged, band, tile, upscaler, scale)


def _fill(
    enlarged: Pixels, band: Pixels, tile: _Tile, upscaler: LearnedUpscaler, scale: int, origin: int | None = None
) -> None:
    """Write a tile's pixels into a band; where memory runs out, tile by half tile, down to SMALLEST_TILE."""
    import torch

    start = tile.top if origin is None else origin
    try:
        pixels = _enlarge_tile(band, tile, upscaler, scale)
    except torch.OutOfMemoryError:
        if max(tile.bottom - tile.top, tile.right - tile.left) < 2 * SMALLEST_TILE:
            raise
        pixels = None
    if pixels is None:  # outside the handler, which would keep the failed call's tensors alive
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        for half in tile.halves():
            _fill(enlarged, band, half, upscaler, scale, start)
        return
    y, x = (tile.top - start) * scale, tile.left * scale
    enlarged[y : y + pixels.shape[0], x : x + pixels.shape[1]] = pixels


def _enlarge_tile(band: Pixels, tile: _Tile, upscaler: LearnedUpscaler, scale: int) -> Pixels:
    """Return a tile's enlarged pixels: colour by the network, and alpha by it as grey unless it is even."""
    top, left = max(0, tile.top - upscaler.margin), max(0, tile.left - upscaler.margin)
    cut = band[top : tile.bottom + upscaler.margin, left : tile.right + upscaler.margin]
    y, x = (tile.top - top) * scale, (tile.left - left) * scale
    size = ((tile.bottom - tile.top) * scale, (tile.right - tile.left) * scale)
    inner = (slice(y, y + size[0]), slice(x, x + size[1]))
    channels = band.shape[2]
    colours = 3 if channels >= 3 else 1
    planes = [_run_network(cut[..., :colours], upscaler, scale)[inner]]
    if channels in (2, 4):
        alpha = cut[..., colours:]
        even = bool((alpha == alpha[0, 0, 0]).all())
        filled = np.full((*size, 1), alpha[0, 0, 0], np.float32)
        planes.append(filled if even else _run_network(alpha, upscaler, scale)[inner])
    return np.concatenate(planes, axis=2) if len(planes) > 1 else planes[0]


def _run_network(pixels: Pixels, upscaler: LearnedUpscaler, scale: int) -> Pixels:
    """Enlarge (h, w, 1 or 3) by the network, clipped to [0, 1]; grey goes in three times and comes out as the mean.

    Pixels that are as smooth as the card says are only interpolated.
    """
    import torch

    smooth = upscaler.plain and upscaler.card.smooth is not None and bend(pixels) < float(upscaler.card.smooth)
    enlarger = upscaler.plain if upscaler.plain and smooth else upscaler.call
    colour = pixels if pixels.shape[2] == 3 else np.repeat(pixels, 3, axis=2)
    with torch.inference_mode():
        tensor = torch.from_numpy(np.ascontiguousarray(colour)).permute(2, 0, 1)[None].to(upscaler.device)
        enlarged = enlarger(tensor, scale)[0].clamp_(0, 1).permute(1, 2, 0).cpu().numpy()
    return enlarged if pixels.shape[2] == 3 else enlarged.mean(axis=2, keepdims=True)


def bend(pixels: Pixels) -> float:
    """Return the largest second difference of neighbours, down or across, in any channel of (h, w, channels)."""
    down, across = (np.abs(np.diff(pixels, 2, axis)) for axis in (0, 1))
    return float(max(down.max(initial=0), across.max(initial=0)))
