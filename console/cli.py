"""The command line: parse, call one function, print. Results to stdout, everything else to stderr.

Commands import what they need inside themselves, so that `foundry plan` starts without Beam and torch.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from console.adopting import adopt_brief
from console.bus import cancel, submit, topics_app, watch
from console.catalog import catalog_app
from console.channels import channels_app
from console.config import config_app
from console.dead import dead_app
from console.deliveries import deliveries_app
from console.delivering import deliver
from console.exit_codes import MEANINGS, Exit
from console.layouts import layouts_app
from console.model_evidence import models_app
from console.packaging import package
from console.printing import Terminal, say
from console.serve import serve
from console.sets import sets_app
from console.settings import AsJson, Assets, Blender, Cards, EngineConfig, EngineName, Store, Tenants
from console.stack import stack_app
from console.tenants import list_tenants
from foundry.errors import FoundryError

CODES = "; ".join(f"{code.value} {meaning}" for code, meaning in MEANINGS.items())
app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, epilog=f"Exit codes: {CODES}.")
brief_app = typer.Typer(no_args_is_help=True, help="Work with brief files.")
schema_app = typer.Typer(no_args_is_help=True, help="Print schemas.")
app.add_typer(brief_app, name="brief")
app.add_typer(schema_app, name="schema")
app.add_typer(layouts_app, name="layouts")
app.add_typer(sets_app, name="sets")
app.add_typer(models_app, name="models")
app.add_typer(topics_app, name="topics")
app.add_typer(stack_app, name="stack")
app.add_typer(channels_app, name="channels")
app.add_typer(dead_app, name="dead")
app.add_typer(config_app, name="config")
app.add_typer(catalog_app, name="catalog")
app.add_typer(deliveries_app, name="deliveries")
for command in (submit, cancel, watch, serve, deliver, package):
    app.command()(command)
app.command("tenants")(list_tenants)
brief_app.command("adopt")(adopt_brief)

EXAMPLE = Path(__file__).parents[1] / "examples" / "aurelle-spring-glow.yaml"
out, err = Terminal(), Terminal(stderr=True)


Stats = Annotated[bool, typer.Option("--stats", help="Print where the time went, and what the device waited for.")]
Briefs = Annotated[Path, typer.Argument(help="Brief file: YAML, JSON or JSON Lines.")]


def _print_version(wanted: bool) -> None:
    if wanted:
        from console.versions import versions

        for name, version in versions().items():
            say(f"{name} {version}")
        raise typer.Exit


@app.callback()
def foundry(
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the versions that run.")
    ] = False,
) -> None:
    """Build campaigns like software: plan, then make only what is missing."""


@app.command()
def plan(
    brief: Briefs,
    store: Store = "store",
    tenants: Tenants = None,
    cards: Cards = None,
    assets: Assets = None,
    as_json: AsJson = False,
) -> None:
    """Show what BRIEF would make, reuse and cost, without loading a model."""
    from console.views import plan_as_json, print_plan
    from foundry.plan.estimate import count_needs
    from foundry.store.addresses import open_store
    from pipelines.planning.admission import admit_file
    from pipelines.planning.quota_ledger import QuotaLedger
    from pipelines.planning.quote import quote_work, read_past

    for each in admit_file(brief, tenants, cards, assets):
        tenant = each.plan.tenant
        objects = open_store(store, [tenant])
        own = objects.for_tenant(tenant.id)
        lacking = count_needs(each.plan, own)
        quote = quote_work(each.plan, lacking.work, read_past(own))
        quota = QuotaLedger(objects).quota_left(tenant.id)
        if as_json:
            say(json.dumps(plan_as_json(each, lacking, quota, quote)))
        else:
            print_plan(each, lacking, out, quota, quote)


@app.command()
def run(
    brief: Briefs,
    store: Store = "store",
    tenants: Tenants = None,
    cards: Cards = None,
    assets: Assets = None,
    blender: Blender = "",
    engine: EngineName = "embedded",
    engine_config: EngineConfig = None,
    stats: Stats = False,
    as_json: AsJson = False,
) -> None:
    """Make what is missing of BRIEF; after a crash or Ctrl-C, the same command goes on.

    Of several briefs in one file, those that are refused are named at the end, and the others are made.
    """
    from console.progress import progress_on
    from console.stats_view import print_stats
    from console.views import print_summary, summary_as_json
    from pipelines.campaign.running import RunOptions, run_all
    from pipelines.planning.admission import admit_file

    options = RunOptions(blender=blender, engine=engine, engine_config=engine_config)
    refusals: list[FoundryError] = []
    orders = admit_file(brief, tenants, cards, assets, on_refusal=refusals.append)
    shown = progress_on(err)
    summaries = run_all(orders, store, options=options, display=shown, on_refusal=refusals.append)
    if len(refusals) == 1 and not summaries:
        raise refusals[0]
    for summary in summaries:
        if as_json:
            say(json.dumps(summary_as_json(summary)))
        else:
            print_summary(summary, out, err)
            if stats:
                print_stats(summary.stats, out)
    for refusal in refusals:
        say(str(refusal), err=True)
    if refusals:
        raise typer.Exit(Exit.REFUSED)
    if any(summary.failed for summary in summaries):
        raise typer.Exit(Exit.FAILED_FILES)
    if any(summary.stopped for summary in summaries):
        raise typer.Exit(Exit.CANCELLED)


@app.command()
def demo(store: Store = "demo") -> None:
    """Build the example campaign: 504 files from 30 shots, in some minutes, without a GPU."""
    run(EXAMPLE, store)


@app.command()
def upscale(
    source: Annotated[Path, typer.Argument(help="PNG or TIFF, 8 or 16 bits a channel.")],
    target: Annotated[Path, typer.Argument(help="PNG or TIFF; depth, alpha and colour profile stay what they are.")],
    width: Annotated[int | None, typer.Option(min=1, help="Pixels; without it, what follows from the height.")] = None,
    height: Annotated[int | None, typer.Option(min=1, help="Pixels; without it, what follows from the width.")] = None,
    card: Annotated[str, typer.Option(help="Upscaler's card.")] = "crisp",
    cards: Cards = None,
) -> None:
    """Enlarge SOURCE into TARGET with a learned upscaler, tile by tile, to at most 16,384 px an edge."""
    from models.registry import card as card_of
    from models.registry import open_registry
    from models.upscaling.upscale_file import upscale_file

    chosen = card_of(card, "upscale", open_registry(cards))
    upscale_file(source, target, width_px=width, height_px=height, card=chosen)
    say(str(target))


@app.command()
def report(
    brief: Briefs,
    store: Store = "store",
    tenants: Tenants = None,
    cards: Cards = None,
    assets: Assets = None,
) -> None:
    """Write the campaign's report.html again from what the store holds."""
    from pipelines.campaign.report import report_again
    from pipelines.planning.admission import admit_file

    for each in admit_file(brief, tenants, cards, assets):
        say(report_again(each, store))


@app.command()
def explain(
    assets: Annotated[list[str], typer.Argument(help="Files, or assets' ids.")],
    store: Store = "store",
    as_json: AsJson = False,
) -> None:
    """Tell everything that went into ASSETS; as JSON, one line each."""
    from console.views import print_explanation
    from pipelines.campaign.explain import explain as explain_asset

    for asset in assets:
        explanation = explain_asset(asset, store)
        if as_json:
            say(json.dumps(explanation.as_json(), ensure_ascii=False))
        else:
            print_explanation(explanation, out)


@brief_app.command("check")
def check_brief(brief: Briefs, tenants: Tenants = None, cards: Cards = None, assets: Assets = None) -> None:
    """Say whether BRIEF can be planned, and everything that is wrong with it."""
    from pipelines.planning.admission import admit_file

    for each in admit_file(brief, tenants, cards, assets):
        say(f"{each.plan.brief.tenant}/{each.plan.brief.campaign.id}: good")


@schema_app.command("brief")
def schema_brief() -> None:
    """Print the JSON Schema (draft 2020-12) of briefs."""
    from foundry.brief.intake import brief_schema

    say(json.dumps(brief_schema(), indent=2, ensure_ascii=False))


@schema_app.command("tenant")
def schema_tenant() -> None:
    """Print the JSON Schema (draft 2020-12) of tenants' files."""
    from foundry.tenant import tenant_schema

    say(json.dumps(tenant_schema(), indent=2, ensure_ascii=False))


@schema_app.command("catalog")
def schema_catalog() -> None:
    """Print the JSON Schema (draft 2020-12) of catalogs' files."""
    from foundry.catalog.catalog import catalog_schema

    say(json.dumps(catalog_schema(), indent=2, ensure_ascii=False))


@schema_app.command("card")
def schema_card() -> None:
    """Print the JSON Schema (draft 2020-12) of model cards."""
    from foundry.card.card import card_schema

    say(json.dumps(card_schema(), indent=2, ensure_ascii=False))


def main() -> None:
    """Run a command as the program `foundry` does."""
    from console.starting import run_program

    run_program(lambda: app)


if __name__ == "__main__":
    main()
