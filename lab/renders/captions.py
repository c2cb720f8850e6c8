"""The grammar of captions: what the embedded model can read, and which pairs it never saw."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from foundry.names import digest
from lab.renders.palettes import family, harmony
from lab.renders.scenes import LIGHTS, ROOMS, SCENES, Recipe
from lab.renders.stage import bucket
from models.backdrop.captions import caption
from models.backdrop.colours import all_colour_words

MAX_TOKENS = 24
HELD_BACK = 0.15
"""Share of the pairs of scene and wall colour family that training leaves out, for the evaluation."""


def caption_of(recipe: Recipe) -> str:
    """The caption of a training picture."""
    return caption(recipe.kind, recipe.light, recipe.room, (recipe.wall, recipe.floor, recipe.accent))


def held_back(kind: str, wall: str) -> bool:
    """Whether training never shows this scene with walls of this colour's family."""
    number = int(digest("held-back", scene=kind, family=family(wall))[:8], 16)
    return number / 16**8 < HELD_BACK


def recipes(count: int, sizes: list[tuple[int, int]], seed: int) -> list[Recipe]:
    """Recipes with every scene, light and size equally often, and no pair that is held back."""
    chance = np.random.default_rng(seed)
    return [
        random_recipe(chance, list(SCENES)[at // len(sizes) % len(SCENES)], sizes[at % len(sizes)])
        for at in range(count)
    ]


def random_recipe(chance: np.random.Generator, kind: str, size: tuple[int, int]) -> Recipe:
    """A picture of this scene with colours, light and calm side by chance; no wall that is held back."""
    colours = harmony(chance)
    while held_back(kind, colours[0]):
        colours = harmony(chance)
    light = LIGHTS[int(chance.integers(len(LIGHTS)))]
    return Recipe(kind, light, _room(chance, size), *colours, *size, int(chance.integers(2**31)))


def _room(chance: np.random.Generator, size: tuple[int, int]) -> str:
    """Mostly the side that the size's composition leaves free."""
    usual = "left" if bucket(*size).has_sides else "top"
    return usual if chance.random() < 0.75 else str(chance.choice(ROOMS))


def mirrored(side: str) -> str:
    """The side's word in a mirrored picture."""
    return {"left": "right", "right": "left"}.get(side, side)


def words() -> list[str]:
    """Every word of the grammar."""
    return sorted({"light", "room", "wall", "floor", "accent", *LIGHTS, *ROOMS, *SCENES, *all_colour_words()})


def _rank(word: str) -> tuple[bool, int, str]:
    """Long words' merges come first, or short words would split them; "terrazzo" would split "water"."""
    return word != "water", -len(word), word


def write_tokenizer(folder: Path) -> None:
    """A CLIP tokenizer whose merges spell each word of the grammar, letter by letter."""
    from transformers import CLIPTokenizer

    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    vocabulary = [*letters, *(letter + "</w>" for letter in letters)]
    merges: list[tuple[str, str]] = []
    for word in sorted(words(), key=_rank):
        parts = [*word[:-1], word[-1] + "</w>"]
        head = parts[0]
        for part in parts[1:]:
            if (head, part) not in merges:
                merges.append((head, part))
            head += part
            if head not in vocabulary:
                vocabulary.append(head)
    vocabulary += ["<|startoftext|>", "<|endoftext|>"]
    folder.mkdir(parents=True, exist_ok=True)
    numbered = {token: number for number, token in enumerate(vocabulary)}
    (folder / "vocab.json").write_text(json.dumps(numbered))
    lines = ["#version: 0.2", *(" ".join(pair) for pair in merges)]
    (folder / "merges.txt").write_text("\n".join(lines) + "\n")
    tokenizer = CLIPTokenizer(vocab=numbered, merges=merges, model_max_length=MAX_TOKENS)
    tokenizer.save_pretrained(folder)
