"""The sheets of a file as parts of campaigns: tables, and pairs of names and values, recognised block by block."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from foundry.adoption.claims import Listed
from foundry.adoption.leaf import Leaf, Sheet, leaves_of
from foundry.adoption.meaning import Section
from foundry.adoption.shapes import countries_in, locales_in
from foundry.adoption.understanding.blocks import Block, blocks_of, placed, title_of
from foundry.adoption.understanding.context import Context
from foundry.adoption.understanding.locales import scope_of
from foundry.adoption.understanding.pairs import Pairs, known_names, pairs_of
from foundry.adoption.understanding.parts import Form, Part, Rows
from foundry.adoption.understanding.senses import sections_of
from foundry.adoption.understanding.tables import Titles, rows_of, titles_of

_SHOWN = 6
_UNSTRUCTURED = "its sheet is neither a table with titles nor pairs of names and values"
_NO_ROW = "it stands outside of the rows of its table"


@dataclass
class ReadSheet:
    """The parts of a sheet, the leaves that belong to none of them, and sentences on it."""

    parts: list[Part] = field(default_factory=list)
    outside: list[Listed] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def understood(self) -> bool:
        """Return True if some block of the sheet is a table or pairs."""
        return bool(self.parts)

    def leaves(self) -> Iterator[Leaf]:
        """Yield the leaves of the parts."""
        for part in self.parts:
            for node in part.rows if isinstance(part, Rows) else (part.node,):
                yield from leaves_of(node)


def read_sheet(sheet: Sheet) -> ReadSheet:
    """Return the parts of a sheet."""
    read = ReadSheet()
    context = _context(sheet.name)
    table: Titles | None = None
    for block in blocks_of(sheet):
        if heading := _heading(block):
            context = replace(context, section=heading)
            table = None
            continue
        headed = _heading_over(block)
        context = replace(context, section=headed) if headed else context
        inside = replace(block, rows=block.rows[1:]) if headed else block
        table = _read_block(inside, context, table, read)
    if not read.understood:
        read.notes.append(_what_was_seen(sheet))
    return read


def _context(name: str) -> Context:
    """Return the context that the name of a sheet gives: a section, a language or a market."""
    context = Context()
    sections = sections_of(name)
    if sections:
        return replace(context, section=sections[0])
    languages, markets = locales_in(name), countries_in(name)
    if len(languages) == 1 and (languages[0].stated or not markets):
        return context.within(locale=scope_of(languages[0]))
    return context.within(market=name) if len(markets) == 1 else context


def _heading(block: Block) -> Section | None:
    """Return the section that a block of one cell names."""
    cells = [leaf for row in block.rows for leaf in row.cells.values()]
    found = sections_of(title_of(cells[0].text)) if len(cells) == 1 else ()
    return found[0] if found else None


def _heading_over(block: Block) -> Section | None:
    """Return the section that the first row of a block names, if it has one cell and rows below it."""
    first = list(block.rows[0].cells.values())
    if len(first) > 1 or len(block.rows) < 3 or len(block.columns()) < 2:
        return None
    found = sections_of(title_of(first[0].text))
    return found[0] if found else None


def _read_block(block: Block, context: Context, table: Titles | None, read: ReadSheet) -> Titles | None:
    """Add the parts of a block to those of its sheet, and return the titles that hold for the next block."""
    found = titles_of(block, context.section)
    pairs = pairs_of(block, context.section)
    columns = len(block.columns())
    names = known_names(block, context.section) if pairs else 0
    if found and (not pairs or found[1] > names or (found[1] == names and columns > 2)):
        _add_table(block, found[0], context, read)
        return found[0]
    if pairs:
        _add_pairs(pairs, context, read)
        return None
    if table and columns > 1:
        _add_rows(block, replace(table, row=-1), context, read)
        return table
    _list(block, _UNSTRUCTURED if columns > 1 else "no key says what it is", read)
    return table


def _add_table(block: Block, titles: Titles, context: Context, read: ReadSheet) -> None:
    above = block.rows[: titles.row - (1 if titles.groups else 0)]
    if above:
        before = replace(block, rows=above)
        pairs = pairs_of(before, context.section)
        if pairs:
            _add_pairs(pairs, context, read)
        else:
            _list(before, "it stands above the titles of its table", read)
    _add_rows(block, titles, context, read)


def _add_rows(block: Block, titles: Titles, context: Context, read: ReadSheet) -> None:
    rows, outside = rows_of(block, titles, context.section)
    if rows:
        read.parts.append(Rows(tuple(rows), context))
    read.outside += [Listed(leaf, _NO_ROW) for leaf in outside]


def _add_pairs(pairs: Pairs, context: Context, read: ReadSheet) -> None:
    if pairs.shared.entries:
        read.parts.append(Form(pairs.shared, context))
    if pairs.columns:
        read.parts.append(Rows(pairs.columns, context, "column"))
    read.outside += [Listed(leaf, "it is a remark beside a fact") for leaf in pairs.outside]


def _list(block: Block, reason: str, read: ReadSheet) -> None:
    read.outside += [Listed(leaf, reason) for leaf in _cells(block)]


def _cells(block: Block) -> Iterator[Leaf]:
    for row in block.rows:
        for column, leaf in row.cells.items():
            yield placed(leaf, row.number, column)


def _what_was_seen(sheet: Sheet) -> str:
    texts = [leaf.text for _, cells in sheet.rows[:3] for leaf in cells.values()][:_SHOWN]
    seen = ", ".join(f"'{' '.join(text.split())[:30]}'" for text in texts)
    name = f"the sheet '{sheet.name}'" if sheet.name else "the table"
    return (
        f"{name} has {len(sheet.rows)} rows, beginning with {seen}: "
        "neither a row of known titles nor a column of known names is among them"
    )
