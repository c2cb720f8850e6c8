"""The check that a card's weights are what the card says, made before any of them is loaded."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

from foundry.card.card import PULLED, ModelCard
from foundry.lfs_pointer import LONGEST, REMEDY, pointer_clause
from foundry.names import sha256_file
from models.registry.kinds import LISTED, is_weights, wrong_by_bytes, wrong_by_name
from models.registry.known_hashes import hash_of
from models.registry.refusals import WeightsRefused
from models.registry.safetensors_header import Header, NotSafetensors, read_header

_READ_ONLY = (errno.EACCES, errno.EPERM, errno.EROFS)


def folder_of(card: ModelCard) -> Path:
    """Return the folder of a card's weights, whatever its source; WeightsRefused for cards that have none."""
    if not card.has_weights:
        raise WeightsRefused(card.name, card.source.kind, "do not exist; this card runs without any")
    return card.folder


def weights_of(folder: Path) -> dict[str, str]:
    """Return file → SHA-256 for every file that decides a picture: weights, configurations, vocabulary."""
    return {file: sha256_file(folder / file) for file in weights_in(folder)}


def weights_in(folder: Path) -> list[str]:
    """Return the names of the files that decide a picture, relative to their folder, in the order of their paths."""
    files = sorted(path for path in folder.rglob("*") if path.suffix in LISTED and path.is_file())
    return [path.relative_to(folder).as_posix() for path in files]


def headers_of(card: ModelCard) -> Iterator[Header]:
    """Yield the headers of the card's safetensors files, those that are here and sound."""
    for file in card.weights:
        path = card.folder / file
        if path.suffix == ".safetensors" and path.is_file():
            try:
                yield read_header(path)
            except NotSafetensors:  # `verify` reports it; this is only for showing
                continue


def verify(card: ModelCard, *, full: bool = False, set_aside: bool = True) -> None:
    """Return if the folder holds the card's weights, whole, unchanged, and no others; otherwise WeightsRefused.

    Files whose content is wrong are moved to `<folder>.quarantine`, except of shipped cards, in folders that cannot
    be written, and without `set_aside`. Hashes come from the cache of the models' home unless `full`.
    """
    if not card.has_weights:
        return
    if not card.folder.is_dir():
        raise WeightsRefused(card.name, str(card.folder), f"are not there{_remedy(card)}")
    _check_names(card)
    for file in card.weights or weights_in(card.folder):
        path = card.folder / file
        if not path.is_file():
            raise WeightsRefused(card.name, file, f"are missing{_remedy(card)}")
        if pointer := _pointer_clause(path):  # it stays where it is: Git puts the file in its place
            remedy = f"fetch the file itself{_remedy(card)}" if card.source.kind in PULLED else REMEDY
            raise WeightsRefused(card.name, file, f"are {pointer}; {remedy}")
        wrong = wrong_form(path) or _wrong_hash(card, file, full=full)
        if wrong:
            kept = move_aside(card, path) if set_aside else ""
            raise WeightsRefused(card.name, file, f"{wrong}; {kept}restore the file{_remedy(card)}")


def demand_present(card: ModelCard) -> None:
    """Return if a card's weights are here and of their form, without comparing hashes; otherwise WeightsRefused.

    It is quick, so that a run refuses at its start what `verify` would refuse when the model is loaded.
    """
    for file in card.weights if card.has_weights else ():
        path = card.folder / file
        if not path.is_file():
            raise WeightsRefused(card.name, file, f"are missing{_remedy(card)}")
        if wrong := wrong_form(path):
            raise WeightsRefused(card.name, file, wrong)


def _pointer_clause(path: Path) -> str:
    with path.open("rb") as stream:
        return pointer_clause(stream.read(LONGEST))


def _check_names(card: ModelCard) -> None:
    """Refuse files that can run code when read, and weights that the card does not list."""
    for file in _files(card):
        if wrong := wrong_by_name(file):
            raise WeightsRefused(card.name, file, wrong)
        if card.weights and is_weights(file) and file not in card.weights:
            raise WeightsRefused(card.name, file, "are not on the card; list them there or take them out of the folder")


def hash_memory(card: ModelCard) -> Path | None:
    """Return the folder that remembers the hashes of this card's files; None if the card has no models' home."""
    return card.home / ".hashes" if card.home else None


def _remedy(card: ModelCard) -> str:
    return f": run `foundry models pull {card.name}`" if card.source.kind in PULLED else ""


def _files(card: ModelCard) -> Iterator[str]:
    """Yield the names of all files below the folder; WeightsRefused for a link that leads out of it."""
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
    """Return the reason why a file is not of the kind that its name says; empty if it may be."""
    if pointer := _pointer_clause(path):
        return f"are {pointer}; {REMEDY}"
    if path.suffix.lower() != ".safetensors":
        return wrong_by_bytes(path)
    try:
        read_header(path)
    except NotSafetensors as wrong:
        return wrong_by_bytes(path) or f"are not sound: the file {wrong}"
    return ""


def _wrong_hash(card: ModelCard, file: str, *, full: bool) -> str:
    wanted = card.weights.get(file)
    if wanted is None or (found := hash_of(card.folder / file, hash_memory(card), again=full)) == wanted:
        return ""
    return f"have SHA-256 {found[:16]}..., the card says {wanted[:16]}..."


def move_aside(card: ModelCard, path: Path) -> str:
    """Move a wrong file to quarantine, under its hash; return the middle of a sentence that says so.

    Empty where nothing is moved: files of shipped cards, and folders that cannot be written.
    """
    if card.source.kind == "embedded":
        return ""
    folder = card.folder.with_name(f"{card.folder.name}.quarantine")
    target = folder / f"{path.relative_to(card.folder).as_posix().replace('/', '__')}.{sha256_file(path)[:16]}"
    try:
        folder.mkdir(exist_ok=True)
        path.replace(target)
    except FileNotFoundError:
        return f"another process moved the file to {folder}, "
    except OSError as error:
        if error.errno not in _READ_ONLY:
            raise
        return ""
    return f"the file is kept in {folder}, "
