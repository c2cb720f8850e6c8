"""The grammar of captions: what the embedded model can read."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from models.training.backdrop.scenes import COLOURS, LIGHTS, SCENES, Recipe

KIND_WORDS = {
    "sweep": "seamless studio sweep", "room": "plain wall room", "spotlight": "dark spotlight pool",
    "window": "sun window shadow", "leaves": "palm leaf shadow", "sunset": "sunset over sea",
    "dunes": "soft sand dunes", "hills": "misty mountain hills", "bokeh": "blurred bokeh lights",
    "table": "table top interior", "fabric": "silk fabric folds",
}  # fmt: skip
MAX_TOKENS = 24


def caption(kind: str, light: str, wall: str, floor: str, accent: str) -> str:
    """One caption; colours are said twice, which makes the model follow them better."""
    return f"{KIND_WORDS[kind]} light {light} wall {wall} {wall} floor {floor} {floor} accent {accent} {accent}"


def caption_of(recipe: Recipe) -> str:
    """The caption of a training picture."""
    return caption(recipe.kind, recipe.light, recipe.wall, recipe.floor, recipe.accent)


def recipes(count: int, sizes: list[tuple[int, int]], seed: int) -> list[Recipe]:
    """Recipes with every scene, light and size equally often, and colours that mostly go together."""
    chance = np.random.default_rng(seed)
    kinds, names = list(SCENES), list(COLOURS)
    made = []
    for at in range(count):
        width, height = sizes[at % len(sizes)]
        wall, floor, accent = _colours(chance, names)
        made.append(
            Recipe(
                kinds[int(chance.integers(len(kinds)))],
                LIGHTS[int(chance.integers(len(LIGHTS)))],
                wall, floor, accent, width, height, int(chance.integers(2**31)),
            )
        )  # fmt: skip
    return made


def _colours(chance: np.random.Generator, names: list[str]) -> tuple[str, str, str]:
    wall, floor, accent = (str(name) for name in chance.choice(names, 3))
    if chance.random() < 0.35:
        floor = wall
    return wall, floor, accent


def words() -> list[str]:
    """Every word of the grammar."""
    said = {"light", "wall", "floor", "accent", *LIGHTS, *COLOURS}
    for phrase in KIND_WORDS.values():
        said.update(phrase.split())
    return sorted(said)


def write_tokenizer(folder: Path) -> None:
    """A CLIP tokenizer whose merges spell each word of the grammar, letter by letter."""
    from transformers import CLIPTokenizer

    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    vocabulary = [*letters, *(letter + "</w>" for letter in letters)]
    merges: list[tuple[str, str]] = []
    for word in words():
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
