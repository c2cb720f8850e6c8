"""Whole evaluations of a card that draws: a bad model fails by name, a perfect one passes what it can."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from foundry.card.card import ModelCard
from lab.evaluation.evaluate import Options, evaluate
from lab.evaluation.evaluation_file import read_evaluation
from models.diffusion.diffusers_handler import DiffusersHandler
from models.drawing import Drawn, DrawRequest, Undrawn
from models.registry import card
from models.registry.evidence import evidence_folder
from tests.support.evaluating import RenderingHandler, a_card, measured_screening, write_pipeline

SCREEN = measured_screening(card("measured", "screen"))


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> tuple[ModelCard, DiffusersHandler, Options]:
    folder = tmp_path_factory.mktemp("registry")
    model = a_card(folder)
    write_pipeline(model.folder)
    return (
        model,
        DiffusersHandler(model),
        Options(made_on="2026-01-02", seeds=2, prompts=3, timed=1, pairs=2, work=folder / "work"),
    )


def test_a_random_model_fails_and_the_evidence_says_which_marks(
    tiny: tuple[ModelCard, DiffusersHandler, Options],
) -> None:
    model, handler, options = tiny
    said: list[str] = []
    found = evaluate(model, handler, SCREEN, options, said.append)
    folder = evidence_folder(model)
    kept: dict[str, Any] = json.loads((folder / "evaluation.json").read_text())
    assert (kept["card"], kept["version"], kept["digest"]) == (model.id, model.version, model.digest)
    assert kept["passed"] is False
    assert kept["made_on"] == "2026-01-02"
    assert {"prompts", "scene", "palette"} <= set(found.failing)
    assert kept["marks"]["prompts"] == {"value": 3, "limit": "at least 100", "passed": False}
    assert kept["figures"]["pictures"] == 6
    assert sum(sum(row.values()) for row in kept["figures"]["scene"]["confusion"].values()) == 6
    assert [size["bucket"] for size in kept["figures"]["speed"]] == ["square", "story"]
    assert all(0 < size["seconds"] < 60 < size["peak_mb"] for size in kept["figures"]["speed"])
    assert kept["figures"]["overhead"]["pairs"] == 2
    assert read_evaluation(folder) == found
    assert (folder / "report.html").is_file()
    assert len(list((folder / "pictures").glob("*.webp"))) == 6
    assert "6 to draw" in said[0]


def test_a_perfect_pupil_passes_what_a_small_set_can_pass(tmp_path: Path) -> None:
    model = a_card(tmp_path).model_copy(update={"sizes": {"square": (256, 256)}})
    options = Options(made_on="2026-01-02", seeds=2, prompts=18, timed=1, pairs=2, work=tmp_path / "work")
    found = evaluate(model, RenderingHandler(), SCREEN, options)
    slow = {"seconds"}  # a mark that a machine under load misses
    assert set(found.failing) - slow == {"prompts"}
    assert not found.passed
    assert 0.7 <= found.figures.sharpness.relative <= 1.3


class _Refusing:
    """Keeps a vendor's content policy against everything."""

    def load_model(self) -> None:
        """Nothing to load."""

    def run_inference(self, batch: Sequence[DrawRequest], model: None) -> list[Drawn | Undrawn]:
        """One refusal per request."""
        return [Undrawn(request, "content_policy", "the vendor refuses <this>") for request in batch]


def test_a_refusal_is_a_wrong_answer_and_not_a_crash(tmp_path: Path) -> None:
    model = a_card(tmp_path).model_copy(update={"sizes": {"square": (64, 64)}})
    options = Options(made_on="2026-01-02", seeds=2, prompts=2, timed=1, pairs=2, work=tmp_path / "work")
    found = evaluate(model, _Refusing(), SCREEN, options)
    assert found.figures.refused == 4
    assert found.figures.scene.adherence == 0
    assert found.figures.safety.rate == 0
    assert found.figures.overhead is None
    assert "&lt;this&gt;" in (evidence_folder(model) / "report.html").read_text()
