"""The gallery draws what is missing, keeps pictures and refusals, and continues where it was interrupted."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from lab.evaluation.gallery import Sample, by_prompt, draw, plan_samples
from lab.evaluation.prompts import prompt_set, seed_for
from models.drawing import Drawn, DrawRequest, Undrawn
from tests.support.evaluating import a_card


class Painter:
    """Paints a flat colour from the seed, refuses the prompts that hold `refuses`, and notes its batches."""

    def __init__(self, refuses: str = "\n", breaks_after: int = 99) -> None:
        self.refuses, self.breaks_after, self.batches = refuses, breaks_after, []  # type: ignore[var-annotated]

    def load_model(self) -> None:
        return None

    def run_inference(self, batch: Sequence[DrawRequest], model: None) -> list[Drawn | Undrawn]:
        if len(self.batches) >= self.breaks_after:
            raise RuntimeError("the machine is gone")
        self.batches.append(len(batch))
        return [self._answer(request) for request in batch]

    def _answer(self, request: DrawRequest) -> Drawn | Undrawn:
        if self.refuses in request.order.prompt:
            return Undrawn(request, "content_policy", "not this")
        level = (request.seed % 200) / 255
        return Drawn(request, np.full((8, 8, 3), level, np.float32), "a caption", ("sparkling",))


@pytest.fixture
def samples(tmp_path: Path) -> list[Sample]:
    return plan_samples(a_card(tmp_path), prompt_set().first(3).prompts, 2, tmp_path / "work")


def said(lines: list[str], samples: list[Sample], handler: Painter, at_once: int = 4) -> list[Sample]:
    return draw(samples, handler, at_once=at_once, say=lines.append)


def test_samples_are_planned_prompt_by_prompt_with_the_seeds_of_the_set(samples: list[Sample]) -> None:
    prompts = prompt_set().first(3).prompts
    assert [(sample.prompt, sample.number) for sample in samples] == [(p, n) for p in prompts for n in (0, 1)]
    assert [sample.request.seed for sample in samples] == [seed_for(p, n) for p in prompts for n in (0, 1)]
    assert len({sample.path for sample in samples}) == 6


def test_what_is_missing_is_drawn_in_batches_and_kept(samples: list[Sample]) -> None:
    lines: list[str] = []
    handler = Painter()
    drawn = said(lines, samples, handler)
    assert handler.batches == [4, 2]
    assert lines[0] == "0 pictures are there, 6 to draw"
    assert {(sample.caption, sample.ignored, sample.refused) for sample in drawn} == {("a caption", ("sparkling",), "")}
    picture = drawn[0].picture()
    assert picture.shape == (8, 8, 3)
    assert set(picture.flatten().tolist()) == {drawn[0].request.seed % 200}
    assert np.array_equal(drawn[0].as_drawn(picture).pixels, picture.astype(np.float32) / 255)


def test_a_second_run_draws_nothing_and_finds_the_same(samples: list[Sample]) -> None:
    first = said([], samples, Painter())
    lines: list[str] = []
    handler = Painter()
    assert said(lines, samples, handler) == first
    assert (handler.batches, lines) == ([], [])


def test_an_interrupted_run_continues_with_what_is_missing(samples: list[Sample]) -> None:
    with pytest.raises(RuntimeError, match="the machine is gone"):
        said([], samples, Painter(breaks_after=1))
    lines: list[str] = []
    handler = Painter()
    said(lines, samples, handler)
    assert handler.batches == [2]
    assert lines[0] == "4 pictures are there, 2 to draw"


def test_a_picture_without_its_record_is_drawn_again(samples: list[Sample]) -> None:
    first = said([], samples, Painter())
    before = first[1].path.read_bytes()
    first[1].path.with_suffix(".json").unlink()
    handler = Painter()
    assert said([], samples, handler) == first
    assert handler.batches == [1]
    assert first[1].path.read_bytes() == before


def test_a_refusal_is_kept_with_its_code_and_not_asked_again(samples: list[Sample]) -> None:
    word = samples[0].prompt.prompt
    drawn = said([], samples, Painter(refuses=word))
    assert [sample.refused for sample in drawn[:3]] == ["content_policy: not this"] * 2 + [""]
    assert not drawn[0].path.exists()
    assert json.loads(drawn[0].path.with_suffix(".json").read_text()) == {"refused": "content_policy: not this"}
    handler = Painter()
    assert said([], samples, handler) == drawn
    assert handler.batches == []


def test_no_scratch_file_is_left(samples: list[Sample]) -> None:
    said([], samples, Painter())
    assert {path.suffix for path in samples[0].path.parent.iterdir()} == {".png", ".json"}


def test_samples_are_grouped_by_prompt_in_the_order_of_the_set(samples: list[Sample]) -> None:
    groups = list(by_prompt(samples))
    assert [prompt.id for prompt, _ in groups] == [prompt.id for prompt in prompt_set().first(3).prompts]
    assert [sample.number for _, group in groups for sample in group] == [0, 1] * 3
    assert list(by_prompt([])) == []
