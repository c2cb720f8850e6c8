"""What every connector does. The engine of deliveries (`pipelines.delivery`) calls it and keeps the receipts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from connectors.target.outgoing import Outgoing
from foundry.delivery.proof import Proof
from foundry.delivery.receipt import Receipt


@dataclass(frozen=True, kw_only=True)
class Place:
    """How an asset is looked for: by the target's own id where a receipt has one, by its slot, by its path."""

    slot: str
    path: str
    target_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a target tells of an asset that it has. Everything it does not tell is empty, None or False.

    slot, asset, content: what we had written there of them. checksums: kind, as `hashlib` calls it, or `crc32c`, → hex
    digits (base64 for crc32c). modified: ISO 8601, by the target's clock.
    """

    target_id: str
    path: str = ""
    version: str = ""
    etag: str = ""
    size_bytes: int | None = None
    checksums: Mapping[str, str] = field(default_factory=dict)
    slot: str = ""
    asset: str = ""
    content: str = ""
    expired: bool = False
    modified: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What a target answered to a file that it has taken wholly. checksum: `kind:value`, "" for none."""

    target_id: str
    path: str
    proof: Proof
    version: str = ""
    etag: str = ""
    checksum: str = ""
    request_id: str = ""


class Progress(Protocol):
    """The memory of one sending, kept in the store: what an interrupted upload goes on from."""

    @property
    def step(self) -> str:
        """The step that was saved last; "" for a sending that begins."""

    @property
    def resume(self) -> Mapping[str, str]:
        """What was saved with it. Never a secret, nor an address that is one."""

    def save(self, step: str, **resume: str) -> None:
        """Keep a step, before it is made if it cannot be repeated without harm. It is kept when this returns."""

    def check(self) -> None:
        """Return if the sending may go on; otherwise the error that ends it rises (stopped, or the lease is lost)."""


class NoProgress:
    """The progress of a step that is no part of a sending: nothing is kept, and nothing ends it."""

    step = ""

    @property
    def resume(self) -> Mapping[str, str]:
        """Nothing was saved."""
        return {}

    def save(self, step: str, **resume: str) -> None:
        """Keep nothing."""

    def check(self) -> None:
        """Go on."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a target's protocol can do.

    repeatable: sending the same file to the same place twice leaves one asset with the same content, so that nothing
    need be asked first. versions: the target keeps earlier contents. lists: `listing` yields what is there. expires:
    the target knows assets that are there and not to be used. proof: the best grade that it gives.
    """

    repeatable: bool
    versions: bool
    lists: bool
    expires: bool
    proof: Proof


class Connector(Protocol):
    """One target. Threads share it: `send` is called for several files at once. Errors: `connectors.target.errors`."""

    @property
    def facts(self) -> Facts:
        """What this target can do."""

    def find(self, place: Place) -> Found | None:
        """Ask the target for an asset; None if it has none there."""

    def send(self, file: Outgoing, before: Found | None, progress: Progress) -> Sent:
        """Bring a file and its metadata to its place, wholly, and prove it.

        `before` is the asset that the file becomes a new version of, as `find` told it; None for a new asset. If it is
        no longer what `before` says, ForeignChange rises and nothing is overwritten. Killed at any moment and called
        again with the same file and what was saved, it leaves one asset with one content.
        """

    def expire(self, found: Found, receipt: Receipt) -> Found:
        """Take an asset out of use without destroying it, as the target does that; do nothing if it is."""

    def listing(self) -> Iterator[Found]:
        """Yield every asset that we brought, streamed, in any order."""

    def finish(self, folder: str, receipts: Iterable[Receipt]) -> None:
        """Close a campaign's delivery where the target wants that: manifest, checksums, done marker."""

    def close(self) -> None:
        """Give back connections."""
