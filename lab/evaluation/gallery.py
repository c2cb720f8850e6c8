"""The drawings of an evaluation, kept on disk until the card changes.

The file of a picture is named by the digest of card, words, palette and size, and by the number of its seed. A picture
that is there is not drawn again: an interrupted evaluation continues where it stopped, and a second one only measures.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from foundry.card.card import ModelCard
from lab.evaluation.prompts import EvaluationPrompt, default_bucket, order_of, seed_for
from lab.evaluation.scaling import Picture, as_picture
from models.drawing import DrawingHandler, Drawn, DrawRequest, Undrawn

Say = Callable[[str], None]
"""A function that shows a line of progress to the user."""


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One picture of the gallery: a request and the file of its drawing.

    `refused` is empty, or the code and the reason for which the model drew nothing.
    """

    prompt: EvaluationPrompt
    number: int
    request: DrawRequest
    path: Path
    caption: str = ""
    ignored: tuple[str, ...] = ()
    refused: str = ""

    def picture(self) -> Picture:
        """Return the stored drawing."""
        with Image.open(self.path) as stored:
            return np.asarray(stored.convert("RGB"))

    def as_drawn(self, picture: Picture) -> Drawn:
        """Return the stored picture as a result of the handler, with the depth of 8 bits that is stored."""
        return Drawn(self.request, picture.astype(np.float32) / np.float32(255), self.caption, self.ignored)


def plan_samples(card: ModelCard, prompts: Sequence[EvaluationPrompt], seeds: int, folder: Path) -> list[Sample]:
    """Return every sample of an evaluation, drawn or not: the seeds of the first prompt, then those of the second."""
    bucket, samples = default_bucket(card), []
    for prompt in prompts:
        order = order_of(card, prompt, bucket)
        for number in range(seeds):
            request = DrawRequest(order, seed_for(prompt, number))
            samples.append(
                Sample(prompt=prompt, number=number, request=request, path=folder / f"{order.name}-{number}.png")
            )
    return samples


def draw(samples: Sequence[Sample], handler: DrawingHandler, *, at_once: int, say: Say) -> list[Sample]:
    """Draw the samples that are missing, `at_once` per call, and return all of them with their captions or refusals."""
    missing = [sample for sample in samples if not _record(sample).is_file()]
    if missing:
        say(f"{len(samples) - len(missing)} pictures are there, {len(missing)} to draw")
        model = handler.load_model()
        for start in range(0, len(missing), at_once):
            _draw_batch(missing[start : start + at_once], handler, model)
            if start // 24 != (start + at_once) // 24:
                say(f"drawn {min(start + at_once, len(missing))} of {len(missing)}")
    return [_with_record(sample) for sample in samples]


def _draw_batch(samples: Sequence[Sample], handler: DrawingHandler, model: Any) -> None:
    results = handler.run_inference([sample.request for sample in samples], model)
    for sample, result in zip(samples, results, strict=True):
        _store(sample, result)


def _store(sample: Sample, result: Drawn | Undrawn) -> None:
    """Write the picture first, then the record whose presence says that the picture is complete."""
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


def _with_record(sample: Sample) -> Sample:
    record = json.loads(_record(sample).read_text(encoding="utf-8"))
    caption, refused = record.get("caption", ""), record.get("refused", "")
    return replace(sample, caption=caption, ignored=tuple(record.get("ignored", ())), refused=refused)


def by_prompt(samples: Sequence[Sample]) -> Iterator[tuple[EvaluationPrompt, list[Sample]]]:
    """Yield each prompt with its samples, in the order of the first sample of each."""
    groups: dict[str, list[Sample]] = {}
    for sample in samples:
        groups.setdefault(sample.prompt.id, []).append(sample)
    for group in groups.values():
        yield group[0].prompt, group
