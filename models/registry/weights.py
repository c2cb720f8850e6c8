"""Whether a card's weights are what the card says. Nothing is loaded here; refusals come before torch sees a byte."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from foundry.card.card import PULLED, ModelCard
from foundry.names import sha256_file
from models.registry.kinds import LISTED, is_weights, wrong_by_bytes, wrong_by_name
from models.registry.known_hashes import hash_of
from models.registry.refusals import WeightsRefused
from models.registry.safetensors_header import Header, NotSafetensors, read_header

_READ_ONLY = (errno.EACCES, errno.EPERM, errno.EROFS)


def folder_of(card: ModelCard) -> Path:
    """The folder of a card's weights, whatever its source; WeightsRefused for cards that have none."""
    if not card.has_weights:
        raise WeightsRefused(card.name, card.source.kind, "do not exist; this card runs without any")
    return card.folder


def weights_of(folder: Path) -> dict[str, str]:
    """File → SHA-256 for everything that decides a picture: weights, configurations, vocabulary."""
    files = sorted(path for path in folder.rglob("*") if path.suffix in LISTED and path.is_file())
    return {path.relative_to(folder).as_posix(): sha256_file(path) for path in files}


def headers_of(card: ModelCard) -> Iterator[Header]:
    """The headers of the card's safetensors files, those that are there and sound."""
    for file in card.weights:
        path = card.folder / file
        if path.suffix == ".safetensors" and path.is_file():
            try:
                yield read_header(path)
            except NotSafetensors:  # `verify` tells; this is only for showing
                continue


def verify(card: ModelCard, *, full: bool = False, set_aside: bool = True) -> None:
    """WeightsRefused, in one sentence, unless the folder holds the card's weights, whole, unchanged and nothing else.

    Files whose content is wrong are moved to `<folder>.quarantine`, except of shipped cards, in folders that cannot
    be written, and without `set_aside`. Hashes come from the cache of the models' home unless `full`.
    """
    if not card.has_weights:
        return
    if not card.folder.is_dir():
        raise WeightsRefused(card.name, str(card.folder), f"are not there{_remedy(card)}")
    for file in _files(card):
        if wrong := wrong_by_name(file):
            raise WeightsRefused(card.name, file, wrong)
        if card.weights and is_weights(file) and file not in card.weights:
            raise WeightsRefused(card.name, file, "are not on the card; list them there or take them out of the folder")
    memory = memory_of(card)
    for file in card.weights or weights_in(card.folder):
        path = card.folder / file
        if not path.is_file():
            raise WeightsRefused(card.name, file, f"are missing{_remedy(card)}")
        wrong = wrong_form(path) or _wrong_hash(card, file, lambda path: hash_of(path, memory, again=full))
        if wrong:
            kept = aside(card, path) if set_aside else ""
            raise WeightsRefused(card.name, file, f"{wrong}; {kept}restore the file{_remedy(card)}")


def memory_of(card: ModelCard) -> Path | None:
    """Where the hashes of this card's files are remembered; None for a card that was not read from a registry."""
    return card.home / ".hashes" if card.home else None


def _remedy(card: ModelCard) -> str:
    return f": run `foundry models pull {card.name}`" if card.source.kind in PULLED else ""


def weights_in(folder: Path) -> list[str]:
    """The names of the files that decide a picture."""
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.suffix in LISTED and p.is_file())


def _files(card: ModelCard) -> Iterator[str]:
    """Names of all files below the folder; WeightsRefused for a link that leads out of it."""
    root = card.folder.resolve()
    for folder, folders, files in os.walk(root):
        for name in sorted(folders + files):
            path = Path(folder) / name
            file = path.relative_to(root).as_posix()
            if path.is_symlink() and not path.resolve().is_relative_to(root):
                wrong = f"are a link out of the folder, to {path.resolve()}; put the file itself there"
                raise WeightsRefused(card.name, file, wrong)
            if path.is_symlink() and path.is_dir():
                raise WeightsRefused(card.name, file, "are a linked folder; put the folder itself there")
            if name in files:
                yield file
        folders.sort()


def wrong_form(path: Path) -> str:
    """Why a file is not what its name says; empty if it may be."""
    if path.suffix.lower() != ".safetensors":
        return wrong_by_bytes(path)
    try:
        read_header(path)
    except NotSafetensors as wrong:
        return wrong_by_bytes(path) or f"are not sound: the file {wrong}"
    return ""


def _wrong_hash(card: ModelCard, file: str, hashed: Callable[[Path], str]) -> str:
    wanted = card.weights.get(file)
    if wanted is None or (found := hashed(card.folder / file)) == wanted:
        return ""
    return f"have SHA-256 {found[:16]}..., the card says {wanted[:16]}..."


def aside(card: ModelCard, path: Path) -> str:
    """Move a wrong file out of the way, kept under its hash; what was done, as the middle of a sentence."""
    if card.source.kind == "embedded":
        return ""
    folder = card.folder.with_name(f"{card.folder.name}.quarantine")
    target = folder / f"{path.relative_to(card.folder).as_posix().replace('/', '__')}.{sha256_file(path)[:16]}"
    try:
        folder.mkdir(exist_ok=True)
        os.replace(path, target)
    except FileNotFoundError:
        return f"another process moved the file to {folder}, "
    except OSError as error:
        if error.errno not in _READ_ONLY:
            raise
        return ""
    return f"the file is kept in {folder}, "
