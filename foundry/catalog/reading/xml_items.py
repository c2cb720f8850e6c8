"""RSS 2.0 and Atom with Google's namespace, parsed element by element."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from foundry.catalog.reading.columns import FIRST_OF_LIST, LISTS, attribute_of
from foundry.catalog.reading.limits import FeedLimits
from foundry.catalog.reading.parts import Part, RowBuilder, schema_of
from foundry.catalog.reading.structured import joined_links, structured_text
from foundry.catalog.reading.text import Text
from foundry.catalog.refusals import BadFeed
from foundry.catalog.rows import RowFault
from foundry.errors import shorten

_FEED_BYTES = 1 << 17
_GOOGLE = "{http://base.google.com/"
_PROLOG = re.compile(rb"<!--.*?-->|<\?.*?\?>", re.DOTALL)
_PLAIN = {"summary": "description", "content": "description"}
_CUT = frozenset({4, 5, 73, 74, 75, 77})
"""Numbers of libxml2's errors about the end of a document: none, too early, within a tag, within its name."""
_NO_MEMORY = 2
_SEND = "write the whole feed, and rename it when it is finished"


class XmlItems:
    """The items of a feed. seen: the attributes that any item has; unknown: names of elements that are none."""

    def __init__(self, text: Text, name: str, wanted: frozenset[str], limits: FeedLimits) -> None:
        self._text, self._name, self._wanted, self._limits = text, name, wanted, limits
        self._own = frozenset(attribute for attribute in wanted if attribute.startswith("own."))
        self._attributes: dict[str, str | None] = {}
        self.seen: dict[str, None] = {}
        self.unknown: dict[str, None] = {}
        _refuse_entities(text.head, name)

    def parts(self) -> Iterator[Part]:
        """Yield the items in order; BadFeed if the XML is broken or ends too early."""
        builder = RowBuilder(schema_of(self._wanted), self._limits)
        for row, item in enumerate(self._items(), start=1):
            self._add(builder, row, item)
            if builder.is_full:
                yield builder.take()
        yield builder.take()

    def _items(self) -> Iterator[Any]:
        from lxml import etree

        parser = etree.XMLPullParser(
            events=("end",), tag=("{*}item", "{*}entry"), encoding="utf-8", huge_tree=True, resolve_entities=False,
            no_network=True, remove_comments=True, remove_pis=True,
        )  # fmt: skip
        since, is_first = 0, True
        try:
            while content := self._text.read(_FEED_BYTES):
                parser.feed(content.lstrip() if is_first else content)  # many shops send a blank line first
                is_first = False
                since += len(content)
                for _, item in parser.read_events():
                    if not item.tag.startswith(_GOOGLE):
                        yield item
                        _drop(item)
                    since = 0
                if since > self._limits.row_bytes:
                    raise self._too_long()
        except etree.XMLSyntaxError as error:
            raise self._broken(error) from error
        try:
            parser.close()
        except etree.XMLSyntaxError as error:
            if error.code not in _CUT:
                raise self._broken(error) from error
            raise BadFeed(self._name, "cut_feed", f"ends too early ({_said(error)})", _SEND) from error

    def _too_long(self) -> BadFeed:
        wrong = f"has {self._limits.row_bytes} bytes without the end of an item"
        return BadFeed(self._name, "row_too_long", wrong, "write each product as one item of RSS, or entry of Atom")

    def _broken(self, error: Any) -> BadFeed:
        said = _said(error)
        if error.code == _NO_MEMORY:
            wrong = "takes more memory to be read than it may"
            return BadFeed(self._name, "too_large", wrong, "write each product as one small item")
        if "UTF-8" in said or "encoding" in said:
            return BadFeed(self._name, "bad_encoding", f"is not sound UTF-8 ({said})", "save it as UTF-8")
        return BadFeed(self._name, "bad_xml", f"is not well-formed XML ({said})", "write it with an XML library")

    def _add(self, builder: RowBuilder, row: int, item: Any) -> None:
        values: dict[str, str] = {}
        googles: set[str] = set()
        for child in item:
            tag = child.tag
            attribute = self._attributes[tag] if tag in self._attributes else self._learn(tag)
            if attribute is None or not (value := _text(child, attribute)):
                continue
            is_google = tag.startswith(_GOOGLE)
            if attribute not in values or (is_google and attribute not in googles):
                values[attribute] = value.replace(",", "%2C") if attribute in LISTS and "," in value else value
            elif attribute in LISTS:
                values[attribute] = joined_links([values[attribute]], value)
            elif is_google and attribute not in FIRST_OF_LIST and value != values[attribute]:
                builder.refuse(self._repeated(row, values, attribute, item.sourceline or 0))
                return
            if is_google:
                googles.add(attribute)
        builder.add(row, values, item.sourceline or 0)

    def _repeated(self, row: int, values: dict[str, str], attribute: str, line: int) -> RowFault:
        what = f"item {row} has {attribute} twice ({shorten(values[attribute])} first); write one"
        return RowFault(row, values.get("id", "")[:200], "repeated_attribute", attribute, what, line)

    def _learn(self, tag: str) -> str | None:
        """Return the attribute of an element's name, and keep it."""
        local = tag.rpartition("}")[2]
        plain = local if tag.startswith(_GOOGLE) else _PLAIN.get(local, local)
        attribute = attribute_of(plain, "google-xml", self._own)
        if len(self._attributes) < self._limits.columns:
            self._attributes[tag] = attribute
            (self.unknown if attribute is None else self.seen)[attribute or local] = None
        return attribute if attribute in self._wanted else None


def _refuse_entities(head: bytes, name: str) -> None:
    """BadFeed for a document type: it may define entities that unfold to any size, and feeds need none."""
    rest = _PROLOG.sub(b"", head)
    if b"<!DOCTYPE" in rest[: len(rest)] or not re.match(rb"\s*<[A-Za-z_]", rest):
        wrong = "has a document type or another long prolog before its first element"
        raise BadFeed(name, "bad_xml", wrong, "write the feed without <!DOCTYPE>")


def _drop(item: Any) -> None:
    item.clear()
    while (before := item.getprevious()) is not None:
        item.getparent().remove(before)


def _text(child: Any, attribute: str) -> str:
    if not len(child):
        text = child.text
        return text.strip() if text else child.get("href", "") if attribute == "link" else ""
    if attribute.startswith("structured_"):
        parts = {
            inner.tag.rpartition("}")[2]: (inner.text or "").strip() for inner in child if isinstance(inner.tag, str)
        }
        return structured_text(parts.get("digital_source_type", ""), parts.get("content", ""))
    return "".join(child.itertext()).strip()


def _said(error: Exception) -> str:
    return str(error).replace("\n", " ")[:200]
