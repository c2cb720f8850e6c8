"""Objects in Google Cloud Storage: written once by precondition, checked by CRC-32C, patient through outages.

Each tenant's objects lie below its own name in the store's bucket, or in a bucket of its own with its own encryption
key. docs/buckets.md lists what the emulators cannot show: retention, use of keys, expiry of signed addresses.
"""

from __future__ import annotations

import builtins
import mimetypes
import random
import re
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from heapq import nlargest
from pathlib import Path
from typing import Any

from foundry.metering.payers import carried, note
from foundry.private_folder import private_folder
from foundry.retrying import RetryPolicy
from foundry.store.bucket_requests import (
    BUCKET_RETRIES,
    CONNECTIONS,
    REQUEST_SLOTS,
    BucketRefused,
    Found,
    StoreOutage,
    ask,
    signing,
)
from foundry.store.object_store import (
    CorruptObject,
    ForeignName,
    NoSuchObject,
    ObjectStat,
    Revision,
    checked_copy,
    crc32c,
    is_plain_name,
    is_plain_pattern,
    is_plain_prefix,
    tenant_prefix,
)
from foundry.store.scratch import scratch_in, sweep_scratch

TYPES = {".jsonl": "application/jsonl", ".parquet": "application/vnd.apache.parquet", ".avif": "image/avif",
         ".webp": "image/webp", ".jxl": "image/jxl", ".vtt": "text/vtt", ".srt": "application/x-subrip"}  # fmt: skip
REPLACING_TRIES, REVISING_TRIES = 5, 100


@dataclass(frozen=True)
class BucketHome:
    """The place of a tenant's objects: bucket, prefix (empty, or ending in a slash), and name of a Cloud KMS key."""

    bucket: str
    prefix: str = ""
    kms_key: str | None = None


@dataclass(frozen=True)
class BucketStore:
    """Objects below `home`, or below a tenant's own home in `homes` (tenant → home).

    `at_once` bounds the requests in flight from one process. All fields are plain values, so a store can be sent to
    workers; each process makes the client when it is first used, with the credentials of that process.
    """

    home: BucketHome
    homes: tuple[tuple[str, BucketHome], ...] = ()
    tenant: str = ""
    retries: RetryPolicy = BUCKET_RETRIES
    at_once: int = 8

    def for_tenant(self, tenant: str) -> BucketStore:
        """Return this store, closed to everything outside the tenant, in the tenant's own bucket if it has one."""
        tenant_prefix(tenant)
        return replace(self, home=dict(self.homes).get(tenant, self.home), tenant=tenant)

    @property
    def rechecks(self) -> bool:
        """False: the bucket holds its objects against their checksums itself, and its rights keep them from changes."""
        return False

    def is_intact(self, wanted: ObjectStat) -> bool:
        """Return True if an object has the size and checksum that its record says, by the bucket's word."""
        return self.stat(wanted.name) == wanted

    def set_aside(self, name: str) -> None:
        """Do nothing: nobody who runs may remove what a bucket holds, and `rechecks` is False."""

    @property
    def prefix(self) -> str:
        """The text that this store puts before every name."""
        return f"{self.tenant}/" if self.tenant else ""

    def address(self, name: str) -> str:
        """Return the gs:// address of an object."""
        return f"gs://{self.home.bucket}/{self._full(name)}"

    def put_once(self, name: str, data: bytes) -> bool:
        """Write and verify; return False, and change nothing, if the object exists already."""
        sent = self._upload(name, crc32c(data), lambda blob, **how: blob.upload_from_string(data, _type(name), **how))
        if sent:
            note(bytes_written=len(data))
        return sent

    def put_file_once(self, name: str, file: Path, sha256: str = "") -> bool:
        """Do as put_once, from a file. Over 8 MiB it goes up in parts, which are resumed after an error."""
        wanted = checked_copy(name, file, sha256)
        sent = self._upload(name, wanted, lambda blob, **how: blob.upload_from_filename(str(file), _type(name), **how))
        if sent:
            note(bytes_written=file.stat().st_size)
        return sent

    def _upload(self, name: str, wanted: str, send: Callable[..., None]) -> bool:
        from google.api_core.exceptions import PreconditionFailed

        blob = self._new_blob(name)
        try:
            self._ask_bucket(name, lambda how: send(blob, if_generation_match=0, checksum="crc32c", **how))
        except PreconditionFailed:
            return False
        except BucketRefused as error:
            if "crc32c" in error.reason.lower():
                raise CorruptObject(name, wanted, "another value on arrival") from error
            raise
        if blob.crc32c != wanted:
            self._withdraw(name, blob)
            raise CorruptObject(name, wanted, str(blob.crc32c))
        return True

    def _withdraw(self, name: str, blob: Any) -> None:
        """Remove an object that arrived damaged, if it is still that generation."""
        self._ask(name, lambda how: blob.delete(if_generation_match=blob.generation, **how))

    def get(self, name: str) -> bytes:
        """Return the bytes, checked against the bucket's CRC-32C; NoSuchObject if there are none."""
        from google.cloud.storage.exceptions import DataCorruption

        try:
            return self._download(name, checksum="crc32c")
        except DataCorruption as error:
            raise CorruptObject(name, "another value", "not the bucket's") from error

    def head(self, name: str, size: int) -> bytes:
        """Return the first `size` bytes, without a checksum; NoSuchObject if there are none."""
        return self._download(name, end=size - 1, checksum=None)

    def section(self, name: str, start: int, stop: int) -> bytes:
        """Return the bytes at `start` to before `stop`, without a checksum; NoSuchObject if there are none."""
        return self._download(name, start=start, end=stop - 1, checksum=None) if stop > start else b""

    def fetch(self, names: Sequence[str]) -> builtins.list[bytes | None]:
        """Return the bytes of each object, None for one that does not exist; several are read at once."""
        if len(names) < 2:
            return [self._get_if_there(name) for name in names]
        with ThreadPoolExecutor(min(self.at_once, len(names))) as pool:
            return [*pool.map(carried(self._get_if_there), names)]

    def _get_if_there(self, name: str) -> bytes | None:
        try:
            return self.get(name)
        except NoSuchObject:
            return None

    def _download(self, name: str, **what: Any) -> bytes:
        from google.api_core.exceptions import NotFound

        try:
            data: bytes = self._ask(name, lambda how: self._blob(name).download_as_bytes(**what, **how))
        except NotFound as error:
            raise NoSuchObject(name) from error
        note(bytes_read=len(data))
        return data

    def lines(self, name: str) -> Iterator[bytes]:
        """Yield the lines of an object as it is now, streamed in parts; NoSuchObject if there is none."""
        blob = self._ask(name, lambda how: self._bucket.get_blob(self._full(name), **how))
        if blob is None:
            raise NoSuchObject(name)
        stream = self._ask(name, lambda how: blob.open("rb", if_generation_match=blob.generation, **how))
        while line := self._ask(name, lambda _: stream.readline()):
            note(bytes_read=len(line))
            yield line

    def stat(self, name: str) -> ObjectStat | None:
        """Return size and checksum as the bucket has them, or None."""
        blob = self._ask(name, lambda how: self._bucket.get_blob(self._full(name), **how))
        return ObjectStat(name, blob.size, blob.crc32c) if blob else None

    def exists(self, name: str) -> bool:
        """Return True if the object exists."""
        return bool(self._ask(name, lambda how: self._blob(name).exists(**how)))

    def present(self, names: Sequence[str]) -> builtins.list[bool]:
        """Return for each name whether the object exists; several are asked for at once."""
        if len(names) < 2:
            return [self.exists(name) for name in names]
        with ThreadPoolExecutor(min(self.at_once, len(names))) as pool:
            return [*pool.map(self.exists, names)]

    def list(self, prefix: str = "") -> Iterator[str]:
        """Yield the names below a prefix, streamed page by page."""
        if not is_plain_prefix(prefix):
            raise ForeignName(prefix, self.prefix)
        return self._list(prefix)

    def _list(self, prefix: str) -> Iterator[str]:
        start = self.home.prefix + self.prefix
        pages = self._ask(prefix, lambda how: self._bucket.list_blobs(prefix=start + prefix, **how))
        for blob in self._each(prefix, pages):
            yield blob.name.removeprefix(start)

    def matching(self, pattern: str) -> Iterator[str]:
        """Yield the names that match a pattern, sorted; a star stands for anything but a slash."""
        if not is_plain_pattern(pattern):
            raise ForeignName(pattern, self.prefix)
        return (name for name, _ in sorted(self._matching(pattern)))

    def newest(self, pattern: str, most: int) -> builtins.list[str]:
        """Return the names that match a pattern, those written last first, at most `most` of them."""
        if not is_plain_pattern(pattern):
            raise ForeignName(pattern, self.prefix)
        return [name for name, _ in nlargest(most, self._matching(pattern), key=lambda found: (found[1], found[0]))]

    def _matching(self, pattern: str) -> Iterator[tuple[str, datetime]]:
        """Yield the names that match a pattern, with the times at which they were written."""
        start, parts = self.home.prefix + self.prefix, pattern.split("/")
        plain = start + re.split(r"[*?\[]", pattern, maxsplit=1)[0]
        pages = self._ask(pattern, lambda how: self._bucket.list_blobs(prefix=plain, match_glob=start + pattern, **how))
        for blob in self._each(pattern, pages):
            name = blob.name.removeprefix(start)
            at = name.split("/")
            # Emulators do not know match_glob and list everything below the prefix.
            if len(at) == len(parts) and all(map(fnmatchcase, at, parts)):
                yield name, blob.updated

    def _each(self, prefix: str, pages: Any) -> Iterator[Any]:
        """Yield the entries of pages, which were requested with their time limit and repetitions."""
        entries = iter(pages)
        end = object()
        while (blob := self._ask_bucket(prefix, lambda _: next(entries, end))) is not end:
            yield blob

    def remove(self, name: str) -> None:
        """Remove a marker of a view, if it exists. Never for assets."""
        from google.api_core.exceptions import NotFound

        blob = self._ask(name, lambda how: self._bucket.get_blob(self._full(name), **how))
        if blob is None:
            return
        try:
            self._ask(name, lambda how: blob.delete(if_generation_match=blob.generation, **how))
        except NotFound:
            return

    def sign(self, name: str, seconds: int = 3600) -> str:
        """Return a V4 signed address for reading, valid for at most seven days; NoSuchObject without an object."""
        if not self.exists(name):
            raise NoSuchObject(name)
        blob, how = self._blob(name), signing(CONNECTIONS.client())
        signed: str = self._ask(
            name,
            lambda _: blob.generate_signed_url(
                version="v4", expiration=timedelta(seconds=seconds), method="GET", **how
            ),
        )
        return signed

    def scratch_folder(self) -> Path:
        """Return this user's own folder within the machine's folder for temporary files."""
        return private_folder("scratch")

    def scratch_file(self, suffix: str = "") -> AbstractContextManager[Path]:
        """Return a file of this machine that is removed when the block ends."""
        return scratch_in(self.scratch_folder(), suffix)

    @contextmanager
    def replacing(self, name: str) -> Iterator[Path]:
        """Yield a file that becomes the object in one step when the block ends well; for views, never for assets.

        The last writer wins, and only over the generation that it saw.
        """
        self._full(name)
        with self.scratch_file() as file:
            yield file
            self._replace(name, file)

    def _replace(self, name: str, file: Path) -> None:
        from google.api_core.exceptions import PreconditionFailed

        for left in range(REPLACING_TRIES - 1, -1, -1):
            try:
                self._overwrite(name, file)
            except PreconditionFailed:
                if not left:
                    raise
                continue
            return

    def _overwrite(self, name: str, file: Path) -> None:
        old = self._ask(name, lambda how: self._bucket.get_blob(self._full(name), **how))
        blob, seen = self._new_blob(name), old.generation if old else 0

        def send(how: dict[str, Any]) -> None:
            blob.upload_from_filename(str(file), _type(name), if_generation_match=seen, checksum="crc32c", **how)

        self._ask_bucket(name, send)

    def revise(self, name: str, change: Revision) -> None:
        """Replace a small object by what `change` makes of it, if it is still the generation that `change` saw.

        StoreOutage if other writers are faster a hundred times.
        """
        from google.api_core.exceptions import PreconditionFailed

        for tries in range(REVISING_TRIES):
            blob = self._ask(name, lambda how: self._bucket.get_blob(self._full(name), **how))
            try:
                changed = change(self._generation(name, blob.generation) if blob else None)
                if changed is not None:
                    self._write_over(name, changed, blob.generation if blob else 0)
            except (PreconditionFailed, NoSuchObject):
                time.sleep(random.uniform(0, min(0.02 * 2**tries, 1.0)))  # noqa: S311 - no secret
                continue
            return
        raise StoreOutage(name, 0.0, f"{REVISING_TRIES} times, another writer was faster")

    def _generation(self, name: str, generation: int) -> bytes:
        """Return the bytes of one generation of an object; NoSuchObject if it was replaced meanwhile."""
        return self._download(name, if_generation_match=generation, checksum="crc32c")

    def _write_over(self, name: str, data: bytes, generation: int) -> None:
        blob = self._new_blob(name)

        def send(how: dict[str, Any]) -> None:
            blob.upload_from_string(data, _type(name), if_generation_match=generation, checksum="crc32c", **how)

        self._ask_bucket(name, send)

    def sweep(self) -> int:
        """Remove this machine's scratch files that no living process holds. An upload that was cut off is no object."""
        return sweep_scratch(self.scratch_folder())

    @property
    def _bucket(self) -> Any:
        return CONNECTIONS.client().bucket(self.home.bucket)

    def _blob(self, name: str) -> Any:
        full = self._full(name)
        return self._bucket.blob(full, kms_key_name=self.home.kms_key)

    def _new_blob(self, name: str) -> Any:
        """Return an object to be written, with its tenant in the metadata."""
        blob = self._blob(name)
        blob.metadata = {"tenant": self.tenant} if self.tenant else None
        return blob

    def _full(self, name: str) -> str:
        full = self.prefix + name
        if not is_plain_name(full):
            raise ForeignName(name, self.prefix)
        return self.home.prefix + full

    def _ask(self, name: str, call: Callable[[dict[str, Any]], Found]) -> Found:
        with REQUEST_SLOTS.of("buckets", self.at_once):
            return ask(call, name, self.home.bucket, self.retries)

    def _ask_bucket(self, name: str, call: Callable[[dict[str, Any]], Found]) -> Found:
        """Do as _ask, where "not found" can only mean the bucket itself."""
        from google.api_core.exceptions import NotFound

        try:
            return self._ask(name, call)
        except NotFound as error:
            raise BucketRefused(name, self.home.bucket, "there is no such bucket") from error


def _type(name: str) -> str:
    suffix = Path(name).suffix
    return TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
