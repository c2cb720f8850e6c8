"""Alternative texts: what a finished file shows, for those who do not see it, in the words and language of the file.

Only what is known is said: the product, the words that stand on the file, and the scene as the brief words it where
that is in the file's own language. The words of a language stand in `templates/delivery/alt_text.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from pydantic import Field

from foundry.delivery.plain_text import cut, ends_sentence, isolated, plain
from foundry.documents import read_yaml
from foundry.documents.limits import SETTINGS
from foundry.locales import is_traditional_chinese
from foundry.strict_model import StrictModel
from templates import TEMPLATES

MOST_CHARACTERS = 250
"""Of an alternative text: screen readers read it in one go. A description may have `MOST_DESCRIPTION`."""
MOST_DESCRIPTION = 2_000
KEPT_LONGEST = ("headline", "offer", "price", "subheadline", "call_to_action", "scene", "legal")
"""The parts of a text, the most important first; what does not fit is left out from the end of this list."""
_MARKS = re.compile(r"[<>(){}\[\]|:_#*\\]")
_PARTS = re.compile(r"[,;،、，；]")
_WORD = re.compile(r"[\w']+")


class Wording(StrictModel):
    """The words of one language."""

    text: str
    scene: str
    film: str
    colon: str = ": "
    stop: str = "."
    words: tuple[str, ...] = ()
    letters: str = ""


class _Words(StrictModel):
    languages: dict[str, Wording] = Field(min_length=1)
    orders: tuple[str, ...]
    sides: tuple[str, ...]


ALONE = Wording(text="", scene="", film="", colon="")
"""For languages without words of their own."""


@lru_cache(maxsize=1)
def _words() -> _Words:
    return _Words.model_validate(read_yaml(TEMPLATES / "delivery" / "alt_text.yaml", SETTINGS))


@lru_cache(maxsize=512)
def wording_of(locale: str) -> Wording:
    """Return the words of a locale's language; those without labels where the project has none for it."""
    language, *rest = locale.split("-")
    known = _words().languages
    if is_traditional_chinese(locale):
        return known["zh-Hant"]
    scripts = [part for part in rest if len(part) == 4]
    named = f"{language}-{scripts[0]}" if scripts else ""
    return known.get(named) or known.get("nb" if language == "no" else language) or ALONE


@dataclass(frozen=True, kw_only=True)
class Shown:
    """The facts of a file that its alternative text is made of.

    scene: as the brief words it, in whatever language. ignored: the words of it that the model could not use.
    copy: field of the copy → the words that stand on the file, in the order of reading.
    """

    locale: str
    product: str
    scene: str
    mirrored: bool
    moving: bool
    copy: Mapping[str, str]
    ignored: tuple[str, ...] = ()


def alt_text(shown: Shown, most: int = MOST_CHARACTERS) -> str:
    """Return what a file shows in at most `most` characters, whole sentences; empty for one of which nothing is known.

    An empty text is right for a picture that only decorates (WCAG 2.2, H67).
    """
    parts = {field: plain(text, most) for field, text in shown.copy.items() if text.strip()}
    if scene := _scene(shown):
        parts["scene"] = scene
    kept = [field for field in KEPT_LONGEST if field in parts]
    while len(kept) > 1 and len(_written(shown, parts, kept)) > most:
        kept.pop()
    text = _written(shown, parts, kept)
    return text if len(text) <= most else _shortened(shown, parts, kept, most)


def _shortened(shown: Shown, parts: Mapping[str, str], kept: list[str], most: int) -> str:
    """Return the text with its last part cut; without any, if the product alone is too long."""
    over = len(_written(shown, parts, kept)) - most
    field = kept[0] if kept else ""
    room = len(parts[field]) - over if field else 0
    if room < 2:
        return cut(_written(shown, parts, []), most)
    return _written(shown, {**parts, field: cut(parts[field], room)}, kept)


def _written(shown: Shown, parts: Mapping[str, str], kept: Iterable[str]) -> str:
    own, locale, chosen = wording_of(shown.locale), shown.locale, set(kept)
    product = isolated(plain(shown.product, 120), locale)
    if shown.moving and own.film:
        product = f"{own.film}{own.colon}{product}" if product else own.film
    words = [isolated(parts[field], locale) for field in parts if field in chosen and field != "scene"]
    said = [product] if product else []
    if "scene" in chosen:
        said.append(f"{own.scene}{own.colon}{isolated(parts['scene'], locale)}")
    if words:
        said += [f"{own.text}{own.colon}{words[0]}" if own.text else words[0], *words[1:]]
    between = "" if own.stop == "。" else " "
    return between.join(each if ends_sentence(each) else f"{each}{own.stop}" for each in said)


def _scene(shown: Shown) -> str:
    """Return the wording of a still's scene if it is in the language of the file, else an empty text.

    A film shows several scenes, so the wording of one does not describe it. A part that the model did not read as it is
    written, or that orders and does not describe, is left out; without its first part, a scene says nothing.
    """
    own = wording_of(shown.locale)
    if shown.moving or not own.scene or own is not _wording_that_fits(shown.scene):
        return ""
    left_out = {*_words().orders, *(_words().sides if shown.mirrored else ()), *map(_as_words, shown.ignored)}
    parts = [plain(part, MOST_CHARACTERS) for part in _PARTS.split(shown.scene)]
    kept = [part if part and not _MARKS.search(part) and not _holds(part, left_out) else "" for part in parts]
    separator = "、" if own.stop == "。" else ", "
    return separator.join(part for part in kept if part) if kept[0] else ""


def _holds(part: str, words: Iterable[str]) -> bool:
    said = f" {_as_words(part)} "
    return any(f" {word} " in said for word in words if word)


def _as_words(text: str) -> str:
    return " ".join(_WORD.findall(text.lower()))


@lru_cache(maxsize=1_024)
def _wording_that_fits(text: str) -> Wording | None:
    """Return the words of the language of a text, by its letters or its small words; None if that leaves a doubt."""
    by_letters = [own for own in _words().languages.values() if own.letters and re.search(f"[{own.letters}]", text)]
    if by_letters:
        return by_letters[0] if len(by_letters) == 1 else None
    said = _WORD.findall(text.lower())
    found = sorted(
        ((sum(word in set(own.words) for word in said), name) for name, own in _words().languages.items()), reverse=True
    )
    (most, name), (next_most, _) = found[:2]
    return _words().languages[name] if most >= 2 and most > next_most else None
