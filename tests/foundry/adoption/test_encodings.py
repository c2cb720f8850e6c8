"""Texts are decoded by what their letters make, however short, and however they were saved."""

from __future__ import annotations

import pytest

from foundry.adoption.seeing.encodings import decoded
from foundry.errors import Problem

GERMAN = "brand;campaign_name;price\nAcme;Frühlingsfest;49,90 €\n"
FRENCH = "marque;titre\nAcmé;L’été à la plage, ça commence\n"
SPANISH = "marca,título\nAcme,¡Mañana empieza tu día!\n"
SWEDISH = "kund;rubrik\nAcme;Upptäck lugnet på fjället\n"
MIXED = "de;fr;es\nGrüße;Éclat d’été;Mañana\n"
POLISH = "marka;nagłówek\nAcme;Poczuj świeżość każdego dnia\n"
CZECH = "značka;titulek\nAcme;Příjemné ráno začíná tady\n"
HUNGARIAN = "márka;cím\nAcme;Ébredj frissen minden őszi reggelen, hűvösben\n"
TURKISH = "marka;başlık\nAcme;Her sabah ışığı hisset\n"
RUSSIAN = "бренд;заголовок\nAcme;Почувствуйте свежесть каждого утра\n"
GREEK = "μάρκα;τίτλος\nAcme;Νιώσε τη φρεσκάδα\n"
JAPANESE = "ブランド,キャンペーン名,見出し\nアクメ,春のグロウ,肌が、目を覚ます。\n"
JAPANESE_HEADER = "brand,headline\nAcme,目覚め\n"
SIMPLIFIED = "品牌,活动名称,标题\n爱可美,春日焕彩,唤醒你的肌肤\n"
TRADITIONAL = "品牌,活動名稱,標題\n愛可美,春日煥彩,喚醒你的肌膚\n"
KOREAN = "브랜드,제목\n아크메,매일 아침을 깨우는 빛\n"


@pytest.mark.parametrize(
    ("text", "codec", "encoding"),
    [
        (GERMAN, "cp1252", "Windows-1252"), (FRENCH, "cp1252", "Windows-1252"), (SPANISH, "cp1252", "Windows-1252"),
        (SWEDISH, "cp1252", "Windows-1252"),
        (MIXED, "cp1252", "Windows-1252"), (GERMAN, "iso8859_15", "ISO 8859-15"),
        (GERMAN.replace("€", "EUR"), "mac_roman", "Mac Roman"), (SPANISH, "mac_roman", "Mac Roman"),
        (GERMAN.replace("€", "EUR"), "cp850", "code page 850"), (POLISH, "cp1250", "Windows-1250"),
        (CZECH, "cp1250", "Windows-1250"), (HUNGARIAN, "cp1250", "Windows-1250"),
        (TURKISH, "cp1254", "Windows-1254"), (RUSSIAN, "cp1251", "Windows-1251"), (RUSSIAN, "koi8_r", "KOI8-R"),
        (GREEK, "cp1253", "Windows-1253"),
        (JAPANESE, "cp932", "Shift JIS"), (JAPANESE_HEADER, "cp932", "Shift JIS"), (JAPANESE, "euc_jp", "EUC-JP"),
        (JAPANESE, "iso2022_jp", "ISO-2022-JP"),
        (SIMPLIFIED, "gb18030", "GB 18030"), (SIMPLIFIED, "gbk", "GB 18030"), (TRADITIONAL, "cp950", "Big5"),
        (KOREAN, "cp949", "EUC-KR"),
        (GERMAN, "utf-8", "UTF-8"), (GERMAN, "utf-8-sig", "UTF-8"), (JAPANESE, "utf-16", "UTF-16"),
        (GERMAN, "utf-16-le", "UTF-16"), (GERMAN, "utf-16-be", "UTF-16"),
        (SIMPLIFIED, "utf-32", "UTF-32"), ("a,b\n", "ascii", "UTF-8"),
    ],
)  # fmt: skip
def test_a_short_file_is_read_in_the_encoding_that_it_was_saved_in(text: str, codec: str, encoding: str) -> None:
    found = decoded(text.encode(codec), "b.csv")
    assert (found.text, found.encoding) == (text, encoding)


@pytest.mark.parametrize(
    "word",
    [
        "Grün",
        "Crème",
        "Señor",
        "São Paulo",
        "49,90 €",
        "Größe",
        "naïve",
        "Übersicht",
        "“Glow”",
        "Kr. 5 – 9",
        "Ça va",
        "blåbær",
        "Ångström",
        "§ 5 UWG",
        "1 × 2 ½",
    ],
)
def test_a_single_word_of_western_europe_is_enough(word: str) -> None:
    assert decoded(f"headline\n{word}\n".encode("cp1252"), "b.csv").text == f"headline\n{word}\n"


@pytest.mark.parametrize(
    ("word", "codec"),
    [
        ("商品名", "cp932"),
        ("価格", "cp932"),
        ("東京", "cp932"),
        ("北京", "gb18030"),
        ("免费送货", "gb18030"),
        ("免費送貨", "cp950"),
        ("할인", "cp949"),
        ("品牌", "gb18030"),
        ("价格", "gb18030"),
        ("活动名称", "gb18030"),
        ("價格", "cp950"),
        ("活動名稱", "cp950"),
        ("商品名稱", "cp950"),
    ],
)
def test_a_single_header_of_east_asia_is_enough(word: str, codec: str) -> None:
    assert decoded(f"{word},brand\n".encode(codec), "b.csv").text == f"{word},brand\n"


def test_a_few_bytes_of_another_encoding_do_not_spoil_a_file() -> None:
    mixed = GERMAN.encode() + FRENCH.encode() + "Größe;Straße\n".encode("cp1252")[:6]
    found = decoded(mixed, "b.csv")
    assert found.text.startswith(GERMAN + FRENCH)
    assert found.text.endswith("Größe;")
    assert found.encoding == "UTF-8, with 2 byte(s) of Windows-1252"


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(Problem, match="no other encoding gives words; save the file as UTF-8"):
        decoded(bytes([0x98, 0x90, 0x9D, 0x8D, 0x81]) * 9, "b.csv")


def test_a_wrong_byte_order_mark_is_refused() -> None:
    with pytest.raises(Problem, match="is not UTF-16, which its first bytes announce"):
        decoded(b"\xff\xfea\x00\x00\xd8", "b.csv")
