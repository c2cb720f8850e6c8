"""The moments at which a feed means something else without a change: sales begin and end, offers expire."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from foundry.catalog.columns import Array, column
from foundry.catalog.judging.dates import read_moment
from foundry.catalog.rows import Columns


def on_sale(columns: Columns, now: datetime) -> Array:
    """Return for each row whether its sale price holds at a moment (UTC)."""
    import pyarrow.compute as pc

    begun = pc.fill_null(pc.less_equal(_moments(columns, "sale_from"), _scalar(now)), True)
    over = pc.fill_null(pc.less(_moments(columns, "sale_until"), _scalar(now)), False)
    return pc.and_(pc.and_(begun, pc.invert(over)), _has_sale(columns))


def next_sale_turn(columns: Columns, now: datetime) -> datetime | None:
    """Return the first moment after `now` at which a sale of these rows begins or is over; None if there is none."""
    second = timedelta(seconds=1)
    begins = _first_from(_moments(columns, "sale_from").filter(_has_sale(columns)), now + second)
    ends = _first_from(_moments(columns, "sale_until").filter(_has_sale(columns)), now)
    return min((turn for turn in (begins, ends and ends + second) if turn), default=None)


def offered(columns: Columns, now: datetime) -> tuple[Array | None, datetime | None]:
    """Return for each row whether its expiration date lies ahead (None if all do), and when the next one expires."""
    import pyarrow as pa
    import pyarrow.compute as pc

    dates = column(columns, "expiration_date")
    if dates.null_count == len(dates):
        return None, None
    coded = dates.dictionary_encode()
    ends = [read_moment(text or "", ends=True) for text in coded.dictionary.to_pylist()]
    moments = pa.array(ends, pa.int64()).take(coded.indices).cast(pa.timestamp("s", "UTC"))
    expires = _first_from(moments, now)
    return pc.fill_null(pc.greater_equal(moments, _scalar(now)), True), expires and expires + timedelta(seconds=1)


def _has_sale(columns: Columns) -> Array:
    import pyarrow.compute as pc

    return pc.is_valid(column(columns, "sale_minor", "int64"))


def _first_from(moments: Array, now: datetime) -> datetime | None:
    import pyarrow.compute as pc

    found: datetime | None = pc.min(moments.filter(pc.greater_equal(moments, _scalar(now)))).as_py()
    return found.astimezone(UTC) if found else None


def _scalar(now: datetime) -> Any:
    import pyarrow as pa

    return pa.scalar(now.replace(microsecond=0), pa.timestamp("s", "UTC"))


def _moments(columns: Columns, name: str) -> Array:
    import pyarrow as pa

    at, wanted = columns.schema.get_field_index(name), pa.timestamp("s", "UTC")
    if at < 0:
        return pa.nulls(columns.num_rows, wanted)
    found = columns.column(at)
    return (found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found).cast(wanted)
