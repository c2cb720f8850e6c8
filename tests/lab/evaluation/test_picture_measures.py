"""Measures of stored samples: one set of measures for each picture, the screen's refusals, and nothing for refusals."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from foundry.manifest import CheckRecord
from lab.evaluation.gallery import Sample
from lab.evaluation.matched_render import matched_render
from lab.evaluation.picture_measures import MeasuredPrompt, instruments, measure_pictures, measure_samples
from lab.evaluation.prompts import prompt_set
from lab.evaluation.scene_judge import load_judge
from models.drawing import Drawn
from tests.support.evaluation_answers import a_sample

PROMPT = prompt_set().prompts[2]


def screen(drawn: Drawn) -> tuple[CheckRecord, ...]:
    """Refuses bright pictures, and checks something that always passes."""
    bright = float(drawn.pixels.mean())
    return CheckRecord("bright", bright < 0.5, f"{bright:.2f}", "0.5"), CheckRecord("there", True, "1", "1")


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> MeasuredPrompt:
    """The right render, a white picture and a refusal, measured."""
    folder = tmp_path_factory.mktemp("samples")
    Image.fromarray(matched_render(PROMPT)).save(folder / "render.png")
    Image.new("RGB", (64, 64), "white").save(folder / "white.png")
    samples: list[Sample] = [
        a_sample(PROMPT, 0, path=folder / "render.png"),
        a_sample(PROMPT, 1, path=Path("missing.png"), refused="content_policy: no"),
        a_sample(PROMPT, 2, path=folder / "white.png"),
    ]
    (prompt,) = measure_samples(samples, load_judge(), screen)
    return prompt


def test_the_matching_render_is_right_and_samples_keep_their_order(measured: MeasuredPrompt) -> None:
    assert [sample.sample.number for sample in measured.samples] == [0, 1, 2]
    first = measured.samples[0]
    assert first.scene_right
    assert first.measures is not None
    assert first.measures.sharpness > 0
    assert len(first.measures.distances) == len(PROMPT.palette)


def test_a_refused_sample_has_no_measures_and_is_not_screened(measured: MeasuredPrompt) -> None:
    assert (measured.samples[1].measures, measured.samples[1].failed_checks) == (None, ())
    assert not measured.samples[1].scene_right


def test_only_failed_checks_are_kept(measured: MeasuredPrompt) -> None:
    assert measured.samples[2].failed_checks == ("bright",)
    assert measured.samples[2].measures is not None
    assert measured.samples[2].measures.sharpness == 0


def test_diversity_is_between_the_pictures_that_are_there(measured: MeasuredPrompt) -> None:
    assert 0 < measured.diversity <= 1


def test_no_pictures_have_no_measures() -> None:
    assert measure_pictures([], [], load_judge()) == []


def test_each_picture_needs_a_palette() -> None:
    with pytest.raises(ValueError, match="zip"):
        measure_pictures([np.zeros((64, 64, 3), np.uint8)], [], load_judge())


def test_the_evidence_names_the_instruments() -> None:
    named = instruments(prompt_set(), load_judge(), "measured@1")
    assert named == {
        "prompt_set": f"1 {prompt_set().digest}",
        "scene_judge": load_judge().sha256,
        "screen": "measured@1",
    }
