"""Upscalers and screens are measured against marks of their own, and promotion reads what they leave."""

from __future__ import annotations

import importlib.util
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from console.cli import app
from lab.evaluation.labelled_pictures import PHRASES, SETTINGS, WITH_WRITING
from lab.evaluation.photographs import PhotographsMissing, demand_photographs
from lab.evaluation.screen_cases import LOGOS, cases
from lab.evaluation.upscaler_comparison import Comparison, compare, pillow
from lab.evaluation.upscaler_figures import upscaler_figures
from models.registry import CARDS

RUN = CliRunner()


@pytest.fixture
def own_cards(tmp_path: Path) -> Path:
    """Candidates of one's own, like the shipped upscaler and screen but for their version."""
    cards = tmp_path / "cards"
    cards.mkdir()
    shutil.copytree(CARDS.parent / "embedded" / "crisp", tmp_path / "embedded" / "crisp")
    for name in ("crisp", "measured"):
        text = (CARDS / f"{name}.yaml").read_text()
        text = text.replace('version: "1"', 'version: "9"').replace("stage: production", "stage: candidate")
        (cards / f"{name}.yaml").write_text(text)
    return cards


def evaluated(card: str, cards: Path, exit_code: int) -> tuple[dict[str, Any], str]:
    """The evidence and the page of a quick evaluation by the command, whose output must name every mark."""
    done = RUN.invoke(app, ["models", "evaluate", f"{card}@9", "--cards", str(cards), "--quick"])
    assert done.exit_code == exit_code, done.output
    folder = cards / "evidence" / card / "9"
    found = json.loads((folder / "evaluation.json").read_text())
    marks = [
        f"{'passed' if mark['passed'] else 'MISSED'}  {name}: {mark['value']:g} (mark: {mark['limit']})"
        for name, mark in found["marks"].items()
    ]
    assert done.stdout.splitlines() == [*marks, f"See {folder / 'report.html'}"]
    return found, (folder / "report.html").read_text()


def test_an_upscaler_is_laid_beside_lanczos_and_a_quick_look_cannot_pass(own_cards: Path) -> None:
    found, page = evaluated("crisp", own_cards, 3)
    missed = [name for name, mark in found["marks"].items() if not mark["passed"] and "second" not in name]
    assert missed == ["photographs"]
    assert found["figures"]["means"]["x4, reduced by bicubic"]["own"]["PSNR"] > 20
    assert set(found["figures"]["seam"]) == {"at_borders", "elsewhere"}
    assert "Does not pass: photographs" in page
    pictures = {path.name for path in (own_cards / "evidence/crisp/9/pictures").iterdir()}
    assert {"astronaut-card.webp", "astronaut-lanczos.webp", "astronaut-photograph.webp"} <= pictures
    assert all(f"pictures/{name}" in page for name in pictures)


def test_a_worse_upscaler_misses_its_marks() -> None:
    from PIL import Image

    nearest = compare(pillow(Image.Resampling.NEAREST), ("camera.png",))
    figures = upscaler_figures(nearest, None, 0.1)
    assert figures.worst.gain_db < 0
    assert all(pair.own.psnr < pair.lanczos.psnr for pair in figures.means.values())
    assert {type(row) for row in nearest} == {Comparison}


def test_a_screen_tells_what_each_judge_catches_and_what_was_not_measured(own_cards: Path) -> None:
    found, page = evaluated("measured", own_cards, 3)
    judges = found["figures"]["judges"]
    assert set(judges) == {"contrast", "clipped"}
    assert found["figures"]["not_measured"] == ["detail", "palette"]
    assert judges["contrast"]["recall"] == 1
    assert found["marks"]["renders"]["passed"] is False
    assert "the set has no cases for it" in page


def test_the_writing_to_be_found_is_the_same_on_few_renders_and_names_no_folder() -> None:
    found = [case for case in cases("text", 18) if case.faulty]
    assert len(found) == 2 * len(PHRASES) * len(SETTINGS) + 3 * len(LOGOS) + len(WITH_WRITING)
    assert not [case.source for case in found if "/" in case.source]


def test_evidence_that_did_not_pass_promotes_nothing(own_cards: Path) -> None:
    evaluated("measured", own_cards, 3)
    done = RUN.invoke(app, ["models", "promote", "measured@9", "--why", "x", "--cards", str(own_cards)])
    assert done.exit_code != 0
    assert "evaluation.json did not pass" in done.output + str(done.exception)


def test_without_scikit_image_the_command_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "lab.evaluation.photographs.find_spec",
        lambda name: None if name == "skimage" else importlib.util.find_spec(name),
    )
    with pytest.raises(PhotographsMissing, match=r"pip install 'campaign-foundry\[evaluate\]'"):
        demand_photographs()
