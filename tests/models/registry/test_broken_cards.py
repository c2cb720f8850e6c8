"""One file that is no card stops only those who ask for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from console.cli import app
from foundry.errors import BadInput, FoundryError
from foundry.tenant import Models
from models.registry import Registry, UnknownModel, broken_cards, card, cards, cards_of, find, sound_cards
from models.registry.folders import CARDS
from tests.support.briefs import a_tenant
from tests.support.cards import a_registry

BROKEN = {
    "no YAML": b"id: odd\nversion: '1'\n  title: [",
    "Latin-1": "id: odd\nversion: '1'\ntitle: Schl\xfcssel\n".encode("latin-1"),
    "no map": b"- odd",
    "unknown keys": b"id: odd\nversion: '1'\ncolour: red\n",
    "an alias": b"id: &a odd\nversion: '1'\ntitle: *a\n",
    "empty": b"",
}


def with_broken(folder: Path, data: bytes, name: str = "odd@1.yaml") -> Registry:
    """The shipped cards and `tiny@1`, and beside it a file that is no card."""
    registry = a_registry(folder, "1", stage="candidate")
    (registry.own / name).write_bytes(data)
    return Registry((CARDS, registry.own), registry.home)


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_card_is_refused_to_who_asks_for_it_and_to_nobody_else(tmp_path: Path, kind: str) -> None:
    registry = with_broken(tmp_path, BROKEN[kind])
    assert cards_of(a_tenant(), registry).generate.id == "backdrop"
    assert "tiny" in cards(registry)
    assert find(registry, "tiny@1").version == "1"
    assert [each.path.name for each in broken_cards(registry)] == ["odd@1.yaml"]
    for name in ("odd@1", "odd"):
        with pytest.raises(FoundryError, match=r"odd@1\.yaml"):
            card(name, "text-to-image", registry)
    with pytest.raises(FoundryError, match=r"odd@1\.yaml"):
        cards_of(a_tenant().model_copy(update={"models": Models(generate="odd@1")}), registry)
    with pytest.raises(UnknownModel):
        card("nothing", "text-to-image", registry)


def test_a_broken_newer_version_does_not_take_the_one_in_production(tmp_path: Path) -> None:
    registry = with_broken(tmp_path, b"id: backdrop\nversion: '99'\ncolour: red\n", "backdrop@99.yaml")
    assert card("backdrop", "text-to-image", registry).stage == "production"
    with pytest.raises(FoundryError, match=r"backdrop@99\.yaml"):
        card("backdrop@99", "text-to-image", registry)


def test_two_files_with_one_id_and_version_are_both_refused_and_others_are_not(tmp_path: Path) -> None:
    registry = with_broken(tmp_path, b"")
    (registry.own / "odd@1.yaml").write_bytes((registry.own / "tiny@1.yaml").read_bytes())
    with pytest.raises(BadInput, match=r"repeats tiny@1 of "):
        card("tiny@1", "text-to-image", registry)
    assert cards_of(a_tenant(), registry).generate.id == "backdrop"
    assert "tiny" not in {each.id for each in sound_cards(registry)}


def test_a_list_of_models_shows_what_is_broken(tmp_path: Path) -> None:
    registry = with_broken(tmp_path, BROKEN["unknown keys"])
    done = CliRunner().invoke(app, ["models", "list", "--cards", str(registry.own)])
    assert done.exit_code == 0
    assert "backdrop@" in done.output
    assert "broken: odd@1.yaml: " in done.output
