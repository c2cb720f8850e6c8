"""The page with every shipped set in three palettes, two lights and three seeds: `docs/pictures/sets.html`.

`python -m lab.evaluation.set_gallery` draws what its folder of pictures lacks, so one that was stopped goes on, and
then writes the page, which holds all pictures.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import io
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from foundry.inputs.picture import decode
from foundry.plan.composition import compositions
from foundry.sets.files import shipped_sets
from foundry.sets.set_file import SET_RENDERER_VERSION, SetFile, Side
from foundry.tenant import load_tenant
from imaging.pixels.arrays import Pixels
from lab.evaluation.page_templates import environment, style
from lab.evaluation.scaling import as_picture
from models.sets.ask import SetAsk
from models.sets.contact_sheet import Colours, usual_colours
from models.sets.product.standing import Frames
from models.sets.renderer.client import Renderer
from models.sets.sampling import Stood, drawing_size, stand_picture, usual_palettes

ROOT = Path(__file__).parents[2]
PAGE, WORK = ROOT / "docs" / "pictures" / "sets.html", Path("build/sets")
PRODUCTS = {
    "aurelle": ("aurelle-serum.png", "aurelle-cream.png", "aurelle-mist.png"),
    "northpeak": ("northpeak-mug.png", "northpeak-flask-moss.png", "northpeak-mug-lake.png"),
}
LIGHTS: tuple[Side, ...] = ("left", "right")
SEEDS = (0, 1, 2)
QUALITY = 74


@dataclass(frozen=True)
class Palette:
    """Three colours, and the brand whose products stand in them; "" for the set's own, in which both do."""

    name: str
    colours: Colours
    brand: str = ""

    def product(self, seed: int, row: int) -> str:
        """Return the product's picture for one column of a row."""
        brand = self.brand or sorted(PRODUCTS)[(seed + row) % len(PRODUCTS)]
        return PRODUCTS[brand][seed % len(PRODUCTS[brand])]


@dataclass(frozen=True)
class Cell:
    """One picture of the page: what is asked, the files with it, and its name in the folder of pictures."""

    ask: SetAsk
    stood: Stood
    label: str

    @property
    def name(self) -> str:
        """The name of its file, a hash of all that it shows."""
        found = hashlib.sha256(f"{SET_RENDERER_VERSION}\n{self.ask.model_dump_json()}".encode())
        for name, content in sorted(self.stood.standing.files.items()):
            found.update(name.encode() + hashlib.sha256(content).digest())
        return found.hexdigest()


def palettes_of(set_file: SetFile) -> tuple[Palette, ...]:
    """Return the three palettes of a set: its own and those of the demo brands."""
    brands = [load_tenant(ROOT / "examples" / "tenants", name) for name in PRODUCTS]
    own = Palette("its own", usual_colours(set_file))
    return (own, *(Palette(brand.name, usual_palettes(set_file, brand)[-1], brand.id) for brand in brands))


def cells(set_file: SetFile, edge_px: int, samples: int) -> Iterator[Cell]:
    """Yield the pictures of a set, row by row: a palette and a light in a row, a seed in a column."""
    size = drawing_size("portrait", edge_px)
    box, frames = compositions()["portrait"].box(mirrored=False), Frames(size, size)
    for row, palette in enumerate(palettes_of(set_file)):
        for light in LIGHTS:
            for seed in SEEDS:
                product = decode((ROOT / "examples" / "products" / palette.product(seed, row)).read_bytes())
                stood = stand_picture(product, box, frames)
                wall, floor, accent = palette.colours
                ask = SetAsk(
                    set=set_file, wall=wall, floor=floor, accent=accent, light=light, seed=seed, width_px=size[0],
                    height_px=size[1], stand=stood.standing.stand, products=stood.standing.products, samples=samples,
                )  # fmt: skip
                yield Cell(ask, stood, f"{palette.name}, light from the {light}, seed {seed}")


def draw_missing(wanted: list[Cell], folder: Path, most: int | None = None) -> int:
    """Draw the pictures that a folder lacks, at most so many; return how many are still missing."""
    folder.mkdir(parents=True, exist_ok=True)
    missing = [cell for cell in wanted if not (folder / f"{cell.name}.webp").exists()]
    with Renderer() as renderer:
        for at, cell in enumerate(missing[:most], 1):
            rendered = renderer.render(cell.ask, cell.stood.standing.files)
            keep(cell.stood.laid_over(rendered.pixels), folder / f"{cell.name}.webp")
            told = f"{at} of {len(missing)}: {cell.ask.set.id}, {cell.label}, {rendered.seconds:.1f} s"
            print(told, file=sys.stderr, flush=True)
    return len(missing) - len(missing[:most])


def keep(pixels: Pixels, path: Path) -> None:
    """Write a picture, whole or not at all."""
    stream = io.BytesIO()
    Image.fromarray(as_picture(pixels)).save(stream, "WEBP", quality=QUALITY)
    beside = path.with_suffix(".part")
    beside.write_bytes(stream.getvalue())
    beside.replace(path)


def page(drawn: dict[str, list[Cell]], folder: Path) -> str:
    """Return the page with the pictures that are there."""
    sets = shipped_sets()
    sections = [
        {
            "id": name,
            "title": sets[name].title,
            "scene": sets[name].scene or "",
            "words": " ".join(sets[name].words),
            "pictures": [(cell.label, _inline(folder / f"{cell.name}.webp")) for cell in found],
        }
        for name, found in drawn.items()
    ]
    count = sum(len(found) for found in drawn.values())
    return environment().get_template("sets.html.j2").render(sections=sections, count=count, style=style()) + "\n"


def _inline(path: Path) -> str:
    return f"data:image/webp;base64,{base64.b64encode(path.read_bytes()).decode()}"


def main() -> None:
    """Draw what is missing, and write the page."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--work", type=Path, default=WORK, help="folder that keeps the pictures between runs")
    options.add_argument("--page", type=Path, default=PAGE, help="page to write")
    options.add_argument("--edge", type=int, default=288, help="height of a picture in pixels")
    options.add_argument("--samples", type=int, default=24, help="rays of a pixel")
    options.add_argument("--most", type=int, help="draw at most so many, then write the page with what is there")
    options.add_argument("sets", nargs="*", help="ids of sets; default: all")
    asked = options.parse_args()
    chosen = {name: each for name, each in shipped_sets().items() if not asked.sets or name in asked.sets}
    wanted = {name: list(cells(each, asked.edge, asked.samples)) for name, each in chosen.items()}
    left = draw_missing([cell for found in wanted.values() for cell in found], asked.work, asked.most)
    there = {name: [c for c in found if (asked.work / f"{c.name}.webp").exists()] for name, found in wanted.items()}
    asked.page.write_text(page({name: found for name, found in there.items() if found}, asked.work), encoding="utf-8")
    print(f"{asked.page}: {asked.page.stat().st_size / 1e6:.1f} MB, {left} pictures are missing")


if __name__ == "__main__":
    main()
