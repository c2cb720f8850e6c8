"""Training data are made once, and each recipe is stored with its caption."""

from __future__ import annotations

import json
from pathlib import Path

from lab.renders.recipes import caption_of
from lab.renders.scenes import Recipe
from lab.training.backdrop.schedule import BackdropSchedule
from lab.training.backdrop.training_data import _as_json, make_data
from tests.lab.renders.test_scenes import SMALL


def test_a_folder_that_has_its_data_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "codes.json").write_text("[]")
    make_data(tmp_path, BackdropSchedule(pictures=4))
    assert [path.name for path in tmp_path.iterdir()] == ["codes.json"]


def test_a_stored_recipe_holds_its_caption_and_comes_back() -> None:
    stored = json.loads(json.dumps(_as_json(SMALL)))
    assert stored.pop("caption") == caption_of(SMALL)
    assert Recipe(**stored) == SMALL
