"""The formats of feeds that are given back: Google's TSV and RSS, and Meta's CSV, written from columns of text.

A form makes one line, or one item, of each row, for a whole chunk at once. In TSV a value is in quotes only where it
holds one, because Google takes a quoted list of addresses for a single value. Sources: support.google.com/merchants,
answer 6324370 (lists of addresses); RFC 4180 (CSV); developers.facebook.com, catalog fields.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from foundry.brief.markup import clean_line
from foundry.catalog.attributes import ATTRIBUTES
from foundry.catalog.giving.columns import holds, words_of_meta

FormName = Literal["google-tsv", "google-xml", "meta-csv"]
Texts = Mapping[str, Any]
"""Columns of text by attribute; each is one array."""
MADE_TEXT = {"title": "structured_title", "description": "structured_description"}
"""The attribute for text that a model wrote, by the one that is for text of people."""
_G = "http://base.google.com/ns/1.0"
_BETWEEN = re.compile(r"[\W_]+")
_LONG = 1_000
"""Characters of a text that may have been cut."""
_STRUCTURED = re.compile(r"\s*(?:([a-z_]+)\s*:)?\s*(.*?)\s*", re.DOTALL)
_NOT_IN_XML = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x{fffe}\x{ffff}]"
_NOT_IN_XML_BYTES = tuple(chr(code).encode() for code in (*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF))


@dataclass(frozen=True, kw_only=True)
class Form:
    """How one format is written.

    destination: whose rules hold. names: the format's name of each attribute, in the order of its columns. fit: puts
    columns into the destination's words. lines: returns one text for each row, each with its end. begin, end: what
    stands before the rows, and after them.
    """

    name: FormName
    destination: str
    suffix: str
    names: Mapping[str, str]
    fit: Callable[[dict[str, Any]], dict[str, Any]]
    lines: Callable[[Texts, Mapping[str, str]], Any]
    begin: Callable[[Sequence[str], str], str]
    end: str = ""


def made_text_apart(texts: dict[str, Any]) -> dict[str, Any]:
    """Return the columns with no text of a model in the attributes for text of people.

    A destination that finds both uses the plain one. Where the plain text is the structured one, it is taken out.
    """
    kept = dict(texts)
    for plain, structured in MADE_TEXT.items():
        if plain in kept and structured in kept and kept[structured].null_count < len(kept[structured]):
            kept[plain] = _without(kept[plain], kept[structured])
    return kept


def structured_text(written: str) -> tuple[str, str]:
    """Return the source type and the content of a structured text: `trained_algorithmic_media:"Oak table"`."""
    found = _STRUCTURED.fullmatch(written)
    source, content = (found[1] or "", found[2]) if found else ("", written)
    if len(content) > 1 and content[0] == content[-1] == '"':
        content = content[1:-1].replace('""', '"').replace('\\"', '"')
    return source, content


def _without(plain: Any, structured: Any) -> Any:
    import pyarrow as pa

    pairs = zip(plain.to_pylist(), structured.to_pylist(), strict=True)
    return pa.array([None if text and made and _repeats(text, made) else text for text, made in pairs], pa.string())


def _repeats(text: str, structured: str) -> bool:
    """Return True if a text is that of a structured one, which was cleaned, and perhaps cut, where a row had no other.

    Only letters and digits are compared, because cleaning may change all else.
    """
    plain, made = _letters(text), _letters(structured_text(structured)[1])
    return plain == made or (len(text) >= _LONG and made.startswith(plain))


def _letters(text: str) -> str:
    return _BETWEEN.sub("", clean_line(text)).casefold()


def _fit_meta(texts: dict[str, Any]) -> dict[str, Any]:
    """Return the columns in Meta's words.

    A row without condition is new, as Google's specification says of it. Meta takes further pictures in one attribute.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    fitted = dict(texts)
    if "availability" in fitted:
        fitted["availability"] = words_of_meta(fitted["availability"])
    rows = len(next(iter(fitted.values())))
    fitted["condition"] = pc.fill_null(fitted.get("condition", pa.nulls(rows, pa.string())), "new")
    return fitted


def _tsv_lines(texts: Texts, names: Mapping[str, str]) -> Any:
    return _join([_quoted_where(texts[name], '"', b'"') for name in names], "\t", "\n")


def _csv_lines(texts: Texts, names: Mapping[str, str]) -> Any:
    return _join([_quoted_where(texts[name], '[",]', b'"', b",") for name in names], ",", "\n")


def _quoted_where(column: Any, needed: str, *letters: bytes) -> Any:
    """Return a column with quotes around the values in which a pattern, of these letters, is found."""
    import pyarrow.compute as pc

    if not holds(column, *letters):
        return column
    where = pc.fill_null(pc.match_substring_regex(column, needed), False)
    quoted = pc.binary_join_element_wise('"', pc.replace_substring(column, '"', '""'), '"', "")
    return pc.if_else(where, quoted, column)


def _join(columns: Sequence[Any], between: str, ending: str) -> Any:
    import pyarrow.compute as pc

    line = pc.binary_join_element_wise(*columns, between, null_handling="replace", null_replacement="")
    return pc.binary_join_element_wise(line, ending, "")


def _xml_items(texts: Texts, names: Mapping[str, str]) -> Any:
    import pyarrow.compute as pc

    elements = [_element(texts[name], name) for name in names]
    return pc.binary_join_element_wise("<item>\n", *elements, "</item>\n", "", null_handling="skip")


def _element(column: Any, name: str) -> Any:
    """Return the elements of one attribute, each in a line; null where there is no value."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if name in MADE_TEXT.values():
        return pa.array([text and _structured(name, text) for text in column.to_pylist()], pa.string())
    escaped = _escaped(column)
    if name == "additional_image_link":
        escaped = pc.replace_substring(escaped, ",", f"</g:{name}>\n<g:{name}>")
    return pc.binary_join_element_wise(f"<g:{name}>", escaped, f"</g:{name}>\n", "")


def _structured(name: str, text: str) -> str:
    from xml.sax.saxutils import escape

    source, content = structured_text(re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", text))
    kind = f"<g:digital_source_type>{escape(source)}</g:digital_source_type>" if source else ""
    return f"<g:{name}>{kind}<g:content>{escape(content)}</g:content></g:{name}>\n"


def _escaped(column: Any) -> Any:
    import pyarrow.compute as pc

    escaped = pc.replace_substring_regex(column, _NOT_IN_XML, "") if holds(column, *_NOT_IN_XML_BYTES) else column
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        if holds(escaped, character.encode()):
            escaped = pc.replace_substring(escaped, character, entity)
    return escaped


def _head(between: str) -> Callable[[Sequence[str], str], str]:
    return lambda names, _title: between.join(names) + "\n"


def _xml_head(_names: Sequence[str], title: str) -> str:
    from xml.sax.saxutils import escape

    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:g="{_G}">\n<channel>\n'
        f"<title>{escape(title)}</title>\n<description>{escape(title)}</description>\n"
    )


_GOOGLE = {name: name for name in ATTRIBUTES if name != "quantity"}
_META = {
    name: {"quantity": "quantity_to_sell_on_facebook"}.get(name, name)
    for name in ATTRIBUTES
    if name not in ("lifestyle_image_link", "cost_of_goods_sold", *MADE_TEXT.values())
}
_TSV = Form(
    name="google-tsv",
    destination="google",
    suffix=".tsv",
    names=_GOOGLE,
    fit=made_text_apart,
    lines=_tsv_lines,
    begin=_head("\t"),
)
_XML = Form(
    name="google-xml",
    destination="google",
    suffix=".xml",
    names=_GOOGLE,
    fit=made_text_apart,
    lines=_xml_items,
    begin=_xml_head,
    end="</channel>\n</rss>\n",
)
_CSV = Form(
    name="meta-csv",
    destination="meta",
    suffix=".csv",
    names=_META,
    fit=_fit_meta,
    lines=_csv_lines,
    begin=_head(","),
)
FORMS: Mapping[FormName, Form] = {form.name: form for form in (_TSV, _XML, _CSV)}
