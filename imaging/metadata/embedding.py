"""Writing what is said of a file into a copy of it: finished files of every format, without a change of pixels."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from foundry.delivery.metadata import AssetMetadata
from imaging.metadata import avif, film, gif, jpeg, jxl, pdf, png, tiff, webm, webp
from imaging.metadata.facts import MOST_RANK, properties_of, tags_of
from imaging.metadata.iim import iim
from imaging.metadata.packets import Packets
from imaging.metadata.properties import packet
from imaging.metadata.splicing import CannotEmbed, Data, Piece, Span, mapped, size_of, write_pieces

Splice = Callable[[Data, Packets], list[Piece]]
WRITERS: dict[str, Splice] = {
    "jpeg": jpeg.splice,
    "png": png.splice,
    "webp": webp.splice,
    "gif": gif.splice,
    "jxl": jxl.splice,
    "avif": avif.splice,
    "tiff": tiff.splice,
    "pdf": pdf.splice,
    "mp4": film.splice_mp4,
    "mov": film.splice_mov,
    "webm": webm.splice,
}
MOST_BYTES = {"jpeg": jpeg.MOST_XMP}
"""Of a packet, in formats that limit it."""
WITH_IIM = ("jpeg", "tiff")
IIM = "IIM"
"""The name, among what is left out, of the older form of the metadata."""


@dataclass(frozen=True)
class Embedded:
    """The outcome of embedding. left_out: the properties for which the byte limit left no room.

    unchanged: not even the shortest packet has room, so that the copy is the finished file as it was.
    """

    size_bytes: int
    left_out: tuple[str, ...] = ()
    unchanged: bool = False


def can_embed(form: str) -> bool:
    """Return whether files of a format hold metadata; subtitles do not."""
    return form in WRITERS


def embed(source: Path, into: Path, form: str, metadata: AssetMetadata, limit_bytes: int | None = None) -> Embedded:
    """Write a copy of a finished file with the metadata in place of its XMP packet.

    form: as the manifest names it, such as `jpeg`. The same file and metadata give the same bytes. Where the copy would
    exceed `limit_bytes`, the least important properties are left out. CannotEmbed for a file of another layout.
    """
    with mapped(source) as data:
        for packets, left_out in _shorter_and_shorter(form, metadata):
            pieces = _splice(form, data, packets)
            if limit_bytes is None or size_of(pieces) <= limit_bytes:
                write_pieces(data, pieces, into)
                return Embedded(size_of(pieces), left_out)
        write_pieces(data, [Span(0, len(data))], into)
        everything = tuple(sorted(each.name for each in properties_of(metadata)))
        return Embedded(len(data), everything, unchanged=True)


def _splice(form: str, data: Data, packets: Packets) -> list[Piece]:
    if form not in WRITERS:
        raise CannotEmbed(form, "holds no metadata")
    return WRITERS[form](data, packets)


def _shorter_and_shorter(form: str, metadata: AssetMetadata) -> Iterator[tuple[Packets, tuple[str, ...]]]:
    """Yield what is written, the whole first, each with the names of the properties that are not in it."""
    properties, most = properties_of(metadata), MOST_BYTES.get(form)
    tags = tags_of(metadata) if form == "webm" else []
    older = iim(metadata) if form in WITH_IIM else b""
    for rank in range(MOST_RANK, -1, -1):
        made = packet(each for each in properties if each.rank <= rank)
        said = tuple((tag.name, tag.xml) for tag in tags if tag.rank <= rank)
        gone = {each.name for each in properties if each.rank > rank}
        if most is not None and len(made) > most:
            continue
        if older and rank == MOST_RANK:
            yield Packets(made, older), ()
        yield Packets(made, tags=said, language=metadata.locale), tuple(sorted({*gone, *([IIM] if older else ())}))
