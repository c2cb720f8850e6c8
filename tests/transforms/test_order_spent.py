"""What was spent on the files of render orders: nothing is lost, nothing counts twice, nobody pays for another."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict

from hypothesis import given, settings
from hypothesis import strategies as st

from foundry.manifest import DeadLetter, RenditionRecord
from foundry.plan.plan import Plan
from foundry.plan.shot import VARIANTS_PER_ORDER
from foundry.plan.variant import Variant
from foundry.plan.work import CLIP, DRAW, FILE, FILM, FURTHER_FILM, LAYER, READ, WorkToDo
from foundry.rates import add_rates
from foundry.spent import NOTHING_SPENT, add_spent
from tests.support.sharing_plans import a_plan, files_of, plans, shown_by, spent_on
from transforms.expand import render_orders
from transforms.order_spent import OrderSpent

STATES = st.sampled_from(["made", "found", "foreign", "refused", "missing"])


def a_file(variant: Variant, made_for: str) -> RenditionRecord:
    words = dict.fromkeys(("headline", "subheadline", "call_to_action", "offer", "price", "legal"), "")
    return RenditionRecord(
        name=variant.name, address="", thumbnail="", format="jpeg", quality=80, width_px=1, height_px=1, size_bytes=1,
        crc32c="", checks=(), spent=spent_on(variant.record), made_for=made_for, **words,
    )  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(plan=plans, data=st.data())
def test_rows_and_the_rest_add_up_to_everything_that_the_campaign_had_made(plan: Plan, data: st.DataObject) -> None:
    campaign, files = plan.brief.campaign.id, files_of(plan)
    shown = sorted(shown_by(files))
    refused = data.draw(st.sets(st.sampled_from(shown)))
    foreign = data.draw(st.sets(st.sampled_from(shown)))
    states = {file.name: data.draw(STATES) for file in files}

    def read(record: str) -> bytes | None:
        if record in refused:
            return None
        owner = "another" if record in foreign else campaign
        return json.dumps({"spent": asdict(spent_on(record)), "made_for": owner}).encode()

    def result(file: Variant) -> RenditionRecord | DeadLetter | None:
        match states[file.name]:
            case "refused":
                return DeadLetter("render", "checks_failed", file.key, "")
            case "missing":
                return None
            case "foreign":
                return a_file(file, "another")
            case _:
                return a_file(file, campaign)

    borne, unallocated, rates = NOTHING_SPENT, NOTHING_SPENT, ()
    for order in data.draw(st.permutations(list(render_orders(plan)))):
        spent = OrderSpent(plan, read)
        borne = add_spent((borne, *(spent.add(file, result(file)) for file in plan.some_variants(order))))
        unallocated += spent.unallocated
        rates = add_rates((*rates, *spent.rates))
    ours = {record for record in shown if record not in refused | foreign}
    made = [file for file in files if states[file.name] in ("made", "found")]
    assert borne + unallocated == add_spent(spent_on(record) for record in (*ours, *(file.record for file in made)))
    counts = Counter[str]()
    for rate in rates:
        counts[rate.work] += rate.count
    assert counts[DRAW] == sum(record.startswith("masters/") for record in ours)
    assert counts[CLIP] == sum(record.startswith("clips/") for record in ours)
    assert counts[FILE] + counts[FILM] + counts[FURTHER_FILM] == len(made)


def needed_files(plan: Plan, *, without: frozenset[str] = frozenset()) -> Counter[str]:
    """The work on the files that are missing, by the name of the work."""
    needed = WorkToDo()
    for shot in plan.shots():
        for place, file in enumerate(plan.variants(shot)):
            if file.name not in without:
                needed.add_file(plan, place, file)
    counted = Counter[str]()
    for kind, work in needed.by_kind.items():
        counted[kind.work] += work.count
    return counted


@settings(max_examples=40, deadline=None)
@given(plan=plans)
def test_every_missing_file_is_needed_once_and_a_films_first_locale_is_told_apart(plan: Plan) -> None:
    counted, files = needed_files(plan), files_of(plan)
    films = [file for file in files if file.timeline]
    assert counted[FILE] == len(files) - len(films)
    assert counted[FILM] == len({(file.shot.name, file.product, file.placement.name) for file in films})
    assert counted[FILM] + counted[FURTHER_FILM] == len(films)


def test_a_master_is_read_once_for_an_order_and_a_layer_made_once_for_a_run_of_one_placement() -> None:
    plan = a_plan(
        task="image-to-video", pictures=("a",) * 10, clips=(None,), locales=3, alternatives=1,
        placements=("google/leaderboard", "google/billboard"),
    )  # fmt: skip
    placed = {placement.bucket for placement in plan.placements}
    files = files_of(plan)
    assert (len(placed), len(files)) == (1, 60)
    sides = len(plan.sides)
    counted = needed_files(plan)
    assert counted[READ] == sum(-(-plan.stills_per_shot(shot) // VARIANTS_PER_ORDER) for shot in plan.shots())
    assert counted[LAYER] == 2 * 10 * sides
    one = files[0]
    rest = needed_files(plan, without=frozenset(file.name for file in files) - {one.name})
    assert rest == Counter({READ: 1, LAYER: 1, FILE: 1})
