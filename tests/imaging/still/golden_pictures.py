"""Golden pictures: every layout in a frame of usual size, seen by eye once and kept; a change shows both."""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from foundry.locales import is_rtl
from foundry.plan.composition import compositions
from imaging.pixels.ssim import ssim
from imaging.still.compose import finish, prepare
from imaging.still.preview import stand_in
from tests.support.specimens import Look, copy_of, looks, tenant

FOLDER = Path(__file__).parent / "golden"
EDGE_PX, FEED_PX = 400, 1_200_000
SEEN_LOCALES = {"aurelle": ("en-US", "ar-EG"), "northpeak": ("ja-JP",)}
VISIBLE, MOST_VISIBLE, LEAST_LIKENESS = 6.0, 0.002, 0.985
"""A place has visibly changed from CIEDE2000 6 on; so many places may, and the structure (SSIM) must be so alike."""


@dataclass(frozen=True)
class Case:
    """One golden picture."""

    brand: str
    locale: str
    look: Look

    @property
    def name(self) -> str:
        """Return the name of its file, without the ending."""
        return f"{self.look.layout.id}-{self.brand}-{self.locale}"

    @property
    def file(self) -> Path:
        """Return its file."""
        return FOLDER / f"{self.name}.webp"


@dataclass(frozen=True)
class Change:
    """The difference of a picture from its golden one: share of visibly changed places, and structural similarity."""

    visible: float
    likeness: float

    @property
    def tolerable(self) -> bool:
        """Return whether nobody would see the difference."""
        return self.visible <= MOST_VISIBLE and self.likeness >= LEAST_LIKENESS

    def __str__(self) -> str:
        return (
            f"{self.visible:.2%} of the places changed visibly (at most {MOST_VISIBLE:.2%}), "
            f"SSIM {self.likeness:.4f} (at least {LEAST_LIKENESS})"
        )


def cases() -> Iterator[Case]:
    """Yield each layout of each demo brand, in the largest of its frames that is not larger than a feed's picture."""
    for brand, wanted in SEEN_LOCALES.items():
        chosen: dict[str, Look] = {}
        for look in sorted(looks(brand), key=_unlike_a_feed):
            chosen.setdefault(look.layout.id, look)
        for _, look in sorted(chosen.items()):
            yield from (Case(brand, locale, look) for locale in wanted)


def _unlike_a_feed(look: Look) -> tuple[bool, int, tuple[str, ...]]:
    area = look.placement.width_px * look.placement.height_px
    return area > FEED_PX, abs(area - FEED_PX), look.names


def drawn(case: Case) -> Image.Image:
    """Draw the picture as layouts draw it today, at most 400 pixels an edge."""
    layout, placement, owner = case.look.layout, case.look.placement, tenant(case.brand)
    mirrored = is_rtl(case.locale) and compositions()[placement.bucket].has_sides
    master, facts = stand_in(owner, placement.bucket, mirrored)
    copy = copy_of(case.brand, case.locale).only(layout.fields)
    image = finish(prepare(master, facts, layout, placement, owner), copy, case.locale).image
    image.thumbnail((EDGE_PX, EDGE_PX), Image.Resampling.LANCZOS)
    return image


def kept(case: Case) -> Image.Image:
    """Return the golden picture."""
    with Image.open(case.file) as stored:
        return stored.convert("RGB")


def keep(case: Case, image: Image.Image) -> None:
    """Make a picture the golden one."""
    FOLDER.mkdir(exist_ok=True)
    image.save(case.file, lossless=True, method=4)


def differences(one: Image.Image, other: Image.Image) -> np.ndarray:
    """Return CIEDE2000 place by place, (h, w) float, of two RGB pictures of one size."""
    from skimage.color import deltaE_ciede2000, rgb2lab

    return deltaE_ciede2000(rgb2lab(np.asarray(one)), rgb2lab(np.asarray(other)))


def change(golden: Image.Image, today: Image.Image) -> Change:
    """Measure how today's picture differs; a picture of another size differs everywhere."""
    if golden.size != today.size:
        return Change(1.0, 0.0)
    visible = float((differences(golden, today) >= VISIBLE).mean())
    return Change(visible, ssim(np.asarray(golden), np.asarray(today)))


def show(case: Case, golden: Image.Image, today: Image.Image, target: Path) -> Path:
    """Write a page with golden, today's and their difference side by side; return its path."""
    target.mkdir(parents=True, exist_ok=True)
    pictures = {"golden": golden, "today": today}
    if golden.size == today.size:
        strong = np.clip(differences(golden, today) * 12, 0, 255).astype(np.uint8)
        pictures["difference"] = Image.fromarray(strong)
    figures = []
    for name, picture in pictures.items():
        picture.save(target / f"{case.name}-{name}.png")
        figures.append(f"<figure><figcaption>{name}</figcaption><img src='{case.name}-{name}.png' alt=''></figure>")
    page = target / f"{case.name}.html"
    title = html.escape(f"{case.name}: {change(golden, today)}")
    style = (
        "<style>body{font:14px sans-serif;display:flex;gap:12px;flex-wrap:wrap}h1{font-size:16px;width:100%}</style>"
    )
    page.write_text(
        f"<!doctype html><meta charset=utf-8><title>{title}</title>{style}<h1>{title}</h1>{''.join(figures)}"
    )
    return page
