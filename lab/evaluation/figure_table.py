"""The lines of the page's table of figures: each measure beside its mark, its ceiling and the other version."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lab.evaluation.evidence import Evaluation

Figures = dict[str, Any]


@dataclass(frozen=True)
class Line:
    """One measure, as text; an empty cell has nothing to say."""

    name: str
    note: str
    value: str
    before: str
    ceiling: str
    floor: str
    mark: str
    passed: bool | None


@dataclass(frozen=True)
class _Measure:
    mark: str
    name: str
    note: str
    value: Callable[[Figures], str]
    ceiling: Callable[[Figures], str] = lambda _: ""
    floor: Callable[[Figures], str] = lambda _: ""


def percent(value: float) -> str:
    """A share as people read it."""
    return f"{100 * value:.1f} %"


def _overhead(figures: Figures) -> str:
    found = figures["overhead"]
    if not found:
        return "no pipeline here"
    return f"{found['ratio']:.3f} ({found['lower_quartile']:.3f} to {found['upper_quartile']:.3f})"


MEASURES = (
    _Measure("scene", "Scene adherence", "the judge names the asked scene",
             lambda f: percent(f["scene"]["adherence"]), lambda f: percent(f["scene"]["ceiling"])),
    _Measure("palette", "Palette adherence", "every asked colour that the scene can show, within the bound of ΔE94",
             lambda f: percent(f["palette"]["adherence"]), lambda f: percent(f["palette"]["ceiling"]),
             lambda f: percent(f["palette"]["floor"])),
    _Measure("", "Light side", "brightness says the asked side; reported, no mark",
             lambda f: percent(f["light"]["agreement"]), lambda f: percent(f["light"]["ceiling"]),
             lambda f: percent(f["light"]["floor"])),
    _Measure("", "Diversity", "mean 1 - MS-SSIM across seeds of a prompt; renders beside it",
             lambda f: f"{f['diversity']['mean']:.3f}", lambda f: f"{f['diversity']['renders']:.3f}"),
    _Measure("", "Sharpness", "median gradient energy over the render's of the same prompt",
             lambda f: f"{f['sharpness']['relative']:.2f}", lambda _: "1"),
    _Measure("safety", "Passes the screen", "share of pictures without a refusal",
             lambda f: percent(f["safety"]["rate"])),
    _Measure("overhead", "Handler over pipeline", "median of interleaved pairs, quartiles", _overhead),
)  # fmt: skip


def lines_of(found: Evaluation, before: Evaluation | None) -> list[Line]:
    """Every measure of `found`, with the other version's value where there is one."""
    return [_line(measure, found, before) for measure in MEASURES]


def _line(measure: _Measure, found: Evaluation, before: Evaluation | None) -> Line:
    mark = found.marks.get(measure.mark)
    return Line(
        measure.name,
        measure.note,
        measure.value(found.figures),
        measure.value(before.figures) if before else "",
        measure.ceiling(found.figures),
        measure.floor(found.figures),
        mark["limit"] if mark else "",
        mark["passed"] if mark else None,
    )
