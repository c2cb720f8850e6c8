"""Films with any diffusers video folder: Wan, LTX, CogVideoX, HunyuanVideo, from text or from a first frame."""

from __future__ import annotations

import io
import os
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
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
from foundry.names import seed_of
from foundry.plan.clip import ClipOrder
from foundry.store.object_store import ObjectStore
from imaging.film.clip_master import VideoExtraMissing, encode_clip, require_av
from imaging.pixels.arrays import Pixels
from imaging.pixels.threads import fix_threads
from models.registry import verify
from models.video.asking import ClipGrid, arguments_for, films, grid_of, own_refusal
from models.video.decoding import decoded_chunks
from models.video.deferred import Deferred, deferred_decoding
from models.video.motion import Motion, MotionMeter, motion_checks

Judge = Callable[[ClipOrder, tuple[Pixels, ...]], tuple[CheckRecord, ...]]
"""Judges the first, the middle and the last frame of a clip, (height, width, 3) float32 in [0, 1], sRGB encoded.

A function of a module, so that it travels to workers.
"""


@dataclass(frozen=True)
class Filmed:
    """A clip in a scratch file, which whoever stores it removes. Small, but it must not leave the machine."""

    order: ClipOrder
    file: Path
    frames: int
    seed: int
    attempts: tuple[Attempt, ...]


@dataclass(frozen=True)
class Unfilmed:
    """An order that was refused for good: a dead letter's code and sentence, not an outage."""

    order: ClipOrder
    code: str
    reason: str


@dataclass
class LoadedVideo:
    """A pipeline, what it can film, and the lock that calls to it queue at: its scheduler keeps state."""

    pipeline: Any
    grid: ClipGrid
    device: str
    lock: threading.Lock


class VideoHandler(ModelHandler[ClipOrder, Filmed | Unfilmed, LoadedVideo]):
    """Films orders with one card's pipeline, one at a time; each is encoded while it is decoded.

    First frames are read from, and clips are encoded beside, the tenant's objects in `store`. With a `judge`, each
    attempt is judged by it and measured for motion; a clip that fails is filmed again with the next seed, at most
    `card.attempts` times.
    """

    def __init__(self, card: ModelCard, store: ObjectStore, *, device: str | None = None, judge: Judge | None = None):
        super().__init__()
        self.card, self.store, self.device, self.judge = card, store, device, judge

    def load_model(self) -> LoadedVideo:
        """Verify the weights and load them; WeightsRefused if they are not what the card says, VideoExtraMissing."""
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
        if not films(pipeline):
            raise BadInput(f"card {self.card.name}", f"{type(pipeline).__name__} does not film; name a video folder")
        needs_ftfy(pipeline)
        _schedule(pipeline, self.card)
        pipeline.set_progress_bar_config(disable=True)
        return LoadedVideo(pipeline.to(device), grid_of(pipeline), device, threading.Lock())

    def run_inference(
        self,
        batch: Sequence[ClipOrder],
        model: LoadedVideo,
        inference_args: dict[str, Any] | None = None,
    ) -> list[Filmed | Unfilmed]:
        """One result per order, in order."""
        return [self._settled(order, model) for order in batch]

    def _settled(self, order: ClipOrder, model: LoadedVideo) -> Filmed | Unfilmed:
        wrong = model.grid.refusal(order) or own_refusal(model.pipeline, order)
        if wrong:
            return Unfilmed(order, "impossible_clip", f"card {self.card.name} asks for {wrong}.")
        try:
            first = first_frame(self.store, order)
        except FoundryError as error:
            return Unfilmed(order, error.code, str(error))
        attempts: list[Attempt] = []
        for attempt in range(self.card.attempts):
            seed = seed_of(order.name, attempt)
            file, samples, moved = self._film(order, seed, first, model)
            checks = (*self.judge(order, samples), *motion_checks(self.card, moved)) if self.judge else ()
            attempts.append(Attempt(seed, all(check.passed for check in checks), checks))
            if attempts[-1].passed:
                return Filmed(order, file, order.frames, seed, tuple(attempts))
            file.unlink()
        return Unfilmed(order, "clip_refused", _why(attempts))

    def _film(
        self, order: ClipOrder, seed: int, first: Image.Image | None, model: LoadedVideo
    ) -> tuple[Path, tuple[Pixels, ...], Motion]:
        import torch

        samples: list[Pixels] = []
        meter = MotionMeter()
        with _scratch(self.store) as file, model.lock, torch.no_grad():
            fix_threads(model.device, self.card.cpu_threads)
            deferred = self._drawn(order, seed, first, model)
            frames = frames_of(model.pipeline, deferred)
            if self.judge:
                frames = meter.watch(sampled(frames, order.frames, samples))
            count = encode_clip(frames, file, order.frames_per_second)
            if count != order.frames:
                raise ValueError(f"{self.card.name} filmed {count} frames instead of {order.frames}")
        return file, tuple(samples), meter.motion

    def _drawn(self, order: ClipOrder, seed: int, first: Image.Image | None, model: LoadedVideo) -> Deferred:
        import torch

        pipeline, grid = model.pipeline, model.grid
        asked = arguments_for(pipeline, order, float(self.card.guidance), first, grid.lost_frames)
        chance = torch.Generator("cpu").manual_seed(seed)
        with deferred_decoding(pipeline.vae, grid.temporal_ratio) as deferred:
            deferred.keep(pipeline(**asked, generator=chance).frames)
        return deferred

    def get_num_bytes(self, batch: Sequence[ClipOrder]) -> int:
        """Roughly; Beam's default would pickle every batch to find out."""
        return 512 * len(batch)


def frames_of(pipeline: Any, deferred: Deferred) -> Iterator[Pixels]:
    """The frames that the pipeline would have returned, (height, width, 3) float32 in [0, 1], one by one."""
    number = 0
    for chunk in decoded_chunks(pipeline.vae, deferred.latents, deferred.arguments):
        for at in range(chunk.shape[2]):
            if number in deferred.kept:
                shown = pipeline.video_processor.postprocess_video(chunk[:, :, at : at + 1], output_type="np")
                yield np.asarray(shown[0, 0], np.float32)
            number += 1


def sampled(frames: Iterator[NDArray[Any]], count: int, samples: list[NDArray[Any]]) -> Iterator[NDArray[Any]]:
    """The same frames of a clip of `count`; its first, middle and last are added to `samples` as they pass."""
    wanted = {0, count // 2, count - 1}
    for number, frame in enumerate(frames):
        if number in wanted:
            samples.append(frame)
        yield frame


def first_frame(store: ObjectStore, order: ClipOrder) -> Image.Image | None:
    """The order's picture, RGB, cropped about its middle to the clip's size; NoSuchObject if it is not there."""
    if order.first_frame is None:
        return None
    data = store.for_tenant(order.tenant).get(order.first_frame)
    with Image.open(io.BytesIO(data), formats=("PNG",)) as picture:
        size = (order.width_px, order.height_px)
        return ImageOps.fit(picture.convert("RGB"), size, Image.Resampling.LANCZOS)


@contextmanager
def _scratch(store: ObjectStore) -> Iterator[Path]:
    """A file of this process that outlives the block if it ends well; after a crash the store sweeps it away."""
    folder = store.scratch_folder()
    handle, name = tempfile.mkstemp(prefix=f"{os.getpid()}-", suffix=".mkv", dir=folder)
    os.close(handle)
    try:
        yield Path(name)
    except BaseException:
        Path(name).unlink()
        raise


def needs_ftfy(pipeline: Any) -> None:
    """VideoExtraMissing if Wan would clean its prompt with a package that is not there, halfway through a run."""
    if type(pipeline).__name__.startswith("Wan") and find_spec("ftfy") is None:
        raise VideoExtraMissing("ftfy")


def _schedule(pipeline: Any, card: ModelCard) -> None:
    """The card's scheduler in place of the folder's, if it names one or changes its settings."""
    import diffusers

    said = card.scheduler
    if said.name or said.settings:
        kind = getattr(diffusers, said.name) if said.name else type(pipeline.scheduler)
        pipeline.scheduler = kind.from_config(pipeline.scheduler.config, **said.settings)


def _why(attempts: list[Attempt]) -> str:
    failed = ", ".join(f"{c.name} ({c.measured}; {c.limit})" for c in attempts[-1].checks if not c.passed)
    return f"refused {len(attempts)} times, last for {failed}; change the prompt."
