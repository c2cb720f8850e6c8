"""The law of the reader: each leaf of a file is mapped, asked about or listed; none is lost, none invented."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from foundry.adoption.claims import Understanding, UnderstoodCampaign
from foundry.adoption.leaf import Leaf, Seen, leaves_of
from foundry.adoption.said import Adoption

Identity = tuple[object, ...]


def leaves_of_file(seen: Seen) -> list[Leaf]:
    """Return every leaf of a file, in its order."""
    found = [leaf for document in seen.documents for leaf in leaves_of(document)]
    return found + [leaf for sheet in seen.sheets for _, cells in sheet.rows for leaf in cells.values()]


def unaccounted(seen: Seen, understanding: Understanding) -> list[str]:
    """Return what breaks the law, as sentences: leaves lost, invented, or with two outcomes in one campaign."""
    given = {_identity(leaf): leaf for leaf in leaves_of_file(seen)}
    found: list[str] = []
    told: list[Leaf] = []
    for campaign in understanding.campaigns:
        outcomes = _outcomes(campaign)
        told += [leaf for leaves in outcomes.values() for leaf in leaves]
        counts = Counter(key for leaves in outcomes.values() for key in {_identity(leaf) for leaf in leaves})
        found += [f"{given[key]} has two outcomes" for key, count in counts.items() if key in given and count > 1]
        found += [f"{key} does not stand in the file" for key in counts if key not in given]
    return found + [f"{leaf} is lost" for leaf in _lost(given.values(), told)]


def untold(leaves: Iterable[Leaf], adoption: Adoption) -> list[str]:
    """Return the leaves of a file that no decision, no question and no list of any of its campaigns names."""
    told: list[Leaf] = []
    for said in adoption.campaigns:
        told += [leaf for decision in said.decisions for leaf in decision.leaves]
        told += [leaf for question in said.questions for leaf in question.leaves]
        told += [item.leaf for item in said.listed]
    return [f"{leaf} is not told of" for leaf in _lost(leaves, told)]


def _outcomes(campaign: UnderstoodCampaign) -> dict[str, list[Leaf]]:
    return {
        "mapped": [claim.leaf for claim in campaign.claims if not claim.from_key],
        "asked": [doubt.leaf for doubt in campaign.doubts],
        "listed": [item.leaf for item in campaign.listed],
    }


def _lost(leaves: Iterable[Leaf], told: list[Leaf]) -> list[Leaf]:
    """Return the leaves that are not told of. A table's header is: it stands in the paths of cells, or above them."""
    known = {_identity(leaf) for leaf in told}
    titles = {_title(str(key)) for leaf in told for key in leaf.path}
    headers = _header_rows([leaf for leaf in told if leaf.place.cell])
    lost = [leaf for leaf in leaves if _identity(leaf) not in known]
    return [
        leaf for leaf in lost if not leaf.place.cell or not (_title(leaf.text) in titles or _row_of(leaf) in headers)
    ]


def _header_rows(told: list[Leaf]) -> set[tuple[str, int]]:
    """Return the sheet and number of each row right above a sheet's first told one, if nothing in it is told."""
    rows = {_row_of(leaf) for leaf in told}
    firsts = {sheet: min(row for name, row in rows if name == sheet) for sheet, _ in rows}
    return {(sheet, first - 1) for sheet, first in firsts.items()}


def _row_of(leaf: Leaf) -> tuple[str, int]:
    return leaf.place.sheet, int(leaf.place.cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))


def _title(text: str) -> str:
    return text.strip(" :：").casefold()


def _identity(leaf: Leaf) -> Identity:
    """Return what tells leaves of one file apart; a cell by its place, since its path gains the column's title."""
    return (leaf.text, leaf.place) if leaf.place.cell else (leaf.text, leaf.place, leaf.path)
