"""The decoder's training: from codes to pixels, on crops of renders. One CPU core is enough."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lab.training.backdrop.networks import BLOCKS, CODE, PatchCodes, add_level, decoder, half_size
from lab.training.backdrop.schedule import SIZES, BackdropSchedule, learning_rate
from lab.training.weight_files import save_tensors

if TYPE_CHECKING:
    from diffusers import AutoencoderTiny
    from torch import Tensor
    from torch.optim import Optimizer

CROP = 128
"""Edge of a crop in pixels."""
DECODER_RATE = 2e-3

Picture = NDArray[np.uint8]


def train_decoder(folder: Path, schedule: BackdropSchedule) -> None:
    """Train from codes to half-size pictures first, then one level more to whole ones.

    A checkpoint every 1,000 steps lets the stage go on where it was stopped.
    """
    import torch
    from safetensors.torch import load_file

    if (folder / "decoder.safetensors").exists():
        return
    torch.manual_seed(schedule.seed)
    small = decoder(len(BLOCKS) - 1)
    _fit_decoder(small, folder, "decoder_half", schedule)
    small.load_state_dict(load_file(folder / "decoder_half.safetensors"))
    _fit_decoder(add_level(small), folder, "decoder", schedule)


def _fit_decoder(net: AutoencoderTiny, folder: Path, name: str, schedule: BackdropSchedule) -> None:
    import torch

    target, kept = folder / f"{name}.safetensors", folder / f"{name}.checkpoint"
    if target.exists():
        return
    net = net.to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(net.decoder.parameters(), DECODER_RATE, (0.9, 0.99), weight_decay=0)
    first = _resume(kept, net, optimiser)
    codes = PatchCodes.load(folder / "patch_codes.npz")
    pictures = [np.load(folder / f"pictures_{w}x{h}.npy", mmap_mode="r") for w, h in SIZES]
    chance = np.random.default_rng(schedule.seed + first)
    began, smooth = time.monotonic(), 0.0
    for step in range(first, schedule.decoder_steps):
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(step, schedule.decoder_steps, DECODER_RATE)
        own = pictures[step % len(pictures)]
        crops = [busy_crop(own[i], chance) for i in chance.integers(len(own), size=4)]
        psnr = _decoder_step(net, optimiser, codes, crops)
        smooth = psnr if step == first else 0.99 * smooth + 0.01 * psnr
        if step % 200 == 199:
            print(f"{name} {step + 1} {smooth:.1f} dB {time.monotonic() - began:.0f} s", flush=True)
        if step % 1000 == 999:
            torch.save({"net": net.state_dict(), "optimiser": optimiser.state_dict(), "step": step + 1}, kept)
    save_tensors(net.state_dict(), target)


def _resume(kept: Path, net: AutoencoderTiny, optimiser: Optimizer) -> int:
    """Load a checkpoint, if there is one, and return the step to go on with."""
    import torch

    if not kept.exists():
        return 0
    state = torch.load(kept, weights_only=True)
    net.load_state_dict(state["net"])
    optimiser.load_state_dict(state["optimiser"])
    return int(state["step"])


def _decoder_step(net: AutoencoderTiny, optimiser: Optimizer, codes: PatchCodes, crops: list[Picture]) -> float:
    """Make one step, and return the peak signal-to-noise ratio of the crops in dB."""
    import torch

    latents = torch.from_numpy(np.stack([codes.encode(crop) for crop in crops])).float()
    latents = latents + torch.randn_like(latents) * 0.03 * torch.rand(())
    if len(net.config.block_out_channels) < len(BLOCKS):
        crops = [half_size(crop) for crop in crops]
    wanted = torch.from_numpy(np.stack(crops)).permute(0, 3, 1, 2).float() / 127.5 - 1
    with torch.autocast("cpu", torch.bfloat16):
        decoded = net.decode(latents.to(memory_format=torch.channels_last)).sample.float()
    optimiser.zero_grad(set_to_none=True)
    _distance(decoded, wanted).backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
    torch.nn.utils.clip_grad_norm_(net.decoder.parameters(), 1.0)
    optimiser.step()
    return float(-10 * np.log10(float(((decoded.detach() - wanted) / 2).pow(2).mean())))


def _distance(decoded: Tensor, wanted: Tensor) -> Tensor:
    """Return L1 of pixels, of differences between neighbours, and of copies at a half and an eighth of the size."""
    from torch.nn import functional as f

    off = decoded - wanted
    loss = off.abs().mean() + off.diff(dim=2).abs().mean() + off.diff(dim=3).abs().mean()
    return loss + f.avg_pool2d(off, 2).abs().mean() + f.avg_pool2d(off, 8).abs().mean()


def busy_crop(picture: Picture, chance: np.random.Generator) -> Picture:
    """Return the busiest of three crops on the grid of codes: most of a calm picture teaches nothing."""
    rows, columns = (edge // CODE - CROP // CODE for edge in picture.shape[:2])
    corners = [(CODE * int(chance.integers(rows + 1)), CODE * int(chance.integers(columns + 1))) for _ in range(3)]
    parts = [np.asarray(picture[y : y + CROP, x : x + CROP]) for y, x in corners]
    return max(parts, key=_busyness)


def _busyness(part: Picture) -> float:
    """Return the mean difference of neighbouring green values, of every second pixel."""
    green = part[::2, ::2, 1].astype(np.int16)
    return float(np.abs(np.diff(green, axis=0)).mean() + np.abs(np.diff(green, axis=1)).mean())
