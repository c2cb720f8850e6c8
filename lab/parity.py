"""Whether a card's optimisations draw what its plain pipeline draws, and whether batches draw what single calls draw.

Plain means float32, no compilation, no quantisation, the default memory layout. A fixed set of prompts is drawn at
every size of the card, with fixed seeds, on both; the differences are held to the card's `parity` and `tolerance`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from foundry.card.card import ModelCard, Optimisations
from foundry.errors import FoundryError
from foundry.plan.shot import ShotOrder
from imaging.pixels.ssim import ssim
from models.diffusion.handler import DiffusersHandler
from models.diffusion.loading import best_device
from models.diffusion.memory import release
from models.drawing import DrawRequest, Undrawn
from models.registry import WrongTask

PROMPTS = (
    "Plaster wall with the shadow of a window, light from the left",
    "Round podium before a seamless studio sweep",
    "City lights out of focus at night",
    "Dunes under a low sun",
)
TOGETHER = 4
Levels = NDArray[np.uint8]


class NotComparable(FoundryError):
    """A picture of the comparison could not be drawn at all."""

    code = "not_comparable"

    def __init__(self, card: str, reason: str):
        super().__init__(card, reason)
        self.card, self.reason = card, reason

    def __str__(self) -> str:
        return f"parity of {self.card} cannot be measured: {self.reason}"


@dataclass(frozen=True)
class Differences:
    """Between two sets of pictures, in 8-bit levels and by SSIM; `ssim` is the worst picture's."""

    max_levels: int
    mean_levels: float
    ssim: float
    pictures: int


@dataclass(frozen=True)
class ParityReport:
    """What was measured, against which marks, on which device; the evidence that promotion asks for."""

    card: str
    version: str
    digest: str
    passed: bool
    made_on: str
    figures: dict[str, Any]

    def write(self, cards: Path) -> Path:
        """As parity.json in the evidence folder of a folder of cards; the file's path."""
        path = cards / "evidence" / self.card / self.version / "parity.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(self), indent=2, sort_keys=True) + "\n", encoding="utf-8")
        return path

    def lines(self) -> list[str]:
        """For people: a line per comparison, and the verdict."""
        found = []
        for name in ("optimised", "batched"):
            got, mark = self.figures[name], self.figures[f"{name}_mark"]
            limits = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in mark.items())
            measured = f"max {got['max_levels']} levels, mean {got['mean_levels']:.4f}, SSIM {got['ssim']:.5f}"
            found.append(f"{name}: {measured} over {got['pictures']} pictures (mark: {limits})")
        return [*found, f"{self.card}@{self.version}: {'passed' if self.passed else 'failed'}"]


def parity(card: ModelCard, *, made_on: date, device: str | None = None) -> ParityReport:
    """Draw the set plainly, as the card has it, and in batches, and compare; WrongTask if the card does not draw."""
    if card.task != "text-to-image" or card.source.kind in ("api", "code"):
        raise WrongTask(card.id, f"{card.task} by {card.source.kind}", "text-to-image with weights")
    where = device or best_device()
    plain_card = card.model_copy(update={"optimisations": Optimisations(), "precision": "float32"})
    asked = requests(card)
    (plain,) = _drawn(plain_card, asked, where, (1,))
    alone, together = _drawn(card, asked, where, (1, TOGETHER))
    optimised, batched = differences(plain, alone), differences(alone, together)
    mark = card.parity
    passed = (
        optimised.max_levels <= mark.max_levels
        and optimised.mean_levels <= float(mark.mean_levels)
        and optimised.ssim >= float(mark.ssim)
        and batched.max_levels <= card.tolerance
    )
    figures = {
        "optimised": asdict(optimised),
        "optimised_mark": {
            "max_levels": mark.max_levels,
            "mean_levels": float(mark.mean_levels),
            "ssim": float(mark.ssim),
        },
        "batched": asdict(batched),
        "batched_mark": {"max_levels": card.tolerance},
        "device": _device_name(where),
        "precision": card.precision,
        "optimisations": card.optimisations.model_dump(mode="json"),
        "sizes": sorted({f"{width}x{height}" for width, height in card.sizes.values()}),
        "prompts": len(PROMPTS),
    }
    return ParityReport(card.id, card.version, card.digest, passed, made_on.isoformat(), figures)


def requests(card: ModelCard) -> list[DrawRequest]:
    """Every prompt at every size of the card, size by size."""
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
    """Of pictures in step."""
    away = [np.abs(a.astype(np.int16) - b.astype(np.int16)) for a, b in zip(one, other, strict=True)]
    return Differences(
        max(int(each.max()) for each in away),
        float(np.mean([each.mean() for each in away])),
        min(ssim(a, b) for a, b in zip(one, other, strict=True)),
        len(away),
    )


def _drawn(card: ModelCard, asked: list[DrawRequest], device: str, calls: tuple[int, ...]) -> list[list[Levels]]:
    """The pictures of one pipeline, once for every number of pictures per call; it is let go afterwards."""
    wide = card.model_copy(update={"batch": card.batch.model_copy(update={"cpu": TOGETHER, "cuda": TOGETHER})})
    handler = DiffusersHandler(wide, device=device, precision=card.precision)
    loaded = handler.load_model()
    found = []
    for most in calls:
        cuts = [*range(0, len(asked), most), len(asked)]
        made = [one for start, stop in pairwise(cuts) for one in handler.run_inference(asked[start:stop], loaded)]
        refused = next((one for one in made if isinstance(one, Undrawn)), None)
        if refused is not None:
            raise NotComparable(card.name, refused.reason)
        found.append([_levels(one.pixels) for one in made if not isinstance(one, Undrawn)])
    del loaded
    release()
    return found


def _levels(pixels: NDArray[Any]) -> Levels:
    return np.clip(np.rint(pixels * 255), 0, 255).astype(np.uint8)


def _device_name(device: str) -> str:
    import platform

    import torch

    return torch.cuda.get_device_name(device) if device.startswith("cuda") else f"cpu ({platform.machine()})"
