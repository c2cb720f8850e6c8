"""Moments and stretches of time as feeds write them, and the rules on them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from foundry.catalog.judging.columns import Flags, RowColumns, Texts, by_value, flags, present, spread
from foundry.catalog.judging.findings import Findings

_DAY = re.compile(r"[0-9]{4}-?[0-9]{2}-?[0-9]{2}")
_LONGEST = 40
_WAITING = ("preorder", "backorder")


def read_moment(text: str, *, ends: bool = False) -> int | None:
    """Return a moment of ISO 8601 in seconds since 1970, UTC; None for a text that is none.

    A time without an offset is UTC. A day alone is its beginning, or, where it ends something, its last second.
    """
    text = text.strip()
    return _read_short(text, ends) if len(text) <= _LONGEST else None


@lru_cache(maxsize=20_000)
def _read_short(text: str, ends: bool) -> int | None:
    try:
        if _DAY.fullmatch(text):
            moment = datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC)
            return int((moment + timedelta(days=1, seconds=-1) if ends else moment).timestamp())
        moment = datetime.fromisoformat(text)
        return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        return None


def read_stretch(text: str) -> tuple[int, int] | None:
    """Return beginning and end of a stretch of time in seconds since 1970; None for a text that is none."""
    first, slash, last = text.partition("/")
    begins, ends = read_moment(first), read_moment(last, ends=True)
    return (begins, ends) if slash and begins is not None and ends is not None and begins < ends else None


def judge_dates(rows: RowColumns, findings: Findings) -> None:
    """Judge the dates, and add `sale_from` and `sale_until`."""
    import pyarrow as pa

    _judge_sale_dates(rows, findings)
    for name in ("availability_date", "expiration_date"):
        if rows.has(name):
            findings.add("bad_date", name, _unread(rows.text(name)))
    waits = flags(pa.compute.is_in(rows.typed["stock"], value_set=pa.array(_WAITING)))
    findings.add("preorder_without_date", "availability_date", waits & ~present(rows.text("availability_date")))


def _unread(texts: Texts) -> Flags:
    import pyarrow as pa

    moments, indices = by_value(texts, read_moment)
    return flags(spread([moment is None for moment in moments], indices, pa.bool_()))


def _judge_sale_dates(rows: RowColumns, findings: Findings) -> None:
    import pyarrow as pa

    read, indices = by_value(rows.text("sale_price_effective_date"), read_stretch)
    bad = flags(spread([stretch is None for stretch in read], indices, pa.bool_()))
    on_sale = present(rows.typed["sale_minor"])
    findings.add("bad_sale_dates", "sale_price_effective_date", bad & on_sale)
    findings.add("bad_sale_dates", "sale_price_effective_date", bad & ~on_sale, case="no_sale")
    moments = pa.timestamp("s", "UTC")
    rows.typed["sale_from"] = spread([each and each[0] for each in read], indices, moments)
    rows.typed["sale_until"] = spread([each and each[1] for each in read], indices, moments)
