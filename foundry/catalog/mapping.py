"""Rows of a feed as the products of a campaign: their words by patterns, their price, and what they look like.

Only what files show enters a product's appearance: a description that no layout sets changes nothing.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from foundry.brief.brief import PLACEHOLDER, Brief
from foundry.brief.copywriting import FIELDS, Days, copy_template, currency_of
from foundry.catalog.catalog import Catalog
from foundry.catalog.columns import Array, column, texts
from foundry.catalog.rows import Columns
from foundry.catalog.turns import next_sale_turn, on_sale
from foundry.channel.placement import resolve_placements
from foundry.layout.files import layout_for
from foundry.tenant import Tenant

LONGEST_NAME, LONGEST_TEXT = 500, 2_000
"""Characters that a brief takes; longer texts are cut."""
_PARTS = re.compile(r"\{([a-z][a-z0-9_.]*)\}")


@dataclass(frozen=True, kw_only=True)
class Shown:
    """The values of products that the files of a template show.

    currencies: of the locales whose files show a price. fixed: the texts that no product changes; a name that one of
    them contains is kept whole when lines are broken. drawn: a product without a picture is drawn from all its words,
    else its name and category are set as type.
    """

    name: bool = True
    description: bool = True
    category: bool = True
    currencies: frozenset[str] = frozenset()
    fixed: tuple[str, ...] = ()
    drawn: bool = True


def shown_by(brief: Brief, tenant: Tenant) -> Shown:
    """Return what the messages of a template and the tenant's layouts of its placements show of a product."""
    fields = frozenset[str]().union(*(layout_for(each, tenant).fields for each in resolve_placements(brief.placements)))
    asked: set[str] = {"product.name"} if "product_name" in fields else set()
    currencies, fixed = set(), set()
    for locale, message in brief.messages.items():
        written = [getattr(message, field) for field in FIELDS if field in fields]
        placeholders = {key.strip() for text in written for key in PLACEHOLDER.findall(text)}
        asked |= placeholders
        if "price" in placeholders or "price" in fields:
            currencies.add(currency_of(locale) or "")
        words = copy_template(message, locale, Days(brief.embargo, brief.expiry)).fixed
        fixed |= {text for field, text in words.items() if field in fields and text}
    texts = {"product.description", "product.category"} & asked
    return Shown(
        name="product.name" in asked or bool(texts),  # a text with a name in it keeps the name whole
        description="product.description" in asked,
        category="product.category" in asked,
        currencies=frozenset(currencies - {""}),
        fixed=tuple(sorted(fixed)),
        drawn=brief.products_without_pictures == "draw",
    )


@dataclass(frozen=True)
class RowMapper:
    """Maps rows by a catalog's patterns, as they are at a moment (UTC)."""

    catalog: Catalog
    shown: Shown
    now: datetime

    def map(self, columns: Columns) -> Columns:
        """Return usable rows as a `pyarrow.RecordBatch`.

        Its columns: item, group, name, description, category, currency, picture (text), price_minor (int64, null where
        no file shows it), appearance (16 bytes), row (int64).
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        picture = texts(columns, "image_link")
        without = pc.equal(picture, "")
        words = self._words(columns, without)
        price, currency = self._prices(columns)
        shown = [self._shown_name(words["name"], without), words["description"], words["category"]]
        amount = pc.if_else(pc.is_null(price), "", pc.binary_join_element_wise(price.cast("string"), currency, " "))
        group = column(columns, "item_group_id")
        return pa.record_batch(
            {
                "item": texts(columns, "id"),
                "group": pc.if_else(pc.equal(group, ""), pa.scalar(None, pa.string()), group),
                **words,
                "price_minor": price,
                "currency": currency,
                "picture": picture,
                "appearance": appearances([*shown, amount, picture]),
                "row": column(columns, "row", "int64"),
            }
        )

    def _words(self, columns: Columns, without: Array) -> dict[str, Array]:
        import pyarrow.compute as pc

        mapping, shown = self.catalog.products, self.shown
        name = filled(mapping.name, columns, LONGEST_NAME)
        drawn = pc.and_(without, shown.drawn)
        description = self._if_seen(mapping.description, columns, shown.description, drawn)
        category = self._if_seen(mapping.category, columns, shown.category, without)
        return {"name": name, "description": description, "category": category}

    def _if_seen(self, pattern: str, columns: Columns, seen: bool, otherwise: Array) -> Array:
        """Return a text where it is seen; rows of `otherwise` are drawn from it, or set it as type."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if not seen and not pc.any(otherwise).as_py():
            return pa.array([""] * columns.num_rows, pa.string())
        text = filled(pattern, columns, LONGEST_TEXT)
        return text if seen else pc.if_else(otherwise, text, "")

    def _shown_name(self, name: Array, without: Array) -> Array:
        import pyarrow as pa
        import pyarrow.compute as pc

        if self.shown.name:
            return name
        whole = "\n".join(self.shown.fixed)
        kept = pa.array([bool(text) and text in whole for text in name.to_pylist()], pa.bool_())
        return pc.if_else(pc.or_(kept, without), name, "")

    def _prices(self, columns: Columns) -> tuple[Array, Array]:
        """Return the prices that files show, null for none, and their currencies, "" for none."""
        import pyarrow as pa
        import pyarrow.compute as pc

        currency = texts(columns, "currency")
        price = column(columns, "price_minor", "int64")
        if self.catalog.products.price == "effective":
            price = pc.if_else(on_sale(columns, self.now), column(columns, "sale_minor", "int64"), price)
        shown = pc.is_in(currency, pa.array(sorted(self.shown.currencies), pa.string()))
        if self.catalog.products.price == "none":
            shown = pc.and_(shown, False)
        price = pc.if_else(shown, price, pa.scalar(None, pa.int64()))
        return price, pc.if_else(pc.is_null(price), "", currency)

    def next_turn(self, columns: Columns) -> datetime | None:
        """Return the first moment ahead at which a sale of these rows begins or is over, where files show its price."""
        if self.catalog.products.price != "effective" or not self.shown.currencies:
            return None
        return next_sale_turn(columns, self.now)


def filled(pattern: str, columns: Columns, longest: int) -> Array:
    """Return a pattern with each row's values, blanks collapsed, in Unicode normal form C, cut to a length."""
    import pyarrow as pa
    import pyarrow.compute as pc

    parts = _PARTS.split(pattern)
    values = [texts(columns, part) if at % 2 else pa.scalar(part) for at, part in enumerate(parts) if at % 2 or part]
    if all(isinstance(value, pa.Scalar) for value in values):
        made = pa.array([pattern] * columns.num_rows, pa.string())
    else:
        made = values[0] if len(values) == 1 else pc.binary_join_element_wise(*values, "")
    if pc.any(pc.match_substring_regex(made, r"\s\s|[\t\n\r\f\v]|^\s|\s$")).as_py():
        made = pc.utf8_trim_whitespace(pc.replace_substring_regex(made, r"\s+", " "))
    if not pc.all(pc.string_is_ascii(made)).as_py():
        composed = [unicodedata.normalize("NFC", text) for text in made.to_pylist()]  # Arrow 25's kernel decomposes
        made = pa.array(composed, pa.string())
    if (pc.max(pc.utf8_length(made)).as_py() or 0) > longest:
        made = pc.utf8_rtrim_whitespace(pc.utf8_slice_codeunits(made, 0, longest))
    return made


def appearances(fields: list[Array]) -> Array:
    """Return a hash of 16 bytes for each row of some text columns; each text goes in with its length."""
    import pyarrow as pa
    import pyarrow.compute as pc

    sized = [part for field in fields for part in (pc.binary_length(field).cast("string"), field)]
    rows = pc.binary_join_element_wise(*sized, "\x1f").cast(pa.binary()).to_pylist()
    hashed = b"".join([hashlib.sha256(row).digest()[:16] for row in rows])
    return pa.Array.from_buffers(pa.binary(16), len(rows), [None, pa.py_buffer(hashed)])
