"""Which handler serves a drawing card: one for all weights that are here, one for all vendors' APIs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from apache_beam.ml.inference.base import ModelHandler

from foundry.card.card import ModelCard
from models.diffusion.handler import DiffusersHandler
from models.drawing import Drawn, DrawRequest, Undrawn


def drawer_of(card: ModelCard, adapters: Sequence[ModelCard] = ()) -> ModelHandler[DrawRequest, Drawn | Undrawn, Any]:
    """The handler of a card; `adapters` are those that its orders may name."""
    if card.api:
        from models.remote import RemoteHandler

        return RemoteHandler(card, client=card.api.client or "", hosts=card.api.hosts)
    return DiffusersHandler(card, adapters=adapters)
