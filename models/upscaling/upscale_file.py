"""Enlargement of one file, which keeps its depth, alpha and colour profile."""

from __future__ import annotations

from pathlib import Path

from foundry.card.card import ModelCard
from foundry.errors import BadInput
from models.upscaling.enlarge import enlarge_rows
from models.upscaling.learned_upscaler import load_upscaler
from models.upscaling.picture_reader import open_picture
from models.upscaling.source_picture import MOST_EDGE_PX, SourcePicture
from models.upscaling.target_picture import FORMATS, TargetPicture
from models.upscaling.transparent_colour import fill_transparent_colour

MOST_RATIO = 64


def upscale_file(
    source: Path,
    target: Path,
    *,
    width_px: int | None = None,
    height_px: int | None = None,
    card: ModelCard,
) -> TargetPicture:
    """Write `source`, enlarged, to `target`, as PNG or TIFF by its suffix; an edge not given follows from the other.

    Where both edges ask for another aspect, the picture is cropped in the middle. Pixels of a wide-gamut profile
    are enlarged as they are encoded, and the profile is passed on. Raises BadInput for a source, a target or a size
    that is impossible.
    """
    if not card.has_weights:
        raise BadInput(f"card {card.name}", "has no weights to enlarge a file with; name a learned one, such as crisp")
    picture = open_picture(source)
    width, height = _target_size(picture, width_px, height_px)
    _refuse_target(source, target)
    upscaler = load_upscaler(card)
    rows = fill_transparent_colour(picture.rows(), 2 * upscaler.margin)
    written = TargetPicture(target, picture.bits, picture.profile)
    written.write(enlarge_rows(rows, upscaler, width, height))
    return written


def _refuse_target(source: Path, target: Path) -> None:
    if target.suffix.lower() not in FORMATS:
        raise BadInput(str(target), f"ends in {target.suffix!r}; name a .png, .tif or .tiff file")
    if not target.parent.is_dir():
        raise BadInput(str(target), "is in a folder that does not exist; make the folder")
    if target.exists() and target.samefile(source):
        raise BadInput(str(target), "is the source itself; name another target")


def _target_size(picture: SourcePicture, width: int | None, height: int | None) -> tuple[int, int]:
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
