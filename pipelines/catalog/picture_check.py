"""The checks of a picture that came, and its way into the tenant's inputs."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from pathlib import Path

from foundry.errors import Unusable
from foundry.inputs.door import ReceivedFile, receive
from foundry.inputs.picture import MAX_BYTES, PICTURE, inspect_picture_once, picture_name
from foundry.store.object_store import ObjectStore
from foundry.stored_inputs import store_input
from pipelines.catalog.picture_request import Unfetched


@dataclass(frozen=True, kw_only=True)
class CheckedPicture:
    """A usable picture, which lies in the tenant's inputs."""

    sha256: str
    width_px: int
    height_px: int
    size_bytes: int


MOST_LAID_BYTES = 1_000_000_000
"""Pictures that stay in the folder as they arrive; further ones are read from the store when a batch needs them."""


class PictureCheck:
    """Checks pictures by the rules of every product picture: size, format, whole decoding, and that it shows something.

    own: the tenant's store. folder: where pictures arrive, and are kept under their hashes until the batch is made.
    files: the folder of a catalog whose feed names files; None if it names addresses. Threads may check at once.
    """

    def __init__(self, own: ObjectStore, folder: Path, max_bytes: int, files: Path | None) -> None:
        self.own, self.folder, self.files = own, folder, files
        self._kind = replace(PICTURE, max_bytes=min(max_bytes, MAX_BYTES))
        self._lock, self._laid_bytes = threading.Lock(), 0

    def accept(self, arrived: Path) -> CheckedPicture:
        """Check a file of the folder, store it, and keep it under its hash if there is room; Unfetched if wrong."""
        try:
            found = self._checked(receive(self.folder, arrived.name, self._kind))
        except Unusable as error:
            raise Unfetched("picture_unusable", f"{error.limit}; {error.remedy}") from error
        if self._has_room(found.size_bytes):
            arrived.replace(self.folder / found.sha256)
        return found

    def forget_laid(self) -> None:
        """Note that the folder is empty."""
        with self._lock:
            self._laid_bytes = 0

    def _has_room(self, size: int) -> bool:
        with self._lock:
            self._laid_bytes += size
            return self._laid_bytes <= MOST_LAID_BYTES

    def accept_file(self, name: str) -> CheckedPicture:
        """Check a file that the feed names, and store it; Unfetched says what is wrong."""
        if self.files is None:
            raise Unfetched("picture_address", "is no https address; write https://host/path")
        try:
            return self._checked(receive(self.files, name, self._kind))
        except Unusable as error:
            raise Unfetched("picture_unusable", f"{error.limit}; {error.remedy}") from error

    def _checked(self, file: ReceivedFile) -> CheckedPicture:
        """Return the facts of a picture, which lies in the store by then."""
        facts = inspect_picture_once(file)
        if facts.blank:
            raise Unusable(file.short_name, f"shows no product: it {facts.blank}", "give a picture of the product")
        store_input(self.own, picture_name(file.sha256), file)
        return CheckedPicture(
            sha256=file.sha256, width_px=facts.width_px, height_px=facts.height_px, size_bytes=file.size_bytes
        )
