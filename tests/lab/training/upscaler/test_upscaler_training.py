"""The upscaler's training repeats, goes on where it stopped, and measures on pictures that it never saw."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from lab.training.upscaler.__main__ import main
from lab.training.upscaler.degradations import MARGIN
from lab.training.upscaler.upscaler_training import (
    HELD_OUT,
    UpscalerSchedule,
    crop_pairs,
    held_out_psnr,
    train_upscaler,
    upscaler_rate,
)
from models.upscaling.enlarge import enlarge
from models.upscaling.learned_upscaler import load_upscaler
from models.upscaling.network import CompactUpscaler
from tests.models.upscaling.pictures import toy_card

SMALL = UpscalerSchedule(pictures=4, steps=3, batch=2, crop=8, channels=4, blocks=1)
PICTURES = np.random.default_rng(1).integers(0, 256, (HELD_OUT + 4, 80, 80, 3), np.uint8)


def test_a_small_crop_is_the_large_one_reduced() -> None:
    flat = np.repeat(np.arange(6, dtype=np.uint8)[:, None, None, None] * 40, 80, axis=1).repeat(80, 2).repeat(3, 3)
    small, large = crop_pairs(flat, 2, SMALL, np.random.default_rng(2))
    assert small.shape == (2, 3, 8, 8)
    assert large.shape == (2, 3, 16, 16)
    assert (small.mean(dim=(1, 2, 3)) - large.mean(dim=(1, 2, 3))).abs().max() < 0.01


def test_crops_fit_into_the_smallest_picture_that_a_schedule_allows() -> None:
    edge = SMALL.crop * 4 + 2 * MARGIN
    small, large = crop_pairs(PICTURES[:, :edge, :edge], 4, SMALL, np.random.default_rng(2))
    assert small.shape[-1] * 4 == large.shape[-1] == 32


def test_the_rate_rises_shortly_and_falls_to_nothing() -> None:
    schedule = UpscalerSchedule(steps=100, rate=1.0)
    rates = [upscaler_rate(step, schedule) for step in range(100)]
    assert rates.index(max(rates)) == 4
    assert rates == sorted(rates[:5]) + sorted(rates[5:], reverse=True)
    assert rates[-1] < 1e-3


def train_in(folder: Path, schedule: UpscalerSchedule) -> dict[str, torch.Tensor]:
    folder.mkdir(exist_ok=True)
    np.save(folder / "pictures.npy", PICTURES)
    train_upscaler(folder, schedule)
    return load_file(folder / "average.safetensors")


def test_the_same_schedule_gives_the_same_weights_and_another_seed_others(tmp_path: Path) -> None:
    first, again = (train_in(tmp_path / name, SMALL) for name in ("a", "b"))
    other = train_in(tmp_path / "c", UpscalerSchedule(**{**SMALL.__dict__, "seed": 2}))
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not all(torch.equal(first[name], other[name]) for name in first)


def test_held_out_pictures_are_measured_at_both_scales_beside_bicubic() -> None:
    torch.manual_seed(1)
    network = CompactUpscaler(4, 1)
    figures = held_out_psnr(network.state_dict(), PICTURES, SMALL)
    assert figures.startswith("x2: ")
    assert "; x4: " in figures
    assert figures.count("dB, bicubic") == 2


def test_training_makes_a_network_that_enlarges_and_goes_on_where_it_stopped(tmp_path: Path) -> None:
    small = ["--pictures", "4", "--batch", "1", "--crop", "16", "--channels", "4", "--blocks", "1", "--steps", "2"]
    main(["--out", str(tmp_path / "weights"), "--work", str(tmp_path / "work"), *small])
    toy = load_upscaler(toy_card(tmp_path), "cpu")
    assert toy.margin == 4
    assert enlarge(np.full((20, 30, 3), 0.5, np.float32), toy, 60, 40).shape == (40, 60, 3)
    before = (tmp_path / "work" / "average.safetensors").stat().st_mtime_ns
    main(["--out", str(tmp_path / "weights"), "--work", str(tmp_path / "work"), *small])
    assert (tmp_path / "work" / "average.safetensors").stat().st_mtime_ns == before


@pytest.mark.parametrize("option", ["--pictures", "--rate"])
def test_the_command_refuses_an_option_of_another_kind(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--out", "nowhere", option, "many"])
    assert f"argument {option}: invalid" in capsys.readouterr().err
