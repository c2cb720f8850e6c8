"""What both kinds of uploads share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from connectors.target.connector import Progress
from connectors.target.outgoing import Outgoing
from foundry.delivery.proof import Proof

PART_BYTES = 5 * 1024 * 1024


class UploadGone(Exception):
    """Bynder does not know an upload any more, or its bytes were changed on the way; it is begun anew."""


@dataclass(frozen=True)
class Uploaded:
    """A file that is at Bynder and no asset yet. request: Bynder's name of the request. checksum: `kind:value`."""

    id: str
    request: str = ""
    checksum: str = ""


@dataclass(frozen=True)
class Resumed:
    """What was kept of a sending that was interrupted.

    content: the hash of the file that it was for. upload, part: an upload and the part that it had reached. imported:
    an upload that is whole. request: Bynder's name of its end. version: that of the asset before the saving.
    """

    step: str = ""
    content: str = ""
    upload: str = ""
    part: int = 0
    imported: str = ""
    request: str = ""
    version: str = ""

    @classmethod
    def of(cls, step: str, kept: Mapping[str, str]) -> Resumed:
        """Return what a progress holds."""
        part = kept.get("part", "0")
        names = ("content", "upload", "imported", "request", "version")
        return cls(step, part=int(part) if part.isdecimal() else 0, **{name: kept.get(name, "") for name in names})


class Uploads(Protocol):
    """One kind of upload."""

    proof: Proof
    """What is proved when Bynder has the file."""

    def bring(self, file: Outgoing, resumed: Resumed, progress: Progress) -> Uploaded:
        """Upload a file wholly; UploadGone if it has to be begun anew."""
