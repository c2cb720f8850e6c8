"""The handler that films for many plans with many cards, within the memory of one device."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from apache_beam.ml.inference.base import ModelHandler

from foundry.card.card import ModelCard
from foundry.metering.making import FILM, making
from foundry.metering.steps import step
from foundry.plan.clip import ClipOrder
from foundry.store.object_store import ObjectStore
from models.model_bank import device_bytes, expected_bytes, measured_bytes
from models.screening.context import ScreenContext
from models.video.clip_judging import ClipScreens
from models.video.joining import join_parts
from models.video.video_handler import Filmed, Judge, Unfilmed, VideoHandler
from models.weight_cache import WantedModel, WeightCache


@dataclass
class VideoBench:
    """The loaded pipelines and screens of one process; threads share them."""

    shelf: WeightCache
    screens: ClipScreens = field(default_factory=ClipScreens)


class FilmByCard(ModelHandler[ClipOrder, Filmed | Unfilmed, VideoBench]):  # type: ignore[misc]  # untyped base
    """One handler for all video cards of a run, in the order of its orders: an order's `model` names the card.

    Pipelines are loaded when first needed, and evicted, least recently used first, before another is loaded. `cards`
    are the video cards by digest, `screens` the screen cards by plan digest; each clip is judged by its plan's screen.
    A clip in a set was filmed in parts, and is put together here.
    """

    def __init__(
        self,
        cards: Mapping[str, ModelCard],
        store: ObjectStore,
        screens: Mapping[str, ModelCard],
        context: ScreenContext,
        device: str | None = None,
    ) -> None:
        super().__init__()
        self.cards, self.store, self.device = dict(cards), store, device
        self.screens, self.context = dict(screens), context

    def load_model(self) -> VideoBench:
        """Return a bench with nothing loaded; pipelines and judges come with the first order that needs them."""
        from models.diffusion.memory import release

        return VideoBench(WeightCache(device_bytes(), release=release))

    def run_inference(
        self,
        batch: Sequence[ClipOrder],
        model: VideoBench,
        inference_args: dict[str, Any] | None = None,  # noqa: ARG002 - part of Beam's interface
    ) -> list[Filmed | Unfilmed]:
        """Return one result per order, in order."""
        return [self._film(order, model) for order in batch]

    def _film(self, order: ClipOrder, bench: VideoBench) -> Filmed | Unfilmed:
        card = self.cards[order.model]
        judge = partial(bench.screens.judge, self.screens[order.plan], self.context)
        if order.shot:
            return self._join(order, card, judge)
        handler = VideoHandler(card, self.store, device=self.device, judge=judge)

        def load() -> tuple[Any, int]:
            loaded = handler.load_model()
            return loaded, measured_bytes(card, loaded)

        wanted = WantedModel(card.digest, (), expected_bytes(card), load)
        with making(FILM, {order.name: order.tenant}) as accounts, step("film"), bench.shelf.using(wanted) as loaded:
            (result,) = handler.run_inference([order], loaded)
        return replace(result, spent=accounts[order.name].spent())

    def _join(self, order: ClipOrder, card: ModelCard, judge: Judge) -> Filmed | Unfilmed:
        """Return the clip of a set whose parts are all stored."""
        with making(FILM, {order.name: order.tenant}) as accounts:
            result = join_parts(order, card, self.store, judge)
        return replace(result, spent=result.spent + accounts[order.name].spent())

    def get_num_bytes(self, batch: Sequence[ClipOrder]) -> int:
        """Return a rough size; Beam's default would pickle every batch to find out."""
        return 512 * len(batch)
