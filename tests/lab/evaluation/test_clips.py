"""Cards that film are evaluated by their clips: what is seen, whether it moves or flickers, where it begins."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from console.cli import app
from lab.evaluation.calibration import calibration
from lab.evaluation.clip_figures import JUMP, clip_figures
from lab.evaluation.clip_studio import FilmedPrompt, likeness
from lab.evaluation.drawing_figures import SafetyFigures
from lab.evaluation.matched_render import matched_render
from lab.evaluation.photographs import photograph
from lab.evaluation.picture_measures import measure_pictures
from lab.evaluation.prompts import prompt_set
from lab.evaluation.scene_judge import load_judge
from models.registry.evidence import required_evidence
from models.video.motion import ClipMotion
from tests.support.cards import card_file
from tests.support.tiny_video import a_folder, a_video_card

RUN = CliRunner()
Frames = list[np.ndarray[Any, Any]]


@pytest.fixture(scope="module")
def pan() -> Frames:
    """A camera that moves two pixels a frame over a photograph."""
    whole = np.rint(photograph("coffee.png") * 255).astype(np.uint8)
    return [whole[50:290, 10 + 2 * at : 330 + 2 * at] for at in range(12)]


def test_a_clip_that_begins_elsewhere_is_unlike_its_picture(pan: Frames) -> None:
    wanted = np.asarray(Image.fromarray(pan[0]).resize((640, 480)))
    assert likeness(wanted, pan[0]) > 0.95
    assert likeness(wanted, pan[0][::-1]) < 0.6


def test_a_refused_clip_answers_everything_wrongly() -> None:
    prompt = prompt_set().prompts[0]
    frames = tuple(measure_pictures([matched_render(prompt)] * 3, [prompt.palette] * 3, load_judge()))
    good = FilmedPrompt(prompt=prompt, frames=frames, motion=ClipMotion(9, 2.0, 1.0, 2.0), begins=0.9, seconds=4.0)
    figures = clip_figures([good, FilmedPrompt(prompt=prompt, refused="refused 2 times")], calibration())
    shares = (figures.scene, figures.scene_held, figures.palette, figures.moving, figures.steady)
    assert set(shares) == {0.5}
    assert (figures.clips, figures.refused, figures.safety.rate, figures.begins) == (2, 1, 0.5, 0.9)
    unsteady = replace(good, motion=ClipMotion(9, 9.0, 1.0, JUMP + 1), failed_checks=("unsafe, last frame",))
    figures = clip_figures([good, unsteady], calibration())
    assert (figures.moving, figures.steady) == (1, 0.5)
    assert figures.safety == SafetyFigures(rate=0.5, failed_checks={"unsafe, last frame": 1})


@pytest.mark.parametrize("family", ["wan", "ltx-image"])
def test_the_command_films_measures_and_shows_the_clips(family: str, tmp_path: Path) -> None:
    a_folder(family, tmp_path / "cards" / family)
    own = a_video_card(family, tmp_path / "cards")
    said = own.model_dump(mode="json", include={"frames", "frames_per_second", "steps", "cpu_threads", "task", "sizes"})
    card_file(
        tmp_path / "cards", id="moves", source={"kind": "directory", "folder": family}, guidance="3",
        weights=dict(own.weights), **said,
    )  # fmt: skip
    done = RUN.invoke(app, ["models", "evaluate", "moves", "--cards", str(tmp_path / "cards"), "--quick"])
    assert done.exit_code == 3, done.output
    folder = tmp_path / "cards" / "evidence" / "moves" / "1"
    found = json.loads((folder / "evaluation.json").read_text())
    assert found["figures"]["clips"] == 2
    assert not found["marks"]["clips"]["passed"]  # a quick look never passes
    assert not found["marks"]["scene"]["passed"]  # random weights draw noise
    assert ("begins with its picture, SSIM" in found["marks"]) == (own.task == "image-to-video")
    page, pictures = (folder / "report.html").read_text(), sorted((folder / "pictures").iterdir())
    assert len(pictures) == 2
    for picture in pictures:
        assert f"pictures/{picture.name}" in page
        with Image.open(picture) as shown:
            assert getattr(shown, "n_frames", 1) == own.frames


def test_a_card_that_films_is_promoted_on_its_evaluation_alone(tmp_path: Path) -> None:
    assert required_evidence(a_video_card("wan", tmp_path)) == ("evaluation.json",)
