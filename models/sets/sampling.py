"""Sets tried without a campaign: found by name or file, checked, and drawn in many ways on one sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PIL import Image

from foundry.errors import BadInput, FoundryError, Problem, Refusals, Unusable
from foundry.inputs.door import Home, read_once, receive_path
from foundry.inputs.picture import PICTURE, decode, inspect_picture
from foundry.inputs.product_model import KINDS as MODELS
from foundry.inputs.product_model import MODEL, inspect_model
from foundry.inputs.product_view import View
from foundry.plan.composition import compositions
from foundry.plan.shot import Box
from foundry.sets.files import SET, parse_named, set_named
from foundry.sets.own_files import OwnFiles, receive_set_files
from foundry.sets.set_file import SetFile, Side
from foundry.tenant import Tenant
from foundry.tenant_files import DOCUMENT
from imaging.pixels.arrays import Pixels
from imaging.still.set_staging import lay_cutout
from models.sets.ask import Area, SetAsk, StandIn, job_file_name
from models.sets.contact_sheet import Colours, SheetOrder, contact_sheet, usual_colours
from models.sets.product.standing import Frames, Standing, stand_cutout, stand_nothing
from models.sets.renderer.client import Renderer
from models.sets.renderer.refusals import RenderRefused
from models.sets.set_check import problems_of

TRIED_EDGE_PX, TRIED_SEEDS = 48, (0,)
USUAL_STAND = Area(left=0.25, top=0.42, right=0.75, bottom=0.86)
Told = Callable[[int, int], None]
"""Is told how many pictures are done, of how many."""


@dataclass(frozen=True, kw_only=True)
class PreviewOrder:
    """What `foundry sets preview` is asked for; without palettes, the set's own colours and the brand's."""

    set_file: SetFile
    tenant: Tenant | None = None
    product: Path | None = None
    palettes: tuple[Colours, ...] = ()
    lights: tuple[Side, ...] = ("left", "right")
    seeds: tuple[int, ...] = (0, 1, 2)
    bucket: str = "portrait"
    room: Literal["left", "right", "top"] = "top"
    edge_px: int = 320
    samples: int = 16


def find_set(name: str, tenant: Tenant | None = None) -> SetFile:
    """Return a set by its id, or from a file that ends in .yaml; UnknownSet or BadInput if there is none."""
    if not name.endswith((".yaml", ".yml")):
        return set_named(name, tenant)
    path = Path(name)
    try:
        text = read_once(Home(path.parent), path.name, DOCUMENT)
    except Unusable as error:
        raise BadInput(name, f"{error.limit}; {error.remedy}") from error
    return parse_named(SetFile, path.stem, text, name, SET)


def check_sets(sets: Iterable[SetFile], tenant: Tenant | None, *, drawn: bool) -> tuple[FoundryError, ...]:
    """Return all that is wrong with sets; with `drawn`, each that seems right is also drawn, small. RendererMissing."""
    problems = list[FoundryError]()
    with Renderer() as renderer:
        for each in sets:
            found = _check(each, tenant, renderer if drawn else None)
            problems.extend(found)
    return tuple(problems)


def _check(set_file: SetFile, tenant: Tenant | None, renderer: Renderer | None) -> tuple[FoundryError, ...]:
    try:
        own = receive_set_files(tenant, set_file) if tenant else OwnFiles()
    except Refusals as refused:
        return refused.problems
    except FoundryError as error:
        return (error,)
    if (problems := problems_of(set_file, own)) or renderer is None:
        return problems
    size = (TRIED_EDGE_PX, TRIED_EDGE_PX)
    colours, (props, files) = usual_colours(set_file), job_files(own)
    order = SheetOrder(
        set_file=set_file, palettes=(colours,), standing=Standing(USUAL_STAND), size=size, lights=("left",),
        seeds=TRIED_SEEDS, samples=1, props=props, materials=own.materials,
    )  # fmt: skip
    try:
        for ask in order.asks():
            renderer.render(ask, files)
    except RenderRefused as refused:
        return (Problem(f"sets/{set_file.id}.yaml", "", f"cannot be drawn: {refused}", "correct the file"),)
    return ()


def preview_sheet(order: PreviewOrder, told: Told = lambda _done, _of: None) -> Image.Image:
    """Return the contact sheet of a set; Refusals if something in it is not known or cannot be used."""
    own = receive_set_files(order.tenant, order.set_file) if order.tenant else OwnFiles()
    if problems := problems_of(order.set_file, own):
        raise Refusals(f"set {order.set_file.id}", problems)
    props, files = job_files(own)
    size = drawing_size(order.bucket, order.edge_px)
    stood = stand(order.product, order.bucket, size)
    sheet = SheetOrder(
        set_file=order.set_file, palettes=order.palettes or usual_palettes(order.set_file, order.tenant),
        standing=stood.standing, size=size, lights=order.lights, seeds=order.seeds, room=order.room,
        samples=order.samples, props=props, materials=own.materials,
    )  # fmt: skip
    pictures, asks = list[tuple[SetAsk, Pixels]](), list(sheet.asks())
    with Renderer() as renderer:
        for ask in asks:
            rendered = renderer.render(ask, {**files, **stood.standing.files})
            pictures.append((ask, stood.laid_over(rendered.pixels)))
            told(len(pictures), len(asks))
    return contact_sheet(pictures, len(order.seeds))


def usual_palettes(set_file: SetFile, tenant: Tenant | None) -> tuple[Colours, ...]:
    """Return the set's own colours and, with a tenant, those of its brand."""
    usual = usual_colours(set_file)
    if tenant is None:
        return (usual,)
    scene = tenant.brand.palette.scene
    brand = (scene[0], scene[1 % len(scene)], scene[2] if len(scene) > 2 else tenant.brand.palette.accent)
    return tuple(dict.fromkeys((usual, brand)))


def drawing_size(bucket: str, edge_px: int) -> tuple[int, int]:
    """Return the width and height of a bucket's picture whose longer edge has so many pixels, in steps of two."""
    master = compositions()[bucket]
    scale = edge_px / max(master.width_px, master.height_px)
    return (round(master.width_px * scale / 2) * 2, round(master.height_px * scale / 2) * 2)


@dataclass(frozen=True)
class Stood:
    """How a product stands in the pictures of a sheet, and its cutout, whose own pixels are laid over them."""

    standing: Standing
    box: Box
    cutout: Image.Image | None = None

    def laid_over(self, pixels: Pixels) -> Pixels:
        """Return a rendered picture with the cutout's own pixels in it."""
        return pixels if self.cutout is None else lay_cutout(pixels, self.cutout, self.box).pixels


def stand(product: Path | None, bucket: str, size: tuple[int, int]) -> Stood:
    """Return how a product's file stands in a picture of a bucket; BadInput for one that cannot."""
    box, frames = compositions()[bucket].box(mirrored=False), Frames(size, size)
    if product is None:
        return Stood(stand_nothing(box, frames), box)
    try:
        if product.suffix.lower() in MODELS:
            return Stood(_stand_model(product, box, frames), box)
        return stand_picture(decode(inspect_picture(receive_path(product, PICTURE)).file.read()), box, frames)
    except Unusable as error:
        raise BadInput(str(product), f"{error.limit}; {error.remedy}") from error


def stand_picture(cutout: Image.Image, box: Box, frames: Frames) -> Stood:
    """Return how a cutout stands in a picture, in a box of it."""
    return Stood(stand_cutout(cutout, box, frames), box, cutout)


def _stand_model(product: Path, box: Box, frames: Frames) -> Standing:
    """Return a product model as a stand-in that fits into the box; the renderer reads it, nothing else does."""
    file = receive_path(product, MODEL)
    inspect_model(file, View())
    name, area = f"{file.sha256}{product.suffix.lower()}", stand_nothing(box, frames).stand
    return Standing(area, (StandIn(kind="geometry", file=name, area=area),), {name: file.read()})


def job_files(own: OwnFiles) -> tuple[dict[str, str], dict[str, bytes]]:
    """Return the names that a tenant's own files have in a job's folder, by their paths, and their content."""
    names = {path: job_file_name(path, facts.sha256) for path, facts in own.files.items()}
    return names, {names[path]: facts.file.read() for path, facts in own.files.items()}
