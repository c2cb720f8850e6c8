"""JSON feeds: JSON Lines, a list of items, or an object that has one, in the shapes of Google's APIs too."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

from foundry.catalog.reading.columns import FIRST_OF_LIST, LISTS, attribute_of
from foundry.catalog.reading.json_depth import DepthMeter
from foundry.catalog.reading.limits import FeedLimits
from foundry.catalog.reading.parts import Part, RowBuilder, schema_of
from foundry.catalog.reading.stream import READ_BYTES
from foundry.catalog.reading.structured import joined_links, price_text, structured_text
from foundry.catalog.reading.text import Text
from foundry.catalog.refusals import BadFeed
from foundry.catalog.rows import RowFault

_INNER = ("product", "attributes", "productAttributes")
"""Objects within an item that hold its attributes, in the Content and the Merchant API's requests and answers."""
_USUAL = frozenset({"items", "products", "resources", "entries", "results", "data", "offers"})
_SEND = "write the whole feed, and rename it when it is finished"


class JsonItems:
    """The items of a feed. seen: the attributes that any item has; unknown: names of members that are none."""

    def __init__(self, text: Text, name: str, wanted: frozenset[str], limits: FeedLimits) -> None:
        self._text, self._name, self._wanted, self._limits = text, name, wanted, limits
        self._own = frozenset(attribute for attribute in wanted if attribute.startswith("own."))
        self._attributes: dict[str, str | None] = {}
        self.seen: dict[str, None] = {}
        self.unknown: dict[str, None] = {}

    def parts(self) -> Iterator[Part]:
        """Yield the items in order; BadFeed if the JSON is broken or ends too early."""
        builder = RowBuilder(schema_of(self._wanted), self._limits)
        items = self._lines() if self._is_lines() else self._listed()
        for row, (line, item) in enumerate(items, start=1):
            if isinstance(item, dict):
                builder.add(row, self._values(item), line)
            else:
                what = f"record {row} is {_named(item)}, and not an object with attributes; write one for each product"
                builder.refuse(RowFault(row, "", "bad_json", "", what, line))
            if builder.is_full:
                yield builder.take()
        yield builder.take()

    def _is_lines(self) -> bool:
        """Return True if each line is an object, or the only line is an item and not a list of them."""
        first, _, rest = self._text.first.lstrip().partition(b"\n")
        value = _loaded(first)
        if not isinstance(value, dict):
            return rest.lstrip().startswith(b"{") and first.rstrip().endswith(b"}")
        return rest.lstrip().startswith(b"{") or any(self._is_of_item(key) for key in value)

    def _is_of_item(self, key: str) -> bool:
        return key in _INNER or attribute_of(key[:200], "google-json", frozenset()) == "id"

    def _lines(self) -> Iterator[tuple[int, Any]]:
        """Yield the number and the value of each line; one that is no JSON is the fault of its row."""
        for number, (line, is_whole) in enumerate(self._text_lines(), start=1):
            if not line.strip():
                continue
            value = _loaded(line)
            if value is _BROKEN and not is_whole:
                raise BadFeed(self._name, "cut_feed", f"ends within line {number}", _SEND)
            yield number, value

    def _text_lines(self) -> Iterator[tuple[bytes, bool]]:
        held = b""
        while content := self._text.read(READ_BYTES):
            *lines, held = (held + content).split(b"\n")
            yield from ((line, True) for line in lines)
            if len(held) > self._limits.row_bytes:
                raise self._too_long()
        yield held, False

    def _too_long(self) -> BadFeed:
        wrong = f"has {self._limits.row_bytes} bytes without the end of an item"
        return BadFeed(self._name, "row_too_long", wrong, "write each product as one object of a list")

    def _listed(self) -> Iterator[tuple[int, Any]]:
        import ijson

        source = _Metered(self._text, self._limits.row_bytes)
        try:
            for item in ijson.items(source, self._list_name()):
                source.count = 0
                yield 0, item
        except _Endless as error:
            raise self._too_long() from error
        except _TooDeep as error:
            raise self._deep() from error
        except ijson.IncompleteJSONError as error:
            if source.is_ended and ("parse error" not in str(error) or "premature EOF" in str(error)):
                raise BadFeed(self._name, "cut_feed", "ends before its list of items does", _SEND) from error
            raise self._broken(error) from error
        except (ijson.JSONError, ValueError, ArithmeticError) as error:
            raise self._broken(error) from error

    def _deep(self) -> BadFeed:
        wrong = f"has values that are nested deeper than {_DEEP} levels"
        return BadFeed(self._name, "bad_json", wrong, "write each product as one object with plain values")

    def _broken(self, error: Exception) -> BadFeed:
        said = " ".join(str(error).split())[:120]
        code = "bad_encoding" if "UTF8" in said or "UTF-8" in said else "bad_json"
        return BadFeed(self._name, code, f"is not sound JSON ({said})", "write it with a JSON library")

    def _list_name(self) -> str:
        """Return where the items are: the list of objects, within two levels, with a usual name, or else the first."""
        import ijson

        if DepthMeter().deepest(self._text.first) > _DEEP:
            raise self._deep()
        found, lists = "", list[str]()
        try:
            for prefix, event, _ in ijson.parse(io.BytesIO(self._text.first)):
                if event == "start_array" and prefix.count(".") < 2:
                    lists.append(f"{prefix}.item" if prefix else "item")
                elif event == "start_map" and lists and prefix == lists[-1]:
                    if prefix == "item" or prefix.split(".")[-2] in _USUAL:
                        return prefix
                    found = found or prefix
        except (ijson.JSONError, ValueError):
            pass  # the head ends anywhere; the whole is judged when it is read
        if found or lists:
            return found or lists[0]
        raise BadFeed(self._name, "bad_json", "has no list of items", "write a list of objects, or one on each line")

    def _values(self, item: Mapping[str, Any]) -> dict[str, str]:
        values: dict[str, str] = {}
        for key, value in _flat(item):
            attribute = self._attributes[key] if key in self._attributes else self._learn(key)
            if attribute is None or value is None:
                continue
            if text := _text(value, attribute):
                values[attribute] = text
        return values

    def _learn(self, key: str) -> str | None:
        attribute = attribute_of(key[:200], "google-json", self._own)
        if len(self._attributes) < self._limits.columns:
            self._attributes[key] = attribute
            (self.unknown if attribute is None else self.seen)[attribute or key[:200]] = None
        return attribute if attribute in self._wanted else None


_DEEP = 64
_BROKEN: Any = object()


class _Endless(Exception):
    """An item has no end within the limit."""


class _TooDeep(Exception):
    """Values are nested too deep."""


class _Metered:
    """The text for a parser, which may not read more than the limit without an item."""

    def __init__(self, text: Text, most: int) -> None:
        self._text, self._most = text, most
        self._depth = DepthMeter()
        self.count = 0
        self.is_ended = False

    def read(self, size: int = READ_BYTES, /) -> bytes:
        """Return bytes of UTF-8."""
        if not size:
            return b""  # a parser asks so for the type of what it reads
        content = self._text.read(size)
        self.count += len(content)
        self.is_ended = not content
        if self.count > self._most:
            raise _Endless
        if self._depth.deepest(content) > _DEEP:
            raise _TooDeep
        return content


def _loaded(line: bytes) -> Any:
    if line.count(b"[") + line.count(b"{") > 10_000:
        return _BROKEN
    try:
        return json.loads(line, parse_float=str, parse_int=str)
    except (ValueError, RecursionError):
        return _BROKEN


def _flat(item: Mapping[str, Any], depth: int = 2) -> Iterator[tuple[str, Any]]:
    for key, value in item.items():
        if depth and key in _INNER and isinstance(value, dict):
            yield from _flat(value, depth - 1)
        else:
            yield key, value


def _text(value: Any, attribute: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        flat = (inner for inner in value[:1_000] if not isinstance(inner, list))
        texts = [text for inner in flat if (text := _text(inner, attribute))]
        if attribute in LISTS:
            return ",".join(joined_links((), text) for text in texts)
        return texts[0] if attribute in FIRST_OF_LIST and texts else ", ".join(texts)
    if isinstance(value, dict):
        return _object_text(value)
    return str(value) if value is not None else ""


def _object_text(value: Mapping[str, Any]) -> str:
    if (price := price_text(value)) is not None:
        return price
    if "content" in value:
        source = value.get("digitalSourceType") or value.get("digital_source_type") or ""
        return structured_text(str(source).lower(), str(value["content"] or ""))
    start = value.get("startTime") or value.get("startDate") or value.get("start_time")
    end = value.get("endTime") or value.get("endDate") or value.get("end_time")
    return f"{start or ''}/{end or ''}" if start or end else ""


def _named(value: Any) -> str:
    if value is _BROKEN:
        return "no JSON"
    return {list: "a list", str: "a text", bool: "true or false", type(None): "null"}.get(type(value), "a number")
