"""Enlarges one file: depth, alpha and colour profile stay what they are, the pixels are drawn larger."""

from __future__ import annotations

from pathlib import Path

from foundry.card.card import ModelCard
from foundry.errors import BadInput
from models.upscaling.alpha import without_fringe
from models.upscaling.enlarge import stream
from models.upscaling.learned import load
from models.upscaling.picture_in import inspect
from models.upscaling.picture_out import FORMATS, PictureOut
from models.upscaling.source import MOST_EDGE_PX, Source

MOST_RATIO = 64


def upscale_file(
    source: Path,
    target: Path,
    *,
    width_px: int | None = None,
    height_px: int | None = None,
    card: ModelCard,
) -> PictureOut:
    """Write SOURCE larger to TARGET, PNG or TIFF by its suffix; the edge that is not given follows from the other.

    Where both edges ask for another aspect, the picture is cropped in the middle. Pixels of a wide-gamut profile
    are enlarged as they are encoded and the profile is passed on. BadInput for a source or a size that cannot be.
    """
    if not card.has_weights:
        raise BadInput(f"card {card.name}", "has no weights to enlarge a file with; name a learned one, such as crisp")
    picture = inspect(source)
    width, height = _size(picture, width_px, height_px)
    _refuse_target(source, target)
    learned = load(card)
    rows = without_fringe(picture.rows(), 2 * learned.margin)
    out = PictureOut(target, picture.bits, picture.profile)
    out.write(stream(rows, learned, width, height))
    return out


def _refuse_target(source: Path, target: Path) -> None:
    if target.suffix.lower() not in FORMATS:
        raise BadInput(str(target), f"ends in {target.suffix!r}; name a .png, .tif or .tiff file")
    if not target.parent.is_dir():
        raise BadInput(str(target), "is in a folder that does not exist; make the folder")
    if target.exists() and target.samefile(source):
        raise BadInput(str(target), "is the source itself; name another target")


def _size(picture: Source, width: int | None, height: int | None) -> tuple[int, int]:
    if width is None and height is None:
        raise BadInput(str(picture.path), "has no size to grow to; give a width or a height")
    wide = width or max(1, round(picture.width * (height or 1) / picture.height))
    high = height or max(1, round(picture.height * wide / picture.width))
    asked, has = f"{wide}x{high}", f"{picture.width}x{picture.height}"
    if max(wide, high) > MOST_EDGE_PX:
        raise BadInput(str(picture.path), f"cannot become {asked}; the limit is {MOST_EDGE_PX} an edge")
    ratio = max(wide / picture.width, high / picture.height)
    if min(wide, high) < 1 or ratio < 1:
        raise BadInput(str(picture.path), f"is {has}, which {asked} does not enlarge; ask for more, or keep it")
    if ratio > MOST_RATIO:
        raise BadInput(str(picture.path), f"is {has}; {asked} is {ratio:.0f} times that, the limit is {MOST_RATIO}")
    return wide, high
