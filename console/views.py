"""Views of plans, runs and explanations: in a terminal, and as JSON for scripts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from console.quota_view import print_quota, quota_as_json
from console.quote_view import print_quote, print_spent, quote_as_json, spent_as_json
from console.stats_view import stats_as_json
from foundry.plan.estimate import Needs
from pipelines.campaign.explain import Explanation
from pipelines.campaign.running import RunSummary
from pipelines.planning.admission import Admitted
from pipelines.planning.quota_ledger import QuotaLeft
from pipelines.planning.quote import Quote

GROUPS = {
    "Asset": ("asset", "file_name", "address", "format", "quality", "width_px", "height_px", "size_bytes", "crc32c",
              "bytes_unchanged", "cost_usd"),
    "Order": ("tenant", "campaign", "brief", "product", "product_picture", "locale", "placement", "regions", "audience",
              "embargo", "expiry", "priority", "metadata"),
    "Copy": ("headline", "subheadline", "call_to_action", "offer", "price", "legal"),
    "Look": ("layout", "layout_digest", "placement_digest", "brand_digest"),
    "Shot": ("shot", "master", "scene", "prompt", "negative_prompt", "caption", "bucket", "mirrored", "alternative",
             "seed", "attempts", "model", "model_version", "weights_sha256", "upscaler", "screen"),
}  # fmt: skip
"""The fields of a manifest record, grouped as people ask for them."""


def plan_as_json(
    each: Admitted, lacking: Needs, quota: QuotaLeft | None = None, quote: Quote | None = None
) -> dict[str, Any]:
    """Return the plan's figures for scripts. `lacking` is what the store lacks, `quota` the state of the tenant's."""
    plan = each.plan
    return {
        "tenant": plan.tenant.id,
        "campaign": plan.brief.campaign.id,
        "plan": plan.digest,
        "shots": {"total": plan.shot_count, "draw": lacking.shots_to_draw, "reuse": lacking.shots_reused},
        "clips": {"total": each.estimate.clips, "film": lacking.clips_to_film, "reuse": lacking.clips_reused},
        "variants": {
            "total": plan.variant_count,
            "make": lacking.variants_to_make,
            "render_only": lacking.variants_only_rendered,
            "reuse": lacking.variants_reused,
        },
        "estimate": {
            "accelerator_seconds": f"{lacking.accelerator_seconds:f}",
            "usd": f"{lacking.money:f}",
            "bytes": lacking.size_bytes,
        },
        **({"quote": quote_as_json(quote)} if quote else {}),
        "placements": {
            name: dict(zip(("make", "render_only", "reuse"), counts, strict=True))
            for name, counts in lacking.by_placement.items()
        },
        **({"quota": quota_as_json(plan, quota)} if quota else {}),
        "notes": list(each.assumptions),
    }


def print_plan(
    each: Admitted, lacking: Needs, out: Console, quota: QuotaLeft | None = None, quote: Quote | None = None
) -> None:
    """Print the plan for people: what each placement gets, what is made and reused, what it costs, what is left."""
    brief = each.plan.brief
    out.print(Text.assemble("\n", (brief.campaign.name, "bold"), f"  {each.plan.tenant.id}/{brief.campaign.id}"))
    out.print(_placement_table(each, lacking))
    out.print(
        Text.assemble(
            ("\nPlan", "bold"), ": ", (f"{lacking.shots_to_draw} shots to draw", "green"),
            f", {lacking.shots_reused} reused or not needed; ", *_clip_figures(each, lacking),
            (f"{lacking.variants_to_make + lacking.variants_only_rendered} variants to make", "green"),
            f" ({lacking.variants_only_rendered} from existing masters), {lacking.variants_reused} reused.",
        )
    )  # fmt: skip
    figures = f"{lacking.accelerator_seconds:.1f} accelerator seconds, ${lacking.money:.4f}"
    out.print(Text.assemble(("Estimate", "bold"), f": {figures}, {lacking.size_bytes / 1e6:.0f} MB."))
    if quote and not lacking.nothing:
        print_quote(quote, out)
    if quota:
        print_quota(each.plan, lacking, quota, out)
    for note in each.assumptions:
        out.print(Text.assemble(("Note", "yellow"), f": {note}"))
    if lacking.nothing:
        out.print(Text.assemble(("Nothing to make.", "bold"), " Everything exists."))


def _placement_table(each: Admitted, lacking: Needs) -> Table:
    table = Table(box=None, pad_edge=False)
    for title in ("placement", "pixels", "generate + render", "only render", "reuse"):
        table.add_column(title, justify="left" if title == "placement" else "right")
    for placement in each.plan.placements:
        counts = lacking.by_placement[placement.name]
        size = f"{placement.width_px}x{placement.height_px}"
        table.add_row(placement.name, size, *(f"{count:,}" if count else "-" for count in counts))
    return table


def _clip_figures(each: Admitted, lacking: Needs) -> list[str | tuple[str, str]]:
    """Return nothing for a brief whose scenes are all stills."""
    if not each.estimate.clips:
        return []
    return [(f"{lacking.clips_to_film} clips to film", "green"), f", {lacking.clips_reused} reused or not needed; "]


def summary_as_json(summary: RunSummary) -> dict[str, Any]:
    """Return a run's summary for scripts; money as text with four decimals."""
    return {
        "tenant": summary.tenant,
        "campaign": summary.campaign,
        "plan": summary.plan,
        "variants": summary.variants,
        "made": summary.made,
        "reused": summary.reused,
        "failed": summary.failed,
        "shots_drawn": summary.shots_drawn,
        "shots_refused": summary.shots_refused,
        "clips_filmed": summary.clips_filmed,
        "cost_usd": f"{summary.cost_usd:.4f}",
        "refused_usd": f"{summary.refused_usd:.4f}",
        "stopped": summary.stopped,
        "remaining": summary.remaining,
        "seconds": round(summary.seconds, 1),
        "report": summary.report,
        "manifest": summary.manifest,
        "dead_letters": summary.dead_letters,
        **({"quote": quote_as_json(summary.quote)} if summary.quote else {}),
        "spent": spent_as_json(summary.stats),
        "stats": stats_as_json(summary.stats),
    }


def print_summary(summary: RunSummary, out: Console, err: Console) -> None:
    """Print what a run did, and where its page is; dead letters to `err`."""
    clips = f", {summary.clips_filmed} clips filmed" if summary.clips_filmed else ""
    assets = f"{summary.variants} assets, {summary.made} made now, {summary.reused} reused, {summary.failed} failed"
    shots = f"{summary.shots_drawn} shots drawn{clips}"
    figures = f": {assets}; {shots}; ${summary.cost_usd:.4f}; {summary.seconds:.1f} s"
    out.print(Text.assemble((summary.campaign, "bold"), figures))
    if summary.made or summary.shots_drawn or summary.clips_filmed:
        print_spent(summary.stats, summary.quote, out)
    if summary.shots_refused:
        paid = f", for which ${summary.refused_usd:.4f} were paid" if summary.refused_usd else ""
        err.print(Text.assemble((f"{summary.shots_refused} shots refused", "yellow"), paid))
    if summary.stopped:
        stopped = (f"The campaign was {summary.stopped}", "yellow")
        err.print(Text.assemble(stopped, f": {summary.remaining} files remain; run it to go on."))
    if summary.failed:
        err.print(Text.assemble((f"{summary.failed} dead letters", "yellow"), f": {summary.dead_letters}"))
    out.print(Text(f"Look at {_clickable(summary.report)}"))


def _clickable(address: str) -> str:
    """Return the address of an object as a terminal makes it a link: a file's as a URL."""
    return Path(address).as_uri() if Path(address).is_absolute() else address


def print_explanation(explanation: Explanation, out: Console) -> None:
    """Print everything that went into an asset, grouped as people ask for it."""
    record = explanation.as_json()
    for title, names in GROUPS.items():
        out.print(_record_table(title, record, names))
    for number, clip in enumerate(explanation.clips, 1):
        out.print(_record_table(f"Clip {number}", clip, tuple(name for name in clip if name != "attempts")))
    for check in [*record["shot_checks"], *record["checks"]]:
        mark = "pass" if check["passed"] else "FAIL"
        out.print(Text(f"{mark}  {check['name']}: {check['measured']} ({check['limit']})"))


def _record_table(title: str, record: Mapping[str, Any], names: tuple[str, ...]) -> Table:
    """Return the fields of a record that say something, in the order of `names`."""
    table = Table(title=title, title_justify="left", box=None, show_header=False, pad_edge=False)
    table.add_column(width=18, style="dim")
    table.add_column(overflow="fold")
    for name in names:
        if record.get(name) not in (None, ""):
            table.add_row(name, Text(str(record[name])))
    return table
