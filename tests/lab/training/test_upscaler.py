"""The training script makes a network that enlarges, and goes on where it stopped."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from lab.training.upscaler.__main__ import main
from models.upscaling.enlarge import enlarge
from models.upscaling.learned_upscaler import load_upscaler
from tests.models.upscaling.pictures import toy_card


def test_training_makes_a_network_that_enlarges_and_goes_on_where_it_stopped(tmp_path: Path) -> None:
    small = ["--pictures", "4", "--batch", "1", "--crop", "16", "--channels", "4", "--blocks", "1", "--steps", "2"]
    main(["--out", str(tmp_path / "weights"), "--work", str(tmp_path / "work"), *small])
    toy = load_upscaler(toy_card(tmp_path), "cpu")
    assert toy.margin == 4
    assert enlarge(np.full((20, 30, 3), 0.5, np.float32), toy, 60, 40).shape == (40, 60, 3)
    before = (tmp_path / "work" / "average.safetensors").stat().st_mtime_ns
    main(["--out", str(tmp_path / "weights"), "--work", str(tmp_path / "work"), *small])
    assert (tmp_path / "work" / "average.safetensors").stat().st_mtime_ns == before
