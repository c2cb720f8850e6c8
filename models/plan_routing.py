"""Handlers for runs of several plans: each order is judged, and each drawing enlarged, by its own plan's card."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from apache_beam.ml.inference.base import ModelHandler

from foundry import spans
from foundry.card.card import ModelCard
from foundry.metering.device_time import drawing_device
from foundry.metering.making import DRAW, making
from foundry.metering.payers import paid_by_only
from foundry.metering.steps import step
from foundry.plan.shot import ShotOrder
from models.drawing import Drawing, Drawn, DrawRequest, Enlarged, Undrawn
from models.screening.context import ScreenContext
from models.screening.screen import Screen
from models.screening.screened_handler import GuideOf, ScreenedHandler, Studio, no_guide
from models.upscaling.upscale_handlers import upscaler_of

Item = TypeVar("Item")


class LoadedByCard:
    """The models that one process has loaded, each once, by card digest; threads share them.

    `first` is a model that is loaded in any case, without a card.
    """

    def __init__(self, first: Any = None) -> None:
        self.first = first
        self._by_card: dict[str, Any] = {}
        self._lock = threading.Lock()

    def get(self, card: ModelCard, load: Callable[[], Any]) -> Any:
        """Return the model of a card, loaded when it is first asked for."""
        with self._lock:
            if card.digest not in self._by_card:
                with step("load"), drawing_device.kept_waiting("loading"):
                    self._by_card[card.digest] = load()
            return self._by_card[card.digest]


class ScreenRouter(ModelHandler[ShotOrder, Drawing, LoadedByCard]):  # type: ignore[misc]  # Beam's base is untyped
    """A handler that draws orders with one generator and judges each with its plan's screen, in order.

    `screens` are the screen cards by plan digest.
    """

    def __init__(
        self,
        generator: ModelHandler[DrawRequest, Drawn | Undrawn, Any],
        screens: Mapping[str, ModelCard],
        context: ScreenContext,
        guide_of: GuideOf = no_guide,
    ) -> None:
        super().__init__()
        self.generator, self.screens, self.context, self.guide_of = generator, dict(screens), context, guide_of

    def load_model(self) -> LoadedByCard:
        """Load the generator's model; a screen's networks come with the first order that is judged by it."""
        return LoadedByCard(self.generator.load_model())

    def run_inference(
        self,
        batch: Sequence[ShotOrder],
        model: LoadedByCard,
        inference_args: dict[str, Any] | None = None,  # noqa: ARG002 - Beam passes it
    ) -> list[Drawing]:
        """Return one drawing per order, in order, with every attempt's verdict."""
        began = time.time_ns()
        with making(DRAW, {order.name: order.tenant for order in batch}) as accounts:
            drawn = self._draw(batch, model)
        for order in batch:
            spans.record_span("draw", order.plan, began, time.time_ns(), shot=order.name, together=len(batch))
        return [replace(each, spent=accounts[each.order.name].spent()) for each in drawn]

    def _draw(self, batch: Sequence[ShotOrder], model: LoadedByCard) -> list[Drawing]:
        drawn: dict[int, Drawing] = {}
        for card, positions in _by_card(batch, lambda order: self.screens[order.plan]):
            with paid_by_only(batch[at].name for at in positions), step("draw"):
                screen = model.get(card, partial(self._screen, card))
                handler = ScreenedHandler(self.generator, card, self.context, self.guide_of)
                made = handler.run_inference([batch[at] for at in positions], Studio(model.first, screen))
            drawn.update(zip(positions, made, strict=True))
        return [drawn[at] for at in range(len(batch))]

    def _screen(self, card: ModelCard) -> Screen:
        return Screen(card, self.context).load()

    def get_num_bytes(self, batch: Sequence[ShotOrder]) -> int:
        """Return a rough figure; Beam's default would pickle every batch to find out."""
        return 512 * len(batch)


class UpscaleRouter(ModelHandler[Drawing, Enlarged, LoadedByCard]):  # type: ignore[misc]  # Beam's base is untyped
    """A handler that enlarges each drawing with its plan's upscaler, or the one that suits the card that drew it.

    `upscalers` are the cards by plan digest, `fitting` those by (plan digest, digest of the drawing card).
    """

    def __init__(
        self, upscalers: Mapping[str, ModelCard], fitting: Mapping[tuple[str, str], ModelCard] | None = None
    ) -> None:
        super().__init__()
        self.upscalers, self.fitting = dict(upscalers), dict(fitting or {})
        every = (*self.upscalers.values(), *self.fitting.values())
        self.handlers = {card.digest: upscaler_of(card) for card in every}

    def load_model(self) -> LoadedByCard:
        """Load nothing yet; an upscaler comes with its first drawing."""
        return LoadedByCard()

    def run_inference(
        self,
        batch: Sequence[Drawing],
        model: LoadedByCard,
        inference_args: dict[str, Any] | None = None,  # noqa: ARG002 - Beam passes it
    ) -> list[Enlarged]:
        """Return one picture of the master's size per drawing, in order."""
        return [self._enlarge(drawing, model) for drawing in batch]

    def _enlarge(self, drawing: Drawing, model: LoadedByCard) -> Enlarged:
        order = drawing.order
        card = self.fitting.get((order.plan, order.model)) or self.upscalers[order.plan]
        handler = self.handlers[card.digest]
        with making(DRAW, {order.name: order.tenant}) as accounts, step("upscale"):
            (enlarged,) = handler.run_inference([drawing], model.get(card, handler.load_model))
        return replace(enlarged, spent=accounts[order.name].spent())

    def get_num_bytes(self, batch: Sequence[Drawing]) -> int:
        """Return the bytes of the drawings' pixels."""
        return sum(drawing.pixels.nbytes for drawing in batch)


def _by_card(batch: Sequence[Item], card_of: Callable[[Item], ModelCard]) -> Iterator[tuple[ModelCard, list[int]]]:
    """Yield each card with the positions of its items, in the order of their first ones."""
    groups: dict[str, tuple[ModelCard, list[int]]] = {}
    for at, item in enumerate(batch):
        card = card_of(item)
        groups.setdefault(card.digest, (card, []))[1].append(at)
    yield from groups.values()
