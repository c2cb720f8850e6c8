"""The denoiser's training: rectified flow over codes, under captions.

The objective is rectified flow (Liu et al. 2022): the network predicts noise minus data on the straight line
between them, with logit-normal times (Esser et al. 2024), 10 % dropped captions for guidance, and an exponential
moving average of the weights. `DPMSolverMultistepScheduler` samples it.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from lab.renders.captions import MAX_TOKENS, mirrored, write_tokenizer
from lab.training.backdrop.networks import PatchCodes, denoiser, save_tensors, start_words, text_encoder
from lab.training.backdrop.schedule import Schedule, rate
from models.backdrop.captions import caption

DROPPED, EMA = 0.10, 0.998
UNIFORM, SHIFTED, SHIFT = 0.15, 0.60, 4.0
BROAD, BROAD_CELLS = 10.0, 4
"""Weight of the error averaged over 4 × 4 codes: what words decide is broad, and detail would outshout it."""
PAIRED, PAIR_NOISE = 0.25, 0.9
"""Share of a batch that is pictures beside their mirror pictures, under one noise of at least this share: nothing but
the words then tells the two apart, and the light's side is learned from their difference."""
TWINNED, TWIN_NOISE = 0.25, 0.35
"""Share of a batch that is twins (`twins.py`), under one noise of at least this share."""
SHARES = {"wood": 3.0, "room": 2.0, "arch": 1.6, "podium": 1.6, "sunset": 1.6, "leaves": 1.4}
"""How often a scene is shown, where it is harder than others, which count 1."""


@dataclass
class Shelf:
    """The codes of one size with their captions' tokens, as rendered and mirrored; `turns` may be mirrored.

    `shares` says how often each is shown; `twins` and `twins_said` have an axis of two after the first.
    """

    codes: Any
    said: Any
    mirrored: Any
    turns: Any
    shares: Any
    twins: Any
    twins_said: Any


@dataclass
class Run:
    """What a resumed run needs."""

    both: Any
    average: dict[str, Any]
    optimiser: Any
    step: int = 0

    def state(self) -> dict[str, Any]:
        """Everything that a checkpoint keeps."""
        return {
            "both": self.both.state_dict(), "average": self.average,
            "optimiser": self.optimiser.state_dict(), "step": self.step,
        }  # fmt: skip


def train_denoiser(folder: Path, schedule: Schedule) -> None:
    """Captions and noise to codes; keeps its averaged weights and a checkpoint every 250 steps."""
    import torch

    target = folder / "denoiser.safetensors"
    if target.exists():
        return
    torch.manual_seed(schedule.seed + 1)
    write_tokenizer(folder / "tokenizer")
    run, shelves = _begin(folder, schedule), _shelves(folder)
    empty, signs = _tokens(folder, [""])[0], torch.from_numpy(PatchCodes.load(folder / "patch_codes.npz").signs)
    chance = torch.Generator().manual_seed(schedule.seed + run.step)
    began, first, smooth = time.monotonic(), run.step, 1.0
    while run.step < schedule.denoiser_steps:
        clean, said, joined = _batch(shelves[run.step % len(shelves)], schedule.batch, signs, chance)
        said[torch.rand(len(said), generator=chance) < DROPPED] = empty
        loss = _flow_loss(run.both, clean, said, joined, chance)
        _descend(run, loss, rate(run.step, schedule.denoiser_steps, schedule.rate))
        smooth = 0.99 * smooth + 0.01 * float(loss.detach())
        run.step += 1
        if run.step % 100 == 0:
            seconds = time.monotonic() - began
            print(
                f"denoiser {run.step} {smooth:.4f} {seconds:.0f} s {seconds / (run.step - first):.3f} s/step",
                flush=True,
            )
        if run.step % 250 == 0:
            save_tensors(run.average, folder / "denoiser.partial.safetensors")
            torch.save(run.state(), folder / "denoiser.checkpoint")
    save_tensors(run.average, target)


def _begin(folder: Path, schedule: Schedule) -> Run:
    """A new run, one from a finished model's weights, or the checkpoint's."""
    import torch
    from safetensors.torch import load_file

    text, net = language(folder)
    both = torch.nn.ModuleDict({"text": text, "net": net})
    start = folder / "denoiser.start.safetensors"
    if start.exists():
        both.load_state_dict(load_file(start))
    average = {name: value.detach().clone() for name, value in both.state_dict().items()}
    run = Run(both, average, torch.optim.AdamW(both.parameters(), schedule.rate, (0.9, 0.99), weight_decay=0.01))
    kept = folder / "denoiser.checkpoint"
    if kept.exists():
        state = torch.load(kept, weights_only=True)
        both.load_state_dict(state["both"])
        run.optimiser.load_state_dict(state["optimiser"])
        run.average, run.step = state["average"], state["step"]
    return run


def _shelves(folder: Path) -> list[Shelf]:
    import torch

    entries = json.loads((folder / "codes.json").read_text())
    shelves: dict[tuple[int, int], list[Any]] = {}
    for entry in entries:
        shelves.setdefault((entry["width_px"], entry["height_px"]), []).append(entry)
    paired: dict[tuple[int, int], list[Any]] = {}
    for pair in json.loads((folder / "twins.json").read_text()):
        paired.setdefault((pair[0]["width_px"], pair[0]["height_px"]), []).append(pair)
    return [
        Shelf(
            torch.from_numpy(np.load(folder / f"codes_{width}x{height}.npy")),
            _tokens(folder, [_said(entry) for entry in own]),
            _tokens(folder, [_said(entry, turned=True) for entry in own]),
            torch.tensor([entry["room"] == "top" for entry in own]),
            torch.tensor([SHARES.get(entry["kind"], 1.0) for entry in own]),
            torch.from_numpy(np.load(folder / f"twins_{width}x{height}.npy")),
            _tokens(folder, [_said(entry) for pair in paired[width, height] for entry in pair]).unflatten(0, (-1, 2)),
        )
        for (width, height), own in shelves.items()
    ]


def _said(entry: dict[str, Any], *, turned: bool = False) -> str:
    sides = [mirrored(entry[name]) if turned else entry[name] for name in ("light", "room")]
    return caption(entry["kind"], sides[0], sides[1], (entry["wall"], entry["floor"], entry["accent"]))


@dataclass(frozen=True)
class Joined:
    """How many pairs of a batch share their noise: `mirrored` ones first, halves after halves, then `twins`."""

    mirrored: int
    twins: int


def _batch(shelf: Shelf, size: int, signs: Any, chance: Any) -> tuple[Any, Any, Joined]:
    """Codes and tokens: pictures beside their mirror pictures, twins, then single ones.

    Only pictures whose calm side is the top have mirror pictures; of those that are not paired, half are mirrored.
    """
    import torch

    joined = Joined(int(PAIRED * size / 2), int(TWINNED * size / 2))
    pairs, twins = joined.mirrored, joined.twins
    single = size - 2 * twins
    chosen = torch.multinomial(shelf.shares, single, replacement=True, generator=chance)
    turned = shelf.turns[chosen] & (torch.rand(single, generator=chance) < 0.5)
    if pairs:
        chosen[:pairs] = torch.multinomial(shelf.shares * shelf.turns, pairs, replacement=True, generator=chance)
        chosen[pairs : 2 * pairs] = chosen[:pairs]
        turned[: 2 * pairs] = torch.arange(2 * pairs) >= pairs
    clean, said = shelf.codes[chosen].float(), shelf.said[chosen].clone()
    clean[turned] = clean[turned].flip(-1) * signs[None, :, None, None]
    said[turned] = shelf.mirrored[chosen][turned]
    kin = torch.randint(len(shelf.twins), (twins,), generator=chance)
    both, words = shelf.twins[kin].float().transpose(0, 1), shelf.twins_said[kin].transpose(0, 1)
    head = 2 * pairs
    clean = torch.cat([clean[:head], both.flatten(0, 1), clean[head:]])
    return clean, torch.cat([said[:head], words.flatten(0, 1), said[head:]]), joined


def _flow_loss(both: Any, clean: Any, said: Any, joined: Joined, chance: Any) -> Any:
    import torch

    noise = torch.randn(clean.shape, generator=chance)
    times = _times(len(clean), chance)
    at = 0
    for count, least in ((joined.mirrored, PAIR_NOISE), (joined.twins, TWIN_NOISE)):
        times[at : at + count] = least + (1 - least) * torch.rand(count, generator=chance)
        for values in (noise, times):
            values[at + count : at + 2 * count] = values[at : at + count]
        at += 2 * count
    share = times[:, None, None, None]
    noisy = (1 - share) * clean + share * noise
    with torch.autocast("cpu", torch.bfloat16):
        states = both["text"](said)[0]
        guess = both["net"](noisy, times * 1000, encoder_hidden_states=states).sample
    off = guess.float() - (noise - clean)
    broad = torch.nn.functional.avg_pool2d(off, BROAD_CELLS)
    return off.pow(2).mean() + BROAD * broad.pow(2).mean()


def _times(count: int, chance: Any) -> Any:
    """Shares of noise: most logit-normal and shifted towards noise, some as they are, some uniform.

    Light and palette are so broad that they show through until nearly all is noise; only there do words decide them.
    """
    import torch

    plain = torch.sigmoid(torch.randn(count, generator=chance))
    shifted = SHIFT * plain / (1 + (SHIFT - 1) * plain)
    flat, which = torch.rand(count, generator=chance), torch.rand(count, generator=chance)
    return torch.where(which < UNIFORM, flat, torch.where(which < UNIFORM + SHIFTED, shifted, plain))


def _descend(run: Run, loss: Any, speed: float) -> None:
    import torch

    for group in run.optimiser.param_groups:
        group["lr"] = speed
    run.optimiser.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(run.both.parameters(), 1.0)
    run.optimiser.step()
    keep = min(EMA, (run.step + 1) / (run.step + 10))
    with torch.no_grad():
        for name, value in run.both.state_dict().items():
            if value.dtype.is_floating_point:
                run.average[name].lerp_(value, 1 - keep)


def language(folder: Path) -> tuple[Any, Any]:
    """An untrained text encoder for the folder's tokenizer, and an untrained denoiser."""
    from transformers import CLIPTokenizer

    tokenizer = CLIPTokenizer.from_pretrained(folder / "tokenizer")
    text = text_encoder(len(tokenizer), tokenizer.bos_token_id, tokenizer.eos_token_id, MAX_TOKENS)
    start_words(text, tokenizer)
    return text, denoiser()


def _tokens(folder: Path, captions: list[str]) -> Any:
    import torch
    from transformers import CLIPTokenizer

    tokenizer = CLIPTokenizer.from_pretrained(folder / "tokenizer")
    return torch.tensor(tokenizer(captions, padding="max_length", max_length=MAX_TOKENS, truncation=True)["input_ids"])
