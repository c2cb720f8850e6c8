"""A word that is not to be said is found in every spelling that readers see as that word, and in no other."""

from __future__ import annotations

import unicodedata

import pytest

from foundry.look_alikes import words_said

SAME = [
    ("miracle", "a Miracle serum"),
    ("miracle", "MIRACLES"),
    ("miracle", "mira\u00adcle"),
    ("miracle", "m\u200bi\u200cr\u200da\u2060c\ufefflе"),
    ("miracle", "ｍｉｒａｃｌｅ"),
    ("miracle", "ＭＩＲＡＣＬＥ"),
    ("miracle", "mirасlе"),
    ("miracle", "МIRАСLЕ"),
    ("miracle", "miracIe"),
    ("miracle", "M1RACLE"),
    ("miracle", "𝓶𝓲𝓻𝓪𝓬𝓵𝓮"),
    ("miracle", "ⓜⓘⓡⓐⓒⓛⓔ"),
    ("miracle", "rniracle"),
    ("miracle", "mira-cle"),
    ("miracle", "mira\u2011cle"),
    ("miracle", "mira\u2010cle"),
    ("miracle", "mir\u034facle"),
    ("miracle", "mⅰracle"),
    ("anti-ageing", "anti\u2011ageing"),
    ("anti-ageing", "Antiageing"),
    ("best ever", "best\u00a0ever"),
    ("best ever", "best \n ever"),
    ("love", "Iove"),
    ("cool", "c00l"),
    ("각", "각질"),
    ("crème", "cre\u0300me"),
    ("Straße", "STRASSE"),
    ("wunder", "Wundermittel"),
    ("чудо", "ЧУДО"),
    ("чудо", "чyдo"),
    ("معجزة", "مع\u200cجزة"),
    ("奇跡", "奇\u200b跡"),
    ("ミラクル", "ﾐﾗｸﾙ"),
    ("ปาฏิหาริย์", "ปาฏิ\u200bหาริย์"),
]


@pytest.mark.parametrize(("word", "text"), SAME)
def test_a_word_in_other_letters_is_found(word: str, text: str) -> None:
    assert list(words_said(text, [word])) == [word]


OTHER = [
    ("modem", "modern skin care"),
    ("bum", "no sunburn"),
    ("gem", "gern gesehen"),
    ("stem", "ein Stern"),
    ("fail", "fall colours"),
    ("FAIL", "FALL SALE"),
    ("all", "per EMAIL"),
    ("loo", "100 ml, 100 %"),
    ("lo", "10 %"),
    ("ol", "01 2027"),
    ("ii", "all, ill, Wolle"),
    ("cafe", "ein Café"),
    ("miracle", "mirácle"),
    ("schon", "schön und schöner"),
    ("peche", "pêche, péché"),
    ("ou", "où aller"),
    ("가", "각각"),
    ("はは", "ばば"),
    ("มา", "ม้าน้ำ"),
    ("กาย", "ก้าว"),
    ("كتب", "كاتب"),
    ("lol", "الأول"),
    ("сон", "Cohen"),
    ("lom", "10ml"),
]


@pytest.mark.parametrize(("word", "text"), OTHER)
def test_another_word_is_let_be(word: str, text: str) -> None:
    assert not list(words_said(text, [word]))


ORDINARY = """
Natürlich schöne Haut für jeden Tag, jetzt 20 % günstiger. Größe wählen, Farbe prüfen, fertig. Der Stern am Morgen.
Une peau éclatante dès le réveil, sans paraben. Découvrez l'offre d'été, jusqu'à 30 % de remise. Où aller cet été ?
ผิวสดใสตั้งแต่เช้า ลดราคาวันนี้ ของขวัญสำหรับคุณ น้ำหอมกลิ่นดอกไม้ ก้าวแรกสู่ความงาม
بشرة مشرقة من الصباح، خصم اليوم على كل المنتجات، هدية لكل زائر، العطر الأول للربيع
朝から輝く肌へ。本日限りの割引です。新しいセラムで、うるおいのある毎日を。カメラとロボットの工場、力強いカラー。
Утро начинается с ухода. Скидка на все товары сегодня, подарок каждому гостю.
"""
NEVER = [
    *(
        "miracle",
        "cure",
        "best",
        "cheap",
        "free",
        "guarantee",
        "wunder",
        "heilt",
        "gratis",
        "facile",
        "gagner",
        "loser",
    ),
    *("modem", "clinic", "oil", "loo", "hola", "олл", "чудо", "معجزة", "奇跡", "最高", "ปาฏิหาริย์", "ฟรี"),
]


def test_ordinary_copy_in_six_languages_says_none_of_the_words() -> None:
    assert not list(words_said(ORDINARY, NEVER))


def test_a_word_is_found_in_ordinary_copy_of_its_language() -> None:
    words = ["Haut", "peau", "ผิว", "بشرة", "うるおい", "подарок"]
    assert list(words_said(ORDINARY, words)) == words


@pytest.mark.icu
def test_icu_calls_the_same_spellings_confusable() -> None:
    import icu

    checker = icu.SpoofChecker()
    for word in ("miracle", "scope", "paypal", "чудо"):
        for text in ("mirасlе", "ѕсоре", "раураӏ", "чyдo", "miracle", "scope"):
            plain = unicodedata.normalize("NFKC", text)
            same = checker.getSkeleton(0, plain) == checker.getSkeleton(0, word)
            assert (list(words_said(text, [word])) == [word]) == same, (word, text)
