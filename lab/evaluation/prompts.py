"""The fixed prompt set: the prompts that every card that draws or films is asked, and the facts of a right answer.

`prompts.yaml` is written by `python -m lab.evaluation.wordings` from the pairs of scene and colour that the embedded
model has never been trained on. It is kept in the repository so that figures of different days compare. The scenes
take turns, so that the first prompts already ask for every scene.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from foundry.card.card import ModelCard
from foundry.documents.sentences import Wording, read_model
from foundry.documents.writing import yaml_text
from foundry.errors import BadInput
from foundry.names import digest, seed_of
from foundry.plan.shot import ShotOrder

PROMPTS = Path(__file__).parent / "prompts.yaml"
DIGESTED_SOURCE = "models/training/backdrop/held_out.py, worded by models/evaluation/wordings.py"
"""The source of the set when version 1 was first digested.

The digest keeps it, whatever file writes the set today, so that the same prompts have the digest that evidence names.
"""
Hex = Annotated[str, StringConstraints(pattern=r"^#[0-9A-F]{6}$")]


class EvaluationPrompt(BaseModel):
    """One prompt: free words, and the facts by which the picture is judged."""

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
        """The prompt with its colours, for models that read plain language."""
        return f"{self.prompt}, in {self.colours}"


class PromptSet(BaseModel):
    """A version of the prompt set; a change of any prompt makes a new version."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str
    source: str
    prompts: tuple[EvaluationPrompt, ...] = Field(min_length=1)

    @property
    def digest(self) -> str:
        """The digest of the version and of every word of the prompts."""
        return digest("prompt-set", **{**self.model_dump(mode="json"), "source": DIGESTED_SOURCE})

    def first(self, count: int | None) -> PromptSet:
        """Return the set with its first `count` prompts, or with all of them if it is None."""
        return self.model_copy(update={"prompts": self.prompts[:count]})


@lru_cache(maxsize=4)
def prompt_set(path: Path = PROMPTS) -> PromptSet:
    """Return the prompt set of a file; BadInput if it is not one, or names a prompt twice."""
    found = read_model(path, PromptSet, Wording(whole="prompt set"))
    ids = [prompt.id for prompt in found.prompts]
    if len(set(ids)) != len(ids):
        raise BadInput(str(path), "names a prompt twice; give every prompt an id of its own")
    return found


def order_of(card: ModelCard, prompt: EvaluationPrompt, bucket: str) -> ShotOrder:
    """Return the order that a brief with these words leads to, named by the digest of all that decides the picture."""
    width, height = card.sizes[bucket]
    words = prompt.prompt if card.prompt_language == "backdrop" else prompt.in_words
    name = digest("evaluation", card=card.digest, prompt=words, palette=list(prompt.palette), size=[width, height])
    return ShotOrder(
        name=name, plan="evaluation", tenant="evaluation", subject=0, scene=0, bucket=bucket, mirrored=False,
        alternative=0, prompt=words, negative_prompt="", palette=prompt.palette, picture=None, width_px=width,
        height_px=height, steps=card.steps, model=card.digest,
    )  # fmt: skip


def seed_for(prompt: EvaluationPrompt, number: int) -> int:
    """Return the seed of one picture of a prompt; it is the same for every card, so that versions can be compared."""
    return seed_of(f"evaluation/{prompt.id}", number)


def default_bucket(card: ModelCard) -> str:
    """Return the aspect bucket in which a card is judged: the square one, or else its first.

    BadInput if the card names no sizes.
    """
    if not card.sizes:
        raise BadInput(f"card {card.id}", "names no sizes, so there is nothing to draw; give it `sizes`")
    return "square" if "square" in card.sizes else next(iter(card.sizes))


def as_yaml(content: Mapping[str, object]) -> str:
    """Return the text of `prompts.yaml`."""
    return yaml_text(dict(content), width=118)
