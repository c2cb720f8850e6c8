"""Data, training and export of the upscaler; each goes on where the last run stopped. One CPU core is enough.

The loss is L1 plus L1 of differences between neighbours, which weighs edges; the written weights are an exponential
moving average. Steps alternate between the scales, so that both heads share the trunk.
"""

from __future__ import annotations

import math
import multiprocessing
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lab.training.upscaler.degradations import MARGIN, degrade
from lab.training.upscaler.drawn_pictures import draw_picture
from lab.training.weight_files import save_tensors
from models.upscaling.network import SCALES, CompactUpscaler, enlarge_bicubic, write_network

if TYPE_CHECKING:
    from torch import Tensor
    from torch.optim import Optimizer

EMA = 0.999
"""The moving average's weight of the past."""
WARM_UP = 0.05
"""Share of the steps in which the learning rate rises."""
HELD_OUT = 16
"""Pictures that are never trained on."""


@dataclass(frozen=True, kw_only=True)
class UpscalerSchedule:
    """The numbers of pictures and steps of the training, the network's size, and the learning rate.

    `crop` is the edge of a small crop in pixels.
    """

    pictures: int = 1_200
    steps: int = 5_000
    batch: int = 16
    crop: int = 40
    channels: int = 48
    blocks: int = 5
    rate: float = 1.2e-3
    threads: int = 1
    seed: int = 1


def make_data(folder: Path, schedule: UpscalerSchedule) -> None:
    """Draw the training pictures, and a few more that are never trained on; a thousand take about two minutes."""
    target = folder / "pictures.npy"
    if target.exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    numbers = range(schedule.pictures + HELD_OUT)
    with multiprocessing.get_context("spawn").Pool(schedule.threads) as pool:
        made = list(pool.imap(draw_picture, numbers, chunksize=8))
    scratch = folder / "pictures.tmp.npy"
    np.save(scratch, np.stack(made))
    scratch.rename(target)


def crop_pairs(
    pictures: NDArray[np.uint8], scale: int, schedule: UpscalerSchedule, chance: np.random.Generator
) -> tuple[Tensor, Tensor]:
    """Return a batch of small crops and of what they should become; (n, 3, h, w) float32 in [0, 1]."""
    import torch

    edge = schedule.crop * scale + 2 * MARGIN
    small, large = [], []
    for at in chance.integers(len(pictures), size=schedule.batch):
        y, x = chance.integers(pictures.shape[1] - edge + 1, size=2)
        crop = pictures[at, y : y + edge, x : x + edge]
        crop = np.rot90(crop, int(chance.integers(4)))[:, :: int(chance.choice((-1, 1)))]
        small.append(degrade(crop, scale, chance))
        large.append(crop[MARGIN:-MARGIN, MARGIN:-MARGIN].astype(np.float32) / 255)
    first, second = (torch.from_numpy(np.stack(side)).permute(0, 3, 1, 2) for side in (small, large))
    return first, second


def train_upscaler(folder: Path, schedule: UpscalerSchedule) -> None:
    """Train until the schedule's end; write a checkpoint every 500 steps, from which the same command goes on."""
    import torch

    if (folder / "average.safetensors").exists():
        return
    pictures = np.load(folder / "pictures.npy", mmap_mode="r")
    torch.manual_seed(schedule.seed)
    network = CompactUpscaler(schedule.channels, schedule.blocks)
    network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch omits it
    optimiser = torch.optim.AdamW(network.parameters(), schedule.rate, weight_decay=0, betas=(0.9, 0.99))
    average = {name: value.detach().clone() for name, value in network.state_dict().items()}
    first = _resume(folder, network, optimiser, average)
    began = time.monotonic()
    for step in range(first, schedule.steps):
        chance = np.random.default_rng((schedule.seed, step))
        scale = SCALES[step % len(SCALES)]
        small, large = crop_pairs(pictures[:-HELD_OUT], scale, schedule, chance)
        optimiser.param_groups[0]["lr"] = upscaler_rate(step, schedule)
        _descend(network, small, large, scale, optimiser)
        _average_in(average, network.state_dict(), min(EMA, (step + 1) / (step + 10)))
        if step % 500 == 499:
            _write_checkpoint(folder, step + 1, network, optimiser, average)
            print(
                f"{step + 1} {time.monotonic() - began:.0f} s {held_out_psnr(average, pictures, schedule)}", flush=True
            )
    save_tensors(average, folder / "average.safetensors")


def upscaler_rate(step: int, schedule: UpscalerSchedule) -> float:
    """Return the learning rate of a step: a short rise, then half a cosine down to nothing."""
    rise = min(1.0, (step + 1) / (WARM_UP * schedule.steps))
    return schedule.rate * rise * 0.5 * (1 + math.cos(math.pi * step / schedule.steps))


def _descend(network: CompactUpscaler, small: Tensor, large: Tensor, scale: int, optimiser: Optimizer) -> None:
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


def _average_in(average: dict[str, Tensor], current: dict[str, Tensor], keep: float) -> None:
    for name, value in current.items():
        average[name].lerp_(value, 1 - keep)


def held_out_psnr(average: dict[str, Tensor], pictures: NDArray[np.uint8], schedule: UpscalerSchedule) -> str:
    """Return the PSNR of held-out pictures beside bicubic's, by scale, as a line of text."""
    import torch

    network = CompactUpscaler(schedule.channels, schedule.blocks)
    network.load_state_dict(average)
    figures = []
    for scale in SCALES:
        small, large = crop_pairs(pictures[-HELD_OUT:], scale, schedule, np.random.default_rng(0))
        with torch.inference_mode():
            both = (network(small, scale), enlarge_bicubic(small, scale))
        errors = [float((made.clamp(0, 1) - large).pow(2).mean()) for made in both]
        figures.append("x{}: {:.2f} dB, bicubic {:.2f}".format(scale, *(-10 * np.log10(error) for error in errors)))
    return "; ".join(figures)


def _write_checkpoint(
    folder: Path, step: int, network: CompactUpscaler, optimiser: Optimizer, average: dict[str, Tensor]
) -> None:
    import torch

    state = {"step": step, "network": network.state_dict(), "average": average}
    state["optimiser"] = optimiser.state_dict()
    scratch = folder / "checkpoint.tmp"
    torch.save(state, scratch)  # this training's own file, which is read back with weights_only
    scratch.rename(folder / "checkpoint.state")


def _resume(folder: Path, network: CompactUpscaler, optimiser: Optimizer, average: dict[str, Tensor]) -> int:
    import torch

    path = folder / "checkpoint.state"
    if not path.exists():
        return 0
    state = torch.load(path, weights_only=True)
    network.load_state_dict(state["network"])
    optimiser.load_state_dict(state["optimiser"])
    average.update(state["average"])
    return int(state["step"])


def export_upscaler(folder: Path, target: Path, schedule: UpscalerSchedule) -> None:
    """Write the averaged weights as the embedded model's folder."""
    from safetensors.torch import load_file

    network = CompactUpscaler(schedule.channels, schedule.blocks)
    network.load_state_dict(load_file(folder / "average.safetensors"))
    write_network(network, target)
