"""The studio of an evaluation: it films prompts with a card and measures each clip."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from foundry.card.card import ModelCard
from foundry.plan.clip import ClipOrder, Scenario, clip_order
from foundry.store.object_store import LocalStore
from imaging.film.clip_master import require_av
from imaging.pixels.ssim import ssim
from lab.evaluation.gallery import Say
from lab.evaluation.matched_render import matched_render
from lab.evaluation.picture_measures import PictureMeasures, measure_pictures
from lab.evaluation.prompts import EvaluationPrompt, default_bucket
from lab.evaluation.scaling import Picture, with_short_edge
from lab.evaluation.scene_judge import SceneJudge
from models.screening.context import ScreenContext
from models.video.clip_judging import ClipScreens
from models.video.motion import ClipMotion, MotionMeter
from models.video.video_handler import Filmed, LoadedVideo, Unfilmed, VideoHandler, sample_frames

TENANT = "evaluation"
LIKE_PX = 128
SHOWN_PX, SHOWN_FRAMES = 256, 48


@dataclass(frozen=True, kw_only=True)
class FilmedPrompt:
    """A prompt with the measures of its clip.

    `frames` are the measures of the first, middle and last frame. `begins` is the SSIM of the first frame to the
    picture that the clip should begin with, at a short edge of 128 px; None for a card that films from words alone. If
    the model refused, `refused` is the reason and everything else is None or empty.
    """

    prompt: EvaluationPrompt
    refused: str = ""
    frames: tuple[PictureMeasures, ...] = ()
    motion: ClipMotion | None = None
    begins: float | None = None
    failed_checks: tuple[str, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True)
class ClipStudio:
    """A card that films, with the screen and the scene judge that measure its clips.

    The folder `pictures` receives a small animation of each clip; the clips themselves are deleted.
    """

    card: ModelCard
    screen: ModelCard
    judge: SceneJudge
    store: LocalStore
    pictures: Path

    def film(self, prompts: Sequence[EvaluationPrompt], say: Say) -> Iterator[FilmedPrompt]:
        """Film each prompt and yield its measures; one clip at a time is on disk."""
        handler = VideoHandler(self.card, self.store)
        model, screens = handler.load_model(), ClipScreens()
        for number, prompt in enumerate(prompts, 1):
            say(f"filming {number} of {len(prompts)}: {prompt.id}")
            yield self._film_one(prompt, handler, model, screens)

    def _film_one(
        self, prompt: EvaluationPrompt, handler: VideoHandler, model: LoadedVideo, screens: ClipScreens
    ) -> FilmedPrompt:
        begins_with = matched_render(prompt) if self.card.task == "image-to-video" else None
        order = self._order(prompt, begins_with)
        began = time.perf_counter()
        (result,) = handler.run_inference([order], model)
        seconds = time.perf_counter() - began
        if isinstance(result, Unfilmed):
            return FilmedPrompt(prompt=prompt, refused=result.reason)
        try:
            return self._measure(prompt, result, begins_with, screens, seconds)
        finally:
            result.file.unlink()

    def _order(self, prompt: EvaluationPrompt, begins_with: Picture | None) -> ClipOrder:
        name = None
        if begins_with is not None:
            name = f"inputs/{prompt.id}.png"
            stream = io.BytesIO()
            Image.fromarray(begins_with).save(stream, "PNG", compress_level=1)
            self.store.for_tenant(TENANT).put_once(name, stream.getvalue())
        return clip_order(self.card, TENANT, Scenario(prompt.in_words, first_frame=name), default_bucket(self.card))

    def _measure(
        self,
        prompt: EvaluationPrompt,
        filmed: Filmed,
        begins_with: Picture | None,
        screens: ClipScreens,
        seconds: float,
    ) -> FilmedPrompt:
        order, thumbnail, meter = filmed.order, AnimatedThumbnail(filmed.frames), MotionMeter()
        three: list[Picture] = []
        for number, frame in enumerate(sample_frames(pictures_of(filmed.file), filmed.frames, three)):
            meter.take(frame)
            thumbnail.take(number, frame)
        floats = tuple(frame.astype(np.float32) / np.float32(255) for frame in three)
        checks = screens.judge(self.screen, ScreenContext(), order, floats)
        thumbnail.write(self.pictures / f"{prompt.id}.webp", order.frames_per_second)
        return FilmedPrompt(
            prompt=prompt,
            frames=tuple(measure_pictures(three, [prompt.palette] * len(three), self.judge)),
            motion=meter.motion,
            begins=None if begins_with is None else likeness(begins_with, three[0]),
            failed_checks=tuple(check.name for check in checks if not check.passed),
            seconds=seconds,
        )


class AnimatedThumbnail:
    """A clip as a small animated WebP of at most 48 frames, for the page; `frames` is the length of the clip."""

    def __init__(self, frames: int) -> None:
        self._every = -(-frames // SHOWN_FRAMES)
        self._shown: list[Image.Image] = []

    def take(self, number: int, frame: Picture) -> None:
        """Keep a small copy of the frame with this number if it is one of those that are shown."""
        if number % self._every == 0:
            small = Image.fromarray(frame)
            small.thumbnail((SHOWN_PX, SHOWN_PX), Image.Resampling.BOX)
            self._shown.append(small)

    def write(self, file: Path, frames_per_second: int) -> None:
        """Write the animation, which loops at the pace of the clip."""
        first, *others = self._shown
        pause_ms = round(1000 * self._every / frames_per_second)
        first.save(file, "WEBP", save_all=True, append_images=others, duration=pause_ms, loop=0, quality=80, method=2)


def pictures_of(file: Path) -> Iterator[Picture]:
    """Yield the frames of a clip one by one, (height, width, 3) at 8 bits."""
    av = require_av()
    with av.open(str(file)) as container:
        for frame in container.decode(video=0):
            yield np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)


def likeness(wanted: Picture, first: Picture) -> float:
    """Return the SSIM of two pictures at a short edge of 128 px; `wanted` is cropped as the handler crops it."""
    cropped = ImageOps.fit(Image.fromarray(wanted), (first.shape[1], first.shape[0]), Image.Resampling.LANCZOS)
    return ssim(with_short_edge(np.asarray(cropped), LIKE_PX), with_short_edge(first, LIKE_PX))
