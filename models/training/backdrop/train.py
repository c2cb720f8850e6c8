"""Training in stages that can be resumed: data, decoder, denoiser, export. Two CPU cores are enough.

The objective is rectified flow (Liu et al. 2022): the network predicts noise minus data on the straight line
between them, with logit-normal times (Esser et al. 2024), 10 % dropped captions for guidance, and an
exponential moving average of the weights. `DPMSolverMultistepScheduler` samples it.
"""

from __future__ import annotations

import json
import multiprocessing
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from models.training.backdrop.captions import MAX_TOKENS, caption_of, recipes, write_tokenizer
from models.training.backdrop.networks import PatchCodes, decoder, denoiser, text_encoder
from models.training.backdrop.scenes import Recipe, render

SIZES = [(256, 256), (224, 288), (192, 352), (352, 192)]
DROPPED, UNIFORM, EMA = 0.10, 0.15, 0.998
CROP = 128


@dataclass(frozen=True)
class Schedule:
    """How much of everything."""

    pictures: int = 12_000
    decoder_steps: int = 8_000
    denoiser_steps: int = 2_600
    batch: int = 32
    rate: float = 8e-4
    threads: int = 2
    seed: int = 1


def make_data(folder: Path, schedule: Schedule) -> None:
    """Codes and captions of every training picture, and some whole pictures for the decoder."""
    if (folder / "codes.json").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    made = recipes(schedule.pictures, SIZES, schedule.seed)
    with multiprocessing.get_context("spawn").Pool(schedule.threads) as pool:
        sample = list(pool.imap(render, made[: max(8, schedule.pictures // 20)], chunksize=8))
        codes = PatchCodes.fit(sample)
        codes.save(folder / "patch_codes.npz")
        for at, size in enumerate(SIZES):
            own = made[at :: len(SIZES)]
            stored: list[Any] = []
            whole: list[Any] = []
            for picture in pool.imap(render, own, chunksize=16):
                stored.append(codes.encode(picture))
                if len(whole) < schedule.pictures // 8:
                    whole.append(picture)
            np.save(folder / f"codes_{size[0]}x{size[1]}.npy", np.stack(stored))
            np.save(folder / f"pictures_{size[0]}x{size[1]}.npy", np.stack(whole))
    (folder / "codes.json").write_text(json.dumps([_as_json(recipe) for recipe in made]))


def _as_json(recipe: Recipe) -> dict[str, object]:
    return {"caption": caption_of(recipe), **recipe.__dict__}


def train_decoder(folder: Path, schedule: Schedule) -> None:
    """Codes to pixels: L1, L1 of a half-size copy and L1 of gradients; codes get a little noise."""
    import torch
    from torch.nn import functional as f

    target = folder / "decoder.pt.safetensors"
    if target.exists():
        return
    torch.manual_seed(schedule.seed)
    net = decoder().to(memory_format=torch.channels_last)
    codes = PatchCodes.load(folder / "patch_codes.npz")
    shelves = [np.load(folder / f"pictures_{w}x{h}.npy", mmap_mode="r") for w, h in SIZES]
    optimiser = torch.optim.AdamW(net.decoder.parameters(), 1e-3, weight_decay=0)
    plan = torch.optim.lr_scheduler.OneCycleLR(optimiser, 1.5e-3, schedule.decoder_steps + 1, pct_start=0.1)
    chance = np.random.default_rng(schedule.seed)
    began = time.monotonic()
    for step in range(schedule.decoder_steps):
        shelf = shelves[step % len(shelves)]
        chosen = [_crop(shelf[i], chance) for i in chance.integers(len(shelf), size=4)]
        latents = torch.from_numpy(np.stack([codes.encode(picture) for picture in chosen])).float()
        latents = latents + torch.randn_like(latents) * 0.03 * float(chance.random())
        wanted = torch.from_numpy(np.stack(chosen)).permute(0, 3, 1, 2).float() / 127.5 - 1
        with torch.autocast("cpu", torch.bfloat16):
            made = net.decode(latents.to(memory_format=torch.channels_last)).sample
        made = made.float()
        loss = (made - wanted).abs().mean()
        loss = loss + (f.avg_pool2d(made, 4) - f.avg_pool2d(wanted, 4)).abs().mean()
        loss = loss + (made.diff(dim=2) - wanted.diff(dim=2)).abs().mean()
        loss = loss + (made.diff(dim=3) - wanted.diff(dim=3)).abs().mean()
        _descend(loss, optimiser, plan, net.decoder)
        if step % 200 == 199:
            error = float(((made - wanted) / 2).pow(2).mean())
            psnr = -10 * np.log10(error)
            print(f"decoder {step + 1} {psnr:.1f} dB {time.monotonic() - began:.0f} s", flush=True)
        if step % 1000 == 999:
            _save(net, folder / "decoder.partial.safetensors")
    _save(net, target)


def _crop(picture: Any, chance: np.random.Generator) -> Any:
    """A part of a picture on the grid of patches: many small steps teach faster than few large ones."""
    rows, columns = (edge // 8 - CROP // 8 for edge in picture.shape[:2])
    y, x = 8 * int(chance.integers(rows + 1)), 8 * int(chance.integers(columns + 1))
    return np.asarray(picture[y : y + CROP, x : x + CROP])


def train_denoiser(folder: Path, schedule: Schedule) -> None:
    """Captions and noise to codes; writes its averaged weights every 500 steps."""
    import torch

    target = folder / "denoiser.safetensors"
    if target.exists():
        return
    torch.manual_seed(schedule.seed + 1)
    write_tokenizer(folder / "tokenizer")
    tokens, text, net = _language(folder)
    both = torch.nn.ModuleDict({"text": text, "net": net.to(memory_format=torch.channels_last)})
    average = {name: value.detach().clone() for name, value in both.state_dict().items()}
    optimiser = torch.optim.AdamW(both.parameters(), schedule.rate, weight_decay=0.01)
    plan = torch.optim.lr_scheduler.OneCycleLR(optimiser, schedule.rate, schedule.denoiser_steps + 1, pct_start=0.04)
    shelves = [torch.from_numpy(np.load(folder / f"codes_{w}x{h}.npy")) for w, h in SIZES]
    ids = [tokens[at :: len(SIZES)] for at in range(len(SIZES))]
    empty = _empty(folder)
    chance = torch.Generator().manual_seed(schedule.seed)
    began, smooth = time.monotonic(), 1.0
    for step in range(schedule.denoiser_steps):
        at = step % len(SIZES)
        chosen = torch.randint(len(shelves[at]), (schedule.batch,), generator=chance)
        clean, said = shelves[at][chosen].float(), ids[at][chosen].clone()
        said[torch.rand(len(said), generator=chance) < DROPPED] = empty
        loss = _flow_loss(both, clean, said, chance)
        _descend(loss, optimiser, plan, both)
        keep = min(EMA, (step + 1) / (step + 10))
        with torch.no_grad():
            for name, value in both.state_dict().items():
                if value.dtype.is_floating_point:
                    average[name].lerp_(value, 1 - keep)
        smooth = 0.98 * smooth + 0.02 * float(loss.detach())
        if step % 100 == 99:
            print(f"denoiser {step + 1} {smooth:.4f} {time.monotonic() - began:.0f} s", flush=True)
        if step % 500 == 499:
            _save_tensors(average, folder / "denoiser.partial.safetensors")
    _save_tensors(average, target)


def _flow_loss(both: Any, clean: Any, said: Any, chance: Any) -> Any:
    import torch

    noise = torch.randn(clean.shape, generator=chance)
    times = torch.sigmoid(torch.randn(len(clean), generator=chance))
    flat = torch.rand(len(clean), generator=chance)
    times = torch.where(torch.rand(len(clean), generator=chance) < UNIFORM, flat, times)
    share = times[:, None, None, None]
    noisy = ((1 - share) * clean + share * noise).to(memory_format=torch.channels_last)
    with torch.autocast("cpu", torch.bfloat16):
        states = both["text"](said)[0]
        guess = both["net"](noisy, times * 1000, encoder_hidden_states=states).sample
    return (guess.float() - (noise - clean)).pow(2).mean()


def _descend(loss: Any, optimiser: Any, plan: Any, net: Any) -> None:
    import torch

    optimiser.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    optimiser.step()
    plan.step()


def _language(folder: Path) -> tuple[Any, Any, Any]:
    import torch
    from transformers import CLIPTokenizer

    tokenizer = CLIPTokenizer.from_pretrained(folder / "tokenizer")
    said = [entry["caption"] for entry in json.loads((folder / "codes.json").read_text())]
    coded = tokenizer(said, padding="max_length", max_length=MAX_TOKENS, truncation=True)
    text = text_encoder(len(tokenizer), tokenizer.bos_token_id, tokenizer.eos_token_id, MAX_TOKENS)
    return torch.tensor(coded["input_ids"]), text, denoiser()


def _empty(folder: Path) -> Any:
    import torch
    from transformers import CLIPTokenizer

    tokenizer = CLIPTokenizer.from_pretrained(folder / "tokenizer")
    coded = tokenizer([""], padding="max_length", max_length=MAX_TOKENS)
    return torch.tensor(coded["input_ids"][0])


def _save(net: Any, path: Path) -> None:
    _save_tensors(net.state_dict(), path)


def _save_tensors(tensors: dict[str, Any], path: Path) -> None:
    from safetensors.torch import save_file

    scratch = path.with_suffix(".tmp")
    save_file({name: value.contiguous().clone() for name, value in tensors.items()}, scratch)
    scratch.rename(path)


def export(folder: Path, target: Path) -> None:
    """A stock `StableDiffusionPipeline` folder with fp16 weights, from the newest weights in `folder`."""
    import torch
    from diffusers import DPMSolverMultistepScheduler, StableDiffusionPipeline
    from safetensors.torch import load_file
    from transformers import CLIPTokenizer

    vae = decoder()
    vae.load_state_dict(load_file(_newest(folder, "decoder.pt", "decoder.partial")))
    _, text, net = _language(folder)
    both = torch.nn.ModuleDict({"text": text, "net": net})
    both.load_state_dict(load_file(_newest(folder, "denoiser", "denoiser.partial")))
    scheduler = DPMSolverMultistepScheduler(prediction_type="flow_prediction", use_flow_sigmas=True, steps_offset=1)
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
