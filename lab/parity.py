"""Parity of a card: its optimised pipeline compared with the plain one, and batches compared with single calls.

Plain means float32, no compilation, no quantisation, the default memory layout. Both pipelines draw a fixed set of
prompts at every size of the card, with fixed seeds; the differences must be within the card's `parity` and `tolerance`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from foundry.card.card import ModelCard, Optimisations
from foundry.errors import FoundryError
from foundry.plan.shot import ShotOrder
from imaging.pixels.ssim import ssim
from lab.evaluation.evaluation_file import DatedEvidence
from lab.evaluation.marks import EvidenceModel
from models.diffusion.diffusers_handler import DiffusersHandler
from models.diffusion.loading import best_device
from models.diffusion.memory import release
from models.drawing import DrawRequest, Undrawn
from models.registry import WrongTask
from models.registry.evidence import PARITY, folder_of_version

PROMPTS = (
    "Plaster wall with the shadow of a window, light from the left",
    "Round podium before a seamless studio sweep",
    "City lights out of focus at night",
    "Dunes under a low sun",
)
TOGETHER = 4
Levels = NDArray[np.uint8]
"""A picture, (height, width, 3) at 8 bits."""


class NotComparable(FoundryError):
    """A refusal to compare because a picture could not be drawn."""

    code = "not_comparable"

    def __init__(self, card: str, reason: str) -> None:
        super().__init__(card, reason)
        self.card, self.reason = card, reason

    def __str__(self) -> str:
        return f"parity of {self.card} cannot be measured, because a picture was not drawn: {self.reason}"


class Differences(EvidenceModel):
    """The differences between two sets of pictures: the maximum and the mean in 8-bit levels, and the lowest SSIM."""

    max_levels: int
    mean_levels: float
    ssim: float
    pictures: int


class OptimisedMark(EvidenceModel):
    """The limits of the card for optimised pictures against plain ones."""

    max_levels: int
    mean_levels: float
    ssim: float

    def admits(self, differences: Differences) -> bool:
        """Return True if the differences are within the limits."""
        return (
            differences.max_levels <= self.max_levels
            and differences.mean_levels <= self.mean_levels
            and differences.ssim >= self.ssim
        )


class BatchedMark(EvidenceModel):
    """The limit of the card for pictures drawn in batches against the same drawn alone."""

    max_levels: int

    def admits(self, differences: Differences) -> bool:
        """Return True if the differences are within the limit."""
        return differences.max_levels <= self.max_levels


class ParityFigures(EvidenceModel):
    """The differences with their limits, and the conditions under which the pictures were drawn."""

    optimised: Differences
    optimised_mark: OptimisedMark
    batched: Differences
    batched_mark: BatchedMark
    device: str
    precision: str
    optimisations: Optimisations
    sizes: tuple[str, ...]
    prompts: int

    @property
    def passed(self) -> bool:
        """True if both differences are within their limits."""
        return self.optimised_mark.admits(self.optimised) and self.batched_mark.admits(self.batched)


class ParityReport(DatedEvidence, extra="forbid"):
    """The content of `parity.json`, evidence that promotion demands of cards that draw with weights of their own."""

    figures: ParityFigures

    def as_json(self) -> str:
        """Return the text of the file: JSON with sorted keys, indented by two spaces."""
        return json.dumps(self.model_dump(mode="json"), indent=2, sort_keys=True) + "\n"

    def write(self, cards: Path) -> Path:
        """Write `parity.json` into the evidence folder of a folder of cards, and return its path."""
        path = folder_of_version(cards, self.card, self.version) / PARITY
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.as_json(), encoding="utf-8")
        return path

    def lines(self) -> list[str]:
        """Return a line per comparison and the verdict, for people."""
        figures = self.figures
        verdict = f"{self.card}@{self.version}: {'passed' if self.passed else 'failed'}"
        return [
            _line("optimised", figures.optimised, figures.optimised_mark),
            _line("batched", figures.batched, figures.batched_mark),
            verdict,
        ]


def _line(name: str, differences: Differences, mark: EvidenceModel) -> str:
    limits = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in mark.model_dump().items())
    mean, ssim = f"{differences.mean_levels:.4f}", f"{differences.ssim:.5f}"
    measured = f"max {differences.max_levels} levels, mean {mean}, SSIM {ssim}"
    return f"{name}: {measured} over {differences.pictures} pictures (mark: {limits})"


def measure_parity(card: ModelCard, *, made_on: date, device: str | None = None) -> ParityReport:
    """Draw the set by the plain pipeline, by the card's own, and by that in batches, and return the differences.

    `device` is a torch device, by default the best of this machine. WrongTask if the card does not draw from weights;
    NotComparable if a picture is refused.
    """
    if card.task != "text-to-image" or card.source.kind in ("api", "code"):
        raise WrongTask(card.id, f"{card.task} by {card.source.kind}", "text-to-image with weights")
    where = device or best_device()
    plain_card = card.model_copy(update={"optimisations": Optimisations(), "precision": "float32"})
    asked = requests(card)
    (plain,) = _draw(plain_card, asked, where, (1,))
    alone, together = _draw(card, asked, where, (1, TOGETHER))
    figures = parity_figures(card, differences(plain, alone), differences(alone, together), _device_name(where))
    return ParityReport(
        card=card.id,
        version=card.version,
        digest=card.digest,
        passed=figures.passed,
        made_on=made_on.isoformat(),
        figures=figures,
    )


def parity_figures(card: ModelCard, optimised: Differences, batched: Differences, device: str) -> ParityFigures:
    """Return the figures of these differences, with the limits and settings of the card."""
    mark = card.parity
    return ParityFigures(
        optimised=optimised,
        optimised_mark=OptimisedMark(
            max_levels=mark.max_levels, mean_levels=float(mark.mean_levels), ssim=float(mark.ssim)
        ),
        batched=batched,
        batched_mark=BatchedMark(max_levels=card.tolerance),
        device=device,
        precision=card.precision,
        optimisations=card.optimisations,
        sizes=tuple(sorted({f"{width}x{height}" for width, height in card.sizes.values()})),
        prompts=len(PROMPTS),
    )


def requests(card: ModelCard) -> list[DrawRequest]:
    """Return a request for every prompt at every size of the card, size by size."""
    sizes = sorted(set(card.sizes.values()))
    return [
        DrawRequest(
            ShotOrder(
                name=f"{width}x{height}/{at}",
                plan="parity",
                tenant="parity",
                subject=0,
                scene=at,
                bucket="square",
                mirrored=False,
                alternative=0,
                prompt=prompt,
                negative_prompt="",
                palette=(),
                picture=None,
                width_px=width,
                height_px=height,
                steps=card.steps,
                model=card.digest,
            ),
            1_000 + at,
        )
        for width, height in sizes
        for at, prompt in enumerate(PROMPTS)
    ]


def differences(one: Sequence[Levels], other: Sequence[Levels]) -> Differences:
    """Return the differences between two sequences of pictures of equal sizes, pair by pair."""
    away = [np.abs(a.astype(np.int16) - b.astype(np.int16)) for a, b in zip(one, other, strict=True)]
    return Differences(
        max_levels=max(int(each.max()) for each in away),
        mean_levels=float(np.mean([each.mean() for each in away])),
        ssim=min(ssim(a, b) for a, b in zip(one, other, strict=True)),
        pictures=len(away),
    )


def _draw(card: ModelCard, asked: list[DrawRequest], device: str, calls: tuple[int, ...]) -> list[list[Levels]]:
    """Draw the requests with one pipeline, once for each number of pictures per call, then release its memory."""
    wide = card.model_copy(update={"batch": card.batch.model_copy(update={"cpu": TOGETHER, "cuda": TOGETHER})})
    handler = DiffusersHandler(wide, device=device, precision=card.precision)
    loaded = handler.load_model()
    drawn = []
    for most in calls:
        cuts = [*range(0, len(asked), most), len(asked)]
        made = [one for start, stop in pairwise(cuts) for one in handler.run_inference(asked[start:stop], loaded)]
        refused = next((one for one in made if isinstance(one, Undrawn)), None)
        if refused is not None:
            raise NotComparable(card.name, refused.reason)
        drawn.append([_levels(one.pixels) for one in made if not isinstance(one, Undrawn)])
    del loaded
    release()
    return drawn


def _levels(pixels: NDArray[np.float32]) -> Levels:
    return np.clip(np.rint(pixels * 255), 0, 255).astype(np.uint8)


def _device_name(device: str) -> str:
    import platform

    import torch

    return torch.cuda.get_device_name(device) if device.startswith("cuda") else f"cpu ({platform.machine()})"
