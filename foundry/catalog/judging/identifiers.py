"""Rules on ids, GTINs and other names of items."""

from __future__ import annotations

import numpy as np

from foundry.catalog.judging.columns import Flags, RowColumns, Texts, emptied, flags, matches, present
from foundry.catalog.judging.findings import Findings
from foundry.catalog.judging.rules import MOST_ID, rule_table
from foundry.catalog.judging.seen_ids import SeenIds
from foundry.catalog.judging.shapes import ADDRESS, CONTROL, PRICE_WITH_CURRENCY, ROUNDED, UNSEEN

_GTIN = r"^(?:[0-9]{8}|[0-9]{12,14})$"
_RESERVED = r"^0?(?:2[0-9]{12}|(?:02|04|05)[0-9]{11}|98[1-4][0-9]{10}|99[0-9]{11})$"
_WEIGHTS = np.array([3, 1] * 7)
NAMES = ("brand", "mpn", "item_group_id", "color", "size", "product_type")


def without_nothing(texts: Texts) -> Texts:
    """Return texts with null where they say no more than "null" or "N/A"."""
    import pyarrow as pa
    import pyarrow.compute as pc

    words = pa.array(sorted(rule_table().nothing))
    mask = pc.is_in(pc.utf8_lower(texts), value_set=words)
    return emptied(texts, mask) if pc.any(mask).as_py() else texts


def judge_ids(rows: RowColumns, findings: Findings, seen: SeenIds) -> None:
    """Judge the ids, and remember those that can be used."""
    import pyarrow.compute as pc

    ids = without_nothing(rows.text("id"))
    rows.replace("id", ids)
    findings.add("missing_id", "id", ~present(ids))
    lengths = text_lengths(ids)
    unusable = (lengths > MOST_ID) | matches(ids, CONTROL) | matches(ids, UNSEEN)
    findings.add("unusable_id", "id", unusable)
    mangled = matches(ids, ROUNDED)
    findings.add("mangled_id", "id", mangled)
    swapped = matches(ids, f"{ADDRESS}|{PRICE_WITH_CURRENCY}")
    findings.add("swapped_value", "id", swapped & ~unusable)
    findings.add_too_long("long_id", "id", np.where(unusable | swapped, 0, lengths))
    readable = np.flatnonzero(present(ids) & ~unusable & ~mangled & ~swapped)
    twice = np.zeros(rows.count, np.bool_)
    twice[readable] = seen.again(pc.take(ids, readable).to_pylist(), len(readable))
    findings.add("duplicate_id", "id", twice)


def text_lengths(texts: Texts) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return the characters of each text; 0 for null."""
    import pyarrow.compute as pc

    return np.asarray(pc.fill_null(pc.utf8_length(texts), 0).to_numpy(zero_copy_only=False), np.int64)


def judge_names(rows: RowColumns, findings: Findings) -> None:
    """Judge GTINs, brands and the lengths of short texts."""
    import pyarrow.compute as pc

    if rows.has("gtin"):
        numbers = pc.replace_substring_regex(rows.text("gtin"), r"[\s-]+", "")
        good = flags(pc.match_substring_regex(numbers, _GTIN))
        good[good] = _checked(pc.filter(numbers, good))
        findings.add("bad_gtin", "gtin", present(numbers) & ~good)
        findings.add("reserved_gtin", "gtin", good & matches(numbers, _RESERVED))
    findings.add("missing_brand", "brand", ~present(rows.text("brand")))
    for name in NAMES:
        if rows.has(name):
            findings.add_too_long("too_long", name, text_lengths(rows.text(name)))


def _checked(numbers: Texts) -> Flags:
    """Return which numbers of 8 to 14 digits end with the right check digit."""
    import pyarrow.compute as pc

    padded = "".join(pc.utf8_lpad(numbers, 14, "0").to_pylist()).encode("ascii")
    digits = np.frombuffer(padded, np.uint8).reshape(-1, 14).astype(np.int64) - ord("0")
    return (digits @ _WEIGHTS) % 10 == 0


def right_gtin(text: str) -> bool:
    """Return True for a GTIN of 8, 12, 13 or 14 digits whose check digit is right."""
    import pyarrow as pa

    digits = text.replace(" ", "").replace("-", "")
    return (
        digits.isascii()
        and digits.isdigit()
        and len(digits) in (8, 12, 13, 14)
        and bool(_checked(pa.array([digits]))[0])
    )
