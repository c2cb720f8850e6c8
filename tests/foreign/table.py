"""The table of foreign briefs by kind in docs/adopting-briefs.md: `python -m tests.foreign.table` writes it.

Every brief in it is read right, which `test_foreign.py` shows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from tests.foreign.expected import HERE, Foreign, foreign_briefs

DOCUMENT = HERE.parents[1] / "docs" / "adopting-briefs.md"
BEGIN, END = "<!-- The table of foreign briefs begins. -->", "<!-- The table of foreign briefs ends. -->"


def table(briefs: Iterable[Foreign]) -> str:
    """Return a Markdown table: kinds, and how many files of each are read at once, after answers, or refused."""
    by_kind: dict[str, list[Foreign]] = defaultdict(list)
    for brief in briefs:
        by_kind[brief.expected.kind].append(brief)
    lines = ["| kind | files | read at once | asked about | refused |", "| --- | --- | --- | --- | --- |"]
    lines += [_row(kind, members) for kind, members in sorted(by_kind.items())]
    everything = [brief for members in by_kind.values() for brief in members]
    return "\n".join([*lines, _row("**all**", everything)])


def _row(kind: str, members: list[Foreign]) -> str:
    refused = sum(bool(brief.expected.refused) for brief in members)
    asked = sum(bool(brief.expected.questions) for brief in members)
    at_once = len(members) - refused - asked
    return f"| {kind} | {len(members)} | {at_once or ''} | {asked or ''} | {refused or ''} |"


def document_with(made: str, document: str) -> str:
    """Return a document with the table between its two marks; ValueError if it lacks them."""
    before, found, rest = document.partition(BEGIN)
    _, ended, after = rest.partition(END)
    if not (found and ended):
        raise ValueError(f"the document lacks {BEGIN} or {END}")
    return f"{before}{BEGIN}\n\n{made}\n\n{END}{after}"


def main() -> None:
    """Write the table into the document."""
    written = DOCUMENT.read_text(encoding="utf-8")
    DOCUMENT.write_text(document_with(table(foreign_briefs()), written), encoding="utf-8")


if __name__ == "__main__":
    main()
