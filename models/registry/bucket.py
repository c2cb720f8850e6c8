"""Weights from a bucket of Google Cloud Storage, or from a folder in its place (`file:///folder`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from foundry.card.card import ModelCard
from models.registry.refusals import PullRefused
from models.registry.resumable_fetch import BLOCK, Interrupted, ListedFile, OpenFile

BYTES_PER_REQUEST = 8 * BLOCK


@dataclass(frozen=True)
class FolderOrigin:
    """A folder as an origin, for machines without a network and for mounted shares."""

    card: ModelCard

    @property
    def _root(self) -> Path:
        return Path(unquote(urlsplit(self.card.source.url).path))

    def list_files(self) -> Mapping[str, ListedFile]:
        """Return every file below the folder; PullRefused if there is no such folder."""
        if not self._root.is_dir():
            raise PullRefused(self.card.name, str(self._root), "is not a folder; correct the card's source")
        files = [path for path in self._root.rglob("*") if path.is_file()]
        return {path.relative_to(self._root).as_posix(): ListedFile(path.stat().st_size) for path in files}

    @contextmanager
    def open_file(self, file: str, start: int) -> Iterator[OpenFile]:
        """Open a file at a byte."""
        path = self._root / file
        with path.open("rb") as stream:
            stream.seek(start)
            yield OpenFile(start, path.stat().st_size, iter(lambda: stream.read(BLOCK), b""))


@dataclass(frozen=True)
class BucketOrigin:
    """Objects below gs://bucket/prefix, read with the machine's own credentials."""

    card: ModelCard

    def list_files(self) -> Mapping[str, ListedFile]:
        """Return every object below the prefix; PullRefused if the bucket is not there or may not be read."""
        with self._translating("the list of files"):
            blobs = self._bucket.list_blobs(prefix=self._prefix)
            return {blob.name.removeprefix(self._prefix): ListedFile(blob.size) for blob in blobs}

    @contextmanager
    def open_file(self, file: str, start: int) -> Iterator[OpenFile]:
        """Open an object at a byte; its generation is fixed, so that no download mixes two of them."""
        with self._translating(file):
            blob = self._bucket.get_blob(self._prefix + file)
        if blob is None:
            raise PullRefused(self.card.name, file, f"is not in {self.card.source.url}; correct the card's source")
        yield OpenFile(start, blob.size, self._blocks(blob, file, start))

    def _blocks(self, blob: Any, file: str, start: int) -> Iterator[bytes]:
        for at in range(start, blob.size, BYTES_PER_REQUEST):
            with self._translating(file):
                last = min(at + BYTES_PER_REQUEST, blob.size) - 1
                block = blob.download_as_bytes(start=at, end=last, if_generation_match=blob.generation, checksum=None)
            yield block

    @property
    def _prefix(self) -> str:
        inside = urlsplit(self.card.source.url).path.strip("/")
        return f"{inside}/" if inside else ""

    @cached_property
    def _bucket(self) -> Any:
        try:
            from google.cloud import storage
        except ImportError as error:
            wrong = "needs the extra gcs; install it with `pip install campaign-foundry[gcs]`"
            raise PullRefused(self.card.name, self.card.source.url, wrong) from error
        return storage.Client().bucket(urlsplit(self.card.source.url).netloc)

    @contextmanager
    def _translating(self, what: str) -> Iterator[None]:
        """Translate Google's errors; its client itself repeats what is worth it."""
        bucket = self._bucket
        from google.api_core.exceptions import ClientError, GoogleAPIError
        from google.auth.exceptions import GoogleAuthError

        try:
            yield
        except (ClientError, GoogleAuthError) as error:
            wrong = f"was refused by {bucket.name}: {str(error)[:200]}; check the bucket and your credentials"
            raise PullRefused(self.card.name, what, wrong) from error
        except (GoogleAPIError, ConnectionError, TimeoutError) as error:
            raise Interrupted(str(error)[:200]) from error
