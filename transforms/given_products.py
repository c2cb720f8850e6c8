"""The pictures that were given of products, as finished files are compared with them."""

from __future__ import annotations

from functools import lru_cache

from foundry.inputs.picture import decode
from foundry.plan.shot import ShotOrder
from foundry.store.object_store import ObjectStore
from foundry.stored_inputs import read_input
from imaging.still.product_sight import GivenProduct, given_product


def product_of(shot: ShotOrder, store: ObjectStore) -> GivenProduct | None:
    """Return the picture that was given of a shot's product; None where a model drew it from words."""
    return _given(store, shot.tenant, shot.picture) if shot.picture else None


@lru_cache(maxsize=256)
def _given(store: ObjectStore, tenant: str, key: str) -> GivenProduct:
    """Return a product's reduced picture; those that were asked for last are kept, at a hundred kilobytes each."""
    return given_product(decode(read_input(store.for_tenant(tenant), key)))
