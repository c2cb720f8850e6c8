from itertools import product

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from foundry.catalog.catalog import FeedKind
from foundry.catalog.judging.prices import read_price
from foundry.catalog.judging.rules import rule_table
from pipelines.catalog.validation.published import UNEXPRESSED, price_pattern, published_suite
from tests.support.validated_feeds import a_catalog_of

KINDS = FeedKind.__args__
AMOUNTS = (
    "0", "00", "5", "1234", "0.5", "0.00", "5.", "5.1", "5.10", "5.99", "5.999", "5.990", "0.500", "5.9900",
    "12.345678", "1,299", "1.299", "1,299.00", "1.299,00", "1,299,000", "1.299.000", "12,99", "12,9", "1,29,900",
    "1 299", "1 299.00", "1'299.50", "5000.000", "1234567890", "999999999", "1..2", "1.2.3", ".5", "-5", "five",
)  # fmt: skip
CODES = ("$", "¥", "EUR", "eur", "JPY", "KWD", "XQZ", "€", "£", "", "EURO")
PRICES = [
    text.strip() for a, c in product(AMOUNTS, CODES) for text in (f"{a} {c}", f"{c} {a}", f"{a}{c}") if text.strip()
]


def test_each_rule_of_rows_is_restated_or_left_out_for_a_reason():
    named = {
        code for kind in KINDS for each in published_suite(kind, a_catalog_of()).expectations for code in each.codes
    }
    assert named | set(UNEXPRESSED) == set(rule_table().by_code)
    assert not named & set(UNEXPRESSED)


@pytest.mark.parametrize("kind", KINDS)
def test_a_suite_has_the_rules_of_its_kind_with_their_severity(kind):
    suite = published_suite(kind, a_catalog_of())
    by_code = {each.codes[0]: each for each in suite.expectations}
    assert ("missing_description" in by_code) is rule_table().by_code["missing_description"].applies_to(kind)
    assert (by_code["missing_id"].severity, by_code["bad_gtin"].severity) == ("critical", "warning")


def test_a_rule_that_a_catalog_eases_is_a_warning():
    suite = published_suite("google-tsv", a_catalog_of(products={"price": "none"}))
    assert {each.severity for each in suite.expectations if "missing_price" in each.codes} == {"warning"}


@pytest.mark.parametrize("mark", [None, ".", ","])
@pytest.mark.parametrize("currency", [None, "EUR", "JPY", "CAD"])
def test_the_pattern_of_prices_and_the_judge_take_the_same(mark, currency):
    matched = pc.match_substring_regex(pa.array(PRICES), price_pattern(mark, currency)).to_pylist()
    by_judge = {text for text in PRICES if read_price(text, mark, currency).code in ("", "zero_price")}
    assert {text for text, taken in zip(PRICES, matched, strict=True) if taken} == by_judge
