"""The handler that draws with any diffusers folder: text-to-image, image-to-image, inpainting, with adapters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from apache_beam.ml.inference.base import ModelHandler

from foundry.card.adapter_use import AdapterUse
from foundry.card.card import ModelCard
from foundry.errors import FoundryError
from foundry.metering.payers import note, paid_by_only
from foundry.plan.shot import ShotOrder
from imaging.pixels.arrays import Pixels
from imaging.pixels.threads import fix_threads
from models.device_steps import device_step
from models.diffusion.calling import guide_arguments, keep_masked, prompt_arguments, size_arguments
from models.diffusion.fitting import canvas_for
from models.diffusion.guidance import Guidance, guidance_of
from models.diffusion.loaded import LoadedPipeline
from models.diffusion.loading import best_device, load
from models.diffusion.memory import draw_in_fitting_batches, out_of_memory
from models.diffusion.modes import mode_of, pipeline_for
from models.diffusion.refusals import DoesNotFit
from models.diffusion.requests import check_guide, group_alike
from models.diffusion.signatures import call_parameters
from models.diffusion.wearing import Known, check_adapter, kind_of, take_off, triggers, wear
from models.drawing import Drawn, DrawRequest, Guide, Undrawn
from models.prompt import Prompt, compile_for

Result = Drawn | Undrawn


class DiffusersHandler(ModelHandler[DrawRequest, Result, LoadedPipeline]):  # type: ignore[misc]  # untyped base
    """A handler that draws with one card's pipeline, in batches of one adapter set, size and number of steps.

    `adapters` are the adapter cards that orders may name. Each picture starts from noise of its own generator, made on
    the CPU, so that neither its batch nor its device changes it beyond the card's tolerance. `device` is "cuda", "cpu"
    or None for the best there is; `precision` None is the card's, and float32 on a CPU. A request that the card's
    family cannot draw comes back Undrawn; errors rise, after every adapter is taken off.
    """

    def __init__(
        self,
        card: ModelCard,
        *,
        adapters: Sequence[ModelCard] = (),
        device: str | None = None,
        precision: str | None = None,
        reuse_embeddings: bool = True,
    ) -> None:
        super().__init__()
        self.card, self.device, self.precision = card, device, precision
        self.adapters: Known = {adapter.digest: adapter for adapter in adapters}
        self.reuse_embeddings = reuse_embeddings

    def load_model(self) -> LoadedPipeline:
        """Verify the weights and load them; WeightsRefused if they are not what the card says."""
        device = self.device or best_device()
        precision = self.precision or ("float32" if device == "cpu" else self.card.precision)
        return load(self.card, device, precision)

    def run_inference(
        self,
        batch: Sequence[DrawRequest],
        model: LoadedPipeline,
        inference_args: dict[str, Any] | None = None,  # noqa: ARG002 - Beam passes it
    ) -> list[Result]:
        """Return one result per request, in order."""
        results: dict[int, Result] = {}
        for position, request in enumerate(batch):
            try:
                self._check(request)
            except FoundryError as error:
                results[position] = Undrawn(request, error.code, str(error))
        good = [position for position in range(len(batch)) if position not in results]
        for chosen in group_alike([batch[position] for position in good], self.hint(model.device)):
            positions = [good[at] for at in chosen]
            requests = [batch[position] for position in positions]
            results.update(zip(positions, self._draw_fitting(requests, model), strict=True))
        return [results[position] for position in range(len(batch))]

    def hint(self, device: str) -> int:
        """Return the most pictures per call, as the card has it."""
        return self.card.batch.cuda if device.startswith("cuda") else self.card.batch.cpu

    def _draw_fitting(self, requests: list[DrawRequest], model: LoadedPipeline) -> list[Result]:
        """Draw in batches that memory allows; the size that worked is remembered. DoesNotFit if none does."""
        order = requests[0].order
        size = (order.width_px, order.height_px)
        most = min(len(requests), model.fits.get(size, len(requests)))
        try:
            results, worked = draw_in_fitting_batches(requests, most, lambda batch: self._draw_locked(batch, model))
        except Exception as error:
            if not out_of_memory(error):
                raise
            raise DoesNotFit(self.card.name, *size, model.device, _memory(model.device)) from error
        if worked < most:
            model.fits[size] = worked
        return results

    def _draw_locked(self, requests: Sequence[DrawRequest], model: LoadedPipeline) -> list[Result]:
        names = [request.order.name for request in requests]
        with model.lock, paid_by_only(names), device_step("draw", model.device):
            note(model_calls=1)
            try:
                return self._draw(requests, model)
            except FoundryError as error:
                take_off(model)
                return [Undrawn(request, error.code, str(error)) for request in requests]
            except BaseException:
                take_off(model)
                raise

    def _draw(self, requests: Sequence[DrawRequest], model: LoadedPipeline) -> list[Result]:
        order, guides = requests[0].order, [request.guide or Guide() for request in requests]
        fix_threads(model.device, self.card.cpu_threads)
        wear(model, self.card, order.adapters, self.adapters)
        pipeline = pipeline_for(model, self.card.name, mode_of(guides[0]))
        guidance = guidance_of(pipeline, float(self.card.guidance))
        prompts = [self._prompt(request, guidance) for request in requests]
        frame = canvas_for(pipeline, order.width_px, order.height_px)
        pictures = pipeline(
            **self._words(prompts, pipeline, model, guidance),
            **guidance.arguments,
            **size_arguments(pipeline, requests, frame),
            **guide_arguments(pipeline, guides, frame, self._first(order, "controlnet")),
        ).images
        return [
            Drawn(request, _pixels(keep_masked(frame.crop(picture), guide)), prompt.text, prompt.ignored)
            for request, guide, prompt, picture in zip(requests, guides, prompts, pictures, strict=True)
        ]

    def _check(self, request: DrawRequest) -> None:
        for use in request.order.adapters:
            check_adapter(self.card, use, self.adapters)
        kinds = [self._first(request.order, kind) is not None for kind in ("controlnet", "ip-adapter")]
        check_guide(request, request.guide or Guide(), control=kinds[0], reference=kinds[1])

    def _first(self, order: ShotOrder, kind: str) -> AdapterUse | None:
        """Return the order's first adapter of a kind."""
        return next((use for use in order.adapters if kind_of(use, self.adapters) == kind), None)

    def _prompt(self, request: DrawRequest, guidance: Guidance) -> Prompt:
        """Return the prompt for the model; negative words that its family cannot use are reported as ignored."""
        made = compile_for(self.card, request.order)
        calls = triggers(request.order.adapters, self.adapters)
        text = f"{calls}, {made.text}" if calls else made.text
        if guidance.negatives or not made.negative:
            return Prompt(text, made.negative, made.ignored)
        unused = tuple(word for word in made.negative.replace(",", " ").split() if word)
        return Prompt(text, "", (*made.ignored, *unused))

    def _words(
        self, prompts: Sequence[Prompt], pipeline: Any, model: LoadedPipeline, guidance: Guidance
    ) -> dict[str, Any]:
        pairs = [(prompt.text, prompt.negative) for prompt in prompts]
        takes = call_parameters(type(pipeline))
        if self.reuse_embeddings:
            embedded = model.embeddings.arguments(pipeline, pairs, guidance, model.worn)
            if embedded is not None:
                return embedded | ({"negative_prompt": None} if "negative_prompt" in takes else {})
        return prompt_arguments(pairs, guidance, takes)

    def get_num_bytes(self, batch: Sequence[DrawRequest]) -> int:
        """Return a rough figure; Beam's default would pickle every batch to find out."""
        return 512 * len(batch)


def _memory(device: str) -> str:
    import torch

    if not device.startswith("cuda"):
        return "main memory"
    free, total = torch.cuda.mem_get_info(device)
    return f"{free >> 20} of {total >> 20} MB free"


def _pixels(picture: Any) -> Pixels:
    return np.ascontiguousarray(picture, dtype=np.float32)
