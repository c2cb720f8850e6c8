"""The likeness of an encoded picture to its original, and the tiles of a picture that show differences first.

Likeness is structural similarity, weighted by information content (`imaging.pixels.ssim.WeightedPlane`): where the
picture has structure, above all in type, an error counts more than on a plain ground. Luma is compared at full and at
half size, both chroma planes at half size, since eyes resolve colour less.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imaging.pixels.ssim import Plane, WeightedPlane

Levels = NDArray[np.uint8]
SCALES = ((0, 1, 0.4), (0, 2, 0.4), (1, 2, 0.1), (2, 2, 0.1))
"""Plane of Y Cr Cb, reduction, and its share in the likeness."""
TILE_PX = 64
TILES_ACROSS, TILES_DOWN = 8, 2


@dataclass(frozen=True)
class ReferencePicture:
    """A picture that others are compared with; its statistics are taken once.

    `pixels` is (height, width, channels) uint8: 3 of RGB or 4 inks.
    """

    pixels: Levels

    @cached_property
    def _planes(self) -> tuple[WeightedPlane, ...]:
        return tuple(WeightedPlane.of(plane) for plane in _planes(self.pixels))

    def likeness(self, other: Levels) -> float:
        """Return 1 for the same pixels, less for others; `other` has the reference's shape."""
        total = 0.0
        for own, theirs, (_, _, share) in zip(self._planes, _planes(other), SCALES, strict=True):
            total += share * own.ssim(theirs)
        return total


def as_rgb(pixels: Levels) -> Levels:
    """Return RGB as it is; C, M, Y and K roughly as a screen shows them, which is enough to compare two pictures."""
    if pixels.shape[2] == 3:
        return np.ascontiguousarray(pixels)
    light = 255 - pixels.astype(np.uint16)
    return np.ascontiguousarray((light[..., :3] * light[..., 3:] // 255).astype(np.uint8))


def _planes(pixels: Levels) -> list[Plane]:
    """Return the planes of SCALES, float32 from 0 to 255."""
    import cv2

    height, width = pixels.shape[:2]
    whole = cv2.cvtColor(as_rgb(pixels), cv2.COLOR_RGB2YCrCb)
    half = cv2.resize(whole, (max(width // 2, 1), max(height // 2, 1)), interpolation=cv2.INTER_AREA)
    sized = {1: whole, 2: half}
    return [sized[scale][..., plane].astype(np.float32) for plane, scale, _ in SCALES]


@dataclass(frozen=True)
class HardTiles:
    """Left and top of the tiles where a picture is hardest to encode; none if the whole picture is small."""

    corners: tuple[tuple[int, int], ...]

    def of(self, pixels: NDArray[Any]) -> NDArray[Any]:
        """Return the tiles side by side, (128, 512, channels), or the whole picture.

        Corners lie on a grid of 64 pixels, so a codec's blocks are the same in a tile as in the picture.
        """
        if not self.corners:
            return pixels
        tiles = [pixels[y : y + TILE_PX, x : x + TILE_PX] for x, y in self.corners]
        lines = [np.concatenate(tiles[at : at + TILES_ACROSS], axis=1) for at in range(0, len(tiles), TILES_ACROSS)]
        return np.concatenate(lines, axis=0)


def hard_tiles(pixels: Levels) -> HardTiles:
    """Return the 12 busiest tiles in any of R, G and B, and 4 from the calmer rest.

    Type comes first, as its edges are the steepest. `pixels` is (height, width, channels) uint8.
    """
    import cv2

    across, down = pixels.shape[1] // TILE_PX, pixels.shape[0] // TILE_PX
    wanted = TILES_ACROSS * TILES_DOWN
    if across * down <= wanted:
        return HardTiles(())
    part = np.ascontiguousarray(pixels[: down * TILE_PX, : across * TILE_PX])
    half = cv2.resize(part, (across * TILE_PX // 2, down * TILE_PX // 2), interpolation=cv2.INTER_AREA)
    edges = cv2.convertScaleAbs(cv2.Laplacian(half, cv2.CV_16S))
    busy = cv2.resize(edges, (across, down), interpolation=cv2.INTER_AREA).max(axis=2).ravel()
    order = np.argsort(-busy.astype(np.int32), kind="stable")
    busiest, rest = order[: wanted * 3 // 4], order[wanted * 3 // 4 :]
    calm = rest[np.linspace(0, len(rest) - 1, wanted - len(busiest)).astype(int)]
    chosen = sorted(int(tile) for tile in np.concatenate([busiest, calm]))
    return HardTiles(tuple((tile % across * TILE_PX, tile // across * TILE_PX) for tile in chosen))


def chroma_loss(pixels: Levels) -> float:
    """Return how much half-size chroma (4:2:0) changes colour, in levels: the mean over the worst 8 x 8 px."""
    import cv2

    height, width = pixels.shape[:2]
    chroma = cv2.cvtColor(as_rgb(pixels), cv2.COLOR_RGB2YCrCb)[..., 1:]
    chroma = np.ascontiguousarray(chroma)
    half = cv2.resize(chroma, ((width + 1) // 2, (height + 1) // 2), interpolation=cv2.INTER_AREA)
    back = cv2.resize(half, (width, height), interpolation=cv2.INTER_LINEAR)
    lost = cv2.absdiff(chroma, back)
    blocks = (max(width // 8, 1), max(height // 8, 1))
    return float(cv2.resize(lost.astype(np.float32), blocks, interpolation=cv2.INTER_AREA).max())
