"""The choice of the handler that serves a drawing card."""

from __future__ import annotations

from collections.abc import Sequence

from foundry.card.card import ModelCard
from models.diffusion.diffusers_handler import DiffusersHandler
from models.drawing import DrawingHandler


def drawing_handler(card: ModelCard, adapters: Sequence[ModelCard] = ()) -> DrawingHandler:
    """Return the handler of a card: one for all weights that are here, one for all vendors' APIs, one for sets.

    `adapters` are the adapter cards that the card's orders may name.
    """
    if card.api:
        from models.remote.remote_handler import RemoteHandler

        return RemoteHandler(card, client=card.api.client or "", hosts=card.api.hosts)
    if card.set:
        from models.set_handler import SetHandler

        return SetHandler(card)
    return DiffusersHandler(card, adapters=adapters)
