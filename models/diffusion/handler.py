"""Draws with any diffusers folder: text-to-image, image-to-image, inpainting, with adapters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from apache_beam.ml.inference.base import ModelHandler

from foundry.card.adapter_use import AdapterUse
from foundry.card.card import ModelCard
from foundry.errors import FoundryError
from foundry.plan.shot import ShotOrder
from imaging.pixels.arrays import Pixels
from imaging.pixels.threads import fix_threads
from models.diffusion.calling import guiding, kept, size_and_seed, words
from models.diffusion.fitting import canvas
from models.diffusion.guidance import Guidance, guidance_of
from models.diffusion.loaded import LoadedPipeline
from models.diffusion.loading import best_device, load
from models.diffusion.memory import out_of_memory, try_down
from models.diffusion.modes import in_mode, mode_of
from models.diffusion.refusals import DoesNotFit, GuideRefused
from models.diffusion.signatures import call_parameters
from models.diffusion.wearing import Known, checked, kind_of, take_off, triggers, wear
from models.drawing import Drawn, DrawRequest, Guide, Undrawn
from models.prompt import Prompt, compile_for

__all__ = ["DiffusersHandler", "LoadedPipeline", "alike"]

Result = Drawn | Undrawn


class DiffusersHandler(ModelHandler[DrawRequest, Result, LoadedPipeline]):
    """Draws requests with one card's pipeline, batched by adapters, size and steps; results keep the order.

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
    ):
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
        inference_args: dict[str, Any] | None = None,
    ) -> list[Result]:
        """One result per request, in order."""
        results: dict[int, Result] = {}
        for position, request in enumerate(batch):
            try:
                self._check(request)
            except FoundryError as error:
                results[position] = Undrawn(request, error.code, str(error))
        good = [position for position in range(len(batch)) if position not in results]
        for chosen in alike([batch[position] for position in good], self.hint(model.device)):
            positions = [good[at] for at in chosen]
            requests = [batch[position] for position in positions]
            results.update(zip(positions, self._fitting(requests, model), strict=True))
        return [results[position] for position in range(len(batch))]

    def hint(self, device: str) -> int:
        """Most pictures per call, as the card has it."""
        return self.card.batch.cuda if device.startswith("cuda") else self.card.batch.cpu

    def _fitting(self, requests: list[DrawRequest], model: LoadedPipeline) -> list[Result]:
        """The requests drawn in batches that memory allows; the size that worked is remembered."""
        order = requests[0].order
        size = (order.width_px, order.height_px)
        most = min(len(requests), model.fits.get(size, len(requests)))
        try:
            results, worked = try_down(requests, most, lambda batch: self._drawn(batch, model))
        except Exception as error:
            if not out_of_memory(error):
                raise
            raise DoesNotFit(self.card.name, *size, model.device, _memory(model.device)) from error
        if worked < most:
            model.fits[size] = worked
        return results

    def _drawn(self, requests: Sequence[DrawRequest], model: LoadedPipeline) -> list[Result]:
        with model.lock:
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
        pipeline = in_mode(model, self.card.name, mode_of(guides[0]))
        guidance = guidance_of(pipeline, float(self.card.guidance))
        prompts = [self._prompt(request, guidance) for request in requests]
        frame = canvas(pipeline, order.width_px, order.height_px)
        pictures = pipeline(
            **self._words(prompts, pipeline, model, guidance),
            **guidance.arguments,
            **size_and_seed(pipeline, requests, frame),
            **guiding(pipeline, guides, frame, self._first(order, "controlnet")),
        ).images
        return [
            Drawn(request, _pixels(kept(frame.cropped(picture), guide)), prompt.text, prompt.ignored)
            for request, guide, prompt, picture in zip(requests, guides, prompts, pictures, strict=True)
        ]

    def _check(self, request: DrawRequest) -> None:
        for use in request.order.adapters:
            checked(self.card, use, self.adapters)
        kinds = [self._first(request.order, kind) is not None for kind in ("controlnet", "ip-adapter")]
        agree(request, request.guide or Guide(), control=kinds[0], reference=kinds[1])

    def _first(self, order: ShotOrder, kind: str) -> AdapterUse | None:
        """The order's first adapter of a kind."""
        return next((use for use in order.adapters if kind_of(use, self.adapters) == kind), None)

    def _prompt(self, request: DrawRequest, guidance: Guidance) -> Prompt:
        """The words for the model; words to avoid that its family cannot hear are reported as ignored."""
        made = compile_for(self.card, request.order)
        calls = triggers(request.order.adapters, self.adapters)
        text = f"{calls}, {made.text}" if calls else made.text
        if guidance.negatives or not made.negative:
            return Prompt(text, made.negative, made.ignored)
        unheard = tuple(word for word in made.negative.replace(",", " ").split() if word)
        return Prompt(text, "", (*made.ignored, *unheard))

    def _words(
        self, prompts: Sequence[Prompt], pipeline: Any, model: LoadedPipeline, guidance: Guidance
    ) -> dict[str, Any]:
        pairs = [(prompt.text, prompt.negative) for prompt in prompts]
        takes = call_parameters(type(pipeline))
        if self.reuse_embeddings:
            embedded = model.embeddings.arguments(pipeline, pairs, guidance, model.worn)
            if embedded is not None:
                return embedded | ({"negative_prompt": None} if "negative_prompt" in takes else {})
        return words(pairs, guidance, takes)

    def get_num_bytes(self, batch: Sequence[DrawRequest]) -> int:
        """Roughly; Beam's default would pickle every batch to find out."""
        return 512 * len(batch)


def agree(request: DrawRequest, guide: Guide, *, control: bool, reference: bool) -> None:
    """GuideRefused if pictures are missing, left over, of another size, or leave no step to draw."""
    order = request.order
    shape = (order.height_px, order.width_px)
    pictures = {"image": guide.image, "mask": guide.mask, "control": guide.control}
    for name, picture in pictures.items():
        if picture is not None and picture.shape[:2] != shape:
            size = f"{picture.shape[1]}x{picture.shape[0]}"
            raise GuideRefused(order.key, f"has a {name} of {size}, and the drawing is {shape[1]}x{shape[0]}; scale it")
    if guide.mask is not None and guide.image is None:
        raise GuideRefused(order.key, "has a mask and no image; give the image that the mask keeps")
    for name, given, wanted in (("control", guide.control, control), ("reference", guide.reference, reference)):
        kind = "ControlNet" if name == "control" else "IP-Adapter"
        if (given is not None) != wanted:
            wrong = f"has no {name} picture for its {kind}" if wanted else f"has a {name} picture and no {kind}"
            raise GuideRefused(order.key, f"{wrong}; give both or neither")
    if guide.image is not None and int(order.steps * guide.strength) < 1:
        why = f"redraws {guide.strength} of {order.steps} steps, which is none; raise the strength or the steps"
        raise GuideRefused(order.key, why)


def alike(batch: Sequence[DrawRequest], most: int) -> Iterator[list[int]]:
    """Positions of requests that one call can draw, at most `most` at a time; one adapter set after another."""
    groups: dict[tuple[Any, ...], list[int]] = {}
    for position, request in enumerate(batch):
        order, guide = request.order, request.guide or Guide()
        size = (order.width_px, order.height_px, order.steps, bool(order.negative_prompt))
        kind = (mode_of(request.guide), guide.strength, guide.control is None, id(guide.reference))
        groups.setdefault((order.adapters, *size, *kind), []).append(position)
    first = {adapters: at for at, (adapters, *_) in reversed(list(enumerate(groups)))}
    for _, positions in sorted(groups.items(), key=lambda group: first[group[0][0]]):
        for start in range(0, len(positions), most):
            yield positions[start : start + most]


def _memory(device: str) -> str:
    import torch

    if not device.startswith("cuda"):
        return "main memory"
    free, total = torch.cuda.mem_get_info(device)
    return f"{free >> 20} of {total >> 20} MB free"


def _pixels(picture: Any) -> Pixels:
    return np.ascontiguousarray(picture, dtype=np.float32)
