"""Columns of feeds as single Arrow arrays, and the few computations on them that several modules share."""

from __future__ import annotations

from typing import Any

from foundry.catalog.rows import Columns

Array = Any
"""A `pyarrow.Array`; the package brings no types."""


def column(columns: Columns, name: str, kind: str = "string") -> Array:
    """Return one column as an array of a type, null throughout where the rows do not have it."""
    import pyarrow as pa

    at = columns.schema.get_field_index(name)
    wanted = pa.type_for_alias(kind)
    if at < 0:
        return pa.nulls(columns.num_rows, wanted)
    found = columns.column(at)
    whole = found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found
    return whole if whole.type == wanted else whole.cast(wanted)


def texts(columns: Columns, name: str) -> Array:
    """Return a text column with "" for null."""
    import pyarrow.compute as pc

    return pc.fill_null(column(columns, name), "")


def folded(text: Array) -> Array:
    """Return texts in lower case and without blanks at their ends, as rules compare them."""
    import pyarrow.compute as pc

    return pc.utf8_lower(pc.utf8_trim_whitespace(text))


def whole(parts: list[Array], kind: Any) -> Array:
    """Return arrays of one type as one array."""
    import pyarrow as pa

    return pa.concat_arrays(parts) if parts else pa.array([], kind)


def numbers_in(text: Array, decimal_mark: str | None) -> Array:
    """Return the number that each text begins with, after a currency's letters or sign, as float64; null for none.

    Without a decimal mark, a comma before one or two last digits is one, and others separate thousands.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    begun = pc.extract_regex(text, r"^\s*[^0-9+\-.,]{0,4}\s*(?P<n>[+-]?[0-9][0-9.,' \x{A0}\x{202F}]*)")
    plain = pc.replace_substring_regex(pc.struct_field(begun, "n"), r"[' \x{A0}\x{202F}]", "")
    if decimal_mark is None:
        plain = pc.replace_substring_regex(plain, r"^([^.]*),([0-9]{1,2})$", r"\1.\2")
    elif decimal_mark == ",":
        plain = pc.replace_substring(pc.replace_substring(plain, ".", ""), ",", ".")
    plain = pc.replace_substring(plain, ",", "")
    sound = pc.match_substring_regex(plain, r"^[+-]?[0-9]{1,30}(\.[0-9]*)?$")
    return pc.if_else(sound, plain, pa.scalar(None, pa.string())).cast(pa.float64())
