"""The report page: what it says of a campaign, and the small form, which holds all its files and needs no network."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from foundry.letter_figures import LetterFigures
from foundry.manifest import DeadLetter, ManifestRecord
from foundry.rates import Expected
from foundry.spent import NOTHING_SPENT, Spent
from foundry.tenant import Palette
from pipelines.planning.quote import Quote
from templates import TEMPLATES

FOLDER = TEMPLATES / "report"
NOT_SHOWN = frozenset(
    {"tenant", "campaign", "campaign_name", "brief", "placement_digest", "layout_digest", "brand_digest"}
)
"""The fields of a record that the page shows nowhere, or once for all files."""
SHOWN_FIELDS = tuple(each.name for each in fields(ManifestRecord) if each.name not in NOT_SHOWN)


@dataclass(frozen=True, kw_only=True)
class RunFigures:
    """The totals of a campaign, and of the run that the page is written after. Money in US dollars.

    `spent` was measured for the whole campaign; `quote` is of this run, None for a report that is written again.
    `estimated_seconds`: of an accelerator, at the cards' prices, if everything were new.
    """

    campaign: str
    campaign_name: str
    tenant_name: str
    variants_total: int
    made: int
    reused: int
    finished: int
    shots_total: int
    shots_drawn: int
    cost_usd: str
    refused_usd: str = "0"
    cost_if_new_usd: str
    size_bytes: int
    model: str
    seconds: float | None = None
    assumptions: tuple[str, ...] = ()
    clips_total: int = 0
    clips_filmed: int = 0
    spent: Spent = NOTHING_SPENT
    estimated_seconds: float = 0.0
    quote: Quote | None = None


@dataclass(frozen=True, kw_only=True)
class Refused:
    """The dead letters of a campaign: their counts, and the first ones."""

    figures: LetterFigures = field(default_factory=LetterFigures)
    samples: tuple[DeadLetter, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PageFacts:
    """All that a page says besides its files. `root` leads from the page to the tenant's objects."""

    figures: RunFigures
    refused: Refused = field(default_factory=Refused)
    palette: Palette | None = None
    root: str = "../../"


def write_small_report(target: Path, facts: PageFacts, files: Iterable[tuple[ManifestRecord, bytes]]) -> None:
    """Write a page that holds all records, and the WebP thumbnails that come with them, of some hundred files."""
    assets = [_asset(record, thumbnail) for record, thumbnail in files]
    data = {"root": facts.root, "assets": assets}
    write_page(target, facts, "small_report", data, scripts=("asset.js", "small_report.js"))


def write_page(
    target: Path,
    facts: PageFacts,
    template: str,
    data: Mapping[str, object],
    *,
    scripts: tuple[str, ...],
    styles: tuple[str, ...] = (),
    own_files: bool = False,
) -> None:
    """Write a page from its template, with `data` for its scripts; `own_files` lets it load scripts from beside it."""
    figures = facts.figures
    style = f":root{{--brand:{facts.palette.primary if facts.palette else '#345'}}}\n" + page_source(
        "report.css", *styles
    )
    script = page_source(*scripts)
    text = (
        page_environment()
        .get_template(f"{template}.html.j2")
        .render(
            figures=figures,
            tiles=_tiles(figures),
            steps=_steps(figures.spent),
            refused=facts.refused,
            policy=_policy(script, own_files=own_files),
            data=inline_json(data),
            style=Markup(style),  # noqa: S704 - our own files, and a colour that is no more than that
            script=Markup(script),  # noqa: S704 - our own files
        )
    )
    target.write_text(text, encoding="utf-8")


def page_environment() -> Environment:
    """Return the environment of the page templates: everything is escaped, and nothing may be undefined."""
    return Environment(
        loader=FileSystemLoader(FOLDER), autoescape=select_autoescape(default=True), undefined=StrictUndefined
    )


def page_source(*names: str) -> str:
    """Return style sheets or scripts of the pages, one after another."""
    return "\n".join((FOLDER / name).read_text(encoding="utf-8") for name in names)


def _policy(script: str, *, own_files: bool) -> str:
    """Return the Content Security Policy: the page's own script runs, and nothing that a text might bring in."""
    hashed = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    beside = " file: 'self'" if own_files else ""
    media = "file: 'self'"
    return (
        f"default-src 'none'; img-src data: {media}; media-src {media}; style-src 'unsafe-inline'; "
        f"script-src 'sha256-{hashed}'{beside}; base-uri 'none'; form-action 'none'"
    )


def inline_json(value: object) -> Markup:
    """Return JSON that cannot end the script element in which it stands."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character, code in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026")):
        text = text.replace(character, code)
    return Markup(text)  # noqa: S704 - what could end the element was replaced


def _asset(record: ManifestRecord, thumbnail: bytes) -> dict[str, Any]:
    kept = asdict(record)
    picture = base64.b64encode(thumbnail).decode()
    return {**{name: kept[name] for name in SHOWN_FIELDS}, "thumb": f"data:image/webp;base64,{picture}"}


def _tiles(figures: RunFigures) -> list[tuple[str, str, str]]:
    each = float(figures.cost_if_new_usd) / max(figures.variants_total, 1)
    tiles = [
        (
            "Assets",
            f"{figures.finished:,}",
            f"of {figures.variants_total:,} ordered",
        ),
        ("Shots", f"{figures.shots_total:,}", f"{figures.shots_drawn:,} drawn in this run"),
        ("Made now", f"{figures.made:,}", f"{figures.reused:,} reused"),
        (
            "Cost of this run",
            f"${float(figures.cost_usd):.4f}",
            f"${each:.6f} an asset if all were new" + _refused(figures),
        ),
        ("Size", _megabytes(figures.size_bytes), "all files"),
    ]
    if figures.clips_total:
        tiles.insert(2, ("Clips", f"{figures.clips_total:,}", f"{figures.clips_filmed:,} filmed in this run"))
    if figures.seconds is not None:
        tiles.append(("Time", _duration(figures.seconds), "this run"))
    return tiles + _measured(figures)


def _measured(figures: RunFigures) -> list[tuple[str, str, str]]:
    """Return the tiles of what was measured, beside what was estimated; none where nothing was measured."""
    spent, quote = figures.spent, figures.quote
    tiles = []
    if spent.accelerator_us:
        estimated = f"measured; {_duration(figures.estimated_seconds)} estimated if all were new"
        note = _quoted(quote.accelerator_s) if quote else estimated
        tiles.append(("Accelerator", _duration(spent.accelerator_us / 1e6), note))
    if spent.processor_us:
        note = _quoted(quote.processor_s) if quote else "measured"
        tiles.append(("Processor", _duration(spent.processor_us / 1e6), note))
    if spent.vendor_micro_usd:
        note = f"measured; {spent.vendor_calls:,} calls"
        tiles.append(("Other vendors", f"${spent.vendor_micro_usd / 1e6:.4f}", note))
    return tiles


def _quoted(seconds: Expected) -> str:
    """Return the note on an amount that was measured for a campaign, with the quote of its last run."""
    error = f" ± {_duration(seconds.error)}" if seconds.error else ""
    return f"measured; this run was quoted {_duration(seconds.amount)}{error}"


def _steps(spent: Spent) -> list[tuple[str, str, str]]:
    """Return the rows of the table of what was measured: step, time of accelerators, time of processors."""
    return [(step.step, _time(step.accelerator_us), _time(step.processor_us)) for step in spent.steps]


def _time(microseconds: int) -> str:
    return _duration(microseconds / 1e6) if microseconds else "–"


def _refused(figures: RunFigures) -> str:
    """Return nothing for a run in which no drawing that was paid was refused."""
    paid = float(figures.refused_usd)
    return f"; ${paid:.4f} of it for drawings that were refused" if paid else ""


def _megabytes(size: int) -> str:
    return f"{size / 1e9:.2f} GB" if size >= 1e9 else f"{size / 1e6:.1f} MB"


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.1f} s"
    return f"{seconds / 60:.1f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
