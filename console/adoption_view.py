"""What people see of an adoption: its decisions by subject, what was left, and the open questions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.table import Table
from rich.text import Text

from console.printing import Terminal
from foundry.adoption.leaf import Key, Leaf
from foundry.adoption.said import Adoption, Decision, Question, Said

SURE = 0.9
"""The score from which a decision that rests on the file is shown only on demand."""
LONGEST, WIDE = 80, 160
"""Characters of a value that are shown; columns of the table where no terminal has its own."""
_SUBJECTS = {
    "tenant": "tenant", "campaign": "campaign", "market": "market", "products": "products", "scenes": "scenes",
    "prompt": "scenes", "negative_prompt": "scenes", "messages": "messages", "placements": "placements",
    "film": "film", "metadata": "metadata",
}  # fmt: skip
ELSE = "limits and days"
TENANT_FILE = "tenant's file"


def print_adoption(adoption: Adoption, to: Terminal, *, everything: bool) -> None:
    """Print the notes on the file, and of each campaign its decisions, what was left and what is wrong.

    Decisions that the file states plainly are counted; `everything` shows them too.
    """
    for note in adoption.notes:
        to.print(note)
    if not adoption.campaigns:
        to.print("no campaign is found in the file")
    for said in adoption.campaigns:
        to.print(Text(_title(said), "bold"))
        _print_decisions(said.decisions, to, everything=everything)
        for listed in said.listed:
            to.print(f"  kept in the metadata: {path_of(listed.leaf)} ({listed.reason})")
        if key := next((listed.key for listed in said.listed if listed.key), ""):
            to.print(f"  an answer gives it a meaning, such as `meaning {key}: headline`")
        for problem in said.problems:
            to.print(f"  not yet a brief: {problem}")


def print_questions(questions: Iterable[Question], to: Terminal) -> None:
    """Print each question with the id to answer it by, its choices, and the places that wait for it."""
    for question in questions:
        to.print(Text(f"? {question.text}", "bold" if question.needed else ""))
        to.print(f"    answer by: {question.id}" + (f" (default: {question.default})" if question.default else ""))
        for choice in question.choices:
            to.print(f"    {choice.value}" + (f": {choice.label}" if choice.label != choice.value else ""))
        if question.leaves:
            to.print(f"    asked because of {_places(question.leaves)}")


def path_of(leaf: Leaf) -> str:
    """Return the keys that lead to a leaf, as people write them: `products[0].price`; in a table, its cell."""
    if leaf.place.cell:
        return f"{leaf.place} ({_cut(str(leaf.path[-1]))})"
    return _written(leaf.path) or str(leaf.place)


def _title(said: Said) -> str:
    campaign = said.draft.get("campaign")
    named = campaign.get("id", "") if isinstance(campaign, dict) else ""
    return "/".join(part for part in (str(said.draft.get("tenant", "")), str(named)) if part) or "a campaign"


def _print_decisions(decisions: Sequence[Decision], to: Terminal, *, everything: bool) -> None:
    told = [each for each in decisions if everything or each.score < SURE or not each.leaves]
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), width=None if to.is_terminal else WIDE)
    for title in ("  field", "value", "reason", "score", "place"):
        table.add_column(title, overflow="fold", no_wrap=title == "score")
    before = ""
    for subject, decision in _by_subject(told):
        if subject != before:
            table.add_row(Text(f"  {subject}", "bold"))
        before = subject
        field = decision.field.removeprefix("tenant:").strip()
        place = _places(decision.leaves) if decision.leaves else "not in the file"
        cells = (f"    {field}", _cut(decision.value), decision.reason, f"{decision.score:.2f}", place)
        table.add_row(*map(Text, cells))
    if told:
        to.print(table)
    if plain := len(decisions) - len(told):
        to.print(f"  and {plain} more that the file states plainly; --all shows them")


def _by_subject(decisions: Iterable[Decision]) -> Iterator[tuple[str, Decision]]:
    """Yield decisions in the order in which their subjects first come up, each with its subject."""
    grouped: dict[str, list[Decision]] = {}
    for decision in decisions:
        grouped.setdefault(_subject(decision.field), []).append(decision)
    for subject, group in grouped.items():
        yield from ((subject, decision) for decision in group)


def _subject(field: str) -> str:
    if field.startswith("tenant:"):
        return TENANT_FILE
    return _SUBJECTS.get(field.partition(".")[0].partition("[")[0], ELSE)


def _places(leaves: Sequence[Leaf]) -> str:
    shown = [_place(leaf) for leaf in leaves[:3]]
    return ", ".join(shown) + (f" and {len(leaves) - 3} more" if len(leaves) > 3 else "")


def _place(leaf: Leaf) -> str:
    path, place = _written(leaf.path), str(leaf.place)
    if leaf.place.cell:
        return place
    return f"{path} ({place})" if path and place else path or place


def _written(path: tuple[Key, ...]) -> str:
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{_cut(part)}" if text else _cut(part)
    return text


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 3] + "..."
