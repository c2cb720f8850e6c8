"""The report page: every asset of a campaign, filtered, grouped and zoomed, with its lineage. One file, no network."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, select_autoescape
from markupsafe import Markup

from foundry.manifest import DeadLetter, ManifestRecord
from foundry.tenant import Palette
from templates import TEMPLATES

SHOWN = 3_000
"""The most assets that a page shows, so that its size and memory stay bounded."""


@dataclass(frozen=True, kw_only=True)
class RunFigures:
    """The totals of a campaign, and of the run that the page is written after. Money in US dollars."""

    campaign: str
    campaign_name: str
    tenant_name: str
    variants_total: int
    made: int
    reused: int
    failed: int
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


def write_report(
    target: Path,
    *,
    figures: RunFigures,
    records: Iterable[ManifestRecord],
    letters: Sequence[DeadLetter],
    thumbnail: Callable[[str], bytes],
    link: Callable[[str], str],
    palette: Palette | None = None,
    shown: int = SHOWN,
) -> None:
    """Write the page to `target`.

    `thumbnail` returns the bytes of an object, `link` the address of an object as the page links to it. Memory is
    bounded by `shown` thumbnails; further assets are counted, not shown.
    """
    assets: list[dict[str, Any]] = []
    more = 0
    for record in records:
        if len(assets) < shown:
            assets.append(_asset(record, thumbnail, link))
        else:
            more += 1
    page = _environment().get_template("report.html.j2")
    text = page.render(
        figures=figures,
        tiles=_tiles(figures),
        assets=_inline(assets),
        letters=letters,
        more=more,
        accent=palette.primary if palette else "#345",
        style=Markup((TEMPLATES / "report" / "report.css").read_text(encoding="utf-8")),  # noqa: S704 - our own file
        script=Markup((TEMPLATES / "report" / "report.js").read_text(encoding="utf-8")),  # noqa: S704 - our own file
    )
    target.write_text(text, encoding="utf-8")


def _environment() -> Environment:
    return Environment(loader=FileSystemLoader(TEMPLATES / "report"), autoescape=select_autoescape(default=True))


def _inline(value: object) -> Markup:
    """Return JSON that cannot end the script element in which it stands."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character, code in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026")):
        text = text.replace(character, code)
    return Markup(text)  # noqa: S704 - what could end the element was replaced


def _asset(record: ManifestRecord, thumbnail: Callable[[str], bytes], link: Callable[[str], str]) -> dict[str, Any]:
    kept = asdict(record)
    picture = base64.b64encode(thumbnail(record.thumbnail)).decode()
    return {**kept, "thumb": f"data:image/webp;base64,{picture}", "href": link(record.address)}


def _tiles(figures: RunFigures) -> list[tuple[str, str, str]]:
    each = float(figures.cost_if_new_usd) / max(figures.variants_total, 1)
    tiles = [
        (
            "Assets",
            f"{figures.variants_total - figures.failed:,}",
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
    return tiles


def _refused(figures: RunFigures) -> str:
    """Return nothing for a run in which no drawing that was paid was refused."""
    paid = float(figures.refused_usd)
    return f"; ${paid:.4f} of it for drawings that were refused" if paid else ""


def _megabytes(size: int) -> str:
    return f"{size / 1e9:.2f} GB" if size >= 1e9 else f"{size / 1e6:.1f} MB"


def _duration(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 90 else f"{seconds / 60:.1f} min"
