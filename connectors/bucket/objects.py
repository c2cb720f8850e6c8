"""Requests to the objects of one bucket, with the client and the patience that the factory's own stores have."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from connectors.http.pace import Pace
from connectors.http.secrets import scrub
from connectors.target.errors import FileRefused, TargetAway, TargetRefused
from connectors.target.outgoing import Content
from foundry.errors import BadInput
from foundry.retrying import Clock, RetryPolicy
from foundry.store.bucket_requests import CONNECTIONS, BucketRefused, StoreOutage, ask

Answer = TypeVar("Answer")
TOO_SLOW_S = 600.0
"""Seconds for the upload of one file, whatever its size."""


class Overtaken(Exception):
    """An object is not the generation that a request was bound to."""


@dataclass(frozen=True)
class BucketObjects:
    """Objects below `prefix`, which is empty or ends in a slash. Names are paths below it."""

    target: str
    bucket: str
    prefix: str
    retries: RetryPolicy
    pace: Pace
    clock: Clock

    def blob(self, path: str) -> Any:
        """Return the object's properties; None if there is none."""
        return self._ask(path, lambda how: self._bucket.get_blob(self.prefix + path, **how))

    def upload(self, path: str, content: Content, media_type: str, generation: int, metadata: Mapping[str, str]) -> Any:
        """Write an object in place of the generation that is there, 0 for none; return its properties.

        Overtaken if another generation is there. The checksum goes with the bytes, and the bucket compares it.
        """

        def send(how: dict[str, Any]) -> Any:
            blob = self._bucket.blob(self.prefix + path)
            blob.metadata = dict(metadata) or None
            how = how | {"timeout": TOO_SLOW_S}
            blob.upload_from_filename(
                str(content.file), media_type, if_generation_match=generation, checksum="crc32c", **how
            )
            return blob

        return self._ask(path, send)

    def copy(self, blob: Any, path: str) -> None:
        """Copy an object, with its metadata, to another path."""

        def copy(how: dict[str, Any]) -> None:
            target = self._bucket.blob(self.prefix + path)
            token, _, _ = target.rewrite(blob, if_source_generation_match=blob.generation, **how)
            while token is not None:
                token, _, _ = target.rewrite(blob, token=token, if_source_generation_match=blob.generation, **how)

        self._ask(path, copy)

    def remove(self, path: str, generation: int | None = None) -> None:
        """Remove an object, if it is there; with `generation`, only that one."""
        from google.api_core.exceptions import NotFound

        bound = {} if generation is None else {"if_generation_match": generation}

        def remove(how: dict[str, Any]) -> None:
            try:
                self._bucket.blob(self.prefix + path).delete(**bound, **how)
            except NotFound:
                return

        self._ask(path, remove)

    def read_small(self, path: str, most: int) -> bytes | None:
        """Return the bytes of an object; None if there is none or if it has more than `most`."""
        blob = self.blob(path)
        if blob is None or blob.size > most:
            return None
        data: bytes = self._ask(path, lambda how: blob.download_as_bytes(checksum="crc32c", **how))
        return data

    def listed(self) -> Iterator[tuple[str, Any]]:
        """Yield path and properties of every object below the prefix, streamed."""
        blobs = self._ask("", lambda how: iter(self._bucket.list_blobs(prefix=self.prefix, **how)))
        while (blob := self._ask("", lambda _: next(blobs, None))) is not None:
            yield blob.name.removeprefix(self.prefix), blob

    @property
    def _bucket(self) -> Any:
        return CONNECTIONS.client().bucket(self.bucket)

    def _ask(self, path: str, call: Callable[[dict[str, Any]], Answer]) -> Answer:
        """Return the answer to a request, at the target's pace, with its errors translated."""
        from google.api_core.exceptions import NotFound, PreconditionFailed

        if (wait_s := self.pace.take()) > 0:
            self.clock.sleep(wait_s)
        try:
            return ask(call, path, self.bucket, self.retries)
        except PreconditionFailed as error:
            raise Overtaken(path) from error
        except NotFound as error:
            raise TargetRefused(self.target, f"there is no bucket {self.bucket}", "make it, or name another") from error
        except BucketRefused as error:
            if "crc32c" in error.reason.lower():
                raise TargetAway(self.target, f"{path} did not arrive as it was sent") from error
            if getattr(error.__cause__, "code", None) in (400, 413):
                raise FileRefused(
                    self.target, path, f"is refused: {scrub(error.reason)}", "shorten its name"
                ) from error
            remedy = "give the account of the deliveries the role storage.objectUser there"
            raise TargetRefused(self.target, f"bucket {self.bucket} refuses: {scrub(error.reason)}", remedy) from error
        except BadInput as error:
            raise TargetRefused(self.target, str(error), "install it where the workers run") from error
        except StoreOutage as error:
            raise TargetAway(self.target, f"bucket {self.bucket} gives no usable answer", maybe=True) from error
