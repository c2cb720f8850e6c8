"""Training in stages that can be resumed: data, decoder, denoiser, export. One CPU core is enough."""

from __future__ import annotations

import json
import multiprocessing
import time
from pathlib import Path
from typing import Any

import numpy as np

from lab.renders.captions import caption_of, recipes
from lab.renders.scenes import Recipe, render
from lab.training.backdrop.flow import SHIFT, language
from lab.training.backdrop.networks import BLOCKS, CODE, PatchCodes, decoder, grown, halved, save_tensors
from lab.training.backdrop.schedule import SIZES, Schedule, rate
from lab.training.backdrop.twins import make_twins

CROP = 128
DECODER_RATE = 2e-3


def make_data(folder: Path, schedule: Schedule) -> None:
    """Codes and captions of every training picture, and some whole pictures for the decoder."""
    if (folder / "codes.json").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    made = recipes(schedule.pictures, SIZES, schedule.seed)
    with multiprocessing.get_context("spawn").Pool(schedule.threads) as pool:
        kept = folder / "patch_codes.npz"
        if not kept.exists():
            PatchCodes.fit(list(pool.imap(render, made[: max(8, min(720, len(made)))], chunksize=8))).save(kept)
        codes = PatchCodes.load(kept)
        for at, size in enumerate(SIZES):
            own = made[at :: len(SIZES)]
            stored: list[Any] = []
            whole: list[Any] = []
            for picture in pool.imap(render, own, chunksize=16):
                stored.append(codes.encode(picture))
                if len(whole) < max(2, schedule.pictures // 16):
                    whole.append(picture)
            np.save(folder / f"codes_{size[0]}x{size[1]}.npy", np.stack(stored))
            np.save(folder / f"pictures_{size[0]}x{size[1]}.npy", np.stack(whole))
        pairs = make_twins(pool, codes, folder, schedule)
    (folder / "twins.json").write_text(json.dumps([[_as_json(recipe) for recipe in pair] for pair in pairs]))
    (folder / "codes.json").write_text(json.dumps([_as_json(recipe) for recipe in made]))


def _as_json(recipe: Recipe) -> dict[str, object]:
    return {"caption": caption_of(recipe), **recipe.__dict__}


def train_decoder(folder: Path, schedule: Schedule) -> None:
    """Codes to pixels, on crops of pictures: first to half-size pictures, then one level more to whole ones.

    A checkpoint every 1,000 steps lets the stage go on where it was cut.
    """
    import torch
    from safetensors.torch import load_file

    if (folder / "decoder.safetensors").exists():
        return
    torch.manual_seed(schedule.seed)
    small = decoder(len(BLOCKS) - 1)
    _fit_decoder(small, folder, "decoder_half", schedule)
    small.load_state_dict(load_file(folder / "decoder_half.safetensors"))
    _fit_decoder(grown(small), folder, "decoder", schedule)


def _fit_decoder(net: Any, folder: Path, name: str, schedule: Schedule) -> None:
    import torch

    target, kept = folder / f"{name}.safetensors", folder / f"{name}.checkpoint"
    if target.exists():
        return
    net = net.to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(net.decoder.parameters(), DECODER_RATE, (0.9, 0.99), weight_decay=0)
    first = _resumed(kept, net, optimiser)
    codes = PatchCodes.load(folder / "patch_codes.npz")
    shelves = [np.load(folder / f"pictures_{w}x{h}.npy", mmap_mode="r") for w, h in SIZES]
    chance = np.random.default_rng(schedule.seed + first)
    began, smooth = time.monotonic(), 0.0
    for step in range(first, schedule.decoder_steps):
        for group in optimiser.param_groups:
            group["lr"] = rate(step, schedule.decoder_steps, DECODER_RATE)
        shelf = shelves[step % len(shelves)]
        crops = [_crop(shelf[i], chance) for i in chance.integers(len(shelf), size=4)]
        psnr = _decoder_step(net, optimiser, codes, crops)
        smooth = psnr if step == first else 0.99 * smooth + 0.01 * psnr
        if step % 200 == 199:
            print(f"{name} {step + 1} {smooth:.1f} dB {time.monotonic() - began:.0f} s", flush=True)
        if step % 1000 == 999:
            torch.save({"net": net.state_dict(), "optimiser": optimiser.state_dict(), "step": step + 1}, kept)
    save_tensors(net.state_dict(), target)


def _resumed(kept: Path, net: Any, optimiser: Any) -> int:
    """The step to go on from: a checkpoint's, or the first."""
    import torch

    if not kept.exists():
        return 0
    state = torch.load(kept, weights_only=True)
    net.load_state_dict(state["net"])
    optimiser.load_state_dict(state["optimiser"])
    return int(state["step"])


def _decoder_step(net: Any, optimiser: Any, codes: PatchCodes, crops: list[Any]) -> float:
    """One step down; the peak signal-to-noise ratio of the crops in dB."""
    import torch

    latents = torch.from_numpy(np.stack([codes.encode(crop) for crop in crops])).float()
    latents = latents + torch.randn_like(latents) * 0.03 * torch.rand(())
    if len(net.config.block_out_channels) < len(BLOCKS):
        crops = [halved(crop) for crop in crops]
    wanted = torch.from_numpy(np.stack(crops)).permute(0, 3, 1, 2).float() / 127.5 - 1
    with torch.autocast("cpu", torch.bfloat16):
        made = net.decode(latents.to(memory_format=torch.channels_last)).sample.float()
    optimiser.zero_grad(set_to_none=True)
    _distance(made, wanted).backward()
    torch.nn.utils.clip_grad_norm_(net.decoder.parameters(), 1.0)
    optimiser.step()
    return float(-10 * np.log10(float(((made.detach() - wanted) / 2).pow(2).mean())))


def _distance(made: Any, wanted: Any) -> Any:
    """L1 of pixels, of their differences to their neighbours, and of copies at a half and an eighth of the size."""
    from torch.nn import functional as f

    off = made - wanted
    loss = off.abs().mean() + off.diff(dim=2).abs().mean() + off.diff(dim=3).abs().mean()
    return loss + f.avg_pool2d(off, 2).abs().mean() + f.avg_pool2d(off, 8).abs().mean()


def _crop(picture: Any, chance: np.random.Generator) -> Any:
    """The busiest of three parts on the grid of patches: most of a calm picture teaches nothing."""
    rows, columns = (edge // CODE - CROP // CODE for edge in picture.shape[:2])
    corners = [(CODE * int(chance.integers(rows + 1)), CODE * int(chance.integers(columns + 1))) for _ in range(3)]
    parts = [np.asarray(picture[y : y + CROP, x : x + CROP]) for y, x in corners]
    return max(parts, key=_busy)


def _busy(part: Any) -> float:
    """Mean difference of neighbouring green values, of every second pixel."""
    green = part[::2, ::2, 1].astype(np.int16)
    return float(np.abs(np.diff(green, axis=0)).mean() + np.abs(np.diff(green, axis=1)).mean())


def export(folder: Path, target: Path) -> None:
    """A stock `StableDiffusionPipeline` folder with fp16 weights, from the newest weights in `folder`."""
    import torch
    from diffusers import DPMSolverMultistepScheduler, StableDiffusionPipeline
    from safetensors.torch import load_file
    from transformers import CLIPTokenizer

    vae = decoder()
    vae.load_state_dict(load_file(_newest(folder, "decoder")))
    text, net = language(folder)
    both = torch.nn.ModuleDict({"text": text, "net": net})
    both.load_state_dict(load_file(_newest(folder, "denoiser", "denoiser.partial")))
    scheduler = DPMSolverMultistepScheduler(
        prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=SHIFT, steps_offset=1
    )
    StableDiffusionPipeline(
        vae=vae,
        text_encoder=text,
        tokenizer=CLIPTokenizer.from_pretrained(folder / "tokenizer"),
        unet=net,
        scheduler=scheduler,
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    ).to(dtype=torch.float16).save_pretrained(target, safe_serialization=True)


def _newest(folder: Path, *names: str) -> Path:
    for name in names:
        if (folder / f"{name}.safetensors").exists():
            return folder / f"{name}.safetensors"
    raise FileNotFoundError(f"{folder} holds none of {', '.join(names)}; train first")
