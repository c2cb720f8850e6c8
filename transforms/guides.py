"""What guides each drawing besides its words: for cards that draw around the product, the product itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from models.diffusion.around_product import guide_for

from foundry.composition import compositions
from foundry.object_store import LocalStore
from foundry.plan import Plan
from foundry.shot import ShotOrder
from models.drawing import Guide
from transforms.generate import product_picture


@dataclass(frozen=True)
class Guides:
    """The guide of an order, made where its tenant's pictures are; called by the drawing handler."""

    plans: Mapping[str, Plan]
    store: LocalStore

    def __call__(self, order: ShotOrder) -> Guide | None:
        """The product in its place, for cards whose staging is `inpaint`; None for all others."""
        if order.picture is None or self.plans[order.plan].cards.generate.staging != "inpaint":
            return None
        product = product_picture(self.store, order.tenant, order.picture)
        return guide_for(order, product, compositions()[order.bucket])
