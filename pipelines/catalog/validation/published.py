"""The suite of a kind of feeds: the published rules as expectations, each with the codes of our rules that it restates.

The codes, their severity and the words of attributes come from the table of rules by which rows are judged. The
patterns are written anew, so that a mistake in the judge shows as a disagreement, for which a test looks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from foundry.catalog.catalog import Catalog, FeedKind
from foundry.catalog.destinations import destination_of
from foundry.catalog.judging import shapes
from foundry.catalog.judging.rules import easings, rule_table
from foundry.catalog.money import currencies_in_use, minor_digits
from pipelines.catalog.validation.expectation import Expectation, Suite

NOT_NULL, MATCH = "expect_column_values_to_not_be_null", "expect_column_values_to_match_regex"
NO_MATCH, LENGTHS = "expect_column_values_to_not_match_regex", "expect_column_value_lengths_to_be_between"
UNIQUE, GREATER = "expect_column_values_to_be_unique", "expect_column_pair_values_a_to_be_greater_than_b"
BETWEEN = "expect_column_values_to_be_between"
EQUAL, CHECK_DIGIT = "expect_column_pair_values_to_be_equal", "expect_column_values_to_have_check_digit"

UNEXPRESSED: Mapping[str, str] = {
    "preorder_without_date": "depends on what another attribute says",
    "bad_sale_dates": "needs two moments to be read from one text",
    "bad_date": "needs a calendar",
    "bad_additional_image": "needs a list to be read from one text",
    "html_in_description": "compares the text with what a browser shows",
}
"""Rules that the suite leaves to the judge, and why."""

_REQUIRED = ("id", "title", "description", "link", "image_link", "price", "availability")
_SHORT = ("brand", "mpn", "item_group_id", "color", "size", "product_type")
_CONTROL = (
    r"[\x{00}-\x{08}\x{0b}\x{0c}\x{0e}-\x{1f}\x{7f}-\x{9f}\x{2028}-\x{202e}\x{2066}-\x{2069}\x{feff}\x{fff9}-\x{fffb}]"
)
_UNSEEN = r"[\x{ad}\x{34f}\x{61c}\x{180e}\x{200b}-\x{200f}\x{2060}-\x{2064}\x{fe00}-\x{fe0f}\x{fffd}]"
_MISREAD = (
    r"\x{fffd}|Ã[\x{80}-\x{bf}€‚ƒ„…†‡ˆ‰Š‹ŒŽ•–—˜™š›œžŸ]|Â[\x{80}-\x{bf}]|â€|ï¿½"
    r"|(?:[ÐÑØÙ][\x{80}-\x{bf}€‚ƒ„…†‡ˆ‰Š‹ŒŽ•–—˜™š›œžŸ‘’“”]){2}"
)
_MARKUP = r"<(?:/?[A-Za-z][^<>]*>|!)|&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});|\]\]>"
_SHOUTED = r"^(?:[^\p{Ll}]*?\p{Lu}){12}[^\p{Ll}]*$"
_ADDRESS = r'^(?i:https?)://[^\s/?#@:\\<>"\[\]]+(?::[0-9]{1,5})?(?:[/?#][^\s\\<>"]*)?$'
_PRIVATE = (
    r"^(?i:https?)://(?i:localhost|[^./?#:]+|[^/?#:]*\.(?:local|localhost|internal|intranet|lan|home|corp|arpa|onion)"
    r"|(?:10|127|0)\.[0-9.]+|169\.254\.[0-9.]+|192\.168\.[0-9.]+|172\.(?:1[6-9]|2[0-9]|3[01])\.[0-9.]+"
    r"|100\.(?:6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])\.[0-9.]+)\.?(?:[:/?#]|$)"
)
_JOINED = r"[,;|\s](?i:https?)://"
_BESIDE = r"|^[^/:\\][^:\\]*\.(?i:jpe?g|png|webp|gif|bmp|tiff?)$"
_PLACEHOLDER = (
    r"/(?i:(?:[^/?#]*[-_.])?(?:no|missing)[-_]?(?:image|photo|picture|pic|img)(?:[-_.][^/?#]*)?"
    r"|[^/?#]*(?:placeholder|image[-_]?not[-_]?(?:available|found)|coming[-_]?soon)[^/?#]*)\.[A-Za-z]+(?:[?#].*)?$"
)
_OTHER_ENDINGS = "svg|pdf|html?|php|aspx?|mp4|mov|webm|eps|psd|zip|ico|txt|json|xml|avif|heic"
_OTHER_FILE = rf"^(?i:https?)://[^/]+/(?:[^?#]*/)?[^/?#]*\.(?i:{_OTHER_ENDINGS})(?:[?#].*)?$"
_RESERVED = r"^0{0,2}(?:2[0-9]{12}|0[245][0-9]{11}|98[1-4][0-9]{10}|99[0-9]{11})$"
_ROUNDED = r"^[0-9](?:[.,][0-9]*)?[0-9]*[eE]\+[0-9]{1,3}$"


def published_suite(kind: FeedKind, catalog: Catalog) -> Suite:
    """Return the suite of a kind of feeds, as far as this catalog has its rules."""
    table, eased = rule_table(), easings(catalog)
    kept = []
    for each in _expectations(kind, catalog):
        rules = [table.by_code[code] for code in each.codes]
        applied = [rule for rule in rules if rule.applies_to(kind)]
        hard = any(rule.severity == "set_aside" and eased.isdisjoint(rule.eased) for rule in applied)
        if applied:
            severity = "critical" if hard else "warning"
            kept.append(replace(each, severity=severity, sentence=rules[0].rule))
    left = "; ".join(f"{code} ({why})" for code, why in UNEXPRESSED.items())
    return Suite(
        name=f"specification-{kind}",
        title=f"The published specification of {kind}",
        expectations=tuple(kept),
        about=(f"These rules are left to the judge of rows: {left}.",),
    )


def _expectations(kind: FeedKind, catalog: Catalog) -> Iterator[Expectation]:
    for attribute in _REQUIRED:
        yield _on(f"{attribute}.said", NOT_NULL, f"missing_{attribute}")
    yield _on("brand", NOT_NULL, "missing_brand")
    yield from _ids(kind)
    yield from _texts(kind)
    yield from _links(beside="://" not in catalog.feed.source)
    yield from _prices(catalog)
    yield from _words()
    yield from _numbers()


def _on(column: str, kind: str, *codes: str, **kwargs: object) -> Expectation:
    return Expectation(type=kind, kwargs={"column": column, **kwargs}, codes=codes)


def _ids(kind: FeedKind) -> Iterator[Expectation]:
    yield _on("id.said", UNIQUE, "duplicate_id")
    yield _on("id.said", LENGTHS, "long_id", "unusable_id", max_value=destination_of(kind).lengths["id"])
    yield _on("id.said", NO_MATCH, "unusable_id", "long_id", regex=f"{_CONTROL}|{_UNSEEN}")
    yield _on("id.said", NO_MATCH, "mangled_id", regex=_ROUNDED)
    yield _on("id.said", NO_MATCH, "swapped_value", regex=f"{shapes.ADDRESS}|{shapes.PRICE_WITH_CURRENCY}")


def _texts(kind: FeedKind) -> Iterator[Expectation]:
    lengths = destination_of(kind).lengths
    yield _on("title.said", LENGTHS, "long_title", "oversized_title", max_value=lengths["title"])
    yield _on("title.said", NO_MATCH, "control_characters", regex=_CONTROL)
    yield _on("title.said", NO_MATCH, "broken_letters", regex=_MISREAD)
    yield _on("title.said", NO_MATCH, "html_in_title", "entities_in_title", regex=_MARKUP)
    yield _on("title.said", NO_MATCH, "shouting_title", regex=_SHOUTED)
    yield _on("title.said", MATCH, "wordless_title", regex=r"[\p{L}\p{N}]")
    yield _on("title.said", NO_MATCH, "swapped_value", regex=shapes.FOREIGN)
    yield _on("description.said", NO_MATCH, "swapped_value", regex=shapes.FOREIGN)
    yield _on("description.said", LENGTHS, "long_description", max_value=lengths["description"])
    yield _on("description.said", NO_MATCH, "broken_description", regex=_MISREAD)
    yield _on("description.said", NO_MATCH, "control_in_description", regex=_CONTROL)
    for attribute in _SHORT:
        if attribute in lengths:
            yield _on(attribute, LENGTHS, "too_long", max_value=lengths[attribute])


def _links(*, beside: bool) -> Iterator[Expectation]:
    pictures = ("bad_image_link", "private_image_link")
    yield _on("link.said", MATCH, "bad_link", regex=_ADDRESS)
    yield _on("link.said", NO_MATCH, "bad_link", regex=_PRIVATE)
    yield _on("link.said", NO_MATCH, "bad_link", regex=_JOINED)
    yield _on("link.said", LENGTHS, "bad_link", max_value=2_000)
    yield _on("image_link.said", MATCH, *pictures, regex=_ADDRESS + (_BESIDE if beside else ""))
    yield _on("image_link.said", NO_MATCH, *reversed(pictures), regex=_PRIVATE)
    yield _on("image_link.said", NO_MATCH, *pictures, regex=_JOINED)
    yield _on("image_link.said", NO_MATCH, "placeholder_image", regex=_PLACEHOLDER)
    yield _on("image_link.said", LENGTHS, *pictures, max_value=2_000)
    yield _on("image_link.said", NO_MATCH, "insecure_image_link", regex="^(?i:http)://")
    yield _on("image_link.said", NO_MATCH, "odd_image_type", regex=_OTHER_FILE)
    yield _on("additional_image_link", NO_MATCH, "many_images", regex=r"(?:[^,]+,){10}\s*[^,\s]")


_SHARED_SIGNS = {"$": ["USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN", "BRL", "CLP", "TWD"], "¥": ["JPY", "CNY"]}
_PRICE_CODES = ("bad_price", "missing_currency", "unknown_currency", "comma_price", "ambiguous_price", "zero_price")


def _prices(catalog: Catalog) -> Iterator[Expectation]:
    pattern = price_pattern(catalog.feed.decimal_mark, catalog.feed.currency)
    yield _on("price.said", MATCH, *_PRICE_CODES, regex=pattern)
    yield _on("price.number", BETWEEN, *reversed(_PRICE_CODES), min_value=0, strict_min=True)
    yield _on("sale_price.said", MATCH, "bad_sale_price", regex=pattern)
    yield _on("sale_price.number", BETWEEN, "bad_sale_price", min_value=0, strict_min=True)
    pair = {"column_A": "price.currency", "column_B": "sale_price.currency", "ignore_row_if": "either_value_is_missing"}
    yield Expectation(type=EQUAL, kwargs=pair, codes=("sale_currency",))
    pair = {"column_A": "price.number", "column_B": "sale_price.number", "ignore_row_if": "either_value_is_missing"}
    yield Expectation(type=GREATER, kwargs=pair, codes=("sale_above_price", "useless_sale"))


def price_pattern(decimal_mark: str | None, currency: str | None) -> str:
    """Return a pattern of RE2 for prices, such as `12.99 EUR`, with as many decimals as the currency has."""
    signs = {"EUR": "|€", "GBP": "|£"}
    by_digits: dict[int, list[str]] = {}
    for code in sorted(currencies_in_use()):
        by_digits.setdefault(minor_digits(code), []).append(f"(?i:{code}){signs.get(code, '')}")
    parts = []
    for digits, codes in by_digits.items():
        number, code = _amount_pattern(decimal_mark, digits), "|".join(codes)
        parts.append(rf"{number}\s*(?:{code})|(?:{code})\s*{number}")
    if currency:
        number = _amount_pattern(decimal_mark, minor_digits(currency))
        sign = next((re.escape(sign) for sign, shared in _SHARED_SIGNS.items() if currency in shared), "")
        parts.append(rf"(?:{sign})?\s*{number}|{number}\s*(?:{sign})")
    return f"^(?:{'|'.join(parts)})$"


def _amount_pattern(decimal_mark: str | None, digits: int) -> str:
    """Return a pattern for amounts. Without a mark, the point is one, and one mark before three digits is unclear."""
    mark = decimal_mark or "."
    point, comma = re.escape(mark), r"\." if mark == "," else ","
    ending = rf"{point}[0-9]{{0,{digits}}}0*"
    whole = r"(?:[0-9]{1,9}|[0-9]{1,3}(?:['’\x{00a0}\x{202f} ][0-9]{3}){1,2})"
    grouped = rf"[0-9]{{1,3}}(?:{comma}[0-9]{{3}})"
    if decimal_mark or digits == 3:
        shapes = [rf"{whole}(?:{ending})?", rf"{grouped}{{1,2}}{ending}", rf"{grouped}{{{1 if decimal_mark else 2},2}}"]
    else:
        most = min(digits, 2)
        clear = rf"{point}(?:[0-9]{{0,{most}}}0{{0,{2 - most}}}|[0-9]{{{digits}}}0{{{4 - digits},}})"
        shapes = [rf"{whole}(?:{clear})?", rf"0[0-9]{{0,8}}{ending}", rf"{grouped}{{1,2}}{ending}", rf"{grouped}{{2}}"]
    return f"(?:{'|'.join(shapes)})"


def _words() -> Iterator[Expectation]:
    yield _on("availability.said", MATCH, "bad_availability", regex=_word_pattern("availability"))
    for attribute in ("condition", "gender", "age_group"):
        yield _on(attribute, MATCH, f"bad_{attribute}", regex=_word_pattern(attribute))


def _word_pattern(attribute: str) -> str:
    """Return a pattern for all spellings of an attribute's words, which may have blanks, underscores or hyphens."""
    spellings = sorted({*rule_table().spellings[attribute], *rule_table().words[attribute]})
    shapes = "|".join(r"[\s_-]+".join(map(re.escape, re.split(r"[\s_-]+", each))) for each in spellings)
    return rf"^(?i:\s*(?:https?://schema\.org/)?(?:{shapes})\s*)$"


def _numbers() -> Iterator[Expectation]:
    yield _on("quantity", MATCH, "bad_quantity", regex=r"^-?[0-9]{1,12}(?:\.0+)?$")
    yield _on("gtin", CHECK_DIGIT, "bad_gtin")
    yield _on("gtin", NO_MATCH, "reserved_gtin", regex=_RESERVED)
    category = r"^(?:[0-9]{1,6}|[^>]*\pL[^>]*(?:>[^>]*\pL[^>]*)*)$"
    yield _on("google_product_category", MATCH, "bad_category", regex=category)
