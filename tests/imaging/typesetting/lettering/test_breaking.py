"""Our lines break only where ICU's line breaker allows it, in realistic copy of all 14 demo locales."""

from __future__ import annotations

from itertools import pairwise

import pytest

from foundry.addresses import addresses_in
from foundry.locales import is_rtl
from imaging.typesetting.lettering import Style, balance, plain_text, wrap
from imaging.typesetting.lettering.breaking import breaks
from imaging.typesetting.lettering.hyphens import divisions
from imaging.typesetting.lettering.thai import word_breaks
from tests.support import reading_judge as judge
from tests.support.copies import COPIES

# Breaks that we want though the judge's Thai dictionary lacks the words and splits elsewhere: (before, after).
WANTED: set[tuple[str, str]] = {("กระติกน้ำ", "สแตนเลส")}
THAI = "กระติกน้ำสแตนเลสเก็บความเย็นได้นาน ออกเดินทางก่อนพระอาทิตย์ขึ้น เร็วๆ นี้"
TEXTS = [(locale, text) for locale, texts in COPIES.items() for text in texts] + [("th-TH", THAI)]


@pytest.mark.parametrize(("locale", "text"), TEXTS)
class TestAgainstTheJudge:
    """ICU's BreakIterator for the locale."""

    pytestmark = pytest.mark.icu

    def test_no_break_is_one_that_the_judge_forbids(self, locale: str, text: str) -> None:
        allowed = judge.line_breaks(text, locale)
        forbidden = [one.at for one in breaks(text, locale) if one.at not in allowed]
        assert [at for at in forbidden if not _wanted(text, at)] == []

    @pytest.mark.parametrize("width", [160, 240, 380, 640])
    def test_every_line_begins_where_the_judge_allows_it(self, locale: str, text: str, width: int) -> None:
        allowed = judge.line_breaks(text, locale)
        style = Style("Inter", "regular", 26, is_rtl(locale), locale)
        for lines in (balance(text, style, width), wrap(text, style, width)):
            at = 0
            for line in lines:
                assert at == 0 or at in allowed or _wanted(text, at), line.text
                at += len(line.source)
            assert at == len(text)


def _wanted(text: str, at: int) -> bool:
    return any(text[:at].endswith(before) and text[at:].startswith(after) for before, after in WANTED)


def parts(text: str, locale: str, **options: object) -> list[str]:
    """The text between its breaks."""
    at = [0, *(one.at for one in breaks(text, locale, **options)), len(text)]  # type: ignore[arg-type]
    return [text[a:b] for a, b in pairwise(at)]


def test_japanese_begins_no_line_with_a_small_kana_or_a_closing_mark_and_ends_none_with_an_opening_one() -> None:
    text = "「キャンペーン」は、今週だけ…ッ！（税込）ビューティー々"
    for piece in parts(text, "ja-JP"):
        assert piece[0] not in "、。！）」ャッューィ々…"
        assert piece[-1] not in "「（"


def test_korean_breaks_between_words_only() -> None:
    assert parts("비타민 C 15%를 담은 세럼(50ml)으로", "ko-KR") == [
        "비타민 ",
        "C ",
        "15%를 ",
        "담은 ",
        "세럼(50ml)으로",
    ]


def test_thai_breaks_between_the_words_of_its_dictionary() -> None:
    text = "เซรั่มวิตามินซีสูตรอ่อนโยน"
    assert [text[a:b] for a, b in zip([0, *word_breaks(text)], [*word_breaks(text), len(text)], strict=True)] == [
        "เซรั่ม", "วิตามินซี", "สูตร", "อ่อนโยน",
    ]  # fmt: skip
    assert parts("เร็วๆ นี้", "th-TH") == ["เร็วๆ ", "นี้"]


def test_letters_of_no_thai_word_stay_with_the_word_before_them() -> None:
    assert word_breaks("ออเรลลฟฟฟ") in ([], [2])
    assert word_breaks("กกกกก์") == [] or all(at < 4 for at in word_breaks("กกกกก์"))


@pytest.mark.parametrize(
    ("locale", "text", "whole"),
    [
        ("de-DE", "Statt 60 € nur 45 € und 20 % Rabatt auf 500 ml", ("60 €", "45 €", "20 %", "500 ml")),
        (
            "fr-FR",
            "Prix : « doux » ! À 1 245,00 € seulement ; vite ?",
            ("Prix :", "« doux » !", "1 245,00 €", "vite ?"),
        ),
        ("pl-PL", "W tym sezonie z nami i w górach", ("W tym", "z nami", "i w górach")),
        ("en-US", "Save 20\u00a0% today – only $ 48", ("20\u00a0%", "today –", "$ 48")),
        ("he-IL", "רק 149 ₪ היום", ("149 ₪",)),
        ("ar-EG", "السعر ٢٬٣٠٠ ج.م فقط", ("٢٬٣٠٠ ج.م",)),
    ],
)
def test_what_belongs_together_stays_on_one_line(locale: str, text: str, whole: tuple[str, ...]) -> None:
    pieces = parts(text, locale)
    for together in whole:
        assert any(together in piece for piece in pieces), (together, pieces)


def test_words_are_divided_only_where_asked_and_never_names_or_short_words() -> None:
    text = "Feuchtigkeitsspendende Pflege von Northpeak unter www.northpeak.example/pflegeprodukte"
    names = ("Northpeak",)
    assert all(one.hyphen == "" for one in breaks(text, "de-DE", names))
    pieces = parts(text, "de-DE", names=names, hyphens=True)
    assert pieces[:4] == ["Feuch", "tig", "keits", "spen"]
    assert "Northpeak " in pieces
    assert "Pflege " in pieces
    assert any(piece.startswith("www.northpeak.example/") for piece in pieces)
    assert divisions("Radiance", "en-US") == ()
    assert divisions("luminous", "en-US") != ()
    assert divisions("serum", "en-US") == ()


@pytest.mark.parametrize("locale", ["en-US", "de-DE", "fr-FR", "es-ES", "it-IT", "pt-BR", "pl-PL"])
def test_every_latin_locale_has_patterns_and_leaves_three_letters(locale: str) -> None:
    words = {"en-US": "extraordinary", "de-DE": "Versandkostenfreiheit", "fr-FR": "extraordinaire"}
    word = words.get(locale, "internacionalizacionale")
    found = [at for at, _ in divisions(word, locale)]
    assert found
    assert min(found) >= 3
    assert max(found) <= len(word) - 3


def test_a_soft_hyphen_shows_only_where_the_line_ends() -> None:
    style = Style("Inter", "regular", 40, False, "de-DE")
    text = "Geschwindig\u00adkeits\u00adbegrenzung"
    assert [line.text for line in balance(text, style, 2_000)] == ["Geschwindigkeitsbegrenzung"]
    lines = balance(text, style, 360)
    assert [line.text for line in lines] == ["Geschwindig-", "keitsbegrenzung"]
    assert plain_text(lines) == "Geschwindigkeitsbegrenzung"


def test_a_zero_width_space_breaks_and_a_no_break_space_does_not() -> None:
    style = Style("Inter", "regular", 40, False, "en-US")
    assert [line.text for line in balance("lang\u200bword", style, 100)] == ["lang", "word"]
    assert [line.text for line in balance("no\u00a0break here", style, 190)] == ["no\u00a0break", "here"]


def test_a_japanese_formal_noun_and_a_chinese_coverb_stay_with_their_phrases() -> None:
    whole = [one.at for one in breaks("目覚めるたび、輝く素肌へ", "ja-JP") if not one.price]
    assert whole == [len("目覚めるたび、"), len("目覚めるたび、輝く")]
    free = [one.at for one in breaks("Radiance Serum：给肌肤一段时光", "zh-Hans-CN") if not one.price]
    assert len("Radiance Serum：") in free
    assert len("Radiance Serum：给") not in free


ADDRESSES = {
    "de-DE": "Alle Bedingungen unter www.nova-kopfhoerer.example oder service-team@nova-kopfhoerer.example",
    "en-US": "Terms at nova-audio.example/spring-sale/terms-of-use, share #Sound-Of-Spring",
    "zh-TW": "詳情請見www.nova-audio.example並分享#春日新聲",
    "ar-EG": "الشروط على www.nova-audio.example/spring-sale",
}


@pytest.mark.parametrize(("locale", "text"), ADDRESSES.items(), ids=ADDRESSES)
@pytest.mark.parametrize("hyphens", [False, True])
def test_an_address_is_parted_after_a_slash_or_not_at_all(locale: str, text: str, hyphens: bool) -> None:
    inside = {at for start, stop in addresses_in(text) for at in range(start + 1, stop)}
    assert inside
    found = [one for one in breaks(text, locale, hyphens=hyphens) if one.at in inside]
    assert all(text[one.at - 1] == "/" and not one.hyphen for one in found)
    assert len(found) == text.count("/")


def test_a_legal_line_in_a_narrow_slot_keeps_its_address_whole() -> None:
    style = Style("Inter", "regular", 20, False, "de-DE")
    text = "Angebot bis 31. Mai. Bedingungen: www.nova-kopfhoerer.example"
    for width in range(320, 620, 20):
        assert any("www.nova-kopfhoerer.example" in line.text for line in balance(text, style, width, hyphens=True))
