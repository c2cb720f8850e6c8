"""The fixed prompt set: what every drawing model is asked, and what a right answer shows.

`prompts.yaml` is written by `python -m lab.evaluation.wordings` from the pairs of scene and colour that the embedded
model has never been trained on, and is kept in the repository so that figures of different days compare. Its order is
mixed, so that the first N prompts ask for every scene.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from foundry.card.card import ModelCard
from foundry.errors import BadInput
from foundry.names import digest, seed_of
from foundry.plan.shot import ShotOrder

PROMPTS = Path(__file__).parent / "prompts.yaml"
Hex = Annotated[str, StringConstraints(pattern=r"^#[0-9A-F]{6}$")]


class EvaluationPrompt(BaseModel):
    """One thing that is asked for: free words, and the facts by which the picture is judged."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
    prompt: str = Field(min_length=1, description="Plain words for the scene and its light; no colours.")
    scene: str = Field(description="The kind that the scene judge should name.")
    light: Literal["left", "right", "top"]
    palette: tuple[Hex, ...] = Field(min_length=2, description="Background, ground, then accents.")
    colours: str = Field(min_length=1, description="The palette in words, for models that read plain language.")
    unseen: bool = Field(description="Whether the embedded model's training holds this scene and colour back.")

    @property
    def in_words(self) -> str:
        """Scene, light and colours, for models that read plain language."""
        return f"{self.prompt}, in {self.colours}"


class PromptSet(BaseModel):
    """A version of the set; a change of any prompt is a new version."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str
    source: str
    prompts: tuple[EvaluationPrompt, ...] = Field(min_length=1)

    @property
    def digest(self) -> str:
        """Changes with every word of it."""
        return digest("prompt-set", **self.model_dump(mode="json"))

    def first(self, count: int | None) -> PromptSet:
        """The first `count` prompts; all of them for None."""
        return self.model_copy(update={"prompts": self.prompts[:count]})


@lru_cache(maxsize=4)
def prompt_set(path: Path = PROMPTS) -> PromptSet:
    """The set of a file; BadInput with what is wrong in it."""
    try:
        found = PromptSet.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (yaml.YAMLError, ValidationError) as error:
        raise BadInput(str(path), f"is not a prompt set: {error}") from error
    ids = [prompt.id for prompt in found.prompts]
    if len(set(ids)) != len(ids):
        raise BadInput(str(path), "names a prompt twice; give every prompt an id of its own")
    return found


def order_of(card: ModelCard, prompt: EvaluationPrompt, bucket: str) -> ShotOrder:
    """The order that a brief with these words would lead to, named by all that decides the picture."""
    width, height = card.sizes[bucket]
    words = prompt.prompt if card.prompt_language == "backdrop" else prompt.in_words
    name = digest("evaluation", card=card.digest, prompt=words, palette=list(prompt.palette), size=[width, height])
    return ShotOrder(
        name=name, plan="evaluation", tenant="evaluation", subject=0, scene=0, bucket=bucket, mirrored=False,
        alternative=0, prompt=words, negative_prompt="", palette=prompt.palette, picture=None, width_px=width,
        height_px=height, steps=card.steps, model=card.digest,
    )  # fmt: skip


def seed_for(prompt: EvaluationPrompt, number: int) -> int:
    """The seed of a prompt's `number`-th picture: the same for every card, so that versions compare side by side."""
    return seed_of(f"evaluation/{prompt.id}", number)


def default_bucket(card: ModelCard) -> str:
    """Where a card is judged: its square size, or else the first; BadInput for a card that names no sizes."""
    if not card.sizes:
        raise BadInput(f"card {card.id}", "names no sizes, so there is nothing to draw; give it `sizes`")
    return "square" if "square" in card.sizes else next(iter(card.sizes))


def as_yaml(content: Mapping[str, object]) -> str:
    """The set as the file keeps it."""
    return yaml.safe_dump(dict(content), sort_keys=False, allow_unicode=True, width=118)
