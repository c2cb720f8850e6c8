"""What guides each drawing besides its words: the product that a scene is drawn around, and the adapters' pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from PIL import Image

from foundry.plan.composition import compositions
from foundry.plan.plan import Plan
from foundry.plan.shot import ShotOrder
from foundry.store.object_store import ObjectStore
from imaging.pixels.arrays import Pixels
from models.diffusion.around_product import guide_for
from models.drawing import Guide
from transforms.generate import product_picture


@dataclass(frozen=True)
class Guides:
    """The guide of an order, made where its tenant's pictures are; called by the drawing handler."""

    plans: Mapping[str, Plan]
    store: ObjectStore

    def __call__(self, order: ShotOrder) -> Guide | None:
        """The product in its place for cards whose staging is `inpaint`, and what adapters follow; None for neither."""
        cards = self.plans[order.plan].cards
        guide = empty = Guide()
        if order.picture and cards.generate.staging == "inpaint":
            product = product_picture(self.store, order.tenant, order.picture)
            guide = guide_for(order, product, compositions()[order.bucket])
        for worn in cards.adapters:
            if worn.use.picture and worn.card.adapter:
                guide = self._following(guide, order, worn.card.adapter.kind, worn.use.picture)
        return None if guide is empty else guide

    def _following(self, guide: Guide, order: ShotOrder, kind: str, key: str) -> Guide:
        if kind == "controlnet":
            return replace(guide, control=picture_at(self.store, order.tenant, key, (order.width_px, order.height_px)))
        return replace(guide, reference=picture_at(self.store, order.tenant, key, None))


@lru_cache(maxsize=16)
def picture_at(store: ObjectStore, tenant: str, key: str, size: tuple[int, int] | None) -> Pixels:
    """A stored picture on white, (height, width, 3) float32 sRGB in [0, 1]; at `size` (width, height) if given."""
    picture = product_picture(store, tenant, key).convert("RGBA")
    flat = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB")
    if size:
        flat = flat.resize(size, Image.Resampling.LANCZOS)
    return np.asarray(flat, np.float32) / 255
