"""Pictures and cards that the tests of enlargement share."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from foundry.card.card import ModelCard
from imaging.pixels.rows import gather
from lab.evaluation.photographs import photograph
from models.registry import card
from models.upscaling.picture_reader import open_picture
from models.upscaling.tiles import TILE_COLUMNS, TILE_ROWS

CARD = card("crisp", "upscale")
Pixels = np.ndarray[tuple[int, ...], np.dtype[np.float32]]


def large_photograph() -> Pixels:
    """Larger than a tile both ways."""
    return np.ascontiguousarray(photograph("coffee.png")[: TILE_ROWS + 32, : TILE_COLUMNS + 48])


def toy_card(folder: Path) -> ModelCard:
    """A card whose weights lie in `folder/weights`, of this repository's network."""
    source = CARD.source.model_copy(update={"folder": "weights"})
    return CARD.model_copy(update={"source": source, "path": folder / "card.yaml", "weights": {}})


def community_card(folder: Path) -> ModelCard:
    """A card whose weights lie in `folder/weights`, trained by somebody else."""
    source = CARD.source.model_copy(update={"kind": "directory", "folder": "weights"})
    return CARD.model_copy(update={"id": "community", "source": source, "path": folder / "card.yaml", "weights": {}})


def read_pixels(path: Path) -> list[list[list[float]]]:
    """The pixels of a file, to three decimals."""
    pixels = gather(open_picture(path).rows())
    return [[[round(float(value), 3) for value in pixel] for pixel in row] for row in pixels]
