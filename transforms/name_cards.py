"""Name cards in a tenant's store: each is drawn once and then read like any product picture."""

from __future__ import annotations

import io

from foundry.inputs.picture import picture_name
from foundry.plan.name_card import NameCard
from foundry.store.object_store import ObjectStore
from foundry.tenant import Tenant
from imaging.still.name_card import draw_name_card


def store_name_card(card: NameCard, tenant: Tenant, own: ObjectStore) -> None:
    """Draw a name card into the tenant's store, as PNG, unless it is there."""
    name = picture_name(card.key)
    if own.exists(name):
        return
    stream = io.BytesIO()
    draw_name_card(card, tenant).save(stream, "PNG")
    own.put_once(name, stream.getvalue())
