"""The denoiser's training: rectified flow over codes, under captions.

The objective is rectified flow (Liu et al. 2022): the network predicts noise minus data on the straight line
between them, with logit-normal times (Esser et al. 2024), 10 % dropped captions for guidance, and an exponential
moving average of the weights. `DPMSolverMultistepScheduler` samples it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lab.training.backdrop.captioned_codes import PairCounts, draw_batch, read_codes, tokens_of
from lab.training.backdrop.networks import PatchCodes, denoiser, initialise_words, text_encoder
from lab.training.backdrop.schedule import BackdropSchedule, learning_rate
from lab.training.backdrop.tokenizer import MAX_TOKENS, write_tokenizer
from lab.training.weight_files import save_tensors

if TYPE_CHECKING:
    import torch
    from diffusers import UNet2DConditionModel
    from torch import Generator, Tensor, nn
    from transformers import CLIPTextModel

DROPPED, EMA = 0.10, 0.998
"""Share of captions that are dropped, and the moving average's weight of the past."""
UNIFORM, SHIFTED, SHIFT = 0.15, 0.60, 4.0
"""Shares of times that are uniform, and that are shifted towards noise by this factor."""
BROAD, BROAD_CELLS = 10.0, 4
"""Weight of the error averaged over 4 × 4 codes: words decide broad features, which detail would drown."""
PAIR_NOISE, TWIN_NOISE = 0.9, 0.35
"""Least share of noise of mirrored pairs and of twins: the less of the picture shows, the more the words decide."""


@dataclass
class DenoiserState:
    """The networks, their averaged weights and the optimiser, which a resumed training needs.

    `networks` holds the text encoder as "text" and the denoiser as "net".
    """

    networks: nn.ModuleDict
    average: dict[str, Tensor]
    optimiser: torch.optim.AdamW
    step: int = 0

    def state(self) -> dict[str, Any]:
        """Return everything that a checkpoint keeps."""
        return {
            "both": self.networks.state_dict(), "average": self.average,
            "optimiser": self.optimiser.state_dict(), "step": self.step,
        }  # fmt: skip


def train_denoiser(folder: Path, schedule: BackdropSchedule) -> None:
    """Train from captions and noise to codes; write the averaged weights, and a checkpoint every 250 steps."""
    import torch

    target = folder / "denoiser.safetensors"
    if target.exists():
        return
    torch.manual_seed(schedule.seed + 1)
    write_tokenizer(folder / "tokenizer")
    state, data = _begin(folder, schedule), read_codes(folder)
    empty, signs = tokens_of(folder, [""])[0], torch.from_numpy(PatchCodes.load(folder / "patch_codes.npz").signs)
    chance = torch.Generator().manual_seed(schedule.seed + state.step)
    began, first, smooth = time.monotonic(), state.step, 1.0
    while state.step < schedule.denoiser_steps:
        clean, captions, pairs = draw_batch(data[state.step % len(data)], schedule.batch, signs, chance)
        captions[torch.rand(len(captions), generator=chance) < DROPPED] = empty
        loss = _flow_loss(state.networks, clean, captions, pairs, chance)
        _descend(state, loss, learning_rate(state.step, schedule.denoiser_steps, schedule.rate))
        smooth = 0.99 * smooth + 0.01 * float(loss.detach())
        state.step += 1
        if state.step % 100 == 0:
            _print_progress(state.step, first, smooth, time.monotonic() - began)
        if state.step % 250 == 0:
            save_tensors(state.average, folder / "denoiser.partial.safetensors")
            torch.save(state.state(), folder / "denoiser.checkpoint")
    save_tensors(state.average, target)


def _print_progress(step: int, first: int, loss: float, seconds: float) -> None:
    print(f"denoiser {step} {loss:.4f} {seconds:.0f} s {seconds / (step - first):.3f} s/step", flush=True)


def _begin(folder: Path, schedule: BackdropSchedule) -> DenoiserState:
    """Return a new state, one with a finished model's weights, or the checkpoint's."""
    import torch
    from safetensors.torch import load_file

    text, net = untrained_networks(folder)
    networks = torch.nn.ModuleDict({"text": text, "net": net})
    start = folder / "denoiser.start.safetensors"
    if start.exists():
        networks.load_state_dict(load_file(start))
    average = {name: value.detach().clone() for name, value in networks.state_dict().items()}
    optimiser = torch.optim.AdamW(networks.parameters(), schedule.rate, (0.9, 0.99), weight_decay=0.01)
    state = DenoiserState(networks, average, optimiser)
    kept = folder / "denoiser.checkpoint"
    if kept.exists():
        stored = torch.load(kept, weights_only=True)
        networks.load_state_dict(stored["both"])
        optimiser.load_state_dict(stored["optimiser"])
        state.average, state.step = stored["average"], stored["step"]
    return state


def _flow_loss(
    networks: nn.ModuleDict, clean: Tensor, captions: Tensor, pairs: PairCounts, chance: Generator
) -> Tensor:
    import torch

    noise = torch.randn(clean.shape, generator=chance)
    times = _times(len(clean), chance)
    at = 0
    for count, least in ((pairs.mirrored, PAIR_NOISE), (pairs.twins, TWIN_NOISE)):
        times[at : at + count] = least + (1 - least) * torch.rand(count, generator=chance)
        for values in (noise, times):
            values[at + count : at + 2 * count] = values[at : at + count]
        at += 2 * count
    share = times[:, None, None, None]
    noisy = (1 - share) * clean + share * noise
    with torch.autocast("cpu", torch.bfloat16):
        states = networks["text"](captions)[0]
        guess = networks["net"](noisy, times * 1000, encoder_hidden_states=states).sample
    off = guess.float() - (noise - clean)
    broad = torch.nn.functional.avg_pool2d(off, BROAD_CELLS)
    loss: Tensor = off.pow(2).mean() + BROAD * broad.pow(2).mean()
    return loss


def _times(count: int, chance: Generator) -> Tensor:
    """Return shares of noise: most logit-normal and shifted towards noise, some unshifted, some uniform.

    Light and palette are so broad that they show through until nearly all is noise; only there do words decide them.
    """
    import torch

    plain = torch.sigmoid(torch.randn(count, generator=chance))
    shifted = SHIFT * plain / (1 + (SHIFT - 1) * plain)
    flat, which = torch.rand(count, generator=chance), torch.rand(count, generator=chance)
    return torch.where(which < UNIFORM, flat, torch.where(which < UNIFORM + SHIFTED, shifted, plain))


def _descend(state: DenoiserState, loss: Tensor, rate: float) -> None:
    import torch

    for group in state.optimiser.param_groups:
        group["lr"] = rate
    state.optimiser.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
    torch.nn.utils.clip_grad_norm_(state.networks.parameters(), 1.0)
    state.optimiser.step()
    keep = min(EMA, (state.step + 1) / (state.step + 10))
    with torch.no_grad():
        for name, value in state.networks.state_dict().items():
            if value.dtype.is_floating_point:
                state.average[name].lerp_(value, 1 - keep)


def untrained_networks(folder: Path) -> tuple[CLIPTextModel, UNet2DConditionModel]:
    """Return an untrained text encoder for the folder's tokenizer, and an untrained denoiser."""
    from transformers import CLIPTokenizer

    tokenizer = CLIPTokenizer.from_pretrained(folder / "tokenizer")
    text = text_encoder(len(tokenizer), tokenizer.bos_token_id, tokenizer.eos_token_id, MAX_TOKENS)
    initialise_words(text, tokenizer)
    return text, denoiser()
