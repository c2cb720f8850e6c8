"""Evaluation of a set card: the colours of every shipped set under its own light, and the pixels of a cutout in it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from foundry.card.card import ModelCard
from foundry.inputs.picture import decode
from foundry.sets.files import shipped_sets
from foundry.sets.set_file import SET_RENDERER_VERSION, SetFile, Side
from lab.evaluation.evaluation_file import Evaluation, conclude
from lab.evaluation.gallery import Say
from lab.evaluation.plain_page import Illustration, Table, write_plain_page
from lab.evaluation.scaling import as_picture
from lab.evaluation.set_figures import SetFigures, set_figures, set_marks
from lab.evaluation.set_study import SetCase, SetStudy, StudiedCase
from models.registry.evidence import evidence_folder
from models.sets.contact_sheet import usual_colours
from models.sets.renderer.client import Renderer

PRODUCT = Path(__file__).parents[2] / "examples" / "products" / "aurelle-serum.png"
PALETTES = (("#EFDFC2", "#D8B98A", "#C4633F"), ("#DCE9EE", "#4A545E", "#173F36"))
"""Those of the demo brands, besides a set's own."""
LIGHTS: tuple[Side, ...] = ("left", "right")
SIZE, SAMPLES = (192, 240), 16
QUICK_SETS, QUICK_SIZE, QUICK_SAMPLES = 2, (96, 120), 8


def evaluate_sets(
    card: ModelCard, made_on: str, registry: Path | None = None, *, quick: bool = False, say: Say = lambda _: None
) -> Evaluation:
    """Render every shipped set, measure it, and write evaluation.json, report.html and small pictures.

    `quick` studies two sets, which is too few to pass. RendererMissing if there is no renderer.
    """
    folder = evidence_folder(card, registry)
    shutil.rmtree(folder / "pictures", ignore_errors=True)
    (folder / "pictures").mkdir(parents=True)
    chosen = list(shipped_sets().values())[: QUICK_SETS if quick else None]
    studied = list[StudiedCase]()
    with Renderer() as renderer:
        study = SetStudy(renderer, _product(), QUICK_SIZE if quick else SIZE, QUICK_SAMPLES if quick else SAMPLES)
        for each in chosen:
            for case in cases(each):
                studied.append(study.study(case))
            say(f"{each.id}: {_told(studied[-1])}")
    figures = set_figures(studied)
    made_with = {"sets": SET_RENDERER_VERSION, "palettes": str(len(PALETTES) + 1), "lights": str(len(LIGHTS))}
    evaluation = conclude(card, made_on, figures, set_marks(card, figures), made_with)
    pictures = [_picture(one, folder) for one in studied if not one.refused and one.case.light == LIGHTS[0]]
    write_plain_page(folder, card, evaluation, tables(figures), pictures, "Every set in its palettes")
    evaluation.write(folder)
    return evaluation


def cases(set_file: SetFile) -> Iterator[SetCase]:
    """Yield the pictures in which a set is studied: three palettes, two lights, a seed for each."""
    palettes = (usual_colours(set_file), *PALETTES)
    for number, colours in enumerate(palettes):
        for light in LIGHTS:
            yield SetCase(set_file, colours, light, number, palettes[number - 1])


def tables(figures: SetFigures) -> tuple[Table, ...]:
    """Return the tables of the page: one, with a row for each set."""
    heads = ("Set", "Wall, ΔE94", "Floor, ΔE94", "Accent, ΔE94", "Cutout, ΔE2000", "Refused")
    rows = [
        (name, *(_cell(value) for value in (one.wall, one.floor, one.accent, one.product)), str(one.refused or ""))
        for name, one in figures.sets.items()
    ]
    return (Table("Sets: the largest differences", heads, tuple(rows)),)


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _told(one: StudiedCase) -> str:
    distances = ", ".join(f"{role} {value:.1f}" for role, value in one.distances.items())
    return one.refused or f"{distances}, cutout {one.product:.2f}, {one.seconds:.1f} s"


def _product() -> Image.Image:
    return decode(PRODUCT.read_bytes())


def _picture(one: StudiedCase, folder: Path) -> Illustration:
    name = f"pictures/{one.case.set_file.id}-{one.case.seed}.webp"
    Image.fromarray(as_picture(one.picture)).save(folder / name, "WEBP", quality=80)
    return Illustration(name, f"{one.case.set_file.id} in {' '.join(one.case.colours)}")
