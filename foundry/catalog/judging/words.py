"""Rules on attributes that have fixed words, and the stock that follows from them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from foundry.catalog.judging.columns import Flags, RowColumns, Texts, by_value, flags, matches, present, spread
from foundry.catalog.judging.findings import Findings
from foundry.catalog.judging.identifiers import without_nothing
from foundry.catalog.judging.rules import rule_table

_SCHEMA = re.compile(r"https?://schema\.org/")
_BLANKS = re.compile(r"[\s_-]+")
STATING = ("google-tsv", "google-xml", "google-json", "meta-csv")
"""Kinds in which each row has to say its availability."""
_NUMBER = re.compile(r"[0-9]{1,6}")


def word_of(text: str, words: Mapping[str, str]) -> str | None:
    """Return the word that a spelling stands for; None for one that is not known."""
    plain = _BLANKS.sub(" ", _SCHEMA.sub("", text[:100].strip().lower())).strip()
    return words.get(plain)


def _known(texts: Texts, attribute: str) -> tuple[Any, Flags]:
    """Return the words that texts stand for, and which are none that are known."""
    import pyarrow as pa

    spellings = rule_table().spellings[attribute]
    words, indices = by_value(texts, lambda text: word_of(text, spellings))
    return spread(words, indices, pa.string()), flags(spread([word is None for word in words], indices, pa.bool_()))


def judge_stock(rows: RowColumns, findings: Findings, *, stated: bool) -> None:
    """Judge availability and quantity, and add `stock`. stated: each row has to say one of them."""
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = without_nothing(rows.text("availability"))
    stock, unknown = _known(texts, "availability")
    findings.add("bad_availability", "availability", unknown)
    counted = _from_quantity(rows, findings)
    silent = ~present(texts)
    if stated:
        findings.add("missing_availability", "availability", silent & ~present(counted))
    by_count = pc.coalesce(counted, pa.scalar("in_stock"))
    rows.typed["stock"] = pc.if_else(pa.array(silent), by_count, stock)


def _from_quantity(rows: RowColumns, findings: Findings) -> Any:
    """Return the stock by the count of pieces, null where there is none."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not rows.has("quantity"):
        return pa.nulls(rows.count, pa.string())
    texts = rows.text("quantity")
    whole = matches(texts, r"^-?[0-9]{1,12}(?:\.0+)?$")
    findings.add("bad_quantity", "quantity", present(texts) & ~whole)
    some = matches(texts, r"^0*[1-9]")
    words = pc.if_else(pa.array(some), pa.scalar("in_stock"), pa.scalar("out_of_stock"))
    return pc.if_else(pa.array(whole), words, pa.scalar(None, pa.string()))


def judge_words(rows: RowColumns, findings: Findings) -> None:
    """Judge condition, gender, age group and category."""
    for attribute in ("condition", "gender", "age_group"):
        if rows.has(attribute):
            findings.add(f"bad_{attribute}", attribute, _known(rows.text(attribute), attribute)[1])
    if rows.has("google_product_category"):
        import pyarrow as pa

        unknown, indices = by_value(rows.text("google_product_category"), lambda text: not is_category(text))
        findings.add("bad_category", "google_product_category", flags(spread(unknown, indices, pa.bool_())))


def is_category(text: str) -> bool:
    """Return True for the number of a category, and for a path of names such as `Home > Lighting`."""
    named = all(any(map(str.isalpha, part)) for part in text.split(">"))
    return named or _NUMBER.fullmatch(text) is not None
