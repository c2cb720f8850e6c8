"""Evidence and enlargement, as somebody types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from tests.console.test_cli import foundry
from tests.support.evaluating import a_card, write_pipeline


def test_a_file_is_enlarged_with_its_alpha(tmp_path: Path) -> None:
    small = Image.new("RGBA", (60, 40), "#C04080")
    small.putalpha(Image.linear_gradient("L").resize((60, 40)))
    small.save(tmp_path / "small.png")
    done = foundry("upscale", str(tmp_path / "small.png"), str(tmp_path / "large.png"), "--width", "240")
    assert done.returncode == 0, done.stderr
    with Image.open(tmp_path / "large.png") as large:
        assert (large.size, large.mode) == ((240, 160), "RGBA")
        assert large.getpixel((120, 4))[3] < 20 < 235 < large.getpixel((120, 156))[3]  # type: ignore[index,operator]


def test_a_card_without_weights_enlarges_no_file(tmp_path: Path) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "small.png")
    arguments = (str(tmp_path / "small.png"), str(tmp_path / "large.png"), "--width", "16", "--card", "lanczos")
    done = foundry("upscale", *arguments)
    assert done.returncode == 2
    assert "card lanczos@1: has no weights to enlarge a file with; name a learned one, such as crisp" in done.stderr
    assert not (tmp_path / "large.png").exists()


@pytest.fixture(scope="module")
def cards(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of cards with a pipeline that draws in no time."""
    folder = tmp_path_factory.mktemp("cards")
    write_pipeline(a_card(folder, sizes={"square": [64, 64]}, tolerance=8, stage="candidate").folder)
    return folder


def test_a_quick_evaluation_leaves_evidence_that_cannot_promote(cards: Path, tmp_path: Path) -> None:
    folders = ("--cards", str(cards), "--work", str(tmp_path / "work"))
    done = foundry("models", "evaluate", "tiny", "--quick", *folders, "--json")
    assert done.returncode == 3, done.stderr
    told = json.loads(done.stdout)
    assert (told["card"], told["passed"]) == ("tiny", False)
    (written,) = cards.glob("evidence/tiny/*/evaluation.json")
    assert json.loads(written.read_text())["digest"] == told["digest"]
    assert (written.parent / "report.html").is_file()


def test_parity_is_measured_and_written(cards: Path) -> None:
    done = foundry("models", "parity", "tiny", "--cards", str(cards), "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["passed"]
    assert told["figures"]["optimised"]["max_levels"] == 0
    (written,) = cards.glob("evidence/tiny/*/parity.json")
    assert json.loads(written.read_text()) == told
