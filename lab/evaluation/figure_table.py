"""The table of figures on the page of a card that draws: each measure beside its mark, ceiling and previous value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lab.evaluation.drawing_figures import DrawingFigures
from lab.evaluation.marks import MarkResult
from lab.evaluation.shares import percent

Text = Callable[[DrawingFigures], str]


@dataclass(frozen=True, kw_only=True)
class FigureRow:
    """One measure as text.

    `before` is the value of the previous version, `ceiling` that of matching renders, `floor` that of chance; a cell
    without a value is empty. `passed` is None for a measure without a mark.
    """

    name: str
    note: str
    value: str
    before: str
    ceiling: str
    floor: str
    mark: str
    passed: bool | None


@dataclass(frozen=True, kw_only=True)
class _Measure:
    name: str
    note: str
    value: Text
    mark: str = ""
    ceiling: Text = lambda _: ""
    floor: Text = lambda _: ""


def _overhead(figures: DrawingFigures) -> str:
    overhead = figures.overhead
    if not overhead:
        return "no pipeline here"
    return f"{overhead.ratio:.3f} ({overhead.lower_quartile:.3f} to {overhead.upper_quartile:.3f})"


MEASURES = (
    _Measure(
        mark="scene",
        name="Scene adherence",
        note="the judge names the asked scene",
        value=lambda figures: percent(figures.scene.adherence),
        ceiling=lambda figures: percent(figures.scene.ceiling),
    ),
    _Measure(
        mark="palette",
        name="Palette adherence",
        note="every asked colour that the scene can show, within the bound of ΔE94",
        value=lambda figures: percent(figures.palette.adherence),
        ceiling=lambda figures: percent(figures.palette.ceiling),
        floor=lambda figures: percent(figures.palette.floor),
    ),
    _Measure(
        name="Light side",
        note="the asked side is the brighter one; reported, no mark",
        value=lambda figures: percent(figures.light.agreement),
        ceiling=lambda figures: percent(figures.light.ceiling),
        floor=lambda figures: percent(figures.light.floor),
    ),
    _Measure(
        name="Diversity",
        note="mean 1 - MS-SSIM across seeds of a prompt; renders beside it",
        value=lambda figures: f"{figures.diversity.mean:.3f}",
        ceiling=lambda figures: f"{figures.diversity.renders:.3f}",
    ),
    _Measure(
        name="Sharpness",
        note="median gradient energy over the render's of the same prompt",
        value=lambda figures: f"{figures.sharpness.relative:.2f}",
        ceiling=lambda _: "1",
    ),
    _Measure(
        mark="safety",
        name="Passes the screen",
        note="share of pictures without a refusal",
        value=lambda figures: percent(figures.safety.rate),
    ),
    _Measure(
        mark="overhead",
        name="Handler over pipeline",
        note="median of interleaved pairs, quartiles",
        value=_overhead,
    ),
)


def figure_rows(
    figures: DrawingFigures, marks: Mapping[str, MarkResult], before: DrawingFigures | None
) -> list[FigureRow]:
    """Return a row for every measure, with the value of the previous version if there is one."""
    return [_row(measure, figures, marks.get(measure.mark), before) for measure in MEASURES]


def _row(
    measure: _Measure, figures: DrawingFigures, mark: MarkResult | None, before: DrawingFigures | None
) -> FigureRow:
    return FigureRow(
        name=measure.name,
        note=measure.note,
        value=measure.value(figures),
        before=measure.value(before) if before else "",
        ceiling=measure.ceiling(figures),
        floor=measure.floor(figures),
        mark=mark.limit if mark else "",
        passed=mark.passed if mark else None,
    )
