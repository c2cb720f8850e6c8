"""A page of every layout in every placement, fourteen locales, both demo brands.

The folder gets index.html with a thumbnail a cell, a mosaic a family and brand, cells.jsonl with the findings, and
refused.jsonl with the cells that could not be set. Pictures are written as they are made; none is kept in memory.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, select_autoescape
from markupsafe import Markup
from PIL import Image, ImageDraw, ImageFont

from foundry.copy import Copy
from foundry.fonts import FONTS, missing_characters
from foundry.locales import is_rtl
from imaging.pixels.geometry import safe_box
from imaging.still.compose import draw_lettering
from imaging.still.proof import Places, ProofFinding, find_ink, find_unmirrored, findings, places
from tests.support.specimens import (
    BRANDS,
    Look,
    Masters,
    Refused,
    Renderer,
    Specimen,
    copy_of,
    locales,
    looks,
    tenant,
)

THUMB_PX, TILE_PX, HEAD_PX = 420, 240, 22


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One row of cells.jsonl."""

    brand: str
    family: str
    layout: str
    placement: str
    names: tuple[str, ...]
    locale: str
    size: str
    file: str
    headline: str
    dropped: tuple[str, ...]
    findings: tuple[ProofFinding, ...]


@dataclass(frozen=True)
class Wanted:
    """The part of the matrix to render; an empty tuple means all."""

    brands: tuple[str, ...] = BRANDS
    families: tuple[str, ...] = ()
    locales: tuple[str, ...] = ()
    shapes: int = 1_000
    """The most shapes of frame that a layout is shown in, spread from the flattest to the tallest."""


def write_matrix(target: Path, wanted: Wanted, masters: Masters) -> tuple[list[Cell], list[Refused]]:
    """Render the matrix into the folder `target`; return its cells and refusals."""
    (target / "cells").mkdir(parents=True, exist_ok=True)
    cells: list[Cell] = []
    refused: list[Refused] = []
    for brand in wanted.brands:
        copies, unwritten = _copies(brand, wanted.locales)
        refused += unwritten
        for family, members in _families(spread_looks(looks(brand), wanted)).items():
            sheet = Mosaic(len(members), len(copies))
            for row, look in enumerate(members):
                made = Renderer(brand, masters).specimens(look, copies)
                cells_made, not_made = _row(made, target, sheet, row)
                cells += cells_made
                refused += not_made
            sheet.image.save(target / f"mosaic-{family}-{brand}.png", compress_level=6)
    _write_lists(target, cells, refused)
    write_page(target / "index.html", cells, refused)
    return cells, refused


def _copies(brand: str, chosen: Sequence[str]) -> tuple[dict[str, Copy], list[Refused]]:
    """Return the copy by locale, and the locales that the brand's fonts cannot draw."""
    fonts = tuple(tenant(brand).families)
    copies, refused = {}, []
    for locale in chosen or locales():
        copy = copy_of(brand, locale)
        missing = missing_characters("".join(copy.texts().values()), fonts)
        if missing:
            refused.append(Refused(brand, locale, "all", "all", f"no font has {''.join(missing[:20])}"))
        else:
            copies[locale] = copy
    return copies, refused


def spread_looks(found: Sequence[Look], wanted: Wanted) -> list[Look]:
    """Return the wanted looks, layout by layout, at most `wanted.shapes` of each."""
    layouts: dict[str, list[Look]] = {}
    for look in found:
        if not wanted.families or look.placement.family in wanted.families:
            layouts.setdefault(look.layout.id, []).append(look)
    return [look for members in layouts.values() for look in _spread(members, wanted.shapes)]


def _families(found: Sequence[Look]) -> Mapping[str, list[Look]]:
    families: dict[str, list[Look]] = {}
    for look in found:
        families.setdefault(look.placement.family, []).append(look)
    return families


def _spread(members: Sequence[Look], most: int) -> list[Look]:
    """Return at most `most` of a layout's looks, evenly spread by width over height."""
    ordered = sorted(members, key=lambda look: (look.placement.width_px / look.placement.height_px, look.names))
    if len(ordered) <= most:
        return ordered
    return [ordered[at * (len(ordered) - 1) // max(most - 1, 1)] for at in range(most)]


def _row(made: Iterator[Specimen | Refused], target: Path, sheet: Mosaic, row: int) -> tuple[list[Cell], list[Refused]]:
    cells: list[Cell] = []
    refused: list[Refused] = []
    usual: Places = {}
    for column, specimen in enumerate(made):
        if isinstance(specimen, Refused):
            refused.append(specimen)
            sheet.refuse(row, column, f"{specimen.placement} {specimen.locale}")
            continue
        found, there = examine(specimen, usual)
        usual = usual if usual or is_rtl(specimen.locale) else there
        cells.append(_cell(specimen, target, found))
        sheet.add(row, column, specimen, len(found))
    return cells, refused


def examine(specimen: Specimen, usual: Places) -> tuple[tuple[ProofFinding, ...], Places]:
    """Return a specimen's findings and the places of its words; `usual` are the places in left-to-right locales."""
    slots = draw_lettering(specimen.static, specimen.copy, specimen.locale)
    found = findings(specimen.static, slots, specimen.locale)
    there = places(find_ink(slots), specimen.composed.logo, safe_box(specimen.look.placement))
    turned = tuple(find_unmirrored(usual, there)) if is_rtl(specimen.locale) else ()
    return (*found, *turned), there


def _cell(specimen: Specimen, target: Path, found: tuple[ProofFinding, ...]) -> Cell:
    look, image = specimen.look, specimen.composed.image
    name = "-".join((specimen.brand, look.layout.id, look.placement.name.replace("/", "."), specimen.locale))
    small = image.copy()
    small.thumbnail((THUMB_PX, THUMB_PX), Image.Resampling.LANCZOS, reducing_gap=3.0)
    small.save(target / "cells" / f"{name}.webp", quality=82)
    given = look.placement
    return Cell(
        brand=specimen.brand, family=given.family, layout=look.layout.id, placement=given.name, names=look.names,
        locale=specimen.locale, size=f"{image.width}x{image.height}", file=f"cells/{name}.webp",
        headline=specimen.copy.headline, dropped=specimen.composed.dropped, findings=found,
    )  # fmt: skip


class Mosaic:
    """A sheet of tiles: a look a row, a locale a column; tiles with findings have a red bar."""

    def __init__(self, rows: int, columns: int):
        self.image = Image.new("RGB", (columns * (TILE_PX + 6), rows * (TILE_PX + HEAD_PX + 6)), "#2A2C2F")
        self._draw = ImageDraw.Draw(self.image)
        self._font = ImageFont.truetype(str(FONTS / "Inter-Regular.ttf"), 12)

    def add(self, row: int, column: int, specimen: Specimen, wrong: int) -> None:
        """Put one specimen on the sheet."""
        left, top = self._place(row, column)
        tile = specimen.composed.image.copy()
        tile.thumbnail((TILE_PX, TILE_PX), Image.Resampling.LANCZOS, reducing_gap=3.0)
        self.image.paste(tile, (left + (TILE_PX - tile.width) // 2, top + HEAD_PX))
        look = specimen.look
        self._say(left, top, f"{look.layout.id} {look.placement.name} {specimen.locale}")
        if wrong:
            self._draw.rectangle((left, top + HEAD_PX - 4, left + TILE_PX, top + HEAD_PX - 2), fill="#FF3B30")

    def refuse(self, row: int, column: int, name: str) -> None:
        """Mark a cell that could not be made."""
        left, top = self._place(row, column)
        self._say(left, top, f"refused: {name}")

    def _place(self, row: int, column: int) -> tuple[int, int]:
        return column * (TILE_PX + 6) + 3, row * (TILE_PX + HEAD_PX + 6) + 3

    def _say(self, left: int, top: int, text: str) -> None:
        shown = text
        while self._font.getlength(shown) > TILE_PX and len(shown) > 2:
            shown = "…" + shown[2:]
        self._draw.text((left + 2, top + 2), shown, font=self._font, fill="#E8E8E8")


def _write_lists(target: Path, cells: Sequence[Cell], refused: Sequence[Refused]) -> None:
    for name, rows in (("cells", cells), ("refused", refused)):
        lines = "".join(json.dumps(asdict(row), ensure_ascii=False) + "\n" for row in rows)
        (target / f"{name}.jsonl").write_text(lines, encoding="utf-8")


def write_page(target: Path, cells: Sequence[Cell], refused: Sequence[Refused]) -> None:
    """Write the page: cells, filtered by brand, family, layout, locale and finding, and the refusals."""
    folder = Path(__file__).parent / "matrix_page"
    page = Environment(loader=FileSystemLoader(folder), autoescape=select_autoescape(default=True))
    text = page.get_template("page.html.j2").render(
        cells=_inline([asdict(cell) for cell in cells]),
        refused=refused,
        kinds=Counter(found.kind for cell in cells for found in cell.findings).most_common(),
        count=len(cells),
        clean=sum(not cell.findings for cell in cells),
    )
    target.write_text(text, encoding="utf-8")


def _inline(value: object) -> Markup:
    """Return JSON that cannot end the script element around it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))
