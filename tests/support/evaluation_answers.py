"""Measured answers, a calibration and figures with chosen values, so that evaluation is tested without a model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from foundry.colour import linear_of_srgb, srgb_of_hex
from lab.evaluation.calibration import Calibration
from lab.evaluation.drawing_figures import DrawingFigures, drawing_figures
from lab.evaluation.gallery import Sample
from lab.evaluation.picture_measures import MeasuredPrompt, MeasuredSample, PictureMeasures
from lab.evaluation.prompts import EvaluationPrompt
from lab.evaluation.scaling import Picture, as_picture
from lab.evaluation.speed import Overhead, SizeSpeed
from models.drawing import DrawRequest
from tests.support.drawing import an_order

RIGHT = PictureMeasures("podium", 0.97, "left", (1.0, 2.0), 20.0)
"""The right answer to `a_prompt()`."""
WRONG = PictureMeasures("sweep", 0.61, "right", (40.0, 50.0), 10.0)
"""An answer to `a_prompt()` that is wrong in scene, light and palette."""


def a_prompt(**changes: Any) -> EvaluationPrompt:
    content: dict[str, Any] = {
        "id": "podium-1",
        "prompt": "A round podium, light from the left",
        "scene": "podium",
        "light": "left",
        "palette": ("#C4633F", "#2B7F84"),
        "colours": "terracotta over teal",
        "unseen": True,
    }
    return EvaluationPrompt(**{**content, **changes})


def a_sample(prompt: EvaluationPrompt | None = None, number: int = 0, **changes: Any) -> Sample:
    content = {"path": Path("missing.png"), "request": DrawRequest(an_order(), 7), "caption": "a podium", **changes}
    return Sample(prompt=prompt or a_prompt(), number=number, **content)


def answer(
    measures: PictureMeasures | None = RIGHT,
    prompt: EvaluationPrompt | None = None,
    number: int = 0,
    failed: tuple[str, ...] = (),
) -> MeasuredSample:
    """A measured sample; without measures it is one that the model refused."""
    refused = "" if measures else "content_policy: not this"
    return MeasuredSample(a_sample(prompt, number, refused=refused), measures, failed)


def answers(*measures: PictureMeasures | None, diversity: float = 0.2, **prompt: Any) -> MeasuredPrompt:
    """A prompt with one answer for each of the measures."""
    asked = a_prompt(**prompt)
    samples = tuple(answer(one, asked, number) for number, one in enumerate(measures))
    return MeasuredPrompt(asked, samples, diversity)


def a_picture(path: Path, edge_px: int = 64) -> Path:
    """A stored drawing: a ramp, so that thumbnails of it are not of one colour."""
    ramp = np.tile(np.linspace(0, 255, edge_px).astype(np.uint8), (edge_px, 1))
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(ramp).convert("RGB").save(path)
    return path


def a_ruler(**changes: Any) -> Calibration:
    content: dict[str, Any] = {
        "prompts": "0" * 32,
        "judge": "1" * 64,
        "renders": 2,
        "counted": {"podium": (0, 1), "snow": (1,), "sweep": (0, 1)},
        "palette_bound": 7,
        "palette_ceiling": 0.98,
        "palette_floor": 0.05,
        "palette_by_bound": {3: (0.8, 0.01), 7: (0.98, 0.05), 50: (1.0, 0.9)},
        "palette_by_colour": (0.99, 0.9),
        "scene_ceiling": 0.97,
        "light_ceiling": 0.87,
        "light_floor": 0.39,
        "diversity": 0.21,
        "sharpness": {"podium-1": 20.0, "snow-1": 10.0, "sweep-1": 40.0},
    }
    return Calibration(**{**content, **changes})


def a_speed(**changes: Any) -> SizeSpeed:
    content: dict[str, Any] = {
        "bucket": "square", "width_px": 64, "height_px": 64, "seconds": 1.5, "fastest": 1.0, "slowest": 2.0,
        "load_seconds": 3.0, "loaded_mb": 900.0, "peak_mb": 1200.0, "device_mb": 0.0,
    }  # fmt: skip
    return SizeSpeed(**{**content, **changes})


def some_figures(*prompts: MeasuredPrompt, overhead: Overhead | None = None) -> DrawingFigures:
    """The figures of the answers, by default of one prompt answered rightly twice."""
    return drawing_figures(prompts or (answers(RIGHT, RIGHT),), a_ruler(), [a_speed()], overhead)


def two_colours(top: str, bottom: str, *, light: Sequence[float] = (1.0, 1.0)) -> Picture:
    """A wall over a floor, with light falling off from left to right."""
    plane = np.empty((96, 128, 3), np.float32)
    plane[:60], plane[60:] = (linear_of_srgb(srgb_of_hex(colour)) for colour in (top, bottom))
    plane *= np.linspace(*light, 128, dtype=np.float32)[None, :, None]
    return as_picture(np.where(plane <= 0.0031308, 12.92 * plane, 1.055 * plane ** (1 / 2.4) - 0.055))
