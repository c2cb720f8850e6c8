"""Sheets with a row of titles, and one row below it for each product, language, market or placement."""

from __future__ import annotations

from dataclasses import dataclass

from foundry.adoption.leaf import Leaf, MapNode, Node
from foundry.adoption.meaning import Meaning, Section
from foundry.adoption.shapes import countries_in, is_sentence, locales_in
from foundry.adoption.understanding.blocks import Block, Row, is_title, placed, title_of
from foundry.adoption.understanding.key_scope import parts_of_key
from foundry.adoption.understanding.long_form import has_form_titles
from foundry.adoption.understanding.senses import sections_of, senses_of

_SEARCHED = 12
"""Rows of a block among which the titles are looked for."""
_SHARE = 0.5
_TOTALS = frozenset(
    {"total", "totals", "sum", "summe", "gesamt", "somme", "suma", "soma", "合計", "总计", "合计", "總計"}
)
_FILLED_DOWN = frozenset({
    Meaning.BRAND, Meaning.CAMPAIGN_NAME, Meaning.CAMPAIGN_ID, Meaning.PRODUCT_NAME, Meaning.PRODUCT_ID,
})  # fmt: skip
_TOLD_APART_BY = frozenset({Meaning.LOCALE, Meaning.REGION, Meaning.PLACEMENT, Meaning.HEADLINE, Meaning.MESSAGE})


@dataclass(frozen=True)
class Titles:
    """The titles of a table. groups: titles that stand over several of them, by column; "" where there is none."""

    row: int
    names: dict[int, str]
    groups: dict[int, str]


def titles_of(block: Block, section: Section | None) -> tuple[Titles, int] | None:
    """Return the row of a block that is most like titles, with the number of its known ones; None if none is."""
    best: tuple[int, int] | None = None
    if found := _only_column(block, section):
        return found
    for index, row in enumerate(block.rows[:_SEARCHED]):
        known = sum(is_title(leaf, section) for leaf in row.cells.values())
        known += 2 if has_form_titles(title_of(leaf.text) for leaf in row.cells.values()) else 0
        if len(row.cells) > 1 and known >= _SHARE * len(row.cells) and (best is None or known > best[1]):
            best = index, known
    if best is None or best[1] < 2 or best[0] + 1 >= len(block.rows):
        return None
    names = {column: title_of(leaf.text) for column, leaf in block.rows[best[0]].cells.items()}
    return Titles(best[0], names, _groups(block, best[0])), best[1]


def _only_column(block: Block, section: Section | None) -> tuple[Titles, int] | None:
    """Return the title of a list of names: a column of its own on a sheet of products or scenes."""
    columns = block.columns()
    first = block.rows[0].cells
    if len(columns) != 1 or len(block.rows) < 2 or section not in (Section.PRODUCTS, Section.SCENES):
        return None
    title = first[columns[0]]
    return (Titles(0, {columns[0]: title_of(title.text)}, {}), 1) if is_title(title, section) else None


def _groups(block: Block, row: int) -> dict[int, str]:
    """Return the titles in the row above, if these stand over several columns each: languages, markets, sections."""
    if row == 0:
        return {}
    above = block.rows[row - 1].cells
    texts = [title_of(leaf.text) for leaf in above.values()]
    titles = [title_of(leaf.text) for leaf in block.rows[row].cells.values()]
    if all(map(_is_group, texts)) and len(titles) > len(set(titles)):
        return _filled_right(above, block.rows[row].cells)
    if len(above) < 2 or len(texts) == len(set(texts)):
        return {}
    return {column: title_of(leaf.text) for column, leaf in above.items() if _is_group(title_of(leaf.text))}


def _filled_right(above: dict[int, Leaf], titles: dict[int, Leaf]) -> dict[int, str]:
    """Return for each column the last title above it or to its left."""
    found: dict[int, str] = {}
    group = ""
    for column in sorted(titles):
        group = title_of(above[column].text) if column in above else group
        if group:
            found[column] = group
    return found


def _is_group(text: str) -> bool:
    return bool(locales_in(text) or countries_in(text) or sections_of(text))


def rows_of(block: Block, titles: Titles, section: Section | None) -> tuple[list[MapNode], list[Leaf]]:
    """Return the rows below the titles as maps, and the cells that belong to none of them."""
    down = {column for column, name in titles.names.items() if _meaning(name, section) in _FILLED_DOWN}
    apart = {column for column, name in titles.names.items() if _meaning(name, section) in _TOLD_APART_BY}
    rows: list[MapNode] = []
    outside: list[Leaf] = []
    above: dict[int, Leaf] = {}
    for row in block.rows[titles.row + 1 :]:
        if _is_no_row(row, titles):
            outside += [placed(leaf, row.number) for leaf in row.cells.values()]
            continue
        filled = dict(row.cells)
        if apart & row.cells.keys():
            filled |= {column: above[column] for column in down & above.keys() if column not in filled}
        above = filled
        rows.append(_row(row.number, dict(sorted(filled.items())), titles))
    return rows, outside


def _is_no_row(row: Row, titles: Titles) -> bool:
    """Return True for sums and remarks below a table, and for its titles where they are repeated."""
    texts = row.texts()
    if texts[0].strip(" :").casefold() in _TOTALS:
        return True
    if [title_of(text) for text in texts] == list(titles.names.values()):
        return True
    return len(texts) == 1 and len(titles.names) > 2 and is_sentence(texts[0])


def _meaning(name: str, section: Section | None) -> Meaning | None:
    found = senses_of(parts_of_key(name, section).key, section)
    return found[0].meaning if found else None


def _row(number: int, cells: dict[int, Leaf], titles: Titles) -> MapNode:
    entries: list[tuple[str, Node]] = []
    grouped: dict[str, list[tuple[str, Node]]] = {}
    for column, cell in cells.items():
        name, group = titles.names.get(column, ""), titles.groups.get(column, "")
        if group and name and group != name:
            grouped.setdefault(group, []).append((name, placed(cell, number, group, name)))
        else:
            entries.append((name, placed(cell, number, name or column)))
    first = next(iter(cells.values()))
    path = placed(first, number).path
    entries += [(group, MapNode(tuple(inner), (*path, group), first.place)) for group, inner in grouped.items()]
    return MapNode(tuple(entries), path, first.place)
