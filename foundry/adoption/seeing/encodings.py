"""The text of bytes in the encodings of spreadsheets and editors, chosen by strict decoding and the letters found."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from foundry.adoption.seeing.letters import (
    COMMON_JAPANESE,
    COMMON_KOREAN,
    COMMON_SIMPLIFIED,
    COMMON_TRADITIONAL,
    letters_worth,
    script_worth,
)
from foundry.documents.decoding import place_at
from foundry.errors import Problem

_ESCAPED = re.compile("[\udc80-\udcff]")
_INSIDE_LATIN = re.compile(r"(?<=[A-Za-z])[^\x00-\x7f](?=[A-Za-z])")
LEAST_WORTH, SAMPLE = 0.45, 20_000
"""The worth below which no encoding counts as found, and the bytes beyond ASCII that are judged."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)


@dataclass(frozen=True)
class Decoded:
    """A text, and the name of its encoding for people."""

    text: str
    encoding: str


@dataclass(frozen=True)
class _Candidate:
    codec: str
    title: str
    usual: float
    worth: Callable[[str, str], float]
    """A function of the decoded text and the codec. `usual` is a factor for it: how usual the encoding is today."""


def decoded(data: bytes, name: str) -> Decoded:
    """Return the text of a file that people saved with any program; Problem if no encoding fits.

    A byte order mark decides, then UTF-8, if the bytes are sound in it, then UTF-16 without a mark. Otherwise each
    known encoding in which the bytes are sound is judged by the letters that come out; the first of the best is taken.
    """
    found = _decoded(data, name)
    at = found.text.find("\0")
    if at >= 0:
        place = place_at(name, found.text[:at])
        raise Problem(place, "", "it holds a NUL character", "save the file as plain text", "bad_brief")
    return found


def _decoded(data: bytes, name: str) -> Decoded:
    for mark, codec, title in _MARKS:
        if data.startswith(mark):
            return _strict(data, codec, title, name)
    if b"\x1b$" in data and (mail := _japanese_mail(data)):
        return mail
    try:
        return Decoded(data.decode("utf-8"), "UTF-8")
    except UnicodeDecodeError as error:
        if other := _without_mark(data) or _nearly_utf_8(data):
            return other
        best = _best(data)
        if best is None:
            place = place_at(name, data[: error.start].decode(errors="replace"))
            wrong = f"byte {error.start} is not UTF-8, and no other encoding gives words"
            raise Problem(place, "", wrong, "save the file as UTF-8", "bad_brief") from error
        return best


def _strict(data: bytes, codec: str, title: str, name: str) -> Decoded:
    try:
        return Decoded(data.decode(codec), title)
    except UnicodeDecodeError as error:
        wrong = f"byte {error.start} is not {title}, which its first bytes announce"
        raise Problem(name, "", wrong, "save the file as UTF-8", "bad_brief") from error


def _japanese_mail(data: bytes) -> Decoded | None:
    """Return the text of ISO-2022-JP, which announces Japanese letters by escapes and is ASCII otherwise."""
    try:
        return Decoded(data.decode("iso2022_jp"), "ISO-2022-JP")
    except UnicodeDecodeError:
        return None


def _without_mark(data: bytes) -> Decoded | None:
    """Return the text of UTF-16 that begins without a mark: every other byte of ASCII letters is zero."""
    head = data[:2_000]
    for first, codec in ((1, "utf-16-le"), (0, "utf-16-be")):
        zeros = head[first::2].count(0)
        if len(data) % 2 == 0 and zeros * 4 > len(head) // 2 and head[1 - first :: 2].count(0) == 0:
            try:
                return Decoded(data.decode(codec), "UTF-16")
            except UnicodeDecodeError:
                continue
    return None


def _nearly_utf_8(data: bytes) -> Decoded | None:
    """Return the text of UTF-8 with a few bytes of Windows-1252, as it comes from files that were put together."""
    text = data.decode("utf-8", "surrogateescape")
    wrong = _ESCAPED.findall(text)
    sound = sum(letter > "\x7f" for letter in text) - len(wrong)
    if sound < 3 or len(wrong) * 4 > sound:
        return None
    try:
        mended = _ESCAPED.sub(lambda found: bytes([ord(found[0]) - 0xDC00]).decode("cp1252"), text)
    except UnicodeDecodeError:
        return None
    return Decoded(mended, f"UTF-8, with {len(wrong)} byte(s) of Windows-1252")


def _best(data: bytes) -> Decoded | None:
    best, most = None, LEAST_WORTH
    for candidate in _CANDIDATES:
        try:
            text = data.decode(candidate.codec)
        except UnicodeDecodeError:
            continue
        worth = candidate.usual * candidate.worth(_sample(text), candidate.codec)
        if worth > most + 0.02:
            best, most = Decoded(text, candidate.title), worth
    return best


def _sample(text: str) -> str:
    """Return the lines with letters beyond ASCII, so that the judgement rests on them."""
    kept, size = [], 0
    for line in text.splitlines():
        if not line.isascii():
            kept.append(line)
            size += len(line)
            if size > SAMPLE:
                break
    return "\n".join(kept)


def _western(text: str, codec: str) -> float:  # noqa: ARG001 - all judges have one signature
    return letters_worth(text, "western")


def _central(text: str, codec: str) -> float:  # noqa: ARG001
    return letters_worth(text, "central")


def _turkish(text: str, codec: str) -> float:  # noqa: ARG001
    return letters_worth(text, "turkish")


def _script(script: str) -> Callable[[str, str], float]:
    return lambda text, codec: script_worth(text, script)  # noqa: ARG005


def _double(common: frozenset[str], worth: Callable[[str, bytes], float]) -> Callable[[str, str], float]:
    """Return a judge of texts of two bytes for a character: its common characters count more than others."""

    def judge(text: str, codec: str) -> float:
        total = sum(letter > "\x7f" for letter in text)
        found = Counter(letter for letter in _INSIDE_LATIN.sub("", text) if letter > "\x7f")
        sum_of_worth = sum(
            count * min(worth(letter, letter.encode(codec)) + (0.25 if letter in common else 0.0), 1.15)
            for letter, count in found.items()
        )
        return sum_of_worth / total if total else 1.0

    return judge


def _is_kana(letter: str) -> bool:
    return "\u3041" <= letter <= "\u30ff"


def _japanese(letter: str, code: bytes) -> float:
    if len(code) < 2:
        return 0.15  # half-width katakana, which other encodings give for whatever comes
    if _is_kana(letter):
        return 1.0
    if code[0] == 0x81:
        return 0.8
    if 0x88 <= code[0] <= 0x97:
        return 0.8
    return 0.3 if 0x82 <= code[0] <= 0x84 or 0x98 <= code[0] <= 0xEA else 0.0


def _japanese_unix(letter: str, code: bytes) -> float:
    if code[0] == 0x8E or len(code) != 2:
        return 0.1
    if _is_kana(letter):
        return 1.0
    return 0.8 if code[0] == 0xA1 or 0xB0 <= code[0] <= 0xCF else 0.3


def _simplified(letter: str, code: bytes) -> float:
    if len(code) != 2 or code[1] < 0xA1:
        return 0.1
    if _is_kana(letter):
        return 0.2
    if 0xB0 <= code[0] <= 0xD7 or code[0] in (0xA1, 0xA3):
        return 0.8
    return 0.3 if 0xD8 <= code[0] <= 0xF7 else 0.1


def _traditional(letter: str, code: bytes) -> float:  # noqa: ARG001 - all judges have one signature
    if len(code) != 2:
        return 0.1
    if 0xA4 <= code[0] <= 0xC6 or code[0] == 0xA1:
        return 0.8
    return 0.3 if 0xC9 <= code[0] <= 0xF9 else 0.1


def _korean(letter: str, code: bytes) -> float:
    if "\uac00" <= letter <= "\ud7a3":
        return 0.8 if len(code) == 2 and code[1] >= 0xA1 else 0.2
    return 0.7 if code[0] == 0xA1 else 0.1


_CANDIDATES = (
    _Candidate("cp1252", "Windows-1252", 1.0, _western),
    _Candidate("iso8859_15", "ISO 8859-15", 1.0, _western),
    _Candidate("cp932", "Shift JIS", 1.0, _double(COMMON_JAPANESE, _japanese)),
    _Candidate("gb18030", "GB 18030", 1.0, _double(COMMON_SIMPLIFIED, _simplified)),
    _Candidate("cp950", "Big5", 1.0, _double(COMMON_TRADITIONAL, _traditional)),
    _Candidate("euc_jp", "EUC-JP", 0.95, _double(COMMON_JAPANESE, _japanese_unix)),
    _Candidate("cp949", "EUC-KR", 1.0, _double(COMMON_KOREAN, _korean)),
    _Candidate("cp1250", "Windows-1250", 1.0, _central),
    _Candidate("iso8859_2", "ISO 8859-2", 0.9, _central),
    _Candidate("cp1254", "Windows-1254", 1.0, _turkish),
    _Candidate("cp1251", "Windows-1251", 0.97, _script("cyrillic")),
    _Candidate("koi8_r", "KOI8-R", 0.97, _script("cyrillic")),
    _Candidate("cp1253", "Windows-1253", 0.95, _script("greek")),
    _Candidate("cp1255", "Windows-1255", 0.95, _script("hebrew")),
    _Candidate("cp1256", "Windows-1256", 0.95, _script("arabic")),
    _Candidate("cp874", "Windows-874", 0.85, _script("thai")),
    _Candidate("mac_roman", "Mac Roman", 0.97, _western),
    _Candidate("cp850", "code page 850", 0.9, _western),
    _Candidate("cp437", "code page 437", 0.85, _western),
)  # fmt: skip
"""The encodings in the order in which they are preferred where they are worth the same."""
