"""What a set card renders for an order: its set from the plan, the product from its tenant's store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath

from PIL import Image

from foundry.card.card import ModelCard
from foundry.plan.composition import Composition, composition_of
from foundry.plan.plan import Plan
from foundry.plan.shot import ShotOrder
from foundry.sets.placed import PlacedSet
from foundry.store.object_store import ObjectStore
from foundry.stored_inputs import read_input
from imaging.still.product_placement import place_product
from models.backdrop.caption_grammar import caption
from models.sets.ask import Area, SetAsk, StandIn
from models.sets.rendered import SetGuide
from transforms.generate import product_picture

PRODUCT = "product-0.png"


@dataclass(frozen=True)
class FilmGuides:
    """Makes what the frames of a shot's clip are rendered from; called by the handler that films in sets."""

    plans: Mapping[str, Plan]
    store: ObjectStore

    def __call__(self, order: ShotOrder) -> SetGuide | None:
        """Return a shot's set in the size and quality of films."""
        return set_guide(self.plans[order.plan], order, self.store, film=True)


def set_guide(plan: Plan, order: ShotOrder, store: ObjectStore, *, film: bool = False) -> SetGuide | None:
    """Return what is asked of the renderer for an order, with the bytes of all files; None where no set card draws it.

    `film`: a frame of the scene's clip, in the card's size and quality of films. The seed is the caller's to set.
    """
    placed, card = plan.set_for(order.scene), plan.cards_for(order.scene).generate
    if placed is None or card.set is None:
        return None
    size = card.set.film_sizes.get(order.bucket, card.sizes[order.bucket]) if film else card.sizes[order.bucket]
    composition = composition_of(order)
    stand, products, files = _stand(order, store, composition, size)
    props = {path: _file_name(path, sha256) for path, sha256 in placed.files.items()}
    own = store.for_tenant(order.tenant)
    files |= {props[path]: read_input(own, sha256) for path, sha256 in placed.files.items()}
    ask = _ask(placed, order, card, size, film=film)
    ask = ask.model_copy(update={"stand": stand, "products": products, "props": props})
    return SetGuide(ask, files, caption_of(placed, ask), _ignored(placed, order))


def _ask(placed: PlacedSet, order: ShotOrder, card: ModelCard, size: tuple[int, int], *, film: bool) -> SetAsk:
    quality = card.set
    assert quality is not None
    return SetAsk(
        set=placed.set,
        wall=placed.wall,
        floor=placed.floor,
        accent=placed.accent,
        light=placed.light_in(order.mirrored),
        room=composition_of(order).room(order.mirrored),
        mirrored=order.mirrored,
        width_px=size[0],
        height_px=size[1],
        stand=Area(left=0, top=0, right=1, bottom=1),
        materials=placed.materials,
        samples=quality.film_samples if film else quality.samples,
        depth=quality.depth,
        denoise=quality.denoise,
    )


def caption_of(placed: PlacedSet, ask: SetAsk) -> str:
    """Return what a set was told: the words that the embedded model would read, and the set with its digest."""
    told = caption(placed.word, ask.light, ask.room, (ask.wall, ask.floor, ask.accent))
    return f"{told} set {placed.set.id}@{placed.digest[:8]}"


def _ignored(placed: PlacedSet, order: ShotOrder) -> tuple[str, ...]:
    avoided = (word for word in order.negative_prompt.replace(",", " ").split() if word)
    return (*placed.ignored, *avoided)


def _file_name(path: str, sha256: str) -> str:
    return f"{sha256[:32]}{PurePosixPath(path).suffix.lower()}"


def _stand(
    order: ShotOrder, store: ObjectStore, composition: Composition, size: tuple[int, int]
) -> tuple[Area, tuple[StandIn, ...], dict[str, bytes]]:
    """Return where the product stands, in shares of the drawing, its stand-in and the stand-in's file."""
    master = (composition.width_px, composition.height_px)
    box = composition.box(order.mirrored)
    if not order.picture:
        area = _area((box.left / 1000, box.top / 1000, box.right / 1000, box.bottom / 1000), master, size)
        return area, (), {}
    cut, left, top = place_product(product_picture(store, order.tenant, order.picture), box, master)
    edges = (left / master[0], top / master[1], (left + cut.width) / master[0], (top + cut.height) / master[1])
    area = _area(edges, master, size)
    return area, (StandIn(kind="cutout", file=PRODUCT, area=area),), {PRODUCT: _png(cut, size)}


def _area(edges: tuple[float, float, float, float], master: tuple[int, int], size: tuple[int, int]) -> Area:
    """Return shares of the drawing for shares of the master, which shows the drawing's middle cut to its own aspect."""
    ratio = min(size[0] / master[0], size[1] / master[1])
    wide, high = master[0] * ratio / size[0], master[1] * ratio / size[1]
    return Area(
        left=(1 - wide) / 2 + edges[0] * wide,
        top=(1 - high) / 2 + edges[1] * high,
        right=(1 - wide) / 2 + edges[2] * wide,
        bottom=(1 - high) / 2 + edges[3] * high,
    )


def _png(cut: Image.Image, size: tuple[int, int]) -> bytes:
    """Return a cutout as PNG, no larger than a drawing of this size has use for."""
    most = 2 * max(size)
    if max(cut.size) > most:
        cut = cut.copy()
        cut.thumbnail((most, most), Image.Resampling.LANCZOS)
    data = BytesIO()
    cut.save(data, "PNG", compress_level=1)
    return data.getvalue()
