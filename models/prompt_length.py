"""The end of a prompt that a card does not read, because the prompt is longer than its text encoders take."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from foundry.card.card import ModelCard
from foundry.documents import read_json
from foundry.documents.limits import SETTINGS
from foundry.errors import Problem
from foundry.inputs.file_identity import FileIdentity, file_identity

if TYPE_CHECKING:
    from tokenizers import Tokenizer

NO_LIMIT = 100_000
"""Tokens above which a tokenizer's length is only the number that stands for none."""
MARKS = 2
"""Tokens that encoders put around a text: its start and its end."""
_WORD = re.compile(r"\S+")


@dataclass(frozen=True)
class PromptReach:
    """The most that a card reads of a prompt, in tokens and in characters; 0 where no limit is known.

    `tokenizer` counts the tokens. Without one, every word is taken for a single token, so that what is called unread
    is so for sure.
    """

    tokens: int = 0
    characters: int = 0
    tokenizer: FileIdentity | None = None

    def unread_end(self, text: str) -> str:
        """Return the end of a text that is not read; "" if all of it is."""
        ends = [text[self.characters :]] if self.characters else []
        if self.tokens and len(text.encode()) + MARKS > self.tokens:  # a token is one byte at least
            ends.append(self._cut(text))
        return max(ends, key=len, default="")

    def _cut(self, text: str) -> str:
        if self.tokenizer is None:
            words = list(_WORD.finditer(text))
            most = max(self.tokens - MARKS, 0)
            return text[words[most].start() :] if len(words) > most else ""
        found = _load(self.tokenizer).encode(text)
        if len(found.ids) <= self.tokens:
            return ""
        closing = next(at for at, special in enumerate(reversed(found.special_tokens_mask)) if not special)
        return _from_word(text, found.offsets[self.tokens - closing][0])


def _from_word(text: str, at: int) -> str:
    """Return the text from the beginning of the word at a place."""
    return text[max(text.rfind(" ", 0, at + 1) + 1, 0) :]


def reach_of(card: ModelCard) -> PromptReach:
    """Return the reach of a card: its own figures, else the length of the longest of its folder's tokenizers.

    The embedded model's captions are never too long.
    """
    if card.prompt_language != "plain":
        return PromptReach()
    folder, length = _longest_reader(card)
    file = folder / "tokenizer.json"
    counted = file_identity(file) if length and file.is_file() else None
    return PromptReach(card.prompt_tokens or length, card.prompt_characters, counted)


@lru_cache(maxsize=8)
def _load(file: FileIdentity) -> Tokenizer:
    from tokenizers import Tokenizer

    made = Tokenizer.from_file(str(file[0]))
    made.no_truncation()
    made.no_padding()
    return made


def _longest_reader(card: ModelCard) -> tuple[Path, int]:
    """Return the tokenizer's folder that takes most tokens, and their number; 0 if none is here that says so."""
    here = sorted(card.folder.glob("tokenizer*")) if card.has_weights and card.folder.is_dir() else []
    lengths = [(folder, _length(folder / "tokenizer_config.json")) for folder in here]
    return max(lengths, key=lambda each: each[1], default=(Path(), 0))


def _length(config: Path) -> int:
    """Return the tokens that a tokenizer takes by its configuration; 0 if it does not say."""
    if not config.is_file():
        return 0
    try:
        said = read_json(config, SETTINGS)
    except Problem:
        return 0
    length = said.get("model_max_length") if isinstance(said, dict) else None
    return length if isinstance(length, int) and 0 < length < NO_LIMIT else 0
