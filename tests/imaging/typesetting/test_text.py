"""Lines are as wide as they are drawn, few, even and whole; each script has its face."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from foundry.fonts import font_chain, missing_characters
from foundry.locales import is_rtl
from imaging.typesetting.lettering import Style, balance, draw, leading, measure, plain_text, runs, wrap
from imaging.typesetting.lettering.breaking import breaks
from tests.support.copies import COPIES

MARGIN = 80
EXTRA = {
    "fr-FR": "ÉÀÇ fjäll « J’y vais »", "en-US": "jff Q@ fi 🏔️🔥", "ar-EG": "ﷺ Radiance كَيْفَ؟ ٢٠٪",
    "th-TH": "ที่นี่ ปฏิญญา ฎุ", "hi-IN": "क्षत्रिय ज्ञानार्थी", "he-IL": "שָׁלוֹם (Trail 750)",
}  # fmt: skip


@pytest.mark.parametrize("family", ["Marcellus", "Archivo"])
@pytest.mark.parametrize("locale", COPIES)
def test_what_is_measured_is_what_is_drawn(locale: str, family: str) -> None:
    for text in (COPIES[locale][0], EXTRA.get(locale, "")):
        for size in (13, 41, 64):
            style = Style(family, "bold", size, is_rtl(locale), locale)
            line = measure(text, style)
            canvas = Image.new("L", (line.width + 2 * MARGIN, line.above + line.below + 2 * MARGIN))
            draw(ImageDraw.Draw(canvas), MARGIN, MARGIN + line.above, line, style, "white")
            box = canvas.getbbox() or (MARGIN, MARGIN, MARGIN, MARGIN)
            assert box[0] >= MARGIN
            assert box[2] <= MARGIN + line.width
            assert not text or (box[1] - MARGIN, MARGIN + line.above + line.below - box[3]) in ((0, 0), (0, 1))


@pytest.mark.parametrize("locale", COPIES)
def test_lines_fit_are_few_and_say_everything(locale: str) -> None:
    for text in COPIES[locale]:
        for width in (300, 333, 700):
            style = Style("Inter", "regular", 24, is_rtl(locale), locale)
            lines = balance(text, style, width)
            assert max(line.width for line in lines) <= width
            assert len(lines) == len(wrap(text, style, width))
            assert plain_text(lines) == text


@pytest.mark.parametrize("locale", ["en-US", "de-DE", "fr-FR", "th-TH", "ja-JP", "zh-CN", "ko-KR", "ar-EG"])
def test_no_headline_ends_in_one_short_word(locale: str) -> None:
    style = Style("Archivo", "bold", 40, is_rtl(locale), locale)
    for width in range(360, 800, 55):
        lines = balance(COPIES[locale][0], style, width)
        if 1 < len(lines) < 4:
            assert lines[-1].width > 0.35 * max(line.width for line in lines)


def test_a_word_wider_than_its_line_sticks_out_unless_it_may_be_divided() -> None:
    style = Style("Inter", "regular", 30, False, "de-DE")
    text = "Neue Geschwindigkeitsbegrenzung außerorts"
    assert max(line.width for line in balance(text, style, 280)) > 260
    lines = balance(text, style, 280, hyphens=True)
    assert max(line.width for line in lines) <= 280
    assert [line.text for line in lines if line.text.endswith("-")] == ["Geschwindigkeits-"]
    assert plain_text(lines) == text


def test_a_name_is_neither_divided_nor_parted_where_another_break_will_do() -> None:
    style = Style("Inter", "regular", 30, False, "en-US", names=("Trail 750",))
    for width in range(200, 420, 10):
        lines = balance("Meet the Trail 750 on the ridge", style, width)
        assert sum("Trail 750" in line.text for line in lines) == 1


def test_a_spare_line_keeps_phrases_whole() -> None:
    style = Style("Inter", "regular", 20, False, "ja-JP")
    text = "ビタミンCを15％配合した美容液で、朝の肌に静かなうるおいを。"
    assert [line.text for line in balance(text, style, 210, most=4)] == [
        "ビタミンCを", "15％配合した", "美容液で、朝の肌に", "静かなうるおいを。",
    ]  # fmt: skip
    assert len(balance(text, style, 210)) == 3


def test_newlines_of_the_writer_are_kept() -> None:
    style = Style("Inter", "regular", 30, False, "en-US")
    assert [line.text for line in balance("Out before\nthe sun", style, 900)] == ["Out before", "the sun"]


def files(text: str, locale: str, family: str = "Inter") -> list[str]:
    return [Path(path).stem for _, path, _ in runs(text, family, "regular", is_rtl(locale), locale)]


def test_han_characters_are_drawn_as_their_language_writes_them() -> None:
    assert files("直接骨", "ja-JP") == ["NotoSansJP-Regular"]
    assert files("直接骨", "zh-CN") == ["NotoSansSC-Regular"]
    assert files("한글", "ko-KR") == ["NotoSansKR-Regular"]
    assert [face.path.stem for face in font_chain("Inter", "bold", "zh-CN")][5:8] == [
        "NotoSansSC-Bold", "NotoSansJP-Bold", "NotoSansKR-Bold",
    ]  # fmt: skip


def test_latin_in_chinese_keeps_the_brands_face_and_quotes_are_wide() -> None:
    assert files("含15%维生素C", "zh-CN", "Archivo") == [
        "NotoSansSC-Regular", "Archivo-Medium", "NotoSansSC-Regular", "Archivo-Medium",
    ]  # fmt: skip
    assert files("“由内而外”", "zh-CN") == ["NotoSansSC-Regular"]
    assert files("“quoted”", "zh-CN") == ["Inter-Regular"]


@pytest.mark.parametrize("sign", ["👩‍🚀", "👨‍👩‍👧", "🇩🇪", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "1️⃣", "❤️", "👍🏽", "🏳️‍🌈"])
def test_an_emoji_is_one_glyph_of_the_emoji_face(sign: str) -> None:
    style = Style("Marcellus", "regular", 40, False, "en-US")
    assert files(f"Go {sign}!", "en-US") == ["Inter-Regular", "NotoEmoji-Regular", "Inter-Regular"]
    assert measure(sign, style).width <= measure("😀", style).width * 1.25
    assert missing_characters(sign, ("Marcellus",)) == ()


def test_a_digit_or_a_sign_without_the_selector_is_text() -> None:
    assert files("1 © 2027", "en-US") == ["Inter-Regular"]


def test_leading_is_what_the_script_needs() -> None:
    assert leading("Radiant") < leading("שלום") < leading("輝く") == leading("한글") < leading("हर") < leading("ทุก")


@pytest.mark.parametrize(
    ("text", "locale"),
    [("輝く素肌へ、目覚めるたび" * 40, "ja-JP"), ("ตื่นมาพร้อมผิวเปล่งปลั่งทุกเช้า" * 14, "th-TH")],
)
def test_where_a_long_text_may_break_is_found_once_for_all_sizes(text: str, locale: str) -> None:
    searches = breaks.cache_info().misses
    for size in range(20, 40):
        assert balance(text, Style("Inter", "regular", size, False, locale), 900)
    assert breaks.cache_info().misses == searches + 1


@pytest.mark.parametrize("locale", ["zh-TW", "zh-HK", "zh-Hant-TW", "yue-HK"])
def test_traditional_chinese_has_forms_of_its_own(locale: str) -> None:
    assert missing_characters("說絕戶囉甦", ("Marcellus", "Archivo")) == ()
    assert files("說絕戶", locale) == ["NotoSansTC-Regular"]
    assert files("，。、", locale) == ["NotoSansTC-Regular"]


def test_a_character_that_is_written_alike_is_drawn_by_the_face_that_has_it() -> None:
    assert files("：日中", "zh-TW") == ["NotoSansJP-Regular"]
    assert files("說", "ja-JP") == files("說", "zh-CN") == ["NotoSansTC-Regular"]


NAMES = {
    "Japan": ("髙橋 﨑山 濵田 渡邊 齋籐 神田神保町 𠮷野家", "ja-JP"),
    "China": ("朱镕基 王喆 李堃 陈玥 张玥珺 马頔 张龑 鱻 深圳 哔哩哔哩", "zh-CN"),
    "Taiwan": ("游錫堃 陳玉珮 周子瑒 林暐琁 郭姵妘 誠品書店 嘸 頂呱呱", "zh-TW"),
    "Hong Kong": ("冇嘢 唔該 嘅 咗 啲 喺 旺角 鰂魚涌 葵涌", "zh-HK"),
    "Korea": ("똠얌꿍 햏 쀼 뷁 찦차 펲시맨 믜", "ko-KR"),
    "Vietnam": ("Nguyễn Phượng Hữu Đặng Thị Ỷ Lan", "vi-VN"),
    "Central Europe": ("Łódź Český Žižkov Győr Ștefan Țepeș Ľubomír Ħamrun", "pl-PL"),
    "the Baltic": ("Ģirts Ķegums Ņina Šiauliai Ėglė Ųla Õismäe", "lv-LV"),
    "the North": ("Þórunn Ærø Sør-Trøndelag Ŋálgu Čáhppes Ǥiella ǯ", "is-IS"),
    "Turkey and the Caucasus": ("İğdır Şükrü Əliyev Gəncə", "az-AZ"),
    "Africa": ("Ọlárótìmí Ṣẹ́gun Ẹ̀gbá Ɓala Ɗan Ƙofa Ɛkow Ɔkɔ Ŋaaba", "yo-NG"),
    "Wales and Ireland": ("Ŵyn Ŷnys Llŷr Ċaiḃre", "cy-GB"),
    "Hawaii and Samoa": ("ʻIolani Kapiʻolani Kāʻanapali", "haw-US"),
    "transliterated Arabic, Sanskrit, Pinyin": ("Ḥusayn Ḳāḍī Ṭāhā Śrī Kṛṣṇa Ǚ Lǚ Nǚ", "en-GB"),
    "Greece": ("Ἀθῆναι Ζωή Ὀδυσσεύς Ϊ", "el-GR"),
    "the Slavic East": ("Ёлкин Їжак Ґалаґан Ўладзімір Ђорђе Љиљана Њива Џон", "uk-UA"),
    "Central Asia": ("Қазақстан Әлия Ғабит Ұлан Ү Һ Җ Ң Ҷ", "kk-KZ"),
}


@pytest.mark.parametrize(("text", "locale"), NAMES.values(), ids=NAMES)
def test_names_of_people_places_and_shops_can_be_set(text: str, locale: str) -> None:
    assert missing_characters(text, ("Marcellus", "Archivo", "Inter")) == ()


def test_signs_that_advertisements_use_can_be_set() -> None:
    assert missing_characters("✓ ✔ ★ ☆ ① ⑩ ½ № ™ ® → ↗ ⇒ • ◆ ▶ ‰ ′ ″ ℃ ♥", ("Marcellus", "Archivo")) == ()


@pytest.mark.parametrize("text", ["⠿⠓", "ꦧꦱ", "𓀀", "\u1780"])
def test_what_no_font_draws_is_named(text: str) -> None:
    assert missing_characters(text, ("Inter",)) == tuple(text)
