"""The model cards of a folder, and what is true of their weights."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import ValidationError

from foundry.card import ModelCard
from foundry.errors import BadInput, FoundryError
from foundry.names import sha256_file
from foundry.plan import Cards
from foundry.tenant import Tenant

CARDS = Path(__file__).parent / "cards"
PICKLES = (".bin", ".pt", ".ckpt", ".pth", ".pkl")


class UnknownModel(FoundryError):
    """No card has this id."""

    code = "unknown_model"

    def __init__(self, card: str, known: tuple[str, ...]):
        super().__init__(card, known)
        self.card, self.known = card, known

    def __str__(self) -> str:
        return f"no model card {self.card!r}; there are: {', '.join(self.known) or 'none'}. Add one."


class WrongTask(FoundryError):
    """A card was named for a task that it does not do."""

    code = "wrong_task"

    def __init__(self, card: str, task: str, wanted: str):
        super().__init__(card, task, wanted)
        self.card, self.task, self.wanted = card, task, wanted

    def __str__(self) -> str:
        return f"model card {self.card!r} does {self.task}, not {self.wanted}; name another card."


class WeightsRefused(FoundryError):
    """Weights that are missing, changed, or of a kind that can run code when read."""

    code = "weights_refused"

    def __init__(self, card: str, file: str, wrong: str):
        super().__init__(card, file, wrong)
        self.card, self.file, self.wrong = card, file, wrong

    def __str__(self) -> str:
        return f"model {self.card}: weights {self.file} {self.wrong}. Nothing was loaded."


@lru_cache(maxsize=8)
def cards(folder: Path = CARDS) -> Mapping[str, ModelCard]:
    """Id → card; BadInput for a file that is no card, or an id that occurs twice."""
    found: dict[str, ModelCard] = {}
    for path in sorted(folder.glob("*.yaml")):
        card = _read(path)
        if card.id in found:
            raise BadInput(str(path), f"repeats the id {card.id!r} of {found[card.id].path}")
        found[card.id] = card
    return found


def _read(path: Path) -> ModelCard:
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        return ModelCard.model_validate({**raw, "path": path})
    except (yaml.YAMLError, ValidationError, TypeError) as error:
        raise BadInput(str(path), f"is not a model card: {error}") from error


def card(card_id: str, task: str, folder: Path = CARDS) -> ModelCard:
    """The card with this id, which must do `task`."""
    known = cards(folder)
    if card_id not in known:
        raise UnknownModel(card_id, tuple(known))
    found = known[card_id]
    if found.task != task:
        raise WrongTask(card_id, found.task, task)
    return found


def cards_of(tenant: Tenant, folder: Path = CARDS) -> Cards:
    """The cards that a tenant's file names."""
    models = tenant.models
    return Cards(
        card(models.generate, "text-to-image", folder),
        card(models.upscale, "upscale", folder),
        card(models.screen, "screen", folder),
        tuple((card(use.card, "adapter", folder), int(use.weight * 1000)) for use in models.adapters),
    )


def weights_of(folder: Path) -> dict[str, str]:
    """File → SHA-256 for everything that decides a picture: weights, configurations, vocabulary."""
    kinds = (".safetensors", ".json", ".txt")
    files = sorted(path for path in folder.rglob("*") if path.suffix in kinds)
    return {path.relative_to(folder).as_posix(): sha256_file(path) for path in files}


def verify(model: ModelCard) -> None:
    """WeightsRefused unless every file of the card is there, unchanged, and none is a pickle."""
    if not model.folder.is_dir():
        raise WeightsRefused(model.id, str(model.folder), "are not there")
    for path in sorted(model.folder.rglob("*")):
        if path.suffix in PICKLES:
            wrong = "are a pickle, which runs code when read; convert them to safetensors"
            raise WeightsRefused(model.id, path.name, wrong)
    for file, wanted in model.weights.items():
        path = model.folder / file
        if not path.is_file():
            raise WeightsRefused(model.id, file, "are missing")
        if (found := sha256_file(path)) != wanted:
            wrong = f"have SHA-256 {found[:16]}..., the card says {wanted[:16]}...; restore the file"
            raise WeightsRefused(model.id, file, wrong)
