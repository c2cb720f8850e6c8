"""Feeds whose format is read by large libraries are read in a process of their own, behind the fence of the box.

It may read the feed and its own libraries, write nothing, and take so much memory and time. What it sends is checked.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import weakref
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any, cast, get_args

from foundry.box import MIB
from foundry.box.program import ProgramLimits, confined_command
from foundry.catalog.catalog import Feed, FeedKind
from foundry.catalog.reading import program
from foundry.catalog.reading.frames import BrokenFrames, chunk_of, facts_of, receive
from foundry.catalog.reading.limits import FeedLimits
from foundry.catalog.reading.parts import schema_of
from foundry.catalog.refusals import BadFeed
from foundry.catalog.rows import Chunk, FeedFacts, FetchedFeed
from foundry.errors import clipped

LIMITS = ProgramLimits(data_bytes=1_536 * MIB, cpu_s=3_600, file_bytes=MIB)
_CALLS = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "SYSTEMROOT")


class ReadingApart:
    """A feed that another process reads; kind is known from the beginning."""

    def __init__(
        self, feed: FetchedFeed, spec: Feed, wanted: frozenset[str], limits: FeedLimits, fence: ProgramLimits = LIMITS
    ) -> None:
        self._name, self._schema, self._fence = feed.name, schema_of(wanted), fence
        self._facts: FeedFacts | None = None
        self._folder = Path(tempfile.mkdtemp(prefix="feed-"))
        self._said: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        self._process = self._started(feed, spec, wanted, limits)
        self._closed = weakref.finalize(self, _end, self._process, self._said, self._folder)
        try:
            self.kind = self._first()
        except BaseException:
            self.close()
            raise

    def _first(self) -> FeedKind:
        head, _ = self._next()
        if head.get("kind") not in get_args(FeedKind):
            raise BrokenFrames("no kind of feed")
        return cast("FeedKind", head["kind"])

    def _started(
        self, feed: FetchedFeed, spec: Feed, wanted: frozenset[str], limits: FeedLimits
    ) -> subprocess.Popen[bytes]:
        path, own = Path(str(feed.path)).resolve(), Path(program.__file__).resolve()
        job = {
            "name": feed.name,
            "path": str(path),
            "size_bytes": feed.size_bytes,
            "spec": spec.model_dump(mode="json", exclude={"credential"}),
            "wanted": sorted(wanted),
            "limits": asdict(limits),
        }
        inner = [sys.executable, "-P", str(own), json.dumps(job)]
        command = confined_command(inner, self._folder, self._fence, (path, own.parents[3]))
        environment = {name: os.environ[name] for name in _CALLS if name in os.environ}
        environment |= {"HOME": str(self._folder), "TMPDIR": str(self._folder), "PYTHONUTF8": "1"}
        return subprocess.Popen(  # noqa: S603 - this program, with its own arguments
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self._said, env=environment
        )

    def _next(self) -> tuple[dict[str, Any], memoryview]:
        """Return the next frame; BadFeed if it is a refusal, or if the process was ended at its limits."""
        try:
            head, content = receive(cast("IO[bytes]", self._process.stdout))
        except BrokenFrames as error:
            raise self._reason() from error
        if "refused" in head:
            raise BadFeed(*map(str, head["refused"]))
        return head, content

    def _reason(self) -> Exception:
        """Return why the process sent no frame."""
        code = self._process.wait()
        self._said.seek(max(0, self._said.seek(0, os.SEEK_END) - 2_000))
        said = self._said.read().decode(errors="replace")
        if code < 0 or "MemoryError" in said:
            wrong = f"takes more than {self._fence.data_bytes // MIB} MB or {self._fence.cpu_s} s to be read"
            return BadFeed(self._name, "too_large", wrong, "split it into several feeds, or send it as TSV")
        return RuntimeError(f"the reader of feeds broke: {clipped(said)}")

    def chunks(self) -> Iterator[Chunk]:
        """Yield the rows in order, once; BadFeed as the reading in this process."""
        try:
            while True:
                head, content = self._next()
                if "facts" in head:
                    self._facts = facts_of(head)
                    return
                yield chunk_of(head, content, self._schema)
        finally:
            self.close()

    def facts(self) -> FeedFacts:
        """Return what was seen; RuntimeError before the last chunk."""
        if self._facts is None:
            raise RuntimeError("the facts of a feed are known after its last chunk")
        return self._facts

    def close(self) -> None:
        """End the process, if it still runs."""
        self._closed()


def _end(process: subprocess.Popen[bytes], said: IO[bytes], folder: Path) -> None:
    process.kill()
    process.wait()
    if process.stdout:
        process.stdout.close()
    said.close()
    shutil.rmtree(folder, ignore_errors=True)
