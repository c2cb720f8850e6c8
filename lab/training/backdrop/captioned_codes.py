"""The denoiser's training data: codes of renders with their captions' tokens, and the batches drawn from them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lab.training.backdrop.tokenizer import MAX_TOKENS
from models.backdrop.caption_grammar import caption, mirror_side

if TYPE_CHECKING:
    from torch import Generator, Tensor

PAIRED = 0.25
"""Share of a batch that is pictures beside their mirror pictures, under one noise: only the words then tell the two
apart, and the light's side is learned from their difference."""
TWINNED = 0.25
"""Share of a batch that is twins (`twins.py`), under one noise."""
SHARES = {"wood": 3.0, "room": 2.0, "arch": 1.6, "podium": 1.6, "sunset": 1.6, "leaves": 1.4}
"""The frequency of scenes that are harder than the others, which count 1."""


@dataclass(kw_only=True)
class CaptionedCodes:
    """The codes of the pictures of one size, and the tokens of their captions.

    `captions` are as rendered, and `mirrored` of the mirror pictures; `may_turn` says which pictures may be mirrored,
    and `shares` how often each is shown. `twins` and `twin_captions` have an axis of two after the first.
    """

    codes: Tensor
    captions: Tensor
    mirrored: Tensor
    may_turn: Tensor
    shares: Tensor
    twins: Tensor
    twin_captions: Tensor


@dataclass(frozen=True)
class PairCounts:
    """The pairs of a batch that share their noise: `mirrored` ones first, halves after halves, then `twins`."""

    mirrored: int
    twins: int


Recipes = list[dict[str, Any]]
"""Recipes as they are stored."""


def read_codes(folder: Path) -> list[CaptionedCodes]:
    """Return the training data of a folder, by size."""
    entries: Recipes = json.loads((folder / "codes.json").read_text())
    pairs: list[Recipes] = json.loads((folder / "twins.json").read_text())
    by_size: dict[tuple[int, int], Recipes] = {}
    for entry in entries:
        by_size.setdefault((entry["width_px"], entry["height_px"]), []).append(entry)
    twins: dict[tuple[int, int], list[Recipes]] = {}
    for pair in pairs:
        twins.setdefault((pair[0]["width_px"], pair[0]["height_px"]), []).append(pair)
    return [_codes_of_size(folder, size, own, twins[size]) for size, own in by_size.items()]


def _codes_of_size(folder: Path, size: tuple[int, int], own: Recipes, pairs: list[Recipes]) -> CaptionedCodes:
    import torch

    stem = f"{size[0]}x{size[1]}"
    return CaptionedCodes(
        codes=torch.from_numpy(np.load(folder / f"codes_{stem}.npy")),
        captions=tokens_of(folder, [_caption(entry) for entry in own]),
        mirrored=tokens_of(folder, [_caption(entry, mirrored=True) for entry in own]),
        may_turn=torch.tensor([entry["room"] == "top" for entry in own]),
        shares=torch.tensor([SHARES.get(entry["kind"], 1.0) for entry in own]),
        twins=torch.from_numpy(np.load(folder / f"twins_{stem}.npy")),
        twin_captions=tokens_of(folder, [_caption(entry) for pair in pairs for entry in pair]).reshape(
            -1, 2, MAX_TOKENS
        ),
    )


def _caption(entry: dict[str, Any], *, mirrored: bool = False) -> str:
    light, room = (mirror_side(entry[name]) if mirrored else entry[name] for name in ("light", "room"))
    return caption(entry["kind"], light, room, (entry["wall"], entry["floor"], entry["accent"]))


def tokens_of(folder: Path, captions: list[str]) -> Tensor:
    """Return (captions, MAX_TOKENS) token numbers by the folder's tokenizer."""
    import torch
    from transformers import CLIPTokenizer

    tokenizer = CLIPTokenizer.from_pretrained(folder / "tokenizer")
    return torch.tensor(tokenizer(captions, padding="max_length", max_length=MAX_TOKENS, truncation=True)["input_ids"])


def draw_batch(data: CaptionedCodes, size: int, signs: Tensor, chance: Generator) -> tuple[Tensor, Tensor, PairCounts]:
    """Return codes and tokens: pictures beside their mirror pictures, then twins, then single ones.

    Only pictures whose calm side is the top have mirror pictures; of those that are not paired, half are mirrored.
    """
    import torch

    counts = PairCounts(int(PAIRED * size / 2), int(TWINNED * size / 2))
    pairs, twins = counts.mirrored, counts.twins
    single = size - 2 * twins
    chosen = torch.multinomial(data.shares, single, replacement=True, generator=chance)
    turned = data.may_turn[chosen] & (torch.rand(single, generator=chance) < 0.5)
    if pairs:
        chosen[:pairs] = torch.multinomial(data.shares * data.may_turn, pairs, replacement=True, generator=chance)
        chosen[pairs : 2 * pairs] = chosen[:pairs]
        turned[: 2 * pairs] = torch.arange(2 * pairs) >= pairs
    clean, captions = data.codes[chosen].float(), data.captions[chosen].clone()
    clean[turned] = clean[turned].flip(-1) * signs[None, :, None, None]
    captions[turned] = data.mirrored[chosen][turned]
    kin = torch.randint(len(data.twins), (twins,), generator=chance)
    both, words = data.twins[kin].float().transpose(0, 1), data.twin_captions[kin].transpose(0, 1)
    head = 2 * pairs
    clean = torch.cat([clean[:head], both.flatten(0, 1), clean[head:]])
    return clean, torch.cat([captions[:head], words.flatten(0, 1), captions[head:]]), counts
