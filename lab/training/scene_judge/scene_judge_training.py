"""The training of the scene judge, measured on renders that it has not seen; it takes minutes on one core."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from foundry.names import sha256_file
from lab.evaluation.scene_judge import as_input, load_judge, network
from lab.training.scene_judge.damage import damage_picture
from lab.training.scene_judge.labelled_renders import (
    HELD_OUT_SEED,
    TRAINING_SEED,
    LabelledRender,
    kinds,
    labelled_renders,
)

if TYPE_CHECKING:
    from torch import Tensor, nn


@dataclass(frozen=True, kw_only=True)
class SceneJudgeSchedule:
    """The numbers of pictures and steps of the training, and its learning rate.

    `pictures` are rendered once, and damaged anew at every step.
    """

    pictures: int = 3_600
    steps: int = 1_600
    batch: int = 32
    rate: float = 3e-3
    held_out: int = 720
    threads: int = 1
    seed: int = 5


def train_judge(schedule: SceneJudgeSchedule) -> nn.Module:
    """Return the trained network in evaluation mode; the same schedule on the same machine gives the same weights."""
    import torch
    from torch.nn import functional as f

    torch.set_num_threads(schedule.threads)
    torch.manual_seed(schedule.seed)
    renders, chance = labelled_renders(schedule.pictures, TRAINING_SEED), np.random.default_rng(schedule.seed)
    net = network(len(kinds())).to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # not in its stubs
    optimiser = torch.optim.AdamW(net.parameters(), schedule.rate, weight_decay=0.02)
    rates = torch.optim.lr_scheduler.OneCycleLR(optimiser, schedule.rate, schedule.steps + 1, pct_start=0.15)
    began = time.monotonic()
    for step in range(schedule.steps):
        planes, wanted = _batch(renders, schedule.batch, chance)
        with torch.autocast("cpu", torch.bfloat16):
            guess = net(planes.to(memory_format=torch.channels_last))
        loss = f.cross_entropy(guess.float(), wanted, label_smoothing=0.05)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        optimiser.step()
        rates.step()
        if step % 100 == 99:
            print(f"judge {step + 1} {float(loss.detach()):.3f} {time.monotonic() - began:.0f} s", flush=True)
    return net.eval()


def _batch(renders: Sequence[LabelledRender], size: int, chance: np.random.Generator) -> tuple[Tensor, Tensor]:
    import torch

    chosen = [renders[at] for at in chance.integers(len(renders), size=size)]
    planes = as_input([damage_picture(one.picture, chance) for one in chosen])
    return planes, torch.tensor([kinds().index(one.kind) for one in chosen])


def export_judge(net: nn.Module, folder: Path, schedule: SceneJudgeSchedule) -> None:
    """Write model.safetensors (float16), config.json, and figures.json with the figures of `measure`."""
    import torch
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    tensors = {name: value for name, value in net.state_dict().items() if value.dtype.is_floating_point}
    weights = folder / "model.safetensors"
    save_file({name: value.to(torch.float16).contiguous() for name, value in tensors.items()}, weights)
    config = {"kinds": list(kinds()), "weights_sha256": sha256_file(weights), "licence": "Apache-2.0"}
    _write(folder / "config.json", config)
    _write(folder / "figures.json", {"schedule": schedule.__dict__, **measure(folder, schedule.held_out)})


def measure(folder: Path, count: int) -> dict[str, Any]:
    """Return accuracy and confusion on fresh renders, whole and damaged; JSON-ready."""
    load_judge.cache_clear()
    judge, held_out = load_judge(folder), labelled_renders(count, HELD_OUT_SEED)
    chance = np.random.default_rng(HELD_OUT_SEED)
    truth = [one.kind for one in held_out]
    whole = [kind for kind, _ in judge.scenes([one.picture for one in held_out])]
    damaged = [kind for kind, _ in judge.scenes([damage_picture(one.picture, chance) for one in held_out])]
    return {
        "held_out_renders": count,
        "accuracy": _share(truth, whole),
        "accuracy_damaged": _share(truth, damaged),
        "confusion": confusion(truth, whole, judge.kinds),
    }


def confusion(truth: Sequence[str], found: Sequence[str], names: Sequence[str]) -> dict[str, dict[str, int]]:
    """Return how often each scene was taken for which, by true and then by found kind, without the zeros."""
    table: dict[str, dict[str, int]] = {name: {} for name in names}
    for wanted, seen in zip(truth, found, strict=True):
        table[wanted][seen] = table[wanted].get(seen, 0) + 1
    return table


def _share(truth: Sequence[str], found: Sequence[str]) -> float:
    return round(sum(a == b for a, b in zip(truth, found, strict=True)) / max(len(truth), 1), 4)


def _write(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=2, sort_keys=True) + "\n", encoding="utf-8")
