"""Reporting: write a campaign's page from what the store holds of its plan."""

from __future__ import annotations

from foundry.errors import BadInput
from foundry.names import campaign_folder
from foundry.plan.estimate import Made, Needs, count_needs
from foundry.store.addresses import open_store
from foundry.store.object_store import ObjectStore
from pipelines.campaign.report_page import RunFigures, write_report
from pipelines.planning.admission import Admitted

REPORT = "report.html"


def report_again(each: Admitted, address: str, store: ObjectStore | None = None) -> str:
    """Write the report of what the store at `address` holds of a plan; return the page's address.

    `store` is the same store where it is open already. BadInput if the campaign was never run there.
    """
    store = store or open_store(address, [each.plan.tenant])
    own = store.for_tenant(each.plan.tenant.id)
    if not own.exists(f"{campaign_folder(each.plan.brief.campaign.id)}/manifest.jsonl"):
        raise BadInput(address, "holds no run of this campaign; use `foundry run` first")
    return report_run(each, store, count_needs(each.plan, own), None)


def report_run(
    each: Admitted, store: ObjectStore, lacking: Needs, seconds: float | None, made: Made | None = None
) -> str:
    """Write the report and return the page's address.

    `lacking` is what the store lacked before the run, `made` what the run made, and `seconds` how long it took; both
    are None for a report that is written again, which then counts nothing as made.
    """
    from transforms.manifest import read_letters, records

    plan, own = each.plan, store.for_tenant(each.plan.tenant.id)
    page = f"{campaign_folder(plan.brief.campaign.id)}/{REPORT}"
    letters = read_letters(plan, store)
    failed = sum(letter.stage == "render" for letter in letters)
    size = sum(record.size_bytes for record in records(plan, store))
    with own.replacing(page) as target:
        write_report(
            target,
            figures=_figures(each, lacking, made or Made(), failed=failed, size_bytes=size, seconds=seconds),
            records=records(plan, store),
            letters=letters,
            thumbnail=own.get,
            link=lambda address: f"../../{address}",
            palette=plan.tenant.brand.palette,
        )
    return own.address(page)


def _figures(
    each: Admitted, lacking: Needs, made: Made, *, failed: int, size_bytes: int, seconds: float | None
) -> RunFigures:
    plan = each.plan
    return RunFigures(
        campaign=plan.brief.campaign.id,
        campaign_name=plan.brief.campaign.name,
        tenant_name=plan.tenant.name,
        variants_total=plan.variant_count,
        made=made.files,
        reused=lacking.variants_reused,
        failed=failed,
        shots_total=plan.shot_count,
        shots_drawn=made.shots,
        clips_total=each.estimate.clips,
        clips_filmed=made.clips,
        cost_usd=f"{made.money:f}",
        refused_usd=f"{made.refused_money:f}",
        cost_if_new_usd=f"{each.estimate.money:f}",
        size_bytes=size_bytes,
        model=f"{plan.cards.generate.title} ({plan.cards.generate.id}@{plan.cards.generate.version})",
        seconds=seconds,
        assumptions=each.assumptions,
    )
