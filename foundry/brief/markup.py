"""Markup in copy: HTML's entities and tags, which other systems leave in their texts, and which no file may show.

A brief that holds some is refused with a sentence, or, with `copy_markup: clean`, read as a browser would show it.
`clean_markup` is also what adoption reads foreign texts with.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape
from html.entities import html5
from typing import Any

FINISHED = r"&(?:[A-Za-z][A-Za-z0-9]{1,31}|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});"
UNFINISHED = r"&nbsp|&(?:amp|quot|apos|lt|gt|shy|ndash|mdash)(?![A-Za-z0-9;=])"
ENTITY = re.compile(f"{FINISHED}|{UNFINISHED}")
"""References to characters; of those without a semicolon, the few that no text has by itself."""
TAG = re.compile(
    r"<!--.{0,2000}?-->|<!\[CDATA\[|\]\]>|<[!?][A-Za-z][^<>]{0,500}>|</?([A-Za-z][\w:-]{0,40})[^<>]{0,500}>", re.DOTALL
)
ELEMENTS = frozenset((
    "a", "abbr", "article", "aside", "b", "big", "blockquote", "body", "br", "button", "center", "cite", "code", "dd",
    "del", "div", "dl", "dt", "em", "font", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header",
    "hr", "html", "i", "iframe", "img", "input", "ins", "label", "li", "link", "main", "mark", "meta", "nav",
    "object", "ol", "p", "picture", "pre", "q", "s", "script", "section", "small", "source", "span", "strike",
    "strong", "style", "sub", "sup", "svg", "table", "tbody", "td", "tfoot", "th", "thead", "title", "tr", "tt", "u",
    "ul", "video", "wbr",
))  # fmt: skip
BREAKING = frozenset((
    "blockquote", "br", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre",
    "section", "table", "tbody", "tr", "ul", "article",
))  # fmt: skip
"""Elements that begin a line of their own."""
SILENT = re.compile(r"<(script|style)\b[^<>]{0,500}>.{0,4000}?</\1\s{0,20}>", re.DOTALL | re.IGNORECASE)
BLANKS = re.compile(r"[ \t]*\n[ \t\n]*")
SPACES = re.compile("[ \t]{2,}")
LONGEST = 5_000
"""Characters of the longest text that is cleaned; the limits of a brief refuse it long before."""
ROUNDS = 4
"""Rounds of decoding: systems that hand texts on encode them again, as `&amp;amp;`."""
SHOWN = 3


def markup_in(text: str) -> tuple[str, ...]:
    """Return the entities and tags of a text in their order, each once. `R&D`, `5 < 6` and `<3` are no markup."""
    if "&" not in text and "<" not in text and "]]>" not in text:
        return ()
    found = [*_entities(text), *_tags(text)]
    return tuple(dict.fromkeys(match[0] for match in sorted(found, key=re.Match.start)))


def clean_markup(text: str) -> str:
    """Return a text as a browser shows it: entities are their characters, tags are gone, paragraphs are lines."""
    if len(text) > LONGEST:
        return text
    for _ in range(ROUNDS):
        if not markup_in(text):
            return text
        text = _without_tags(_decoded(text) if not _has_tag(text) else text)
    return _without_all(text)


def clean_line(text: str) -> str:
    """Do as `clean_markup` for a text of one line, such as a name."""
    return " ".join(clean_markup(text).split("\n"))


def markup_refusal(text: str) -> str:
    """Return the limit and the remedy of a text that holds markup; "" for a text without any."""
    found = markup_in(text)
    if not found:
        return ""
    shown = ", ".join(mark if len(mark) <= 40 else f"{mark[:37]}..." for mark in found[:SHOWN])
    more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return f"it holds markup that would be printed ({shown}{more}); write plain text, or set `copy_markup: clean`"


def clean_copy(brief: dict[str, Any]) -> dict[str, Any]:
    """Return a brief's plain values with the markup of its copy cleaned; what has another form than a brief stays."""
    cleaned = dict(brief)
    if isinstance(messages := brief.get("messages"), dict):
        cleaned["messages"] = {locale: _each(message, clean_markup) for locale, message in messages.items()}
    if isinstance(products := brief.get("products"), list | tuple):
        cleaned["products"] = [_some(one, ("name", "description", "category"), clean_line) for one in products]
    film = brief.get("film")
    if isinstance(film, dict) and isinstance(subtitles := film.get("subtitles"), dict):
        lines = {
            locale: [_some(one, ("text",), clean_line) for one in said] if isinstance(said, list | tuple) else said
            for locale, said in subtitles.items()
        }
        cleaned["film"] = {**film, "subtitles": lines}
    return cleaned


def _each(values: Any, clean: Callable[[str], str]) -> Any:
    return _some(values, tuple(values), clean) if isinstance(values, dict) else values


def _some(values: Any, keys: tuple[str, ...], clean: Callable[[str], str]) -> Any:
    if not isinstance(values, dict):
        return values
    return {key: clean(text) if key in keys and isinstance(text, str) else text for key, text in values.items()}


def _entities(text: str) -> Iterator[re.Match[str]]:
    for found in ENTITY.finditer(text):
        name = found[0][1:]
        if not name.endswith(";") or name.startswith("#") or name in html5:
            yield found


def _tags(text: str) -> Iterator[re.Match[str]]:
    closed: set[str] | None = None
    for found in TAG.finditer(text):
        name = (found[1] or "").lower()
        if not name or name in ELEMENTS or found[0].startswith("</") or found[0].endswith("/>"):
            yield found
            continue
        closed = {end[1].lower() for end in TAG.finditer(text) if end[0].startswith("</")} if closed is None else closed
        if name in closed:
            yield found


def _has_tag(text: str) -> bool:
    return next(_tags(text), None) is not None


def _decoded(text: str) -> str:
    spans = [(found.span(), unescape(found[0].removesuffix(";") + ";")) for found in _entities(text)]
    return _replaced(text, spans)


def _without_tags(text: str) -> str:
    quiet = SILENT.sub("", text)
    spans = [(found.span(), "\n" if (found[1] or "").lower() in BREAKING else "") for found in _tags(quiet)]
    return BLANKS.sub("\n", SPACES.sub(" ", _replaced(quiet, spans))).strip() if spans or quiet != text else text


def _without_all(text: str) -> str:
    """Return a text without whatever markup still stands in it after `ROUNDS` rounds of decoding."""
    while found := [*_entities(text), *_tags(text)]:
        text = _replaced(text, [(match.span(), "") for match in sorted(found, key=re.Match.start)])
    return text


def _replaced(text: str, spans: list[tuple[tuple[int, int], str]]) -> str:
    parts, at = [], 0
    for (start, stop), instead in spans:
        if start >= at:
            parts += [text[at:start], instead]
            at = stop
    return "".join([*parts, text[at:]])
