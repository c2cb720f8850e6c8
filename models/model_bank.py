"""Drawing for many tenants with many cards and adapters, within the memory of one device."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from apache_beam.ml.inference.base import ModelHandler

from foundry.card.adapter_use import AdapterUse
from foundry.card.card import ModelCard
from foundry.plan.shot import ShotOrder
from models.drawing import DrawingHandler, Drawn, DrawRequest, Undrawn
from models.handler_choice import drawing_handler
from models.registry import UnknownModel
from models.weight_cache import WantedModel, WeightCache

Result = Drawn | Undrawn
HandlerFor = Callable[[ModelCard, Sequence[ModelCard]], DrawingHandler]
CardAndAdapters = tuple[str, tuple[AdapterUse, ...]]


class ModelBank(ModelHandler[DrawRequest, Result, WeightCache]):  # type: ignore[misc]  # Beam's base is untyped
    """A handler for all cards of a run: an order's `model` and `adapters` choose what draws it; results keep the order.

    Cards and adapters are known by digest. Models are loaded when first asked for, within `limit_mb` of the device's
    memory (None: most of what it has), and evicted, least recently used first, before another is loaded.
    """

    def __init__(
        self,
        cards: Sequence[ModelCard],
        adapters: Sequence[ModelCard] = (),
        *,
        handler_for: HandlerFor = drawing_handler,
        limit_mb: int | None = None,
        patience_s: float = 10.0,
    ) -> None:
        super().__init__()
        self.cards: Mapping[str, ModelCard] = {card.digest: card for card in cards}
        self.handlers: Mapping[str, DrawingHandler] = {card.digest: handler_for(card, adapters) for card in cards}
        self.limit_mb, self.patience_s = limit_mb, patience_s

    def load_model(self) -> WeightCache:
        """Return an empty cache; models come with the first order that names them."""
        from models.diffusion.memory import release

        limit = self.limit_mb << 20 if self.limit_mb is not None else device_bytes()
        return WeightCache(limit, patience_s=self.patience_s, release=release)

    def run_inference(
        self,
        batch: Sequence[DrawRequest],
        model: WeightCache,
        inference_args: dict[str, Any] | None = None,  # noqa: ARG002 - Beam passes it
    ) -> list[Result]:
        """Return one result per request, in order."""
        results: dict[int, Result] = {}
        for (card, adapters), positions in self._runs(batch).items():
            requests = [batch[position] for position in positions]
            with model.using(self._wanted_model(card, adapters)) as loaded:
                drawn = self.handlers[card].run_inference(requests, loaded)
            results.update(zip(positions, drawn, strict=True))
        return [results[position] for position in range(len(batch))]

    def _runs(self, batch: Sequence[DrawRequest]) -> dict[CardAndAdapters, list[int]]:
        """Return the positions of the requests that one loaded model draws, without changing their order."""
        runs: dict[CardAndAdapters, list[int]] = {}
        for position, request in enumerate(batch):
            order = request.order
            runs.setdefault((self._card_of(order), order.adapters), []).append(position)
        return runs

    def _card_of(self, order: ShotOrder) -> str:
        """Return the digest of the order's card; an order without one is drawn by the only card there is."""
        if order.model in self.cards:
            return order.model
        if not order.model and len(self.cards) == 1:
            return next(iter(self.cards))
        raise UnknownModel(order.model, tuple(card.name for card in self.cards.values()))

    def _wanted_model(self, digest: str, adapters: tuple[AdapterUse, ...]) -> WantedModel:
        card, handler = self.cards[digest], self.handlers[digest]

        def load() -> tuple[Any, int]:
            loaded = handler.load_model()
            return loaded, measured_bytes(card, loaded)

        return WantedModel(digest, adapters, expected_bytes(card), load)

    def get_num_bytes(self, batch: Sequence[DrawRequest]) -> int:
        """Return a rough figure; Beam's default would pickle every batch to find out."""
        return 512 * len(batch)


def expected_bytes(card: ModelCard) -> int:
    """Return the memory that the card says it needs, or else the size of its weight files."""
    if card.memory_mb or card.source.kind in ("api", "code"):
        return card.memory_mb << 20
    return sum(path.stat().st_size for path in card.folder.rglob("*.safetensors"))


def measured_bytes(card: ModelCard, loaded: Any) -> int:
    """Return the memory that the card says it needs, or else the bytes of the loaded weights."""
    from models.diffusion.loading import weight_bytes

    if card.memory_mb or not hasattr(loaded, "pipeline"):
        return expected_bytes(card)
    return weight_bytes(loaded.pipeline)


def device_bytes() -> int:
    """Return three quarters of the accelerator's memory, or half of this machine's: the rest is for drawing."""
    import torch

    if torch.cuda.is_available():
        return int(torch.cuda.mem_get_info()[1] * 3 // 4)
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
