"""Rows grouped by the campaign that they name, over all tables of a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from foundry.adoption.claims import Claim
from foundry.adoption.leaf import MapNode
from foundry.adoption.meaning import Meaning
from foundry.adoption.understanding.context import Context
from foundry.adoption.understanding.entries import claims_of_entry
from foundry.adoption.understanding.long_form import in_short_form
from foundry.adoption.understanding.parts import Part, Rows
from foundry.adoption.understanding.roster import plain

_NAMES = (Meaning.CAMPAIGN_ID, Meaning.CAMPAIGN_NAME)


@dataclass
class Group:
    """The parts of one campaign. names: its names and ids, as they are compared; brand: likewise."""

    names: set[str] = field(default_factory=set)
    brand: str = ""
    parts: list[Part] = field(default_factory=list)


@dataclass(frozen=True)
class Identity:
    """What a row says of its campaign."""

    names: frozenset[str]
    brand: str

    def is_of(self, group: Group) -> bool:
        """Return True if a row with this identity can belong to a group."""
        if self.brand and group.brand and self.brand != group.brand:
            return False
        return bool(self.names & group.names) if self.names and group.names else True


def grouped(parts: Iterable[Part], answers: Mapping[str, str]) -> tuple[list[Group], list[str]]:
    """Return the parts by campaign, and sentences on it. Parts that name none belong to each of them."""
    groups: list[Group] = []
    shared: list[Part] = []
    rows_of_group: list[int] = []
    for part in parts:
        if not isinstance(part, Rows):
            shared.append(part)
            continue
        split, rest = _by_campaign(part, groups, rows_of_group, answers)
        for index, rows in split.items():
            groups[index].parts.append(replace(part, rows=tuple(rows)))
        if rest:
            shared.append(replace(part, rows=tuple(rest)))
    if not groups:
        return ([Group(parts=shared)] if shared else []), []
    for group in groups:
        group.parts = [*shared, *group.parts]
    return groups, [_note(count) for count in rows_of_group if count > 1][: 1 if len(groups) == 1 else 0]


def _note(count: int) -> str:
    return f"{count} rows share their brand and campaign: one campaign"


def _by_campaign(
    part: Rows, groups: list[Group], counts: list[int], answers: Mapping[str, str]
) -> tuple[dict[int, list[MapNode]], list[MapNode]]:
    """Return the rows of a table by the position of their group, and those that name no campaign."""
    split: dict[int, list[MapNode]] = {}
    rest: list[MapNode] = []
    keys = _identifying(part, answers)
    for row in part.rows:
        identity = _identity(row, keys, part.context, answers)
        if not identity.names and not identity.brand:
            rest.append(row)
            continue
        index = next((at for at, group in enumerate(groups) if identity.is_of(group)), None)
        if index is None:
            index = len(groups)
            groups.append(Group())
            counts.append(0)
        groups[index].names |= identity.names
        groups[index].brand = groups[index].brand or identity.brand
        counts[index] += 1
        split.setdefault(index, []).append(row)
    return split, rest


def _identifying(part: Rows, answers: Mapping[str, str]) -> frozenset[str]:
    """Return the keys of a table's rows under which campaigns or brands are named."""
    samples: dict[str, MapNode] = {}
    for row in part.rows:
        for key, child in in_short_form(row)[0].entries:
            samples.setdefault(key, replace(row, entries=((key, child),)))
    wanted = (*_NAMES, Meaning.BRAND)
    return frozenset(
        key for key, sample in samples.items()
        if any(claim.meaning in wanted for claim in _claims(sample, part.context, answers))
    )  # fmt: skip


def _claims(row: MapNode, context: Context, answers: Mapping[str, str]) -> tuple[Claim, ...]:
    nested = (child for _, child in row.entries if isinstance(child, MapNode))
    inner = (claim for child in nested for claim in claims_of_entry(child, Context(), answers))
    return (*claims_of_entry(row, context, answers), *inner)


def _identity(row: MapNode, keys: frozenset[str], context: Context, answers: Mapping[str, str]) -> Identity:
    row, _ = in_short_form(row)
    said = replace(row, entries=tuple((key, child) for key, child in row.entries if key in keys))
    found = _claims(said, context, answers)
    names = frozenset(plain(claim.text) for claim in found if claim.meaning in _NAMES)
    return Identity(names, next((plain(claim.text) for claim in found if claim.meaning is Meaning.BRAND), ""))
