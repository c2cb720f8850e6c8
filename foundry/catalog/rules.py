"""The rules of a catalog on columns: which rows are included, and what is made first.

Texts are compared without regard to case and to blanks at their ends. A row without a number fulfils no condition on
one, and comes last where numbers order.
"""

from __future__ import annotations

from typing import Any

from foundry.catalog.catalog import Condition, Order
from foundry.catalog.columns import Array, column, folded, numbers_in
from foundry.catalog.money import minor_digits
from foundry.catalog.rows import Columns

_MONEY = {"price": "price_minor", "sale_price": "sale_minor"}
"""Attributes that judging has read as amounts in a currency's smallest unit."""


def included(columns: Columns, conditions: tuple[Condition, ...], decimal_mark: str | None = None) -> Array | None:
    """Return for each row whether it fulfils all conditions; None if there are none."""
    import pyarrow.compute as pc

    mask = None
    for condition in conditions:
        for test in _tests(columns, condition, decimal_mark):
            known = pc.fill_null(test, False)
            mask = known if mask is None else pc.and_(mask, known)
    return mask


def _tests(columns: Columns, condition: Condition, decimal_mark: str | None) -> list[Array]:
    import pyarrow as pa
    import pyarrow.compute as pc

    text = folded(pc.fill_null(_texts_of(columns, condition.attribute), ""))
    tests = []
    if condition.is_one_of:
        tests.append(pc.is_in(text, folded(pa.array(condition.is_one_of, pa.string()))))
    if condition.is_none_of:
        tests.append(pc.invert(pc.is_in(text, folded(pa.array(condition.is_none_of, pa.string())))))
    if condition.starts_with:
        tests.append(pc.starts_with(text, condition.starts_with.strip().lower()))
    if condition.contains:
        tests.append(pc.match_substring(text, condition.contains.strip().lower()))
    if condition.at_least is not None or condition.at_most is not None:
        numbers = numbers_of(columns, condition.attribute, decimal_mark)
        if condition.at_least is not None:
            tests.append(pc.greater_equal(numbers, float(condition.at_least)))
        if condition.at_most is not None:
            tests.append(pc.less_equal(numbers, float(condition.at_most)))
    return tests


def _texts_of(columns: Columns, attribute: str) -> Array:
    """Return an attribute as rules compare it: availability by the word that judging read in it."""
    judged = attribute == "availability" and columns.schema.get_field_index("stock") >= 0
    return column(columns, "stock" if judged else attribute)


def numbers_of(columns: Columns, attribute: str, decimal_mark: str | None) -> Array:
    """Return an attribute as numbers, null where it holds none; prices in the currency's main unit."""
    import pyarrow as pa
    import pyarrow.compute as pc

    minor = _MONEY.get(attribute)
    if minor is None or columns.schema.get_field_index(minor) < 0:
        return numbers_in(column(columns, attribute), decimal_mark)
    currency = column(columns, "currency").dictionary_encode()
    units = [10.0 ** minor_digits(code) for code in currency.dictionary.to_pylist()]
    unit = pa.array(units or [1.0], pa.float64()).take(currency.indices)
    return pc.divide(column(columns, minor, "int64").cast(pa.float64()), unit)


def priority_keys(columns: Columns, orders: tuple[Order, ...], decimal_mark: str | None = None) -> list[Any]:
    """Return the keys of the order of priority as NumPy arrays of float64: the smallest first, the first key first."""
    return [key for order in orders for key in _keys(columns, order, decimal_mark)]


def count_keys(orders: tuple[Order, ...]) -> int:
    """Return the number of keys that `priority_keys` returns."""
    return sum(2 if order.values and order.largest_first is not None else 1 for order in orders)


def _keys(columns: Columns, order: Order, decimal_mark: str | None) -> list[Any]:
    import pyarrow as pa
    import pyarrow.compute as pc

    keys = []
    if order.values:
        listed = folded(pa.array(order.values, pa.string()))
        place = pc.index_in(folded(_texts_of(columns, order.attribute)), listed)
        keys.append(_floats(pc.fill_null(place, len(order.values))))
    if order.largest_first is not None:
        numbers = numbers_of(columns, order.attribute, decimal_mark)
        keys.append(_floats(pc.fill_null(pc.negate(numbers) if order.largest_first else numbers, float("inf"))))
    if not keys:
        keys.append(_floats(pc.equal(pc.fill_null(_texts_of(columns, order.attribute), ""), "").cast("int8")))
    return keys


def _floats(array: Array) -> Any:
    return array.cast("double").to_numpy(zero_copy_only=False)
