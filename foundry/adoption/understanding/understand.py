"""Understanding of a file: what is seen in it becomes campaigns, whose leaves are mapped, doubted or listed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from foundry.adoption.claims import Listed, Understanding, UnderstoodCampaign
from foundry.adoption.leaf import Seen
from foundry.adoption.understanding.documents import read_documents
from foundry.adoption.understanding.entries import section_of_entries
from foundry.adoption.understanding.grouping import grouped
from foundry.adoption.understanding.headings import named_by_heading
from foundry.adoption.understanding.parts import Part, Rows
from foundry.adoption.understanding.ranges import has_leaves, without_ranges
from foundry.adoption.understanding.roster import Roster
from foundry.adoption.understanding.settling import settle
from foundry.adoption.understanding.sheets import ReadSheet, read_sheet
from foundry.adoption.understanding.walking import Walk
from foundry.brief.intake import brief_problem
from foundry.errors import Refusals


def understand(seen: Seen, answers: Mapping[str, str]) -> Understanding:
    """Return the campaigns of a file, each with a meaning, a doubt or a reason for each of its leaves.

    answers: by the id of the question; "meaning <key>" gives the name of a meaning, or "note". Refusals if the file
    holds sheets alone, and none of them is a table or a list of names and values.
    """
    sheets = [read_sheet(sheet) for sheet in seen.sheets if sheet.rows]
    if sheets and not seen.documents and not any(sheet.understood for sheet in sheets):
        raise _refusal(seen, sheets)
    nodes = []
    for document in seen.documents:
        node, ranges = without_ranges(document)
        sheets += ranges
        nodes += [node] if has_leaves(node) else []
    documents = read_documents(nodes, answers)
    parts = (*documents.shared, *(part for sheet in sheets for part in sheet.parts))
    outside = [listed for sheet in sheets for listed in sheet.outside]
    notes = [*seen.notes, *(note for sheet in sheets for note in sheet.notes)]
    if len(documents.campaigns) == 1 and parts:
        parts, documents = (*documents.campaigns[0], *parts), replace(documents, campaigns=())
    if documents.campaigns:
        found = [_campaign((*parts, *own), outside, answers, notes) for own in documents.campaigns]
    else:
        groups, said = grouped(parts, answers)
        notes += said
        found = [_campaign(group.parts, outside, answers, notes) for group in groups]
    if len(found) == 1:
        found = [named_by_heading(found[0], seen)]
    return Understanding(tuple(found), tuple(dict.fromkeys(notes)))


def _refusal(seen: Seen, sheets: list[ReadSheet]) -> Refusals:
    wrong = "; ".join(note for sheet in sheets for note in sheet.notes)
    remedy = "give the columns titles such as brand, product, language and headline, or write one fact a row"
    return Refusals(seen.name, (brief_problem(seen.name, "", wrong, remedy),))


def _campaign(
    parts: Iterable[Part], outside: list[Listed], answers: Mapping[str, str], notes: list[str]
) -> UnderstoodCampaign:
    """Return one campaign. It is read twice: the names that the first reading finds tell the second what keys mean."""
    parts = list(parts)
    names = Roster(), Roster()
    first = _walked(parts, answers, *names)
    second = _walked(parts, answers, Roster(first.products.names), Roster(first.scenes.names))
    notes += second.notes
    return settle([*second.outcomes, *outside], len(second.products))


def _walked(parts: list[Part], answers: Mapping[str, str], products: Roster, scenes: Roster) -> Walk:
    walk = Walk(answers, products, scenes)
    for part in parts:
        if isinstance(part, Rows):
            section = section_of_entries(list(part.rows), part.context, answers)
            for row in part.rows:
                walk.entry(row, replace(part.context, section=section, of_row=True), part.called)
        else:
            walk.visit(part.node, part.context)
    return walk
