"""Pulling of weights, for `foundry models pull`. Nothing else downloads, and nothing counts until its hash is right.

<home>/<id>/<version>/             whole, verified files only; each appears by a rename
<home>/<id>/<version>.part/        what has arrived of the others
<home>/<id>/<version>.quarantine/  what arrived wrong
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from foundry.card.card import PULLED, ModelCard
from foundry.names import sha256_file
from foundry.retrying import RetriesEnded, RetryPolicy
from models.registry.bucket import BucketOrigin, FolderOrigin
from models.registry.hub import ENDPOINT, THE_LIST, HubOrigin
from models.registry.kinds import LISTED, wrong_by_name
from models.registry.known_hashes import hash_of
from models.registry.ledger import lock_folder
from models.registry.refusals import PullRefused
from models.registry.resumable_fetch import (
    PULL_RETRIES,
    Interrupted,
    ListedFile,
    OnProgress,
    Origin,
    WantedFile,
    fetch,
    pause_s,
)
from models.registry.weights import hash_memory, move_aside, verify, wrong_form

_VARIANT = re.compile(r"\.(fp16|bf16|fp32|fp8|ema|non_ema)[.-]")


@dataclass(frozen=True)
class Access:
    """The way to the origins of weights. The command reads the token from the environment, under `token_name`."""

    endpoint: str = ENDPOINT
    token: str = field(default="", repr=False)
    token_name: str = "HF_TOKEN"  # noqa: S105 - the name of a variable, not a secret
    retries: RetryPolicy = PULL_RETRIES


def origin_of(card: ModelCard, access: Access) -> Origin:
    """Return the origin of a card's weights; PullRefused for cards whose weights are never fetched."""
    if card.source.kind == "hub":
        return HubOrigin(card, access.endpoint, access.token, access.token_name, access.retries.call_s)
    if card.source.kind == "bucket":
        return BucketOrigin(card) if card.source.url.startswith("gs://") else FolderOrigin(card)
    raise PullRefused(
        card.name, "nothing", f"is fetched for source {card.source.kind}; only {' and '.join(PULLED)} are"
    )


def pull(card: ModelCard, access: Access, on_progress: OnProgress, *, trust: bool = False) -> dict[str, str]:
    """Fetch the weights that are missing; return file → SHA-256 of everything that is here now.

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
        with lock_folder(card.folder, wait=False):
            return _Pull(card, origin, access.retries, on_progress).run()
    except BlockingIOError as error:
        raise PullRefused(card.name, "the pull", "is refused: another process is pulling this card") from error


@dataclass(frozen=True)
class _Pull:
    """One pull of one card, while the card's folder is locked."""

    card: ModelCard
    origin: Origin
    retries: RetryPolicy
    on_progress: OnProgress

    def run(self) -> dict[str, str]:
        card, wanted = self.card, self.card.weights
        if not wanted or any(not _is_good(card, file, sha) for file, sha in wanted.items()):
            listing = self._list_files()
            wanted = wanted or {file: listing[file].sha256 for file in choose_files(card, listing)}
            missing = [file for file, sha in wanted.items() if not _is_good(card, file, sha)]
            _check_origin(card, wanted, missing, listing)
            _check_room(card, missing, listing)
            for file in missing:
                self._fetch(WantedFile(card.name, file, ListedFile(listing[file].size, wanted[file])))
            shutil.rmtree(_parts(card), ignore_errors=True)
        found = {file: sha or sha256_file(card.folder / file) for file, sha in wanted.items()}
        verify(card.model_copy(update={"weights": found}))
        return found

    def _list_files(self) -> Mapping[str, ListedFile]:
        try:
            return self.retries.repeat(
                self.origin.list_files,
                Interrupted,
                pause_s=lambda failures, broken: pause_s(self.retries, failures, broken),
            )
        except RetriesEnded as ended:
            wrong = (
                f"cannot be had ({ended.fault}) after {ended.tries} tries; "
                "check the network and run the same command again"
            )
            raise PullRefused(self.card.name, THE_LIST, wrong) from ended.fault

    def _fetch(self, wanted: WantedFile) -> None:
        """Fetch one file, check it and put it in its place; a wrong one goes to quarantine."""
        card = self.card
        part, target = _parts(card) / wanted.file, card.folder / wanted.file
        if not wanted.listed.sha256:
            part.unlink(missing_ok=True)  # without a hash, nothing would tell a part of another state of the file
        fetch(self.origin, wanted, part, self.on_progress, self.retries)
        sha = sha256_file(part)
        wrong = wrong_form(part)
        if not wrong and wanted.listed.sha256 and sha != wanted.listed.sha256:
            wrong = f"have SHA-256 {sha[:16]}..., the card says {wanted.listed.sha256[:16]}..."
        if wrong:
            folder = card.folder.with_name(f"{card.version}.quarantine")
            folder.mkdir(exist_ok=True)
            part.replace(folder / f"{wanted.file.replace('/', '__')}.{sha[:16]}")
            raise PullRefused(card.name, wanted.file, f"arrived and {wrong}; kept in {folder}, run the command again")
        target.parent.mkdir(parents=True, exist_ok=True)
        part.replace(target)


def _is_good(card: ModelCard, file: str, sha: str) -> bool:
    """Return whether a file is here and right; a wrong one is put aside, to be fetched again."""
    path = card.folder / file
    if not sha or not path.is_file():
        return False
    if not wrong_form(path) and hash_of(path, hash_memory(card)) == sha:
        return True
    move_aside(card, path)
    return False


def choose_files(card: ModelCard, listing: Mapping[str, ListedFile]) -> list[str]:
    """Return the files to take for a card without hashes: safetensors and configurations, without variants.

    For a pipeline those of its folders, for a single model those at the top. PullRefused if there are no safetensors.
    """
    files = [file for file in sorted(listing) if Path(file).suffix in LISTED and not _VARIANT.search(file)]
    if "model_index.json" in listing:
        files = [file for file in files if file.count("/") == 1 or file == "model_index.json"]
    else:
        files = [file for file in files if "/" not in file]
    if not any(file.endswith(".safetensors") for file in files):
        pickles = [file for file in listing if wrong_by_name(file)]
        also = f", only {', '.join(sorted(pickles)[:3])}; convert them" if pickles else "; correct the card's source"
        raise PullRefused(card.name, "its origin", f"has no safetensors{also}")
    return files


def _check_origin(
    card: ModelCard, wanted: Mapping[str, str], missing: list[str], listing: Mapping[str, ListedFile]
) -> None:
    """Refuse, before a byte is fetched, files that the origin lacks or knows by another hash than the card."""
    for file in missing:
        if file not in listing:
            raise PullRefused(card.name, file, "is on the card but not at its origin; correct the card's source")
        theirs = listing[file].sha256
        if theirs and wanted[file] and theirs != wanted[file]:
            wrong = (
                f"has SHA-256 {theirs[:16]}... at its origin, the card says {wanted[file][:16]}...; correct the card"
            )
            raise PullRefused(card.name, file, wrong)


def _check_room(card: ModelCard, missing: list[str], listing: Mapping[str, ListedFile]) -> None:
    """Refuse a pull that the disk has no room for."""
    needed = sum(listing[file].size or 0 for file in missing)
    needed -= sum(path.stat().st_size for path in _parts(card).rglob("*") if path.is_file())
    free = shutil.disk_usage(card.folder).free
    if needed > free:
        wrong = f"need {needed / 1e9:.1f} GB, {card.folder} has {free / 1e9:.1f} GB free; make room or choose --home"
        raise PullRefused(card.name, "its weights", wrong)


def _parts(card: ModelCard) -> Path:
    return card.folder.with_name(f"{card.version}.part")
