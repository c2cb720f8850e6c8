"""Line breaking: UAX #14, restricted and completed as the readers of each script expect.

The default rules come from the crate unicode-linebreak. In addition, Thai breaks between the words of a dictionary;
Korean between words only; Japanese and Chinese between phrases rather than within them (BudouX); numbers keep their
units, French signs their spaces, and one-letter words of Polish and Czech the word that they lead. Latin words
are divided only where `hyphens` allows it, and addresses are parted only where `foundry.addresses` does.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING

from foundry.addresses import addresses_in, may_part
from foundry.locales import is_traditional_chinese
from imaging.typesetting.lettering.hyphens import WORD, divisions
from imaging.typesetting.lettering.thai import word_breaks

if TYPE_CHECKING:
    from budoux import Parser

HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7ff]")
HANGUL_WORD = re.compile(rf"{HANGUL.pattern}[\w(\[]|[\w%‰°℃)\]”’\"']{HANGUL.pattern}")
HAN_OR_KANA = re.compile(
    "[\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3040-\u30ff\u31f0-\u31ff\u3400-\u9fff\U00020000-\U0003ffff]"
)
UNITS = r"[cmk]?m[²³]?|[mk]?g|[mc]?l|oz|lb|fl|kWh|W|GB|TB|MB|h|min|zł|kr|Kč|ج\.م|مل|سم|كجم|ساعة"
# Unicode 16's rule 19a, which the crate (Unicode 15) has not: quotes of Chinese copy are brackets.
AROUND_CHINESE_QUOTES = re.compile(rf"(?<={HAN_OR_KANA.pattern})(?=[“‘])|(?<=[”’])(?={HAN_OR_KANA.pattern})")
# Chinese words of one character that lead the next, as prepositions do: no line ends with them.
LEADS_NEXT = frozenset("给給在为為把让讓用与與和从從向对對以比被将將跟")
# Japanese nouns that say nothing without the phrase before them (formal nouns): no line begins with them.
LEANS_BACK = re.compile("(?:たび|とき|ころ|ため|こと|もの|よう|ほど|まま|うち|ところ)(?:[にでがはをもの]|、|。|$)")
SHORT_QUOTE = re.compile("[“「『《][^”」』》]{1,10}[”」』》]")
# Reasons why a line must not end at a space (or at the hyphen of a number), by what stands on both sides of it.
CLINGS = (
    (re.compile(r"\d\s$"), re.compile(r"[%‰°€$£¥₹₪₩฿₺₽¢]|[٪]")),
    (re.compile(r"\d\s$"), re.compile(r"\d{3}(?!\d)")),
    (re.compile(r"\d\s$"), re.compile(rf"(?:{UNITS})\b")),
    (re.compile(r"(?:^|\s)(?:[€$£¥₹₪₩฿§№#+–-]|Nr\.|No\.|n°|nº|R\$|US\$)\s$"), re.compile(r"\d")),
    (re.compile(r"\s$"), re.compile(r"[–—](?:\s|$)")),
)  # fmt: skip
FRENCH = ((re.compile(r"\s$"), re.compile("[:;!?»›]")), (re.compile(r"[«‹]\s$"), re.compile("")))
ONE_LETTER = (re.compile(r"(?:^|\s|\u00a0)[aiouwzAIOUWZkKsSvV]\s$"), re.compile(""))
ORDINAL = re.compile(r"(?:^|\s)\d{1,2}\.\s$")
EAST_ASIAN_DATE = re.compile("[年月년월] ?$")
SHORT_WORD = re.compile(r"(?:^|[\s(«“])[^\W\d_]{1,2}\s$")
COMMA = re.compile(r"[,،;؛]\s$")
MID = re.compile(r"[^.:!?…–—;)»”\]।\u0e01-\u0e4e\u2e80-\uffef]\s$")
ONE_LETTER_NEXT = re.compile(r"[A-Z](?!\w)")
IDEOGRAPHIC_REPEATS = frozenset("ๆฯ")
PICTURE = re.compile("[\U0001f1e6-\U0001f1ff\U0001f300-\U0001faff\u2600-\u27bf]")
TOKEN = re.compile(r"\S+")
CODE = re.compile(r"\w[.@/_]\w|\d")
LATIN = re.compile(r"[^\W\d_]$")
# Prices of a break, in the units of `paragraphs.ragged`: the square of the share of a line that is left white.
AFTER_COMMA, MID_SENTENCE, AFTER_SHORT_WORD, AFTER_HYPHEN, BETWEEN_THAI_WORDS = 0.03, 0.1, 0.16, 0.12, 0.06
WITHIN_PHRASE, WITHIN_DATE, WITHIN_NAME, BEFORE_ONE_LETTER, BEFORE_PICTURE = 0.25, 0.2, 1.0, 0.2, 0.25
# From here on a break is as bad as one line more.
DIVIDED_BY_HAND, DIVIDED_IN_COMPOUND, DIVIDED = 0.3, 0.4, 0.9


@dataclass(frozen=True)
class Break:
    """A place where the next line may begin, index `at`, and its price; `hyphen` is written at the line's end."""

    at: int
    price: float = 0.0
    hyphen: str = ""


@lru_cache(maxsize=4_096)
def breaks(text: str, locale: str, names: tuple[str, ...] = (), hyphens: bool = False) -> tuple[Break, ...]:
    """Return every break of one paragraph (without a newline), in order, its end excluded.

    `names` are never divided; a break between their words costs most.
    """
    found = dict.fromkeys(_standard(text), 0.0)
    found |= {at: BETWEEN_THAI_WORDS for at in word_breaks(text) if text[at] not in IDEOGRAPHIC_REPEATS}
    language = locale.split("-", maxsplit=1)[0]
    if language == "zh":
        found |= {at.start(): 0.0 for at in AROUND_CHINESE_QUOTES.finditer(text)}
    phrases = _phrases(text, locale)
    named, addresses = list(_spans(text, names)), addresses_in(text)
    unparted = frozenset(at for one in addresses for at in range(one[0] + 1, one[1]) if not may_part(text, at))
    within = frozenset(chain.from_iterable(range(start + 1, end) for start, end in named))
    made = []
    for at in sorted(found):
        if at in unparted or _clings(text, at, language):
            continue
        price = max(found[at], _price(text, at, phrases), WITHIN_NAME * (at in within))
        soft = text[at - 1] == "\u00ad"
        made.append(Break(at, max(price, DIVIDED_BY_HAND) if soft else price, "-" if soft else ""))
    if hyphens:
        made += [one for one in _divisions(text, locale, [*named, *addresses]) if one.at not in found]
        made.sort(key=lambda one: one.at)
    return tuple(made)


def _standard(text: str) -> list[int]:
    """Return the breaks of UAX #14 with its defaults, as indices."""
    from unicode_segmentation_rs import line_break_units

    at, found = 0, []
    for unit in line_break_units(text):
        at += len(unit)
        found.append(at)
    return [at for at in found if 0 < at < len(text)]


def _clings(text: str, at: int, language: str) -> bool:
    """Return whether the text before `at` must stay with the text after it."""
    before, after = text[max(0, at - 12) : at], text[at : at + 8]
    if text[at] in IDEOGRAPHIC_REPEATS:
        return True
    if not before[-1].isspace():
        return bool(HANGUL_WORD.match(before[-1] + after[0]))
    rules = [*CLINGS]
    rules += FRENCH if language == "fr" else ()
    rules += (ONE_LETTER,) if language in ("pl", "cs", "sk") else ()
    return any(left.search(before) and right.match(after) for left, right in rules)


def _price(text: str, at: int, phrases: frozenset[int] | None) -> float:
    if text[at - 1] in "-‐/" and LATIN.match(text[at]):
        return AFTER_HYPHEN
    if PICTURE.match(text, at):
        return BEFORE_PICTURE
    loose = at in (phrases or ()) or text[at - 1].isspace() or AROUND_CHINESE_QUOTES.match(text, at)
    if phrases is not None and not loose:
        return WITHIN_PHRASE
    before = text[max(0, at - 5) : at]
    if (text[at].isalpha() and ORDINAL.search(before)) or (text[at].isdigit() and EAST_ASIAN_DATE.search(before)):
        return WITHIN_DATE
    if ONE_LETTER_NEXT.match(text, at):
        return BEFORE_ONE_LETTER
    ends = ((SHORT_WORD, AFTER_SHORT_WORD), (COMMA, AFTER_COMMA), (MID, MID_SENTENCE))
    return next((price for end, price in ends if end.search(before)), 0.0)


@lru_cache(maxsize=8)
def _parser(model: str) -> Parser:
    import budoux

    loaders = {
        "ja": budoux.load_default_japanese_parser,
        "zh-Hans": budoux.load_default_simplified_chinese_parser,
        "zh-Hant": budoux.load_default_traditional_chinese_parser,
    }
    return loaders[model]()


def _phrases(text: str, locale: str) -> frozenset[int] | None:
    """Return where phrases begin, in a text that has Han or kana; None for others."""
    if not HAN_OR_KANA.search(text):
        return None
    language = locale.split("-", maxsplit=1)[0]
    chinese = "zh-Hant" if is_traditional_chinese(locale) else "zh-Hans"
    model = chinese if language == "zh" else "ja"
    at, found = 0, set()
    for phrase in _parser(model).parse(text):
        if language == "ja" and LEANS_BACK.match(phrase):
            found.discard(at)
        at += len(phrase)
        if language != "zh" or phrase not in LEADS_NEXT:
            found.add(at)
    quoted = (range(quote.start() + 1, quote.end()) for quote in SHORT_QUOTE.finditer(text))
    return frozenset(found.difference(*quoted))


def _spans(text: str, names: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    for name in names:
        at = text.find(name) if name else -1
        while at >= 0:
            yield at, at + len(name)
            at = text.find(name, at + len(name))


def _divisions(text: str, locale: str, named: list[tuple[int, int]]) -> Iterator[Break]:
    """Yield divisions of long words, except words in a name, an address or a code."""
    kept = sorted([*named, *(token.span() for token in TOKEN.finditer(text) if CODE.search(token[0]))])
    for word in WORD.finditer(text):
        before = bisect_right(kept, (word.end(), 0)) - 1
        if before < 0 or kept[before][1] <= word.start():
            for at, joint in divisions(word[0], locale):
                yield Break(word.start() + at, DIVIDED_IN_COMPOUND if joint else DIVIDED, "-")
