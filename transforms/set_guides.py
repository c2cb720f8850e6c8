"""What a set card renders for an order: its set from the plan, the product from its tenant's store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from foundry.inputs.product_view import View
from foundry.plan.composition import composition_of, master_size
from foundry.plan.plan import Plan
from foundry.plan.shot import ShotOrder
from foundry.sets.placed import PlacedSet
from foundry.store.object_store import ObjectStore
from foundry.stored_inputs import read_input
from models.backdrop.caption_grammar import caption
from models.sets.ask import SetAsk, job_file_name
from models.sets.product.standing import Frames, Standing, stand_cutout, stand_model, stand_nothing
from models.sets.rendered import SetGuide
from transforms.generate import product_picture


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
    frames = Frames(master_size(order.bucket, plan.cards_for(order.scene).upscale), size)
    standing = _stand(plan, order, store, frames)
    props = {path: job_file_name(path, sha256) for path, sha256 in placed.files.items()}
    own = store.for_tenant(order.tenant)
    files = {props[path]: read_input(own, sha256) for path, sha256 in placed.files.items()}
    files |= standing.files
    quality = card.set
    ask = SetAsk(
        set=placed.set,
        wall=placed.wall,
        floor=placed.floor,
        accent=placed.accent,
        light=placed.light_in(order.mirrored),
        room=composition_of(order).room(order.mirrored),
        mirrored=order.mirrored,
        width_px=size[0],
        height_px=size[1],
        stand=standing.stand,
        products=standing.products,
        props=props,
        materials=placed.materials,
        samples=quality.film_samples if film else quality.samples,
        depth=quality.depth,
        denoise=quality.denoise,
    )
    return SetGuide(ask, files, caption_of(placed, ask), _ignored(placed, order))


def caption_of(placed: PlacedSet, ask: SetAsk) -> str:
    """Return what a set was told: the words that the embedded model would read, and the set with its digest."""
    told = caption(placed.word, ask.light, ask.room, (ask.wall, ask.floor, ask.accent))
    return f"{told} set {placed.set.id}@{placed.digest[:8]}"


def _ignored(placed: PlacedSet, order: ShotOrder) -> tuple[str, ...]:
    avoided = (word for word in order.negative_prompt.replace(",", " ").split() if word)
    return (*placed.ignored, *avoided)


def _stand(plan: Plan, order: ShotOrder, store: ObjectStore, frames: Frames) -> Standing:
    """Return the product's place in the set's picture, its stand-in and the stand-in's file."""
    box = composition_of(order).box(order.mirrored)
    if not order.picture:
        return stand_nothing(box, frames)
    picture = product_picture(store, order.tenant, order.picture)
    model = dict(plan.models).get(order.picture)
    if model is None:
        return stand_cutout(picture, box, frames)
    view = plan.products[plan.pictures.index(order.picture)].view or View()
    return stand_model(read_input(store.for_tenant(order.tenant), model), view, picture, box, frames)
