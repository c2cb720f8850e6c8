"""Runs a network over a stream of rows in tiles that are exact: each sees the margin that its pixels depend on.

A tile at the picture's edge is cut at the edge, so that the network pads there as it would for the whole picture.
Tiles therefore need no blending: what they give is what the untiled network gives, but for the last bits of floats.
On the CPU, as many tiles of a band are worked on at once as there are cores for, each by the card's number of threads:
the bytes do not depend on how many cores there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from imaging.pixels.arrays import Pixels
from imaging.pixels.rows import Rows, RowWindow
from imaging.pixels.threads import cores, fix_threads
from models.upscaling.learned import Learned

TILE_ROWS, TILE_COLUMNS = 128, 256
SMALLEST_TILE = 16


@dataclass(frozen=True)
class _Tile:
    """Columns and rows of a band that a tile answers for; rows count from the band's first context row."""

    top: int
    bottom: int
    left: int
    right: int

    def halves(self) -> tuple[_Tile, _Tile]:
        """The tile cut across its longer side."""
        if self.bottom - self.top > self.right - self.left:
            middle = (self.top + self.bottom) // 2
            return _Tile(self.top, middle, self.left, self.right), _Tile(middle, self.bottom, self.left, self.right)
        middle = (self.left + self.right) // 2
        return _Tile(self.top, self.bottom, self.left, middle), _Tile(self.top, self.bottom, middle, self.right)


def enlarged_rows(rows: Rows, learned: Learned, scale: int) -> Rows:
    """The stream `scale` times as wide and high; peak memory is a few bands of TILE_ROWS."""
    return Rows(rows.width * scale, rows.height * scale, rows.channels, _bands(rows, learned, scale))


def _bands(rows: Rows, learned: Learned, scale: int) -> Iterator[Pixels]:
    window, lefts = RowWindow(rows), range(0, rows.width, TILE_COLUMNS)
    each, at_once = learned.card.cpu_threads, min(_at_once(learned), len(lefts))
    with ThreadPoolExecutor(at_once, "tile", fix_threads, (learned.device, each)) as pool:
        for top in range(0, rows.height, TILE_ROWS):
            bottom = min(top + TILE_ROWS, rows.height)
            first, last = max(0, top - learned.margin), min(rows.height, bottom + learned.margin)
            band = window.span(first, last)
            made = np.empty(((bottom - top) * scale, rows.width * scale, rows.channels), np.float32)
            tiles = [_Tile(top - first, bottom - first, x, min(x + TILE_COLUMNS, rows.width)) for x in lefts]
            for done in [pool.submit(_fill, made, band, tile, learned, scale) for tile in tiles]:
                done.result()
            yield made


def _at_once(learned: Learned) -> int:
    return max(cores() // learned.card.cpu_threads, 1) if learned.device == "cpu" else 1


def _fill(made: Pixels, band: Pixels, tile: _Tile, learned: Learned, scale: int, origin: int | None = None) -> None:
    """Write a tile's pixels into a band's; where memory runs out, its halves', down to SMALLEST_TILE."""
    import torch

    start = tile.top if origin is None else origin
    try:
        pixels = _tile(band, tile, learned, scale)
    except torch.OutOfMemoryError:
        if max(tile.bottom - tile.top, tile.right - tile.left) < 2 * SMALLEST_TILE:
            raise
        pixels = None
    if pixels is None:  # outside the handler, which would keep the failed call's tensors alive
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        for half in tile.halves():
            _fill(made, band, half, learned, scale, start)
        return
    y, x = (tile.top - start) * scale, tile.left * scale
    made[y : y + pixels.shape[0], x : x + pixels.shape[1]] = pixels


def _tile(band: Pixels, tile: _Tile, learned: Learned, scale: int) -> Pixels:
    """A tile's enlarged pixels: colour through the network, alpha through it as grey unless it is even."""
    top, left = max(0, tile.top - learned.margin), max(0, tile.left - learned.margin)
    cut = band[top : tile.bottom + learned.margin, left : tile.right + learned.margin]
    y, x = (tile.top - top) * scale, (tile.left - left) * scale
    size = ((tile.bottom - tile.top) * scale, (tile.right - tile.left) * scale)
    inner = (slice(y, y + size[0]), slice(x, x + size[1]))
    channels = band.shape[2]
    colours = 3 if channels >= 3 else 1
    planes = [_through(cut[..., :colours], learned, scale)[inner]]
    if channels in (2, 4):
        alpha = cut[..., colours:]
        even = bool((alpha == alpha[0, 0, 0]).all())
        filled = np.full((*size, 1), alpha[0, 0, 0], np.float32)
        planes.append(filled if even else _through(alpha, learned, scale)[inner])
    return np.concatenate(planes, axis=2) if len(planes) > 1 else planes[0]


def _through(pixels: Pixels, learned: Learned, scale: int) -> Pixels:
    """(h, w, 1 or 3) through the network, clipped to [0, 1]; grey goes in three times and comes out as the mean."""
    import torch

    colour = pixels if pixels.shape[2] == 3 else np.repeat(pixels, 3, axis=2)
    with torch.inference_mode():
        tensor = torch.from_numpy(np.ascontiguousarray(colour)).permute(2, 0, 1)[None].to(learned.device)
        made = learned.call(tensor, scale)[0].clamp_(0, 1).permute(1, 2, 0).cpu().numpy()
    return made if pixels.shape[2] == 3 else made.mean(axis=2, keepdims=True)
