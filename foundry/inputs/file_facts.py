"""Facts of a file that passed the door and was found usable."""

from __future__ import annotations

from dataclasses import dataclass

from foundry.inputs.door import ReceivedFile


@dataclass(frozen=True)
class FileFacts:
    """A usable file; each kind of file adds what is known of it."""

    file: ReceivedFile

    @property
    def sha256(self) -> str:
        """The hash of the file."""
        return self.file.sha256

    @property
    def key(self) -> str:
        """The key by which a plan, its shots and a store refer to this file."""
        return self.sha256
