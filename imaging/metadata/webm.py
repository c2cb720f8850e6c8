"""Metadata of WebM (RFC 8794, RFC 9559): tags."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter

from imaging.metadata.packets import Packets
from imaging.metadata.splicing import CannotEmbed, Data, Piece, Span, number, size_of

EBML, SEGMENT, SEEK_HEAD, SEEK, SEEK_ID, SEEK_POSITION = 0x1A45DFA3, 0x18538067, 0x114D9B74, 0x4DBB, 0x53AB, 0x53AC
VOID, TAGS, TAG, TARGETS, SIMPLE_TAG, TAG_NAME, TAG_LANGUAGE, TAG_STRING = (
    0xEC, 0x1254C367, 0x7373, 0x63C0, 0x67C8, 0x45A3, 0x447B, 0x4487,
)  # fmt: skip
CLUSTER, CUES, CUE_POINT, CUE_TRACK_POSITIONS, CUE_CLUSTER_POSITION = 0x1F43B675, 0x1C53BB6B, 0xBB, 0xB7, 0xF1
WITH_CUES = (CUES, CUE_POINT, CUE_TRACK_POSITIONS)
OURS = b"FOUNDRY_ASSET"
"""The name of a tag that every tag list of ours holds, and no other."""
LONG_SIZE = 8
SHORTEST_VOID = 2


@dataclass(frozen=True)
class Element:
    """One element: its id, its place in the file, and where its content begins."""

    id: int
    start: int
    content: int
    stop: int


@dataclass(frozen=True)
class Move:
    """Everything at `behind` or after it, counted in the segment, moves by so many bytes."""

    behind: int
    by: int


def splice(data: Data, packets: Packets) -> list[Piece]:
    """Return the film with its tags before the first frames, where readers look; what lies behind moves.

    The table of contents is rewritten within the space that the encoder left after it.
    """
    top = list(_elements(data, 0, len(data)))
    if [each.id for each in top] != [EBML, SEGMENT] or top[1].content - top[1].start != 4 + LONG_SIZE:
        raise CannotEmbed("webm", "has no single segment of a stated length")
    segment = top[1]
    inside = list(_elements(data, segment.content, segment.stop))
    old = [each for each in inside if each.id == TAGS]
    kept = [tag for each in old for tag in _elements(data, each.content, each.stop) if not _is_ours(data, tag)]
    tags = _element(TAGS, *(data[tag.start : tag.stop] for tag in kept), _tag(packets))
    others = [each for each in inside if each.id != TAGS]
    _refuse_unknown(inside, others)
    clusters = next(at for at, each in enumerate(others) if each.id == CLUSTER)
    moved = len(tags) - sum(each.stop - each.start for each in old)
    place = others[clusters].start - segment.content - (len(tags) - moved)
    behind = others[clusters].start - segment.content
    contents = _contents(data, inside, place, Move(behind, moved))
    before = [Span(each.start, each.stop) for each in others[2:clusters]]
    after = [_cues(data, each, moved) if each.id == CUES else Span(each.start, each.stop) for each in others[clusters:]]
    made = [contents, *before, tags, *after]
    return [Span(0, segment.start + 4), _size(size_of(made), LONG_SIZE), *made]


def _refuse_unknown(inside: list[Element], others: list[Element]) -> None:
    """Refuse other orders than the encoder's: contents and room, tracks, tags, clusters of frames, cues."""
    kinds = [each.id for each in inside]
    if CLUSTER not in kinds or kinds[:2] != [SEEK_HEAD, VOID]:
        raise CannotEmbed("webm", "has no frames, or no table of contents with room for another entry")
    first = kinds.index(CLUSTER)
    if TAGS in kinds[first:] or CUES in kinds[:first] or (TAGS in kinds and kinds[first - 1] != TAGS):
        raise CannotEmbed("webm", "has tags or cues where this project writes none")
    if len(inside) - len(others) > 1:
        raise CannotEmbed("webm", "has several lists of tags")


def _is_ours(data: Data, tag: Element) -> bool:
    return OURS in data[tag.content : tag.stop]


def _tag(packets: Packets) -> bytes:
    """Return the list of tags of the whole film, the asset's id first."""
    language = packets.language.encode()
    made = [
        _element(
            SIMPLE_TAG,
            _element(TAG_NAME, name.encode()),
            _element(TAG_LANGUAGE, language) if language and name in ("TITLE", "DESCRIPTION", "ALT_TEXT") else b"",
            _element(TAG_STRING, "".join(value.split("\0")).encode("utf-8", "replace")),
        )
        for name, value in (*packets.tags, ("XMP", packets.xmp.decode()))
    ]
    return _element(TAG, _element(TARGETS), *made)


def _contents(data: Data, inside: list[Element], place: int, move: Move) -> bytes:
    """Return the table of contents, tags at `place` and what lies behind them moved, and the room after it."""
    head, room = inside[:2]
    entries = [(TAGS, place)]
    for seek in _elements(data, head.content, head.stop):
        kind, at = _child(data, seek, SEEK_ID), _child(data, seek, SEEK_POSITION)
        if kind != TAGS:
            entries.append((kind, at + move.by if at >= move.behind else at))
    made = _element(SEEK_HEAD, *(_seek(kind, at) for kind, at in sorted(entries, key=itemgetter(1))))
    left = room.stop - head.start - len(made)
    if left < SHORTEST_VOID:
        raise CannotEmbed("webm", "has a table of contents without room for another entry")
    return made + _void(left)


def _cues(data: Data, element: Element, moved: int) -> bytes:
    """Return cues, or one of their parts, with the places of clusters as they are now."""
    if element.id == CUE_CLUSTER_POSITION:
        place = number(data, element.content, element.stop - element.content) + moved
        return _element(CUE_CLUSTER_POSITION, _shortest(place))
    if element.id not in WITH_CUES:
        return data[element.start : element.stop]
    parts = _elements(data, element.content, element.stop)
    return _element(element.id, *(_cues(data, part, moved) for part in parts))


def _child(data: Data, parent: Element, kind: int) -> int:
    found = next((each for each in _elements(data, parent.content, parent.stop) if each.id == kind), None)
    if found is None:
        raise CannotEmbed("webm", "has an entry of its table of contents without a place")
    return number(data, found.content, found.stop - found.content)


def _seek(kind: int, place: int) -> bytes:
    return _element(SEEK, _element(SEEK_ID, kind.to_bytes(4, "big")), _element(SEEK_POSITION, _shortest(place)))


def _shortest(value: int) -> bytes:
    return value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big")


def _elements(data: Data, start: int, stop: int) -> Iterator[Element]:
    at = start
    while at < stop:
        kind_bytes = _length_of(data, at, 4)
        size_at = at + kind_bytes
        size_bytes = _length_of(data, size_at, 8)
        size = number(data, size_at, size_bytes) & ((1 << 7 * size_bytes) - 1)
        content = size_at + size_bytes
        if content + size > stop:
            raise CannotEmbed("webm", "ends inside an element, or states no length of one")
        yield Element(number(data, at, kind_bytes), at, content, content + size)
        at = content + size


def _length_of(data: Data, at: int, most: int) -> int:
    """Return how many bytes a number of variable length has, by the zeros before its first one."""
    length = 9 - data[at].bit_length() if at < len(data) else 9
    if length > most:
        raise CannotEmbed("webm", "has an element without a length")
    return length


def _size(value: int, length: int) -> bytes:
    return (value | 1 << 7 * length).to_bytes(length, "big")


def _element(kind: int, *contents: bytes) -> bytes:
    content = b"".join(contents)
    return (
        _shortest(kind) + _size(len(content), LONG_SIZE) + content
        if len(content) > 126
        else (_shortest(kind) + _size(len(content), 1) + content)
    )


def _void(length: int) -> bytes:
    """Return an element of `length` bytes, at least 2, that players pass over."""
    size_bytes = LONG_SIZE if length >= 1 + LONG_SIZE else 1
    inside = length - 1 - size_bytes
    return _shortest(VOID) + _size(inside, size_bytes) + bytes(inside)
