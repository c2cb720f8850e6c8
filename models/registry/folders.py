"""The folders of cards, and every card in them with its effective stage.

The rule of stages, in full:

1. Ledgers are read in the order of the folders, so that a user's ledger has the last word, also on shipped cards.
2. A card with a line has the stage of its last line, as long as its digest is the one that the line names.
3. A card that was edited after its line is a candidate again.
4. A card without a line has the stage of its own file, except that `production` counts as candidate. The one
   exception is the shipped folder while it has no ledger at all: there the file's word counts.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from foundry.card.card import ModelCard, Stage
from foundry.card.version_order import version_key
from foundry.documents.sentences import Wording, read_model
from foundry.errors import BadInput, FoundryError
from foundry.inputs.file_identity import FileIdentity, file_identity
from models.registry.ledger import LEDGER, Change, changes

MOST_LOOKED_AT = 65_536
"""Bytes of a broken file that are searched for its id."""
CARDS = Path(__file__).resolve().parents[1] / "cards"


@dataclass(frozen=True)
class Registry:
    """Folders of cards, the shipped one first and the user's last, and the folder that pulled weights live in."""

    folders: tuple[Path, ...] = (CARDS,)
    home: Path | None = None

    @property
    def own(self) -> Path:
        """The folder that commands write to."""
        return self.folders[-1]


@dataclass(frozen=True)
class PromotionState:
    """A card's effective stage, the ledger's line that gave it, and a note where its own file says otherwise."""

    stage: Stage
    change: Change | None = None
    note: str = ""


def user_cache() -> Path:
    """Return the folder of this user's caches, by the custom of the system; reads the environment."""
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "campaign-foundry"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "campaign-foundry"


def open_registry(folder: Path | None = None, home: Path | None = None) -> Registry:
    """Return the shipped cards with the user's: `folder`, or `cards` in the working directory if there is one."""
    home = home or user_cache() / "models"
    if folder is None:
        folder = Path("cards") if Path("cards").is_dir() else CARDS
    folder = folder.resolve()
    return Registry((CARDS,) if folder == CARDS else (CARDS, folder), home.resolve())


def registry_of(where: Registry | Path) -> Registry:
    """Return a registry as it is, and a folder as the registry of that folder alone."""
    return where if isinstance(where, Registry) else Registry((where.resolve(),), user_cache() / "models")


@dataclass(frozen=True)
class BrokenCard:
    """A file of the registry that is no usable card, with the reason; id and version as far as its text tells them."""

    path: Path
    id: str
    version: str
    problem: FoundryError

    @property
    def name(self) -> str:
        """`id@version`, with a question mark for what is not known."""
        return f"{self.id or '?'}@{self.version or '?'}"

    def may_be(self, identity: str, version: str = "") -> bool:
        """Return whether the file may be the card that somebody asks for by id, and by version if one is given."""
        if not self.id:
            return self.path.stem == identity or self.path.stem.startswith(f"{identity}@")
        return self.id == identity and (not version or not self.version or self.version == version)


def all_cards(registry: Registry) -> tuple[ModelCard, ...]:
    """Return every version of every card with its effective stage, by id and version.

    The problem of the first file that is no usable card rises. Files are looked at again, and read again only when one
    has changed, come or gone.
    """
    for broken in broken_cards(registry):
        raise broken.problem
    return sound_cards(registry)


def sound_cards(registry: Registry) -> tuple[ModelCard, ...]:
    """Return all cards as all_cards does, without the files that are no usable card: they concern who asks for them."""
    return _cards(registry, tuple(_stamps(registry)))[0]


def broken_cards(registry: Registry) -> tuple[BrokenCard, ...]:
    """Return the files that are no usable card, with the reasons."""
    return _cards(registry, tuple(_stamps(registry)))[1]


def _stamps(registry: Registry) -> Iterator[FileIdentity]:
    for folder in registry.folders:
        yield from (file_identity(path) for path in (*sorted(folder.glob("*.yaml")), folder / LEDGER) if path.is_file())


@lru_cache(maxsize=16)
def _cards(
    registry: Registry, _stamps: tuple[FileIdentity, ...]
) -> tuple[tuple[ModelCard, ...], tuple[BrokenCard, ...]]:
    found: dict[tuple[str, str], ModelCard] = {}
    broken: list[BrokenCard] = []
    lines = history(registry)
    for card in _read_all(registry):
        if isinstance(card, BrokenCard):
            broken.append(card)
        elif twin := found.get((card.id, card.version)):
            wrong = BadInput(str(card.path), f"repeats {card.name} of {twin.path}; give it another version")
            broken += [BrokenCard(each.path, card.id, card.version, wrong) for each in (card, twin)]
        else:
            stage = _state_by(card, lines).stage
            found[card.id, card.version] = card.model_copy(update={"stage": stage, "home": registry.home})
    twice = {(each.id, each.version) for each in broken}
    names = sorted(found.keys() - twice, key=lambda key: (key[0], version_key(key[1])))
    return tuple(found[name] for name in names), tuple(broken)


def history(registry: Registry) -> tuple[Change, ...]:
    """Return the lines of all ledgers, in the order in which they count."""
    return tuple(change for folder in registry.folders for change in changes(folder))


def promotion_state(registry: Registry, card: ModelCard) -> PromotionState:
    """Return the effective stage of a card, and the reason for it."""
    return _state_by(_read(file_identity(card.path)), history(registry))


def _state_by(card: ModelCard, lines: tuple[Change, ...]) -> PromotionState:
    last, stage = None, card.stage
    for line in (line for line in lines if line.id == card.id):
        if line.version == card.version:
            last, stage = line, line.after
        elif line.previous == card.version:
            last, stage = line, "retired"
    if last is None:
        return _state_by_file(card)
    if last.version == card.version and last.digest != card.digest:
        wrong = f"its card was changed after {last.who} moved it to {last.after}"
        return PromotionState("candidate", last, f"{wrong}; evaluate, check parity and promote it again")
    return PromotionState(stage, last)


def _state_by_file(card: ModelCard) -> PromotionState:
    shipped = card.path.parent.resolve() == CARDS and not (CARDS / LEDGER).exists()
    if card.stage != "production" or shipped:
        return PromotionState(card.stage)
    wrong = "its file says production, but no ledger records a promotion"
    return PromotionState("candidate", None, f"{wrong}; run `foundry models promote {card.name}`")


def _read_all(registry: Registry) -> Iterator[ModelCard | BrokenCard]:
    for folder in registry.folders:
        if not folder.is_dir():
            raise BadInput(str(folder), "is not a folder of cards; name one with --cards, or make it")
        for path in sorted(folder.glob("*.yaml")):
            try:
                yield _read(file_identity(path))
            except (FoundryError, OSError) as error:
                problem = error if isinstance(error, FoundryError) else BadInput(str(path), f"cannot be read ({error})")
                yield BrokenCard(path, _told(path, "id"), _told(path, "version"), problem)


def _told(path: Path, key: str) -> str:
    """Return what the text of a broken file says its id or version is; "" if that cannot be told."""
    try:
        with path.open("rb") as stream:
            text = stream.read(MOST_LOOKED_AT).decode("utf-8", "replace")
    except OSError:
        return ""
    found = re.search(rf"""^["']?{key}["']?\s*:\s*["']?([A-Za-z0-9._-]{{1,64}})["']?\s*(?:#.*)?$""", text, re.MULTILINE)
    return found[1] if found else ""


@lru_cache(maxsize=256)
def _read(file: FileIdentity) -> ModelCard:
    return read_card(file[0])


def read_card(path: Path) -> ModelCard:
    """Return the card of a file as the file has it; BadInput with every problem."""
    return read_model(path, ModelCard, Wording(whole="model card"), path=path)
