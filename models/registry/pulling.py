"""`foundry models pull`: the only place that downloads. What arrives counts when its hash is the card's.

<home>/<id>/<version>/             whole, verified files only; each appears by a rename
<home>/<id>/<version>.part/        what has arrived of the others
<home>/<id>/<version>.quarantine/  what arrived wrong
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from foundry.card.card import PULLED, ModelCard
from foundry.names import sha256_file
from models.registry.bucket import Bucket, Folder
from models.registry.fetching import Fetch, Interrupted, Listed, Origin, Patience, Told, fetch
from models.registry.hub import ENDPOINT, Hub
from models.registry.kinds import LISTED, wrong_by_name
from models.registry.known_hashes import hash_of
from models.registry.ledger import locked
from models.registry.refusals import PullRefused
from models.registry.weights import aside, memory_of, verify, wrong_form

_VARIANT = re.compile(r"\.(fp16|bf16|fp32|fp8|ema|non_ema)[.-]")


@dataclass(frozen=True)
class Access:
    """How origins are reached. The token is read from the environment by the command, under `token_name`."""

    endpoint: str = ENDPOINT
    token: str = field(default="", repr=False)
    token_name: str = "HF_TOKEN"
    patience: Patience = field(default_factory=Patience)


def origin_of(card: ModelCard, access: Access) -> Origin:
    """Where a card's weights come from; PullRefused for cards whose weights are never fetched."""
    if card.source.kind == "hub":
        return Hub(card, access.endpoint, access.token, access.token_name, access.patience.silence_s)
    if card.source.kind == "bucket":
        return Bucket(card) if card.source.url.startswith("gs://") else Folder(card)
    raise PullRefused(
        card.name, "nothing", f"is fetched for source {card.source.kind}; only {' and '.join(PULLED)} are"
    )


def pull(card: ModelCard, access: Access, told: Told, *, trust: bool = False) -> dict[str, str]:
    """Fetch what is missing; file → SHA-256 of everything that is here now.

    A card without hashes is refused, unless `trust`: then the files of the pipeline at its origin are taken, and the
    hashes are those of what arrived.
    """
    origin = origin_of(card, access)
    if not card.weights and not trust:
        wrong = "cannot be checked, as its card has no hashes; use `foundry models add CARD.yaml --pull` to stamp them"
        raise PullRefused(card.name, "what arrives", wrong)
    for file in card.weights:
        if wrong := wrong_by_name(file):
            raise PullRefused(card.name, file, wrong)
    card.folder.mkdir(parents=True, exist_ok=True)
    try:
        with locked(card.folder, wait=False):
            return _pull(card, origin, access.patience, told)
    except BlockingIOError as error:
        raise PullRefused(card.name, "the pull", "is refused: another process is pulling this card") from error


def _pull(card: ModelCard, origin: Origin, patience: Patience, told: Told) -> dict[str, str]:
    wanted, listing = card.weights, dict[str, Listed]()
    if not wanted or any(not _good(card, file, sha) for file, sha in wanted.items()):
        listing.update(_listing(card, origin, patience))
        wanted = wanted or {file: listing[file].sha256 for file in chosen(card, listing)}
        missing = [file for file, sha in wanted.items() if not _good(card, file, sha)]
        _agree(card, wanted, missing, listing)
        _room(card, missing, listing)
        for file in missing:
            _take(card, origin, Fetch(card.name, file, Listed(listing[file].size, wanted[file])), (told, patience))
        shutil.rmtree(_parts(card), ignore_errors=True)
    found = {file: sha or sha256_file(card.folder / file) for file, sha in wanted.items()}
    verify(card.model_copy(update={"weights": found}))
    return found


def _listing(card: ModelCard, origin: Origin, patience: Patience) -> Mapping[str, Listed]:
    tries = 0
    while True:
        try:
            return origin.listing()
        except Interrupted as broken:
            tries += 1
            if tries >= patience.tries:
                wrong = (
                    f"cannot be had ({broken}) after {tries} tries; check the network and run the same command again"
                )
                raise PullRefused(card.name, "the list of files", wrong) from broken
            patience.wait(tries, broken.pause_s)


def _good(card: ModelCard, file: str, sha: str) -> bool:
    """Whether a file is here and right; a wrong one is put aside, to be fetched again."""
    path = card.folder / file
    if not sha or not path.is_file():
        return False
    if not wrong_form(path) and hash_of(path, memory_of(card)) == sha:
        return True
    aside(card, path)
    return False


def chosen(card: ModelCard, listing: Mapping[str, Listed]) -> list[str]:
    """The files of a card without hashes: a pipeline's folders, or one model's; safetensors without variants."""
    pipeline = "model_index.json" in listing
    files = [file for file in sorted(listing) if Path(file).suffix in LISTED and not _VARIANT.search(file)]
    if pipeline:
        files = [file for file in files if file.count("/") == 1 or file == "model_index.json"]
    else:
        files = [file for file in files if "/" not in file]
    if not any(file.endswith(".safetensors") for file in files):
        pickles = [file for file in listing if wrong_by_name(file)]
        also = f", only {', '.join(sorted(pickles)[:3])}; convert them" if pickles else "; correct the card's source"
        raise PullRefused(card.name, "its origin", f"has no safetensors{also}")
    return files


def _agree(card: ModelCard, wanted: Mapping[str, str], missing: list[str], listing: Mapping[str, Listed]) -> None:
    """The origin has every file, and where it knows a hash, it is the card's: found out before a byte is fetched."""
    for file in missing:
        if file not in listing:
            raise PullRefused(card.name, file, "is on the card but not at its origin; correct the card's source")
        theirs = listing[file].sha256
        if theirs and wanted[file] and theirs != wanted[file]:
            wrong = (
                f"has SHA-256 {theirs[:16]}... at its origin, the card says {wanted[file][:16]}...; correct the card"
            )
            raise PullRefused(card.name, file, wrong)


def _room(card: ModelCard, missing: list[str], listing: Mapping[str, Listed]) -> None:
    needed = sum(listing[file].size or 0 for file in missing)
    needed -= sum(path.stat().st_size for path in _parts(card).rglob("*") if path.is_file())
    free = shutil.disk_usage(card.folder).free
    if needed > free:
        wrong = f"need {needed / 1e9:.1f} GB, {card.folder} has {free / 1e9:.1f} GB free; make room or choose --home"
        raise PullRefused(card.name, "its weights", wrong)


def _parts(card: ModelCard) -> Path:
    return card.folder.with_name(f"{card.version}.part")


def _take(card: ModelCard, origin: Origin, wanted: Fetch, how: tuple[Told, Patience]) -> None:
    """One file, fetched, checked and put in its place; a wrong one goes to quarantine."""
    part, target = _parts(card) / wanted.file, card.folder / wanted.file
    if not wanted.listed.sha256:
        part.unlink(missing_ok=True)  # without a hash, nothing would tell a part of another state of the file
    fetch(origin, wanted, part, *how)
    sha = sha256_file(part)
    wrong = wrong_form(part)
    if not wrong and wanted.listed.sha256 and sha != wanted.listed.sha256:
        wrong = f"have SHA-256 {sha[:16]}..., the card says {wanted.listed.sha256[:16]}..."
    if wrong:
        folder = card.folder.with_name(f"{card.version}.quarantine")
        folder.mkdir(exist_ok=True)
        os.replace(part, folder / f"{wanted.file.replace('/', '__')}.{sha[:16]}")
        raise PullRefused(card.name, wanted.file, f"arrived and {wrong}; kept in {folder}, run the command again")
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(part, target)
