"""Placeholders: prices, days and figures as each locale writes them; what is missing or malformed stays unfilled."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from babel.numbers import get_currency_precision
from hypothesis import given, settings
from hypothesis import strategies as st

from foundry.brief.brief import Message, Price, Product
from foundry.brief.copywriting import (
    PLACEHOLDERS,
    PRODUCT_VALUES,
    Days,
    copy_template,
    format_amount,
    format_figure,
    placeholder_values,
    unfilled_placeholders,
    write_by_babel,
    write_copy,
)
from foundry.fonts import hostile_characters, missing_characters
from tests.support.copies import COPIES

SERUM = Product(
    id="serum",
    name="Radiance Serum",
    prices=(
        Price(amount="1245", currency="EUR"),
        Price(amount="2300.5", currency="EGP"),
        Price(amount="99", currency="PLN"),
    ),
)
DAYS = Days(date(2027, 3, 1), date(2027, 5, 31))
MARKS = str.maketrans("", "", "\u200e\u200f\u061c")


@pytest.mark.parametrize(
    ("locale", "price", "until"),
    [
        ("de-DE", "1.245\u00a0€", "31. Mai 2027"),
        ("fr-FR", "1\u202f245\u00a0€", "31 mai 2027"),
        ("pl-PL", "99\u00a0zł", "31 maja 2027"),
        ("ar-EG", "٢٬٣٠٠٫٥٠\u00a0ج.م.", "٣١ مايو ٢٠٢٧"),
    ],
)
def test_price_and_days_are_written_as_the_locale_does(locale: str, price: str, until: str) -> None:
    message = Message(headline="{product.name} {price}", legal="{until}")
    copy = write_copy(message, SERUM, locale, DAYS)
    assert copy.headline.translate(MARKS) == f"Radiance Serum {price}"
    assert copy.legal == until


@pytest.mark.parametrize(
    ("placeholder", "locale", "written"),
    [
        ("percent 20", "en-US", "20%"),
        ("percent 20", "de-DE", "20\u00a0%"),
        ("percent 20", "ar-EG", "٢٠٪"),
        ("percent 12.5", "it-IT", "12,5%"),
        ("number 1234.5", "hi-IN", "1,234.5"),
        ("number 100000", "hi-IN", "1,00,000"),
        ("date 2027-05-31", "ja-JP", "2027年5月31日"),
        ("unit 50 milliliter", "zh-CN", "50毫升"),
        ("unit 2.5 kilogram", "fr-FR", "2,5\u202fkg"),
    ],
)
def test_figures_are_formatted_where_they_stand(placeholder: str, locale: str, written: str) -> None:
    assert format_figure(placeholder, locale) == written
    message = Message(headline="x", offer=f"a {{{placeholder}}} b")
    assert write_copy(message, SERUM, locale).offer == f"a {written} b"


@pytest.mark.parametrize(
    "text",
    ["{percent}", "{percent x}", "{number 1e99999}", "{date 2027-13-01}", "{date tomorrow}", "{unit 5 foo}", "{unit 5}",
     "{}", "{ }", "{colour}", "{price.from}", "{number " + "9" * 400 + "}"],
)  # fmt: skip
def test_what_is_unknown_or_malformed_stays_unfilled(text: str) -> None:
    assert unfilled_placeholders(text, placeholder_values(SERUM, "de-DE", DAYS)) == [text[1:-1]]


def test_fields_that_the_brief_lacks_are_unfilled() -> None:
    bare = Product(id="mist", name="Mist")
    text = "{product.name} {product.description} {price} {from} {until} {percent 5}"
    assert unfilled_placeholders(text, placeholder_values(bare, "de-DE")) == [
        "product.description",
        "price",
        "from",
        "until",
    ]
    assert unfilled_placeholders("{until}", placeholder_values(bare, "de-DE", DAYS)) == []


@pytest.mark.parametrize("locale", COPIES)
def test_every_figure_can_be_set_in_every_demo_locale(locale: str) -> None:
    texts = [
        format_figure(f, locale) for f in ("percent 12.5", "number 1234567.5", "date 2027-05-31", "unit 50 milliliter")
    ]
    texts += write_copy(Message(headline="{until}"), SERUM, locale, DAYS).texts().values()
    for text in texts:
        assert text
        assert hostile_characters(text) == ()
        assert missing_characters(text, ("Marcellus", "Archivo", "Inter")) == ()


LOCALES = (
    "en-US", "de-DE", "de-AT", "de-CH", "fr-FR", "es-ES", "pl-PL", "pt-PT", "ja-JP", "ar-EG", "ar-AE", "hi-IN", "fa-IR",
    "he-IL", "th-TH", "en-IN", "lv-LV", "mr-IN", "ur-PK", "nl-NL",
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(
    st.integers(0, 10**10), st.booleans(), st.sampled_from(("USD", "EUR", "JPY", "KWD", "INR", "CHF", "HUF")),
    st.sampled_from(LOCALES),
)  # fmt: skip
def test_an_amount_is_written_as_babel_writes_it(units: int, whole: bool, currency: str, locale: str) -> None:
    amount = Decimal(units).scaleb(0 if whole else -get_currency_precision(currency))
    assert format_amount(amount, currency, locale) == write_by_babel(amount, currency, locale)


def test_a_template_keeps_apart_what_every_product_shares() -> None:
    message = Message(
        headline="Meet {product.name}", offer="-{percent 20} until {until}", legal="{ price }", subheadline="{x}"
    )
    template = copy_template(message, "en-US", Days(last=date(2027, 5, 31)))
    assert template.fixed == {"offer": "-20% until May 31, 2027", "subheadline": "", "call_to_action": ""}
    assert template.asked == {"headline": ("product.name",), "legal": ("price",)}
    assert set(PLACEHOLDERS) >= PRODUCT_VALUES == {"product.name", "product.description", "product.category", "price"}
    serum = Product(id="a", name="Serum {price}", prices=(Price(amount=Decimal("48.50"), currency="USD"),))
    words = template.fill(serum)
    assert (words.headline, words.legal, words.price) == ("Meet Serum {price}", "$48.50", "$48.50")
