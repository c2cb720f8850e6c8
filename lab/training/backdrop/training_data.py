"""The training data of the backdrop model: renders, as codes with their recipes, and some whole pictures."""

from __future__ import annotations

import json
import multiprocessing
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lab.renders.recipes import caption_of, draw_recipes
from lab.renders.scenes import Recipe, render
from lab.training.backdrop.networks import PatchCodes
from lab.training.backdrop.schedule import SIZES, BackdropSchedule
from lab.training.backdrop.twins import make_twins

MOST_FITTED = 720
"""Pictures to which the encoder is fitted, at most."""


def make_data(folder: Path, schedule: BackdropSchedule) -> None:
    """Write codes and recipes of every training picture, and some whole pictures for the decoder."""
    if (folder / "codes.json").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    recipes = draw_recipes(schedule.pictures, SIZES, schedule.seed)
    with multiprocessing.get_context("spawn").Pool(schedule.threads) as pool:
        kept = folder / "patch_codes.npz"
        if not kept.exists():
            fitted = recipes[: max(8, min(MOST_FITTED, len(recipes)))]
            PatchCodes.fit(list(pool.imap(render, fitted, chunksize=8))).save(kept)
        codes = PatchCodes.load(kept)
        for at, (width, height) in enumerate(SIZES):
            stored: list[NDArray[np.float16]] = []
            whole: list[NDArray[np.uint8]] = []
            for picture in pool.imap(render, recipes[at :: len(SIZES)], chunksize=16):
                stored.append(codes.encode(picture))
                if len(whole) < max(2, schedule.pictures // 16):
                    whole.append(picture)
            np.save(folder / f"codes_{width}x{height}.npy", np.stack(stored))
            np.save(folder / f"pictures_{width}x{height}.npy", np.stack(whole))
        pairs = make_twins(pool, codes, folder, schedule)
    (folder / "twins.json").write_text(json.dumps([[_as_json(recipe) for recipe in pair] for pair in pairs]))
    (folder / "codes.json").write_text(json.dumps([_as_json(recipe) for recipe in recipes]))


def _as_json(recipe: Recipe) -> dict[str, object]:
    return {"caption": caption_of(recipe), **recipe.__dict__}
