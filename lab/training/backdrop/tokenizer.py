"""The tokenizer of the embedded model, whose merges spell each word of its captions."""

from __future__ import annotations

import json
from pathlib import Path

from lab.renders.scenes import LIGHTS, ROOMS, SCENES
from models.backdrop.colours import all_colour_words

MAX_TOKENS = 24


def caption_words() -> list[str]:
    """Return every word that a caption may have."""
    return sorted({"light", "room", "wall", "floor", "accent", *LIGHTS, *ROOMS, *SCENES, *all_colour_words()})


def _rank(word: str) -> tuple[bool, int, str]:
    """Return a sort key that puts long words' merges first, or short words would split them.

    "water" comes before all, as "terrazzo" would split it.
    """
    return word != "water", -len(word), word


def write_tokenizer(folder: Path) -> None:
    """Write a CLIP tokenizer whose merges spell each word of the captions, letter by letter."""
    from transformers import CLIPTokenizer

    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    vocabulary = [*letters, *(letter + "</w>" for letter in letters)]
    merges: list[tuple[str, str]] = []
    for word in sorted(caption_words(), key=_rank):
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
