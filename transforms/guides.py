"""Pictures that guide a drawing besides its prompt: the product to draw around, and the adapters' pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from PIL import Image

from foundry.plan.composition import composition_of
from foundry.plan.plan import Plan
from foundry.plan.shot import ShotOrder
from foundry.store.object_store import ObjectStore
from imaging.pixels.arrays import Pixels
from models.diffusion.around_product import guide_for
from models.drawing import Guide
from transforms.generate import product_picture
from transforms.set_guides import set_guide


@dataclass(frozen=True)
class Guides:
    """Makes the guide of an order from the pictures in its tenant's store; called by the drawing handler."""

    plans: Mapping[str, Plan]
    store: ObjectStore

    def __call__(self, order: ShotOrder) -> Guide | None:
        """Return an order's guide, or None if nothing guides it.

        It holds the product in its place if the card's staging is `inpaint`, the set if the card renders sets, and the
        adapters' pictures.
        """
        plan = self.plans[order.plan]
        cards = plan.cards_for(order.scene)
        guide = empty = Guide()
        if order.picture and cards.generate.staging == "inpaint":
            product = product_picture(self.store, order.tenant, order.picture)
            guide = guide_for(order, product, composition_of(order))
        if cards.generate.set:
            guide = replace(guide, set=set_guide(plan, order, self.store))
        for adapter in cards.adapters:
            if adapter.use.picture and adapter.card.adapter:
                guide = self._with_picture(guide, order, adapter.card.adapter.kind, adapter.use.picture)
        return None if guide is empty else guide

    def _with_picture(self, guide: Guide, order: ShotOrder, kind: str, key: str) -> Guide:
        if kind == "controlnet":
            return replace(guide, control=picture_at(self.store, order.tenant, key, (order.width_px, order.height_px)))
        return replace(guide, reference=picture_at(self.store, order.tenant, key, None))


@lru_cache(maxsize=16)
def picture_at(store: ObjectStore, tenant: str, key: str, size: tuple[int, int] | None) -> Pixels:
    """Return a stored picture on white, (height, width, 3) float32 sRGB in [0, 1]; `size` is (width, height)."""
    picture = product_picture(store, tenant, key).convert("RGBA")
    flat = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB")
    if size:
        flat = flat.resize(size, Image.Resampling.LANCZOS)
    return np.asarray(flat, np.float32) / np.float32(255)
