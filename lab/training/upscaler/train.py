"""Data, training and export, each going on where the last run stopped. One CPU core is enough.

The loss is L1 plus L1 of differences between neighbours, which weighs edges; the written weights are an exponential
moving average. Steps alternate between the scales, so that both heads share the trunk.
"""

from __future__ import annotations

import math
import multiprocessing
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from lab.training.upscaler.degradations import MARGIN, degraded
from lab.training.upscaler.pictures import picture
from models.upscaling.network import SCALES, CompactUpscaler, write_network

EMA = 0.999
WARM_UP = 0.05
HELD_OUT = 16


@dataclass(frozen=True)
class Schedule:
    """How much of everything."""

    pictures: int = 1_200
    steps: int = 5_000
    batch: int = 16
    crop: int = 40
    channels: int = 48
    blocks: int = 5
    rate: float = 1.2e-3
    threads: int = 1
    seed: int = 1


def make_data(folder: Path, schedule: Schedule) -> None:
    """The training pictures, and a few more that are never trained on; about two minutes a thousand."""
    target = folder / "pictures.npy"
    if target.exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    numbers = range(schedule.pictures + HELD_OUT)
    with multiprocessing.get_context("spawn").Pool(schedule.threads) as pool:
        made = list(pool.imap(picture, numbers, chunksize=8))
    scratch = folder / "pictures.tmp.npy"
    np.save(scratch, np.stack(made))
    scratch.rename(target)


def pairs(shelf: Any, scale: int, schedule: Schedule, chance: np.random.Generator) -> tuple[Any, Any]:
    """A batch of small crops and of what they should become; (n, 3, h, w) float32 in [0, 1]."""
    import torch

    edge = schedule.crop * scale + 2 * MARGIN
    small, large = [], []
    for at in chance.integers(len(shelf), size=schedule.batch):
        y, x = chance.integers(shelf.shape[1] - edge + 1, size=2)
        crop = shelf[at, y : y + edge, x : x + edge]
        crop = np.rot90(crop, int(chance.integers(4)))[:, :: int(chance.choice((-1, 1)))]
        small.append(degraded(crop, scale, chance))
        large.append(crop[MARGIN:-MARGIN, MARGIN:-MARGIN].astype(np.float32) / 255)
    shaped = (torch.from_numpy(np.stack(side)).permute(0, 3, 1, 2) for side in (small, large))
    first, second = shaped
    return first, second


def train(folder: Path, schedule: Schedule) -> None:
    """Steps until the schedule's end; a checkpoint every 500 steps, from which the same command goes on."""
    import torch

    if (folder / "average.safetensors").exists():
        return
    shelf = np.load(folder / "pictures.npy", mmap_mode="r")
    torch.manual_seed(schedule.seed)
    network = CompactUpscaler(schedule.channels, schedule.blocks).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimiser = torch.optim.AdamW(network.parameters(), schedule.rate, weight_decay=0, betas=(0.9, 0.99))
    average = {name: value.detach().clone() for name, value in network.state_dict().items()}
    first = _restored(folder, network, optimiser, average)
    began = time.monotonic()
    for step in range(first, schedule.steps):
        chance = np.random.default_rng((schedule.seed, step))
        scale = SCALES[step % len(SCALES)]
        small, large = pairs(shelf[:-HELD_OUT], scale, schedule, chance)
        optimiser.param_groups[0]["lr"] = rate_at(step, schedule)
        _descend(network, small, large, scale, optimiser)
        _follow(average, network.state_dict(), min(EMA, (step + 1) / (step + 10)))
        if step % 500 == 499:
            _keep(folder, step + 1, network, optimiser, average)
            print(f"{step + 1} {time.monotonic() - began:.0f} s {held_out(average, shelf, schedule)}", flush=True)
    _save(average, folder / "average.safetensors")


def rate_at(step: int, schedule: Schedule) -> float:
    """A short rise, then half a cosine down to nothing."""
    rise = min(1.0, (step + 1) / (WARM_UP * schedule.steps))
    return schedule.rate * rise * 0.5 * (1 + math.cos(math.pi * step / schedule.steps))


def _descend(network: Any, small: Any, large: Any, scale: int, optimiser: Any) -> None:
    import torch

    with torch.autocast("cpu", torch.bfloat16):
        made = network(small.contiguous(memory_format=torch.channels_last), scale)
    loss = (made - large).abs().mean()
    loss = loss + 0.5 * (made.diff(dim=2) - large.diff(dim=2)).abs().mean()
    loss = loss + 0.5 * (made.diff(dim=3) - large.diff(dim=3)).abs().mean()
    optimiser.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(network.parameters(), 0.5)
    optimiser.step()


def _follow(average: dict[str, Any], current: dict[str, Any], keep: float) -> None:
    for name, value in current.items():
        average[name].lerp_(value, 1 - keep)


def held_out(average: dict[str, Any], shelf: Any, schedule: Schedule) -> str:
    """PSNR of held-out drawn pictures, beside bicubic's, by scale."""
    import torch

    from models.upscaling.network import enlarge_bicubic

    network = CompactUpscaler(schedule.channels, schedule.blocks)
    network.load_state_dict(average)
    said = []
    for scale in SCALES:
        small, large = pairs(shelf[-HELD_OUT:], scale, schedule, np.random.default_rng(0))
        with torch.inference_mode():
            both = (network(small, scale), enlarge_bicubic(small, scale))
        errors = [float((made.clamp(0, 1) - large).pow(2).mean()) for made in both]
        said.append("x{}: {:.2f} dB, bicubic {:.2f}".format(scale, *(-10 * np.log10(error) for error in errors)))
    return "; ".join(said)


def _keep(folder: Path, step: int, network: Any, optimiser: Any, average: Any) -> None:
    import torch

    state = {"step": step, "network": network.state_dict(), "average": average}
    state["optimiser"] = optimiser.state_dict()
    scratch = folder / "checkpoint.tmp"
    torch.save(state, scratch)  # a training file of one's own, read back with weights_only
    scratch.rename(folder / "checkpoint.state")


def _restored(folder: Path, network: Any, optimiser: Any, average: dict[str, Any]) -> int:
    import torch

    path = folder / "checkpoint.state"
    if not path.exists():
        return 0
    state = torch.load(path, weights_only=True)
    network.load_state_dict(state["network"])
    optimiser.load_state_dict(state["optimiser"])
    average.update(state["average"])
    return int(state["step"])


def _save(tensors: dict[str, Any], path: Path) -> None:
    from safetensors.torch import save_file

    scratch = path.with_suffix(".tmp")
    save_file({name: value.contiguous().clone() for name, value in tensors.items()}, scratch)
    scratch.rename(path)


def export(folder: Path, target: Path, schedule: Schedule) -> None:
    """Write the averaged weights as the embedded model's folder."""
    from safetensors.torch import load_file

    network = CompactUpscaler(schedule.channels, schedule.blocks)
    network.load_state_dict(load_file(folder / "average.safetensors"))
    write_network(network, target)
