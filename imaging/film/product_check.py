"""The check that a film shows the product that was given, on a frame of its own file."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from PIL import Image

from foundry.manifest import CheckRecord
from imaging.film.staged_film import FilmText, StagedFilm
from imaging.pixels.geometry import PixelBox
from imaging.still.check import product_record
from imaging.still.product_raster import ProductPlace
from imaging.still.product_sight import GivenProduct, see_product

ANIMATIONS = (".gif", ".webp")


def check_product_in_film(file: Path, film: StagedFilm, text: FilmText, given: GivenProduct) -> CheckRecord | None:
    """Check the last frame of the first scene that stands still on the product; None for a film without such a scene.

    Clips move and cards hold no photograph, so neither is compared, nor is a product that the camera cuts off. Of a
    film in HDR, the scene is looked at before its signal was made: its file's levels are no sRGB.
    """
    at = next((at for at, scene in enumerate(film.scenes) if scene.source is not None and scene.source.still), None)
    if at is None:
        return None
    scene = film.scenes[at]
    place = scene.static.product
    if place is None or not _is_whole(place):
        return None
    covers: list[PixelBox] = [line.box for line in text.lines]
    if at in text.by_scene:
        covers += [slot.box for slot in text.by_scene[at].placed_slots]
    if scene.static.logo:
        covers.append(scene.static.logo)
    if scene.signal.transfer == "bt709":
        image = read_frame(file, scene.take.stop - 1, film.timeline.frame_rate)
    else:
        image = scene.static.image
    return product_record(see_product(image, place, given, covers))


def _is_whole(place: ProductPlace) -> bool:
    """Return whether the camera shows the whole product: of a part of it, only where that ends is known."""
    left, top, right, bottom = place.edges
    seen = place.visual
    return left > seen.left and top > seen.top and right < seen.right and bottom < seen.bottom


def read_frame(file: Path, number: int, rate: Fraction) -> Image.Image:
    """Return a frame of a film or an animation, RGB, counted from 0."""
    if file.suffix in ANIMATIONS:
        with Image.open(file) as animation:
            animation.seek(_animated_frame(animation, number, rate))
            return animation.convert("RGB")
    import av

    with av.open(str(file)) as container:
        stream = container.streams.video[0]
        base = stream.time_base or Fraction(1, 1_000)
        wanted = (stream.start_time or 0) + int(number / rate / base)
        container.seek(wanted, stream=stream)
        for frame in container.decode(stream):
            if frame.pts is not None and frame.pts + int(Fraction(1, 2) / rate / base) >= wanted:
                break
        return Image.fromarray(frame.to_ndarray(format="rgb24"))


def _animated_frame(animation: Image.Image, number: int, rate: Fraction) -> int:
    """Return which of an animation's pictures shows at a frame: equal neighbours may be stored as one that lasts."""
    until, pictures = (number + Fraction(1, 2)) / rate * 1_000, int(getattr(animation, "n_frames", 1))
    shown = 0
    for at in range(pictures):
        animation.seek(at)
        animation.load()
        shown += int(animation.info.get("duration", 0))
        if shown > until:
            return at
    return pictures - 1
