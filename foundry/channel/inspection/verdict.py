"""Verdicts on files: the placements that accept a file, and those that nearly do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from foundry.channel.inspection.film_rules import film_findings
from foundry.channel.inspection.finding import Finding
from foundry.channel.inspection.found import FileFacts
from foundry.channel.inspection.print_rules import print_findings
from foundry.channel.inspection.still_rules import still_findings
from foundry.channel.placement import Placement

NEAR_MISSES, NEAR_FAULTS = 5, 2


@dataclass(frozen=True)
class Verdict:
    """A placement, and the findings of all its rules for one file."""

    placement: Placement
    findings: tuple[Finding, ...]

    @property
    def faults(self) -> tuple[Finding, ...]:
        """The findings that refuse the file."""
        return tuple(finding for finding in self.findings if finding.refuses)

    @property
    def advice(self) -> tuple[Finding, ...]:
        """The findings that suggest an improvement, and refuse nothing."""
        return tuple(finding for finding in self.findings if finding.advice and not finding.passed)

    @property
    def taken(self) -> bool:
        """True if the placement accepts the file."""
        return not self.faults


def judge(found: FileFacts, placement: Placement, *, exact: bool = False) -> Verdict:
    """Return the verdict of a placement on a file.

    `exact` is for files made here for this placement: they must have the drawn size and the loudness.
    """
    return Verdict(placement, tuple(_findings(found, placement, exact)))


def _findings(found: FileFacts, placement: Placement, exact: bool) -> Iterator[Finding]:
    yield from _container(found, placement, exact)
    if placement.motion:
        yield from film_findings(found, placement, exact)
    elif placement.printed:
        yield from print_findings(found, placement)
    else:
        yield from still_findings(found, placement, exact)


def _container(found: FileFacts, placement: Placement, exact: bool) -> Iterator[Finding]:
    forms = placement.formats if exact else placement.takes
    yield Finding("format", found.format in forms, found.format, " or ".join(forms), f"Export it as {forms[0]}.")
    if found.called:
        remedy = f"Name it .{found.format}, or export it again."
        yield Finding("name", found.called == found.format, f"called {found.called}", found.format, remedy)
    size, most, least = found.size_bytes, placement.max_bytes, placement.least_bytes
    yield Finding("bytes", size <= most, str(size), f"at most {most}", "Compress it more, or simplify it.")
    if least:
        yield Finding("least bytes", size >= least, str(size), f"at least {least}", "Encode it with more bits.")
    leaks = ", ".join(found.leaks) or "nothing"
    yield Finding("metadata", not found.leaks, leaks, "nothing private", "Remove the metadata.", advice=not exact)


def verdicts(found: FileFacts, placements: Iterable[Placement]) -> tuple[list[Verdict], list[Verdict]]:
    """Return the placements that accept the file, and the near misses: fewest faults first, then by name."""
    judged = [judge(found, placement) for placement in placements]
    missed = sorted((v for v in judged if not v.taken), key=lambda v: (_other(v), *_distance(found, v)))
    near = [v for v in missed if len(v.faults) <= NEAR_FAULTS and not _other(v)] or missed[:1]
    return [v for v in judged if v.taken], near[:NEAR_MISSES]


def _other(verdict: Verdict) -> bool:
    """Return True if the slot shows another kind of thing, such as a film where the file is a still."""
    return any(finding.rule in ("still", "moves", "flat") for finding in verdict.faults)


def _distance(found: FileFacts, verdict: Verdict) -> tuple[int, float, str]:
    """Return the number of faults, then the difference in shape, so that the likeliest miss comes first."""
    width, height = verdict.placement.size
    shape = found.width_px / found.height_px if found.height_px else width / height
    return len(verdict.faults), abs(shape / (width / height) - 1), verdict.placement.name
