"""The scene judge names renders, is small, and is refused with weights of another."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from foundry.errors import BadInput
from lab.evaluation.scene_judge import BATCH, EDGE_PX, FOLDER, as_input, load_judge, network_view
from lab.training.scene_judge.damage import damage_picture
from lab.training.scene_judge.labelled_renders import labelled_renders
from lab.training.scene_judge.scene_judge_training import SceneJudgeSchedule, export_judge, train_judge


def test_the_judge_names_fresh_renders_whole_and_damaged() -> None:
    judge, chance = load_judge(), np.random.default_rng(1)
    fresh = labelled_renders(108, 777)
    whole = judge.scenes([one.picture for one in fresh])
    hurt = judge.scenes([damage_picture(one.picture, chance) for one in fresh])
    assert np.mean([kind == one.kind for (kind, _), one in zip(whole, fresh, strict=True)]) >= 0.95
    assert np.mean([kind == one.kind for (kind, _), one in zip(hurt, fresh, strict=True)]) >= 0.85
    noise = np.random.default_rng(2).integers(0, 255, (128, 128, 3), dtype=np.uint8)
    assert judge.scenes([noise])[0][1] < 0.99


def test_the_judge_is_small_and_says_its_own_accuracy() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) <= 1_000_000
    figures = json.loads((FOLDER / "figures.json").read_text())
    seen = sum(sum(row.values()) for row in figures["confusion"].values())
    right = sum(row.get(kind, 0) for kind, row in figures["confusion"].items())
    assert seen == figures["held_out_renders"]
    assert figures["accuracy"] == pytest.approx(right / seen, abs=1e-4)


def test_a_judge_whose_weights_do_not_belong_to_it_is_refused(tmp_path: Path) -> None:
    for path in FOLDER.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    weights = tmp_path / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x01")
    with pytest.raises(BadInput, match="restore the file"):
        load_judge(tmp_path)


def test_training_the_judge_repeats_and_learns_from_renders_alone(tmp_path: Path) -> None:
    short = SceneJudgeSchedule(pictures=36, steps=3, batch=8, held_out=18)
    export_judge(train_judge(short), tmp_path / "one", short)
    export_judge(train_judge(short), tmp_path / "two", short)
    assert load_judge(tmp_path / "one").sha256 == load_judge(tmp_path / "two").sha256
    assert json.loads((tmp_path / "one" / "figures.json").read_text())["held_out_renders"] == 18


def test_the_network_sees_the_whole_picture_at_its_own_size() -> None:
    picture = np.zeros((200, 400, 3), np.uint8)
    picture[:, 200:] = 255
    view = network_view(picture)
    assert view.shape == (EDGE_PX, EDGE_PX, 3)
    assert (view[0, 0, 0], view[0, -1, 0]) == (0, 255)
    tensor = as_input([view])
    assert tuple(tensor.shape) == (1, 3, EDGE_PX, EDGE_PX)
    assert (float(tensor.min()), float(tensor.max())) == (-1.0, 1.0)


def test_more_pictures_than_a_batch_are_named_as_each_alone() -> None:
    judge, chance = load_judge(), np.random.default_rng(6)
    pictures = [chance.integers(0, 255, (EDGE_PX, EDGE_PX, 3), dtype=np.uint8) for _ in range(BATCH + 2)]
    together = judge.scenes(pictures)
    assert len(together) == BATCH + 2
    for place in (0, BATCH, BATCH + 1):
        (alone,) = judge.scenes([pictures[place]])
        assert together[place][0] == alone[0]
        assert together[place][1] == pytest.approx(alone[1], abs=1e-4)


def test_no_pictures_have_no_scenes() -> None:
    assert load_judge().scenes([]) == []
