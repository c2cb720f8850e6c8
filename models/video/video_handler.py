"""The handler of any diffusers video folder: Wan, LTX, CogVideoX, HunyuanVideo, from text or from a first frame."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from apache_beam.ml.inference.base import ModelHandler
from numpy.typing import NDArray
from PIL import Image, ImageOps

from foundry.card.card import ModelCard
from foundry.errors import BadInput, FoundryError
from foundry.manifest import Attempt, CheckRecord
from foundry.metering.device_time import drawing_device
from foundry.metering.payers import note
from foundry.metering.steps import measured_each, step
from foundry.names import seed_of
from foundry.plan.clip import ClipOrder
from foundry.spent import NOTHING_SPENT, Spent
from foundry.store.object_store import ObjectStore
from foundry.store.scratch import give_back_scratch, lasting_scratch
from imaging.film.clip_master import VideoExtraMissing, encode_clip, require_av
from imaging.pixels.arrays import Pixels
from imaging.pixels.threads import fix_threads
from models.device_steps import device_step
from models.registry import verify
from models.video.decoding import decode_in_chunks
from models.video.latent_capture import CapturedLatents, capture_latents
from models.video.motion import ClipMotion, MotionMeter, motion_checks
from models.video.pipeline_inputs import ClipGrid, arguments_for, can_film, grid_of, pipeline_refusal

Judge = Callable[[ClipOrder, tuple[Pixels, ...]], tuple[CheckRecord, ...]]
"""Judges the first, the middle and the last frame of a clip, (height, width, 3) float32 in [0, 1], sRGB encoded.

A function of a module, so that it travels to workers.
"""


@dataclass(frozen=True)
class Filmed:
    """A clip in a scratch file, which its receiver stores and removes. Small, but it must not leave the machine.

    `spent` was measured over all attempts.
    """

    order: ClipOrder
    file: Path
    frames: int
    seed: int
    attempts: tuple[Attempt, ...]
    spent: Spent = NOTHING_SPENT


@dataclass(frozen=True)
class Unfilmed:
    """An order that was refused for good, with the code and the sentence of its dead letter; not an outage.

    `filmed` is the number of clips that were made for it and refused; `spent` was measured over them.
    """

    order: ClipOrder
    code: str
    reason: str
    filmed: int = 0
    spent: Spent = NOTHING_SPENT


@dataclass
class LoadedVideo:
    """A pipeline, the clips that it can film, and the lock that calls to it queue at, as its scheduler keeps state."""

    pipeline: Any
    grid: ClipGrid
    device: str
    lock: threading.Lock


class VideoHandler(ModelHandler[ClipOrder, Filmed | Unfilmed, LoadedVideo]):  # type: ignore[misc]  # untyped base
    """Films orders with one card's pipeline, one at a time; each clip is encoded while it is decoded.

    First frames are read from the tenant's objects in `store`, and clips are encoded into its scratch folder. With a
    `judge`, each attempt is judged by it and measured for motion; a clip that fails is filmed again with the next
    seed, at most `card.attempts` times.
    """

    def __init__(
        self, card: ModelCard, store: ObjectStore, *, device: str | None = None, judge: Judge | None = None
    ) -> None:
        super().__init__()
        self.card, self.store, self.device, self.judge = card, store, device, judge

    def load_model(self) -> LoadedVideo:
        """Verify the weights and load them; WeightsRefused, VideoExtraMissing or BadInput if that is impossible."""
        import torch
        from diffusers import DiffusionPipeline
        from diffusers.utils import logging

        logging.set_verbosity_error()
        require_av()
        if self.card.optimisations.any:
            raise BadInput(f"card {self.card.name}", "optimisations are not offered for video; leave them out")
        verify(self.card)
        device = self.device or ("cuda" if torch.cuda.is_available() else "cpu")
        precision = "float32" if device == "cpu" else self.card.precision
        pipeline = DiffusionPipeline.from_pretrained(
            self.card.folder,
            torch_dtype=getattr(torch, precision),
            use_safetensors=True,
            local_files_only=True,
        )
        if not can_film(pipeline):
            raise BadInput(f"card {self.card.name}", f"{type(pipeline).__name__} does not film; name a video folder")
        require_ftfy(pipeline)
        _set_scheduler(pipeline, self.card)
        pipeline.set_progress_bar_config(disable=True)
        return LoadedVideo(pipeline.to(device), grid_of(pipeline), device, threading.Lock())

    def run_inference(
        self,
        batch: Sequence[ClipOrder],
        model: LoadedVideo,
        inference_args: dict[str, Any] | None = None,  # noqa: ARG002 - part of Beam's interface
    ) -> list[Filmed | Unfilmed]:
        """Return one result per order, in order."""
        return [self._film_until_accepted(order, model) for order in batch]

    def _film_until_accepted(self, order: ClipOrder, model: LoadedVideo) -> Filmed | Unfilmed:
        wrong = model.grid.refusal(order) or pipeline_refusal(model.pipeline, order)
        if wrong:
            return Unfilmed(order, "impossible_clip", f"card {self.card.name} asks for {wrong}.")
        try:
            first = read_first_frame(self.store, order)
        except FoundryError as error:
            return Unfilmed(order, error.code, str(error))
        attempts: list[Attempt] = []
        for attempt in range(self.card.attempts):
            seed = seed_of(order.name, attempt)
            file, samples, moved = self._film_once(order, seed, first, model)
            with step("screen"), drawing_device.kept_waiting("host_copy"):
                checks = (*self.judge(order, samples), *motion_checks(self.card, moved)) if self.judge else ()
            attempts.append(Attempt(seed, all(check.passed for check in checks), checks))
            if attempts[-1].passed:
                return Filmed(order, file, order.frames, seed, tuple(attempts))
            note(refused_attempts=1)
            give_back_scratch(file)
        return Unfilmed(order, "clip_refused", _refusal_of(attempts), len(attempts))

    def _film_once(
        self, order: ClipOrder, seed: int, first: Image.Image | None, model: LoadedVideo
    ) -> tuple[Path, tuple[Pixels, ...], ClipMotion]:
        import torch

        samples: list[Pixels] = []
        meter = MotionMeter()
        with lasting_scratch(self.store.scratch_folder(), ".mkv") as file, model.lock, torch.no_grad():
            fix_threads(model.device, self.card.cpu_threads)
            with device_step("film", model.device):
                note(model_calls=1)
                captured = self._draw_latents(order, seed, first, model)
            on_device = partial(device_step, "film", model.device)
            frames = measured_each(frames_of(model.pipeline, captured), on_device)
            if self.judge:
                frames = meter.watch(sample_frames(frames, order.frames, samples))
            with step("encode", wide=True), drawing_device.kept_waiting("host_copy"):
                count = encode_clip(frames, file, order.frames_per_second)
            if count != order.frames:
                raise ValueError(f"{self.card.name} filmed {count} frames instead of {order.frames}")
        return file, tuple(samples), meter.motion

    def _draw_latents(
        self, order: ClipOrder, seed: int, first: Image.Image | None, model: LoadedVideo
    ) -> CapturedLatents:
        import torch

        pipeline, grid = model.pipeline, model.grid
        asked = arguments_for(pipeline, order, float(self.card.guidance), first, grid.lost_frames)
        chance = torch.Generator("cpu").manual_seed(seed)
        with capture_latents(pipeline.vae, grid.temporal_ratio) as captured:
            captured.keep(pipeline(**asked, generator=chance).frames)
        return captured

    def get_num_bytes(self, batch: Sequence[ClipOrder]) -> int:
        """Return a rough size; Beam's default would pickle every batch to find out."""
        return 512 * len(batch)


def frames_of(pipeline: Any, captured: CapturedLatents) -> Iterator[Pixels]:
    """Yield the frames that the pipeline would have returned, (height, width, 3) float32 in [0, 1], one by one."""
    number = 0
    for chunk in decode_in_chunks(pipeline.vae, captured.latents, captured.arguments):
        for at in range(chunk.shape[2]):
            if number in captured.kept:
                shown = pipeline.video_processor.postprocess_video(chunk[:, :, at : at + 1], output_type="np")
                yield np.asarray(shown[0, 0], np.float32)
            number += 1


def sample_frames(frames: Iterator[NDArray[Any]], count: int, samples: list[NDArray[Any]]) -> Iterator[NDArray[Any]]:
    """Yield the frames of a clip of `count` unchanged, and add its first, middle and last to `samples` as they pass."""
    wanted = {0, count // 2, count - 1}
    for number, frame in enumerate(frames):
        if number in wanted:
            samples.append(frame)
        yield frame


def read_first_frame(store: ObjectStore, order: ClipOrder) -> Image.Image | None:
    """Return the order's picture, RGB, cropped in the middle to the clip's size; NoSuchObject if it is missing."""
    if order.first_frame is None:
        return None
    data = store.for_tenant(order.tenant).get(order.first_frame)
    with Image.open(io.BytesIO(data), formats=("PNG",)) as picture:
        size = (order.width_px, order.height_px)
        return ImageOps.fit(picture.convert("RGB"), size, Image.Resampling.LANCZOS)


def require_ftfy(pipeline: Any) -> None:
    """Raise VideoExtraMissing if Wan would clean its prompt with a package that is missing, halfway through a run."""
    if type(pipeline).__name__.startswith("Wan") and find_spec("ftfy") is None:
        raise VideoExtraMissing("ftfy")


def _set_scheduler(pipeline: Any, card: ModelCard) -> None:
    """Put the card's scheduler in place of the folder's, if it names one or changes its settings."""
    import diffusers

    said = card.scheduler
    if said.name or said.settings:
        kind = getattr(diffusers, said.name) if said.name else type(pipeline.scheduler)
        pipeline.scheduler = kind.from_config(pipeline.scheduler.config, **said.settings)


def _refusal_of(attempts: list[Attempt]) -> str:
    failed = ", ".join(f"{c.name} ({c.measured}; {c.limit})" for c in attempts[-1].checks if not c.passed)
    return f"refused {len(attempts)} times, last for {failed}; change the prompt."
