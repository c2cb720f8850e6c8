"""Lists that people write as one text, and sentences."""

from __future__ import annotations

import re
from functools import lru_cache

LONGEST = 2_000
_OPENING, _CLOSING = "([{（「『【“„«", ")]}）」』】”“»"
_BULLET = re.compile(r"^\s*(?:[-*•·‣▪–]|\(?\d{1,3}[.)])\s+")
_AND = re.compile(
    r"\s+(?:and|und|et|y|e|og|och|&|\+|および|及び|以及|和)\s+|(?<=[\u3040-\u9fff])(?:および|及び|以及|"
    r"和)(?=[\u3040-\u9fff])",
    re.IGNORECASE,
)
_LEADING_AND = re.compile(r"^(?:and|und|et|y|e|&)\s+", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:[A-Za-z]{2,8}|#\d{1,6}|#x[0-9A-Fa-f]{1,6})\Z")
_QUOTED = re.compile(r"""^(["'])(.*)\1$""", re.DOTALL)
_SLASH_IS_NO_SEPARATOR = re.compile(r"://|^[\w./\\~-]+\.\w{2,5}$|\d\s*/\s*\d|^\s*[nNwWsS]/|\b[a-z]+/[a-z-]+\b")
_ENDS = ".!?。！？…"
_FUNCTION_WORDS = frozenset(
    word
    for words in (
        "a an are at be every for from in is it its not of on our that the their this to we with you your",  # English
        "das der die den dem ein eine für im in ist mit nicht und von wir zu zum zur auf aus sich sie",  # German
        "au aux ce ces dans de des du elle en est et la le les ne pas pour que qui sur un une vos votre",  # French
        "al con del el es la las lo los más para por que se sin su sus tu un una y",  # Spanish
        "ao as com da das do dos em na no nos o os para por que sem seu sua um uma",  # Portuguese
    )
    for word in words.split()
)
_FAR_EASTERN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


@lru_cache(maxsize=8192)
def parts_of(text: str, *, at_words: bool = True) -> tuple[str, ...]:
    """Return the items of a list that is written as one text; a text that is no list is its only item.

    Items are parted by line breaks with or without bullets, or else by semicolons or bars, or else by commas, or else
    by slashes; the last two may be parted by "and" in seven languages. Brackets and quotes hold their content together,
    and a decimal comma, an address, a path and a date are no lists. With `at_words` False, "and" parts nothing
    ("Salt and Vinegar"), unless commas part the rest.
    """
    text = _without_brackets(text.strip())
    if len(text) > LONGEST or not text:
        return (text,) if text else ()
    lines = [_BULLET.sub("", line, count=1).strip() for line in text.splitlines() if line.strip()]
    if len(lines) > 1:
        return _clean(lines)
    text = lines[0]
    for separators in (";；|", ",，、", "/／"):
        if separators == "/／" and _SLASH_IS_NO_SEPARATOR.search(text):
            continue
        found = _split(text, separators)
        if len(found) > 1:
            if separators != ";；|" and (at_words or separators == ",，、"):
                found = [*found[:-1], *_last(found[-1], whole=len(found) == 1)]
            return _clean(found)
    return _clean(_AND.split(text)) if at_words and not is_sentence(text) else _clean([text])


def _last(item: str, *, whole: bool) -> list[str]:
    """Return the last item of a list without its "and"; two items if "and" stands between them."""
    item = item.strip()
    if _LEADING_AND.match(item):
        return [_LEADING_AND.sub("", item)]
    return _AND.split(item) if not whole else [item]


def _clean(items: list[str]) -> tuple[str, ...]:
    stripped = (_QUOTED.sub(r"\2", item.strip().strip(",;").strip()).strip() for item in items)
    return tuple(item for item in stripped if item)


def _without_brackets(text: str) -> str:
    """Return the inside of a list as programs write it, `["a", "b"]`."""
    if len(text) > 2 and text[0] == "[" and text[-1] == "]" and "[" not in text[1:]:
        return text[1:-1].strip()
    return text


def _split(text: str, separators: str) -> list[str]:
    """Split a text at separators that stand outside of brackets and quotes; no comma between two digits is one."""
    found, begin, depth, quote = [], 0, 0, ""
    for at, letter in enumerate(text):
        if quote:
            quote = "" if letter == quote else quote
        elif letter == '"' and text.count('"', at) > 1:
            quote = letter
        elif letter in _OPENING:
            depth += 1
        elif letter in _CLOSING:
            depth = max(depth - 1, 0)
        elif letter in separators and not depth and not _is_inside(text, at):
            found.append(text[begin:at])
            begin = at + 1
    return [*found, text[begin:]]


def _is_inside(text: str, at: int) -> bool:
    """Return True for a comma or slash between digits, and for the end of an HTML entity ("&amp;")."""
    if text[at] in ",/":
        return 0 < at < len(text) - 1 and text[at - 1].isdigit() and text[at + 1].isdigit()
    return text[at] == ";" and bool(_ENTITY.search(text, max(at - 10, 0), at))


@lru_cache(maxsize=8192)
def is_sentence(text: str) -> bool:
    """Return True for words that make a statement: with an end mark, or many, or with such as only sentences have."""
    text = text.strip()
    if len(text) < 4 or "://" in text:
        return False
    if _FAR_EASTERN.search(text):
        return text[-1] in "。！？!?" or len(text) >= 14 or ("、" in text and len(text) >= 8)
    words = text.split()
    if len(words) < 2:
        return False
    if text[-1] in _ENDS and not text.endswith(("Inc.", "Co.", "Ltd.", "S.A.", "e.V.")):
        return True
    connecting = sum(word.strip(",.;:!?\"'").casefold() in _FUNCTION_WORDS for word in words)
    return len(words) >= 8 or (len(words) >= 4 and connecting * 7 >= len(words))
