"""Plots of a catalog's runs: bars for each run, as inline SVG that stretches with the page.

Labels are HTML, so that they keep their size on a phone; the SVG holds only bars.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from foundry.catalog.products import Change
from foundry.catalog.runs import RunRecord, RunState
from pipelines.catalog.report_words import MADE, STATES, day_of_run, moment_of_run, money

RUNS_SHOWN = 60
LEAST_SLOTS = 14
"""Runs that a plot has room for at least, so that the first ones do not become walls."""
HEIGHT = 100
BROKEN_OFF = (RunState.STOPPED, RunState.FAILED)
Measure = Callable[[RunRecord], float]


@dataclass(frozen=True)
class Series:
    """One part of each bar: its name, its colour's class, and its value for a run."""

    title: str
    css: str
    measure: Measure


@dataclass(frozen=True, kw_only=True)
class Plot:
    """A plot: title, the largest value as text, the newest one, the legend, the SVG, and the days at both ends."""

    title: str
    largest: str
    newest: str
    legend: tuple[tuple[str, str], ...]
    bars: Markup
    first: str
    last: str


def plots_of(runs: Sequence[RunRecord]) -> list[Plot]:
    """Return the plots of some runs, the oldest first; none for no run."""
    if not runs:
        return []
    return [
        _plot("Products that asked for work", runs, _CHANGES, lambda value: f"{value:,.0f}"),
        _plot("Rows set aside", runs, _ROWS, lambda value: f"{value:,.0f}"),
        _plot("Cost", runs, _COST, lambda value: money(str(value))),
    ]


def _sum_of(*kinds: Change) -> Measure:
    return lambda run: sum(run.changes.get(kind, 0) for kind in kinds)


_CHANGES = (
    Series("new or back", "new", _sum_of(Change.NEW, Change.BACK)),
    Series("changed", "changed", _sum_of(Change.CHANGED)),
    Series("ended or out of stock", "gone", _sum_of(Change.GONE, Change.OUT_OF_STOCK)),
)
_ROWS = (Series("set aside", "aside", lambda run: run.tally.set_aside),)
_COST = (Series("US dollars", "cost", lambda run: float(run.work.cost_usd)),)


def _plot(title: str, runs: Sequence[RunRecord], series: Sequence[Series], write: Callable[[float], str]) -> Plot:
    totals = [sum(each.measure(run) for each in series) for run in runs]
    largest = max(totals)
    return Plot(
        title=title,
        largest=write(largest),
        newest=write(totals[-1]),
        legend=_legend(runs, series),
        bars=_svg(title, runs, series, largest or 1),
        **_ends(day_of_run(runs[0].run), day_of_run(runs[-1].run), full=len(runs) >= LEAST_SLOTS),
    )


def _ends(first: str, last: str, *, full: bool) -> dict[str, str]:
    """Return the days at both ends. Where the first runs stand in the middle, both days are at the right."""
    if full:
        return {"first": first, "last": last}
    return {"first": "", "last": last if first == last else f"{first} – {last}"}


def _legend(runs: Sequence[RunRecord], series: Sequence[Series]) -> tuple[tuple[str, str], ...]:
    stopped = any(run.state in BROKEN_OFF for run in runs)
    named = [(each.title, each.css) for each in series] if len(series) > 1 else []
    return (*named, *([("stopped or failed", "stopped")] if stopped else []))


def _svg(title: str, runs: Sequence[RunRecord], series: Sequence[Series], largest: float) -> Markup:
    slots = max(len(runs), LEAST_SLOTS)
    columns = "".join(_column(run, slots - len(runs) + place, series, largest) for place, run in enumerate(runs))
    return Markup(  # noqa: S704 - numbers, and texts that are escaped
        f'<svg viewBox="0 0 {slots} {HEIGHT}" preserveAspectRatio="none" role="img" aria-label="{escape(title)}: '
        f'{len(runs)} runs">{columns}</svg>'
    )


def _column(run: RunRecord, slot: int, series: Sequence[Series], largest: float) -> str:
    values = [(each, each.measure(run)) for each in series]
    told = ", ".join(f"{each.title} {value:,.4g}" for each, value in values)
    stopped = run.state in BROKEN_OFF
    parts = [f'<rect class="stopped" x="{slot}" y="0" width="1" height="{HEIGHT}"/>'] if stopped else []
    top = float(HEIGHT)
    for each, value in values:
        height = HEIGHT * value / largest
        top -= height
        if height:
            parts.append(
                f'<rect class="{each.css}" x="{slot + 0.12:g}" y="{top:.2f}" width="0.76" height="{height:.2f}"/>'
            )
    label = escape(f"{moment_of_run(run.run)} ({STATES[run.state][0]}): {told}")
    return (
        f'<g><title>{label}</title><rect class="hit" x="{slot}" y="0" width="1" height="{HEIGHT}"/>{"".join(parts)}</g>'
    )


def run_rows(runs: Sequence[RunRecord]) -> list[tuple[str, ...]]:
    """Return the runs as rows of a table, the newest first: what the plots show, for those who cannot see them."""
    return [
        (
            moment_of_run(run.run),
            STATES[run.state][0],
            f"{run.tally.rows:,}",
            f"{run.tally.set_aside:,}",
            f"{sum(run.changes.get(kind, 0) for kind in MADE):,}",
            f"{run.withdrawn:,}",
            f"{run.work.files_made:,}",
            money(run.work.cost_usd),
        )
        for run in reversed(runs)
    ]
