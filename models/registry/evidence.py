"""The evidence that a promotion asks for: which files, where they are, and whether they passed."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from foundry.card.card import ModelCard
from foundry.documents import read_json
from foundry.errors import Problem
from foundry.names import sha256_file
from models.registry.folders import Registry
from models.registry.refusals import PromotionRefused

EVALUATION, PARITY = "evaluation.json", "parity.json"
COMMANDS = {EVALUATION: "evaluate", PARITY: "parity"}
"""Evidence file → the command that makes it."""


class Evidence(BaseModel):
    """The part of an evidence file that a promotion reads; the rest is for people."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    card: str
    version: str
    digest: str
    passed: bool


def required_evidence(card: ModelCard) -> tuple[str, ...]:
    """Return the evidence files that a promotion of this card needs.

    Parity compares a pipeline with its own plain form and batches with single calls, so it is asked of cards that draw
    with weights of their own; those that film have no optimisations and film one clip at a time. Cards that read have
    none to give: what they say is never more than a proposal.
    """
    if card.task == "read":
        return ()
    draws = card.task == "text-to-image" and card.has_weights
    return (EVALUATION, PARITY) if draws else (EVALUATION,)


def evidence_folder(card: ModelCard, cards: Path | None = None) -> Path:
    """Return the folder of a card's evidence in a folder of cards, by default the card's own."""
    return folder_of_version(cards or card.path.parent, card.id, card.version)


def folder_of_version(cards: Path, card: str, version: str) -> Path:
    """Return the folder of a version's evidence, `evidence/<id>/<version>` in a folder of cards."""
    return cards / "evidence" / card / version


def evidence_path(registry: Registry, card: ModelCard, file: str) -> Path:
    """Return the path of a card's evidence file: in the user's folder if it is there, else beside the card."""
    own = evidence_folder(card, registry.own) / file
    return own if own.is_file() else evidence_folder(card) / file


def accept_evidence(registry: Registry, card: ModelCard, file: str) -> str:
    """Return the SHA-256 of an evidence file that passed for exactly this card; otherwise PromotionRefused."""
    path, command = evidence_path(registry, card, file), f"run `foundry models {COMMANDS[file]} {card.name}`"
    if not path.is_file():
        raise PromotionRefused(card.name, f"there is no {file}", command)
    try:
        found = Evidence.model_validate(read_json(path))
    except (Problem, ValidationError) as error:
        raise PromotionRefused(card.name, f"{path} cannot be read", command) from error
    if (found.card, found.version, found.digest) != (card.id, card.version, card.digest):
        raise PromotionRefused(card.name, f"{file} was made for another state of the card", command)
    if not found.passed:
        raise PromotionRefused(card.name, f"{file} did not pass", f"improve the model, then {command}")
    return sha256_file(path)
