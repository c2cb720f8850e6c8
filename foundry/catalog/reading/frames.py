"""What a process that reads a feed sends: heads in JSON, each with a batch of rows or none."""

from __future__ import annotations

import json
import struct
from dataclasses import asdict
from typing import IO, Any

from foundry.catalog.rows import Chunk, Columns, FeedFacts, RowFault

_SIZES = struct.Struct(">IQ")
MOST_HEAD, MOST_BATCH = 64_000_000, 1_000_000_000


class BrokenFrames(Exception):
    """The other process sent something else than frames, or ended within one."""


def send(stream: IO[bytes], head: dict[str, Any], batch: Columns = None) -> None:
    """Write one frame."""
    content = b"" if batch is None else _packed(batch)
    text = json.dumps(head).encode()
    stream.write(_SIZES.pack(len(text), len(content)))
    stream.write(text)
    stream.write(content)
    stream.flush()


def receive(stream: IO[bytes]) -> tuple[dict[str, Any], memoryview]:
    """Return the head and the content of the next frame; BrokenFrames if there is none."""
    head_size, size = _SIZES.unpack(_exactly(stream, _SIZES.size))
    if head_size > MOST_HEAD or size > MOST_BATCH:
        raise BrokenFrames(f"a frame of {head_size} and {size} bytes")
    try:
        head = json.loads(_exactly(stream, head_size))
    except ValueError as error:
        raise BrokenFrames("a head that is no JSON") from error
    if not isinstance(head, dict):
        raise BrokenFrames("a head that is no object")
    return head, memoryview(_exactly(stream, size))


def _exactly(stream: IO[bytes], size: int) -> bytes:
    content = stream.read(size)
    if len(content) < size:
        raise BrokenFrames("an end within a frame")
    return content


def _packed(batch: Columns) -> bytes:
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return sink.getvalue().to_pybytes()


def chunk_head(chunk: Chunk) -> dict[str, Any]:
    """Return the faults of a chunk as the head of a frame."""
    return {"faults": [[each.row, each.id, each.code, each.attribute, each.what, each.line] for each in chunk.faults]}


def chunk_of(head: dict[str, Any], content: memoryview, schema: Any) -> Chunk:
    """Return the chunk of a frame; BrokenFrames if its rows are not as the schema says, or not sound."""
    import pyarrow as pa

    try:
        with pa.ipc.open_stream(pa.py_buffer(content)) as reader:
            batch = reader.read_next_batch()
        batch.validate(full=True)
        faults = tuple(RowFault(*fault) for fault in head["faults"])
    except (pa.ArrowException, KeyError, TypeError, StopIteration, OSError) as error:
        raise BrokenFrames("a batch that is not sound") from error
    if batch.schema != schema:
        raise BrokenFrames("a batch with other columns")
    return Chunk(batch, faults)


def facts_head(facts: FeedFacts) -> dict[str, Any]:
    """Return facts as the head of a frame."""
    return {"facts": asdict(facts)}


def facts_of(head: dict[str, Any]) -> FeedFacts:
    """Return the facts of a frame; BrokenFrames if they are none."""
    try:
        told: Any = {name: tuple(value) if isinstance(value, list) else value for name, value in head["facts"].items()}
        return FeedFacts(**told)
    except (TypeError, KeyError, AttributeError) as error:
        raise BrokenFrames("facts that are none") from error
