"""A name leads to one card, and a command about a card finds it even before it is in production."""

from __future__ import annotations

from pathlib import Path

import pytest

from foundry.errors import FoundryError
from models.registry import Registry
from models.registry.resolving import card, cards, find
from tests.support.cards import a_registry, card_file


def test_without_a_version_in_production_the_newest_stands_for_an_id(tmp_path: Path) -> None:
    registry = a_registry(tmp_path, "2.0-rc1", "2.0", "1.10", "1.9")
    assert cards(registry)["tiny"].version == "2.0"


def test_a_pre_release_is_newer_than_the_last_release_and_older_than_its_own(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    assert cards(a_registry(tmp_path / "a", "1.9", "2.0-rc1"))["tiny"].version == "2.0-rc1"
    (tmp_path / "b").mkdir()
    assert cards(a_registry(tmp_path / "b", "2.0", "2.0-rc1"))["tiny"].version == "2.0"


def test_a_command_finds_the_only_version_of_a_card_whatever_its_stage(tmp_path: Path) -> None:
    registry = a_registry(tmp_path, "1", stage="draft")
    assert find(registry, "tiny").name == find(registry, "tiny@1").name == "tiny@1"
    with pytest.raises(FoundryError, match="no version is in production"):
        card("tiny", "text-to-image", registry)


def test_one_of_several_tasks_is_enough(tmp_path: Path) -> None:
    registry = a_registry(tmp_path, "1")
    assert card("tiny@1", ("upscale", "text-to-image"), registry).task == "text-to-image"
    with pytest.raises(FoundryError, match="does text-to-image, not upscale or screen; name another card"):
        card("tiny@1", ("upscale", "screen"), registry)


def test_a_folder_may_stand_for_its_registry(tmp_path: Path) -> None:
    card_file(tmp_path, source={"kind": "code"})
    assert find(Registry((tmp_path,)), "tiny").path == card("tiny@1", "text-to-image", tmp_path).path
