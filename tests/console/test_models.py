"""The commands on model cards: what they print, what they refuse, and how problems are gathered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from console.cli import app
from foundry.errors import BadInput, Refusals
from models.registry import WeightsRefused
from tests.support.cards import a_registry, card_file, evidence, tensors, weights

RUN = CliRunner()


@pytest.fixture
def cards(tmp_path: Path) -> Path:
    """Two candidates of one card with weights and evidence."""
    registry = a_registry(tmp_path, "1", "2")
    for version in ("1", "2"):
        evidence(registry, version)
    return registry.own


def run(cards: Path, *arguments: str) -> str:
    done = RUN.invoke(app, ["models", *arguments, "--cards", str(cards)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def refused(cards: Path, *arguments: str) -> BaseException:
    done = RUN.invoke(app, ["models", *arguments, "--cards", str(cards)])
    assert done.exit_code != 0
    assert done.exception is not None
    return done.exception


def test_every_version_is_listed_with_its_stage(cards: Path) -> None:
    listed: dict[str, dict[str, Any]] = json.loads(run(cards, "list", "--json"))
    assert {name: card["stage"] for name, card in listed.items() if name.startswith("tiny")} == {
        "tiny@1": "candidate",
        "tiny@2": "candidate",
    }
    assert any(name.startswith("backdrop@") for name in listed)


def test_models_alone_lists_and_its_options_stand_after_a_command(cards: Path) -> None:
    alone = RUN.invoke(app, ["models", "--cards", str(cards), "--json"])
    assert json.loads(alone.stdout) == json.loads(run(cards, "list", "--json"))
    done = RUN.invoke(app, ["models", "--cards", str(cards), "list"])
    assert isinstance(done.exception, BadInput)
    assert str(done.exception) == "options: are written before list; write them after it"


def test_a_promotion_says_what_it_replaces_and_a_rollback_puts_it_back(cards: Path) -> None:
    assert run(cards, "promote", "tiny@1", "--why", "the first") == "tiny@1: production\n"
    assert run(cards, "promote", "tiny@2", "--why", "better") == "tiny@2: production, instead of 1\n"
    assert run(cards, "rollback", "tiny", "--why", "worse in snow") == "tiny@1: production, instead of 2\n"
    history = json.loads(run(cards, "show", "tiny@2", "--json"))["changes"]
    assert [change["why"] for change in history] == ["better", "worse in snow"]


@pytest.mark.parametrize("why", ["", "  "])
def test_a_change_without_a_reason_is_refused(why: str, cards: Path) -> None:
    assert str(refused(cards, "promote", "tiny@1", "--why", why)).startswith("--why: is empty; state the reason")


def test_whole_weights_are_good(cards: Path) -> None:
    assert run(cards, "verify", "tiny@1", "tiny@2") == "tiny@1: good\ntiny@2: good\n"
    assert run(cards, "verify", "lanczos") == "lanczos@1: good, it has no weights\n"


def test_one_changed_file_is_refused_as_itself_and_two_together(cards: Path) -> None:
    for version in ("1", "2"):
        tensors(cards / f"weights-{version}" / "unet" / "diffusion_pytorch_model.safetensors", seed=99)
    assert isinstance(refused(cards, "verify", "tiny@1"), WeightsRefused)
    both = refused(cards, "verify", "tiny@1", "tiny@2")
    assert isinstance(both, Refusals)
    assert {type(problem) for problem in both.problems} == {WeightsRefused}
    assert len(both.problems) == 2


def test_a_card_is_added_as_a_draft_with_the_hashes_of_its_weights(tmp_path: Path, cards: Path) -> None:
    weights(tmp_path / "new" / "weights")
    file = card_file(tmp_path / "new", id="fresh", stage="production", weights={})
    printed = run(cards, "add", str(file), "--weights", str(tmp_path / "new" / "weights"))
    assert printed.startswith("fresh@1: draft, ")
    shown = json.loads(run(cards, "show", "fresh@1", "--json"))
    assert shown["stage"] == "draft"
    assert shown["evidence"] == {"evaluation.json": None, "parity.json": None}
    assert run(cards, "nominate", "fresh@1", "--why", "to be tried") == "fresh@1: candidate\n"


def test_a_card_is_shown_to_people_with_the_whole_path_of_its_evidence(cards: Path) -> None:
    text = run(cards, "show", "tiny@1")
    assert "tiny@1  A model for tests" in text
    path = str(cards / "evidence" / "tiny" / "1" / "evaluation.json")
    assert path in "".join(line.strip() for line in text.splitlines()).replace(" ", "")
