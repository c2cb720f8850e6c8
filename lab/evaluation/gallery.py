"""Draws the prompt set with a card's handler, and keeps every picture until the card changes.

A picture's file is named by the digest of card, words, palette and size, and by its seed's number. What is there is not
drawn again, so a stopped evaluation goes on where it was, and a second one only measures.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from PIL import Image

from foundry.card.card import ModelCard
from lab.evaluation.prompts import EvaluationPrompt, default_bucket, order_of, seed_for
from lab.evaluation.scaling import Picture, as_picture
from models.drawing import Drawn, DrawRequest, Undrawn

Say = Callable[[str], None]


class Handler(Protocol):
    """What is evaluated: any generator's Beam model handler, that keeps its contract and can be pickled."""

    def load_model(self) -> Any:
        """The model, ready to draw."""

    def run_inference(self, batch: Sequence[DrawRequest], model: Any) -> Sequence[Drawn | Undrawn]:
        """One result per request, in order."""


@dataclass(frozen=True)
class Sample:
    """One picture of the gallery: what was asked, and where the answer is; `refused` says why there is none."""

    prompt: EvaluationPrompt
    number: int
    request: DrawRequest
    path: Path
    caption: str = ""
    ignored: tuple[str, ...] = ()
    refused: str = ""

    def picture(self) -> Picture:
        """The drawing, as it is kept."""
        with Image.open(self.path) as kept:
            return np.asarray(kept.convert("RGB"))

    def drawn(self, picture: Picture) -> Drawn:
        """What the handler returned, at the depth that is kept."""
        return Drawn(self.request, picture.astype(np.float32) / 255, self.caption, self.ignored)


def wanted(card: ModelCard, prompts: Sequence[EvaluationPrompt], seeds: int, folder: Path) -> list[Sample]:
    """Every sample of the evaluation, drawn or not: prompts in their order, seeds within."""
    bucket, made = default_bucket(card), []
    for prompt in prompts:
        order = order_of(card, prompt, bucket)
        for number in range(seeds):
            request = DrawRequest(order, seed_for(prompt, number))
            made.append(Sample(prompt, number, request, folder / f"{order.name}-{number}.png"))
    return made


def draw(samples: Sequence[Sample], handler: Handler, *, at_once: int, say: Say) -> list[Sample]:
    """The samples with their answers; draws those that have none yet, `at_once` per call."""
    missing = [sample for sample in samples if not _record(sample).is_file()]
    if missing:
        say(f"{len(samples) - len(missing)} pictures are there, {len(missing)} to draw")
        model = handler.load_model()
        for start in range(0, len(missing), at_once):
            _draw_some(missing[start : start + at_once], handler, model)
            if start // 24 != (start + at_once) // 24:
                say(f"drawn {min(start + at_once, len(missing))} of {len(missing)}")
    return [_with_answer(sample) for sample in samples]


def _draw_some(samples: Sequence[Sample], handler: Handler, model: Any) -> None:
    results = handler.run_inference([sample.request for sample in samples], model)
    for sample, result in zip(samples, results, strict=True):
        _keep(sample, result)


def _keep(sample: Sample, result: Drawn | Undrawn) -> None:
    """The picture first, then the record that says it is whole."""
    sample.path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(result, Undrawn):
        record: dict[str, object] = {"refused": f"{result.code}: {result.reason}"}
    else:
        record = {"caption": result.caption, "ignored": list(result.ignored_words)}
        scratch = sample.path.with_suffix(".tmp")
        Image.fromarray(as_picture(result.pixels)).save(scratch, "PNG", compress_level=3)
        scratch.rename(sample.path)
    scratch = _record(sample).with_suffix(".tmp-json")
    scratch.write_text(json.dumps(record), encoding="utf-8")
    scratch.rename(_record(sample))


def _record(sample: Sample) -> Path:
    return sample.path.with_suffix(".json")


def _with_answer(sample: Sample) -> Sample:
    kept = json.loads(_record(sample).read_text(encoding="utf-8"))
    return Sample(
        sample.prompt, sample.number, sample.request, sample.path,
        kept.get("caption", ""), tuple(kept.get("ignored", ())), kept.get("refused", ""),
    )  # fmt: skip


def by_prompt(samples: Sequence[Sample]) -> Iterator[tuple[EvaluationPrompt, list[Sample]]]:
    """The samples of each prompt, in order."""
    groups: dict[str, list[Sample]] = {}
    for sample in samples:
        groups.setdefault(sample.prompt.id, []).append(sample)
    for group in groups.values():
        yield group[0].prompt, group
