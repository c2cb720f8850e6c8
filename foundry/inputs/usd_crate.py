"""A reader of binary USD layers (crate files): enough to find every file that a layer could make a program open.

OpenUSD's crateFile.cpp has written this form since version 0.4: a header with the offset of a table of contents, then
sections by name. TOKENS holds texts that end with NUL, STRINGS the numbers of the tokens that are strings, FIELDS pairs
of a name and a value. A value is eight bytes: flags, a type, and either the value itself or its offset.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import lz4.block  # type: ignore[import-untyped]
import numpy as np
from numpy.typing import NDArray

MAX_TEXT_BYTES = 50_000_000
MAX_TEXTS = 1_000_000
MAX_FIELDS = 2_000_000
MAX_MATCHES = 1_000_000
MAX_ITEMS = 100_000
ASSET, DICTIONARY, REFERENCES, TIME_SAMPLES, PAYLOAD, STRINGS, VALUE, UNREGISTERED, PAYLOADS = (
    12, 31, 35, 46, 47, 50, 52, 53, 55,
)  # fmt: skip
"""Types of values (crateDataTypes.h) that are file names, or that may hold one."""
CONTAINERS = (DICTIONARY, TIME_SAMPLES, VALUE, UNREGISTERED, 54)
ARRAY = 1 << 63
OFFSET = (1 << 48) - 1
LIST_PARTS = 6
"""Kinds of edits in a list operation: explicit, added, deleted, ordered, prepended, appended items."""
CLIPS = re.compile(rb"^clip(s|Sets|AssetPaths|ManifestAssetPath|Template\w*)$")


@dataclass(frozen=True)
class Crate:
    """A layer's texts, the numbers of those that are strings, and the names and values of its fields."""

    data: bytes
    version: tuple[int, int]
    tokens: list[bytes]
    strings: NDArray[np.uint32]
    names: NDArray[np.int64]
    values: NDArray[np.uint64]

    def token(self, number: int) -> str:
        """Return a text by its number; ValueError if there is none."""
        if not 0 <= number < len(self.tokens):
            raise ValueError("a value refers to a text that is not there")
        return self.tokens[number].decode("utf-8", "replace")

    def string(self, number: int) -> str:
        """Return a string by its number; ValueError if there is none."""
        if not 0 <= number < len(self.strings):
            raise ValueError("a value refers to a string that is not there")
        return self.token(int(self.strings[number]))


def read_crate(data: bytes) -> Crate:
    """Return the parts of a layer; ValueError if it is not a whole crate file of a known version."""
    try:
        if data[:8] != b"PXR-USDC" or (data[8], data[9]) < (0, 4):
            raise ValueError("not a binary USD layer of version 0.4 or later")
        places = dict(_sections(data))
        tokens = _tokens(data, *places[b"TOKENS"])
        strings = _strings(data, *places[b"STRINGS"]) if b"STRINGS" in places else np.zeros(0, np.uint32)
        names, values = (
            _fields(data, *places[b"FIELDS"])
            if b"FIELDS" in places
            else (np.zeros(0, np.int64), np.zeros(0, np.uint64))
        )
    except (struct.error, IndexError, KeyError, OverflowError) as error:
        raise ValueError(f"broken at its table of contents ({type(error).__name__})") from error
    return Crate(data, (data[8], data[9]), tokens, strings, names, values)


def tokens_of(data: bytes) -> tuple[str, ...]:
    """Return all texts of a layer; ValueError if it is not a whole crate file of a known version."""
    return tuple(text.decode("utf-8", "replace") for text in read_crate(data).tokens if text)


def _sections(data: bytes) -> Iterator[tuple[bytes, tuple[int, int]]]:
    (contents,) = struct.unpack_from("<q", data, 16)
    (count,) = struct.unpack_from("<Q", data, contents)
    for number in range(min(count, 64)):
        name, start, size = struct.unpack_from("<16sqq", data, contents + 8 + 32 * number)
        if not 0 <= start <= start + size <= len(data):
            raise ValueError("a section is out of bounds")
        yield name.rstrip(b"\0"), (start, size)


def _tokens(data: bytes, start: int, size: int) -> list[bytes]:
    count, unpacked, packed = struct.unpack_from("<QQQ", data, start)
    if unpacked > MAX_TEXT_BYTES or packed + 24 > size or count > MAX_TEXTS:
        raise ValueError("its texts are out of bounds")
    texts = _unpack(data[start + 24 : start + 24 + packed], unpacked)
    if texts.count(b"\0") > MAX_TEXTS:
        raise ValueError(f"it has more than {MAX_TEXTS} texts")
    return texts.split(b"\0")


def _strings(data: bytes, start: int, size: int) -> NDArray[np.uint32]:
    (count,) = struct.unpack_from("<Q", data, start)
    if 8 + 4 * count > size:
        raise ValueError("its strings are out of bounds")
    return np.frombuffer(data, "<u4", count, start + 8)


def _fields(data: bytes, start: int, size: int) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    count, packed = struct.unpack_from("<QQ", data, start)
    if count > MAX_FIELDS or 24 + packed > size:
        raise ValueError("its fields are out of bounds")
    if count == 0:
        return np.zeros(0, np.int64), np.zeros(0, np.uint64)
    at = start + 16 + packed
    names = _integers(_unpack(data[start + 16 : at], 4 + -(-count // 4) + 4 * count), count)
    (packed,) = struct.unpack_from("<Q", data, at)
    if at + 8 + packed > start + size:
        raise ValueError("its fields are out of bounds")
    values = _unpack(data[at + 8 : at + 8 + packed], 8 * count)
    if len(values) != 8 * count:
        raise ValueError("its fields are incomplete")
    return names, np.frombuffer(values, "<u8", count)


def _integers(packed: bytes, count: int) -> NDArray[np.int64]:
    """Return integers that are stored as differences (integerCoding.cpp).

    First the most common difference, then two bits for each number: that one, or one of one, two or four bytes.
    """
    codes_end = 4 + -(-count // 4)
    common = struct.unpack_from("<i", packed)[0]
    pairs = np.frombuffer(packed, np.uint8, codes_end - 4, 4)
    codes = ((pairs[:, None] >> np.array([0, 2, 4, 6], np.uint8)) & 3).reshape(-1)[:count]
    widths = np.array([0, 1, 2, 4])[codes]
    ends = np.cumsum(widths)
    rest = np.frombuffer(packed, np.uint8, offset=codes_end).astype(np.int64)
    if ends[-1] > len(rest):
        raise ValueError("its field names are incomplete")
    steps = np.full(count, common, np.int64)
    for code, width in ((1, 1), (2, 2), (3, 4)):
        at = (ends - widths)[codes == code]
        number = sum(rest[at + place] << (8 * place) for place in range(width)) if at.size else at
        half = 1 << (8 * width - 1)
        steps[codes == code] = (number ^ half) - half
    return np.cumsum(steps)


def _unpack(packed: bytes, size: int) -> bytes:
    """Return the content of a section: one LZ4 block after a zero byte, or several, each after its length."""
    if packed[0] == 0:
        return unpack_block(packed[1:], size)
    texts, at = bytearray(), 1
    for _ in range(packed[0]):
        (length,) = struct.unpack_from("<i", packed, at)
        if length <= 0 or len(texts) >= size:
            raise ValueError("its texts are packed wrongly")
        texts += unpack_block(packed[at + 4 : at + 4 + length], size - len(texts))
        at += 4 + length
    return bytes(texts)


def unpack_block(packed: bytes, most: int) -> bytes:
    """Return the content of a raw LZ4 block; ValueError if it is broken or holds more than `most` bytes."""
    try:
        return bytes(lz4.block.decompress(packed, uncompressed_size=most))
    except lz4.block.LZ4BlockError as error:
        raise ValueError("its texts are packed wrongly, or are longer than it says") from error


def files_named_in_crate(data: bytes) -> set[str]:
    """Return the names of all files that a layer may make a program open; ValueError for a broken layer.

    Names of assets, references, payloads and sublayers are read where they stand. Inside dictionaries and samples over
    time, whatever looks like the number of an asset's text, and a text that looks like a place, is taken for one.
    """
    crate = read_crate(data)
    types = (crate.values >> np.uint64(48)) & np.uint64(0xFF)
    try:
        found = set(_assets(crate, types))
        found.update(_composed(crate, types))
    except struct.error as error:
        raise ValueError("a value ends behind the end of the file") from error
    if np.isin(types, CONTAINERS).any():
        found.update(_nested(crate))
    if not len(types):  # nothing says which of its texts are names: all that look like one are taken for it
        found.update(text.decode("utf-8", "replace") for text in crate.tokens)
        found = {text for text in found if _may_be_place(text)}
    return found - {""}


def _may_be_place(text: str) -> bool:
    return bool(PLACE.search(text)) and not IDENTIFIER.match(text)


def _assets(crate: Crate, types: NDArray[np.uint64]) -> Iterator[str]:
    for value in np.unique(crate.values[types == ASSET]).tolist():
        if value & ARRAY:
            yield from _asset_array(crate, value & OFFSET)
        else:
            yield crate.token(value & OFFSET)


def _asset_array(crate: Crate, at: int) -> Iterator[str]:
    if at:
        wide = crate.version >= (0, 7)
        (count,) = struct.unpack_from("<Q" if wide else "<I", crate.data, at)
        if count > MAX_ITEMS:
            raise ValueError("an array of files is out of bounds")
        for number in struct.unpack_from(f"<{count}I", crate.data, at + (8 if wide else 4)):
            yield crate.string(number)


def _composed(crate: Crate, types: NDArray[np.uint64]) -> Iterator[str]:
    """Yield the layers that a layer is composed of."""
    for name, value, kind in zip(crate.names.tolist(), crate.values.tolist(), types.tolist(), strict=True):
        at = value & OFFSET
        if 0 <= name < len(crate.tokens) and CLIPS.match(crate.tokens[name]):
            yield f"value clips ({crate.token(name)})"
        elif kind == STRINGS and crate.token(name) == "subLayers":
            yield from _string_vector(crate, at)
        elif kind == PAYLOAD:
            yield crate.string(struct.unpack_from("<I", crate.data, at)[0])
        elif kind in (REFERENCES, PAYLOADS):
            yield from _list_operation(crate, at, with_data=kind == REFERENCES)


def _string_vector(crate: Crate, at: int) -> Iterator[str]:
    (count,) = struct.unpack_from("<Q", crate.data, at)
    if count > MAX_ITEMS:
        raise ValueError("a list of layers is out of bounds")
    for number in struct.unpack_from(f"<{count}I", crate.data, at + 8):
        yield crate.string(number)


def _list_operation(crate: Crate, at: int, *, with_data: bool) -> Iterator[str]:
    """Yield the layers of a list of references or payloads: bits that say which lists follow, then those lists."""
    bits = crate.data[at] if at < len(crate.data) else 0
    at += 1
    for part in range(LIST_PARTS):
        if not bits >> (part + 1) & 1:
            continue
        (count,) = struct.unpack_from("<Q", crate.data, at)
        at += 8
        if count > MAX_ITEMS:
            raise ValueError("a list of references is out of bounds")
        for _ in range(count):
            yield crate.string(struct.unpack_from("<I", crate.data, at)[0])
            at += 8 + (16 if with_data or crate.version >= (0, 8) else 0)
            if with_data:
                at = _after_dictionary(crate.data, at)


def _after_dictionary(data: bytes, at: int) -> int:
    """Return the offset behind a dictionary: keys, each with a jump to its value, behind which the next one stands."""
    (count,) = struct.unpack_from("<Q", data, at)
    if count > MAX_ITEMS:
        raise ValueError("a dictionary is out of bounds")
    at += 8
    for _ in range(count):
        (jump,) = struct.unpack_from("<q", data, at + 4)
        at += 4 + jump + 8
        if not 0 <= at <= len(data):
            raise ValueError("a dictionary leads out of the file")
    return at


NESTED = re.compile(rb"\0\0\x0c[\x40\x80]")
PLACE = re.compile(r"[/\\]|\.\.|^\w+:|\.[A-Za-z]\w{0,5}(\[.*\])?\s*$", re.DOTALL)
"""A text that could be a place: with a separator, a step upwards, a scheme, or an ending."""
IDENTIFIER = re.compile(r"^\w+(:\w+)*$")


def _nested(crate: Crate) -> Iterator[str]:
    matches = list(islice(NESTED.finditer(crate.data), MAX_MATCHES + 1))
    if len(matches) > MAX_MATCHES:
        raise ValueError("it is too large to be checked")
    for match in matches:
        if match.start() < 4:
            continue
        (number,) = struct.unpack_from("<I", crate.data, match.start() - 4)
        if match.group().endswith(b"\x40"):
            candidates = [crate.token(number)] if number < len(crate.tokens) else []
        else:
            candidates = _likely_array(crate, number)
        yield from (text for text in candidates if _may_be_place(text))


def _likely_array(crate: Crate, at: int) -> list[str]:
    try:
        return list(_asset_array(crate, at))
    except (struct.error, ValueError):
        return []  # the bytes only look like an array's
