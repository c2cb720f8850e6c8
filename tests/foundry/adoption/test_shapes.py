"""Values are read by their shape alone: languages, countries, money, days, placements, colours, files and lists."""

from __future__ import annotations

from datetime import date

import pytest

from foundry.adoption.shapes import (
    Shape,
    address_in,
    approval_in,
    colour_in,
    countries_in,
    day_order_of,
    day_range_in,
    days_in,
    file_name_in,
    is_sentence,
    locale_of_country,
    locales_in,
    locales_of_country,
    money_in,
    name_and_price_in,
    parts_of,
    placements_in,
    price_list_in,
    shapes_of,
)


def tags(text: str) -> list[str]:
    return [reading.tag for reading in locales_in(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("de-DE", ["de-DE"]), ("de_AT", ["de-AT"]), ("pt-br", ["pt-BR"]), ("zh-Hant-TW", ["zh-TW"]),
        ("zh-Hans", ["zh-CN"]), ("es-419", ["es-419"]),
        ("de", ["de-DE"]), ("sv", ["sv-SE"]), ("no", ["nb-NO"]), ("da", ["da-DK"]), ("DE", ["de-DE"]),
        ("en_GB.UTF-8", ["en-GB"]), ("EN-US", ["en-US"]),
        ("sr-Latn-RS", ["sr-Latn-RS"]), ("zh_TW", ["zh-TW"]), ("AT-de", ["de-AT"]), ("CH-fr", ["fr-CH"]),
        ("BE-fr", ["fr-BE"]), ("DE-de", ["de-DE"]),
        ("se-sv", ["sv-SE"]), ("zh-HK", ["zh-HK"]),
        ("German", ["de-DE"]), ("Deutsch", ["de-DE"]), ("German (Austria)", ["de-AT"]),
        ("Deutsch (Schweiz)", ["de-CH"]), ("English (UK)", ["en-GB"]),
        ("Swiss German", ["de-CH"]), ("Brazilian Portuguese", ["pt-BR"]), ("French Canadian", ["fr-CA"]),
        ("Belgium (FR)", ["fr-BE"]),
        ("Canadian French", ["fr-CA"]),
        ("Spanish - LATAM", ["es-419"]), ("Spanish (Mexico)", ["es-MX"]), ("European Portuguese", ["pt-PT"]),
        ("US English", ["en-US"]),
        ("Simplified Chinese", ["zh-CN"]), ("繁體中文", ["zh-TW"]), ("简体中文", ["zh-CN"]), ("日本語", ["ja-JP"]),
        ("ドイツ語", ["de-DE"]), ("德语", ["de-DE"]),
        ("allemand", ["de-DE"]), ("francés", ["fr-FR"]), ("Französisch", ["fr-FR"]), ("Norwegian", ["nb-NO"]),
        ("EN (US)", ["en-US"]), ("fr/CA", ["fr-CA"]),
        ("sv, no, da", ["sv-SE", "nb-NO", "da-DK"]), ("en-US, es-MX and fr-CA", ["en-US", "es-MX", "fr-CA"]),
        ("EN/DE/FR", ["en-US", "de-DE", "fr-FR"]),
        ("German und Englisch", ["de-DE", "en-US"]), ("日本語、英語", ["ja-JP", "en-US"]),
        ("en de fr", ["en-US", "de-DE", "fr-FR"]),
        ("Germany", []), ("new", []), ("Find your glow in every drop", []), ("", []), ("in-store", []),
        ("no-frills", []), ("Portable", []),
    ],
)  # fmt: skip
def test_languages_are_known_by_tag_code_and_name(text: str, expected: list[str]) -> None:
    assert tags(text) == expected


def test_a_locale_says_whether_its_country_was_written() -> None:
    (stated,), (assumed,) = locales_in("de-AT"), locales_in("German")
    assert (stated.stated, assumed.stated) == (True, False)


def test_a_bare_code_is_less_certain_than_a_tag_and_a_word_like_code_least() -> None:
    tag, code, word = (locales_in(text)[0].score for text in ("nb-NO", "de", "no"))
    assert tag > code > word


@pytest.mark.parametrize(
    ("country", "expected"),
    [("CH", "de-CH"), ("NO", "nb-NO"), ("US", "en-US"), ("BR", "pt-BR"), ("JP", "ja-JP"), ("CN", "zh-CN")],
)
def test_a_country_has_a_first_locale(country: str, expected: str) -> None:
    assert locale_of_country(country) == expected


def test_a_country_of_several_languages_has_as_many_locales() -> None:
    assert locales_of_country("CH")[:3] == ("de-CH", "fr-CH", "it-CH")
    assert set(locales_of_country("CA")) == {"en-CA", "fr-CA"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Germany", ["DE"]), ("Deutschland", ["DE"]), ("Allemagne", ["DE"]), ("Alemania", ["DE"]),
        ("Alemanha", ["DE"]), ("ドイツ", ["DE"]), ("德国", ["DE"]),
        ("DE", ["DE"]), ("UK", ["GB"]), ("USA", ["US"]), ("GBR", ["GB"]), ("United States of America", ["US"]),
        ("日本", ["JP"]), ("the Netherlands", ["NL"]),
        ("Germany (DE)", ["DE"]), ("DE - Germany", ["DE"]), ("Belgium (FR)", ["BE"]), ("Scotland", ["GB"]),
        ("California", ["US"]), ("München", ["DE"]), ("東京", ["JP"]), ("Canada (English)", ["CA"]),
        ("Côte d'Ivoire", ["CI"]),
        ("Bosnia & Herzegovina", ["BA"]), ("Trinidad & Tobago", ["TT"]),
        ("SE, NO, DK", ["SE", "NO", "DK"]), ("Germany, France", ["DE", "FR"]),
        ("Germany und Österreich", ["DE", "AT"]), ("DE/AT/CH", ["DE", "AT", "CH"]),
        ("日本、韓国", ["JP", "KR"]), ("Brasil y México", ["BR", "MX"]), ("US CA MX", ["US", "CA", "MX"]),
        ("Narnia", []), ("Glow in the dark", []), ("", []),
    ],
)  # fmt: skip
def test_countries_are_known_by_name_and_code(text: str, expected: list[str]) -> None:
    assert [code for reading in countries_in(text) for code in reading.countries] == expected


@pytest.mark.parametrize(
    ("text", "some"),
    [
        ("EMEA", {"DE", "AE", "ZA"}), ("DACH", {"DE", "AT", "CH"}), ("LATAM", {"MX", "BR"}), ("亚太", {"JP", "CN"}),
        ("Nordics", {"SE", "NO", "DK", "FI", "IS"}), ("Benelux", {"BE", "NL", "LU"}), ("D-A-CH", {"DE", "AT", "CH"}),
        ("Latin America", {"AR"}),
    ],
)  # fmt: skip
def test_groups_of_countries_are_known(text: str, some: set[str]) -> None:
    (group,) = countries_in(text)
    assert group.is_group
    assert some <= set(group.countries)


def test_a_code_that_people_write_for_a_language_is_hardly_a_country() -> None:
    (country,), (language,) = countries_in("SV"), locales_in("SV")
    assert country.score < language.score


def test_the_world_is_a_group_without_countries() -> None:
    (world,) = countries_in("Global")
    assert (world.is_group, world.countries) == (True, ())


def test_items_that_are_no_countries_are_left_out_of_a_list() -> None:
    assert [reading.text for reading in countries_in("Germany, Narnia, France")] == ["Germany", "France"]


def amounts(text: str, *locales: str) -> list[tuple[str, str]]:
    return [(reading.amount, reading.currency) for reading in money_in(text, locales)]


@pytest.mark.parametrize(
    ("text", "locales", "expected"),
    [
        ("49,90 €", (), [("49.90", "EUR")]), ("€49.90", (), [("49.90", "EUR")]),
        ("1.299,00 €", (), [("1299.00", "EUR")]), ("€1,299", (), [("1299", "EUR")]),
        ("1.299 €", (), [("1299", "EUR")]), ("CHF 1'299.00", (), [("1299.00", "CHF")]),
        ("CHF 1’299.-", (), [("1299", "CHF")]),
        ("1 299,00 kr", ("sv-SE",), [("1299.00", "SEK")]), ("499 kr", ("nb-NO",), [("499", "NOK")]),
        ("499 kr.", ("da-DK",), [("499", "DKK")]),
        ("499 kr", ("sv-SE", "nb-NO"), [("499", "SEK"), ("499", "NOK")]), ("$49", ("en-US",), [("49", "USD")]),
        ("$49", ("fr-CA",), [("49", "CAD")]),
        ("$49", ("de-DE",), [("49", "USD")]), ("$49", (), [("49", "USD")]),
        ("US$ 5,000.00", (), [("5000.00", "USD")]), ("R$ 49,90", (), [("49.90", "BRL")]),
        ("¥1,980", ("ja-JP",), [("1980", "JPY")]), ("1,980円(税込)", (), [("1980", "JPY")]),
        ("5万円", (), [("50000", "JPY")]), ("￥１９８０", ("ja-JP",), [("1980", "JPY")]),
        ("٤٩٫٩٠ AED", (), [("49.90", "AED")]),
        ("199元", (), [("199", "CNY")]), ("49,- €", (), [("49", "EUR")]), ("49.– CHF", (), [("49", "CHF")]),
        ("EUR 49.90", (), [("49.90", "EUR")]),
        ("1.5 Mio. EUR", (), [("1500000", "EUR")]), ("10k USD", (), [("10000", "USD")]),
        ("$2 million", (), [("2000000", "USD")]), ("₹1,29,999", (), [("129999", "INR")]),
        ("48", (), [("48", "")]), ("49€90", (), [("49.90", "EUR")]), ("49 (EUR)", (), [("49", "EUR")]),
        ("MXN $499", (), [("499", "MXN")]), ("₹ 1,29,999/-", (), [("129999", "INR")]), ("499:-", (), [("499", "")]),
        ("€1.2m", (), [("1200000", "EUR")]), ("ab 49,-", (), [("49", "")]), ("590 บาท", (), [("590", "THB")]),
        ("1.2 m", (), []),
         ("48.5", (), [("48.5", "")]), ("5000", (), [("5000", "")]),
        ("5,000 USD", (), [("5000", "USD")]), ("49 Euro", (), [("49", "EUR")]),
        ("49,90 EUR inkl. MwSt.", (), [("49.90", "EUR")]), ("49,90 € TTC", (), [("49.90", "EUR")]),
        ("129 zł", (), [("129", "PLN")]), ("1 990 Kč", (), [("1990", "CZK")]),
        ("HK$388", (), [("388", "HKD")]), ("NT$ 1,200", (), [("1200", "TWD")]), ("£12.50", (), [("12.50", "GBP")]),
        ("$49.00 USD", (), [("49.00", "USD")]),
        ("12,500 KWD", ("en-US",), [("12500", "KWD")]), ("0.5 EUR", (), [("0.5", "EUR")]),
        ("$49-59", (), []), ("49 EUR or 59 EUR", (), []), ("5 bottles", (), []), ("-5 EUR", (), []),
        ("2027-05-31", (), []), ("300x250", (), []),
        ("Save 20% on everything", (), []), ("12:30", (), []), ("", (), []), ("20%", (), []), ("No. 5", (), []),
        ("50 ml", (), []),
    ],
)  # fmt: skip
def test_money_is_read_as_people_write_it(text: str, locales: tuple[str, ...], expected: list[tuple[str, str]]) -> None:
    assert amounts(text, *locales) == expected


def test_a_sign_of_several_countries_has_several_readings_where_no_locale_decides() -> None:
    assert {currency for _, currency in amounts("499 kr")} == {"SEK", "NOK", "DKK", "ISK"}
    assert {currency for _, currency in amounts("¥199")} == {"JPY", "CNY"}


def test_three_places_have_two_readings_in_a_currency_that_has_them() -> None:
    assert {amount for amount, _ in amounts("12,500 KWD")} == {"12500", "12.500"}


def test_words_beside_an_amount_are_kept_and_make_it_less_certain() -> None:
    (plain,), (beside,) = money_in("49 EUR"), money_in("ab 49 EUR")
    assert (beside.beside, beside.amount) == ("ab", "49")
    assert beside.score < plain.score


def test_a_price_in_several_currencies_is_a_list_of_amounts() -> None:
    found = price_list_in("€49.90 / $55 / £45")
    assert [(readings[0].amount, readings[0].currency) for readings in found] == [
        ("49.90", "EUR"),
        ("55", "USD"),
        ("45", "GBP"),
    ]
    assert price_list_in("24/7") == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Stove Kettle (£45)", ("Stove Kettle", "45")), ("Ruby Tonic – 49,90 €", ("Ruby Tonic", "49.90")),
        ("Ruby Tonic: EUR 49.90", ("Ruby Tonic", "49.90")), ("Ruby, red, 49,90 €", ("Ruby, red", "49.90")),
        ("灯り（12,800円）", ("灯り", "12800")), ("Field Rug, charcoal", None), ("Lamp (2027)", None),
        ("Kettle No. 5 - 45", None),
        ("£45", None), ("", None),
    ],
)  # fmt: skip
def test_a_price_behind_a_name_is_told_from_it(text: str, expected: tuple[str, str] | None) -> None:
    found = name_and_price_in(text)
    assert (found and (found[0], found[1][0].amount)) == expected


MAY_31 = date(2027, 5, 31)


@pytest.mark.parametrize(
    "text",
    [
        "2027-05-31", "2027/5/31", "31/05/2027", "31.05.2027", "31.5.2027", "5/31/2027", "20270531",
        "2027-05-31T00:00:00Z", "2027-05-31 12:00",
        "31.05.2027, 18:00 Uhr", "May 31, 2027", "May 31st, 2027", "31 May 2027", "31st of May 2027", "31. Mai 2027",
        "31 mai 2027", "31 de mayo de 2027",
        "31 de maio de 2027", "31-May-27", "2027年5月31日", "2027年5月31日(月)", "令和9年5月31日", "2027年5月31號",
        "Monday, May 31, 2027", "Mo, 31.05.2027",
        "31 05 2027", "2027. 05. 31.", "the 31st of May 2027", "31 May 2027 (Mon)", "by 31 May 2027", "31 мая 2027",
        "bis zum 31. Mai 2027", "31 Mayıs 2027", "31. května 2027",
        "31/05/27", "31 maj 2027", "2027-May-31", "Montag, 31. Mai 2027", "lundi 31 mai 2027", "31. 5. 2027",
        "31 maggio 2027",
    ],
)  # fmt: skip
def test_a_day_is_read_as_people_write_it(text: str) -> None:
    assert [reading.day for reading in days_in(text)] == [MAY_31]


@pytest.mark.parametrize(
    "text",
    [
        "Q1 2027",
        "May 2027",
        "2027",
        "5月31日",
        "31/31/2027",
        "soon",
        "12:30",
        "16:9",
        "300x250",
        "1.299,00",
        "",
        "31.02.2027",
    ],
)
def test_a_text_that_names_no_single_day_has_no_reading(text: str) -> None:
    assert days_in(text) == ()


def test_a_date_of_two_small_numbers_has_two_readings() -> None:
    found = {reading.order: reading.day for reading in days_in("5/6/2027")}
    assert found == {"day first": date(2027, 6, 5), "month first": date(2027, 5, 6)}


@pytest.mark.parametrize(
    ("locales", "expected"),
    [(("en-US",), date(2027, 5, 6)), (("de-DE", "fr-FR"), date(2027, 6, 5)), (("en-GB",), date(2027, 6, 5))],
)
def test_the_market_decides_between_the_readings_of_a_date(locales: tuple[str, ...], expected: date) -> None:
    assert [reading.day for reading in days_in("5/6/2027", locales)] == [expected]


def test_a_date_with_dots_begins_with_the_day_unless_the_market_writes_months_first() -> None:
    assert [reading.day for reading in days_in("5.6.2027")] == [date(2027, 6, 5)]
    assert len(days_in("5.6.2027", ("en-US",))) == 2


def test_markets_that_differ_leave_both_readings() -> None:
    assert len(days_in("5/6/2027", ("en-US", "de-DE"))) == 2


def test_the_same_number_twice_is_one_day() -> None:
    assert [reading.day for reading in days_in("5/5/2027")] == [date(2027, 5, 5)]


def test_the_other_dates_of_a_file_show_its_order() -> None:
    assert day_order_of(["5/6/2027", "31/05/2027", "soon"]) == "day first"
    assert day_order_of(["5/6/2027", "5/31/2027"]) == "month first"
    assert day_order_of(["31/05/2027", "5/31/2027"]) is None
    assert days_in("5/6/2027", (), "day first")[0].day == date(2027, 6, 5)


@pytest.mark.parametrize(
    "text",
    [
        "2027-05-01 to 2027-05-31", "01.05.2027 - 31.05.2027", "01.05.2027–31.05.2027", "01.05.–31.05.2027",
        "1. Mai – 31. Mai 2027", "May 1 – May 31, 2027",
        "1-31 May 2027", "May 1-31, 2027", "01/05/2027-31/05/2027", "2027.5.1-2027.5.31", "2027-05-01/2027-05-31",
        "May 1 – 31, 2027", "vom 01.05.2027 bis 31.05.2027", "2027年5月1日〜2027年5月31日", "2027年5月1日～5月31日",
        "du 1 mai 2027 au 31 mai 2027", "1 – 31 May 2027",
    ],
)  # fmt: skip
def test_a_range_of_days_is_read(text: str) -> None:
    found = day_range_in(text)
    assert found is not None
    assert (found[0][0].day, found[1][0].day) == (date(2027, 5, 1), MAY_31)


@pytest.mark.parametrize("text", ["2027-05-31", "Monday to Friday", "5-6", ""])
def test_a_text_without_two_days_is_no_range(text: str) -> None:
    assert day_range_in(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("meta/story", ["meta/story"]), ("social", ["social"]), ("1:1", ["meta/feed-square"]),
        ("9:16", ["meta/story"]), ("4:5", ["meta/feed-portrait"]),
        ("16:9", ["web/hero"]), ("1.91:1", ["google/landscape"]), ("1,91:1", ["google/landscape"]),
        ("2:3", ["pinterest/pin"]), ("9x16", ["meta/story"]),
        ("1x1", ["meta/feed-square"]), ("16/9", ["web/hero"]), ("1:01", ["meta/feed-square"]),
        ("09:16", ["meta/story"]), ("16:09", ["web/hero"]),
        ("1:1 (square)", ["meta/feed-square"]), ("9:16 Story", ["meta/story"]),
        ("1:1, 9:16", ["meta/feed-square", "meta/story"]), ("1:1/9:16", ["meta/feed-square", "meta/story"]),
        ("1:1 / 9:16 / 16:9", ["meta/feed-square", "meta/story", "web/hero"]),
        ("1:1 9:16", ["meta/feed-square", "meta/story"]), ("1:1、9:16", ["meta/feed-square", "meta/story"]),
        ("300x250", ["google/medium-rectangle"]), ("300 x 250 px", ["google/medium-rectangle"]),
        ("1080×1080", ["meta/feed-square"]), ("1080x1920", ["meta/story"]),
        ("728x90", ["google/leaderboard"]), ("160x600", ["google/wide-skyscraper"]),
        ("320x50", ["iab/smartphone-banner"]), ("1080x1350", ["meta/feed-portrait"]),
        ("1920x1080", ["web/hero"]), ("1000x1000", ["meta/feed-square"]), ("1200x628", ["google/landscape"]),
        ("Instagram Story", ["instagram/story"]), ("IG Reels", ["instagram/reels"]),
        ("Google Display 300x250", ["google/medium-rectangle"]), ("Instagram 9:16", ["instagram/story"]),
        ("instagram_feed_1x1", ["instagram/feed-square"]), ("Facebook Feed 4:5", ["meta/feed-portrait"]),
        ("Facebook link", ["meta/link"]), ("Pinterest", ["pinterest/pin"]),
        ("YouTube Shorts", ["youtube/shorts"]), ("YouTube thumbnail", ["youtube/thumbnail"]),
        ("LinkedIn Square", ["linkedin/square"]), ("TikTok", ["tiktok/in-feed"]),
        ("Instagram Reels video", ["instagram/reels-film"]), ("インスタグラム ストーリーズ", ["instagram/story"]),
        ("Leaderboard", ["google/leaderboard"]),
        ("Medium Rectangle", ["google/medium-rectangle"]), ("square", ["meta/feed-square"]),
        ("Hochformat", ["meta/feed-portrait"]), ("portrait", ["meta/feed-portrait"]),
        ("story", ["meta/story"]), ("Stories", ["meta/story"]), ("landscape", ["google/landscape"]),
        ("A4 Flyer", ["print/a4-flyer"]), ("DOOH landscape", ["dooh/landscape"]), ("DOOH poster", ["dooh/poster"]),
         ("Snapchat", ["snap/single-image"]),
        ("X/Twitter 1.91:1", ["x/landscape"]), ("Website hero", ["web/hero"]), ("Newsletter", ["email/hero"]),
        ("Social Media", ["social"]), ("正方形", ["meta/feed-square"]),
        ("Hello there", []), ("0/27", []), ("0:16", []),
        ("", []), ("12:30", []), ("7:13", []), ("5/6/2027", []), ("49,90 EUR", []),
    ],
)  # fmt: skip
def test_placements_are_known_by_name_ratio_size_and_channel(text: str, expected: list[str]) -> None:
    assert [name for reading in placements_in(text) for name in reading.names] == expected


def test_a_channel_alone_is_its_placements_that_do_not_move() -> None:
    (reading,) = placements_in("Instagram")
    assert set(reading.names) == {
        "instagram/feed-square",
        "instagram/feed-portrait",
        "instagram/story",
        "instagram/reels",
    }


def test_an_exact_size_is_more_certain_than_one_of_the_same_shape() -> None:
    (exact,), (like,) = placements_in("1080x1080"), placements_in("900x900")
    assert (exact.exact, like.exact) == (True, False)
    assert exact.score > like.score


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("#FF5733", ["#FF5733"]), ("#abc", ["#AABBCC"]), ("#FF5733, #00ff00", ["#FF5733", "#00FF00"]),
        ("rgb(255, 87, 51)", ["#FF5733"]), ("FF5733", ["#FF5733"]),
        ("Coral #FF5733", ["#FF5733"]), ("navy", ["#000080"]), ("#FF5733CC", ["#FF5733"]),
        ("RGB 255/87/51", ["#FF5733"]),
        ("bright", []), ("#glow", []), ("20270531", []), ("", []), ("rgb(300, 0, 0)", []),
    ],
)  # fmt: skip
def test_colours_are_read(text: str, expected: list[str]) -> None:
    assert [reading.hex for reading in colour_in(text)] == expected


def test_the_words_beside_a_colour_are_its_name() -> None:
    assert colour_in("Deep Blue (#003366)")[0].name == "Deep Blue"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a.png", [("a.png", "picture", False)]),
        ("./img/ruby tonic.JPG", [("img/ruby tonic.JPG", "picture", False)]),
        ("bottle.glb", [("bottle.glb", "model", False)]),
        ("https://cdn.example.com/a.png?w=3", [("https://cdn.example.com/a.png?w=3", "picture", True)]),
        ("![Ruby](img/a.webp)", [("img/a.webp", "picture", False)]),
        ("a.png, b.png", [("a.png", "picture", False), ("b.png", "picture", False)]),
        ("Inter.ttf", [("Inter.ttf", "font", False)]), ("jingle.mp3", [("jingle.mp3", "sound", False)]),
        ("C:\\Bilder\\a.tif", [("C:\\Bilder\\a.tif", "picture", False)]),
        ("logo.svg", [("logo.svg", "drawing", False)]), ("商品画像.png", [("商品画像.png", "picture", False)]),
        ("acme.com", []), ("Glow. Now.", []), ("1.50", []), ("", []), ("hello@acme.com", []),
    ],
)  # fmt: skip
def test_names_of_files_are_read(text: str, expected: list[tuple[str, str, bool]]) -> None:
    assert [(reading.name, reading.kind, reading.remote) for reading in file_name_in(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://acme.com/shop", ["web"]), ("www.acme.com", ["web"]), ("acme.com", ["web"]),
        ("mia@acme.com", ["mail"]), ("@acme", ["handle"]), ("#glow #shine", ["handle"] * 2),
        ("Visit acme.com", []), ("1.50", []), ("Glow.Now", []), ("", []),
    ],
)  # fmt: skip
def test_addresses_are_read(text: str, expected: list[str]) -> None:
    assert [reading.kind for reading in address_in(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("yes", "yes"), ("Approved", "yes"), ("TRUE", "yes"), ("freigegeben", "yes"), ("validé", "yes"),
        ("承認済み", "yes"), ("已批准", "yes"), ("Approved (Mia, 3 May)", "yes"),
        ("✓", "yes"), ("signed off", "yes"), ("no", "no"), ("Rejected", "no"), ("not approved", "no"),
        ("abgelehnt", "no"), ("non", "no"), ("却下", "no"), ("0", "no"),
        ("on hold", "no"), ("pending", "pending"), ("In review", "pending"), ("Draft", "pending"),
        ("in Prüfung", "pending"), ("確認中", "pending"), ("待审批", "pending"),
        ("Freigegeben: 03.05.2027", "yes"), ("Shop now", None), ("", None), ("Norway", None), ("Yesterday", None),
    ],
)  # fmt: skip
def test_approvals_are_read(text: str, expected: str | None) -> None:
    assert approval_in(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a, b, c", ("a", "b", "c")), ("a; b", ("a", "b")), ("a / b", ("a", "b")), ("a/b", ("a/b",)),
        ("A/B", ("A", "B")), ("a、b", ("a", "b")), ("a，b", ("a", "b")),
        ("Germany and France", ("Germany", "France")), ("a, b and c", ("a", "b", "c")),
        ("a, b, and c", ("a", "b", "c")), ("Deutschland und Österreich", ("Deutschland", "Österreich")),
        ("France et Belgique", ("France", "Belgique")), ("Brasil e Portugal", ("Brasil", "Portugal")),
        ("- a\n- b", ("a", "b")), ("1. a\n2. b", ("a", "b")), ("• a\n• b", ("a", "b")),
        ('["a", "b"]', ("a", "b")), ("Ruby (red, 50 ml), Amber", ("Ruby (red, 50 ml)", "Amber")),
        ("49,90 EUR", ("49,90 EUR",)), ("https://a.example/b/c", ("https://a.example/b/c",)),
        ("img/a.png", ("img/a.png",)), ("31/05/2027", ("31/05/2027",)), ("one", ("one",)), ("", ()), ("  ", ()),
        ("a | b", ("a", "b")), ("Ruby &amp; Co; Amber", ("Ruby &amp; Co", "Amber")),
         ("a,", ("a",)),
    ],
)  # fmt: skip
def test_a_list_in_one_text_has_parts(text: str, expected: tuple[str, ...]) -> None:
    assert parts_of(text) == expected


def test_and_parts_nothing_in_a_name_unless_commas_part_the_rest() -> None:
    assert parts_of("Salt and Vinegar", at_words=False) == ("Salt and Vinegar",)
    assert parts_of("Ruby, Amber and Jade", at_words=False) == ("Ruby", "Amber", "Jade")


@pytest.mark.parametrize(
    "text",
    [
        "Wake up.",
        "Find your glow in every single drop",
        "Solange der Vorrat reicht",
        "肌が、目を覚ます。",
        "Dans la limite des stocks",
        "Why wait?",
    ],
)
def test_sentences_are_known(text: str) -> None:
    assert is_sentence(text)


@pytest.mark.parametrize(
    "text", ["Shop now", "Ruby Tonic", "de-DE", "", "Acme Inc.", "Germany, France", "商品名", "https://acme.com/a.b"]
)
def test_names_and_codes_are_no_sentences(text: str) -> None:
    assert not is_sentence(text)


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("de-DE", Shape.LOCALE), ("Germany", Shape.COUNTRY), ("49,90 €", Shape.MONEY), ("2027-05-31", Shape.DAY),
        ("01.05.2027 - 31.05.2027", Shape.DAY_RANGE),
        ("9:16", Shape.PLACEMENT), ("#FF5733", Shape.COLOUR), ("a.png", Shape.PICTURE_FILE),
        ("https://acme.com", Shape.ADDRESS), ("approved", Shape.APPROVAL),
        ("Wake up to skin that glows.", Shape.SENTENCE), ("48", Shape.NUMBER), ("20 %", Shape.PERCENTAGE),
        ("a.glb", Shape.MODEL_FILE), ("spring-glow-27", Shape.IDENTIFIER),
    ],
)  # fmt: skip
def test_the_likeliest_shape_of_a_value_leads(text: str, shape: Shape) -> None:
    found = shapes_of(text)
    assert found[shape] == max(found.values())


def test_a_list_has_the_shape_of_its_items() -> None:
    assert {Shape.LIST, Shape.COUNTRY} <= set(shapes_of("Germany, France, Japan"))


def test_a_long_text_costs_little_and_has_no_short_shape() -> None:
    assert set(shapes_of("word " * 20_000)) <= {Shape.SENTENCE, Shape.PHRASE}
