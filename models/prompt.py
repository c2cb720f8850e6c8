"""Prompts: a brief's words in the language that a model was trained on."""

from __future__ import annotations

from dataclasses import dataclass

from foundry.card.card import ModelCard
from foundry.plan.composition import composition_of
from foundry.plan.shot import ShotOrder
from models.backdrop.prompt_compiler import compile_prompt


@dataclass(frozen=True)
class Prompt:
    """The text that the model reads, the text of what it avoids, and words of the brief that it cannot use."""

    text: str
    negative: str
    ignored: tuple[str, ...] = ()


def compile_for(card: ModelCard, order: ShotOrder) -> Prompt:
    """Return the shot's prompt in the card's language.

    `plain` passes the words on, with the palette named after them. `backdrop` is the embedded model's caption
    grammar, which has no words for what to avoid: the negative prompt is left out and reported as ignored. It is
    told which side the bucket's composition leaves to copy. Staging mirrors some shots: their light is drawn from
    the other side, so that it comes from where the brief says.
    """
    if card.prompt_language == "plain":
        palette = f", colour palette {' '.join(order.palette)}" if order.palette else ""
        return Prompt(order.prompt + palette, order.negative_prompt)
    compiled = compile_prompt(order.prompt, order.palette, composition_of(order).room(mirrored=False), order.mirrored)
    avoided = tuple(word for word in order.negative_prompt.replace(",", " ").split() if word)
    return Prompt(compiled.caption, "", (*compiled.ignored, *avoided))
