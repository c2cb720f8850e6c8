"""The handler of set cards: it renders what a request's guide says, in the renderer's own process."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from typing import Any

from apache_beam.ml.inference.base import ModelHandler

from foundry.card.card import ModelCard
from foundry.metering.payers import note, paid_by_only
from models.drawing import Drawn, DrawRequest, Undrawn
from models.sets.charging import charge_rendering
from models.sets.renderer.client import Renderer
from models.sets.renderer.limits import RenderLimits
from models.sets.renderer.refusals import RendererMissing, RenderRefused

Result = Drawn | Undrawn


class SetHandler(ModelHandler[DrawRequest, Result, Renderer]):  # type: ignore[misc]  # untyped base
    """A handler that renders sets, one picture after another: so none depends on its batch.

    A request's seed arranges its set and fixes its noise. One that the renderer refuses comes back Undrawn.
    """

    def __init__(self, card: ModelCard, *, limits: RenderLimits | None = None, variant: str = "auto") -> None:
        super().__init__()
        self.card, self.limits, self.variant = card, limits, variant

    def load_model(self) -> Renderer:
        """Return the renderer, whose process starts with the first picture; RendererMissing if it is not installed."""
        for name in ("mitsuba", "pyoidn"):
            if importlib.util.find_spec(name) is None:
                raise RendererMissing(f"no module named {name}")
        return Renderer(self.limits, self.variant)

    def run_inference(
        self,
        batch: Sequence[DrawRequest],
        model: Renderer,
        inference_args: dict[str, Any] | None = None,  # noqa: ARG002 - Beam passes it
    ) -> list[Result]:
        """Return one result per request, in order."""
        return [self._drawn(request, model) for request in batch]

    def _drawn(self, request: DrawRequest, model: Renderer) -> Result:
        guide = request.guide.set if request.guide else None
        if guide is None:
            card, scene = self.card.name, request.order.scene
            sentence = f"card {card} renders sets, and scenes[{scene}] has none; name one, or another card"
            return Undrawn(request, "no_set", sentence)
        with paid_by_only([request.order.name]):
            note(model_calls=1)
            try:
                found = model.render(guide.ask.model_copy(update={"seed": request.seed}), guide.files)
            except RenderRefused as error:
                return Undrawn(request, error.code, str(error))
            charge_rendering("draw", found)
        return Drawn(request, found.pixels, guide.caption, guide.ignored_words, found.staged)
