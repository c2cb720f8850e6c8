"""The promotion ledger: one line of JSON per change of a card's stage; lines are added and never changed.

A promotion is one line, which also retires the version named as `previous`: there is no moment with two versions in
production, or none. The file is replaced in one step under a lock, so that two processes cannot both win and a reader
never sees half a line.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from foundry.card.card import Sha256, Stage, Version
from foundry.documents import load_json, read_bytes
from foundry.documents.sentences import Wording, parse_value
from foundry.errors import BadInput, Problem, Refusals
from foundry.names import Slug

LEDGER = "promotions.jsonl"


class Signature(BaseModel):
    """The person who changes a stage, the reason, and the time (UTC)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    who: str = Field(min_length=1)
    why: str = Field(min_length=1)
    when: AwareDatetime = Field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))


class Change(BaseModel):
    """One line of the ledger."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    id: Slug
    version: Version
    action: Literal["nominate", "promote", "rollback"]
    before: Stage = Field(alias="from")
    after: Stage = Field(alias="to")
    digest: str = Field(description="The card's digest when it was changed; an edited card loses its place.")
    previous: Version | None = Field(default=None, description="The version that left production by this line.")
    evidence: dict[str, Sha256] = Field(default_factory=dict, description="Evidence file → SHA-256.")
    who: str
    why: str
    when: AwareDatetime


def changes(folder: Path) -> tuple[Change, ...]:
    """Return every line, oldest first; BadInput with the number of a line that is not one."""
    path = folder / LEDGER
    if not path.is_file():
        return ()
    found = []
    for number, line in enumerate(read_bytes(path).splitlines(), start=1):
        try:
            found.append(parse_value(Change, load_json(line, "the line"), Wording(whole="change")))
        except (Problem, Refusals) as error:
            first = error.problems[0] if isinstance(error, Refusals) else error
            wrong = f"{first}; the ledger is written by commands only, restore it from your history"
            raise BadInput(f"{path} line {number}", wrong) from error
    return tuple(found)


def append(folder: Path, decide: Callable[[], Change]) -> Change:
    """Add the change that `decide` returns, and return it; no other process can change the ledger meanwhile."""
    folder.mkdir(parents=True, exist_ok=True)
    with lock_folder(folder):
        change = decide()
        path = folder / LEDGER
        before = path.read_bytes() if path.is_file() else b""
        if before and not before.endswith(b"\n"):
            before += b"\n"
        _replace(path, before + change.model_dump_json(by_alias=True).encode() + b"\n")
    return change


def _replace(path: Path, content: bytes) -> None:
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink()
        raise


@contextmanager
def lock_folder(folder: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold the lock of a folder; BlockingIOError if another process does and `wait` is off.

    The folder itself is locked, so that no file is left; the kernel lets go when the process ends, however it ends.
    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield
    finally:
        os.close(handle)
