"""Fonts that tenants bring, in this process: faces by the hashes of their files, rebuilt once and kept in the spool.

What sets text takes the name of a family. For a tenant that brings fonts, it takes an order of families instead, which
is one text: the names of shipped families and, for each family that the tenant brings, the hashes of its files. So
caches tell them apart, and nobody can name the font of another tenant.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from foundry.content_cache import ContentCache
from foundry.inputs.font import RebuiltFont, Weight, rebuild
from foundry.inputs.spool import user_spool

ReadFont = Callable[[], bytes]
SEPARATOR, MARK = "\t", "#"
KEPT_SOURCES, KEPT_FACES = 4_096, 256


@dataclass(frozen=True)
class FontFace:
    """One font file and the code points that it covers."""

    path: Path
    covers: frozenset[int]


class Families(NamedTuple):
    """The families, or orders of families, of a brand by role."""

    display: str
    body: str


class BroughtFamily(NamedTuple):
    """A family that a tenant brings, by the SHA-256 of its files."""

    name: str
    regular: str
    bold: str

    @property
    def item(self) -> str:
        """Its part of an order of families."""
        return f"{MARK}{self.regular}.{self.bold}"


def order_of(family: str, brought: Sequence[BroughtFamily]) -> str:
    """Return the order in which characters look for a face: `family`, then all that the tenant brings.

    A family that is brought goes before a shipped one of the same name.
    """
    own = {one.name: one.item for one in brought}
    return SEPARATOR.join(dict.fromkeys((own.get(family, family), *own.values())))


def items_of(order: str) -> tuple[str, ...]:
    """Return the parts of an order of families; a single name is the only part of its own."""
    return tuple(order.split(SEPARATOR))


def is_brought(item: str) -> bool:
    """Return True for a part of an order that stands for a family that a tenant brings."""
    return item.startswith(MARK)


_lock = threading.Lock()
_sources: OrderedDict[str, ReadFont] = OrderedDict()
_faces: ContentCache[FontFace] = ContentCache(KEPT_FACES)
_made: dict[str, tuple[str, Weight]] = {}
"""The file and the weight that each rebuilt font in the spool was made from, by its path."""


def know_font(sha256: str, read: ReadFont) -> None:
    """Keep the function that reads a font's file, for faces of it that are asked for later in this process."""
    with _lock:
        _sources[sha256] = read
        _sources.move_to_end(sha256)
        while len(_sources) > KEPT_SOURCES:
            _sources.popitem(last=False)


def brought_face(item: str, weight: Weight) -> FontFace:
    """Return a face of a family in an order; LookupError if this process does not know its file."""
    regular, bold = item.removeprefix(MARK).split(".")
    sha256 = bold if weight == "bold" else regular
    return _faces.get((sha256, weight), lambda: _make(sha256, weight))


def present(path: str) -> str:
    """Return the path of a face's file. A rebuilt font that the spool has evicted is rebuilt first."""
    if path in _made and not user_spool().touch(Path(path).name):
        _make(*_made[path])
    return path


def _make(sha256: str, weight: Weight) -> FontFace:
    rebuilt = _rebuilt(sha256, weight)
    spool = user_spool()
    with spool.incoming() as (stream, incoming):
        stream.write(rebuilt.content)
        stream.flush()
        kept = spool.keep(incoming, hashlib.sha256(rebuilt.content).hexdigest())
    _made[str(kept)] = (sha256, weight)
    return FontFace(kept, rebuilt.covers)


def _rebuilt(sha256: str, weight: Weight) -> RebuiltFont:
    with _lock:
        read = _sources.get(sha256)
    if read is None:
        raise LookupError(f"no font {sha256} is known here; ask the tenant for its families first")
    return rebuild(read(), "the font", weight)
