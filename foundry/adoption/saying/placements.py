"""The placements of a strict brief."""

from __future__ import annotations

from collections.abc import Iterator

from foundry.adoption.claims import Claim
from foundry.adoption.leaf import Key
from foundry.adoption.meaning import Meaning
from foundry.adoption.said import Choice
from foundry.adoption.saying.channels import channels_in_shapes
from foundry.adoption.saying.facts import Facts, leaves
from foundry.adoption.saying.notebook import Notebook
from foundry.adoption.shapes import PlacementReading, parts_of, placements_in

USUAL = "social"
_SETS = (
    ("social", "feeds, stories and pins"), ("display", "banners"), ("video", "films"), ("web", "pages"),
    ("email", "mails"), ("print", "flyers and posters"), ("dooh", "screens outdoors"),
)  # fmt: skip


def say_placements(facts: Facts, notebook: Notebook) -> list[str]:
    """Return names of placements and sets; ask where the file names some and none of them is known."""
    chosen: dict[str, None] = {}
    claims = facts.of(Meaning.PLACEMENT)
    named = [(together, reading) for together, readings in _read(claims, notebook) for reading in readings]
    for together, reading in channels_in_shapes(named):
        chosen |= dict.fromkeys(reading.names)
        reason = "; ".join(part for part in (together[0].reason, reading.reason) if part)
        notebook.decide("placements", ", ".join(reading.names), reason, together, score=reading.score)
    if chosen:
        return list(chosen)
    answered = [name for reading in placements_in(notebook.answer("placements")) for name in reading.names]
    if answered:
        notebook.decide("placements", ", ".join(answered), "as answered", score=1)
        return list(dict.fromkeys(answered))
    if claims:
        text = "No placement is known by the names in the file. Which ones are ordered?"
        notebook.ask("placements", text, [Choice(*each) for each in _SETS], leaves(claims), default=USUAL)
    else:
        notebook.decide("placements", USUAL, "no placement is named")
    return [USUAL]


def _read(claims: list[Claim], notebook: Notebook) -> Iterator[tuple[list[Claim], tuple[PlacementReading, ...]]]:
    """Yield claims with what they name: those of one row or map together, if that is one placement, else each alone.

    A channel that stands above sizes of its own is named by these alone.
    """
    wholes = {claim.scope.placement for claim in claims}
    above = {claim.text: claim for claim in claims if _is_above(claim, wholes)}
    rows: dict[tuple[Key, ...], list[Claim]] = {}
    for claim in claims:
        if claim.text not in above:
            rows.setdefault(claim.leaf.path[:-1], []).append(claim)
    for row in rows.values():
        together = _together(row)
        if together:
            yield row, together
            continue
        for same in _by_scope(row):
            scope = same[0].scope.placement
            readings = placements_in(scope) or placements_in(same[0].text)
            _leave_unknown(same[0], readings, notebook)
            yield [*same, *(one for text, one in above.items() if scope.startswith(f"{text} "))], readings


def _by_scope(row: list[Claim]) -> list[list[Claim]]:
    """Return the claims of one row that name a placement together; each of the others alone."""
    found: dict[str, list[Claim]] = {}
    for at, claim in enumerate(row):
        found.setdefault(claim.scope.placement or f"#{at}", []).append(claim)
    return list(found.values())


def _is_above(claim: Claim, wholes: set[str]) -> bool:
    mine = claim.scope.placement
    return bool(mine) and claim.text == mine and any(other.startswith(f"{mine} ") for other in wholes)


def _together(row: list[Claim]) -> tuple[PlacementReading, ...]:
    """Return the one placement that a channel and a size beside each other name ("Instagram", "Story"); else none."""
    keys = {claim.leaf.path[-1] for claim in row if isinstance(claim.leaf.path[-1], str)}
    if not 2 <= len(row) <= 3 or len(keys) != len(row) or any(claim.scope.placement for claim in row):
        return ()
    readings = placements_in(" ".join(claim.text for claim in row))
    return readings if len(readings) == 1 and len(readings[0].names) == 1 else ()


def _leave_unknown(claim: Claim, readings: tuple[PlacementReading, ...], notebook: Notebook) -> None:
    if readings and claim.scope.placement:
        return
    parts, known = parts_of(claim.text), {reading.text.strip() for reading in readings}
    missing = [part for part in parts if part not in known]
    if not readings or (missing and len(known) < len(parts)):
        unknown = ", ".join(missing or [claim.text])[:60]
        notebook.leave([claim.leaf], f"no placement is known by {unknown!r}", part=True)
