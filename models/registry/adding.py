"""Adding of cards, for `foundry models add`: a card joins the user's folder as a draft, with its weights' hashes."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from foundry.card.card import PULLED, ModelCard
from foundry.documents import read_yaml
from foundry.documents.limits import SETTINGS
from foundry.documents.writing import yaml_text
from models.registry.folders import CARDS, Registry, read_card, sound_cards
from models.registry.refusals import CardNotAdded
from models.registry.weights import verify, weights_of

Pull = Callable[[ModelCard], dict[str, str]]


def add(registry: Registry, path: Path, *, weights: Path | None = None, pulling: Pull | None = None) -> ModelCard:
    """Check a card and its weights, store it, and return it; if it is refused, nothing is stored.

    `weights` is where a `directory` card's weights are, if not where the file says. `pulling` fetches those of a
    bucket or hub card; if such a card has no hashes, it is needed, and the hashes are of what arrives. Refusals are
    CardNotAdded and WeightsRefused.
    """
    card = read_card(path).model_copy(update={"home": registry.home})
    _check_new(registry, card)
    target = registry.own / f"{card.id}@{card.version}.yaml"
    if path.resolve().parent == registry.own:
        target = path.resolve()
    changed: dict[str, Any] = {"stage": "draft"}
    if card.source.kind in ("embedded", "directory"):
        folder = (weights or card.folder).resolve()
        changed |= {"source": {"kind": card.source.kind, "folder": _path_from(target.parent, folder)}}
        changed["weights"] = _hash_folder(card, folder)
    elif weights:
        raise CardNotAdded(card.name, f"--weights is for source directory, not {card.source.kind}; leave it out")
    elif card.source.kind in PULLED:
        changed["weights"] = _hash_pulled(card, pulling)
    _write(path, target, changed)
    return next(added for added in sound_cards(registry) if (added.id, added.version) == (card.id, card.version))


def _check_new(registry: Registry, card: ModelCard) -> None:
    if card.source.kind == "embedded" and registry.own != CARDS:
        raise CardNotAdded(card.name, "source embedded is for cards that are shipped; write `kind: directory`")
    there = Registry(tuple(folder for folder in registry.folders if folder.is_dir()), registry.home)
    for known in sound_cards(there):
        if (known.id, known.version) == (card.id, card.version) and known.path.resolve() != card.path.resolve():
            raise CardNotAdded(card.name, f"{known.path} has this id and version; raise the version")


def _hash_folder(card: ModelCard, folder: Path) -> dict[str, str]:
    """Return the hashes of a folder; those that the card has already must be right."""
    source = card.source.model_copy(update={"folder": str(folder)})
    looked = card.model_copy(update={"source": source})
    verify(looked, set_aside=False)
    found = card.weights or weights_of(folder)
    if not any(file.endswith(".safetensors") for file in found):
        raise CardNotAdded(card.name, f"{folder} holds no safetensors; name the weights' folder with --weights")
    return dict(found)


def _hash_pulled(card: ModelCard, pulling: Pull | None) -> dict[str, str]:
    if pulling:
        return pulling(card)
    if not card.weights:
        wrong = "its weights are elsewhere and have no hashes on the card; write them there, or stamp them with --pull"
        raise CardNotAdded(card.name, wrong)
    return dict(card.weights)


def _path_from(cards: Path, folder: Path) -> str:
    """Return a path relative to the cards if both lie in one folder that can be moved as a whole, else absolute."""
    return os.path.relpath(folder, cards) if folder.is_relative_to(cards.parent) else str(folder)


def _write(path: Path, target: Path, changed: dict[str, Any]) -> None:
    content = {**read_yaml(path, SETTINGS), **changed}
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=".", dir=target.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(yaml_text(content, width=110))
    Path(temporary).chmod(0o644)
    Path(temporary).replace(target)
